// Matrix products.
#include "frontend/core/Element.h"
#include "frontend/core/Promotion.h"
#include "frontend/functional/factories.h"
#include "frontend/functional/linalg.h"
#include "frontend/functional/ops.h"
#include <limits>

using namespace mlir;

namespace ingot {
namespace {

using detail::Site;

[[noreturn]] void refuseSizes(const Site &site, const char *required, const Arg &a, const Arg &b) {
  detail::fail(site.op, site.where, required, detail::describe(*a) + " and " + detail::describe(*b));
}

/// The product of two tensors of rank 2 or more, over broadcast batch dimensions.
Tensor product(const Site &site, const Arg &a, const Arg &b) {
  detail::RecordLock lock;
  Shape left = a->sizes(), right = b->sizes();
  if (detail::exprsOf(left.back()) != detail::exprsOf(right[right.size() - 2]))
    refuseSizes(site, "the last size of the first operand must be the size before the last of the second", a,
                b);
  Dtype type = detail::promote({a, b});
  if (a->dtype() != b->dtype() || type == kBool)
    refuseSizes(site, "operands must be numbers of one element type", a, b);
  // Broadcasting of all but the last two dimensions: placeholders of rank 0 to n with those sizes.
  std::vector<Size> batchA(left.begin(), left.end() - 2), batchB(right.begin(), right.end() - 2);
  std::vector<Size> batch = detail::broadcastSizes(site, batchA, batchB);
  auto repeated = [&](const Arg &x, const Shape &sizes) {
    std::vector<Size> whole = batch;
    whole.insert(whole.end(), sizes.end() - 2, sizes.end());
    return detail::operandAs(site, x, type, whole);
  };
  Value first = repeated(a, left);
  return detail::recordOp(site, "ingot.matmul", {first, repeated(b, right)});
}

Tensor requireRank(const Site &site, const Arg &x, int64_t rank) {
  detail::typeOf(site, *x);
  if (x->dim() != rank)
    detail::fail(site.op, site.where, "operands must have " + std::to_string(rank) + " dimensions",
                 detail::describe(*x));
  return *x;
}

} // namespace

Tensor matmul(const Arg &a, const Arg &b) {
  Site site{"matmul", a.where};
  detail::typeOf(site, *a), detail::typeOf(site, *b);
  if (a->dim() == 0 || b->dim() == 0)
    refuseSizes(site, "operands must have at least one dimension", a, b);
  Tensor left = a->dim() == 1 ? a->unsqueeze(0, a.where) : *a;
  // A vector on the right, or a matrix under a batch on the left: rows of the whole batch are one matrix.
  if (b->dim() <= 2 && left.dim() > 2) {
    Shape sizes = left.sizes();
    std::vector<Size> out(sizes.begin(), sizes.end() - 1);
    Tensor rows = left.view({Shape(out).numel(), sizes.back()}, a.where);
    Tensor result = matmul(Arg(rows, a.where), b);
    if (b->dim() == 2)
      out.push_back(b->size(1));
    return result.view(out, a.where);
  }
  Tensor right = b->dim() == 1 ? b->unsqueeze(1, a.where) : *b;
  Tensor result = product(site, Arg(left, a.where), Arg(right, b.where));
  if (b->dim() == 1)
    result = result.squeeze(-1, a.where);
  return a->dim() == 1 ? result.squeeze(b->dim() == 1 ? -1 : -2, a.where) : result;
}

Tensor mm(const Arg &a, const Arg &b) {
  Site site{"mm", a.where};
  requireRank(site, a, 2), requireRank(site, b, 2);
  return product(site, a, b);
}

Tensor bmm(const Arg &a, const Arg &b) {
  Site site{"bmm", a.where};
  requireRank(site, a, 3), requireRank(site, b, 3);
  if (detail::exprsOf(a->size(0)) != detail::exprsOf(b->size(0)))
    refuseSizes(site, "the batch sizes must be equal", a, b);
  return product(site, a, b);
}

Tensor mv(const Arg &a, const Arg &b) {
  detail::OpScope scope("mv", a.where);
  requireRank({"mv", a.where}, a, 2), requireRank({"mv", a.where}, b, 1);
  return matmul(a, b);
}

Tensor dot(const Arg &a, const Arg &b) {
  detail::OpScope scope("dot", a.where);
  requireRank({"dot", a.where}, a, 1), requireRank({"dot", a.where}, b, 1);
  return matmul(a, b);
}

Tensor outer(const Arg &a, const Arg &b) {
  detail::OpScope scope("outer", a.where);
  requireRank({"outer", a.where}, a, 1), requireRank({"outer", a.where}, b, 1);
  return mul(a->unsqueeze(1), b->unsqueeze(0));
}

/// beta * x + alpha * product; without x, NaN included, where beta is 0.
static Tensor combined(const Arg &x, const Tensor &product, const Scalar &beta, const Scalar &alpha) {
  auto isNumber = [](const Scalar &s, double number) {
    return s.kind() != Scalar::Kind::Size && s.toDouble() == number;
  };
  // The factors take the elements' type: those of integers lose their fractions.
  auto fitted = [&](const Scalar &s) {
    bool cut = s.isFloatingPoint() && !product.is_floating_point() && !x->is_floating_point();
    return cut ? Scalar::constant(static_cast<int64_t>(s.toDouble())) : s;
  };
  Scalar times = fitted(alpha), share = fitted(beta);
  Tensor scaled = isNumber(times, 1) ? product : mul(product, times);
  if (isNumber(share, 0))
    return scaled;
  return add(scaled, isNumber(share, 1) ? *x : mul(x, share));
}

Tensor addmm(const Arg &x, const Arg &a, const Arg &b, const Scalar &beta, const Scalar &alpha) {
  detail::OpScope scope("addmm", x.where);
  return combined(x, mm(a, b), beta, alpha);
}
Tensor baddbmm(const Arg &x, const Arg &a, const Arg &b, const Scalar &beta, const Scalar &alpha) {
  detail::OpScope scope("baddbmm", x.where);
  return combined(x, bmm(a, b), beta, alpha);
}
Tensor addbmm(const Arg &x, const Arg &a, const Arg &b, const Scalar &beta, const Scalar &alpha) {
  detail::OpScope scope("addbmm", x.where);
  Tensor product = bmm(a, b);
  return combined(x, product.sum(0, false, product.dtype()), beta, alpha);
}
Tensor addmv(const Arg &x, const Arg &a, const Arg &b, const Scalar &beta, const Scalar &alpha) {
  detail::OpScope scope("addmv", x.where);
  return combined(x, mv(a, b), beta, alpha);
}
Tensor addr(const Arg &x, const Arg &a, const Arg &b, const Scalar &beta, const Scalar &alpha) {
  detail::OpScope scope("addr", x.where);
  Tensor product = outer(a, b);
  if (x->dtype() != kBool || product.dtype() != kBool)
    return combined(x, product, beta, alpha);
  // Of truth values, factors are such, too: the sum is the or, the product the and.
  auto isOn = [&](const Scalar &factor) {
    if (factor.isFloatingPoint())
      detail::fail("addr", x.where, "factors of truth values must be integers",
                   std::to_string(factor.toDouble()));
    return factor.toLong() != 0;
  };
  Tensor scaled = isOn(alpha) ? product : zeros_like(Arg(product, x.where));
  return isOn(beta) ? logical_or(Arg(scaled, x.where), x) : scaled;
}

Tensor linalg_cross(const Arg &a, const Arg &b, int64_t dim) {
  Site site{"linalg_cross", a.where};
  detail::OpScope scope(site.op, site.where);
  Shape sizes = detail::broadcastSizes(site, {a, b});
  dim = detail::wrapDim(site, dim, sizes.size());
  if (Shape(sizes[dim]) != Shape(3))
    detail::fail(site.op, site.where, "the dimension of the vectors must have size 3", sizes.str());
  std::vector<Tensor> x = a->expand(sizes).unbind(dim), y = b->expand(sizes).unbind(dim), parts;
  for (int i = 0; i < 3; ++i) {
    int j = (i + 1) % 3, k = (i + 2) % 3;
    parts.push_back(x[j] * y[k] - x[k] * y[j]);
  }
  return stack(parts, dim);
}

Tensor cross(const Arg &a, const Arg &b, std::optional<int64_t> dim) {
  Site site{"cross", a.where};
  detail::OpScope scope(site.op, site.where);
  if (dim)
    return linalg_cross(a, b, *dim);
  Shape sizes = detail::broadcastSizes(site, {a, b});
  for (size_t i = 0; i < sizes.size(); ++i)
    if (Shape(sizes[i]) == Shape(3))
      return linalg_cross(a, b, static_cast<int64_t>(i));
  detail::fail(site.op, site.where, "a dimension of size 3 is required", sizes.str());
}

/// The cheapest order to multiply matrices i to j of sizes [size[k], size[k + 1]]: where to cut (Godbole 1973).
static std::vector<std::vector<size_t>> cheapestCuts(const std::vector<int64_t> &size) {
  size_t n = size.size() - 1;
  std::vector<std::vector<double>> cost(n, std::vector<double>(n));
  std::vector<std::vector<size_t>> cut(n, std::vector<size_t>(n));
  for (size_t length = 1; length < n; ++length)
    for (size_t i = 0, j = length; j < n; ++i, ++j) {
      cost[i][j] = std::numeric_limits<double>::infinity();
      for (size_t k = i; k < j; ++k) {
        double product = double(size[i]) * double(size[k + 1]) * double(size[j + 1]);
        if (double total = cost[i][k] + cost[k + 1][j] + product; total < cost[i][j])
          cost[i][j] = total, cut[i][j] = k;
      }
    }
  return cut;
}

static Tensor multiplyChain(const TensorList &matrices, const std::vector<std::vector<size_t>> &cut, size_t i,
                            size_t j) {
  if (i == j)
    return matrices[i];
  size_t k = cut[i][j];
  return mm(multiplyChain(matrices, cut, i, k), multiplyChain(matrices, cut, k + 1, j));
}

Tensor linalg_multi_dot(const TensorList &tensors, const Where &at) {
  Site site{"linalg_multi_dot", at};
  detail::OpScope scope(site.op, at);
  if (tensors.size() < 2)
    detail::fail(site.op, at, "at least two tensors are required", std::to_string(tensors.size()));
  TensorList matrices = tensors;
  for (const Tensor &tensor : tensors)
    detail::typeOf(site, tensor);
  bool isRow = tensors.front().dim() == 1, isColumn = tensors.back().dim() == 1;
  if (isRow)
    matrices.front() = tensors.front().unsqueeze(0);
  if (isColumn)
    matrices.back() = tensors.back().unsqueeze(1);
  std::vector<int64_t> sizes;
  for (const Tensor &matrix : matrices) {
    requireRank(site, Arg(matrix, at), 2);
    const Size &rows = matrix.sizes()[0];
    sizes.push_back(rows.isNumber() ? int64_t(rows) : 1024); // a guess, for the order only
  }
  const Size &last = matrices.back().sizes()[1];
  sizes.push_back(last.isNumber() ? int64_t(last) : 1024);
  Tensor product = multiplyChain(matrices, cheapestCuts(sizes), 0, matrices.size() - 1);
  if (isColumn)
    product = product.squeeze(1);
  return isRow ? product.squeeze(0) : product;
}

} // namespace ingot
