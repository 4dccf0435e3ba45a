// Functions along a dimension, element by element.
#include "frontend/core/Promotion.h"
#include "frontend/functional/Indexed.h"
#include "frontend/functional/ops.h"

namespace ingot {

using detail::Positions;
using detail::Site;

namespace {

Tensor along(const Site &site, const char *op, const Arg &x, int64_t dim, Dtype type) {
  detail::OpScope scope(site.op, site.where);
  dim = detail::wrapDim(site, dim, x->dim());
  return detail::cumulative(site, op, detail::asList(x->to(type, site.where)), dim)
      .view(x->sizes(), site.where);
}

/// Sums and products of integers are int64.
Dtype accumulatedType(const Arg &x, std::optional<Dtype> type) {
  return type ? *type : x->is_floating_point() ? x->dtype() : kInt64;
}

std::tuple<Tensor, Tensor> extremum(const Site &site, const char *op, const Arg &x, int64_t dim) {
  detail::OpScope scope(site.op, site.where);
  dim = detail::wrapDim(site, dim, x->dim());
  Tensor list = detail::asList(*x), keys = x->dtype() == kBool ? list.to(kInt32) : list;
  Tensor index = detail::cumulative(site, op, keys, dim);
  Tensor values = detail::gather(site, list, dim, index, detail::allDims(list.dim()), Positions::InBounds);
  return {values.view(x->sizes()), index.view(x->sizes())};
}

} // namespace

Tensor cumsum(const Arg &x, int64_t dim, std::optional<Dtype> type) {
  return along({"cumsum", x.where}, "ingot.cumsum", x, dim, accumulatedType(x, type));
}
Tensor cumprod(const Arg &x, int64_t dim, std::optional<Dtype> type) {
  return along({"cumprod", x.where}, "ingot.cumprod", x, dim, accumulatedType(x, type));
}
Tensor logcumsumexp(const Arg &x, int64_t dim) {
  return along({"logcumsumexp", x.where}, "ingot.logcumsumexp", x, dim,
               x->is_floating_point() ? x->dtype() : kFloat32);
}
std::tuple<Tensor, Tensor> cummax(const Arg &x, int64_t dim) {
  return extremum({"cummax", x.where}, "ingot.cummax_index", x, dim);
}
std::tuple<Tensor, Tensor> cummin(const Arg &x, int64_t dim) {
  return extremum({"cummin", x.where}, "ingot.cummin_index", x, dim);
}

Tensor diff(const Arg &x, int64_t n, int64_t dim, const Tensor &prepend, const Tensor &append) {
  Site site{"diff", x.where};
  detail::OpScope scope(site.op, site.where);
  if (x->dim() == 0)
    detail::fail(site.op, site.where, "the tensor must have at least one dimension", detail::describe(*x));
  if (n < 0)
    detail::fail(site.op, site.where, "n must not be negative", std::to_string(n));
  dim = detail::wrapDim(site, dim, x->dim());
  if (n == 0) // of itself, without what would stand before and behind it
    return x->clone();
  TensorList parts;
  for (const Tensor &part : {prepend, *x, append})
    if (part.defined())
      parts.push_back(part);
  Tensor result = parts.size() > 1 ? cat(parts, dim) : *x;
  for (; n > 0; --n) {
    Size size = result.size(dim);
    if (size.isNumber() && size == 0)
      break;
    Tensor later = result.narrow(dim, 1, size - 1), earlier = result.narrow(dim, 0, size - 1);
    result = result.dtype() == kBool ? ne(later, earlier) : sub(later, earlier);
  }
  return result;
}

//===--- members ------------------------------------------------------------------------------------------------===//

Tensor Tensor::cumsum(int64_t dim, std::optional<Dtype> type, const Where &at) const {
  return ingot::cumsum(Arg(*this, at), dim, type);
}
Tensor Tensor::cumprod(int64_t dim, std::optional<Dtype> type, const Where &at) const {
  return ingot::cumprod(Arg(*this, at), dim, type);
}
Tensor Tensor::logcumsumexp(int64_t dim, const Where &at) const {
  return ingot::logcumsumexp(Arg(*this, at), dim);
}
std::tuple<Tensor, Tensor> Tensor::cummax(int64_t dim, const Where &at) const {
  return ingot::cummax(Arg(*this, at), dim);
}
std::tuple<Tensor, Tensor> Tensor::cummin(int64_t dim, const Where &at) const {
  return ingot::cummin(Arg(*this, at), dim);
}
Tensor Tensor::diff(int64_t n, int64_t dim, const Tensor &prepend, const Tensor &append,
                    const Where &at) const {
  return ingot::diff(Arg(*this, at), n, dim, prepend, append);
}

} // namespace ingot
