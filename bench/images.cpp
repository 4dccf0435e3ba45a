// The workloads W5, residual networks, as one export: running this program writes images.o, .h and .safetensors. Names and
// shapes are those that the peers run (bench/peers.py).
#include "bench/training.h"
using ingot::Tensor;
namespace nn = ingot::nn;
namespace F = ingot::nn::functional;

namespace {

nn::Conv2d convolution(int64_t in, int64_t out, int64_t kernel, int64_t stride = 1, int64_t groups = 1) {
  return nn::Conv2d(
      nn::Conv2dOptions(in, out, kernel).stride(stride).padding(kernel / 2).groups(groups).bias(false));
}

/// A convolution, its normalization, and ReLU6, behind `layers`.
void addConvolved(nn::Sequential &layers, int64_t in, int64_t out, int64_t kernel, int64_t stride = 1,
                  int64_t groups = 1) {
  layers->push_back(convolution(in, out, kernel, stride, groups));
  layers->push_back(nn::BatchNorm2d(out));
  layers->push_back(nn::ReLU6());
}

struct BasicBlockImpl : nn::Module {
  nn::Conv2d c1, c2;
  nn::BatchNorm2d b1, b2;
  nn::Sequential down{nullptr};
  BasicBlockImpl(int64_t in, int64_t out, int64_t stride)
      : c1(convolution(in, out, 3, stride)), c2(convolution(out, out, 3)), b1(out), b2(out) {
    register_module("c1", c1);
    register_module("b1", b1);
    register_module("c2", c2);
    register_module("b2", b2);
    if (stride != 1 || in != out)
      down = register_module("down", nn::Sequential(convolution(in, out, 1, stride), nn::BatchNorm2d(out)));
  }
  Tensor forward(Tensor x) {
    Tensor y = b2(c2(F::relu(b1(c1(x)))));
    return F::relu(y + (down ? down->forward(x) : x));
  }
};
INGOT_MODULE(BasicBlock);

struct ResNet18Impl : nn::Module {
  bool small;
  nn::Conv2d stem;
  nn::BatchNorm2d bn{64};
  nn::Sequential layers;
  nn::Linear fc;
  /// `small`: for images of 32 x 32, without the strides before the layers.
  ResNet18Impl(int64_t classes, bool small)
      : small(small), stem(small ? convolution(3, 64, 3) : convolution(3, 64, 7, 2)), fc(512, classes) {
    register_module("stem", stem);
    register_module("bn", bn);
    int64_t in = 64;
    for (int64_t out : {64, 128, 256, 512}) {
      layers->push_back(BasicBlock(in, out, out == 64 ? 1 : 2));
      layers->push_back(BasicBlock(out, out, 1));
      in = out;
    }
    register_module("layers", layers);
    register_module("fc", fc);
  }
  Tensor forward(Tensor x) {
    x = F::relu(bn(stem(x)));
    if (!small)
      x = F::max_pool2d(x, F::MaxPool2dFuncOptions(3).stride(2).padding(1));
    return fc(F::adaptive_avg_pool2d(layers->forward(x), 1).flatten(1));
  }
};
INGOT_MODULE(ResNet18);

struct InvertedResidualImpl : nn::Module {
  nn::Sequential body;
  bool residual;
  InvertedResidualImpl(int64_t in, int64_t out, int64_t stride, int64_t expansion)
      : residual(stride == 1 && in == out) {
    int64_t hidden = in * expansion;
    if (expansion != 1)
      addConvolved(body, in, hidden, 1);
    addConvolved(body, hidden, hidden, 3, stride, hidden);
    body->push_back(convolution(hidden, out, 1));
    body->push_back(nn::BatchNorm2d(out));
    register_module("body", body);
  }
  Tensor forward(Tensor x) { return residual ? x + body->forward(x) : body->forward(x); }
};
INGOT_MODULE(InvertedResidual);

struct MobileNetV2Impl : nn::Module {
  nn::Sequential features;
  nn::Linear fc{1280, 1000};
  MobileNetV2Impl() {
    struct Stage {
      int64_t expansion, out, count, stride;
    };
    constexpr Stage stages[] = {{1, 16, 1, 1}, {6, 24, 2, 2},  {6, 32, 3, 2}, {6, 64, 4, 2},
                                {6, 96, 3, 1}, {6, 160, 3, 2}, {6, 320, 1, 1}};
    addConvolved(features, 3, 32, 3, 2);
    int64_t in = 32;
    for (const Stage &stage : stages)
      for (int64_t i = 0; i < stage.count; ++i) {
        features->push_back(InvertedResidual(in, stage.out, i ? 1 : stage.stride, stage.expansion));
        in = stage.out;
      }
    addConvolved(features, 320, 1280, 1);
    register_module("features", features);
    register_module("fc", fc);
  }
  Tensor forward(Tensor x) { return fc(F::adaptive_avg_pool2d(features->forward(x), 1).flatten(1)); }
};
INGOT_MODULE(MobileNetV2);

/// All workloads under one root, so that each state has a name of its own.
struct ImagesImpl : nn::Module {
  ResNet18 resnet{1000, false}, cifar{10, true};
  MobileNetV2 mobilenet;
  ImagesImpl() {
    register_module("resnet18", resnet);
    register_module("resnet18_cifar", cifar);
    register_module("mobilenet_v2", mobilenet);
  }
};
INGOT_MODULE(Images);

} // namespace

int main(int argc, char **argv) {
  Images all;
  all->resnet->eval();
  all->mobilenet->eval();
  ingot::optim::SGD sgd(all->cifar->parameters(), ingot::optim::SGDOptions(1e-3).momentum(0.9));
  return ingot::export_main(
      argc, argv, "images",
      {
          ingot::trace("resnet18", [&](Tensor x) { return all->resnet(x); }, {{"x", {1, 3, 224, 224}}}),
          ingot::trace("mobilenet_v2", [&](Tensor x) { return all->mobilenet(x); },
                       {{"x", {1, 3, 224, 224}}}),
          training_step("resnet18_cifar_train_sgd",
                        [&](Tensor x, Tensor label) { return F::cross_entropy(all->cifar(x), label); }, sgd,
                        {{"x", {32, 3, 32, 32}}, {"label", {32}, ingot::kInt64}}),
      });
}
