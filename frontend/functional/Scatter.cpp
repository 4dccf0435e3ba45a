// Functions that put elements where positions say.
#include "frontend/core/Promotion.h"
#include "frontend/functional/Indexed.h"
#include "frontend/functional/Pointwise.h"
#include "frontend/functional/factories.h"
#include "frontend/functional/ops.h"
#include <cmath>
#include <limits>

namespace ingot {

using detail::Site;

namespace {

/// The kind of ingot.scatter by PyTorch's name of a reduction.
const char *kindOf(const Site &site, const std::string &reduce) {
  if (reduce == "add" || reduce == "sum" || reduce == "mean")
    return "add";
  if (reduce == "multiply" || reduce == "prod")
    return "mul";
  if (reduce == "amax")
    return "max";
  if (reduce == "amin")
    return "min";
  detail::fail(site.op, site.where, "reduce must be sum, prod, mean, amax or amin (or add, multiply)",
               reduce);
}

/// The number that does not change what `kind` combines it with.
Scalar identityOf(const std::string &kind, Dtype type) {
  if (kind == "add" || kind == "mul")
    return Scalar::constant(kind == "add" ? 0 : 1);
  bool least = kind == "max";
  if (isFloatingType(type))
    return Scalar::constant(least ? -INFINITY : INFINITY);
  auto limit = [&](auto number) {
    using T = decltype(number);
    return Scalar::constant(int64_t(least ? std::numeric_limits<T>::min() : std::numeric_limits<T>::max()));
  };
  return type == kBool    ? Scalar::constant(!least)
         : type == kUInt8 ? limit(uint8_t())
         : type == kInt8  ? limit(int8_t())
         : type == kInt16 ? limit(int16_t())
         : type == kInt32 ? limit(int32_t())
                          : limit(int64_t());
}

/// Whether an index of one position an element fits what is put, and where.
void checkSizes(const Site &site, const Tensor &self, int64_t dim, const Tensor &index,
                const Tensor &source) {
  bool ok = index.dim() == self.dim() && index.dim() == source.dim();
  for (int64_t i = 0; ok && i < index.dim(); ++i) {
    auto isBelow = [&](const Size &a, const Size &b) {
      return !a.isNumber() || !b.isNumber() ? Shape(a) == Shape(b) : a <= b;
    };
    ok = isBelow(index.sizes()[i], source.sizes()[i]) &&
         (i == dim || isBelow(index.sizes()[i], self.sizes()[i]));
  }
  if (!ok)
    detail::fail(site.op, site.where,
                 "index must not be larger than the source, nor than the tensor but for dimension " +
                     std::to_string(dim),
                 "index " + index.sizes().str() + ", source " + source.sizes().str() + ", tensor " +
                     self.sizes().str());
  if (self.dtype() != source.dtype())
    detail::fail(site.op, site.where, "the source must have the tensor's type, " + detail::describe(self),
                 detail::describe(source));
}

/// The first elements of each dimension but `dim`, as many as index has.
Tensor corner(Tensor x, const Tensor &index, std::optional<int64_t> dim) {
  for (int64_t i = 0; i < x.dim(); ++i)
    if (dim != i && x.sizes()[i] != index.sizes()[i])
      x = x.narrow(i, 0, index.sizes()[i]);
  return x;
}

/// A position an element: self[.., index[i], ..] becomes `kind` of it and source[i].
Tensor scatterEach(const Site &site, const char *kind, const Tensor &self, int64_t dim, const Tensor &index,
                   const Tensor &source) {
  dim = detail::wrapDim(site, dim, self.dim());
  Tensor at = detail::asList(detail::positionsOf(site, index)), to = detail::asList(self),
         from = detail::asList(source);
  if (at.sizes() == Shape(0))
    return self.clone();
  checkSizes(site, to, dim, at, from);
  from = corner(from, at, std::nullopt);
  Tensor target = corner(to, at, dim);
  Tensor changed = detail::scatter(site, kind, target, dim, at, from, detail::allDims(to.dim()));
  if (target.sizes() == to.sizes())
    return changed.view(self.sizes());
  Tensor result = to.clone();
  corner(result, at, dim).copy_(changed);
  return result.view(self.sizes());
}

Tensor filled(const Tensor &index, const Scalar &value, Dtype type) {
  return full(index.sizes(), value, type);
}

/// Positions of whole slices: self[.., index[i], ..] becomes `kind` of it and source[.., i, ..].
Tensor scatterSlices(const Site &site, const char *kind, const Tensor &self, int64_t dim, const Tensor &index,
                     const Tensor &source) {
  dim = detail::wrapDim(site, dim, self.dim());
  Tensor at = detail::asList(detail::positionsOf(site, index));
  if (self.dtype() != source.dtype())
    detail::fail(site.op, site.where, "the source must have the tensor's type, " + detail::describe(self),
                 detail::describe(source));
  Tensor to = detail::asList(self), from = detail::asList(source);
  if (self.dim() && source.dim() == 0) {
    std::vector<Size> sizes(self.sizes().begin(), self.sizes().end());
    sizes[dim] = at.size(0);
    from = source.expand(sizes);
  }
  return detail::scatter(site, kind, to, dim, at, from, {dim}).view(self.sizes());
}

} // namespace

Tensor scatter(const Arg &self, int64_t dim, const Arg &index, const Arg &source) {
  Site site{"scatter", self.where};
  detail::OpScope scope(site.op, site.where);
  Tensor from = source.isTensor() ? *source : filled(*index, source.number, self->dtype());
  return scatterEach(site, "set", *self, dim, *index, from);
}

Tensor scatter(const Arg &self, int64_t dim, const Arg &index, const Arg &source, const std::string &reduce) {
  Site site{"scatter", self.where};
  detail::OpScope scope(site.op, site.where);
  Tensor from = source.isTensor() ? *source : filled(*index, source.number, self->dtype());
  return scatterEach(site, kindOf(site, reduce), *self, dim, *index, from);
}

Tensor scatter_add(const Arg &self, int64_t dim, const Arg &index, const Arg &source) {
  Site site{"scatter_add", self.where};
  detail::OpScope scope(site.op, site.where);
  return scatterEach(site, "add", *self, dim, *index, *source);
}

Tensor scatter_reduce(const Arg &self, int64_t dim, const Arg &index, const Arg &source,
                      const std::string &reduce, bool include_self) {
  Site site{"scatter_reduce", self.where};
  detail::OpScope scope(site.op, site.where);
  const char *kind = kindOf(site, reduce);
  Tensor start = *self;
  if (!include_self)
    start = scatterEach(site, "set", start, dim, *index,
                        filled(*index, identityOf(kind, self->dtype()), self->dtype()));
  Tensor result = scatterEach(site, kind, start, dim, *index, *source);
  if (reduce != "mean")
    return result;
  Tensor one = filled(*index, Scalar::constant(1), self->dtype());
  Tensor count = ones(self->sizes(), self->dtype());
  if (!include_self)
    count = scatterEach(site, "set", count, dim, *index, filled(*index, Scalar::constant(0), self->dtype()));
  count = scatterEach(site, "add", count, dim, *index, one);
  return self->is_floating_point() ? result / count : result.div(count, "floor");
}

Tensor index_add(const Arg &self, int64_t dim, const Arg &index, const Arg &source, const Scalar &alpha) {
  Site site{"index_add", self.where};
  detail::OpScope scope(site.op, site.where);
  Tensor from =
      alpha.isFloatingPoint() || alpha.toLong() != 1 ? (*source * alpha).to(self->dtype()) : *source;
  return scatterSlices(site, "add", *self, dim, *index, from);
}

Tensor index_copy(const Arg &self, int64_t dim, const Arg &index, const Arg &source) {
  Site site{"index_copy", self.where};
  detail::OpScope scope(site.op, site.where);
  return scatterSlices(site, "set", *self, dim, *index, *source);
}

Tensor index_fill(const Arg &self, int64_t dim, const Arg &index, const Arg &value) {
  Site site{"index_fill", self.where};
  detail::OpScope scope(site.op, site.where);
  Tensor from = value.isTensor() ? value->to(self->dtype()) : full({}, value.number, self->dtype());
  Size extent = self->dim() ? self->size(dim) : Size(1);
  return scatterSlices(site, "set", *self, dim,
                       detail::wrapPositions(detail::positionsOf(site, *index), extent), from);
}

// Each place that is set takes the next element of the source.
Tensor masked_scatter(const Arg &self, const Arg &mask, const Arg &source) {
  Site site{"masked_scatter", self.where};
  detail::OpScope scope(site.op, site.where);
  if (self->dtype() != source->dtype())
    detail::fail(site.op, site.where, "the source must have the tensor's type, " + detail::describe(*self),
                 detail::describe(*source));
  Shape sizes = detail::broadcastSizes(site, {self, mask});
  Tensor set = mask->to(kBool).expand(sizes).flatten();
  if (sizes.numel().isNumber() && sizes.numel() == 0)
    return self->expand(sizes).clone();
  Tensor next = detail::cumulative(site, "ingot.cumsum", set.to(kInt64), 0) - Scalar::constant(1);
  if (source->numel().isNumber() && source->numel() == 0)
    return self->expand(sizes).clone();
  Tensor taken = detail::gather(site, source->flatten(), 0, where(set, next, Scalar::constant(0)), {0});
  return where(set, taken, self->expand(sizes).flatten()).view(sizes);
}

Tensor select_scatter(const Arg &self, const Arg &source, int64_t dim, const Size &index) {
  detail::OpScope scope("select_scatter", self.where);
  Tensor result = self->clone();
  result.select(dim, index).copy_(source);
  return result;
}

Tensor slice_scatter(const Arg &self, const Arg &source, int64_t dim, std::optional<Size> start,
                     std::optional<Size> end, int64_t step) {
  detail::OpScope scope("slice_scatter", self.where);
  Tensor result = self->clone();
  result.slice(dim, start, end, step).copy_(source);
  return result;
}

Tensor diagonal_scatter(const Arg &self, const Arg &source, int64_t offset, int64_t dim1, int64_t dim2) {
  detail::OpScope scope("diagonal_scatter", self.where);
  Tensor result = self->clone();
  result.diagonal(offset, dim1, dim2).copy_(source);
  return result;
}

//===--- members ------------------------------------------------------------------------------------------------===//

using detail::writeResult;

#define INGOT_SCATTER(name, parameters, ...)                                                                 \
  Tensor Tensor::name parameters const { return ingot::name(Arg(*this, index.where), __VA_ARGS__); }         \
  Tensor &Tensor::name##_ parameters const {                                                                 \
    return writeResult({#name "_", index.where}, *this, ingot::name(Arg(*this, index.where), __VA_ARGS__));  \
  }
INGOT_SCATTER(scatter, (int64_t dim, const Arg &index, const Arg &source), dim, index, source)
INGOT_SCATTER(scatter, (int64_t dim, const Arg &index, const Arg &source, const std::string &reduce), dim,
              index, source, reduce)
INGOT_SCATTER(scatter_add, (int64_t dim, const Arg &index, const Arg &source), dim, index, source)
INGOT_SCATTER(scatter_reduce,
              (int64_t dim, const Arg &index, const Arg &source, const std::string &reduce,
               bool include_self),
              dim, index, source, reduce, include_self)
INGOT_SCATTER(index_add, (int64_t dim, const Arg &index, const Arg &source, const Scalar &alpha), dim, index,
              source, alpha)
INGOT_SCATTER(index_copy, (int64_t dim, const Arg &index, const Arg &source), dim, index, source)
INGOT_SCATTER(index_fill, (int64_t dim, const Arg &index, const Arg &value), dim, index, value)
INGOT_SCATTER(masked_scatter, (const Arg &index, const Arg &source), index, source)
#undef INGOT_SCATTER

} // namespace ingot
