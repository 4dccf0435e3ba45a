// Statistics, and functions that libtorch takes by position, against PyTorch's results.
#include "ingot/functional/aliases.h"
#include "ingot/ingot.h"
#include <cmath>
#include <gtest/gtest.h>

using namespace ingot;

namespace {

bool isClose(const Tensor &a, const Tensor &b) {
  return a.sizes() == b.sizes() && a.dtype() == b.dtype() && allclose(a, b, 1e-4, 1e-6, /*equal_nan=*/true);
}
const Tensor x = tensor({{3.0, 1.0, 2.0, 4.0}, {0.0, 5.0, 5.0, 1.0}});

TEST(Statistics, Quantiles) {
  EXPECT_TRUE(isClose(quantile(x, 0.4), tensor(1.8)));
  EXPECT_TRUE(isClose(x.quantile(tensor({0.25, 0.6}), 1), tensor({{1.75, 0.75}, {2.8, 4.2}})));
  EXPECT_TRUE(isClose(quantile(x, 0.3, 0, true, "lower"), tensor({{0.0, 1.0, 2.0, 1.0}})));
  EXPECT_TRUE(isClose(quantile(x, 0.3, 1, false, "midpoint"), tensor({1.5, 0.5})));
  EXPECT_TRUE(isClose(quantile(x, 0.5, 1, false, "nearest"), tensor({3.0, 5.0})));
  Tensor gaps = tensor({1.0, NAN, 3.0, 2.0, 5.0});
  EXPECT_TRUE(std::isnan(quantile(gaps, 0.5).item<float>()));
  EXPECT_TRUE(isClose(nanquantile(gaps, 0.25), tensor(1.75)));
  EXPECT_TRUE(isClose(nanmedian(gaps), tensor(2.0)));
  EXPECT_EQ(std::get<1>(gaps.nanmedian(0)).item<int64_t>(), 3);
  EXPECT_THROW(quantile(x, 0.5, 0, false, "cubic"), Error);
}

TEST(Statistics, Frequencies) {
  auto [values, places] = mode(tensor({{2, 1, 1, 2, 3}, {5, 4, 4, 5, 5}}));
  EXPECT_TRUE(values.equal(tensor({1, 5})));
  EXPECT_TRUE(places.equal(tensor({2, 4})));
  EXPECT_TRUE(isClose(histc(tensor({1.0, 2.0, 1.0, 4.0, 9.0}), 4, 0, 4), tensor({0.0, 2.0, 1.0, 1.0})));
  EXPECT_TRUE(isClose(histc(tensor({1.0, 2.0, 1.0, 4.0}), 3), tensor({2.0, 1.0, 1.0})));
  EXPECT_TRUE(isClose(histc(tensor({2.0, 2.0}), 3), tensor({0.0, 2.0, 0.0})));
  EXPECT_TRUE(bincount(tensor({1, 3, 1}), {}, 5).equal(tensor({0, 2, 0, 1, 0})));
  EXPECT_TRUE(isClose(bincount(tensor({1, 0, 1}), tensor({0.5, 1.0, 2.0})), tensor({1.0, 2.5})));
  EXPECT_THROW(bincount(tensor({1, -3})), Error);
}

TEST(Statistics, Covariances) {
  EXPECT_TRUE(isClose(cov(x), tensor({{1.66667, -2.83333}, {-2.83333, 6.91667}})));
  EXPECT_TRUE(isClose(corrcoef(x), tensor({{1.0, -0.834478}, {-0.834478, 1.0}})));
}

TEST(Positional, SizesAndOrder) {
  auto [rows, inverse, counts] = unique_dim(tensor({{1, 2}, {0, 1}, {1, 2}}), 0, true, true, true);
  EXPECT_TRUE(rows.equal(tensor({{0, 1}, {1, 2}})));
  EXPECT_TRUE(inverse.equal(tensor({1, 0, 1})));
  EXPECT_TRUE(counts.equal(tensor({1, 2})));
  EXPECT_TRUE(combinations(tensor({1, 2, 3})).equal(tensor({{1, 2}, {1, 3}, {2, 3}})));
  EXPECT_TRUE(
      cartesian_prod({tensor({1, 2}), tensor({3, 4})}).equal(tensor({{1, 3}, {1, 4}, {2, 3}, {2, 4}})));
  EXPECT_TRUE(
      isClose(block_diag({ones({1, 2}), tensor({{3.0}})}), tensor({{1.0, 1.0, 0.0}, {0.0, 0.0, 3.0}})));
  EXPECT_TRUE(isClose(trapezoid(tensor({1.0, 2.0, 4.0}), 0.5), tensor(2.25)));
  EXPECT_TRUE(isClose(trapezoid(tensor({1.0, 2.0, 4.0}), tensor({0.0, 1.0, 3.0})), tensor(7.5)));
  EXPECT_TRUE(isClose(vander(tensor({2.0, 3.0}), 3), tensor({{4.0, 2.0, 1.0}, {9.0, 3.0, 1.0}})));
  EXPECT_TRUE(isClose(renorm(tensor({{1.0, 1.0}, {3.0, 4.0}}), 2, 0, 2.0), tensor({{1.0, 1.0}, {1.2, 1.6}})));
  Tensor parts = zeros({2}), total = zeros({1});
  add_out(total, tensor({1.0, 2.0}), tensor({3.0, 4.0}));
  EXPECT_TRUE(isClose(total, tensor({4.0, 6.0})));
  EXPECT_TRUE(parts.put_(tensor({1}), tensor({5.0})).equal(tensor({0.0, 5.0})));
  EXPECT_TRUE(isClose(ingot::index(x, {1, indexing::Slice(0, 2)}), tensor({0.0, 5.0})));
}

TEST(Positional, Windows) {
  EXPECT_TRUE(isClose(hann_window(5), tensor({0.0, 0.345492, 0.904508, 0.904508, 0.345492})));
  EXPECT_TRUE(isClose(hamming_window(4), tensor({0.08, 0.54, 1.0, 0.54})));
  EXPECT_TRUE(isClose(blackman_window(4), tensor({0.0, 0.34, 1.0, 0.34})));
  EXPECT_TRUE(isClose(bartlett_window(4), tensor({0.0, 0.5, 1.0, 0.5})));
  EXPECT_TRUE(isClose(logspace(0, 2, 3), tensor({1.0, 10.0, 100.0})));
  EXPECT_TRUE(isClose(range(1, 4), tensor({1.0, 2.0, 3.0, 4.0})));
}

TEST(Positional, Layers) {
  Tensor table = tensor({{1.0, 2.0}, {3.0, 4.0}, {5.0, 6.0}});
  EXPECT_TRUE(isClose(embedding(table, tensor({2, 0})), tensor({{5.0, 6.0}, {1.0, 2.0}})));
  auto [sums, bags, sizes, maxima] = embedding_bag(table, tensor({0, 2, 1}), tensor({0, 2}));
  EXPECT_TRUE(isClose(sums, tensor({{6.0, 8.0}, {3.0, 4.0}})));
  EXPECT_TRUE(bags.equal(tensor({0, 0, 1})));
  EXPECT_TRUE(sizes.equal(tensor({2, 1})));
  EXPECT_TRUE(isClose(ingot::elu(tensor({-1.0, 2.0}), 1, 2, 0.5), tensor({-0.786939, 4.0})));
  EXPECT_TRUE(isClose(ingot::linear(tensor({{1.0, 1.0}}), table), tensor({{3.0, 7.0, 11.0}})));
  EXPECT_TRUE(isClose(ingot::binary_cross_entropy(full({2, 1}, 0.5), ones({2})), tensor(0.693147)));
  Tensor image = tensor({{{{1.0, 2.0}}}});
  EXPECT_TRUE(isClose(upsample_nearest2d(image, {1, 4}), tensor({{{{1.0, 1.0, 2.0, 2.0}}}})));
  EXPECT_TRUE(isClose(upsample_nearest2d(image, {1, 4}, 1.0, 2.0), upsample_nearest2d(image, {1, 4})));
  EXPECT_THROW(upsample_nearest2d(image, {1, 5}, 1.0, 2.0), Error);
  EXPECT_TRUE(isClose(replication_pad2d(image, {1, 0, 0, 0}), tensor({{{{1.0, 1.0, 2.0}}}})));
  EXPECT_TRUE(isClose(ingot::max_pool2d(ones({1, 1, 4, 4}), {2, 2}, {2, 2}), ones({1, 1, 2, 2})));
}

} // namespace
