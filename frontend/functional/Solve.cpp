// Elimination and the Cholesky factorization: scans over the columns of whole matrices, whatever their number and size. Step k
// is a few ops on n^2 elements. Derivatives are formulas with the results, made of the same functions.
#include "frontend/core/Element.h"
#include "frontend/core/Function.h"
#include "frontend/core/Promotion.h"
#include "frontend/core/Scan.h"
#include "frontend/core/ScanRecorder.h"
#include "frontend/core/Value.h"
#include "frontend/functional/Indexed.h"
#include "frontend/functional/factories.h"
#include "frontend/functional/linalg.h"
#include "frontend/functional/ops.h"

namespace ingot {

using autograd::AutogradContext;
using detail::Site;

namespace {

/// The size of square matrices of floating-point numbers.
Size squareSize(const Site &site, const Arg &x) {
  detail::typeOf(site, *x);
  bool isFloat = x->is_floating_point() && elementSize(x->dtype()) >= 4;
  if (!isFloat || x->dim() < 2 || Shape(x->size(-1)) != Shape(x->size(-2)))
    detail::fail(site.op, site.where, "square matrices of float32 or float64 are required",
                 detail::describe(*x));
  return x->size(-1);
}

Tensor zeroOf(const Tensor &x) { return full({}, Scalar::constant(0.0), x.dtype()); }

/// 0, 1 ... n - 1, as a column.
Tensor rowIndex(const Size &n) { return arange(n, kInt64).unsqueeze(-1); }

/// Number k (int64, in range) of the slices along a dimension; that stays, with size 1.
Tensor sliceAt(const Tensor &x, int64_t dim, const Tensor &k) {
  dim += x.dim();
  return detail::gather({"linalg", Where::current()}, x, dim, k.view({1}), {dim},
                        detail::Positions::InBounds);
}
Tensor column(const Tensor &x, const Tensor &k) { return sliceAt(x, -1, k); }
Tensor row(const Tensor &x, const Tensor &k) { return sliceAt(x, -2, k); }

/// Gaussian elimination with partial pivoting of the first n columns.
struct Elimination {
  Tensor rest;   ///< the matrix after all steps
  Tensor pivots; ///< [..., n, 1]
  Tensor sign;   ///< of the permutation, [..., 1]
};

enum class Eliminate : uint8_t {
  Below,      ///< the pivots
  All,        ///< above them, too: the left part becomes diagonal
  AllGuarded, ///< with a tiny number for a pivot that is zero
};

Elimination eliminate(const Tensor &matrix, const Size &n, Eliminate what) {
  if (n.isNumber() && n == 0) { // no column has a largest element
    Tensor none = matrix.sum(-1, true);
    return {matrix, none, none.prod(-2)};
  }
  Tensor rows = rowIndex(n), zero = zeroOf(matrix);
  auto step = [&](const TensorList &carry, const TensorList &slices) {
    const Tensor &x = carry[0], &k = slices[0];
    Tensor first = column(x, k), isRow = rows == k;
    Tensor size = where(rows >= k, first.abs(), Scalar::constant(-1.0));
    Tensor chosen = where(size == size.amax(-2, true), rows, n).amin(-2, true), isChosen = rows == chosen;
    Tensor pivotRow = where(isChosen, x, zero).sum(-2, true), pivot = column(pivotRow, k);
    // Exchange rows.
    Tensor next = where(isRow, pivotRow, where(isChosen, row(x, k), x));
    first = where(isRow, pivot, where(isChosen, row(first, k), first));
    Tensor swap = where(chosen == k, Scalar::constant(1.0), Scalar::constant(-1.0)).to(x.dtype());
    if (what == Eliminate::AllGuarded)
      pivot = where(pivot == zero, Scalar::constant(x.dtype() == kFloat64 ? 1e-100 : 1e-15), pivot);
    Tensor others = what == Eliminate::Below ? rows > k : rows != k;
    next = next - where(others, first / pivot, zero) * pivotRow;
    return std::pair(TensorList{next}, TensorList{pivot.squeeze(-1), swap.squeeze(-1)});
  };
  auto [last, made] = scan(step, {matrix}, {arange(n, kInt64)});
  return {last[0], made[0].movedim(0, -2), made[1].prod(0)};
}

/// The solution of A X = B that elimination leaves: the left part is diagonal.
Tensor solution(const Elimination &steps, const Size &n) {
  return steps.rest.narrow(-1, n, steps.rest.size(-1) - n) / steps.pivots;
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
  Tensor rows = rowIndex(x.size(-1));
  return (rows == rows.squeeze(-1)).to(x.dtype()).expand(x.sizes());
}

/// Both triangles alike.
Tensor symmetric(const Tensor &x) { return (x + x.mT()) * 0.5; }

//===--- functions with their derivatives ---===//

/// A X = B, of matrices with the same leading dimensions: X, and the pivots of A.
struct Solve : autograd::Function<Solve> {
  static TensorList forward(AutogradContext *context, const Tensor &a, const Tensor &b) {
    Size n = a.size(-1);
    Elimination steps = eliminate(cat({a, b}, -1), n, Eliminate::All);
    Tensor x = solution(steps, n);
    context->save_for_backward({a, x});
    context->mark_non_differentiable({steps.pivots});
    return {x, steps.pivots};
  }
  static TensorList backward(AutogradContext *context, TensorList gradients) {
    TensorList saved = context->get_saved_variables();
    Tensor ofB = apply(saved[0].mT(), gradients[0])[0];
    return {-matmul(ofB, saved[1].mT()), ofB};
  }
};

/// The inverse, and the pivots.
struct Inverse : autograd::Function<Inverse> {
  static TensorList forward(AutogradContext *context, const Tensor &a) {
    Size n = a.size(-1);
    Elimination steps = eliminate(cat({a, identity(a)}, -1), n, Eliminate::All);
    Tensor x = solution(steps, n);
    context->save_for_backward({a});
    context->mark_non_differentiable({steps.pivots});
    return {x, steps.pivots};
  }
  static TensorList backward(AutogradContext *context, TensorList gradients) {
    Tensor x = apply(context->get_saved_variables()[0])[0].mT();
    return {-matmul(matmul(x, gradients[0]), x)};
  }
};

/// The product of the pivots. Its derivative is that of a matrix of any rank.
struct Determinant : autograd::Function<Determinant> {
  static Tensor forward(AutogradContext *context, const Tensor &a) {
    context->save_for_backward({a});
    return productOf(eliminate(a, a.size(-1), Eliminate::Below));
  }
  static TensorList backward(AutogradContext *context, TensorList gradients) {
    Tensor a = context->get_saved_variables()[0];
    Elimination steps = eliminate(cat({a, identity(a)}, -1), a.size(-1), Eliminate::AllGuarded);
    Tensor determinant = productOf(steps), inverse = solution(steps, a.size(-1));
    return {((gradients[0] * determinant).unsqueeze(-1).unsqueeze(-1) * inverse).mT()};
  }
  static Tensor productOf(const Elimination &steps) {
    return (steps.sign * steps.pivots.prod(-2)).squeeze(-1);
  }
};

/// The sign of the determinant, and the logarithm of its size.
struct LogDeterminant : autograd::Function<LogDeterminant> {
  static TensorList forward(AutogradContext *context, const Tensor &a) {
    Elimination steps = eliminate(a, a.size(-1), Eliminate::Below);
    Tensor sign = (steps.sign * steps.pivots.sign().prod(-2)).squeeze(-1);
    context->save_for_backward({a});
    context->mark_non_differentiable({sign});
    return {sign, steps.pivots.abs().log().sum({-2, -1})};
  }
  static TensorList backward(AutogradContext *context, TensorList gradients) {
    Tensor inverse = Inverse::apply(context->get_saved_variables()[0])[0];
    return {(gradients[1].unsqueeze(-1).unsqueeze(-1) * inverse).mT()};
  }
};

/// A X = B, where A is triangular; its other elements are not read.
struct SolveTriangular : autograd::Function<SolveTriangular> {
  static Tensor forward(AutogradContext *context, const Tensor &a, const Tensor &b, bool upper, bool unit) {
    Size n = a.size(-1);
    Tensor rows = rowIndex(n), zero = zeroOf(a);
    auto step = [&](const TensorList &carry, const TensorList &slices) {
      const Tensor &k = slices[0];
      Tensor factors = slices[1].unsqueeze(-1), known = row(carry[0], k);
      Tensor solved = unit ? known : known / row(factors, k);
      Tensor rest = carry[0] - where(upper ? rows < k : rows > k, factors, zero) * solved;
      return std::pair(TensorList{rest}, TensorList{solved.squeeze(-2)});
    };
    auto made = scan(step, {b}, {arange(n, kInt64), a.movedim(-1, 0)}, /*reverse=*/upper).second;
    Tensor x = made[0].movedim(0, -2);
    context->save_for_backward({a, x});
    context->saved_data["upper"] = upper;
    context->saved_data["unit"] = unit;
    return x;
  }
  static TensorList backward(AutogradContext *context, TensorList gradients) {
    TensorList saved = context->get_saved_variables();
    bool upper = context->saved_data["upper"].toBool(), unit = context->saved_data["unit"].toBool();
    Tensor ofB = apply(saved[0].mT(), gradients[0], !upper, unit);
    Tensor all = -matmul(ofB, saved[1].mT());
    return {upper ? all.triu(unit) : all.tril(unit ? -1 : 0), ofB, Tensor(), Tensor()};
  }
};

/// The lower factor of a symmetric matrix.
struct Cholesky : autograd::Function<Cholesky> {
  static Tensor forward(AutogradContext *context, const Tensor &a) {
    Size n = a.size(-1);
    Tensor rows = rowIndex(n), zero = zeroOf(a);
    auto step = [&](const TensorList &carry, const TensorList &slices) {
      const Tensor &k = slices[0];
      Tensor first = where(rows >= k, column(carry[0], k), zero), made = first / row(first, k).sqrt();
      return std::pair(TensorList{carry[0] - made * made.mT()}, TensorList{made.squeeze(-1)});
    };
    Tensor lower = scan(step, {symmetric(a)}, {arange(n, kInt64)}).second[0].movedim(0, -1);
    context->save_for_backward({lower});
    return lower;
  }
  static TensorList backward(AutogradContext *context, TensorList gradients) {
    Tensor lower = context->get_saved_variables()[0];
    Tensor product = matmul(lower.mT(), gradients[0]), half = product.tril() * (1 - 0.5 * identity(lower));
    // L^-T P L^-1, by two solutions with the transposed factor.
    Tensor left = SolveTriangular::apply(lower.mT(), half, true, false);
    return {symmetric(SolveTriangular::apply(lower.mT(), left.mT(), true, false))};
  }
};

/// The function with its derivative; in the body of a loop, which the compiler differentiates, that of its steps.
template <class Function, class... Arguments> auto call(const Arguments &...arguments) {
  AutogradContext unused;
  bool isInLoop = dynamic_cast<detail::ScanRecorder *>(detail::Recorder::current().get());
  return isInLoop ? Function::forward(&unused, arguments...) : Function::apply(arguments...);
}

Tensor regular(const Site &site, const TensorList &resultAndPivots) {
  Tensor isRegular = (resultAndPivots[1] != Scalar::constant(0)).all(-1).all(-1);
  return detail::require(site, resultAndPivots[0], isRegular, "an invertible matrix");
}

} // namespace

std::tuple<Tensor, Tensor> linalg_slogdet(const Arg &x) {
  detail::OpScope scope("linalg_slogdet", x.where);
  squareSize({"linalg_slogdet", x.where}, x);
  TensorList results = call<LogDeterminant>(*x);
  return {results[0], results[1]};
}

Tensor linalg_det(const Arg &x) {
  detail::OpScope scope("linalg_det", x.where);
  squareSize({"linalg_det", x.where}, x);
  return call<Determinant>(*x);
}

Tensor logdet(const Arg &x) {
  detail::OpScope scope("logdet", x.where);
  auto [sign, logarithm] = linalg_slogdet(x);
  return where(sign < 0, Scalar::constant(std::numeric_limits<double>::quiet_NaN()), logarithm);
}

Tensor linalg_solve(const Arg &a, const Arg &b, bool left) {
  Site site{"linalg_solve", a.where};
  detail::OpScope scope(site.op, site.where);
  squareSize(site, a);
  detail::typeOf(site, *b);
  Shape sizes = a->sizes();
  bool isVector = b->dim() == 1 || Shape(std::vector<Size>(sizes.begin(), sizes.end() - 1)) == b->sizes();
  if (isVector)
    return linalg_solve(a, b->unsqueeze(-1)).squeeze(-1);
  if (!left)
    return linalg_solve(a->mT(), b->mT()).mT();
  auto [matrix, right] = together(site, a, *b);
  return regular(site, call<Solve>(matrix, right));
}

Tensor linalg_inv(const Arg &x) {
  Site site{"linalg_inv", x.where};
  detail::OpScope scope(site.op, site.where);
  squareSize(site, x);
  return regular(site, call<Inverse>(*x));
}

Tensor linalg_solve_triangular(const Arg &a, const Arg &b, bool upper, bool left, bool unitriangular) {
  Site site{"linalg_solve_triangular", a.where};
  detail::OpScope scope(site.op, site.where);
  squareSize(site, a);
  detail::typeOf(site, *b);
  if (!left)
    return linalg_solve_triangular(a->mT(), b->mT(), !upper, true, unitriangular).mT();
  auto [matrix, right] = together(site, a, *b);
  return call<SolveTriangular>(matrix, right, upper, unitriangular);
}

Tensor linalg_cholesky(const Arg &x, bool upper) {
  Site site{"linalg_cholesky", x.where};
  detail::OpScope scope(site.op, site.where);
  squareSize(site, x);
  Tensor lower = call<Cholesky>(*x), isPositive = (diagonal_copy(lower, 0, -2, -1) > 0).all(-1); // not of NaN
  lower = detail::require(site, lower, isPositive, "a positive-definite matrix");
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
