// Recording of the ops that move data by index, sort, or go along a dimension. Not a public header.
//
//   Site site{"embedding", x.where};
//   Tensor rows = detail::gather(site, weight, 0, index, {0});       // whole rows: index [n]
//   Tensor each = detail::gather(site, x, 1, index, {0, 1});         // an index an element
//
// `dims` are the dimensions that `index` has, as in the records of ir/ops/Index.td. All functions take numbers (tensors
// without dimensions) for lists of one.
#pragma once
#include "frontend/core/Value.h"

namespace ingot::detail {

/// Whether positions may be out of range, which is then checked when the function runs.
enum class Positions : uint8_t { Checked, InBounds };

Tensor gather(const Site &site, const Tensor &x, int64_t dim, const Tensor &index,
              const std::vector<int64_t> &dims, Positions positions = Positions::Checked);
/// `kind` is one of set, add, mul, max, min.
Tensor scatter(const Site &site, const char *kind, const Tensor &into, int64_t dim, const Tensor &index,
               const Tensor &x, const std::vector<int64_t> &dims, Positions positions = Positions::Checked);
Tensor argsort(const Site &site, const Tensor &x, int64_t dim, bool descending);
/// "ingot.cumsum" and the like.
Tensor cumulative(const Site &site, const char *op, const Tensor &x, int64_t dim);

/// int64 positions; fails for other elements than integers.
Tensor positionsOf(const Site &site, const Tensor &index);
/// The same positions, which the program checks to be in [0, size): for what compares them instead of going there.
Tensor checkedPositions(const Site &site, const Tensor &index, const Size &size);
/// x, where each element of `holds` (bool, one a matrix or the like) is true when the function runs; it fails otherwise, for
/// the op requires `what` ("an invertible matrix").
Tensor require(const Site &site, const Tensor &x, const Tensor &holds, const char *what);
/// Positions below zero count from the end.
Tensor wrapPositions(const Tensor &index, const Size &size);
/// 0, 1, ... rank - 1.
std::vector<int64_t> allDims(int64_t rank);
/// A tensor of numbers that are known now.
Tensor ofNumbers(const std::vector<int64_t> &numbers, const Shape &sizes);
/// The row-major positions of the elements that are not zero: a read.
std::vector<int64_t> positionsOfNonZero(const Site &site, const Tensor &x);
/// x with one dimension at least.
Tensor asList(const Tensor &x);

} // namespace ingot::detail
