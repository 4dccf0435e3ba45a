// Elimination and the Cholesky factorization. Step k is a few ops on whole matrices, rows and columns chosen by comparison
// with an index: n steps of n^2 elements, whatever the number of matrices.
#include "frontend/core/Element.h"
#include "frontend/core/Promotion.h"
#include "frontend/core/Value.h"
#include "frontend/functional/factories.h"
#include "frontend/functional/linalg.h"
#include "frontend/functional/ops.h"

namespace ingot {

using detail::Site;

namespace {

constexpr int64_t largest = 64;

/// The size of square matrices of floating-point numbers.
int64_t squareSize(const Site &site, const Arg &x) {
  detail::typeOf(site, *x);
  bool isFloat = x->is_floating_point() && elementSize(x->dtype()) >= 4;
  if (!isFloat || x->dim() < 2 || Shape(x->size(-1)) != Shape(x->size(-2)))
    detail::fail(site.op, site.where, "square matrices of float32 or float64 are required",
                 detail::describe(*x));
  int64_t n = x->size(-1);
  if (n > largest)
    detail::fail(site.op, site.where,
                 "matrices of more than " + std::to_string(largest) + " rows are not supported",
                 detail::describe(*x));
  return n;
}

Tensor zeroOf(const Tensor &x) { return full({}, Scalar::constant(0.0), x.dtype()); }

/// The index along a dimension of [..., n, m]: [n, 1] or [m].
Tensor rowIndex(int64_t n) { return arange(Scalar::constant(n)).unsqueeze(-1); }

Tensor column(const Tensor &x, int64_t k) { return x.slice(-1, k, k + 1); }
Tensor row(const Tensor &x, int64_t k) { return x.slice(-2, k, k + 1); }

/// Gaussian elimination with partial pivoting of the first n columns.
struct Elimination {
  Tensor rest;                ///< the matrix after all steps
  std::vector<Tensor> pivots; ///< [..., 1, 1] each
  Tensor sign;                ///< of the permutation, [..., 1, 1]; undefined for n = 0
};

/// Eliminates below the pivots only, or above them, too, where `all`: the left part becomes diagonal.
Elimination eliminate(Tensor x, int64_t n, bool all) {
  Elimination result;
  Tensor rows = rowIndex(n), zero = zeroOf(x);
  for (int64_t k = 0; k < n; ++k) {
    Tensor first = column(x, k);
    Tensor size = where(rows >= Scalar::constant(k), first.abs(), Scalar::constant(-1.0));
    Tensor chosen = where(size == size.amax(-2, true), rows, Scalar::constant(n)).amin(-2, true);
    Tensor isChosen = rows == chosen, isRow = rows == Scalar::constant(k);
    Tensor pivotRow = where(isChosen, x, zero).sum(-2, true), pivot = column(pivotRow, k);
    // Exchange rows.
    x = where(isRow, pivotRow, where(isChosen, row(x, k), x));
    Tensor swap =
        where(chosen == Scalar::constant(k), Scalar::constant(1.0), Scalar::constant(-1.0)).to(x.dtype());
    result.sign = result.sign.defined() ? result.sign * swap : swap;
    result.pivots.push_back(pivot);
    Tensor others = all ? rows != Scalar::constant(k) : rows > Scalar::constant(k);
    if (all || k + 1 < n)
      x = x - where(others, column(x, k) / pivot, zero) * pivotRow;
  }
  result.rest = x;
  return result;
}

Shape withoutMatrix(const Tensor &x) {
  Shape sizes = x.sizes();
  return std::vector<Size>(sizes.begin(), sizes.end() - 2);
}

Tensor repeatBatch(const Tensor &x, const std::vector<Size> &batch) {
  Shape sizes = x.sizes();
  std::vector<Size> whole = batch;
  whole.insert(whole.end(), sizes.end() - 2, sizes.end());
  return x.expand(whole);
}

/// A and B of one type and with the same leading dimensions.
std::pair<Tensor, Tensor> together(const Site &site, const Arg &a, const Tensor &b) {
  if (a->dtype() != b.dtype() || b.dim() < 2)
    detail::fail(site.op, site.where, "A and B must be matrices of one element type",
                 detail::describe(*a) + " and " + detail::describe(b));
  if (Shape(a->size(-1)) != Shape(b.size(-2)))
    detail::fail(site.op, site.where, "B must have as many rows as A",
                 detail::describe(*a) + " and " + detail::describe(b));
  Shape batchA = withoutMatrix(*a), batchB = withoutMatrix(b);
  std::vector<Size> batch = detail::broadcastSizes(site, std::vector<Size>(batchA.begin(), batchA.end()),
                                                   std::vector<Size>(batchB.begin(), batchB.end()));
  return {repeatBatch(*a, batch), repeatBatch(b, batch)};
}

Tensor identity(const Tensor &x) {
  int64_t n = x.size(-1);
  return eye(n, x.dtype()).expand(x.sizes());
}

} // namespace

std::tuple<Tensor, Tensor> linalg_slogdet(const Arg &x) {
  detail::OpScope scope("linalg_slogdet", x.where);
  int64_t n = squareSize({"linalg_slogdet", x.where}, x);
  Shape sizes = withoutMatrix(*x);
  Tensor sign = ones(sizes, x->dtype()), logarithm = zeros(sizes, x->dtype());
  Elimination steps = eliminate(*x, n, false);
  if (n)
    sign = sign * steps.sign.view(sizes);
  for (const Tensor &pivot : steps.pivots) {
    Tensor value = pivot.view(sizes);
    sign = sign * value.sign();
    logarithm = logarithm + value.abs().log();
  }
  return {sign, logarithm};
}

Tensor linalg_det(const Arg &x) {
  detail::OpScope scope("linalg_det", x.where);
  int64_t n = squareSize({"linalg_det", x.where}, x);
  Shape sizes = withoutMatrix(*x);
  if (!n) // still a function of x
    return sum(x, {-2, -1}) + 1;
  Elimination steps = eliminate(*x, n, false);
  Tensor result = steps.sign;
  for (const Tensor &pivot : steps.pivots)
    result = result * pivot;
  return result.view(sizes);
}

Tensor logdet(const Arg &x) {
  detail::OpScope scope("logdet", x.where);
  auto [sign, logarithm] = linalg_slogdet(x);
  return where(sign < 0, Scalar::constant(std::numeric_limits<double>::quiet_NaN()), logarithm);
}

Tensor linalg_solve(const Arg &a, const Arg &b, bool left) {
  Site site{"linalg_solve", a.where};
  detail::OpScope scope(site.op, site.where);
  int64_t n = squareSize(site, a);
  detail::typeOf(site, *b);
  Shape sizes = a->sizes();
  bool isVector = b->dim() == 1 || Shape(std::vector<Size>(sizes.begin(), sizes.end() - 1)) == b->sizes();
  if (isVector)
    return linalg_solve(a, b->unsqueeze(-1)).squeeze(-1);
  if (!left)
    return linalg_solve(a->mT(), b->mT()).mT();
  auto [matrix, right] = together(site, a, *b);
  if (!n)
    return right + matrix.sum(-1, true);
  Elimination steps = eliminate(cat({matrix, right}, -1), n, true);
  // The left part is diagonal now.
  return steps.rest.slice(-1, n) / cat(steps.pivots, -2);
}

Tensor linalg_inv(const Arg &x) {
  detail::OpScope scope("linalg_inv", x.where);
  squareSize({"linalg_inv", x.where}, x);
  return linalg_solve(x, identity(*x));
}

Tensor linalg_solve_triangular(const Arg &a, const Arg &b, bool upper, bool left, bool unitriangular) {
  Site site{"linalg_solve_triangular", a.where};
  detail::OpScope scope(site.op, site.where);
  int64_t n = squareSize(site, a);
  detail::typeOf(site, *b);
  if (!left)
    return linalg_solve_triangular(a->mT(), b->mT(), !upper, true, unitriangular).mT();
  auto [matrix, rest] = together(site, a, *b);
  if (!n)
    return rest + matrix.sum(-1, true);
  std::vector<Tensor> solved(n);
  Tensor rows = rowIndex(n), zero = zeroOf(*a);
  for (int64_t step = 0; step < n; ++step) {
    int64_t k = upper ? n - 1 - step : step;
    Tensor factors = column(matrix, k), known = row(rest, k);
    solved[k] = unitriangular ? known : known / row(factors, k);
    Tensor open = upper ? rows < Scalar::constant(k) : rows > Scalar::constant(k);
    if (step + 1 < n)
      rest = rest - where(open, factors, zero) * solved[k];
  }
  return cat(solved, -2);
}

Tensor linalg_cholesky(const Arg &x, bool upper) {
  detail::OpScope scope("linalg_cholesky", x.where);
  int64_t n = squareSize({"linalg_cholesky", x.where}, x);
  if (!n)
    return clone(x);
  // Both triangles count alike, for the derivative.
  Tensor rest = (*x + x->mT()) * 0.5, rows = rowIndex(n), zero = zeroOf(*x);
  std::vector<Tensor> columns;
  for (int64_t k = 0; k < n; ++k) {
    Tensor first = where(rows >= Scalar::constant(k), column(rest, k), zero);
    columns.push_back(first / row(first, k).sqrt());
    if (k + 1 < n)
      rest = rest - columns.back() * columns.back().mT();
  }
  Tensor lower = cat(columns, -1);
  return upper ? lower.mT().clone() : lower;
}

Tensor linalg_matrix_power(const Arg &x, int64_t n) {
  Site site{"linalg_matrix_power", x.where};
  detail::OpScope scope(site.op, site.where);
  detail::typeOf(site, *x);
  if (x->dim() < 2 || Shape(x->size(-1)) != Shape(x->size(-2)))
    detail::fail(site.op, site.where, "square matrices are required", detail::describe(*x));
  if (n < 0)
    return linalg_matrix_power(linalg_inv(x), -n);
  if (n == 0)
    return where(full({}, Scalar::constant(false)), x, identity(*x)); // still a function of x
  Tensor power = *x, result;
  for (; n; n >>= 1) {
    if (n & 1)
      result = result.defined() ? matmul(result, power) : power;
    if (n > 1)
      power = matmul(power, power);
  }
  return result.clone();
}

} // namespace ingot
