// Initialization: exact ones, and the distributions of random ones.
#include "test/frontend/nn/Expect.h"
#include <algorithm>

namespace nn = ingot::nn;
namespace init = ingot::nn::init;
using ingot::Tensor;
using namespace ingot::test;

namespace {

struct Statistics {
  explicit Statistics(const Tensor &tensor) {
    std::vector<float> x = elements(tensor);
    low = *std::min_element(x.begin(), x.end());
    high = *std::max_element(x.begin(), x.end());
    for (float v : x)
      mean += v / double(x.size());
    for (float v : x)
      std += (v - mean) * (v - mean) / double(x.size());
    std = std::sqrt(std);
  }
  double low, high, mean = 0, std = 0;
};

/// Uniform within (-bound, bound).
void expectUniform(const Tensor &tensor, double bound) {
  Statistics s(tensor);
  EXPECT_LE(std::max(-s.low, s.high), bound * (1 + 1e-6));
  EXPECT_GT(std::min(-s.low, s.high), bound * 0.9);
  EXPECT_NEAR(s.mean, 0, bound * 0.1);
  EXPECT_NEAR(s.std, bound / std::sqrt(3.0), bound * 0.05);
}

void expectNormal(const Tensor &tensor, double mean, double std) {
  Statistics s(tensor);
  EXPECT_NEAR(s.mean, mean, std * 0.1);
  EXPECT_NEAR(s.std, std, std * 0.05);
  EXPECT_GT(s.high, mean + 2.5 * std);
  EXPECT_LT(s.low, mean - 2.5 * std);
}

} // namespace

TEST(Init, Gains) {
  EXPECT_EQ(init::calculate_gain(ingot::kLinear), 1);
  EXPECT_EQ(init::calculate_gain(ingot::kConv2D), 1);
  EXPECT_EQ(init::calculate_gain(ingot::kSigmoid), 1);
  EXPECT_NEAR(init::calculate_gain(ingot::kTanh), 5.0 / 3, 1e-12);
  EXPECT_NEAR(init::calculate_gain(ingot::kReLU), std::sqrt(2.0), 1e-12);
  EXPECT_NEAR(init::calculate_gain(ingot::kLeakyReLU, 2), std::sqrt(0.4), 1e-12);
}

TEST(Init, Constants) {
  expectTensor(init::constant_(ingot::empty({3}), 2.5), {3}, {2.5, 2.5, 2.5});
  expectTensor(init::ones_(ingot::empty({2})), {2}, {1, 1});
  expectTensor(init::zeros_(ingot::ones({2})), {2}, {0, 0});
  expectTensor(init::eye_(ingot::empty({2, 3})), {2, 3}, {1, 0, 0, 0, 1, 0});
  EXPECT_EQ(errorOf([] { init::eye_(ingot::empty({2})); }), "eye_: a tensor must have 2 dimensions, got [2]");
}

TEST(Init, DiracKeepsItsInput) {
  Tensor weight = init::dirac_(ingot::empty({2, 2, 3}));
  expectTensor(weight, {2, 2, 3}, {0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0});
  EXPECT_EQ(errorOf([] { init::dirac_(ingot::empty({2, 2})); }),
            "dirac_: a tensor must have 3 to 5 dimensions, got [2, 2]");
}

TEST(Init, ReturnsTheTensorAndNeedsNoGradient) {
  Tensor weight = ingot::empty({2}).set_requires_grad(true);
  EXPECT_TRUE(init::ones_(weight).is_same(weight));
  EXPECT_TRUE(weight.requires_grad());
}

TEST(Init, Distributions) {
  ingot::manual_seed(1);
  expectUniform(init::uniform_(ingot::empty({100, 40}), -0.5, 0.5), 0.5);
  expectNormal(init::normal_(ingot::empty({100, 40}), 2, 0.5), 2, 0.5);
  expectUniform(init::kaiming_uniform_(ingot::empty({100, 40}), std::sqrt(5.0)), 1 / std::sqrt(40.0));
  expectNormal(init::kaiming_normal_(ingot::empty({20, 10, 3, 3}), 0, ingot::kFanOut, ingot::kReLU), 0,
               std::sqrt(2.0 / 180));
  expectUniform(init::xavier_uniform_(ingot::empty({60, 40})), std::sqrt(6.0 / 100));
  expectNormal(init::xavier_normal_(ingot::empty({60, 40}), 2), 0, 2 * std::sqrt(2.0 / 100));
  EXPECT_EQ(errorOf([] { init::kaiming_normal_(ingot::empty({3})); }),
            "init: a tensor must have 2 or more dimensions, got [3]");
}

TEST(Init, TruncatedNormal) {
  ingot::manual_seed(1);
  Statistics s(init::trunc_normal_(ingot::empty({100, 50})));
  EXPECT_GE(s.low, -2);
  EXPECT_LE(s.high, 2);
  EXPECT_NEAR(s.mean, 0, 0.05);
  EXPECT_NEAR(s.std, 0.8796, 0.03);
  Statistics right(init::trunc_normal_(ingot::empty({100, 50}), 0, 1, 1, 3));
  EXPECT_GE(right.low, 1);
  EXPECT_NEAR(right.mean, 1.5100, 0.03); // (pdf(1) - pdf(3)) / (cdf(3) - cdf(1))
}

TEST(Init, LayersBeginAsInPyTorch) {
  ingot::manual_seed(1);
  nn::Linear linear(50, 80);
  expectUniform(linear->weight, 1 / std::sqrt(50.0));
  expectUniform(linear->bias, 1 / std::sqrt(50.0));
  nn::Conv2d conv(nn::Conv2dOptions(8, 16, 5).groups(2));
  EXPECT_EQ(conv->weight.sizes().vec(), (std::vector<int64_t>{16, 4, 5, 5}));
  expectUniform(conv->weight, 0.1);
  nn::BatchNorm2d norm(3);
  expectTensor(norm->weight, {3}, {1, 1, 1});
  expectTensor(norm->bias, {3}, {0, 0, 0});
  expectTensor(norm->running_mean, {3}, {0, 0, 0});
  expectTensor(norm->running_var, {3}, {1, 1, 1});
  expectTensor(norm->num_batches_tracked, {}, {0});
  expectTensor(nn::PReLU(nn::PReLUOptions().num_parameters(2))->weight, {2}, {0.25, 0.25});
}

TEST(Init, SeedsRepeat) {
  ingot::manual_seed(7);
  std::vector<float> first = elements(nn::Linear(3, 3)->weight);
  std::vector<float> second = elements(nn::Linear(3, 3)->weight);
  ingot::manual_seed(7);
  EXPECT_EQ(elements(nn::Linear(3, 3)->weight), first);
  EXPECT_NE(first, second);
}
