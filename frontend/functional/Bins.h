// Sums of a few elements along a dimension: bins of adaptive pooling, taps of interpolation. Not a public header.
//
//   Bins bins;                       // means of the elements [0, 2) and [1, 4)
//   bins.add({0, 1}, {0.5, 0.5});
//   bins.add({1, 2, 3}, {1. / 3, 1. / 3, 1. / 3});
//   Tensor y = weightedSums(x, 2, bins);
#pragma once
#include "frontend/core/Tensor.h"
#include <cstdint>
#include <vector>

namespace ingot::detail {

/// For each result the indices and weights of the elements that are summed.
struct Bins {
  void add(std::vector<int64_t> index, std::vector<double> weight = {}) {
    indices.push_back(std::move(index));
    weights.push_back(std::move(weight));
  }
  int64_t count() const { return int64_t(indices.size()); }
  int64_t longest() const;
  /// All indices in rows of `longest()`; shorter rows repeat their last one.
  std::vector<int64_t> table() const;

  std::vector<std::vector<int64_t>> indices;
  std::vector<std::vector<double>> weights;
};

/// The bins of adaptive pooling: i is [floor(i * size / count), ceil((i + 1) * size / count)), with its mean's weights.
Bins adaptiveBins(int64_t size, int64_t count);

/// x with the elements along `dim` replaced by those at the indices: a row of any length.
Tensor takeElements(const Tensor &x, int64_t dim, const std::vector<int64_t> &indices);
/// x of floating point with the elements along `dim` replaced by the sums of bins.
Tensor weightedSums(const Tensor &x, int64_t dim, const Bins &bins);

} // namespace ingot::detail
