// Sorting, and what is made of it.
#include "frontend/core/Promotion.h"
#include "frontend/functional/Indexed.h"
#include "frontend/functional/factories.h"
#include "frontend/functional/ops.h"
#include <cmath>
#include <limits>

namespace ingot {

using detail::Positions;
using detail::Site;

namespace {

using Pair = std::tuple<Tensor, Tensor>;

Tensor taken(const Site &site, const Tensor &x, int64_t dim, const Tensor &index) {
  return detail::gather(site, x, dim, index, detail::allDims(x.dim()), Positions::InBounds);
}

/// Elements [first, first + count) in order, with their positions.
Pair ordered(const Site &site, const Tensor &x, int64_t dim, bool descending,
             std::optional<int64_t> first = {}, int64_t count = 0) {
  Tensor index = detail::argsort(site, x, dim, descending);
  if (first)
    index = index.narrow(dim, *first, count, site.where);
  return {taken(site, x, dim, index), index};
}

/// Both results of one position a list, with or without its dimension.
Pair without(const Pair &pair, int64_t dim, bool keepdim) {
  const auto &[values, index] = pair;
  return keepdim ? pair : Pair{values.squeeze(dim), index.squeeze(dim)};
}

Pair reshaped(const Pair &pair, const Shape &sizes) {
  return {std::get<0>(pair).view(sizes), std::get<1>(pair).view(sizes)};
}

void checkCount(const Site &site, int64_t k, int64_t least, const Size &size) {
  if (k < least || !(Size(k) <= size))
    detail::fail(site.op, site.where, "k must be in [" + std::to_string(least) + ", " + size.str() + "]",
                 std::to_string(k));
}

/// The lower of the middle elements, or the first NaN.
Pair medianAlong(const Site &site, const Tensor &x, int64_t dim) {
  Size size = x.size(dim, site.where);
  if (size.isNumber() && size == 0)
    detail::fail(site.op, site.where, "the dimension must have elements", detail::describe(x));
  Tensor order = detail::argsort(site, x, dim, false), middle = order.narrow(dim, (size - 1) / 2, 1);
  if (x.is_floating_point()) {
    Tensor numbers = sum(eq(x, x), dim, true); // NaN come behind them
    Tensor first = taken(site, order, dim, minimum(numbers, Scalar::constant(Scalar(size - 1))));
    middle = where(eq(numbers, Scalar::constant(Scalar(size))), middle, first);
  }
  return {taken(site, x, dim, middle), middle};
}

} // namespace

Pair sort(const Arg &x, int64_t dim, bool descending) {
  Site site{"sort", x.where};
  detail::OpScope scope(site.op, site.where);
  dim = detail::wrapDim(site, dim, x->dim());
  return reshaped(ordered(site, detail::asList(*x), dim, descending), x->sizes());
}
Pair sort(const Arg &x, std::optional<bool>, int64_t dim, bool descending) {
  return sort(x, dim, descending);
}

Tensor argsort(const Arg &x, int64_t dim, bool descending) {
  Site site{"argsort", x.where};
  detail::OpScope scope(site.op, site.where);
  dim = detail::wrapDim(site, dim, x->dim());
  return detail::argsort(site, detail::asList(*x), dim, descending).view(x->sizes());
}
Tensor argsort(const Arg &x, bool, int64_t dim, bool descending) { return argsort(x, dim, descending); }

Tensor msort(const Arg &x) { return std::get<0>(sort(x, 0)); }

Pair topk(const Arg &x, int64_t k, int64_t dim, bool largest, bool) {
  Site site{"topk", x.where};
  detail::OpScope scope(site.op, site.where);
  dim = detail::wrapDim(site, dim, x->dim());
  Tensor list = detail::asList(*x);
  checkCount(site, k, 0, list.size(dim));
  Pair pair = ordered(site, list, dim, largest, 0, k);
  return x->dim() == 0 && k == 1 ? reshaped(pair, {}) : pair;
}

Pair kthvalue(const Arg &x, int64_t k, int64_t dim, bool keepdim) {
  Site site{"kthvalue", x.where};
  detail::OpScope scope(site.op, site.where);
  dim = detail::wrapDim(site, dim, x->dim());
  Tensor list = detail::asList(*x);
  checkCount(site, k, 1, list.size(dim));
  return without(ordered(site, list, dim, false, k - 1, 1), dim, keepdim && x->dim());
}

Pair median(const Arg &x, int64_t dim, bool keepdim) {
  Site site{"median", x.where};
  detail::OpScope scope(site.op, site.where);
  dim = detail::wrapDim(site, dim, x->dim());
  return without(medianAlong(site, detail::asList(*x), dim), dim, keepdim && x->dim());
}

// Equal elements share the gradient evenly, which amax does.
Tensor median(const Arg &x) {
  Site site{"median", x.where};
  detail::OpScope scope(site.op, site.where);
  Tensor list = x->flatten();
  Tensor middle = std::get<0>(medianAlong(site, list, 0)).view({});
  if (!x->is_floating_point())
    return middle;
  Tensor candidates = where(logical_or(eq(list, middle), ne(list, list)), list, Scalar::constant(-INFINITY));
  return amax(candidates);
}

//===--- searching in sorted lists ------------------------------------------------------------------------------===//

namespace {

/// The same for lists whose length is known at run time only: each element is looked at. NaN, the last elements, come before
/// a value if all numbers do.
Tensor countAllBefore(const Tensor &sorted, const Tensor &values, bool right) {
  Tensor elements = sorted.dim() == 1 ? sorted : sorted.unsqueeze(-2), wanted = values.unsqueeze(-1);
  Tensor isNumber = eq(elements, elements);
  Tensor after = right ? gt(elements, wanted) : ge(elements, wanted);
  Tensor numbers = sum(isNumber, -1), before = sum(logical_and(isNumber, logical_not(after)), -1);
  return where(eq(before, numbers), Scalar::constant(Scalar(sorted.size(-1))), before);
}

/// For each value the number of elements of its list that come before it: binary search, all values at once.
Tensor countBefore(const Site &site, const Tensor &sorted, const Tensor &values, bool right) {
  if (!sorted.size(-1).isNumber())
    return countAllBefore(sorted, values, right);
  int64_t size = sorted.size(-1, site.where), step = 1;
  while (step * 2 <= size)
    step *= 2;
  Tensor count = zeros(values.sizes(), kInt64);
  for (step = size ? step : 0; step > 0; step /= 2) {
    Tensor candidate = count + Scalar::constant(step);
    Tensor last = minimum(candidate, Scalar::constant(size)) - Scalar::constant(1);
    Tensor element =
        sorted.dim() == 1
            ? detail::gather(site, sorted, 0, last.flatten(), {0}, Positions::InBounds).view(values.sizes())
            : taken(site, sorted, sorted.dim() - 1, last);
    // Written so that NaN is larger than all numbers.
    Tensor before = logical_not(right ? gt(element, values) : ge(element, values));
    count = where(logical_and(before, le(candidate, Scalar::constant(size))), candidate, count);
  }
  return count;
}

bool fromRight(const Site &site, bool right, const std::optional<std::string> &side) {
  if (!side)
    return right;
  if (*side != "left" && *side != "right")
    detail::fail(site.op, site.where, "side must be 'left' or 'right'", "'" + *side + "'");
  return *side == "right";
}

} // namespace

Tensor searchsorted(const Arg &sorted, const Arg &values, bool out_int32, bool right,
                    std::optional<std::string> side, const Tensor &sorter) {
  Site site{"searchsorted", sorted.where};
  detail::OpScope scope(site.op, site.where);
  Tensor wanted = values.isTensor() ? *values : full({}, values.number, sorted->dtype());
  bool fits = sorted->dim() == 1 || sorted->dim() == wanted.dim();
  for (int64_t i = 0; fits && sorted->dim() > 1 && i + 1 < wanted.dim(); ++i)
    fits = Shape(sorted->sizes()[i]) == Shape(wanted.sizes()[i]);
  if (!fits)
    detail::fail(site.op, site.where,
                 "the sorted tensor must be a list, or have the sizes of the values but for the last",
                 sorted->sizes().str() + " for " + wanted.sizes().str());
  if (sorter.defined() && sorter.sizes() != sorted->sizes())
    detail::fail(site.op, site.where, "the sorter must have the sizes of the tensor that it sorts",
                 sorter.sizes().str() + " for " + sorted->sizes().str());
  Tensor list = sorter.defined() ? gather(sorted, -1, sorter) : *sorted;
  Tensor count = countBefore(site, list, wanted, fromRight(site, right, side));
  return out_int32 ? count.to(kInt32) : count;
}

Tensor bucketize(const Arg &values, const Arg &boundaries, bool out_int32, bool right) {
  detail::OpScope scope("bucketize", values.where);
  if (boundaries->dim() != 1)
    detail::fail("bucketize", values.where, "boundaries must be a list", detail::describe(*boundaries));
  return searchsorted(boundaries, values, out_int32, right);
}

Tensor isin(const Arg &elements, const Arg &tests, bool, bool invert) {
  Site site{"isin", elements.where};
  detail::OpScope scope(site.op, site.where);
  Tensor list = tests.isTensor() ? tests->flatten() : full({1}, tests.number, elements->dtype());
  Tensor wanted = elements.isTensor() ? *elements : full({}, elements.number, list.dtype());
  Tensor found = zeros(wanted.sizes(), kBool);
  if (!list.numel().isNumber() || list.numel() != 0)
    found = any(eq(wanted.unsqueeze(-1), list), -1);
  return invert ? logical_not(found) : found;
}

// The sizes of the results are known once the elements are.
std::tuple<Tensor, Tensor, Tensor> unique_consecutive(const Arg &x, bool return_inverse, bool return_counts) {
  Site site{"unique_consecutive", x.where};
  detail::OpScope scope(site.op, site.where);
  Tensor list = x->flatten();
  int64_t size = list.numel();
  if (size == 0)
    return {list.clone(), zeros(x->sizes(), kInt64), zeros({0}, kInt64)};
  Tensor isNew = cat({ones({1}, kBool), ne(list.narrow(0, 1, size - 1), list.narrow(0, 0, size - 1))});
  std::vector<int64_t> starts = detail::positionsOfNonZero(site, isNew);
  int64_t count = int64_t(starts.size());
  Tensor first = detail::ofNumbers(starts, count);
  Tensor values = detail::gather(site, list, 0, first, {0}, Positions::InBounds), inverse, counts;
  if (return_inverse)
    inverse = (detail::cumulative(site, "ingot.cumsum", isNew.to(kInt64), 0) - Scalar::constant(1))
                  .view(x->sizes());
  if (return_counts)
    counts = cat({first.narrow(0, 1, count - 1), full({1}, size, kInt64)}) - first;
  return {values, inverse, counts};
}

std::tuple<Tensor, Tensor, Tensor> _unique2(const Arg &x, bool, bool return_inverse, bool return_counts) {
  Site site{"unique", x.where};
  detail::OpScope scope(site.op, site.where);
  auto [values, order] = ordered(site, x->flatten(), 0, false);
  auto [uniqueValues, inverse, counts] = unique_consecutive(values, return_inverse, return_counts);
  if (return_inverse)
    inverse = detail::scatter(site, "set", zeros(order.sizes(), kInt64), 0, order, inverse, {0},
                              Positions::InBounds)
                  .view(x->sizes());
  return {uniqueValues, inverse, counts};
}

//===--- members ------------------------------------------------------------------------------------------------===//

Pair Tensor::sort(int64_t dim, bool descending, const Where &at) const {
  return ingot::sort(Arg(*this, at), dim, descending);
}
Tensor Tensor::argsort(int64_t dim, bool descending, const Where &at) const {
  return ingot::argsort(Arg(*this, at), dim, descending);
}
Pair Tensor::topk(int64_t k, int64_t dim, bool largest, bool sorted, const Where &at) const {
  return ingot::topk(Arg(*this, at), k, dim, largest, sorted);
}
Pair Tensor::kthvalue(int64_t k, int64_t dim, bool keepdim, const Where &at) const {
  return ingot::kthvalue(Arg(*this, at), k, dim, keepdim);
}
Tensor Tensor::median(const Where &at) const { return ingot::median(Arg(*this, at)); }
Pair Tensor::median(int64_t dim, bool keepdim, const Where &at) const {
  return ingot::median(Arg(*this, at), dim, keepdim);
}
Tensor Tensor::msort(const Where &at) const { return ingot::msort(Arg(*this, at)); }

} // namespace ingot
