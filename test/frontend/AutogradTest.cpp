// Gradients through the public API: what reaches leaves, when graphs are kept, what is refused.
#include "test/frontend/Expect.h"
#include <cmath>

using namespace ingot;
using namespace ingot::test;

namespace {

TEST(Autograd, ReachesLeavesAndAddsUp) {
  Tensor w = leaf({1.0, 2.0, 3.0}), x = tensor({4.0, 5.0, 6.0});
  EXPECT_FALSE(w.grad().defined());
  (w * x).sum().backward();
  expectClose(w.grad(), {4.0, 5.0, 6.0});
  Tensor held = w.grad();
  (w * w).sum().backward();
  expectClose(w.grad(), {6.0, 9.0, 12.0});
  expectClose(held, {6.0, 9.0, 12.0});
  EXPECT_FALSE(x.grad().defined());
  w.mutable_grad() = Tensor();
  w.sum().backward();
  expectClose(w.grad(), {1.0, 1.0, 1.0});
}

TEST(Autograd, RequiresGradPropagates) {
  Tensor w = leaf({1.0, 2.0}), x = ones({2});
  EXPECT_TRUE((w + x).requires_grad());
  EXPECT_FALSE((w + x).is_leaf());
  EXPECT_TRUE(w.is_leaf());
  EXPECT_FALSE((x + x).requires_grad());
  EXPECT_FALSE((w > x).requires_grad());
  EXPECT_FALSE(w.detach().requires_grad());
  EXPECT_TRUE(w.view({2, 1}).requires_grad());
  NoGradGuard guard;
  EXPECT_FALSE((w + x).requires_grad());
  EXPECT_FALSE(w.view({2, 1}).requires_grad());
}

TEST(Autograd, LeavesOfOneValueStayApart) {
  Tensor a = leaf({2.0, 3.0}), b = a.detach().clone().requires_grad_();
  (a * a * b).sum().backward();
  expectClose(a.grad(), {8.0, 18.0});
  expectClose(b.grad(), {4.0, 9.0});
}

TEST(Autograd, DetachedPathsAreCut) {
  Tensor w = leaf({2.0, 3.0});
  (w * w.detach()).sum().backward();
  expectClose(w.grad(), {2.0, 3.0});
  w.mutable_grad().reset();
  Tensor y = w * 2, scale;
  {
    NoGradGuard guard;
    scale = y.sum();
  }
  (y * scale).sum().backward();
  expectClose(w.grad(), {20.0, 20.0});
}

TEST(Autograd, ReadingBeforeBackward) {
  Tensor w = leaf({1.0, 2.0}), hidden = w.exp(), loss = (hidden * hidden).sum();
  double value = loss.item<double>();
  EXPECT_NEAR(value, std::exp(2.0) + std::exp(4.0), 1e-4);
  Tensor more = loss * 2; // starts from what was computed
  EXPECT_NEAR(more.item<double>(), 2 * value, 1e-3);
  more.backward();
  expectClose(w.grad(), {4 * std::exp(2.0), 4 * std::exp(4.0)});
}

TEST(Autograd, ChangesInPlace) {
  Tensor w = leaf({1.0, 2.0, 3.0}), y = w * 2;
  Tensor z = y * y;
  y.mul_(10); // z's gradient needs the old value
  (z + y).sum().backward();
  expectClose(w.grad(), {28.0, 36.0, 44.0});
  w.mutable_grad().reset();
  Tensor buffer = zeros({2, 3});
  buffer[0] = w;
  buffer.narrow(1, 0, 1).mul_(3);
  EXPECT_TRUE(buffer.requires_grad());
  buffer.sum().backward();
  expectClose(w.grad(), {3.0, 1.0, 1.0});
  EXPECT_ERROR("cannot be changed in place", w.add_(1));
  {
    NoGradGuard guard;
    w.sub_(1);
  }
  w.mutable_grad().reset();
  (w * w).sum().backward();
  expectClose(w.grad(), {0.0, 2.0, 4.0});
}

TEST(Autograd, ChangesThatGradientsDoNotSee) {
  Tensor w = leaf({1.0, 2.0}), y = w.clone();
  {
    NoGradGuard guard;
    y.mul_(3);
    y[0].add_(1);
  }
  (y * y).sum().backward(); // y is what it is, its derivative that of the copy
  expectClose(w.grad(), {8.0, 12.0});
  w.mutable_grad() = Tensor();
  Tensor z = w * 2;
  z.detach().add_(1);
  z.detach()[1].mul_(2);
  EXPECT_TRUE(z.requires_grad());
  expectClose(z.detach(), {3.0, 10.0});
  (z * z).sum().backward();
  expectClose(w.grad(), {12.0, 40.0});
  EXPECT_ERROR("shares its elements with a tensor that requires grad", z.detach().mul_(w));
  w.mutable_grad() = Tensor();
  Tensor cut = w * 2;
  cut.zero_(); // gradients see that one
  (cut * cut + w).sum().backward();
  expectClose(w.grad(), {1.0, 1.0});
  w.mutable_grad() = Tensor();
  Tensor average = w.clone();
  for (int step = 0; step < 300; ++step) {
    NoGradGuard guard;
    average.mul_(0.5).add_(w, 0.5);
    EXPECT_EQ(average.sum().item<float>(), 3);
  }
  average.sum().backward();
  expectClose(w.grad(), {1.0, 1.0});
}

TEST(Autograd, GivenCotangentsAndViews) {
  Tensor w = leaf({{1.0, 2.0}, {3.0, 4.0}});
  w.t().flatten().backward(tensor({1.0, 2.0, 3.0, 4.0}));
  expectClose(w.grad(), {{1.0, 3.0}, {2.0, 4.0}});
  EXPECT_ERROR("needs a gradient of its sizes", (w * 2).backward());
  EXPECT_ERROR("must have its sizes", (w * 2).backward(ones({3})));
  EXPECT_ERROR("must depend on one that requires grad", ones({}).backward());
}

// A view of a tensor that gets a history later has it, too.
TEST(Autograd, ViewsFollowWhatTheyAreOf) {
  Tensor w = leaf({1.0, 2.0}), y = zeros({2, 2}), row = y[0], cell = row[1], cut = y.detach();
  EXPECT_FALSE(row.requires_grad());
  y.copy_(w.expand({2, 2}) * 3);
  EXPECT_TRUE(row.requires_grad() && cell.requires_grad() && !cell.is_leaf());
  EXPECT_FALSE(cut.requires_grad());
  {
    NoGradGuard guard;
    EXPECT_FALSE(y[1].requires_grad());
  }
  (row.sum() + cell * 10).backward();
  expectClose(w.grad(), {3.0, 33.0});
}

TEST(Autograd, RetainedGradientsAreThoseOfTheLastValue) {
  Tensor w = leaf({1.0, 2.0}), y = w * 2, part = y[1];
  EXPECT_FALSE(y.retains_grad());
  y.retain_grad();
  part.retain_grad();
  EXPECT_TRUE(y.retains_grad());
  w.retain_grad(); // has one anyway
  EXPECT_FALSE(w.retains_grad());
  y.mul_(3);
  (y * y).sum().backward();
  expectClose(y.grad(), {12.0, 24.0});
  EXPECT_ERROR("AutogradTest.cpp", ones({2}).retain_grad());
  EXPECT_ERROR("retain_grad: a tensor that retains its gradient must require grad", ones({2}).retain_grad());
}

/// Mistakes, outside of traces and in them.
TEST(Autograd, MistakesAreNamedWithTheirLine) {
  nn::Linear model(3, 2);
  auto expect = [&](const std::string &text, const std::function<void(Tensor)> &wrong) {
    std::string error = errorOf([&] { wrong(ones({2, 3})); });
    std::string traced = errorOf([&] { trace("f", [&](Tensor x) { return wrong(x), x; }, {{"x", {2, 3}}}); });
    for (const std::string &each : {error, traced}) {
      EXPECT_PRED2(contains, each, text);
      EXPECT_PRED2(contains, each, "AutogradTest.cpp:");
    }
    model->zero_grad();
  };
  expect("backward: a tensor of other than one element needs a gradient of its sizes, got float32[2, 2]",
         [&](Tensor x) { model(x).backward(); });
  expect("backward: the gradient given for float32[2, 2] must have its sizes, got float32[3]",
         [&](Tensor x) { model(x).backward(ones({3})); });
  expect("backward: the tensor must depend on one that requires grad, got float32[]",
         [&](Tensor x) { (x * 2).sum().backward(); });
  expect(
      "backward: the graph was freed by an earlier backward pass, which needs retain_graph for a second one",
      [&](Tensor x) {
        Tensor hidden = model(x).sin();
        hidden.sum().backward();
        hidden.square().sum().backward();
      });
  expect("mul: a defined tensor is required, got an undefined one", [&](Tensor) { model->bias.grad() * 2; });
  expect("grad: each input must be one that the outputs depend on, or allow_unused, got input 1",
         [&](Tensor x) { autograd::grad({model(x).sum()}, {model->bias, ones({2}, requires_grad())}); });
  expect("add_: a leaf that requires grad cannot be changed in place while gradients are recorded",
         [&](Tensor) { model->bias[0].add_(1); });
  expect("requires_grad_: only floating-point tensors have gradients, got int64[2, 3]",
         [&](Tensor x) { x.to(kInt64).requires_grad_(); });
  expect("register_hook: a tensor with hooks must require grad, got float32[2, 3]",
         [&](Tensor x) { x.register_hook([](Tensor g) { return g; }); });
  expect("backward: a hook must return a gradient of the sizes of float32[2, 2], got float32[]",
         [&](Tensor x) {
           Tensor y = model(x);
           y.register_hook([](Tensor g) { return g.sum(); });
           y.sum().backward();
         });
}

TEST(Autograd, GraphsAreFreed) {
  Tensor w = leaf({1.0, 2.0}), loss = (w * w).sum();
  loss.backward(Tensor(), /*retain_graph=*/true);
  loss.backward();
  expectClose(w.grad(), {4.0, 8.0});
  EXPECT_ERROR("retain_graph", loss.backward());
  Tensor other = (w * w).sum();
  other.backward();
  EXPECT_ERROR("retain_graph", other.backward());
}

TEST(Autograd, GradientsOfGradients) {
  Tensor x = leaf({2.0, 3.0});
  Tensor g = autograd::grad({x.pow(3).sum()}, {x}, {}, std::nullopt, /*create_graph=*/true)[0];
  expectClose(g, {12.0, 27.0});
  EXPECT_TRUE(g.requires_grad());
  EXPECT_FALSE(x.grad().defined());
  g.sum().backward();
  expectClose(x.grad(), {12.0, 18.0});
}

TEST(Autograd, GradOfInputs) {
  Tensor x = leaf({2.0, 3.0}), y = leaf({1.0, 1.0}), hidden = x * x, out = (hidden * 3).sum();
  TensorList grads = autograd::grad({out}, {hidden, x}, {}, true);
  expectClose(grads[0], {3.0, 3.0});
  expectClose(grads[1], {12.0, 18.0});
  EXPECT_ERROR("input 0", autograd::grad({out}, {y}, {}, true));
  EXPECT_FALSE(autograd::grad({out}, {y}, {}, true, false, /*allow_unused=*/true)[0].defined());
  hidden.retain_grad();
  out.backward();
  expectClose(hidden.grad(), {3.0, 3.0});
}

TEST(Autograd, FrozenTensors) {
  Tensor a = leaf({1.0, 2.0}), b = leaf({3.0, 4.0});
  b.requires_grad_(false);
  (a * b).sum().backward();
  expectClose(a.grad(), {3.0, 4.0});
  EXPECT_FALSE(b.grad().defined());
  EXPECT_ERROR("use detach()", (a * b).requires_grad_(false));
}

TEST(Autograd, SeveralLossesAndMicroBatches) {
  manual_seed(0);
  nn::Linear model(3, 2);
  Tensor x = randn({8, 3}), y = randn({8, 2});
  auto loss = [&](const Tensor &x, const Tensor &y) { return (model(x) - y).square().sum(); };
  loss(x, y).backward();
  Tensor whole = model->weight.grad().clone();
  model->zero_grad();
  for (int i = 0; i < 4; ++i)
    loss(x.narrow(0, 2 * i, 2), y.narrow(0, 2 * i, 2)).backward();
  EXPECT_TRUE(model->weight.grad().allclose(whole, 1e-5, 1e-5));
  model->zero_grad();
  autograd::backward(
      {loss(x.narrow(0, 0, 4), y.narrow(0, 0, 4)), loss(x.narrow(0, 4, 4), y.narrow(0, 4, 4))});
  EXPECT_TRUE(model->weight.grad().allclose(whole, 1e-5, 1e-5));
}

TEST(Autograd, MicroBatchesInATrace) {
  nn::Linear model(3, 2);
  optim::SGD optimizer(model->parameters(), 0.1);
  Program program = trace("step",
                          [&](Tensor x) {
                            optimizer.zero_grad();
                            Tensor total = zeros({});
                            for (int i = 0; i < 2; ++i) {
                              Tensor loss = model(x.narrow(0, 4 * i, 4)).square().sum();
                              loss.backward();
                              total = total + loss.detach();
                            }
                            optimizer.step();
                            return total;
                          },
                          {{"x", {8, 3}}});
  std::string text = program.str();
  EXPECT_NE(text.find("ingot.gradient"), text.rfind("ingot.gradient"));
}

TEST(Autograd, GradientsThatATraceDoesNotHaveYet) {
  nn::Linear model(3, 2);
  EXPECT_ERROR(
      "a .grad() before backward() has made it",
      trace("f", [&](Tensor x) { return model(x).sum() + model->weight.grad().sum(); }, {{"x", {1, 3}}}));
}

TEST(Autograd, LabelsOutOfRange) {
  Tensor scores = leaf({{1.0, 2.0, 3.0}, {0.5, 0.25, 0.125}});
  auto expectRefused = [&](const char *name, const Tensor &loss) {
    std::string error = errorOf([&] { loss.sum().item<float>(); });
    EXPECT_NE(error.find("must be in [0, 3), got"), std::string::npos) << name << ": " << error;
    EXPECT_NE(error.find("AutogradTest.cpp"), std::string::npos) << error;
  };
  for (int64_t wrong : {3, -1}) {
    Tensor labels = tensor({int64_t(1), wrong}, kInt64);
    namespace F = nn::functional;
    expectRefused("cross_entropy", F::cross_entropy(scores, labels));
    expectRefused("nll_loss", F::nll_loss(scores.log_softmax(1), labels));
    expectRefused("multi_margin_loss", F::multi_margin_loss(scores, labels));
    nn::AdaptiveLogSoftmaxWithLoss adaptive(nn::AdaptiveLogSoftmaxWithLossOptions(3, 3, {2}).div_value(1));
    expectRefused("adaptive_log_softmax", adaptive->forward(scores, labels).output);
  }
  Tensor ignored = tensor({int64_t(1), int64_t(-100)}, kInt64);
  Tensor loss = nn::functional::cross_entropy(scores, ignored);
  Tensor alone = nn::functional::cross_entropy(scores.narrow(0, 0, 1), ignored.narrow(0, 0, 1));
  EXPECT_TRUE(loss.allclose(alone));
}

// Leaving the guard computes what is pending: nothing piles up in a loop that never reads.
TEST(Autograd, LeavingNoGradComputes) {
  Tensor w = leaf({1.0, 2.0});
  for (int i = 0; i < 3000; ++i) {
    w.mutable_grad().reset();
    (w * w).sum().backward();
    NoGradGuard guard;
    w.sub_(w.grad() * 0.001);
  }
  EXPECT_LT(w[0].item<float>(), 0.01);
  EXPECT_ERROR("must be in [0, 2)", {
    Tensor picked;
    NoGradGuard guard;
    picked = w.index_select(0, tensor({int64_t(5)}, kInt64));
  });
}

TEST(Autograd, ResultsChangedWithoutGradientsStayThroughReads) {
  Tensor w = leaf({1.0, 2.0}), y = w * 2;
  {
    NoGradGuard guard;
    y.add_(1);
  }
  Tensor z = y * y;
  for (int i = 0; i < 2; ++i) {
    NoGradGuard guard; // which computes when it goes
    z.add_(1);
  }
  expectClose(y, {3.0, 5.0});
  expectClose(z, {11.0, 27.0});
  z.sum().backward();
  expectClose(w.grad(), {12.0, 20.0});
}

// What a loop leaves behind must not depend on how long it runs; that it compiles once shows in its time.
TEST(Autograd, LoopsThatRead) {
  Tensor w = leaf({5.0, -3.0}), loss;
  for (int i = 0; i < 200; ++i) {
    loss = (w * w).sum();
    loss.item<float>();
    w.mutable_grad().reset();
    loss.backward();
    NoGradGuard guard;
    w.sub_(w.grad() * 0.1);
  }
  EXPECT_LT(loss.item<float>(), 1e-6);
}

// What is written through data_ptr() is read again at each use, but is one leaf in an expression.
TEST(Autograd, ALeafWhoseMemoryIsOutIsUsedTwice) {
  Tensor w = ones({2}, requires_grad());
  w.data_ptr<float>()[1] = 3;
  (w * w).sum().backward();
  EXPECT_TRUE(w.grad().equal(tensor({2.0, 6.0})));
  EXPECT_TRUE(w.allclose(w));
}

} // namespace
