// Initializers whose numbers are drawn, then worked on here: matrices of which rows or columns depend on each other.
#include "frontend/core/GradMode.h"
#include "frontend/functional/factories.h"
#include "frontend/functional/ops.h"
#include "frontend/nn/Init.h"
#include <algorithm>
#include <cmath>
#include <numeric>

namespace ingot::nn::init {
namespace {

/// `count` vectors of `length` numbers each, one after the other.
struct Vectors {
  Vectors(const Tensor &drawn, const Where &at) : count(drawn.size(0)), length(drawn.size(1)) {
    const auto *data = drawn.const_data_ptr<double>(at);
    numbers.assign(data, data + count * length);
  }
  double *operator[](int64_t i) { return numbers.data() + i * length; }

  /// Overwrites a tensor with the vectors as its rows, or as its columns.
  void writeTo(Tensor &tensor, bool asColumns) {
    Tensor rows = ingot::from_blob(numbers.data(), {count, length}, kFloat64);
    tensor.copy_((asColumns ? rows.t().clone() : rows).view(tensor.sizes()));
  }

  int64_t count, length;
  std::vector<double> numbers;
};

/// Gram and Schmidt's process, twice for each vector, so that rounding does not matter.
void orthonormalize(Vectors &vectors) {
  int64_t length = vectors.length;
  for (int64_t i = 0; i < vectors.count; ++i) {
    double *v = vectors[i];
    for (int64_t step = 0; step < 2 * i; ++step) {
      const double *earlier = vectors[step % i];
      double along = std::inner_product(v, v + length, earlier, 0.0);
      for (int64_t k = 0; k < length; ++k)
        v[k] -= along * earlier[k];
    }
    double norm = std::sqrt(std::inner_product(v, v + length, v, 0.0));
    std::for_each(v, v + length, [&](double &x) { x /= norm; });
  }
}

} // namespace

Tensor orthogonal_(Tensor tensor, double gain, const Where &at) {
  AutoGradMode noGrad(false);
  ingot::detail::OpScope scope("orthogonal_", at);
  if (tensor.dim() < 2)
    ingot::detail::fail("orthogonal_", at, "a tensor must have 2 or more dimensions", tensor.sizes().str());
  if (tensor.numel() == 0)
    return tensor;
  int64_t rows = tensor.size(0), columns = int64_t(tensor.numel()) / rows;
  Vectors vectors(ingot::randn({std::min(rows, columns), std::max(rows, columns)}, kFloat64), at);
  orthonormalize(vectors);
  for (double &x : vectors.numbers)
    x *= gain;
  vectors.writeTo(tensor, /*asColumns=*/rows > columns);
  return tensor;
}

Tensor sparse_(Tensor tensor, double sparsity, double std, const Where &at) {
  AutoGradMode noGrad(false);
  ingot::detail::OpScope scope("sparse_", at);
  if (tensor.dim() != 2)
    ingot::detail::fail("sparse_", at, "a tensor must have 2 dimensions", tensor.sizes().str());
  if (!(sparsity >= 0 && sparsity <= 1))
    ingot::detail::fail("sparse_", at, "sparsity must lie within [0, 1]", std::to_string(sparsity));
  if (tensor.numel() == 0)
    return tensor;
  int64_t rows = tensor.size(0), columns = tensor.size(1);
  Vectors vectors(ingot::randn({columns, rows}, kFloat64) * std, at);
  Vectors keys(ingot::rand({columns, rows}, kFloat64), at);
  auto zeros = static_cast<int64_t>(std::ceil(sparsity * double(rows)));
  std::vector<int64_t> order(rows);
  for (int64_t column = 0; column < columns; ++column) {
    const double *key = keys[column];
    std::iota(order.begin(), order.end(), 0);
    std::sort(order.begin(), order.end(), [&](int64_t a, int64_t b) { return key[a] < key[b]; });
    for (int64_t i = 0; i < zeros; ++i)
      vectors[column][order[i]] = 0;
  }
  vectors.writeTo(tensor, /*asColumns=*/true);
  return tensor;
}

} // namespace ingot::nn::init
