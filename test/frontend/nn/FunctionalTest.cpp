// Functionals against values computed by hand; errors.
#include "test/frontend/nn/Expect.h"
#include <limits>

namespace F = ingot::nn::functional;
using ingot::Tensor;
using namespace ingot::test;

namespace {

const float inf = std::numeric_limits<float>::infinity();

} // namespace

TEST(Functional, Linear) {
  Tensor x = ingot::tensor({{1.0, 2.0}}), w = ingot::tensor({{1.0, 0.0}, {1.0, 1.0}, {0.0, -1.0}});
  expectTensor(F::linear(x, w), {1, 3}, {1, 3, -2});
  expectTensor(F::linear(x, w, ingot::tensor({0.5, 0.5, 0.5})), {1, 3}, {1.5, 3.5, -1.5});
  expectTensor(F::linear(x[0], w), {3}, {1, 3, -2});
  EXPECT_EQ(errorOf([&] { F::linear(ingot::ones({1, 3}), w); }),
            "linear: the last size of input must be 2, got 3 (input [1, 3], weight [3, 2])");
}

TEST(Functional, Bilinear) {
  Tensor a = ingot::tensor({{1.0, 2.0}}), b = ingot::tensor({{3.0, 4.0, 5.0}});
  Tensor w = ingot::ones({2, 2, 3});
  expectTensor(F::bilinear(a, b, w, ingot::tensor({0.0, 1.0})), {1, 2}, {36, 37});
}

TEST(Functional, Conv2d) {
  Tensor x = counting({1, 1, 3, 3}), w = ingot::ones({1, 1, 2, 2});
  expectTensor(F::conv2d(x, w), {1, 1, 2, 2}, {8, 12, 20, 24});
  expectTensor(F::conv2d(x[0], w), {1, 2, 2}, {8, 12, 20, 24});
  expectTensor(F::conv2d(x, w, F::Conv2dFuncOptions().stride(2).padding(1).bias(ingot::tensor({1.0}))),
               {1, 1, 2, 2}, {1, 4, 10, 25});
  expectTensor(F::conv2d(x, w, F::Conv2dFuncOptions().dilation(2)), {1, 1, 1, 1}, {16});
  expectTensor(F::conv2d(x, w, F::Conv2dFuncOptions().padding(ingot::kSame)), {1, 1, 3, 3},
               {8, 12, 7, 20, 24, 13, 13, 15, 8});
  Tensor two = ingot::cat({x, x * 2}, 1);
  expectTensor(F::conv2d(two, ingot::ones({2, 1, 3, 3}), F::Conv2dFuncOptions().groups(2)), {1, 2, 1, 1},
               {36, 72});
}

TEST(Functional, Conv1d3d) {
  expectTensor(F::conv1d(counting({1, 1, 4}), ingot::tensor({{{1.0, -1.0}}})), {1, 1, 3}, {-1, -1, -1});
  expectTensor(F::conv3d(ingot::ones({1, 1, 2, 2, 2}), ingot::ones({1, 1, 2, 2, 2})), {1, 1, 1, 1, 1}, {8});
}

TEST(Functional, ConvErrors) {
  Tensor x = ingot::ones({1, 3, 8, 8}), w = ingot::ones({4, 3, 3, 3});
  EXPECT_EQ(errorOf([&] { F::conv2d(ingot::ones({1, 4, 8, 8}), w); }),
            "conv2d: input must have 3 channels, got 4 (input [1, 4, 8, 8], weight [4, 3, 3, 3])");
  EXPECT_EQ(errorOf([&] { F::conv2d(x, w, F::Conv2dFuncOptions().stride(0)); }),
            "conv2d: stride must be positive, got 0 (input [1, 3, 8, 8], weight [4, 3, 3, 3])");
  EXPECT_EQ(errorOf([&] { F::conv2d(x, w, F::Conv2dFuncOptions().padding(-1)); }),
            "conv2d: padding must not be negative, got -1 (input [1, 3, 8, 8], weight [4, 3, 3, 3])");
  EXPECT_EQ(errorOf([&] { F::conv2d(x, w, F::Conv2dFuncOptions().groups(0)); }),
            "conv2d: groups must be positive, got 0 (input [1, 3, 8, 8], weight [4, 3, 3, 3])");
  EXPECT_EQ(errorOf([&] { F::conv2d(ingot::ones({8}), w); }),
            "conv2d: input must have 4 dimensions, or 3 without a batch, got input [8], weight [4, 3, 3, 3]");
  EXPECT_EQ(errorOf([&] { F::conv2d(ingot::ones({1, 3, 2, 8}), w); }),
            "conv2d: the padded input must be at least as large as the dilated kernel, got 2 < 3 in spatial "
            "dimension 0 (input [1, 3, 2, 8], weight [4, 3, 3, 3])");
  EXPECT_EQ(errorOf([&] { F::conv2d(x, w, F::Conv2dFuncOptions().bias(ingot::ones({3}))); }),
            "conv2d: bias must be [4], got [3] (input [1, 3, 8, 8], weight [4, 3, 3, 3])");
  EXPECT_EQ(errorOf([&] { F::conv2d(x, w, F::Conv2dFuncOptions().stride(2).padding(ingot::kSame)); }),
            "conv2d: padding kSame requires a stride of 1, got 2 (input [1, 3, 8, 8], weight [4, 3, 3, 3])");
}

