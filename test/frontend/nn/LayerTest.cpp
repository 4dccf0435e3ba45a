// Layers: that they pass their options on, their states and modes, and errors with the module's path.
#include "test/frontend/nn/Expect.h"

namespace nn = ingot::nn;
namespace F = ingot::nn::functional;
using ingot::Tensor;
using namespace ingot::test;

TEST(Layer, Linear) {
  nn::Linear fc(2, 3);
  Tensor x = ingot::tensor({{1.0, -1.0}});
  expectTensor(fc(x), {1, 3}, elements(F::linear(x, fc->weight, fc->bias)));
  expectTensor(nn::Linear(0, 2)->bias, {2}, {0, 0});
  nn::Linear noBias(nn::LinearOptions(2, 3).bias(false));
  EXPECT_FALSE(noBias->bias.defined());
  EXPECT_EQ(noBias->parameters().size(), 1u);
  expectTensor(noBias(x), {1, 3}, elements(F::linear(x, noBias->weight)));
  EXPECT_EQ(errorOf([] { nn::Linear(-1, 3); }),
            "nn::Linear: in_features and out_features must not be negative, got -1");
}

TEST(Layer, FlattenAndUnflatten) {
  EXPECT_EQ(nn::Flatten()(counting({2, 3, 4})).sizes().vec(), (std::vector<int64_t>{2, 12}));
  EXPECT_EQ(nn::Unflatten(nn::UnflattenOptions(1, {3, 4}))(counting({2, 12})).sizes().vec(),
            (std::vector<int64_t>{2, 3, 4}));
}

TEST(Layer, Conv) {
  nn::Conv2d conv(nn::Conv2dOptions(1, 2, 3).stride(2).padding(1));
  Tensor x = counting({1, 1, 5, 5});
  expectTensor(
      conv(x), {1, 2, 3, 3},
      elements(F::conv2d(x, conv->weight, F::Conv2dFuncOptions().bias(conv->bias).stride(2).padding(1))),
      1e-4f);
}

TEST(Layer, ConvPaddingModes) {
  nn::Conv1d conv(nn::Conv1dOptions(1, 1, 3).padding(1).padding_mode(ingot::kCircular).bias(false));
  nn::init::ones_(conv->weight);
  expectTensor(conv(counting({1, 1, 4})), {1, 1, 4}, {4, 3, 6, 5});
  nn::Conv1d same(
      nn::Conv1dOptions(1, 1, 2).padding(ingot::kSame).padding_mode(ingot::kReplicate).bias(false));
  nn::init::ones_(same->weight);
  expectTensor(same(counting({1, 1, 3})), {1, 1, 3}, {1, 3, 4});
}

TEST(Layer, ConvErrors) {
  EXPECT_EQ(errorOf([] { nn::Conv2d(1, 6, 0); }), "nn::Conv2d: kernel_size must be positive, got [0, 0]");
  EXPECT_EQ(errorOf([] { nn::Conv2d(nn::Conv2dOptions(1, 6, {3, -1})); }),
            "nn::Conv2d: kernel_size must be positive, got [3, -1]");
  EXPECT_EQ(errorOf([] { nn::Conv1d(nn::Conv1dOptions(1, 6, 3).stride(0)); }),
            "nn::Conv1d: stride must be positive, got 0");
  EXPECT_EQ(errorOf([] { nn::Conv2d(nn::Conv2dOptions(3, 6, 3).groups(2)); }),
            "nn::Conv2d: in_channels and out_channels must be divisible by groups, got 3 and 6 by 2");
  nn::Sequential net(nn::Conv2d(1, 1, 3), nn::MaxPool2d(2));
  EXPECT_EQ(errorOf([&] { net(ingot::ones({1, 3, 8, 8})); }),
            "0 (conv2d): input must have 1 channels, got 3 (input [1, 3, 8, 8], weight [1, 1, 3, 3])");
  net->at<nn::MaxPool2dImpl>(1).options.stride(0);
  EXPECT_EQ(errorOf([&] { net(ingot::ones({1, 1, 8, 8})); }),
            "1 (max_pool2d): stride must be positive, got 0");
}

TEST(Layer, Pooling) {
  Tensor x = counting({1, 1, 4, 4});
  expectTensor(nn::MaxPool2d(2)(x), {1, 1, 2, 2}, {5, 7, 13, 15});
  auto [y, index] = nn::MaxPool2d(2)->forward_with_indices(x);
  expectTensor(index, {1, 1, 2, 2}, {5, 7, 13, 15});
  expectTensor(nn::AvgPool2d(2)(x), {1, 1, 2, 2}, {2.5, 4.5, 10.5, 12.5});
  EXPECT_EQ(errorOf([] { nn::MaxPool2d(-1); }), "nn::MaxPool2d: kernel_size must be positive, got [-1, -1]");
}

