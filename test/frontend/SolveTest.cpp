// What golden cases do not show of factorizations: run-time sizes, large ones, loops around them, gradients of any order and
// of matrices without an inverse.
#include "ingot/ingot.h"
#include <chrono>
#include <functional>
#include <gtest/gtest.h>

using namespace ingot;

namespace {

using Function = std::function<Tensor(Tensor)>;

void expectClose(const Tensor &got, const Tensor &wanted, double tolerance = 1e-9) {
  EXPECT_EQ(got.sizes(), wanted.sizes());
  EXPECT_TRUE(got.allclose(wanted, tolerance, tolerance)) << got << " instead of " << wanted;
}

/// Sums of functions of all kinds of results.
const std::vector<Function> sums = {
    [](const Tensor &a) { return linalg_inv(a).sin().sum(); },
    [](const Tensor &a) { return linalg_det(a).sin().sum(); },
    [](const Tensor &a) { return std::get<1>(linalg_slogdet(a)).sin().sum(); },
    [](const Tensor &a) { return linalg_cholesky(matmul(a, a.mT())).sin().sum(); },
    [](const Tensor &a) { return linalg_solve(a, a.sum(-1, true)).sin().sum(); },
    [](const Tensor &a) { return linalg_solve_triangular(a, a.sum(-1, true), true).sin().sum(); },
    [](const Tensor &a) { return linalg_solve_triangular(a, a.sum(-1, true), false, true, true).sum(); }};

Tensor regular(const Shape &sizes) { return randn(sizes, kFloat64) + eye(sizes.back(), kFloat64) * 3; }

Tensor gradientOf(const Function &f, const Tensor &x, bool again = false) {
  Tensor leaf = x.detach().requires_grad_();
  return autograd::grad({f(leaf)}, {leaf}, {}, again, again)[0];
}

/// The derivative of `f` at x in a direction agrees with a difference.
void expectDerivative(const Function &f, const Function &gradient, const Tensor &x) {
  Tensor direction = randn(x.sizes(), kFloat64);
  double step = 1e-6;
  double expected = ((f(x + direction * step) - f(x - direction * step)) / (2 * step)).item<double>();
  EXPECT_NEAR((gradient(x) * direction).sum().item<double>(), expected, 1e-5 * (1 + std::abs(expected)));
}

} // namespace

TEST(Solve, GradientsAreThoseOfDifferences) {
  manual_seed(1);
  for (const Function &f : sums)
    expectDerivative(f, [&](const Tensor &x) { return gradientOf(f, x); }, regular({2, 4, 4}));
}

TEST(Solve, GradientsOfGradientsAreThoseOfDifferences) {
  manual_seed(2);
  Tensor weights = randn({3, 3}, kFloat64);
  for (const Function &f : sums) {
    auto first = [&](const Tensor &x) {
      return (autograd::grad({f(x)}, {x}, {}, true, true)[0] * weights).sum();
    };
    auto value = [&](const Tensor &x) { return first(x.detach().requires_grad_()); };
    expectDerivative(value, [&](const Tensor &x) { return gradientOf(first, x); }, regular({3, 3}));
  }
}

TEST(Solve, InTheBodyOfAScan) {
  manual_seed(3);
  for (const Function &f : sums) {
    auto looped = [&](const Tensor &xs) {
      auto step = [&](Tensor sum, Tensor x) { return std::pair(sum + f(x), f(x)); };
      return scan(step, zeros({}, kFloat64), xs).first;
    };
    auto unrolled = [&](const Tensor &xs) { return f(xs[0]) + f(xs[1]) + f(xs[2]); };
    Tensor xs = regular({3, 3, 3});
    expectClose(looped(xs), unrolled(xs));
    expectClose(gradientOf(looped, xs), gradientOf(unrolled, xs));
  }
}

/// The gradient of a determinant is the matrix of cofactors, also where there is no inverse.
TEST(Solve, DeterminantsOfSingularMatrices) {
  auto det = [](const Tensor &x) { return linalg_det(x); };
  expectClose(gradientOf(det, tensor({{1.0, 2.0}, {2.0, 4.0}}, kFloat64)),
              tensor({{4.0, -2.0}, {-2.0, 1.0}}, kFloat64));
  expectClose(gradientOf(det, tensor({{0.0, 0.0, 0.0}, {0.0, 2.0, 0.0}, {0.0, 0.0, 3.0}}, kFloat64)),
              tensor({{6.0, 0.0, 0.0}, {0.0, 0.0, 0.0}, {0.0, 0.0, 0.0}}, kFloat64));
  expectClose(gradientOf(det, zeros({3, 3}, kFloat64)), zeros({3, 3}, kFloat64));
}

TEST(Solve, NoRows) {
  EXPECT_EQ(linalg_det(zeros({0, 0})).item<float>(), 1);
  EXPECT_EQ(linalg_inv(zeros({2, 0, 0})).sizes(), Shape({2, 0, 0}));
  EXPECT_EQ(linalg_cholesky(zeros({0, 0})).sizes(), Shape({0, 0}));
  EXPECT_EQ(linalg_solve(zeros({0, 0}), zeros({0, 2})).sizes(), Shape({0, 2}));
  EXPECT_EQ(linalg_solve_triangular(zeros({0, 0}), zeros({0, 2}), true).sizes(), Shape({0, 2}));
}

/// The loop is compiled once, whatever the number of its steps: a large matrix is no longer in the compiler than a small one.
TEST(Solve, LargeMatrices) {
  manual_seed(4);
  Tensor x = regular({200, 200});
  auto f = [](const Tensor &a) { return linalg_inv(a).sum(); };
  expectClose(matmul(linalg_inv(x), x), eye(200, kFloat64));
  auto start = std::chrono::steady_clock::now();
  gradientOf(f, x).sum().item<double>();
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(10));
}