TEST(Functional, MaxPool) {
  Tensor x = counting({1, 1, 4, 4});
  expectTensor(F::max_pool2d(x, 2), {1, 1, 2, 2}, {5, 7, 13, 15});
  expectTensor(F::max_pool2d(x[0], {2, 4}), {1, 2, 1}, {7, 15});
  expectTensor(F::max_pool2d(x, F::MaxPool2dFuncOptions(3).stride(2).ceil_mode(true)), {1, 1, 2, 2},
               {10, 11, 14, 15});
  expectTensor(F::max_pool2d(-x - 1, F::MaxPool2dFuncOptions(2).padding(1)), {1, 1, 3, 3},
               {-1, -2, -4, -5, -6, -8, -13, -14, -16});
  expectTensor(F::max_pool2d(x, F::MaxPool2dFuncOptions(2).stride(1).dilation(3)), {1, 1, 1, 1}, {15});
  expectTensor(F::max_pool1d(counting({1, 1, 5}), F::MaxPool1dFuncOptions(2).ceil_mode(true)), {1, 1, 3},
               {1, 3, 4});
}

TEST(Functional, MaxPoolIndices) {
  auto [y, index] = F::max_pool2d_with_indices(counting({1, 1, 4, 4}), F::MaxPool2dFuncOptions(2).padding(1));
  expectTensor(y, {1, 1, 3, 3}, {0, 2, 3, 8, 10, 11, 12, 14, 15});
  EXPECT_EQ(index.dtype(), ingot::kInt64);
  expectTensor(index, {1, 1, 3, 3}, {0, 2, 3, 8, 10, 11, 12, 14, 15});
}

TEST(Functional, AvgPool) {
  Tensor x = counting({1, 1, 4, 4});
  expectTensor(F::avg_pool2d(x, 2), {1, 1, 2, 2}, {2.5, 4.5, 10.5, 12.5});
  auto padded = F::AvgPool2dFuncOptions(2).padding(1);
  expectTensor(F::avg_pool2d(x, padded), {1, 1, 3, 3}, {0, 0.75, 0.75, 3, 7.5, 4.5, 3, 6.75, 3.75});
  expectTensor(F::avg_pool2d(x, padded.count_include_pad(false)), {1, 1, 3, 3},
               {0, 1.5, 3, 6, 7.5, 9, 12, 13.5, 15});
  expectTensor(F::avg_pool2d(x, F::AvgPool2dFuncOptions(4).divisor_override(2)), {1, 1, 1, 1}, {60});
  // The last window of ceil_mode counts what lies in the input only.
  expectTensor(F::avg_pool1d(counting({1, 1, 5}), F::AvgPool1dFuncOptions(2).ceil_mode(true)), {1, 1, 3},
               {0.5, 2.5, 4});
}

