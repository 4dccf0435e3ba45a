// The workloads W1, W2, W6, W7 and W8 as one export: running this program writes workloads.o, .h and .safetensors. Names
// and shapes are those that the peers run (bench/peers.py).
#include "bench/training.h"
using ingot::Tensor;
namespace nn = ingot::nn;
namespace F = ingot::nn::functional;

namespace {

struct TinyModelImpl : nn::Module {
  nn::Linear linear1{100, 200}, linear2{200, 10};
  TinyModelImpl() {
    register_module("linear1", linear1);
    register_module("linear2", linear2);
  }
  Tensor logits(Tensor x) { return linear2(F::relu(linear1(x))); }
  Tensor forward(Tensor x) { return F::softmax(logits(x), -1); }
};
INGOT_MODULE(TinyModel);

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
  Tensor logits(Tensor x) {
    x = F::max_pool2d(F::relu(conv1(x)), 2);
    x = F::max_pool2d(F::relu(conv2(x)), 2);
    x = F::relu(fc1(x.flatten(1)));
    return fc3(F::relu(fc2(x)));
  }
  Tensor forward(Tensor x) { return logits(x); }
};
INGOT_MODULE(LeNet);

struct MlpImpl : nn::Module {
  nn::Linear layer1{16, 64}, layer2{64, 64}, layer3{64, 8};
  MlpImpl() {
    register_module("layer1", layer1);
    register_module("layer2", layer2);
    register_module("layer3", layer3);
  }
  Tensor forward(Tensor x) { return layer3(ingot::tanh(layer2(ingot::tanh(layer1(x))))); }
};
INGOT_MODULE(Mlp);

/// A product with constant right-hand sides.
struct ProductsImpl : nn::Module {
  Tensor square1024, wide, square2048, square4096;
  ProductsImpl()
      : square1024(register_parameter("square1024", ingot::randn({1024, 1024}))),
        wide(register_parameter("wide", ingot::randn({768, 3072}))),
        square2048(register_parameter("square2048", ingot::randn({2048, 2048}))),
        square4096(register_parameter("square4096", ingot::randn({4096, 4096}))) {}
};
INGOT_MODULE(Products);

/// All workloads under one root, so that each state has a name of its own. What is trained is not what inference reads.
struct WorkloadsImpl : nn::Module {
  TinyModel tiny, tinySgd, tinyAdam;
  LeNet lenet, lenetSgd, lenetAdam;
  Mlp mlp;
  Products products;
  WorkloadsImpl() {
    register_module("tiny", tiny);
    register_module("tiny_sgd", tinySgd);
    register_module("tiny_adam", tinyAdam);
    register_module("lenet", lenet);
    register_module("lenet_sgd", lenetSgd);
    register_module("lenet_adam", lenetAdam);
    register_module("mlp", mlp);
    register_module("products", products);
  }
};
INGOT_MODULE(Workloads);

/// A step of training a classifier with batches of 64.
template <class Model, class Optimizer>
ingot::Program step(const char *name, Model model, Optimizer &optimizer, const ingot::Shape &input) {
  return training_step(
      name, [=](Tensor x, Tensor label) mutable { return F::cross_entropy(model->logits(x), label); },
      optimizer, {{"x", input}, {"label", {64}, ingot::kInt64}});
}

} // namespace

int main(int argc, char **argv) {
  Workloads all;
  all->eval();
  using namespace ingot::optim;
  SGD tinySgd(all->tinySgd->parameters(), SGDOptions(1e-3).momentum(0.9)),
      lenetSgd(all->lenetSgd->parameters(), SGDOptions(1e-3).momentum(0.9));
  Adam tinyAdam(all->tinyAdam->parameters(), AdamOptions(1e-3)),
      lenetAdam(all->lenetAdam->parameters(), AdamOptions(1e-3));
  ingot::Dim N("N");
  auto product = [](const char *name, Tensor weight, int64_t rows) {
    return ingot::trace(name, [=](Tensor x) { return ingot::matmul(x, weight); },
                        {{"x", {rows, weight.size(0)}}});
  };
  return ingot::export_main(
      argc, argv, "workloads",
      {
          ingot::trace("tiny", [&](Tensor x) { return all->tiny(x); }, {{"x", {N, 100}}}),
          ingot::trace("lenet", [&](Tensor x) { return all->lenet(x); }, {{"x", {N, 1, 32, 32}}}),
          ingot::trace("mlp", [&](Tensor x) { return all->mlp(x); }, {{"x", {N, 16}}}),
          product("matmul_1024", all->products->square1024, 1024),
          product("matmul_2048", all->products->square2048, 2048),
          product("matmul_128x768x3072", all->products->wide, 128),
          product("matvec_4096", all->products->square4096, 1),
          ingot::trace("pointwise",
                       [](Tensor x) { return (ingot::tanh(x * 1.5 + 0.25) * ingot::sigmoid(x)).sum(-1); },
                       {{"x", {4096, 1024}}}),
          step("tiny_train_sgd", all->tinySgd, tinySgd, {64, 100}),
          step("tiny_train_adam", all->tinyAdam, tinyAdam, {64, 100}),
          step("lenet_train_sgd", all->lenetSgd, lenetSgd, {64, 1, 32, 32}),
          step("lenet_train_adam", all->lenetAdam, lenetAdam, {64, 1, 32, 32}),
          ingot::trace("softmax", [](Tensor x) { return ingot::softmax(x, -1); }, {{"x", {4096, 1024}}}),
      });
}
