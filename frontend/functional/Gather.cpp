// Functions that take elements by their positions.
#include "frontend/core/Promotion.h"
#include "frontend/functional/Indexed.h"
#include "frontend/functional/factories.h"
#include "frontend/functional/ops.h"

namespace ingot {

using detail::Positions;
using detail::Site;

namespace {

/// x cut to the sizes of `index` in all dimensions but one.
Tensor cutTo(const Site &site, const Tensor &x, int64_t dim, const Tensor &index) {
  if (x.dim() != index.dim())
    detail::fail(site.op, site.where, "index must have as many dimensions as " + detail::describe(x),
                 detail::describe(index));
  Tensor cut = x;
  for (int64_t i = 0; i < x.dim(); ++i)
    if (i != dim && x.sizes()[i] != index.sizes()[i])
      cut = cut.narrow(i, 0, index.sizes()[i], site.where);
  return cut;
}

} // namespace

Tensor gather(const Arg &x, int64_t dim, const Arg &index, bool) {
  Site site{"gather", x.where};
  detail::OpScope scope(site.op, site.where);
  dim = detail::wrapDim(site, dim, x->dim());
  Tensor positions = detail::positionsOf(site, *index);
  Tensor from = detail::asList(*x), at = detail::asList(positions);
  // PyTorch takes an empty index of any number of dimensions.
  if (from.dim() != at.dim() && positions.numel().isNumber() && positions.numel() == 0)
    return empty(positions.sizes(), x->options());
  Tensor result = detail::gather(site, cutTo(site, from, dim, at), dim, at, detail::allDims(from.dim()));
  return result.view(positions.sizes(), site.where);
}

Tensor take_along_dim(const Arg &x, const Arg &index, std::optional<int64_t> dim) {
  Site site{"take_along_dim", x.where};
  detail::OpScope scope(site.op, site.where);
  Tensor positions = detail::positionsOf(site, *index);
  if (!dim)
    return gather(x->flatten(), 0, detail::wrapPositions(positions.flatten(), x->numel()));
  int64_t along = detail::wrapDim(site, *dim, x->dim());
  positions = detail::wrapPositions(positions, x->dim() ? x->size(along) : Size(1));
  if (x->dim() != positions.dim())
    detail::fail(site.op, site.where, "indices must have as many dimensions as " + detail::describe(*x),
                 detail::describe(positions));
  std::vector<Size> own(x->sizes().begin(), x->sizes().end()),
      its(positions.sizes().begin(), positions.sizes().end());
  own[along] = its[along] = 1;
  std::vector<Size> common = detail::broadcastSizes(site, own, its), from = common, to = common;
  from[along] = x->sizes()[along], to[along] = positions.sizes()[along];
  return gather(x->expand(from), along, positions.expand(to));
}

Tensor index_select(const Arg &x, int64_t dim, const Arg &index) {
  Site site{"index_select", x.where};
  detail::OpScope scope(site.op, site.where);
  dim = detail::wrapDim(site, dim, x->dim());
  Tensor positions = detail::positionsOf(site, *index);
  if (positions.dim() > 1)
    detail::fail(site.op, site.where, "index must be a list", detail::describe(positions));
  Tensor result = detail::gather(site, detail::asList(*x), dim, detail::asList(positions), {dim});
  return x->dim() == 0 ? result.view({}, site.where) : result;
}

Tensor take(const Arg &x, const Arg &index) {
  Site site{"take", x.where};
  detail::OpScope scope(site.op, site.where);
  Tensor positions = detail::wrapPositions(detail::positionsOf(site, *index), x->numel());
  return detail::gather(site, x->flatten(), 0, positions.flatten(), {0}).view(positions.sizes(), site.where);
}

Tensor masked_select(const Arg &x, const Arg &mask) {
  Site site{"masked_select", x.where};
  detail::OpScope scope(site.op, site.where);
  if (detail::typeOf(site, *mask); mask->dtype() != kBool)
    detail::fail(site.op, site.where, "the mask must be bool", detail::describe(*mask));
  Shape sizes = detail::broadcastSizes(site, {x, mask});
  std::vector<int64_t> positions = detail::positionsOfNonZero(site, mask->expand(sizes, site.where));
  Tensor at = detail::ofNumbers(positions, int64_t(positions.size()));
  return detail::gather(site, x->expand(sizes, site.where).flatten(), 0, at, {0}, Positions::InBounds);
}

Tensor nonzero(const Arg &x) {
  Site site{"nonzero", x.where};
  detail::OpScope scope(site.op, site.where);
  std::vector<int64_t> positions = detail::positionsOfNonZero(site, *x), sizes = x->sizes().vec(), rows;
  for (int64_t position : positions) {
    std::vector<int64_t> row(sizes.size());
    for (size_t dim = sizes.size(); dim-- > 0; position /= sizes[dim])
      row[dim] = position % sizes[dim];
    rows.insert(rows.end(), row.begin(), row.end());
  }
  return detail::ofNumbers(rows, {int64_t(positions.size()), x->dim()});
}

std::vector<Tensor> nonzero_numpy(const Arg &x) {
  return nonzero(Arg(detail::asList(*x), x.where)).unbind(1);
}

Tensor count_nonzero(const Arg &x, const Shape &dims) {
  detail::OpScope scope("count_nonzero", x.where);
  return sum(ne(x, Scalar::constant(0)), dims);
}

Tensor one_hot(const Arg &x, int64_t classes) {
  Site site{"one_hot", x.where};
  detail::OpScope scope(site.op, site.where);
  Tensor positions = detail::positionsOf(site, *x);
  if (classes < 0)
    classes = positions.numel() == 0 ? 0 : positions.max().item(site.where).toLong() + 1;
  std::vector<Size> sizes(x->sizes().begin(), x->sizes().end());
  Tensor flat = positions.view({-1, 1}, site.where);
  Tensor rows = zeros({flat.size(0), classes}, kInt64), one = ones(flat.sizes(), kInt64);
  sizes.emplace_back(classes);
  return detail::scatter(site, "set", rows, 1, flat, one, {0, 1}).view(sizes, site.where);
}

//===--- members ------------------------------------------------------------------------------------------------===//

Tensor Tensor::gather(int64_t dim, const Arg &index) const {
  return ingot::gather(Arg(*this, index.where), dim, index);
}
Tensor Tensor::take_along_dim(const Arg &index, std::optional<int64_t> dim) const {
  return ingot::take_along_dim(Arg(*this, index.where), index, dim);
}
Tensor Tensor::index_select(int64_t dim, const Arg &index) const {
  return ingot::index_select(Arg(*this, index.where), dim, index);
}
Tensor Tensor::take(const Arg &index) const { return ingot::take(Arg(*this, index.where), index); }
Tensor Tensor::masked_select(const Arg &mask) const {
  return ingot::masked_select(Arg(*this, mask.where), mask);
}
Tensor Tensor::nonzero(const Where &at) const { return ingot::nonzero(Arg(*this, at)); }
Tensor Tensor::count_nonzero(const Shape &dims, const Where &at) const {
  return ingot::count_nonzero(Arg(*this, at), dims);
}

} // namespace ingot
