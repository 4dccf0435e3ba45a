// Transposed convolutions, pooling by the result's sizes, folding, resampling, shuffles: texts, errors, and what golden data
// has no case for.
#include "test/frontend/nn/Expect.h"

namespace nn = ingot::nn;
namespace F = ingot::nn::functional;
using ingot::Tensor;
using namespace ingot::test;

namespace {

std::vector<int64_t> sizesOf(const Tensor &tensor) { return tensor.sizes().vec(); }

} // namespace

TEST(Spatial, MaxPoolingOfIntegers) {
  Tensor x = ingot::tensor({{0, 200}, {255, 3}});
  for (ingot::Dtype type : {ingot::kInt64, ingot::kInt32, ingot::kUInt8}) {
    Tensor image = x.to(type).view({1, 1, 2, 2});
    EXPECT_EQ(elements(F::max_pool2d(image, F::MaxPool2dFuncOptions(2))), (std::vector<float>{255}));
    // Padding is less than all elements.
    auto [y, index] = F::max_pool2d_with_indices(image, F::MaxPool2dFuncOptions(2).padding(1));
    EXPECT_EQ(y.dtype(), type);
    EXPECT_EQ(elements(y), (std::vector<float>{0, 200, 255, 3}));
    EXPECT_EQ(elements(index), (std::vector<float>{0, 1, 2, 3}));
    EXPECT_EQ(elements(F::adaptive_max_pool2d(image, F::AdaptiveMaxPool2dFuncOptions(1))),
              (std::vector<float>{255}));
  }
}

TEST(Spatial, Texts) {
  EXPECT_EQ(textOf(nn::ConvTranspose2d(3, 4, 2)),
            "nn::ConvTranspose2d(3, 4, kernel_size=[2, 2], stride=[1, 1])");
  EXPECT_EQ(
      textOf(nn::ConvTranspose1d(nn::ConvTranspose1dOptions(4, 6, 3)
                                     .stride(2)
                                     .padding(1)
                                     .output_padding(1)
                                     .dilation(2)
                                     .groups(2)
                                     .bias(false))),
      "nn::ConvTranspose1d(4, 6, kernel_size=3, stride=2, padding=1, dilation=2, output_padding=1, groups=2, "
      "bias=false)");
  EXPECT_EQ(textOf(nn::AdaptiveAvgPool1d(5)), "nn::AdaptiveAvgPool1d(output_size=5)");
  EXPECT_EQ(textOf(nn::AdaptiveAvgPool2d(nn::AdaptiveAvgPool2dOptions({7, std::nullopt}))),
            "nn::AdaptiveAvgPool2d(output_size=[7, None])");
  EXPECT_EQ(textOf(nn::AdaptiveMaxPool3d(nn::AdaptiveMaxPool3dOptions({1, 2, 3}))),
            "nn::AdaptiveMaxPool3d(output_size=[1, 2, 3])");
  EXPECT_EQ(textOf(nn::MaxUnpool2d(nn::MaxUnpool2dOptions({3, 2}).stride(2))),
            "nn::MaxUnpool2d(kernel_size=[3, 2], stride=[2, 2], padding=[0, 0])");
  EXPECT_EQ(textOf(nn::LPPool1d(2, 5)),
            "nn::LPPool1d(norm_type=2, kernel_size=5, stride=5, ceil_mode=false)");
  EXPECT_EQ(textOf(nn::FractionalMaxPool2d(nn::FractionalMaxPool2dOptions(5).output_size(1))),
            "nn::FractionalMaxPool2d()");
  EXPECT_EQ(
      textOf(nn::Fold(nn::FoldOptions({4, 5}, 2))),
      "nn::Fold(output_size=[4, 5], kernel_size=[2, 2], dilation=[1, 1], padding=[0, 0], stride=[1, 1])");
  EXPECT_EQ(textOf(nn::Unfold(nn::UnfoldOptions({2, 4}).stride(2))),
            "nn::Unfold(kernel_size=[2, 4], dilation=[1, 1], padding=[0, 0], stride=[2, 2])");
  EXPECT_EQ(textOf(nn::Upsample(nn::UpsampleOptions().size(std::vector<int64_t>{4, 6}))),
            "nn::Upsample(size=[4, 6], mode=kNearest)");
  EXPECT_EQ(textOf(nn::Upsample(
                nn::UpsampleOptions().scale_factor(std::vector<double>{0.5, 1.5}).mode(ingot::kBilinear))),
            "nn::Upsample(scale_factor=[0.5, 1.5], mode=kBilinear)");
  EXPECT_EQ(textOf(nn::PixelShuffle(5)), "nn::PixelShuffle(upscale_factor=5)");
  EXPECT_EQ(textOf(nn::PixelUnshuffle(5)), "nn::PixelUnshuffle(downscale_factor=5)");
  EXPECT_EQ(textOf(nn::ChannelShuffle(2)), "nn::ChannelShuffle(groups=2)");
}

