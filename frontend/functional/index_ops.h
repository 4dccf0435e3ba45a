// Tensor functions that take and put elements by position, sort, or go along a dimension.
//
//   Tensor row = ingot::index_select(x, 0, ingot::tensor({2, 0}));
//   auto [values, where] = ingot::topk(scores, 3);
//
// Positions are int64 tensors. One that is out of range is an Error: naming the function when it is recorded, where that
// can be known, else when the values are computed; nothing is read or written outside. Most functions are members of
// Tensor, too. Included by ops.h.
#pragma once
#include "ingot/core/Tensor.h"

namespace ingot {

//===--- taking ---------------------------------------------------------------------------------------------===//

/// result[i][j] = x[i][index[i][j]] for dim 1. index may be smaller than x in other dimensions.
Tensor gather(const Arg &x, int64_t dim, const Arg &index, bool sparse_grad = false);
/// gather with index and x broadcast against each other; without dim of the elements in row-major order.
Tensor take_along_dim(const Arg &x, const Arg &index, std::optional<int64_t> dim = std::nullopt);
/// Whole slices: result[.., i, ..] = x[.., index[i], ..].
Tensor index_select(const Arg &x, int64_t dim, const Arg &index);
/// Elements by their place in row-major order; below zero from the end.
Tensor take(const Arg &x, const Arg &index);
/// The elements where mask is true, in row-major order. A read of the mask: an Error in trace, where `where` serves.
Tensor masked_select(const Arg &x, const Arg &mask);
/// The indices of the elements that are not zero, [count, dim()]. A read: an Error in trace.
Tensor nonzero(const Arg &x);
std::vector<Tensor> nonzero_numpy(const Arg &x);
Tensor count_nonzero(const Arg &x, const Shape &dims = {});
/// int64 [..., classes] with a 1 where the class is; without `classes` a read of the greatest class.
Tensor one_hot(const Arg &x, int64_t classes = -1);

//===--- putting: results are new tensors; the members that end in _ write in place ---------------------------===//

/// result[i][index[i][j]] = source[i][j] for dim 1; of equal positions the last one wins. The source may be a number.
Tensor scatter(const Arg &self, int64_t dim, const Arg &index, const Arg &source);
/// reduce: "add" or "multiply".
Tensor scatter(const Arg &self, int64_t dim, const Arg &index, const Arg &source, const std::string &reduce);
Tensor scatter_add(const Arg &self, int64_t dim, const Arg &index, const Arg &source);
/// reduce: "sum", "prod", "mean", "amax" or "amin"; include_self says whether the old element takes part.
Tensor scatter_reduce(const Arg &self, int64_t dim, const Arg &index, const Arg &source,
                      const std::string &reduce, bool include_self = true);
/// Whole slices: result[.., index[i], ..] += alpha * source[.., i, ..].
Tensor index_add(const Arg &self, int64_t dim, const Arg &index, const Arg &source, const Scalar &alpha = 1);
Tensor index_copy(const Arg &self, int64_t dim, const Arg &index, const Arg &source);
Tensor index_fill(const Arg &self, int64_t dim, const Arg &index, const Arg &value);
/// Where mask is true the next element of source, in row-major order.
Tensor masked_scatter(const Arg &self, const Arg &mask, const Arg &source);
Tensor select_scatter(const Arg &self, const Arg &source, int64_t dim, const Size &index);
Tensor slice_scatter(const Arg &self, const Arg &source, int64_t dim = 0,
                     std::optional<Size> start = std::nullopt, std::optional<Size> end = std::nullopt,
                     int64_t step = 1);
Tensor diagonal_scatter(const Arg &self, const Arg &source, int64_t offset = 0, int64_t dim1 = 0,
                        int64_t dim2 = 1);

//===--- sorting: always stable; NaN is larger than all numbers ------------------------------------------------===//

/// Values and their positions.
std::tuple<Tensor, Tensor> sort(const Arg &x, int64_t dim = -1, bool descending = false);
std::tuple<Tensor, Tensor> sort(const Arg &x, std::optional<bool> stable, int64_t dim, bool descending);
Tensor argsort(const Arg &x, int64_t dim = -1, bool descending = false);
Tensor argsort(const Arg &x, bool stable, int64_t dim, bool descending = false);
Tensor msort(const Arg &x);
/// The k largest or smallest elements, sorted, and their positions.
std::tuple<Tensor, Tensor> topk(const Arg &x, int64_t k, int64_t dim = -1, bool largest = true,
                                bool sorted = true);
/// The k-th smallest element, from 1, and its position.
std::tuple<Tensor, Tensor> kthvalue(const Arg &x, int64_t k, int64_t dim = -1, bool keepdim = false);
/// The lower of two middle elements; NaN if there is one.
Tensor median(const Arg &x);
std::tuple<Tensor, Tensor> median(const Arg &x, int64_t dim, bool keepdim = false);
/// For each value the place in a sorted list (or in its own, the last dimension) where it would be put: before equal
/// elements, or behind them where `right`. A `sorter` has the order of a list that is not sorted, as argsort gives it.
Tensor searchsorted(const Arg &sorted, const Arg &values, bool out_int32 = false, bool right = false,
                    std::optional<std::string> side = std::nullopt, const Tensor &sorter = {});
Tensor bucketize(const Arg &values, const Arg &boundaries, bool out_int32 = false, bool right = false);
/// Whether each element is one of `tests`.
Tensor isin(const Arg &elements, const Arg &tests, bool assume_unique = false, bool invert = false);
/// Distinct elements, the place of each element among them, how often each occurs. A read: an Error in trace.
std::tuple<Tensor, Tensor, Tensor> unique_consecutive(const Arg &x, bool return_inverse = false,
                                                      bool return_counts = false);
std::tuple<Tensor, Tensor, Tensor> _unique2(const Arg &x, bool sorted = true, bool return_inverse = false,
                                            bool return_counts = false);

//===--- along a dimension -------------------------------------------------------------------------------------===//

Tensor cumsum(const Arg &x, int64_t dim, std::optional<Dtype> type = std::nullopt);
Tensor cumprod(const Arg &x, int64_t dim, std::optional<Dtype> type = std::nullopt);
Tensor logcumsumexp(const Arg &x, int64_t dim);
/// Values and positions, the last of equal ones.
std::tuple<Tensor, Tensor> cummax(const Arg &x, int64_t dim);
std::tuple<Tensor, Tensor> cummin(const Arg &x, int64_t dim);
/// The n-th differences of neighbours.
Tensor diff(const Arg &x, int64_t n = 1, int64_t dim = -1, const Tensor &prepend = {},
            const Tensor &append = {});

//===--- diagonals and other arrangements ----------------------------------------------------------------------===//

/// A view, as is the member.
Tensor diagonal(const Arg &x, int64_t offset = 0, int64_t dim1 = 0, int64_t dim2 = 1);
/// No view, and so of matrices whose sizes are known at run time only, too.
Tensor diagonal_copy(const Arg &x, int64_t offset = 0, int64_t dim1 = 0, int64_t dim2 = 1);
Tensor diag(const Arg &x, int64_t diagonal = 0);
Tensor diag_embed(const Arg &x, int64_t offset = 0, int64_t dim1 = -2, int64_t dim2 = -1);
Tensor diagflat(const Arg &x, int64_t offset = 0);
Tensor trace(const Arg &x);
/// Rows and columns of the elements below (above) a diagonal, [2, count], int64.
Tensor tril_indices(int64_t rows, int64_t columns, int64_t offset = 0, const TensorOptions &options = kInt64);
Tensor triu_indices(int64_t rows, int64_t columns, int64_t offset = 0, const TensorOptions &options = kInt64);
/// Each element, or slice along dim, so often in a row. Numbers of times in a tensor are read: an Error in trace.
/// `output_size` is that of the result's dimension, checked where it is given.
Tensor repeat_interleave(const Arg &x, int64_t times, std::optional<int64_t> dim = std::nullopt,
                         std::optional<int64_t> output_size = std::nullopt);
Tensor repeat_interleave(const Arg &x, const Tensor &times, std::optional<int64_t> dim = std::nullopt,
                         std::optional<int64_t> output_size = std::nullopt);
/// The positions 0, 1, ... of a list of numbers of times, each so often.
Tensor repeat_interleave(const Arg &times);
Tensor fliplr(const Arg &x);
Tensor flipud(const Arg &x);
/// Turns the plane of two dimensions k times by 90 degrees, from the first to the second.
Tensor rot90(const Arg &x, int64_t k = 1, const Shape &dims = {0, 1});
Tensor tile(const Arg &x, const Shape &times);
Tensor movedim(const Arg &x, int64_t source, int64_t destination);
Tensor movedim(const Arg &x, const Shape &source, const Shape &destination);
/// indexing: "ij" or "xy", which swaps the first two.
std::vector<Tensor> meshgrid(const TensorList &tensors, const std::string &indexing = "ij",
                             const Where &at = Where::current());
std::vector<Tensor> broadcast_tensors(const TensorList &tensors, const Where &at = Where::current());

} // namespace ingot