TEST(Functional, PoolErrors) {
  Tensor x = ingot::ones({1, 1, 4, 4});
  EXPECT_EQ(errorOf([&] { F::max_pool2d(x, 0); }), "max_pool2d: kernel_size must be positive, got 0");
  EXPECT_EQ(errorOf([&] { F::max_pool2d(x, -2); }), "max_pool2d: kernel_size must be positive, got -2");
  EXPECT_EQ(errorOf([&] { F::max_pool2d(x, F::MaxPool2dFuncOptions(2).stride(0)); }),
            "max_pool2d: stride must be positive, got 0");
  EXPECT_EQ(errorOf([&] { F::avg_pool2d(x, F::AvgPool2dFuncOptions(2).padding(2)); }),
            "avg_pool2d: padding must be at most half of the dilated kernel, got 2 for 2");
  EXPECT_EQ(
      errorOf([&] { F::max_pool2d(x, 5); }),
      "max_pool2d: the padded input must be at least as large as the dilated kernel, got 4 < 5 (input [1, 1, "
      "4, 4])");
  // The last window of ceil_mode needs one element, but not none.
  expectTensor(F::max_pool2d(x, F::MaxPool2dFuncOptions(6).stride(3).ceil_mode(true)), {1, 1, 1, 1}, {1});
  EXPECT_EQ(errorOf([&] { F::max_pool2d(x, F::MaxPool2dFuncOptions(7).stride(3).ceil_mode(true)); }),
            "max_pool2d: the padded input must be larger than the dilated kernel less the stride, got 4 < 5 "
            "(input [1, 1, 4, 4])");
  EXPECT_EQ(errorOf([&] { F::avg_pool2d(x.to(ingot::kInt64), 2); }),
            "avg_pool2d: input must be of a floating-point type, got int64");
  EXPECT_EQ(errorOf([&] { F::max_pool2d(x, {2, 2, 2}); }), "ExpandingArray: 2 values are required, got 3");
  EXPECT_EQ(errorLine([&] { F::max_pool2d(x, 0); }), __LINE__);
}

TEST(Functional, Pad) {
  Tensor x = counting({1, 3});
  expectTensor(F::pad(x, F::PadFuncOptions({1, 2}).value(9)), {1, 6}, {9, 0, 1, 2, 9, 9});
  expectTensor(F::pad(x, F::PadFuncOptions({-1, 1})), {1, 3}, {1, 2, 0});
  expectTensor(F::pad(x, F::PadFuncOptions({0, 0, 1, 0})), {2, 3}, {0, 0, 0, 0, 1, 2});
  expectTensor(F::pad(x, F::PadFuncOptions({2, 1}).mode(ingot::kReflect)), {1, 6}, {2, 1, 0, 1, 2, 1});
  expectTensor(F::pad(x, F::PadFuncOptions({2, 1}).mode(ingot::kReplicate)), {1, 6}, {0, 0, 0, 1, 2, 2});
  expectTensor(F::pad(x, F::PadFuncOptions({2, 1}).mode(ingot::kCircular)), {1, 6}, {1, 2, 0, 1, 2, 0});
  expectTensor(F::pad(x, F::PadFuncOptions({-1, 2}).mode(ingot::kReplicate)), {1, 4}, {1, 2, 2, 2});
  expectTensor(F::pad(x, F::PadFuncOptions({-1, 1}).mode(ingot::kCircular)), {1, 3}, {1, 2, 1});
  EXPECT_EQ(errorOf([&] { F::pad(x, F::PadFuncOptions({3, 0}).mode(ingot::kReflect)); }),
            "pad: padding of mode kReflect must be at most 2 for a dimension of 3, got 3 (input [1, 3])");
  EXPECT_EQ(errorOf([&] { F::pad(x, F::PadFuncOptions({1, 1, 1, 1}).mode(ingot::kReflect)); }),
            "pad: input must have 3 or 4 dimensions to pad 2 of them in mode kReflect, got 2 (input [1, 3])");
  EXPECT_EQ(errorOf([&] { F::pad(x, F::PadFuncOptions({1})); }),
            "pad: pad must hold two numbers a dimension of input, got 1 (input [1, 3])");
}

TEST(Functional, BatchNorm) {
  Tensor x = ingot::tensor({{1.0, 10.0}, {3.0, 10.0}});
  Tensor mean = ingot::zeros({2}), var = ingot::ones({2});
  auto training = F::BatchNormFuncOptions().training(true).momentum(0.5).eps(0);
  expectTensor(F::batch_norm(x.slice(1, 0, 1), mean.slice(0, 0, 1), var.slice(0, 0, 1), training), {2, 1},
               {-1, 1});
  expectTensor(mean, {2}, {1, 0});
  expectTensor(var, {2}, {1.5, 1});
  auto eval =
      F::BatchNormFuncOptions().eps(0).weight(ingot::tensor({2.0, 3.0})).bias(ingot::tensor({1.0, 0.0}));
  expectTensor(F::batch_norm(x, ingot::tensor({1.0, 10.0}), ingot::tensor({4.0, 1.0}), eval), {2, 2},
               {1, 0, 3, 0});
  EXPECT_EQ(errorOf([&] { F::batch_norm(x, Tensor(), Tensor()); }),
            "batch_norm: running_mean and running_var must be defined unless training");
  EXPECT_EQ(errorOf([&] { F::batch_norm(x, ingot::ones({3}), ingot::ones({3})); }),
            "batch_norm: running_mean must be [2], one element a channel, got [3]");
  EXPECT_EQ(errorOf([&] { F::batch_norm(ingot::ones({1, 2}), mean, var, training); }),
            "batch_norm: training needs more than one value a channel, got input [1, 2]");
}

