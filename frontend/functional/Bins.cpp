#include "frontend/functional/Bins.h"
#include "frontend/functional/Indexed.h"
#include "frontend/functional/factories.h"
#include "frontend/functional/ops.h"
#include <algorithm>

namespace ingot::detail {

int64_t Bins::longest() const {
  size_t longest = 0;
  for (const auto &row : indices)
    longest = std::max(longest, row.size());
  return int64_t(longest);
}

std::vector<int64_t> Bins::table() const {
  std::vector<int64_t> result;
  for (const auto &row : indices) {
    result.insert(result.end(), row.begin(), row.end());
    result.resize(result.size() + size_t(longest()) - row.size(), row.back());
  }
  return result;
}

Bins adaptiveBins(int64_t size, int64_t count) {
  Bins bins;
  for (int64_t i = 0; i < count; ++i) {
    std::vector<int64_t> index;
    for (int64_t at = i * size / count, end = ((i + 1) * size + count - 1) / count; at < end; ++at)
      index.push_back(at);
    std::vector<double> weight(index.size(), 1.0 / double(index.size()));
    bins.add(std::move(index), std::move(weight));
  }
  return bins;
}

Tensor takeElements(const Tensor &x, int64_t dim, const std::vector<int64_t> &indices) {
  return gather({"take", {}}, x, dim, tensor(TensorData(indices)), {dim}, Positions::InBounds);
}

/// A table of the bins, [count, longest], along dimensions `dim` and `dim` + 1 of a tensor of `rank` dimensions.
static Tensor alongRows(const std::vector<double> &values, const Bins &bins, int64_t dim, size_t rank,
                        Dtype type) {
  std::vector<Size> sizes(rank, Size(1));
  sizes[size_t(dim)] = bins.count(), sizes[size_t(dim) + 1] = bins.longest();
  return tensor(TensorData(values), type).view(sizes);
}

// What lengthens a row does not count, even where it is infinite.
Tensor weightedSums(const Tensor &x, int64_t dim, const Bins &bins) {
  Tensor taken = takeElements(x, dim, bins.table());
  Shape whole = taken.sizes();
  std::vector<Size> rows(whole.begin(), whole.end());
  rows[size_t(dim)] = bins.count();
  rows.insert(rows.begin() + dim + 1, Size(bins.longest()));
  taken = taken.view(rows);
  std::vector<double> weights, present;
  for (size_t i = 0; i < bins.weights.size(); ++i) {
    weights.insert(weights.end(), bins.weights[i].begin(), bins.weights[i].end());
    present.resize(weights.size(), 1);
    weights.resize((i + 1) * size_t(bins.longest()), 0);
    present.resize(weights.size(), 0);
  }
  if (std::ranges::count(present, 0.0) != 0)
    taken = where(alongRows(present, bins, dim, rows.size(), kBool), taken,
                  full({}, Scalar::constant(0), x.options()));
  return (taken * alongRows(weights, bins, dim, rows.size(), x.dtype())).sum({dim + 1});
}

} // namespace ingot::detail
