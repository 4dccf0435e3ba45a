// Loops, computed: against the same steps written one after another.
#include "test/frontend/Unrolled.h"
#include <cmath>
#include <gtest/gtest.h>

using namespace ingot;
using test::Step;
using test::unrolled;

namespace {

void expectClose(const Tensor &got, const Tensor &wanted) {
  EXPECT_EQ(got.sizes(), wanted.sizes());
  EXPECT_TRUE(got.allclose(wanted, 1e-4, 1e-5)) << got << " instead of " << wanted;
}

/// The gradients of a weighted sum of both results with respect to leaves.
TensorList gradients(const std::pair<Tensor, Tensor> &results, const TensorList &leaves) {
  auto weights = [](const Tensor &like) {
    return (arange(like.numel(), kFloat32) * 0.37).sin().view(like.sizes());
  };
  Tensor loss =
      (results.first * weights(results.first)).sum() + (results.second * weights(results.second)).sum();
  return autograd::grad({loss}, leaves);
}

void expectSameAsUnrolled(const Step &step, const Tensor &init, const Tensor &xs, const TensorList &leaves,
                          bool reverse = false) {
  auto got = scan(step, init, xs, reverse), wanted = unrolled(step, init, xs, reverse);
  expectClose(got.first, wanted.first);
  expectClose(got.second, wanted.second);
  if (leaves.empty())
    return;
  TensorList grads = gradients(got, leaves), expected = gradients(wanted, leaves);
  for (size_t i = 0; i < leaves.size(); ++i)
    expectClose(grads[i], expected[i]);
}

TEST(ScanCompute, WeightedRunningSums) {
  Tensor w = tensor({0.5, -2.0, 1.5}, requires_grad());
  auto step = [&](Tensor sum, Tensor x) {
    sum = sum + x * w;
    return std::pair(sum, sum);
  };
  for (int64_t length : {1, 2, 7})
    for (bool reverse : {false, true})
      expectSameAsUnrolled(step, zeros({3}), randn({length, 3}), {w}, reverse);
}

TEST(ScanCompute, NoSteps) {
  Tensor h = tensor({1.0, 2.0}, requires_grad()), w = ones({2}, requires_grad());
  auto step = [&](Tensor h, Tensor x) { return std::pair(h * x * w, h); };
  auto [last, ys] = scan(step, h, zeros({0, 2}));
  EXPECT_EQ(ys.sizes(), (Shape{0, 2}));
  expectClose(last, h);
  TensorList grads = autograd::grad({last.sum()}, {h, w});
  expectClose(grads[0], ones({2}));
  expectClose(grads[1], zeros({2}));
}

struct Cell {
  Tensor w = randn({5, 3}, requires_grad()), r = randn({5, 5}, requires_grad()),
         b = randn({5}, requires_grad());
  std::pair<Tensor, Tensor> operator()(const Tensor &h, const Tensor &x) const {
    Tensor next = (x.matmul(w.t()) + b + h.matmul(r.t())).tanh();
    return {next, next * 2};
  }
};

TEST(ScanCompute, RecurrentCell) {
  Cell cell;
  Tensor h0 = randn({4, 5}, requires_grad());
  for (int64_t length : {1, 6, 9})
    for (bool reverse : {false, true}) {
      Tensor xs = randn({length, 4, 3}, requires_grad());
      expectSameAsUnrolled(cell, h0, xs, {h0, xs, cell.w, cell.r, cell.b}, reverse);
    }
}

TEST(ScanCompute, SecondDerivatives) {
  Cell cell;
  Tensor h0 = randn({2, 5}), xs = randn({3, 2, 3}, requires_grad());
  auto second = [&](const std::pair<Tensor, Tensor> &results) {
    Tensor loss = (results.second * results.second).sum();
    TensorList first = autograd::grad({loss}, {cell.w, xs}, {}, true, true);
    return autograd::grad({(first[0] * first[0]).sum() + (first[1] * first[1]).sum()}, {cell.r, xs});
  };
  TensorList got = second(scan(cell, h0, xs)), wanted = second(unrolled(cell, h0, xs));
  for (size_t i = 0; i < got.size(); ++i)
    EXPECT_TRUE(got[i].allclose(wanted[i], 1e-3, 1e-3)) << got[i] << " instead of " << wanted[i];
}

TEST(ScanCompute, ProjectionsOfWhatIsCarried) {
  Tensor r = randn({4, 4}, requires_grad()), v = randn({4, 6}, requires_grad()),
         c = randn({6}, requires_grad());
  Tensor h0 = randn({2, 4}), xs = randn({5, 2, 4}, requires_grad());
  auto step = [&](Tensor h, Tensor x) {
    Tensor next = (h.matmul(r) + x).tanh();
    return std::pair(next, (next.matmul(v) + c).relu());
  };
  expectSameAsUnrolled(step, h0, xs, {r, v, c, xs});
}

TEST(ScanCompute, GradientsAreFiniteDifferences) {
  auto options = TensorOptions(kFloat64).requires_grad(true);
  Tensor w = randn({3, 3}, options), h0 = randn({2, 3}, options), xs = randn({4, 2, 3}, options);
  auto loss = [&] {
    auto step = [&](Tensor h, Tensor x) {
      Tensor gate = (h.matmul(w) + x).sigmoid(), next = gate * h + (1 - gate) * x.tanh();
      return std::pair(next, next.exp());
    };
    auto [last, ys] = scan(step, h0, xs, true);
    return (last * last).sum() + ys.mean();
  };
  TensorList grads = autograd::grad({loss()}, {w, h0, xs});
  NoGradGuard guard;
  size_t i = 0;
  for (const Tensor &leaf : {w, h0, xs}) {
    Tensor direction = randn(leaf.sizes(), TensorOptions(kFloat64)), saved = leaf.clone();
    auto at = [&](double distance) {
      leaf.copy_(saved + distance * direction);
      return loss().item<double>();
    };
    double slope = (at(1e-5) - at(-1e-5)) / 2e-5;
    leaf.copy_(saved);
    EXPECT_NEAR((grads[i++] * direction).sum().item<double>(), slope, 1e-6 * (1 + std::abs(slope)));
  }
}

TEST(ScanCompute, NestedLoops) {
  Tensor ys = randn({3, 2}), w = randn({2}, requires_grad()), xs = randn({4, 2}, requires_grad());
  auto step = [&](Tensor h, Tensor x) {
    auto inner = [&](Tensor g, Tensor y) {
      g = (g + y * x * w).tanh();
      return std::pair(g, g);
    };
    auto [last, all] = scan(inner, h, ys);
    return std::pair(last, all.sum(0));
  };
  auto flat = [&](Tensor h, Tensor x) {
    Tensor sum = zeros({2});
    for (int64_t i = 0; i < 3; ++i) {
      h = (h + ys[i] * x * w).tanh();
      sum = sum + h;
    }
    return std::pair(h, sum);
  };
  auto got = scan(step, zeros({2}), xs), wanted = unrolled(flat, zeros({2}), xs);
  expectClose(got.first, wanted.first);
  expectClose(got.second, wanted.second);
  TensorList grads = gradients(got, {w, xs}), expected = gradients(wanted, {w, xs});
  expectClose(grads[0], expected[0]);
  expectClose(grads[1], expected[1]);
}

TEST(ScanCompute, SeveralCarriedValuesAndSequences) {
  Tensor a = randn({4, 3}), b = arange(4);
  auto step = [](const TensorList &carry, const TensorList &x) {
    return std::pair(TensorList{carry[0] + x[0], carry[1] * 2 + x[1]}, TensorList{x[0] * 2, carry[1]});
  };
  auto [last, ys] = scan(step, {zeros({3}), zeros({}, kInt64)}, {a, b});
  expectClose(last[0], a.sum(0));
  EXPECT_EQ(last[1].item<int64_t>(), 0 * 8 + 1 * 4 + 2 * 2 + 3);
  expectClose(ys[0], a * 2);
  EXPECT_TRUE(equal(ys[1], tensor({0, 0, 1, 4})));
}

/// The generator goes from step to step as it does without the loop.
TEST(ScanCompute, RandomNumbersAreThoseOfTheUnrolledLoop) {
  Tensor xs = randn({5, 3}, requires_grad()), w = tensor({0.5, -1.0, 2.0}, requires_grad());
  auto step = [&](Tensor h, Tensor x) {
    h = nn::functional::dropout(h * w + x, nn::functional::DropoutFuncOptions().p(0.4)) + rand({3});
    return std::pair(h, h * 2);
  };
  for (bool reverse : {false, true}) {
    manual_seed(7);
    auto got = scan(step, zeros({3}), xs, reverse);
    Tensor after = rand({2});
    manual_seed(7);
    auto wanted = unrolled(step, zeros({3}), xs, reverse);
    expectClose(after, rand({2}));
    expectClose(got.first, wanted.first);
    expectClose(got.second, wanted.second);
    TensorList grads = gradients(got, {w, xs}), expected = gradients(wanted, {w, xs});
    expectClose(grads[0], expected[0]);
    expectClose(grads[1], expected[1]);
  }
}

TEST(ScanCompute, RandomNumbersOfNestedLoops) {
  auto inner = [](Tensor h, Tensor x) {
    h = h + x * rand({2});
    return std::pair(h, h);
  };
  auto outer = [&](Tensor h, Tensor xs) {
    auto [last, all] = scan(inner, h, xs);
    return std::pair(last + rand({2}), all);
  };
  auto flat = [&](Tensor h, Tensor xs) {
    auto [last, all] = unrolled(inner, h, xs);
    return std::pair(last + rand({2}), all);
  };
  Tensor xs = randn({3, 4, 2});
  manual_seed(9);
  auto got = scan(outer, zeros({2}), xs);
  manual_seed(9);
  auto wanted = unrolled(flat, zeros({2}), xs);
  expectClose(got.first, wanted.first);
  expectClose(got.second, wanted.second);
}

/// A checkpoint runs the loop again, with the same numbers.
TEST(ScanCompute, RandomNumbersInACheckpoint) {
  auto step = [](Tensor h, Tensor x) {
    h = nn::functional::dropout(h + x);
    return std::pair(h, h);
  };
  auto f = [&](const Tensor &x) { return scan(step, zeros({3}), x).second; };
  Tensor xs = ones({6, 3}, requires_grad());
  manual_seed(5);
  TensorList grads = autograd::grad({checkpoint(f, xs).square().sum()}, {xs});
  manual_seed(5);
  TensorList expected = autograd::grad({f(xs).square().sum()}, {xs});
  expectClose(grads[0], expected[0]);
}

} // namespace
