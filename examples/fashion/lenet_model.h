// The LeNet of PyTorch's tutorial: lenet.cpp exports it as it was trained, trainer.cpp to be trained.
#pragma once
#include <ingot/ingot.h>
using ingot::Tensor;
namespace nn = ingot::nn;
namespace F = ingot::nn::functional;

struct LeNetImpl : nn::Module {
  nn::Conv2d conv1{nn::Conv2dOptions(1, 6, 5)}, conv2{nn::Conv2dOptions(6, 16, 3)};
  nn::Linear fc1{16 * 6 * 6, 120}, fc2{120, 84}, fc3{84, 10};

  LeNetImpl() {
    register_module("conv1", conv1);
    register_module("conv2", conv2);
    register_module("fc1", fc1);
    register_module("fc2", fc2);
    register_module("fc3", fc3);
  }
  /// image: N x 1 x 32 x 32; returns the scores of 10 classes, N x 10.
  Tensor forward(Tensor x) {
    x = F::max_pool2d(F::relu(conv1(x)), 2);
    x = F::max_pool2d(F::relu(conv2(x)), 2);
    x = x.flatten(1);
    x = F::relu(fc1(x));
    x = F::relu(fc2(x));
    return fc3(x);
  }
};
INGOT_MODULE(LeNet);
