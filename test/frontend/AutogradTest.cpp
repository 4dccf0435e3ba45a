// Gradients through the public API: what reaches leaves, when graphs are kept, what is refused.
#include "ingot/ingot.h"
#include "gtest/gtest.h"
#include <cmath>

using namespace ingot;

namespace {

Tensor leaf(const TensorData &data) { return tensor(data, requires_grad()); }
void expectClose(const Tensor &got, const TensorData &wanted) {
  Tensor expected = tensor(wanted, got.dtype());
  EXPECT_TRUE(got.allclose(expected)) << got << " instead of " << expected;
}
template <class F> std::string errorOf(F &&f) {
  try {
    f();
  } catch (const Error &error) {
    return error.what();
  }
  return "no error";
}
#define EXPECT_ERROR(text, ...)                                                                              \
  EXPECT_NE(errorOf([&] { __VA_ARGS__; }).find(text), std::string::npos) << errorOf([&] { __VA_ARGS__; })

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

TEST(Autograd, GivenCotangentsAndViews) {
  Tensor w = leaf({{1.0, 2.0}, {3.0, 4.0}});
  w.t().flatten().backward(tensor({1.0, 2.0, 3.0, 4.0}));
  expectClose(w.grad(), {{1.0, 3.0}, {2.0, 4.0}});
  EXPECT_ERROR("needs a gradient of its sizes", (w * 2).backward());
  EXPECT_ERROR("must have its sizes", (w * 2).backward(ones({3})));
  EXPECT_ERROR("must depend on one that requires grad", ones({}).backward());
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

} // namespace
