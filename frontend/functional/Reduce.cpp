// Reductions, and what is made of them.
#include "frontend/core/Element.h"
#include "frontend/core/Promotion.h"
#include "frontend/functional/factories.h"
#include "frontend/functional/index_ops.h"
#include "frontend/functional/ops.h"
#include <algorithm>
#include <cmath>

using namespace mlir;

namespace ingot {
namespace {

using detail::Site;

/// Records "ingot.sum" and the like over `dims` (all for none), on elements of `type`.
Tensor reduce(const Site &site, const char *op, const Arg &x, const Shape &dims, bool keepdim, Dtype type) {
  detail::RecordLock lock;
  std::vector<int64_t> over = detail::wrapDims(site, dims, x->dim());
  llvm::SmallVector<NamedAttribute> attributes = {detail::attr("dims", over)};
  if (keepdim)
    attributes.push_back(detail::unitAttr("keepdim"));
  return detail::recordOp(site, op, detail::operandAs(site, x, type), attributes);
}

/// Sums of integers are int64, as PyTorch's.
Dtype sumType(const Arg &x, std::optional<Dtype> type) {
  return type ? *type : x->is_floating_point() ? x->dtype() : kInt64;
}

void requireFloat(const Site &site, const Arg &x) {
  if (!x->is_floating_point())
    detail::fail(site.op, site.where, "the elements must be floating-point numbers", detail::describe(*x));
}

/// How many elements of x go into one of the result.
Size countOf(const Site &site, const Arg &x, const Shape &dims) {
  Size count = 1;
  for (int64_t dim : detail::wrapDims(site, dims, x->dim()))
    count *= x->size(dim);
  return count;
}

void requireElements(const Site &site, const Arg &x, const Shape &dims) {
  Size count = countOf(site, x, dims);
  if (count.isNumber() && count == 0)
    detail::fail(site.op, site.where, "a reduction without an identity needs at least one element",
                 detail::describe(*x));
}

/// The index of the first extremum: the least index among the elements that equal it, or are NaN.
Tensor indexOf(const Site &site, const Arg &x, const Tensor &extremum, int64_t dim) {
  Size size = x->dim() ? x->size(dim) : Size(1);
  Tensor flat = x->dim() ? *x : x->view({1}, x.where);
  Tensor index = detail::recordOp(site, "ingot.iota", {}, detail::attr("dim", dim),
                                  detail::typeOf(flat.sizes(), kInt64));
  Tensor chosen = eq(Arg(flat, x.where), extremum);
  if (x->is_floating_point())
    chosen = logical_or(chosen, isnan(Arg(flat, x.where)));
  return where(chosen, index, Scalar::constant(Scalar(size)));
}

std::tuple<Tensor, Tensor> extremum(const Site &site, const char *op, const Arg &x, int64_t dim,
                                    bool keepdim) {
  detail::OpScope scope(site.op, site.where);
  dim = detail::wrapDim(site, dim, x->dim());
  requireElements(site, x, dim);
  Tensor kept = reduce(site, op, x->dim() ? x : Arg(x->view({1}, x.where), x.where), dim, true, x->dtype());
  Tensor candidates = indexOf(site, x, kept, dim);
  Tensor index = amin(candidates, dim, keepdim && x->dim());
  if (kept.requires_grad() && x->dim()) // the gradient goes to the chosen element alone, amax shares it
    kept = gather(x, dim, keepdim ? index : index.unsqueeze(dim));
  Tensor value = keepdim && x->dim() ? kept : kept.squeeze(dim);
  return {value, index};
}

Tensor argExtremum(const Site &site, const char *op, const Arg &x, std::optional<int64_t> dim, bool keepdim) {
  if (dim)
    return std::get<1>(extremum(site, op, x, *dim, keepdim));
  Tensor index = std::get<1>(extremum(site, op, Arg(x->flatten(0, -1, x.where), x.where), 0, false));
  return keepdim ? index.view(std::vector<int64_t>(x->dim(), 1)) : index;
}

} // namespace

Tensor sum(const Arg &x) { return sum(x, Shape()); }
Tensor sum(const Arg &x, Dtype type) { return sum(x, Shape(), false, type); }
Tensor sum(const Arg &x, const Shape &dims, bool keepdim, std::optional<Dtype> type) {
  return reduce({"sum", x.where}, "ingot.sum", x, dims, keepdim, sumType(x, type));
}

Tensor mean(const Arg &x) { return mean(x, Shape()); }
Tensor mean(const Arg &x, Dtype type) { return mean(x, Shape(), false, type); }
Tensor mean(const Arg &x, const Shape &dims, bool keepdim, std::optional<Dtype> type) {
  Site site{"mean", x.where};
  detail::OpScope scope(site.op, site.where);
  if (!type)
    requireFloat(site, x);
  Size count = countOf(site, x, dims);
  return div(sum(x, dims, keepdim, type), Scalar::constant(Scalar(count)));
}

Tensor prod(const Arg &x) {
  return reduce({"prod", x.where}, "ingot.prod", x, {}, false, sumType(x, std::nullopt));
}
Tensor prod(const Arg &x, Dtype type) { return reduce({"prod", x.where}, "ingot.prod", x, {}, false, type); }
Tensor prod(const Arg &x, int64_t dim, bool keepdim, std::optional<Dtype> type) {
  return reduce({"prod", x.where}, "ingot.prod", x, dim, keepdim, sumType(x, type));
}

Tensor amax(const Arg &x, const Shape &dims, bool keepdim) {
  requireElements({"amax", x.where}, x, dims);
  return reduce({"amax", x.where}, "ingot.amax", x, dims, keepdim, x->dtype());
}
Tensor amin(const Arg &x, const Shape &dims, bool keepdim) {
  requireElements({"amin", x.where}, x, dims);
  return reduce({"amin", x.where}, "ingot.amin", x, dims, keepdim, x->dtype());
}
Tensor max(const Arg &x) {
  detail::OpScope scope("max", x.where);
  return amax(x);
}
Tensor min(const Arg &x) {
  detail::OpScope scope("min", x.where);
  return amin(x);
}
std::tuple<Tensor, Tensor> max(const Arg &x, int64_t dim, bool keepdim) {
  return extremum({"max", x.where}, "ingot.amax", x, dim, keepdim);
}
std::tuple<Tensor, Tensor> min(const Arg &x, int64_t dim, bool keepdim) {
  return extremum({"min", x.where}, "ingot.amin", x, dim, keepdim);
}
Tensor max(const Arg &a, const Tensor &b) { return maximum(a, Arg(b, a.where)); }
Tensor min(const Arg &a, const Tensor &b) { return minimum(a, Arg(b, a.where)); }
Tensor argmax(const Arg &x, std::optional<int64_t> dim, bool keepdim) {
  return argExtremum({"argmax", x.where}, "ingot.amax", x, dim, keepdim);
}
Tensor argmin(const Arg &x, std::optional<int64_t> dim, bool keepdim) {
  return argExtremum({"argmin", x.where}, "ingot.amin", x, dim, keepdim);
}

// On bool a sum is the or, a product the and.
// Over no dimensions each element is by itself.
static Tensor truth(const Site &site, const char *op, const Arg &x, const Shape &dims, bool keepdim) {
  Tensor result = dims.empty() ? x->to(kBool, site.where) : reduce(site, op, x, dims, keepdim, kBool);
  return x->dtype() == kUInt8 ? result.to(kUInt8, site.where) : result; // an older kind of mask
}
/// All dimensions.
static Shape allDims(const Arg &x) {
  Shape dims;
  for (int64_t dim = 0, rank = std::max<int64_t>(x->dim(), 1); dim < rank; ++dim)
    dims.push_back(dim);
  return dims;
}
Tensor all(const Arg &x) { return all(x, allDims(x)); }
Tensor all(const Arg &x, const Shape &dims, bool keepdim) {
  return truth({"all", x.where}, "ingot.prod", x, dims, keepdim);
}
Tensor any(const Arg &x) { return any(x, allDims(x)); }
Tensor any(const Arg &x, const Shape &dims, bool keepdim) {
  return truth({"any", x.where}, "ingot.sum", x, dims, keepdim);
}

using Correction = std::optional<Scalar>;

/// The sum of squared distances from the mean, divided by the number of elements minus a correction (1 for none).
static std::tuple<Tensor, Tensor> moments(const Site &site, const Arg &x, const Shape &dims,
                                          const Correction &correction, bool keepdim) {
  detail::OpScope scope(site.op, site.where);
  requireFloat(site, x);
  std::vector<int64_t> over = detail::wrapDims(site, dims, x->dim());
  Tensor average = mean(x, over, true);
  Tensor squares = sum(square(sub(x, average)), dims, keepdim);
  Size count = countOf(site, x, dims);
  Scalar freedom;
  if (Scalar less = correction.value_or(1); less.isIntegral(true))
    freedom = Scalar(max(count - less.toLong(), 0));
  else
    freedom = std::max(static_cast<double>(int64_t(count)) - less.toDouble(), 0.0);
  Tensor center = keepdim ? average : x->dim() ? sum(average, over) : average;
  return {div(squares, Scalar::constant(freedom)), center};
}

Tensor var(const Arg &x, const Shape &dims, bool unbiased, bool keepdim) {
  return var(x, dims, Correction(unbiased ? 1 : 0), keepdim);
}
Tensor var(const Arg &x, const Shape &dims, const Correction &correction, bool keepdim) {
  return std::get<0>(moments({"var", x.where}, x, dims, correction, keepdim));
}
/// A root whose derivative is 0 where the sum is 0, as those of norms and deviations are.
static Tensor rootOf(const Tensor &sum, double order) {
  Tensor isZero = eq(sum, Scalar::constant(0));
  Tensor positive = where(isZero, Scalar::constant(1.0), sum);
  Tensor root = order == 2 ? sqrt(positive) : pow(positive, Scalar::constant(1 / order));
  return where(isZero, order < 0 ? Arg(Scalar::constant(INFINITY)) : Arg(sum), root);
}

Tensor std(const Arg &x, const Shape &dims, bool unbiased, bool keepdim) {
  return std(x, dims, Correction(unbiased ? 1 : 0), keepdim);
}
Tensor std(const Arg &x, const Shape &dims, const Correction &correction, bool keepdim) {
  detail::OpScope scope("std", x.where);
  return rootOf(var(x, dims, correction, keepdim), 2);
}
std::tuple<Tensor, Tensor> var_mean(const Arg &x, const Shape &dims, bool unbiased, bool keepdim) {
  return var_mean(x, dims, Correction(unbiased ? 1 : 0), keepdim);
}
std::tuple<Tensor, Tensor> var_mean(const Arg &x, const Shape &dims, const Correction &correction,
                                    bool keepdim) {
  return moments({"var_mean", x.where}, x, dims, correction, keepdim);
}
std::tuple<Tensor, Tensor> std_mean(const Arg &x, const Shape &dims, bool unbiased, bool keepdim) {
  return std_mean(x, dims, Correction(unbiased ? 1 : 0), keepdim);
}
std::tuple<Tensor, Tensor> std_mean(const Arg &x, const Shape &dims, const Correction &correction,
                                    bool keepdim) {
  detail::OpScope scope("std_mean", x.where);
  auto [variance, average] = var_mean(x, dims, correction, keepdim);
  return {rootOf(variance, 2), average};
}

/// The p-th power of magnitudes. Below 1 the derivative at 0, which is infinite, counts as 0.
static Tensor powerOf(const Tensor &magnitude, double order) {
  if (order >= 1)
    return pow(magnitude, Scalar::constant(order));
  Tensor isZero = eq(magnitude, Scalar::constant(0));
  Tensor power = pow(where(isZero, Scalar::constant(1.0), magnitude), Scalar::constant(order));
  return where(isZero, Scalar::constant(order < 0 ? INFINITY : 0.0), power);
}

Tensor norm(const Arg &x, const Scalar &p) { return norm(x, p, Shape()); }
Tensor norm(const Arg &x, const Scalar &p, Dtype type) { return norm(x, p, Shape(), false, type); }
Tensor norm(const Arg &x, const Scalar &p, const Shape &dims, bool keepdim, std::optional<Dtype> type) {
  Site site{"norm", x.where};
  detail::OpScope scope(site.op, site.where);
  if (type && isFloatingType(*type) && *type != x->dtype())
    return norm(x->to(*type, x.where), p, dims, keepdim);
  requireFloat(site, x);
  double order = p.toDouble();
  if (order == 2)
    return rootOf(sum(square(x), dims, keepdim), order);
  if (order == 1)
    return sum(abs(x), dims, keepdim);
  if (order == 0)
    return sum(ne(x, Scalar::constant(0)).to(x->dtype()), dims, keepdim);
  if (std::isinf(order))
    return order > 0 ? amax(abs(x), dims, keepdim) : amin(abs(x), dims, keepdim);
  return rootOf(sum(powerOf(abs(x), order), dims, keepdim), order);
}

// Shifted by the maximum, where that is finite.
Tensor logsumexp(const Arg &x, const Shape &dims, bool keepdim) {
  Site site{"logsumexp", x.where};
  detail::OpScope scope(site.op, site.where);
  if (!x->is_floating_point())
    return logsumexp(x->to(kFloat32), dims, keepdim);
  if (Size count = countOf(site, x, dims); count.isNumber() && count == 0)
    return log(sum(exp(x), dims, keepdim));
  Tensor most = amax(x, detail::wrapDims(site, dims, x->dim()), true);
  Tensor shift = where(isfinite(most), most, Scalar::constant(0.0));
  Tensor rest = log(sum(exp(sub(x, shift)), dims, keepdim));
  return add(rest, keepdim ? shift : sum(shift, dims));
}

static Tensor softmaxLike(const Site &site, const char *op, const Arg &x, int64_t dim,
                          std::optional<Dtype> type) {
  detail::RecordLock lock;
  if (!type)
    requireFloat(site, x);
  if (x->dim() == 0)
    return softmaxLike(site, op, Arg(x->view({1}, x.where), x.where), 0, type).view({}, x.where);
  Value operand = detail::operandAs(site, x, type.value_or(x->dtype()));
  return detail::recordOp(site, op, operand, detail::attr("dim", detail::wrapDim(site, dim, x->dim())),
                          operand.getType());
}
Tensor softmax(const Arg &x, int64_t dim, std::optional<Dtype> type) {
  return softmaxLike({"softmax", x.where}, "ingot.softmax", x, dim, type);
}
Tensor log_softmax(const Arg &x, int64_t dim, std::optional<Dtype> type) {
  return softmaxLike({"log_softmax", x.where}, "ingot.log_softmax", x, dim, type);
}

} // namespace ingot