TEST(Layer, BatchNormTrainsAndEvaluates) {
  nn::BatchNorm1d norm(nn::BatchNorm1dOptions(1).momentum(0.5).eps(0));
  Tensor x = ingot::tensor({{1.0}, {3.0}});
  expectTensor(norm(x), {2, 1}, {-1, 1});
  expectTensor(norm->running_mean, {1}, {1});
  expectTensor(norm->running_var, {1}, {1.5});
  expectTensor(norm->num_batches_tracked, {}, {1});
  norm->eval();
  expectTensor(norm(x), {2, 1}, {0, 2 / std::sqrt(1.5f)});
  expectTensor(norm->num_batches_tracked, {}, {1});
  EXPECT_EQ(errorOf([&] { norm(ingot::ones({1, 1, 1, 1})); }),
            "batch_norm: input must have 2 or 3 dimensions, got [1, 1, 1, 1]");
}

TEST(Layer, BatchNormAveragesCumulatively) {
  nn::BatchNorm1d norm(nn::BatchNorm1dOptions(1).momentum(std::nullopt));
  norm(ingot::tensor({{1.0}, {3.0}}));
  norm(ingot::tensor({{5.0}, {7.0}}));
  expectTensor(norm->running_mean, {1}, {4});
  expectTensor(norm->num_batches_tracked, {}, {2});
}

TEST(Layer, BatchNormOfAnEmptyBatchChangesNothing) {
  nn::BatchNorm1d norm(2);
  EXPECT_EQ(norm(ingot::ones({0, 2})).sizes().vec(), (std::vector<int64_t>{0, 2}));
  expectTensor(norm->running_mean, {2}, {0, 0});
  expectTensor(norm->running_var, {2}, {1, 1});
}

TEST(Layer, BatchNormWithoutStatistics) {
  nn::BatchNorm1d norm(nn::BatchNorm1dOptions(1).track_running_stats(false).affine(false).eps(0));
  EXPECT_TRUE(norm->state_dict().is_empty());
  norm->eval();
  expectTensor(norm(ingot::tensor({{1.0}, {3.0}})), {2, 1}, {-1, 1});
}

TEST(Layer, Normalizations) {
  nn::LayerNorm layer(nn::LayerNormOptions({2}).eps(0));
  expectTensor(layer(ingot::tensor({{1.0, 3.0}})), {1, 2}, {-1, 1});
  EXPECT_EQ(layer->named_parameters().keys(), (std::vector<std::string>{"weight", "bias"}));
  nn::GroupNorm group(nn::GroupNormOptions(1, 2).eps(0).affine(false));
  expectTensor(group(ingot::tensor({{1.0, 3.0}})), {1, 2}, {-1, 1});
  EXPECT_EQ(errorOf([] { nn::GroupNorm(3, 4); }),
            "nn::GroupNorm: num_channels must be divisible by num_groups, got 4 by 3");
}

TEST(Layer, DropoutFollowsTheMode) {
  nn::Dropout dropout(0.5);
  Tensor x = ingot::ones({100});
  EXPECT_NE(elements(dropout(x)), elements(x));
  EXPECT_NE(elements(dropout(x)), elements(dropout(x)));
  dropout->eval();
  EXPECT_EQ(elements(dropout(x)), elements(x));
  EXPECT_EQ(errorOf([] { nn::Dropout(1.5); }),
            "nn::Dropout: p must be a probability, within [0, 1], got 1.5");
}

TEST(Layer, Padding) {
  Tensor x = counting({1, 1, 2});
  expectTensor(nn::ZeroPad1d(1)(x), {1, 1, 4}, {0, 0, 1, 0});
  expectTensor(nn::ConstantPad1d(1, 5)(x), {1, 1, 4}, {5, 0, 1, 5});
  expectTensor(nn::ReflectionPad1d(1)(x), {1, 1, 4}, {1, 0, 1, 0});
  expectTensor(nn::ReplicationPad1d(1)(x), {1, 1, 4}, {0, 0, 1, 1});
  expectTensor(nn::CircularPad1d(1)(x), {1, 1, 4}, {1, 0, 1, 0});
}

TEST(Layer, Activations) {
  Tensor x = ingot::tensor({{-2.0, 0.0, 3.0, 1.0}});
  expectTensor(nn::ReLU()(x), {1, 4}, {0, 0, 3, 1});
  expectTensor(nn::LeakyReLU(nn::LeakyReLUOptions().negative_slope(0.5))(x), {1, 4}, {-1, 0, 3, 1});
  expectTensor(nn::Threshold(1, 7)(x), {1, 4}, {7, 7, 3, 7});
  expectTensor(nn::Softmax(1)(ingot::zeros({1, 4})), {1, 4}, {0.25, 0.25, 0.25, 0.25});
  expectTensor(nn::Softmax2d()(ingot::zeros({2, 1, 1})), {2, 1, 1}, {0.5, 0.5});
  expectTensor(nn::PReLU()(x), {1, 4}, {-0.5, 0, 3, 1});
  expectTensor(nn::GLU()(x), {1, 2}, {-2 / (1 + std::exp(-3.0f)), 0});
  EXPECT_EQ(errorOf([] { nn::Hardtanh(nn::HardtanhOptions().min_val(2)); }),
            "nn::Hardtanh: max_val must be greater than min_val, got 1 and 2");
}