TEST(Functional, LayerAndGroupNorm) {
  Tensor x = ingot::tensor({{1.0, 3.0}, {5.0, 9.0}});
  expectTensor(F::layer_norm(x, F::LayerNormFuncOptions({2}).eps(0)), {2, 2}, {-1, 1, -1, 1});
  expectTensor(F::layer_norm(x, F::LayerNormFuncOptions({2})
                                    .eps(0)
                                    .weight(ingot::tensor({2.0, 1.0}))
                                    .bias(ingot::tensor({0.0, 1.0}))),
               {2, 2}, {-2, 2, -2, 2});
  EXPECT_EQ(errorOf([&] { F::layer_norm(x, F::LayerNormFuncOptions({3})); }),
            "layer_norm: the last sizes of input must be [3], got [2, 2]");
  Tensor y = ingot::tensor({{1.0, 3.0, 5.0, 9.0}});
  expectTensor(F::group_norm(y, F::GroupNormFuncOptions(2).eps(0)), {1, 4}, {-1, 1, -1, 1});
  EXPECT_EQ(errorOf([&] { F::group_norm(y, F::GroupNormFuncOptions(3)); }),
            "group_norm: input must be [N, C, ...] with C divisible by num_groups, 3, got [1, 4]");
}

TEST(Functional, Dropout) {
  ingot::manual_seed(3);
  Tensor x = ingot::ones({1000});
  std::vector<float> y = elements(F::dropout(x, F::DropoutFuncOptions().p(0.25)));
  int dropped = 0;
  for (float value : y) {
    EXPECT_TRUE(value == 0 || std::abs(value - 4.0f / 3) < 1e-6) << value;
    dropped += value == 0;
  }
  EXPECT_NEAR(dropped, 250, 50);
  EXPECT_TRUE(F::dropout(x, F::DropoutFuncOptions().training(false)).is_same(x));
  EXPECT_EQ(elements(F::dropout(ingot::ones({2}), F::DropoutFuncOptions().p(1))), (std::vector<float>{0, 0}));
  std::vector<float> channels = elements(F::dropout2d(ingot::ones({1, 50, 2, 1})));
  for (size_t i = 0; i < channels.size(); i += 2)
    EXPECT_EQ(channels[i], channels[i + 1]);
  Tensor rows = F::dropout2d(ingot::ones({200, 10})); // without spatial dimensions: each element
  EXPECT_NEAR(rows.mean().item<float>(), 1, 0.15);
  EXPECT_EQ(errorOf([&] { F::dropout2d(ingot::ones({3})); }),
            "dropout2d: input must have at least 2 dimensions, [N, C, ...], got [3]");
  EXPECT_EQ(errorOf([&] { F::dropout(x, F::DropoutFuncOptions().p(2)); }).substr(0, 62),
            "dropout: p must be a probability, within [0, 1], got 2.000000");
}