// Both ways of computing it: by the phases of the stride, and by spreading the input.
TEST(Spatial, ConvTransposeIsTheTransposeOfConv) {
  for (int64_t kernel : {3, 4}) {
    Tensor x = ingot::randn({2, 4, 5, 6}, ingot::kFloat64),
           w = ingot::randn({4, 3, kernel, kernel}, ingot::kFloat64);
    Tensor y = F::conv_transpose2d(x, w, F::ConvTranspose2dFuncOptions().stride(2).padding(1));
    Tensor z = ingot::randn(y.sizes(), ingot::kFloat64);
    Tensor back = F::conv2d(z, w, F::Conv2dFuncOptions().stride(2).padding(1));
    double left = (y * z).sum().item<double>(), right = (x * back).sum().item<double>();
    EXPECT_NEAR(left, right, 1e-10 * (1 + std::abs(left)));
  }
}

TEST(Spatial, ConvTransposeCutsMoreThanTheKernelCovers) {
  Tensor x = counting({1, 1, 5}), w = ingot::ones({1, 1, 1});
  expectTensor(F::conv_transpose1d(x, w, F::ConvTranspose1dFuncOptions().padding(1)), {1, 1, 3}, {1, 2, 3});
  expectTensor(
      F::conv_transpose1d(x, w, F::ConvTranspose1dFuncOptions().stride(2).padding(1).output_padding(1)),
      {1, 1, 8}, {0, 1, 0, 2, 0, 3, 0, 4});
}

TEST(Spatial, ConvTransposeInSequential) {
  nn::Sequential net(nn::ConvTranspose2d(nn::ConvTranspose2dOptions(2, 3, 4).stride(2).padding(1)),
                     nn::ReLU());
  EXPECT_EQ(sizesOf(net->forward(counting({1, 2, 3, 3}))), (std::vector<int64_t>{1, 3, 6, 6}));
}

TEST(Spatial, OutputSizeOfConvTranspose) {
  nn::ConvTranspose2d up(nn::ConvTranspose2dOptions(1, 1, 2).stride(2));
  EXPECT_EQ(sizesOf(up->forward(counting({1, 1, 3, 2}), ingot::Shape({7, 5}))),
            (std::vector<int64_t>{1, 1, 7, 5}));
  EXPECT_EQ(errorOf([&] { up->forward(counting({1, 1, 3, 2}), ingot::Shape({8, 5})); }),
            "conv_transpose2d: output_size must be from 6 to 7 in spatial dimension 0, got [8, 5] for input "
            "[1, 1, 3, "
            "2]");
}

TEST(Spatial, ConvTransposeErrors) {
  EXPECT_EQ(
      errorOf([] { nn::ConvTranspose2d(nn::ConvTranspose2dOptions(2, 2, 3).padding_mode(ingot::kReflect)); }),
      "nn::ConvTranspose2d: padding_mode must be kZeros, got kReflect");
  Tensor x = counting({1, 2, 4}), w = counting({2, 3, 3});
  EXPECT_EQ(
      errorOf([&] { F::conv_transpose1d(x, w, F::ConvTranspose1dFuncOptions().output_padding(1)); }),
      "conv_transpose1d: output_padding must be less than stride or dilation, got 1 (input [1, 2, 4], weight "
      "[2, 3, 3])");
  EXPECT_EQ(errorOf([&] { F::conv_transpose1d(counting({1, 3, 4}), w); }),
            "conv_transpose1d: input must have 2 channels, got 3 (input [1, 3, 4], weight [2, 3, 3])");
}

TEST(Spatial, AdaptivePoolsOfHalves) {
  Tensor x = counting({1, 1, 5}).to(ingot::kBFloat16);
  expectTensor(F::adaptive_avg_pool1d(x, 2), {1, 1, 2}, {1, 3});
  expectTensor(F::adaptive_max_pool1d(x, 2), {1, 1, 2}, {2, 4});
  EXPECT_EQ(F::adaptive_avg_pool1d(x, 2).dtype(), ingot::kBFloat16);
}

