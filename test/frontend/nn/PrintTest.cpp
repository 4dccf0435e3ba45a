// Texts of modules, which are libtorch's.
#include "test/frontend/nn/Expect.h"

namespace nn = ingot::nn;
using ingot::Tensor;
using namespace ingot::test;

namespace {

struct NetImpl : nn::Module {
  NetImpl() {
    register_module("conv", nn::Conv2d(3, 4, 5));
    register_module("head", nn::Sequential(nn::Linear(4, 2), nn::ReLU()));
  }
};
INGOT_MODULE(Net);

} // namespace

TEST(Print, ChildrenAreIndented) {
  EXPECT_EQ(textOf(Net()), "(anonymous namespace)::NetImpl(\n"
                           "  (conv): nn::Conv2d(3, 4, kernel_size=[5, 5], stride=[1, 1])\n"
                           "  (head): nn::Sequential(\n"
                           "    (0): nn::Linear(in_features=4, out_features=2, bias=true)\n"
                           "    (1): nn::ReLU()\n"
                           "  )\n"
                           ")");
}

TEST(Print, Names) {
  EXPECT_EQ(nn::Linear(1, 1)->name(), "ingot::nn::LinearImpl");
  struct Named : nn::Module {
    Named() : Module("special") {}
  };
  EXPECT_EQ(textOf(Named()), "special");
}

TEST(Print, Linear) {
  EXPECT_EQ(textOf(nn::Linear(nn::LinearOptions(3, 4).bias(false))),
            "nn::Linear(in_features=3, out_features=4, bias=false)");
  EXPECT_EQ(textOf(nn::Bilinear(2, 3, 4)),
            "nn::Bilinear(in1_features=2, in2_features=3, out_features=4, bias=true)");
  EXPECT_EQ(textOf(nn::Identity()), "nn::Identity()");
  EXPECT_EQ(textOf(nn::Flatten()), "nn::Flatten(start_dim=1, end_dim=-1)");
  EXPECT_EQ(textOf(nn::Unflatten(nn::UnflattenOptions(1, {2, 3}))),
            "nn::Unflatten(dim=1, unflattened_size={2, 3})");
}

TEST(Print, Conv) {
  EXPECT_EQ(textOf(nn::Conv1d(3, 4, 5)), "nn::Conv1d(3, 4, kernel_size=5, stride=1)");
  EXPECT_EQ(textOf(nn::Conv2d(
                nn::Conv2dOptions(4, 6, {5, 6}).stride({1, 2}).padding(1).dilation(2).groups(2).bias(false))),
            "nn::Conv2d(4, 6, kernel_size=[5, 6], stride=[1, 2], padding=[1, 1], dilation=[2, 2], groups=2, "
            "bias=false)");
  EXPECT_EQ(
      textOf(nn::Conv3d(nn::Conv3dOptions(4, 4, 3).padding(ingot::kSame).padding_mode(ingot::kCircular))),
      "nn::Conv3d(4, 4, kernel_size=[3, 3, 3], stride=[1, 1, 1], padding='same', padding_mode=kCircular)");
}

TEST(Print, Pooling) {
  EXPECT_EQ(textOf(nn::MaxPool1d(5)),
            "nn::MaxPool1d(kernel_size=5, stride=5, padding=0, dilation=1, ceil_mode=false)");
  EXPECT_EQ(
      textOf(nn::MaxPool2d(nn::MaxPool2dOptions({5, 6}).stride({1, 2}).ceil_mode(true))),
      "nn::MaxPool2d(kernel_size=[5, 6], stride=[1, 2], padding=[0, 0], dilation=[1, 1], ceil_mode=true)");
  EXPECT_EQ(textOf(nn::AvgPool2d(nn::AvgPool2dOptions({5, 6}).stride({1, 2}))),
            "nn::AvgPool2d(kernel_size=[5, 6], stride=[1, 2], padding=[0, 0])");
}