TEST(Functional, Activations) {
  Tensor x = ingot::tensor({-2.0, 0.0, 3.0});
  auto e = [](double v) { return static_cast<float>(std::exp(v)); };
  expectTensor(F::relu(x), {3}, {0, 0, 3});
  expectTensor(F::relu6(x * 3), {3}, {0, 0, 6});
  expectTensor(F::elu(x, F::ELUFuncOptions().alpha(2)), {3}, {2 * (e(-2) - 1), 0, 3});
  expectTensor(F::selu(x), {3}, {1.7580993f * (e(-2) - 1), 0, 3.1521030f});
  expectTensor(F::celu(x, F::CELUFuncOptions().alpha(2)), {3}, {2 * (e(-1) - 1), 0, 3});
  expectTensor(F::leaky_relu(x, F::LeakyReLUFuncOptions().negative_slope(0.1)), {3}, {-0.2f, 0, 3});
  expectTensor(F::prelu(x, ingot::tensor({0.5})), {3}, {-1, 0, 3});
  expectTensor(F::rrelu(x, F::RReLUFuncOptions().lower(0.2).upper(0.4)), {3}, {-0.6f, 0, 3});
  expectTensor(F::gelu(x), {3}, {-0.04550026f, 0, 2.9959502f});
  expectTensor(F::gelu(x, F::GELUFuncOptions().approximate("tanh")), {3}, {-0.0454023f, 0, 2.9963627f});
  expectTensor(F::silu(x), {3}, {-2 / (1 + e(2)), 0, 3 / (1 + e(-3))});
  expectTensor(F::mish(x), {3}, {-0.2525015f, 0, 2.9865351f});
  expectTensor(F::softplus(x, F::SoftplusFuncOptions().beta(2)), {3},
               {std::log1p(e(-4)) / 2, std::log(2.0f) / 2, 3 + std::log1p(e(-6)) / 2});
  expectTensor(F::softshrink(x), {3}, {-1.5, 0, 2.5});
  expectTensor(F::hardshrink(x, F::HardshrinkFuncOptions(2)), {3}, {0, 0, 3});
  expectTensor(F::hardtanh(x), {3}, {-1, 0, 1});
  expectTensor(F::hardswish(x), {3}, {-1.0f / 3, 0, 3});
  expectTensor(F::hardsigmoid(x), {3}, {1.0f / 6, 0.5, 1});
  expectTensor(F::softsign(x), {3}, {-2.0f / 3, 0, 0.75});
  expectTensor(F::tanhshrink(x), {3}, {-2 + std::tanh(2.0f), 0, 3 - std::tanh(3.0f)});
  expectTensor(F::threshold(x, F::ThresholdFuncOptions(1, 7)), {3}, {7, 7, 3});
  expectTensor(F::logsigmoid(x), {3}, {-std::log1p(e(2)), -std::log(2.0f), -std::log1p(e(-3))});
  expectTensor(F::softmax(ingot::zeros({2, 4}), 1), {2, 4}, std::vector<float>(8, 0.25f));
  expectTensor(F::softmin(ingot::tensor({0.0, std::log(3.0)}), 0), {2}, {0.75, 0.25});
  expectTensor(F::log_softmax(ingot::zeros({4}), 0), {4}, std::vector<float>(4, -std::log(4.0f)));
  expectTensor(F::glu(ingot::tensor({1.0, 2.0, 0.0, 0.0})), {2}, {0.5, 1});
}

TEST(Functional, ActivationsAtExtremes) {
  Tensor x = ingot::tensor({-1000.0, 1000.0});
  expectTensor(F::elu(x), {2}, {-1, 1000});
  expectTensor(F::softplus(x), {2}, {0, 1000});
  expectTensor(F::logsigmoid(x), {2}, {-1000, 0});
  expectTensor(F::relu(ingot::tensor({-double(inf), double(inf)})), {2}, {0, inf});
}

TEST(Functional, InPlace) {
  Tensor x = ingot::tensor({-2.0, 3.0});
  Tensor y = F::relu(x, F::ReLUFuncOptions(true));
  EXPECT_TRUE(y.is_same(x));
  expectTensor(x, {2}, {0, 3});
}

// Without training the number of dimensions does not matter, as in PyTorch.
TEST(Functional, FeatureAlphaDropoutOfAVector) {
  Tensor x = ingot::tensor({1.0, 2.0});
  auto options = F::FeatureAlphaDropoutFuncOptions().p(0.5);
  expectTensor(F::feature_alpha_dropout(x, options.training(false)), {2}, {1, 2});
  EXPECT_EQ(errorOf([&] { F::feature_alpha_dropout(x, options.training(true)); }),
            "feature_alpha_dropout: input must have 2 dimensions or more, got [2]");
}

TEST(Functional, ActivationErrors) {
  Tensor x = ingot::ones({3});
  EXPECT_EQ(errorOf([&] { F::glu(x); }), "glu: dimension -1 must have an even size, got 3 (input [3])");
  EXPECT_EQ(errorOf([&] { F::gelu(x, F::GELUFuncOptions().approximate("x")); }),
            "gelu: approximate must be \"none\" or \"tanh\", got \"x\"");
  EXPECT_EQ(errorOf([&] { F::elu(ingot::ones({2}, ingot::kInt64)); }),
            "elu: input must be of a floating-point type, got int64");
  EXPECT_EQ(errorLine([&] { F::elu(ingot::ones({2}, ingot::kInt64)); }), __LINE__);
}
