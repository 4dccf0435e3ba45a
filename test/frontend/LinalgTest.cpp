// What golden cases do not show of linear algebra, products by equation and integer division: identities on random
// matrices, gradients, errors.
#include "test/frontend/Expect.h"
#include <cmath>
#include <gtest/gtest.h>

using namespace ingot;
using namespace ingot::test;

namespace {

TEST(Linalg, SolutionsSolve) {
  manual_seed(3);
  Tensor a = randn({2, 12, 12}, kFloat64), b = randn({2, 12, 3}, kFloat64);
  EXPECT_TRUE(allclose(matmul(a, linalg_solve(a, b)), b, 1e-9, 1e-9));
  EXPECT_TRUE(allclose(matmul(linalg_solve(a, b.mT(), false), a), b.mT(), 1e-9, 1e-9));
  EXPECT_TRUE(allclose(matmul(linalg::inv(a), a), eye(12, kFloat64).expand({2, 12, 12}), 1e-9, 1e-9));
  Tensor spd = matmul(a, a.mT()) + eye(12, kFloat64), l = linalg_cholesky(spd);
  EXPECT_TRUE(allclose(matmul(l, l.mT()), spd, 1e-9, 1e-9));
  EXPECT_TRUE(allclose(linalg_solve_triangular(l, b, false), linalg_solve(l, b), 1e-9, 1e-9));
  auto [sign, logarithm] = linalg_slogdet(a);
  EXPECT_TRUE(allclose(sign * logarithm.exp(), linalg_det(a), 1e-9, 1e-9));
}

TEST(Linalg, SingularValuesAreThoseOfAProduct) {
  Tensor a = randn({5, 3}, kFloat64), s = linalg_svdvals(a);
  EXPECT_TRUE(allclose(s.square().sum(), a.square().sum(), 1e-10, 1e-10));
  EXPECT_TRUE(allclose(s.prod().square(), linalg_det(matmul(a.mT(), a)), 1e-9, 1e-9));
  EXPECT_NEAR(linalg_matrix_norm(a, 2).item<double>(), s[0].item<double>(), 1e-10);
}

TEST(Linalg, EinsumIsWhatItSays) {
  Tensor a = tensor({{1.0, 2.0}, {3.0, 4.0}});
  EXPECT_EQ(values(einsum("ij,jk", {a, a})), values(a.matmul(a)));
  EXPECT_EQ(values(einsum("ii", {a})), (List{5}));
  EXPECT_EQ(values(einsum("ij -> ji", {a})), (List{1, 3, 2, 4}));
  EXPECT_EQ(values(einsum("i,ij,j->", {a[0], a, a[1]})), (List{61}));
  EXPECT_EQ(values(einsum("...i,...i->...", {a, ones({1, 2})})), (List{3, 7}));
  EXPECT_NE(errorOf([&] { einsum("ij,jk", {a}); }).find("a part for each"), std::string::npos);
  EXPECT_NE(errorOf([&] { einsum("ijk", {a}); }).find("letters of 'ijk'"), std::string::npos);
  EXPECT_NE(errorOf([&] { einsum("ij->ik", {a}); }).find("those of operands"), std::string::npos);
}

TEST(Linalg, SingularMatricesAreRefusedWhenComputed) {
  Tensor regular = eye(3), singular = tensor({{1.0, 2.0, 3.0}, {2.0, 4.0, 6.0}, {0.0, 1.0, 1.0}});
  Tensor both = stack({regular, singular, regular, singular * 2});
  values(regular), values(both); // elements of their own, which no failure takes along
  int line = __LINE__ + 1;
  Tensor inverse = linalg_inv(both);
  EXPECT_NE(errorOf([&] { values(inverse); })
                .find("linalg_inv at " + std::string(__FILE__) + ":" + std::to_string(line) +
                      " requires an invertible matrix, got another at position 3"),
            std::string::npos)
      << errorOf([&] { values(linalg_inv(both)); });
  EXPECT_NE(errorOf([&] { values(linalg_solve(singular, ones({3}))); }).find("linalg_solve at"),
            std::string::npos);
  EXPECT_NE(errorOf([&] { values(linalg_cholesky(-regular)); }).find("linalg_cholesky at"),
            std::string::npos);
  EXPECT_NE(
      errorOf([&] { values(linalg_cholesky(singular)); }).find("a positive-definite matrix, got another at"),
      std::string::npos);
  // A determinant is of any matrix; and what is not needed is not computed.
  EXPECT_NEAR(linalg_det(singular).item<double>(), 0, 1e-6);
  EXPECT_EQ(values(linalg_inv(regular)), values(regular));
  EXPECT_EQ(values(linalg_inv(zeros({0, 3, 3}))).size(), 0u);
}

TEST(Linalg, SizesAreChecked) {
  EXPECT_NE(errorOf([] { linalg_inv(zeros({2, 3})); }).find("square"), std::string::npos);
  EXPECT_NE(errorOf([] { linalg_solve(eye(3), zeros({2, 2})); }).find("as many rows"), std::string::npos);
  EXPECT_NE(errorOf([] { cross(zeros({2, 2}), zeros({2, 2})); }).find("size 3"), std::string::npos);
}

TEST(Integers, DivisionByZeroIsZero) {
  Tensor x = tensor({7, -7, 0}), zero = zeros({3}, kInt64);
  EXPECT_EQ(values(x.floor_divide(zero)), (List{0, 0, 0}));
  EXPECT_EQ(values(x.div(zero, "trunc")), (List{0, 0, 0}));
  EXPECT_EQ(values(x.remainder(zero)), (List{7, -7, 0}));
  EXPECT_EQ(values(x.fmod(zero)), (List{7, -7, 0}));
  Tensor least = full({1}, std::numeric_limits<int64_t>::min(), kInt64);
  EXPECT_EQ(least.div(-1, "trunc").item<int64_t>(), std::numeric_limits<int64_t>::min()); // wraps
  EXPECT_EQ(least.remainder(-1).item<int64_t>(), 0);
}

TEST(Special, InverseErrorFunctionInDouble) {
  Tensor x = linspace(-0.99999, 0.99999, 2001, kFloat64);
  EXPECT_TRUE(allclose(x.erfinv().erf(), x, 1e-15, 4e-16));
  EXPECT_TRUE(allclose((1 - x.abs()), x.abs().erfinv().erfc(), 1e-13, 0));
}

TEST(Special, PolygammaKnowsItsDerivatives) {
  // zeta(3), and by the recurrence polygamma(n, x + 1) = polygamma(n, x) + (-1)^n n! / x^(n + 1).
  EXPECT_NEAR(polygamma(2, ones({}, kFloat64)).item<double>(), -2 * 1.2020569031595942854, 1e-14);
  Tensor x = linspace(-3.3, 4.4, 9, kFloat64);
  EXPECT_TRUE(allclose(polygamma(2, x + 1), polygamma(2, x) + 2 / x.pow(3), 1e-11, 1e-11));
  EXPECT_TRUE(allclose(polygamma(3, x + 1), polygamma(3, x) - 6 / x.pow(4), 1e-11, 1e-11));
  EXPECT_NE(errorOf([&] { polygamma(21, x); }).find("between 0 and 20"), std::string::npos);
}

TEST(Norms, OfNothingButZerosHaveAGradient) {
  Tensor x = zeros({3}).requires_grad_();
  for (double p : {2.0, 3.0}) {
    x.norm(p).backward();
    EXPECT_EQ(values(x.grad()), (List{0, 0, 0}));
  }
  EXPECT_EQ(zeros({3}).norm(-1).item<double>(), 0); // 1 / infinity, as PyTorch
}

} // namespace
