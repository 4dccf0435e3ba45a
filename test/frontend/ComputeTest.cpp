// What programs read, computed by the compiler: in-place members, views, indexing, caching, random numbers.
#include "test/frontend/Expect.h"
#include <cmath>
#include <gtest/gtest.h>

using namespace ingot;
using namespace ingot::test;
using indexing::Ellipsis;
using indexing::None;
using indexing::Slice;

namespace {

TEST(Compute, ExpressionsOfNumbersAndTensors) {
  Tensor x = tensor({{1.0, 2.0}, {3.0, 4.0}});
  EXPECT_EQ(values(2 * x + 1), (List{3, 5, 7, 9}));
  EXPECT_EQ(values(1 / x), (List{1, 0.5, 1.0f / 3, 0.25}));
  EXPECT_EQ(values(x.matmul(x)), (List{7, 10, 15, 22}));
  EXPECT_EQ(values(x.matmul(tensor({1.0, -1.0}))), (List{-1, -1}));
  EXPECT_EQ(values(x.pow(3)), (List{1, 8, 27, 64}));
  EXPECT_EQ(values(tensor({7, -7}).floor_divide(2)), (List{3, -4}));
  EXPECT_EQ(values(tensor({7, -7}).div(2, "trunc")), (List{3, -3}));
  EXPECT_EQ(values(where(x > 2, x, 0)), (List{0, 0, 3, 4}));
  EXPECT_EQ(values(x.clamp(2, 3)), (List{2, 2, 3, 3}));
  EXPECT_EQ(x.sum().item<int>(), 10);
}

#if defined(__has_feature)
#if !__has_feature(address_sanitizer) // which ends the program
TEST(Compute, TensorsThatNoMemoryHoldsAreRefused) {
  Tensor x = ones({int64_t(1) << 30, int64_t(1) << 28});
  EXPECT_ERROR("there is no memory for a tensor of 1152921504606846976 bytes", values(x.contiguous()));
}
#endif
#endif

TEST(Compute, Reductions) {
  Tensor x = tensor({{3.0, 1.0, 2.0}, {6.0, 5.0, 4.0}});
  EXPECT_EQ(values(x.sum(0)), (List{9, 6, 6}));
  EXPECT_EQ(values(x.mean({0, 1})), (List{3.5}));
  EXPECT_EQ(values(x.prod(1)), (List{6, 120}));
  EXPECT_EQ(values(x.var(1)), (List{1, 1}));
  auto [most, at] = x.max(1);
  EXPECT_EQ(values(most), (List{3, 6}));
  EXPECT_EQ(values(at), (List{0, 0}));
  EXPECT_EQ(x.argmin().item<int64_t>(), 1);
  EXPECT_EQ(values((x > 2).any(0)), (List{1, 1, 1}));
  EXPECT_EQ(values((x > 2).all(1)), (List{0, 1}));
  EXPECT_NEAR(x.norm().item<double>(), std::sqrt(91.0), 1e-5);
}

TEST(Compute, WritesThroughViews) {
  Tensor x = zeros({3, 4});
  x[1] = 5;
  x.index({Slice(), -1}).add_(1);
  x.t()[0].copy_(tensor({7.0, 8.0, 9.0}));
  x.view({2, 6})[1].narrow(0, 3, 2).fill_(2);
  EXPECT_EQ(values(x), (List{7, 0, 0, 1, 8, 5, 5, 6, 9, 2, 2, 1}));
  Tensor part = x.slice(1, 0, 4, 2), copy = part.clone();
  x.zero_();
  EXPECT_EQ(values(part), List(6, 0));
  EXPECT_EQ(values(copy), (List{7, 0, 8, 5, 9, 2}));
}

TEST(Compute, Indexes) {
  Tensor x = arange(24).view({2, 3, 4});
  EXPECT_EQ(values(x.index({1, Slice(None, None, 2), Slice(1, -1)})), (List{13, 14, 21, 22}));
  EXPECT_EQ(x.index({Ellipsis, 0}).sizes(), Shape({2, 3}));
  EXPECT_EQ(x.index({None, "...", None}).sizes(), Shape({1, 2, 3, 4, 1}));
  EXPECT_EQ(values(x[1][2]), (List{20, 21, 22, 23}));
  EXPECT_EQ(values(cat({x[0], x[1]}, 1).select(0, 2)), (List{8, 9, 10, 11, 20, 21, 22, 23}));
  EXPECT_EQ(values(stack({arange(2), arange(2)}, 1)), (List{0, 0, 1, 1}));
  EXPECT_EQ(values(arange(3).repeat({2})), (List{0, 1, 2, 0, 1, 2}));
  EXPECT_EQ(values(arange(5).chunk(2)[1]), (List{3, 4}));
  EXPECT_EQ(values(arange(3).flip(0)), (List{2, 1, 0}));
}

TEST(Compute, SeesWhatIsWrittenThroughPointers) {
  Tensor x = tensor({1.0, 2.0});
  x.data_ptr<float>()[0] = 10;
  EXPECT_EQ(values(x + 1), (List{11, 3}));
  float memory[] = {1, 2};
  Tensor blob = from_blob(memory, {2}), doubled = blob * 2;
  memory[0] = 50; // after the use above
  EXPECT_EQ(values(doubled), (List{2, 4}));
  EXPECT_EQ(values(blob), (List{50, 2}));
  blob.mul_(3);
  EXPECT_EQ(memory[0], 150);
}

TEST(Compute, RandomNumbersFollowTheSeed) {
  manual_seed(7);
  Tensor a = rand({1000}), b = rand({1000});
  manual_seed(7);
  Tensor again = rand({1000});
  EXPECT_TRUE(a.equal(again));
  EXPECT_FALSE(a.equal(b));
  EXPECT_NEAR(a.mean().item<double>(), 0.5, 0.05);
  EXPECT_NEAR(randn({4000}).std().item<double>(), 1, 0.05);
  Tensor dice = randint(1, 7, {1000});
  EXPECT_EQ(dice.min().item<int>(), 1);
  EXPECT_EQ(dice.max().item<int>(), 6);
}

TEST(Compute, ComparesTensors) {
  float inf = std::numeric_limits<float>::infinity();
  Tensor x = tensor({1.0f, inf, inf - inf});
  EXPECT_FALSE(x.equal(x));
  EXPECT_FALSE(x.allclose(x));
  EXPECT_TRUE(x.allclose(x, 1e-5, 1e-8, /*equal_nan=*/true));
  EXPECT_TRUE(ones({3}).equal(ones({3})));
  EXPECT_FALSE(ones({3}).equal(ones({3, 1})));
}

TEST(Compute, HalvesRoundAfterEachOp) {
  Tensor x = tensor({1.0, 2.0}, kBFloat16);
  EXPECT_EQ(values(x + 0.001), (List{1, 2}));
  EXPECT_EQ((x * 1.5).dtype(), kBFloat16);
  EXPECT_EQ(x.sum().item<float>(), 3);
}

TEST(Compute, EmptyTensors) {
  Tensor x = zeros({0, 3});
  EXPECT_EQ(values(x.sum(0)), (List{0, 0, 0}));
  EXPECT_EQ((x + 1).numel(), 0);
  EXPECT_EQ(cat({x, ones({1, 3})}).sizes(), Shape({1, 3}));
}

} // namespace
