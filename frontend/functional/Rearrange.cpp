// Functions that give the elements another order, or repeat them.
#include "frontend/core/Promotion.h"
#include "frontend/functional/Indexed.h"
#include "frontend/functional/factories.h"
#include "frontend/functional/ops.h"
#include <algorithm>

namespace ingot {

using detail::Site;

static void checkOutputSize(const Site &site, std::optional<int64_t> wanted, const Size &size) {
  if (wanted && size.isNumber() && size != *wanted)
    detail::fail(site.op, site.where, "output_size must be the sum of the numbers of times, " + size.str(),
                 std::to_string(*wanted));
}

Tensor repeat_interleave(const Arg &x, int64_t times, std::optional<int64_t> dim,
                         std::optional<int64_t> output_size) {
  Site site{"repeat_interleave", x.where};
  detail::OpScope scope(site.op, site.where);
  if (times < 0)
    detail::fail(site.op, site.where, "the number of times must not be negative", std::to_string(times));
  if (!dim) {
    checkOutputSize(site, output_size, x->numel() * times);
    return x->view({-1, 1}).expand({x->numel(), times}).view(x->numel() * times).clone();
  }
  int64_t along = detail::wrapDim(site, *dim, x->dim());
  Tensor list = detail::asList(*x);
  std::vector<Size> wide(list.sizes().begin(), list.sizes().end()), joined = wide;
  wide.insert(wide.begin() + along + 1, Size(times));
  joined[along] *= times;
  checkOutputSize(site, output_size, joined[along]);
  return list.unsqueeze(along + 1).expand(wide).view(joined).clone();
}

Tensor repeat_interleave(const Arg &x, const Tensor &times, std::optional<int64_t> dim,
                         std::optional<int64_t> output_size) {
  Site site{"repeat_interleave", x.where};
  detail::OpScope scope(site.op, site.where);
  int64_t along = dim ? detail::wrapDim(site, *dim, x->dim()) : 0;
  Tensor list = dim ? detail::asList(*x) : x->flatten();
  int64_t size = list.size(along);
  Tensor counts = detail::positionsOf(site, times).expand({size}).clone();
  std::vector<int64_t> positions;
  const int64_t *count = counts.const_data_ptr<int64_t>(site.where);
  for (int64_t i = 0; i < size; ++i) {
    if (count[i] < 0)
      detail::fail(site.op, site.where, "the numbers of times must not be negative",
                   std::to_string(count[i]));
    positions.insert(positions.end(), static_cast<size_t>(count[i]), i);
  }
  checkOutputSize(site, output_size, int64_t(positions.size()));
  Tensor index = detail::ofNumbers(positions, int64_t(positions.size()));
  return detail::gather(site, list, along, index, {along}, detail::Positions::InBounds);
}

Tensor repeat_interleave(const Arg &times) {
  Site site{"repeat_interleave", times.where};
  detail::OpScope scope(site.op, site.where);
  if (detail::typeOf(site, *times); times->dim() != 1)
    detail::fail(site.op, site.where, "the numbers of times must be a list", detail::describe(*times));
  return repeat_interleave(arange(Scalar(times->size(0))), *times);
}

Tensor fliplr(const Arg &x) { return flip(x, {1}); }
Tensor flipud(const Arg &x) { return flip(x, {0}); }

Tensor rot90(const Arg &x, int64_t k, const Shape &dims) {
  Site site{"rot90", x.where};
  detail::OpScope scope(site.op, site.where);
  if (dims.size() != 2)
    detail::fail(site.op, site.where, "two dimensions are required", dims.str());
  int64_t first = detail::wrapDim(site, dims[0], x->dim()), second = detail::wrapDim(site, dims[1], x->dim());
  if (first == second)
    detail::fail(site.op, site.where, "the two dimensions must be different ones", dims.str());
  switch (((k % 4) + 4) % 4) {
  case 1: return flip(x, second).transpose(first, second);
  case 2: return flip(x, {first, second});
  case 3: return flip(x, first).transpose(first, second);
  default: return clone(x);
  }
}

Tensor tile(const Arg &x, const Shape &times) {
  detail::OpScope scope("tile", x.where);
  std::vector<Size> all(times.begin(), times.end());
  while (int64_t(all.size()) < x->dim())
    all.insert(all.begin(), Size(1));
  return x->repeat(all, x.where);
}

Tensor movedim(const Arg &x, int64_t source, int64_t destination) {
  return x->movedim(source, destination, x.where);
}
Tensor movedim(const Arg &x, const Shape &source, const Shape &destination) {
  Site site{"movedim", x.where};
  detail::OpScope scope(site.op, site.where);
  int64_t rank = x->dim();
  if (source.size() != destination.size())
    detail::fail(site.op, site.where, "as many destinations as sources are required",
                 source.str() + " to " + destination.str());
  detail::wrapDims(site, source, rank), detail::wrapDims(site, destination, rank);
  std::vector<int64_t> order(static_cast<size_t>(rank), -1), rest;
  for (size_t i = 0; i < source.size(); ++i)
    order[detail::wrapDim(site, destination[i], rank)] = detail::wrapDim(site, source[i], rank);
  for (int64_t dim = 0; dim < rank; ++dim)
    if (std::ranges::find(order, dim) == order.end())
      rest.push_back(dim);
  auto next = rest.begin();
  for (int64_t &dim : order)
    if (dim < 0)
      dim = *next++;
  return x->permute(order, x.where);
}

std::vector<Tensor> broadcast_tensors(const TensorList &tensors, const Where &at) {
  Site site{"broadcast_tensors", at};
  detail::OpScope scope(site.op, at);
  std::vector<Arg> operands;
  for (const Tensor &tensor : tensors)
    detail::typeOf(site, tensor), operands.emplace_back(tensor, at);
  Shape sizes = detail::broadcastSizes(site, operands);
  std::vector<Tensor> results;
  for (const Tensor &tensor : tensors)
    results.push_back(tensor.expand(sizes, at));
  return results;
}

std::vector<Tensor> meshgrid(const TensorList &tensors, const std::string &indexing, const Where &at) {
  Site site{"meshgrid", at};
  detail::OpScope scope(site.op, at);
  if (indexing != "ij" && indexing != "xy")
    detail::fail(site.op, at, "indexing must be 'ij' or 'xy'", "'" + indexing + "'");
  TensorList lists;
  std::vector<Size> sizes;
  for (const Tensor &tensor : tensors) {
    if (detail::typeOf(site, tensor); tensor.dim() > 1)
      detail::fail(site.op, at, "each tensor must be a list", detail::describe(tensor));
    lists.push_back(detail::asList(tensor));
    sizes.push_back(lists.back().size(0));
  }
  std::vector<Tensor> grids;
  for (size_t i = 0; i < lists.size(); ++i) {
    std::vector<Size> own(lists.size(), Size(1));
    own[i] = sizes[i];
    grids.push_back(lists[i].view(own, at).expand(sizes, at));
  }
  if (indexing == "xy" && grids.size() > 1)
    for (Tensor &grid : grids)
      grid = grid.transpose(0, 1, at);
  return grids;
}

// Windows over one dimension, which become a new last one: a copy.
Tensor Tensor::unfold(int64_t dim, int64_t size, int64_t step, const Where &at) const {
  Site site{"unfold", at};
  detail::OpScope scope(site.op, at);
  dim = detail::wrapDim(site, dim, this->dim());
  Tensor list = detail::asList(*this);
  Size extent = list.size(dim, at);
  if (size < 0 || !(Size(size) <= extent) || step < 1)
    detail::fail(site.op, at, "size must be in [0, " + extent.str() + "] and step positive",
                 "size " + std::to_string(size) + ", step " + std::to_string(step));
  Size count = (extent - size) / step + 1;
  Tensor starts = arange(Scalar(count)) * Scalar::constant(step);
  Tensor index = (starts.unsqueeze(1) + arange(Scalar::constant(size))).flatten();
  Tensor taken = detail::gather(site, list, dim, index, {dim}, detail::Positions::InBounds);
  return this->dim() == 0 ? taken.view({size}, at)
                          : taken.unflatten(dim, {count, size}, at).movedim(dim + 1, -1, at);
}

Tensor Tensor::movedim(const Shape &source, const Shape &destination, const Where &at) const {
  return ingot::movedim(Arg(*this, at), source, destination);
}
Tensor Tensor::fliplr(const Where &at) const { return ingot::fliplr(Arg(*this, at)); }
Tensor Tensor::flipud(const Where &at) const { return ingot::flipud(Arg(*this, at)); }
Tensor Tensor::rot90(int64_t k, const Shape &dims, const Where &at) const {
  return ingot::rot90(Arg(*this, at), k, dims);
}
Tensor Tensor::tile(const Shape &times, const Where &at) const { return ingot::tile(Arg(*this, at), times); }
Tensor Tensor::repeat_interleave(int64_t times, std::optional<int64_t> dim, const Where &at) const {
  return ingot::repeat_interleave(Arg(*this, at), times, dim);
}
Tensor Tensor::repeat_interleave(const Tensor &times, std::optional<int64_t> dim, const Where &at) const {
  return ingot::repeat_interleave(Arg(*this, at), times, dim);
}

} // namespace ingot
