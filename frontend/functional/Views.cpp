// Members that show the same elements under other sizes or in another order.
#include "frontend/core/Error.h"
#include "frontend/core/GradientNode.h"
#include "frontend/core/Value.h"
#include "frontend/functional/Indexed.h"
#include "frontend/functional/ops.h"
#include <algorithm>

namespace ingot {

using detail::Site;
using detail::ViewStep;

namespace {

Tensor reshaped(const Tensor &x, const Shape &sizes) {
  return detail::makeView(x, detail::ViewStep(ViewStep::Kind::Reshape), detail::typeOf(sizes, x.dtype()));
}

/// Replaces -1 by what remains of `count` elements of x, and checks that there are as many.
Shape inferSizes(const Site &site, const Tensor &x, const Size &count, const Shape &sizes) {
  auto refuse = [&](const std::string &required) {
    detail::fail(site.op, site.where, required, sizes.str() + " for " + detail::describe(x));
  };
  Shape result = sizes;
  Size *open = nullptr;
  Size known = 1;
  for (Size &size : result) {
    if (!size.isNumber() || int64_t(size) >= 0) {
      known *= size;
      continue;
    }
    if (int64_t(size) != -1 || open)
      refuse("sizes must not be negative, but for one -1");
    open = &size;
  }
  sizes::Expr total = detail::SizeAccess::expr(count), part = detail::SizeAccess::expr(known);
  if (!open) {
    if (total != part)
      refuse("the number of elements must stay the same");
    return result;
  }
  std::optional<sizes::Expr> rest;
  if (part != sizes::Expr(0))
    rest = sizes::Expr::exactDiv(total, part);
  if (!rest)
    refuse("the sizes must leave a whole size for -1");
  *open = detail::SizeAccess::make(*rest, detail::Recorder::current()->ranges());
  return result;
}

Tensor sliced(const Site &site, const Tensor &x, int64_t dim, const Size &start, const Size &size,
              int64_t step, bool varies) {
  ViewStep view(ViewStep::Kind::Slice);
  Shape sizes = x.sizes();
  sizes[dim] = size;
  view.starts.assign(sizes.size(), Size(0));
  view.steps.assign(sizes.size(), 1);
  view.starts[dim] = start;
  view.steps[dim] = step;
  if (varies && start.isNumber())
    view.varying = dim;
  const detail::Composite &composite = detail::currentComposite();
  view.call = composite.op ? composite : detail::Composite{site.op, site.where};
  return detail::makeView(x, std::move(view), detail::typeOf(sizes, x.dtype()));
}

/// Whether a <= b is known.
bool surely(const Size &a, const Size &b) {
  sizes::Ranges ranges = detail::SizeAccess::ranges(a);
  ranges.insert(detail::SizeAccess::ranges(b).begin(), detail::SizeAccess::ranges(b).end());
  return sizes::Expr::lessEqual(detail::SizeAccess::expr(a), detail::SizeAccess::expr(b), ranges)
      .value_or(false);
}

/// A bound of a slice, counted from the front and within [0, size].
Size clampBound(const Size &bound, const Size &size) {
  Size at = bound.isNumber() && int64_t(bound) < 0 ? size + bound : bound;
  if (surely(size, at))
    return size;
  return surely(0, at) && surely(at, size) ? at : min(max(at, 0), size);
}

} // namespace

Tensor Tensor::view(const Shape &sizes, const Where &at) const {
  Site site{"view", at};
  detail::typeOf(site, *this);
  return reshaped(*this, inferSizes(site, *this, numel(), sizes));
}

Tensor Tensor::flatten(int64_t start_dim, int64_t end_dim, const Where &at) const {
  Site site{"flatten", at};
  detail::typeOf(site, *this);
  Shape sizes = this->sizes();
  int64_t first = detail::wrapDim(site, start_dim, dim()), last = detail::wrapDim(site, end_dim, dim());
  if (first > last)
    detail::fail(site.op, site.where, "start_dim must not come after end_dim",
                 std::to_string(start_dim) + " and " + std::to_string(end_dim));
  if (sizes.empty())
    return reshaped(*this, {1});
  std::vector<Size> result(sizes.begin(), sizes.begin() + first);
  result.push_back(Shape(std::vector<Size>(sizes.begin() + first, sizes.begin() + last + 1)).numel());
  result.insert(result.end(), sizes.begin() + last + 1, sizes.end());
  return reshaped(*this, result);
}

Tensor Tensor::unflatten(int64_t dim, const Shape &sizes, const Where &at) const {
  detail::OpScope scope("unflatten", at);
  Site site{"unflatten", at};
  dim = detail::wrapDim(site, dim, this->dim());
  Shape whole = this->sizes(), inner = inferSizes(site, *this, whole[dim], sizes);
  std::vector<Size> result(whole.begin(), whole.begin() + dim);
  result.insert(result.end(), inner.begin(), inner.end());
  result.insert(result.end(), whole.begin() + dim + 1, whole.end());
  return view(result, at);
}

Tensor Tensor::squeeze(const Where &at) const {
  detail::typeOf({"squeeze", at}, *this);
  std::vector<Size> result;
  for (const Size &size : sizes())
    if (!size.isNumber() || size != 1) // a named dimension is never dropped
      result.push_back(size);
  return reshaped(*this, result);
}

Tensor Tensor::squeeze(int64_t dim, const Where &at) const {
  Site site{"squeeze", at};
  detail::typeOf(site, *this);
  dim = detail::wrapDim(site, dim, this->dim());
  Shape whole = sizes();
  if (whole.empty() || !whole[dim].isNumber() || whole[dim] != 1)
    return *this;
  std::vector<Size> result(whole.begin(), whole.end());
  result.erase(result.begin() + dim);
  return reshaped(*this, result);
}

Tensor Tensor::squeeze(const Shape &dims, const Where &at) const {
  Site site{"squeeze", at};
  detail::typeOf(site, *this);
  Tensor result = *this;
  std::vector<int64_t> over = dims.empty() ? std::vector<int64_t>() : detail::wrapDims(site, dims, dim());
  for (auto dim = over.rbegin(); dim != over.rend(); ++dim)
    result = result.squeeze(*dim, at);
  return result;
}

Tensor Tensor::unsqueeze(int64_t dim, const Where &at) const {
  Site site{"unsqueeze", at};
  detail::typeOf(site, *this);
  dim = detail::wrapDim(site, dim, this->dim() + 1);
  Shape whole = sizes();
  std::vector<Size> result(whole.begin(), whole.end());
  result.insert(result.begin() + dim, Size(1));
  return reshaped(*this, result);
}

Tensor Tensor::permute(const Shape &dims, const Where &at) const {
  Site site{"permute", at};
  detail::typeOf(site, *this);
  ViewStep view(ViewStep::Kind::Transpose);
  Shape whole = sizes(), result;
  std::vector<bool> seen(whole.size());
  for (int64_t each : dims.vec()) {
    int64_t dim = whole.empty() ? 0 : detail::wrapDim(site, each, this->dim());
    if (whole.empty() || seen[dim])
      break;
    seen[dim] = true;
    view.permutation.push_back(dim);
    result.push_back(whole[dim]);
  }
  if (result.size() != whole.size() || dims.size() != whole.size())
    detail::fail(site.op, site.where, "each dimension of " + whole.str() + " must be named once", dims.str());
  return whole.size() < 2 ? *this : detail::makeView(*this, std::move(view), detail::typeOf(result, dtype()));
}

Tensor Tensor::transpose(int64_t a, int64_t b, const Where &at) const {
  detail::OpScope scope("transpose", at);
  Site site{"transpose", at};
  detail::typeOf(site, *this);
  a = detail::wrapDim(site, a, dim()), b = detail::wrapDim(site, b, dim());
  std::vector<int64_t> order(dim());
  for (int64_t i = 0; i < dim(); ++i)
    order[i] = i == a ? b : i == b ? a : i;
  return permute(order, at);
}

Tensor Tensor::t(const Where &at) const {
  detail::typeOf({"t", at}, *this);
  if (dim() > 2)
    detail::fail("t", at, "the tensor must have at most 2 dimensions", detail::describe(*this));
  return dim() < 2 ? *this : transpose(0, 1, at);
}

Tensor Tensor::movedim(int64_t source, int64_t destination, const Where &at) const {
  detail::OpScope scope("movedim", at);
  Site site{"movedim", at};
  source = detail::wrapDim(site, source, dim()), destination = detail::wrapDim(site, destination, dim());
  std::vector<int64_t> order;
  for (int64_t i = 0; i < dim(); ++i)
    if (i != source)
      order.push_back(i);
  order.insert(order.begin() + destination, source);
  return permute(order, at);
}

Tensor Tensor::expand(const Shape &sizes, const Where &at) const {
  Site site{"expand", at};
  detail::typeOf(site, *this);
  Shape from = this->sizes(), to = sizes;
  bool ok = to.size() >= from.size();
  for (size_t i = 0; ok && i < to.size(); ++i) {
    bool isNew = i < to.size() - from.size();
    Size have = isNew ? Size(1) : from[i - (to.size() - from.size())];
    bool keeps = to[i].isNumber() && int64_t(to[i]) < 0;
    if (keeps)
      to[i] = have;
    ok = !(keeps && isNew) && (Shape(have) == Shape(to[i]) || Shape(have) == Shape(1));
  }
  if (!ok)
    detail::fail(site.op, site.where,
                 "only dimensions of the number 1, and new ones in front, can be expanded",
                 from.str() + " to " + sizes.str());
  return detail::makeView(*this, detail::ViewStep(ViewStep::Kind::Broadcast), detail::typeOf(to, dtype()));
}

//===--- parts --------------------------------------------------------------------------------------------------===//

Tensor Tensor::narrow(int64_t dim, const Size &start, const Size &length, const Where &at) const {
  Site site{"narrow", at};
  detail::typeOf(site, *this);
  if (this->dim() == 0)
    detail::fail(site.op, site.where, "the tensor must have at least one dimension", detail::describe(*this));
  dim = detail::wrapDim(site, dim, this->dim());
  Size whole = size(dim);
  Size first = start.isNumber() && int64_t(start) < 0 ? whole + start : start;
  // What depends on dimensions is checked when the program runs.
  if (surely(first + 1, 0) || !surely(0, length) || surely(whole + 1, first + length))
    detail::fail(site.op, site.where, "start and length must lie within size " + whole.str(),
                 start.str() + " and " + length.str());
  return sliced(site, *this, dim, first, length, 1, true);
}

Tensor Tensor::narrow(int64_t dim, const Tensor &start, const Size &length, const Where &at) const {
  detail::OpScope scope("narrow", at);
  Site site{"narrow", at};
  detail::typeOf(site, start);
  Tensor position = detail::positionsOf(site, start);
  if (position.numel() != 1)
    detail::fail(site.op, site.where, "the start must be one number", detail::describe(start));
  Tensor part = narrow(dim, 0, length, at);
  dim = detail::wrapDim(site, dim, this->dim());
  ViewStep view = part.unwrap()->step;
  view.varying = dim;
  // The tensor may change, the view's place does not.
  view.position = detail::snapshot(site, detail::wrapPositions(position.view({}, at), size(dim)));
  return detail::makeView(*this, std::move(view), part.unwrap()->type);
}

Tensor Tensor::select(int64_t dim, const Size &index, const Where &at) const {
  Site site{"select", at};
  detail::typeOf(site, *this);
  if (this->dim() == 0)
    detail::fail(site.op, site.where, "the tensor must have at least one dimension", detail::describe(*this));
  dim = detail::wrapDim(site, dim, this->dim());
  Size whole = size(dim);
  Size first = index.isNumber() && int64_t(index) < 0 ? whole + index : index;
  bool outside = surely(first + 1, 0) || surely(whole, first);
  bool decided = whole.isNumber() && first.isNumber();
  if (outside || (decided && (first < 0 || first >= whole)))
    detail::fail(site.op, site.where, "the index must lie within size " + whole.str(), index.str());
  return sliced(site, *this, dim, first, 1, 1, true).squeeze(dim, at);
}

Tensor Tensor::slice(int64_t dim, std::optional<Size> start, std::optional<Size> end, int64_t step,
                     const Where &at) const {
  Site site{"slice", at};
  detail::typeOf(site, *this);
  if (this->dim() == 0)
    detail::fail(site.op, site.where, "the tensor must have at least one dimension", detail::describe(*this));
  if (step < 1)
    detail::fail(site.op, site.where, "the step must be positive", std::to_string(step));
  dim = detail::wrapDim(site, dim, this->dim());
  Size whole = size(dim);
  Size first = start ? clampBound(*start, whole) : Size(0), last = end ? clampBound(*end, whole) : whole;
  Size length = surely(first, last)   ? last - first
                : surely(last, first) ? Size(0)
                                      : ingot::max(last - first, 0);
  if (step > 1)
    length = (length + (step - 1)) / step;
  if (Shape(length) == Shape(whole) && Shape(first) == Shape(0))
    return *this;
  if (Shape(length) == Shape(0))
    first = 0;
  return sliced(site, *this, dim, first, length, step, true);
}

std::vector<Tensor> Tensor::split(const Shape &sizes, int64_t dim, const Where &at) const {
  Site site{"split", at};
  detail::typeOf(site, *this);
  dim = detail::wrapDim(site, dim, this->dim());
  std::vector<Tensor> parts;
  Size start = 0;
  for (const Size &size : sizes) {
    if (size.isNumber() && size < 0)
      detail::fail(site.op, site.where, "sizes must not be negative", sizes.str());
    parts.push_back(sliced(site, *this, dim, start, size, 1, false));
    start += size;
  }
  if (Shape(start) != Shape(size(dim)))
    detail::fail(site.op, site.where, "the sizes must add up to " + size(dim).str(), sizes.str());
  return parts;
}

std::vector<Tensor> Tensor::split(int64_t size, int64_t dim, const Where &at) const {
  detail::OpScope scope("split", at);
  dim = detail::wrapDim({"split", at}, dim, this->dim());
  if (size < 1)
    detail::fail("split", at, "the size must be positive", std::to_string(size));
  int64_t whole = this->size(dim, at);
  std::vector<int64_t> sizes;
  for (int64_t start = 0; start < whole; start += size)
    sizes.push_back(std::min(size, whole - start));
  return sizes.empty() ? std::vector<Tensor>{*this} : split(sizes, dim, at);
}

std::vector<Tensor> Tensor::chunk(int64_t chunks, int64_t dim, const Where &at) const {
  detail::OpScope scope("chunk", at);
  dim = detail::wrapDim({"chunk", at}, dim, this->dim());
  if (chunks < 1)
    detail::fail("chunk", at, "the number of chunks must be positive", std::to_string(chunks));
  Size extent = this->size(dim, at);
  if (Size rest = extent % chunks; !extent.isNumber() && rest.isNumber() && rest == 0)
    return split(Shape(std::vector<Size>(size_t(chunks), extent / chunks)), dim, at);
  int64_t whole = extent;
  if (whole == 0) // as many parts of nothing
    return split(Shape(std::vector<int64_t>(static_cast<size_t>(chunks), 0)), dim, at);
  return split(std::max<int64_t>((whole + chunks - 1) / chunks, 1), dim, at);
}

std::vector<Tensor> Tensor::unbind(int64_t dim, const Where &at) const {
  detail::OpScope scope("unbind", at);
  dim = detail::wrapDim({"unbind", at}, dim, this->dim());
  std::vector<Tensor> parts;
  for (int64_t i = 0, n = size(dim, at); i < n; ++i)
    parts.push_back(sliced({"unbind", at}, *this, dim, i, 1, 1, false).squeeze(dim, at));
  return parts;
}

//===--- the free functions -------------------------------------------------------------------------------------===//

Tensor reshape(const Arg &x, const Shape &sizes) { return x->view(sizes, x.where); }
Tensor flatten(const Arg &x, int64_t start_dim, int64_t end_dim) {
  return x->flatten(start_dim, end_dim, x.where);
}
Tensor squeeze(const Arg &x) { return x->squeeze(x.where); }
Tensor squeeze(const Arg &x, int64_t dim) { return x->squeeze(dim, x.where); }
Tensor narrow(const Arg &x, int64_t dim, const Tensor &start, int64_t length) {
  return x->narrow(dim, start, length, x.where);
}
Tensor squeeze(const Arg &x, const Shape &dims) { return x->squeeze(dims, x.where); }
Tensor unsqueeze(const Arg &x, int64_t dim) { return x->unsqueeze(dim, x.where); }
Tensor transpose(const Arg &x, int64_t a, int64_t b) { return x->transpose(a, b, x.where); }
Tensor permute(const Arg &x, const Shape &dims) { return x->permute(dims, x.where); }
Tensor t(const Arg &x) { return x->t(x.where); }
Tensor narrow(const Arg &x, int64_t dim, const Size &start, const Size &length) {
  return x->narrow(dim, start, length, x.where);
}
Tensor select(const Arg &x, int64_t dim, const Size &index) { return x->select(dim, index, x.where); }
std::vector<Tensor> chunk(const Arg &x, int64_t chunks, int64_t dim) {
  return x->chunk(chunks, dim, x.where);
}
std::vector<Tensor> split(const Arg &x, int64_t size, int64_t dim) { return x->split(size, dim, x.where); }
std::vector<Tensor> split(const Arg &x, const Shape &sizes, int64_t dim) {
  return x->split(sizes, dim, x.where);
}
std::vector<Tensor> unbind(const Arg &x, int64_t dim) { return x->unbind(dim, x.where); }

} // namespace ingot
