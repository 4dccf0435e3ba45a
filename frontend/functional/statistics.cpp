#include "frontend/functional/statistics.h"
#include "frontend/core/Value.h"
#include "frontend/functional/Indexed.h"
#include "frontend/functional/factories.h"
#include "frontend/functional/ops.h"
#include <cmath>

namespace ingot {

using detail::Site;
using Pair = std::tuple<Tensor, Tensor>;

namespace {

Scalar constant(double number) { return Scalar::constant(number); }

/// The elements in rows: the last dimension is the one that statistics are taken along.
struct Rows {
  Rows(const Site &site, const Arg &x, std::optional<int64_t> along) : rank(x->dim()), all(!along) {
    Tensor list = along && rank ? *x : x->flatten(0, -1, site.where);
    dim = along ? detail::wrapDim(site, *along, list.dim()) : 0;
    elements = list.movedim(dim, -1, site.where);
  }
  /// What was found in each row, with the dimension again, of size 1, where it is kept.
  Tensor finish(const Tensor &found, bool keepdim) const {
    if (!keepdim || rank == 0)
      return found;
    return all ? found.view(std::vector<Size>(size_t(rank), Size(1))) : found.unsqueeze(dim);
  }

  int64_t rank, dim = 0;
  bool all;
  Tensor elements;
};

/// The elements of sorted rows at places between two of them, [..., n] for places [..., n].
Tensor between(const Site &site, const Tensor &sorted, const Tensor &places,
               const std::string &interpolation) {
  auto at = [&](const Tensor &place) { return gather(sorted, -1, place.to(kInt64)); };
  if (interpolation == "lower")
    return at(places.floor());
  if (interpolation == "higher")
    return at(places.ceil());
  if (interpolation == "nearest")
    return at(places.round());
  Tensor below = places.floor();
  if (interpolation == "linear")
    return lerp(at(below), at(places.ceil()), places - below);
  if (interpolation == "midpoint")
    return lerp(at(below), at(places.ceil()), full({}, constant(0.5), sorted.dtype()));
  detail::fail(site.op, site.where, "interpolation must be linear, lower, higher, midpoint or nearest",
               '"' + interpolation + '"');
}

Tensor quantileOf(const Site &site, const Arg &x, const Arg &q, std::optional<int64_t> dim, bool keepdim,
                  const std::string &interpolation, bool ignoreNan) {
  detail::OpScope scope(site.op, site.where);
  if (!x->is_floating_point())
    detail::fail(site.op, site.where, "the elements must be of floating point", detail::describe(*x));
  Tensor shares = q.isTensor() ? *q : full({}, q.number, x->dtype());
  if (shares.dim() > 1 || shares.dtype() != x->dtype())
    detail::fail(site.op, site.where, "q must be a number, or a list of the input's type",
                 detail::describe(shares));
  Rows rows(site, x, dim);
  Tensor sorted = std::get<0>(rows.elements.sort(-1, false, site.where));
  Tensor isNumber = eq(sorted, sorted), count = isNumber.sum({-1}, true, x->dtype());
  if (!ignoreNan)
    count = full({}, constant(1), x->dtype()) * Scalar(sorted.size(-1));
  Tensor places = clamp_min(shares.view({-1}) * (count - constant(1)), constant(0));
  std::vector<Size> sizes(sorted.sizes().begin(), sorted.sizes().end());
  sizes.back() = shares.numel();
  Tensor found = between(site, sorted, places.expand(sizes), interpolation);
  if (!ignoreNan)
    found = where(isNumber.all(-1, true), found, constant(NAN));
  if (shares.dim() == 0)
    return rows.finish(found.select(-1, 0), keepdim);
  std::vector<Tensor> each;
  for (const Tensor &one : found.unbind(-1))
    each.push_back(rows.finish(one, keepdim));
  return stack(each);
}

/// An element of each sorted row, and its position in the row before.
Pair pick(const Rows &rows, const Pair &sorted, const Tensor &place, bool keepdim) {
  auto at = [&](const Tensor &list) { return rows.finish(gather(list, -1, place).squeeze(-1), keepdim); };
  return {at(std::get<0>(sorted)), at(std::get<1>(sorted))};
}

Pair nanmedianOf(const Site &site, const Arg &x, std::optional<int64_t> dim, bool keepdim) {
  detail::OpScope scope(site.op, site.where);
  Rows rows(site, x, dim);
  Pair sorted = rows.elements.sort(-1, false, site.where);
  Tensor count = eq(std::get<0>(sorted), std::get<0>(sorted)).sum({-1}, true);
  Tensor place =
      clamp_min((count - constant(1)).to(kInt64).div(Scalar::constant(2), "floor"), Scalar::constant(0));
  return pick(rows, sorted, place, keepdim);
}

} // namespace

Tensor quantile(const Arg &x, const Arg &q, std::optional<int64_t> dim, bool keepdim,
                const std::string &interpolation) {
  return quantileOf({"quantile", x.where}, x, q, dim, keepdim, interpolation, false);
}
Tensor nanquantile(const Arg &x, const Arg &q, std::optional<int64_t> dim, bool keepdim,
                   const std::string &interpolation) {
  return quantileOf({"nanquantile", x.where}, x, q, dim, keepdim, interpolation, true);
}

Tensor nanmedian(const Arg &x) {
  return std::get<0>(nanmedianOf({"nanmedian", x.where}, x, std::nullopt, false));
}
Pair nanmedian(const Arg &x, int64_t dim, bool keepdim) {
  return nanmedianOf({"nanmedian", x.where}, x, dim, keepdim);
}

Pair mode(const Arg &x, int64_t dim, bool keepdim) {
  Site site{"mode", x.where};
  detail::OpScope scope(site.op, site.where);
  Rows rows(site, x, dim);
  Pair sorted = rows.elements.sort(-1, false, site.where);
  Tensor values = std::get<0>(sorted).contiguous();
  Tensor end = searchsorted(values, values, false, /*right=*/true);
  Tensor frequency = end - searchsorted(values, values);
  Tensor first = argmax(frequency, -1, true); // of the least of the most frequent
  return pick(rows, sorted, gather(end, -1, first) - Scalar::constant(1), keepdim);
}

Tensor histc(const Arg &x, int64_t bins, const Scalar &min, const Scalar &max) {
  Site site{"histc", x.where};
  detail::OpScope scope(site.op, site.where);
  if (bins <= 0)
    detail::fail(site.op, site.where, "the number of bins must be positive", std::to_string(bins));
  double low = min.toDouble(), high = max.toDouble();
  if (!x->is_floating_point() || !(low <= high) || !std::isfinite(high - low))
    detail::fail(site.op, site.where, "elements of floating point and a finite range are required",
                 detail::describe(*x) + ", [" + std::to_string(low) + ", " + std::to_string(high) + "]");
  Tensor list = x->detach().flatten();
  Tensor least = full({}, min, x->dtype()), most = full({}, max, x->dtype());
  if (low == high) {
    if (low == 0 && !(list.numel() == 0))
      least = list.min(), most = list.max();
    Tensor empty = eq(least, most);
    least = least - empty, most = most + empty;
  }
  Tensor inside = logical_and(ge(list, least), le(list, most));
  Tensor place = (where(inside, list, least) - least) * constant(double(bins)) / (most - least);
  Tensor bin = clamp_max(place.to(kInt64), Scalar::constant(bins - 1));
  return scatter_add(zeros({bins}, x->dtype()), 0, bin, inside.to(x->dtype()));
}

Tensor bincount(const Arg &x, const Tensor &weights, int64_t minlength) {
  Site site{"bincount", x.where};
  detail::OpScope scope(site.op, site.where);
  if (x->dim() != 1 || !isIntegralType(x->dtype()) || minlength < 0)
    detail::fail(site.op, site.where, "a list of integers and a minlength that is not negative are required",
                 detail::describe(*x) + ", " + std::to_string(minlength));
  if (weights.defined() && weights.sizes() != x->sizes())
    detail::fail(site.op, site.where, "the weights must have the sizes of the list",
                 detail::describe(weights) + " for " + detail::describe(*x));
  Tensor list = x->to(kInt64);
  int64_t length = minlength;
  if (!(list.numel() == 0)) {
    if (int64_t least = list.min().item(site.where).toLong(); least < 0)
      detail::fail(site.op, site.where, "the integers must not be negative", std::to_string(least));
    length = std::max(length, list.max().item(site.where).toLong() + 1);
  }
  Tensor each = ones(list.sizes(), kInt64);
  if (weights.defined())
    each = weights.dtype() == kFloat32 ? weights : weights.to(kFloat64);
  return scatter_add(zeros({length}, each.dtype()), 0, list, each);
}

Tensor cov(const Arg &x, int64_t correction) {
  Site site{"cov", x.where};
  detail::OpScope scope(site.op, site.where);
  if (x->dim() > 2)
    detail::fail(site.op, site.where, "variables by observations, [n, m] or [m], are required",
                 detail::describe(*x));
  Tensor rows = x->is_floating_point() ? *x : x->to(get_default_dtype());
  if (rows.dim() < 2)
    rows = rows.view({1, -1});
  Tensor deviations = rows - rows.mean({1}, true);
  Tensor divisor = clamp_min(full({}, Scalar(rows.size(1) - correction), rows.dtype()), constant(0));
  Tensor result = matmul(deviations, deviations.t()) / divisor;
  return x->dim() < 2 ? result.view({}) : result;
}

Tensor corrcoef(const Arg &x) {
  detail::OpScope scope("corrcoef", x.where);
  Tensor covariances = cov(x);
  if (covariances.dim() == 0)
    return covariances / covariances;
  Tensor deviations = covariances.diagonal().sqrt();
  return clamp(covariances / deviations.unsqueeze(1) / deviations.unsqueeze(0), constant(-1), constant(1));
}

Tensor Tensor::quantile(const Arg &q, std::optional<int64_t> dim, bool keepdim,
                        const std::string &interpolation) const {
  return ingot::quantile(Arg(*this, q.where), q, dim, keepdim, interpolation);
}
Tensor Tensor::nanquantile(const Arg &q, std::optional<int64_t> dim, bool keepdim,
                           const std::string &interpolation) const {
  return ingot::nanquantile(Arg(*this, q.where), q, dim, keepdim, interpolation);
}
Tensor Tensor::nanmedian(const Where &at) const { return ingot::nanmedian(Arg(*this, at)); }
Pair Tensor::nanmedian(int64_t dim, bool keepdim, const Where &at) const {
  return ingot::nanmedian(Arg(*this, at), dim, keepdim);
}
Pair Tensor::mode(int64_t dim, bool keepdim, const Where &at) const {
  return ingot::mode(Arg(*this, at), dim, keepdim);
}
Tensor Tensor::histc(int64_t bins, const Scalar &min, const Scalar &max, const Where &at) const {
  return ingot::histc(Arg(*this, at), bins, min, max);
}
Tensor Tensor::bincount(const Tensor &weights, int64_t minlength, const Where &at) const {
  return ingot::bincount(Arg(*this, at), weights, minlength);
}
Tensor Tensor::cov(int64_t correction, const Where &at) const {
  return ingot::cov(Arg(*this, at), correction);
}
Tensor Tensor::corrcoef(const Where &at) const { return ingot::corrcoef(Arg(*this, at)); }

} // namespace ingot