TEST(Print, Normalization) {
  EXPECT_EQ(textOf(nn::BatchNorm2d(
                nn::BatchNorm2dOptions(4).eps(0.5).momentum(0.1).affine(false).track_running_stats(true))),
            "nn::BatchNorm2d(4, eps=0.5, momentum=0.1, affine=false, track_running_stats=true)");
  EXPECT_EQ(textOf(nn::BatchNorm1d(nn::BatchNorm1dOptions(4).momentum(std::nullopt))),
            "nn::BatchNorm1d(4, eps=1e-05, momentum=None, affine=true, track_running_stats=true)");
  EXPECT_EQ(textOf(nn::LayerNorm(nn::LayerNormOptions({2, 2}))),
            "nn::LayerNorm([2, 2], eps=1e-05, elementwise_affine=true)");
  EXPECT_EQ(textOf(nn::GroupNorm(2, 4)), "nn::GroupNorm(2, 4, eps=1e-05, affine=true)");
}

TEST(Print, Dropout) {
  EXPECT_EQ(textOf(nn::Dropout(0.42)), "nn::Dropout(p=0.42, inplace=false)");
  EXPECT_EQ(textOf(nn::Dropout2d(nn::Dropout2dOptions().inplace(true))),
            "nn::Dropout2d(p=0.5, inplace=true)");
  EXPECT_EQ(textOf(nn::AlphaDropout()), "nn::AlphaDropout(p=0.5, inplace=false)");
}

TEST(Print, Activations) {
  EXPECT_EQ(textOf(nn::ReLU()), "nn::ReLU()");
  EXPECT_EQ(textOf(nn::ReLU(true)), "nn::ReLU(inplace=true)");
  EXPECT_EQ(textOf(nn::ELU(nn::ELUOptions().alpha(42.42).inplace(true))),
            "nn::ELU(alpha=42.42, inplace=true)");
  EXPECT_EQ(textOf(nn::Softshrink(42.42)), "nn::Softshrink(42.42)");
  EXPECT_EQ(textOf(nn::Hardtanh()), "nn::Hardtanh(min_val=-1, max_val=1)");
  EXPECT_EQ(textOf(nn::LeakyReLU()), "nn::LeakyReLU(negative_slope=0.01)");
  EXPECT_EQ(textOf(nn::RReLU(nn::RReLUOptions().lower(0.24).upper(0.42))),
            "nn::RReLU(lower=0.24, upper=0.42)");
  EXPECT_EQ(textOf(nn::Threshold(24.24, 42.42)), "nn::Threshold(threshold=24.24, value=42.42)");
  EXPECT_EQ(textOf(nn::Softplus()), "nn::Softplus(beta=1, threshold=20)");
  EXPECT_EQ(textOf(nn::PReLU()), "nn::PReLU(num_parameters=1)");
  EXPECT_EQ(textOf(nn::GLU()), "nn::GLU(dim=-1)");
  EXPECT_EQ(textOf(nn::LogSoftmax(1)), "nn::LogSoftmax(dim=1)");
  EXPECT_EQ(textOf(nn::Softmax2d()), "nn::Softmax2d()");
}

TEST(Print, Padding) {
  EXPECT_EQ(textOf(nn::ZeroPad2d(1)), "nn::ZeroPad2d(padding=[1, 1, 1, 1])");
  EXPECT_EQ(textOf(nn::ReflectionPad1d(nn::ReflectionPad1dOptions({1, 2}))),
            "nn::ReflectionPad1d(padding=[1, 2])");
  EXPECT_EQ(textOf(nn::ConstantPad2d(2, 3.5)), "nn::ConstantPad2d(padding=[2, 2, 2, 2], value=3.5)");
}

TEST(Print, Losses) {
  EXPECT_EQ(textOf(nn::MSELoss()), "nn::MSELoss()");
  EXPECT_EQ(textOf(nn::CrossEntropyLoss()), "nn::CrossEntropyLoss()");
}

TEST(Print, Parameters) {
  nn::ParameterList list(ingot::ones({2, 3}), ingot::ones({1}, ingot::kFloat64));
  EXPECT_EQ(textOf(list), "nn::ParameterList(\n"
                          "(0): Parameter containing: [Float of size [2, 3]]\n"
                          "(1): Parameter containing: [Double of size [1]]\n"
                          ")");
}
