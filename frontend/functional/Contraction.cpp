// Matrix products.
#include "frontend/core/Element.h"
#include "frontend/core/Promotion.h"
#include "frontend/functional/ops.h"

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

static Tensor combined(const Arg &x, const Tensor &ab, const Scalar &beta, const Scalar &alpha) {
  auto isOne = [](const Scalar &s) { return s.kind() != Scalar::Kind::Size && s.toDouble() == 1; };
  Tensor scaled = isOne(alpha) ? ab : mul(ab, alpha);
  return add(scaled, isOne(beta) ? *x : mul(x, beta));
}

Tensor addmm(const Arg &x, const Arg &a, const Arg &b, const Scalar &beta, const Scalar &alpha) {
  detail::OpScope scope("addmm", x.where);
  return combined(x, mm(a, b), beta, alpha);
}
Tensor baddbmm(const Arg &x, const Arg &a, const Arg &b, const Scalar &beta, const Scalar &alpha) {
  detail::OpScope scope("baddbmm", x.where);
  return combined(x, bmm(a, b), beta, alpha);
}

} // namespace ingot
