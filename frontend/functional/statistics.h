// Statistics of the elements: quantiles, the most frequent element, histograms, covariances.
//
//   Tensor middle = ingot::quantile(x, 0.5, /*dim=*/1);
//   Tensor counts = ingot::bincount(labels);
//
// Included by ingot.h.
#pragma once
#include "ingot/core/Tensor.h"

namespace ingot {

/// The elements below which a share `q` of them lies: a number or a 0-dim tensor, or [n] -> [n, ...]. Along `dim`, or of all
/// elements. Between two elements `interpolation` decides: "linear", "lower", "higher", "nearest" or "midpoint". NaN where
/// there is one.
Tensor quantile(const Arg &x, const Arg &q, std::optional<int64_t> dim = std::nullopt, bool keepdim = false,
                const std::string &interpolation = "linear");
/// Of the elements that are not NaN.
Tensor nanquantile(const Arg &x, const Arg &q, std::optional<int64_t> dim = std::nullopt,
                   bool keepdim = false, const std::string &interpolation = "linear");
/// The lower of two middle elements of those that are not NaN, and its position.
Tensor nanmedian(const Arg &x);
std::tuple<Tensor, Tensor> nanmedian(const Arg &x, int64_t dim, bool keepdim = false);
/// The most frequent element, the least of several, and its last position.
std::tuple<Tensor, Tensor> mode(const Arg &x, int64_t dim = -1, bool keepdim = false);
/// How many elements fall in each of `bins` equal parts of [min, max]; of the range of the elements where both are 0.
Tensor histc(const Arg &x, int64_t bins = 100, const Scalar &min = 0, const Scalar &max = 0);
/// How often each of 0, 1, ... occurs in a list of integers, or the sum of their weights; of at least `minlength` numbers. A
/// read of the greatest: an Error in trace, where scatter_add serves.
Tensor bincount(const Arg &x, const Tensor &weights = {}, int64_t minlength = 0);
/// The covariances of variables (rows) over observations (columns), whose number minus the correction divides.
Tensor cov(const Arg &x, int64_t correction = 1);
Tensor corrcoef(const Arg &x);

} // namespace ingot