// What is in a neighboring bin does not count, even where it is infinite.
TEST(Spatial, AdaptivePoolsOfInfinity) {
  float inf = std::numeric_limits<float>::infinity();
  Tensor x = ingot::tensor({inf, 1.0, 2.0, 3.0, 4.0}).view({1, 1, 5});
  expectTensor(F::adaptive_avg_pool1d(x, 3), {1, 1, 3}, {inf, 2, 3.5});
}

TEST(Spatial, PoolsOfSizesKnownAtRunTime) {
  nn::AdaptiveAvgPool2d pool(1);
  EXPECT_EQ(sizesOf(pool(counting({2, 3, 4, 5}))), (std::vector<int64_t>{2, 3, 1, 1}));
  EXPECT_EQ(errorOf([] { F::adaptive_max_pool2d(counting({2, 3}), 1); }),
            "adaptive_max_pool2d: input must have 4 dimensions, or 3 without a batch, got [2, 3]");
}

TEST(Spatial, FractionalMaxPool) {
  Tensor x = counting({1, 1, 6, 6});
  auto [value, index] =
      F::fractional_max_pool2d_with_indices(x, F::FractionalMaxPool2dFuncOptions(2).output_ratio(0.5));
  EXPECT_EQ(sizesOf(value), (std::vector<int64_t>{1, 1, 3, 3}));
  EXPECT_TRUE(ingot::equal(value, index.to(ingot::kFloat32))); // each element is its index
  EXPECT_EQ(errorOf([] { nn::FractionalMaxPool2d(nn::FractionalMaxPool2dOptions(2)); }),
            "nn::FractionalMaxPool2d: either output_size or output_ratio must be given, got neither of them");
}

TEST(Spatial, UnpoolingUndoesPooling) {
  Tensor x = counting({1, 1, 4, 4});
  auto [value, index] = nn::MaxPool2d(2)->forward_with_indices(x);
  Tensor back = nn::MaxUnpool2d(2)(value, index);
  EXPECT_TRUE(ingot::equal(back.sum(), value.sum()));
  EXPECT_EQ(errorOf([&] { F::max_unpool2d(value, index.to(ingot::kFloat32), 2); }),
            "max_unpool2d: indices must be int64, got float32");
}

TEST(Spatial, FoldUndoesUnfold) {
  Tensor x = counting({2, 3, 4, 6});
  Tensor columns = F::unfold(x, F::UnfoldFuncOptions({2, 3}).stride({2, 3}));
  EXPECT_EQ(sizesOf(columns), (std::vector<int64_t>{2, 18, 4}));
  EXPECT_TRUE(ingot::equal(F::fold(columns, F::FoldFuncOptions({4, 6}, {2, 3}).stride({2, 3})), x));
  EXPECT_EQ(errorOf([&] { F::fold(columns, F::FoldFuncOptions({4, 6}, {2, 3})); }),
            "fold: input must have 12 columns, one a window, got [2, 18, 4]");
}

TEST(Spatial, Interpolate) {
  Tensor x = counting({1, 1, 2});
  auto factor = [](double f) { return F::InterpolateFuncOptions().scale_factor(std::vector<double>{f}); };
  expectTensor(F::interpolate(x, factor(2)), {1, 1, 4}, {0, 0, 1, 1});
  expectTensor(F::interpolate(x.to(ingot::kInt64), factor(2)), {1, 1, 4}, {0, 0, 1, 1});
  expectTensor(F::interpolate(x.to(ingot::kFloat16), factor(2).mode(ingot::kLinear)), {1, 1, 4},
               {0, 0.25F, 0.75F, 1});
  EXPECT_EQ(errorOf([&] { F::interpolate(x); }),
            "interpolate: either size or scale_factor must be given, got neither of them");
  EXPECT_EQ(errorOf([&] { F::interpolate(x, factor(2).mode(ingot::kBilinear)); }),
            "interpolate: input must have 4 dimensions in mode kBilinear, got [1, 1, 2]");
  EXPECT_EQ(errorOf([&] { F::interpolate(x, factor(2).align_corners(true)); }),
            "interpolate: align_corners must not be given in mode kNearest, got true");
}

