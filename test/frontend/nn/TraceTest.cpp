// Modules inside trace: states and their names, run-time sizes, what is refused.
#include "test/frontend/nn/Expect.h"

namespace nn = ingot::nn;
namespace F = ingot::nn::functional;
using ingot::Tensor;
using namespace ingot::test;

namespace {

/// The IR of a traced module.
template <class Model> std::string traced(Model &model, const ingot::Shape &sizes) {
  return ingot::trace("f", [&](Tensor x) { return model(x); }, {{"x", sizes}}).str();
}

bool contains(const std::string &text, const std::string &part) {
  return text.find(part) != std::string::npos;
}

struct UnregisteredImpl : nn::Module {
  Tensor forward(Tensor x) { return x * scale; }
  Tensor scale = ingot::ones({2}).set_requires_grad(true);
};
INGOT_MODULE(Unregistered);

} // namespace

TEST(Trace, StatesHaveTheNamesOfTheTree) {
  ingot::Dim N("N");
  nn::Sequential net({{"fc", nn::Linear(3, 2)}, {"norm", nn::BatchNorm1d(2)}});
  net->eval();
  std::string text = traced(net, {N, 3});
  for (const char *name :
       {"fc.weight", "fc.bias", "norm.weight", "norm.bias", "norm.running_mean", "norm.running_var"})
    EXPECT_TRUE(contains(text, "ingot.state = \"" + std::string(name) + "\"")) << name << text;
  EXPECT_FALSE(contains(text, "num_batches_tracked"));
}

TEST(Trace, TrainingWritesRunningStatistics) {
  ingot::Dim N("N");
  nn::BatchNorm2d norm(2);
  std::string text = traced(norm, {N, 2, 4, 4});
  std::string results = text.substr(text.find("->"));
  for (const char *name : {"running_mean", "running_var", "num_batches_tracked"})
    EXPECT_TRUE(contains(results, "ingot.state = \"" + std::string(name) + "\"")) << name << text;
  expectTensor(norm->running_mean, {2}, {0, 0}); // as before
  expectTensor(norm->num_batches_tracked, {}, {0});
}

TEST(Trace, SizesMayBeKnownAtRunTime) {
  ingot::Dim N("N"), W("W", 8, 64);
  auto sizes = [&](auto function) {
    Tensor result;
    ingot::Shape shape;
    ingot::trace("f", [&](Tensor x) { return shape = function(x).sizes(), x; }, {{"x", {N, 2, 8, W}}});
    return shape.str();
  };
  EXPECT_EQ(sizes([](Tensor x) { return F::max_pool2d(x, 2); }), "[N, 2, 4, W floordiv 2]");
  EXPECT_EQ(sizes([](Tensor x) { return F::pad(x, F::PadFuncOptions({1, 1, 0, 0}).mode(ingot::kReflect)); }),
            "[N, 2, 8, W + 2]");
  EXPECT_EQ(sizes([](Tensor x) { return nn::Conv2d(2, 3, 3)(x); }), "[N, 3, 6, W - 2]");
  EXPECT_EQ(sizes([](Tensor x) { return F::group_norm(x, F::GroupNormFuncOptions(2)); }), "[N, 2, 8, W]");
  EXPECT_EQ(sizes([](Tensor x) { return F::dropout2d(x); }), "[N, 2, 8, W]");
  EXPECT_EQ(sizes([](Tensor x) { return nn::Flatten()(x); }), "[N, W*16]");
  EXPECT_EQ(sizes([](Tensor x) { return F::avg_pool2d(x, F::AvgPool2dFuncOptions(2).ceil_mode(true)); }),
            "[N, 2, 4, (W + 1) floordiv 2]");
}

TEST(Trace, RefusesParametersThatAreNotRegistered) {
  Unregistered model;
  std::string text = errorOf([&] { traced(model, {2}); });
  EXPECT_TRUE(contains(text, "a parameter must be registered in its module")) << text;
  EXPECT_TRUE(contains(errorOf([&] {
                         ingot::trace("f", [&](Tensor x) { return ingot::load(model, "x.safetensors"), x; },
                                      {{"x", {2}}});
                       }),
                       "a file must not be read or written inside trace"));
}

TEST(Trace, ErrorsNameThePathAndTheLine) {
  ingot::Dim N("N");
  nn::Sequential net({{"conv", nn::Conv2d(3, 4, 5)}});
  std::string text = errorOf([&] { traced(net, {N, 1, 32, 32}); });
  EXPECT_EQ(text,
            "conv (conv2d): input must have 3 channels, got 1 (input [N, 1, 32, 32], weight [4, 3, 5, 5])");
}