TEST(Spatial, GridOfTheIdentity) {
  Tensor x = counting({1, 2, 3, 4}), theta = ingot::tensor({{1.0, 0.0, 0.0}, {0.0, 1.0, 0.0}}).unsqueeze(0);
  for (bool corners : {false, true}) {
    Tensor grid = F::affine_grid(theta, x.sizes(), corners);
    Tensor y = F::grid_sample(x, grid, F::GridSampleFuncOptions().align_corners(corners));
    expectTensor(y, {1, 2, 3, 4}, elements(x), 1e-4F);
  }
  EXPECT_EQ(errorOf([&] { F::grid_sample(x, theta); }),
            "grid_sample: grid must be [1, P, Q, 2], got [1, 2, 3]");
}

TEST(Spatial, Shuffles) {
  Tensor x = counting({1, 4, 1, 1});
  expectTensor(F::channel_shuffle(x, 2), {1, 4, 1, 1}, {0, 2, 1, 3});
  expectTensor(F::pixel_shuffle(x, 2), {1, 1, 2, 2}, {0, 1, 2, 3});
  EXPECT_EQ(errorOf([&] { F::pixel_shuffle(x, 3); }),
            "pixel_shuffle: the channels of input must be a multiple of 9, got 4 (input [1, 4, 1, 1])");
}

TEST(Spatial, PositionalFunctions) {
  Tensor x = counting({1, 1, 4, 4}), w = ingot::ones({1, 1, 2, 2});
  expectTensor(ingot::max_pool2d(x, 2), {1, 1, 2, 2}, {5, 7, 13, 15});
  expectTensor(ingot::avg_pool2d(x, {2, 2}, 2), {1, 1, 2, 2}, {2.5F, 4.5F, 10.5F, 12.5F});
  expectTensor(ingot::conv2d(x, w, {}, 2), {1, 1, 2, 2}, {10, 18, 42, 50});
  EXPECT_EQ(sizesOf(ingot::conv_transpose2d(x, w, {}, /*stride=*/2)), (std::vector<int64_t>{1, 1, 8, 8}));
  expectTensor(ingot::adaptive_avg_pool2d(x, 1), {1, 1, 1, 1}, {7.5F});
  expectTensor(std::get<1>(ingot::adaptive_max_pool2d(x, {1, 1})), {1, 1, 1, 1}, {15});
  EXPECT_TRUE(ingot::equal(ingot::dropout(x, 0.5, /*train=*/false), x));
  Tensor mean = ingot::zeros({1}), variance = ingot::ones({1});
  Tensor normal = ingot::batch_norm(x, {}, {}, mean, variance, /*training=*/false, 0.1, 0, true);
  expectTensor(normal, {1, 1, 4, 4}, elements(x));
  Tensor y = ingot::tensor({-1.0, 2.0});
  ingot::relu_(y);
  expectTensor(y, {2}, {0, 2});
  ingot::hardtanh_(y);
  expectTensor(y, {2}, {0, 1});
}

TEST(Spatial, SizesMayBeKnownAtRunTime) {
  ingot::Dim N("N"), W("W", 8, 64);
  auto sizes = [&](auto function) {
    ingot::Shape shape;
    ingot::trace("f", [&](Tensor x) { return shape = function(x).sizes(), x; }, {{"x", {N, 4, 8, W}}});
    return shape.str();
  };
  Tensor even = ingot::ones({4, 3, 4, 4}), odd = ingot::ones({4, 3, 3, 3});
  auto up = F::ConvTranspose2dFuncOptions().stride(2).padding(1);
  EXPECT_EQ(sizes([&](Tensor x) { return F::conv_transpose2d(x, even, up); }), "[N, 3, 16, W*2]");
  EXPECT_EQ(sizes([&](Tensor x) { return F::conv_transpose2d(x, odd, up); }), "[N, 3, 15, W*2 - 1]");
  EXPECT_EQ(sizes([](Tensor x) { return F::adaptive_avg_pool2d(x, 1); }), "[N, 4, 1, 1]");
  EXPECT_EQ(sizes([](Tensor x) { return F::adaptive_max_pool2d(x, 1); }), "[N, 4, 1, 1]");
  EXPECT_EQ(sizes([](Tensor x) { return F::pixel_shuffle(x, 2); }), "[N, 1, 16, W*2]");
  EXPECT_EQ(sizes([](Tensor x) {
              return F::interpolate(x, F::InterpolateFuncOptions().scale_factor(std::vector<double>{2, 2}));
            }),
            "[N, 4, 16, W*2]");
  EXPECT_EQ(sizes([](Tensor x) { return F::unfold(x, F::UnfoldFuncOptions(2).stride(2)); }),
            "[N, 16, (W floordiv 2)*4]");
}
