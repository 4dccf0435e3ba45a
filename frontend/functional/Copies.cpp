// Functions that make new tensors of the elements of others.
#include "frontend/core/Element.h"
#include "frontend/core/Promotion.h"
#include "frontend/functional/factories.h"
#include "frontend/functional/ops.h"
#include <algorithm>

using namespace mlir;

namespace ingot {

using detail::Site;

Tensor cat(const TensorList &tensors, int64_t dim, const Where &at) {
  Site site{"cat", at};
  if (tensors.empty())
    detail::fail(site.op, site.where, "at least one tensor is required");
  detail::RecordLock lock;
  std::vector<Arg> operands;
  for (const Tensor &tensor : tensors)
    if (detail::typeOf(site, tensor);
        tensor.sizes() != Shape(0) || tensors.size() == 1) // PyTorch skips empty lists
      operands.emplace_back(tensor, at);
  if (operands.empty())
    operands.emplace_back(tensors.front(), at);
  dim = detail::wrapDim(site, dim, operands.front()->dim());
  Dtype type = detail::promote(operands);
  llvm::SmallVector<Value> values;
  for (const Arg &operand : operands)
    values.push_back(detail::operandAs(site, operand, type));
  return detail::recordOp(site, "ingot.concat", values, detail::attr("dim", dim));
}

Tensor stack(const TensorList &tensors, int64_t dim, const Where &at) {
  detail::OpScope scope("stack", at);
  TensorList rows;
  for (const Tensor &tensor : tensors)
    rows.push_back(tensor.unsqueeze(dim, at));
  return cat(rows, dim < 0 && !rows.empty() ? dim + rows.front().dim() : dim, at);
}

/// Each tensor with at least `rank` dimensions: those that vectors lack are added before them or, from `behind` on, after.
static TensorList raised(const TensorList &tensors, int64_t rank, int64_t behind, const Where &at) {
  TensorList result;
  for (Tensor x : tensors) {
    if (x.dim() == 0)
      x = x.view({1}, at);
    for (int64_t have = x.dim(); have < rank; ++have)
      x = x.unsqueeze(have < behind ? 0 : -1, at);
    result.push_back(x);
  }
  return result;
}
Tensor hstack(const TensorList &tensors, const Where &at) {
  detail::OpScope scope("hstack", at);
  TensorList rows = raised(tensors, 1, 1, at);
  return cat(rows, !rows.empty() && rows.front().dim() > 1 ? 1 : 0, at);
}
Tensor vstack(const TensorList &tensors, const Where &at) {
  detail::OpScope scope("vstack", at);
  return cat(raised(tensors, 2, 2, at), 0, at);
}
Tensor dstack(const TensorList &tensors, const Where &at) {
  detail::OpScope scope("dstack", at);
  return cat(raised(tensors, 3, 2, at), 2, at);
}
Tensor column_stack(const TensorList &tensors, const Where &at) {
  detail::OpScope scope("column_stack", at);
  return cat(raised(tensors, 2, 0, at), 1, at);
}

Tensor flip(const Arg &x, const Shape &dims) {
  Site site{"flip", x.where};
  detail::RecordLock lock;
  if (dims.empty())
    return clone(x);
  std::vector<int64_t> over = detail::wrapDims(site, dims, x->dim());
  return detail::recordOp(site, "ingot.reverse", detail::valueOf(site, *x), detail::attr("dims", over));
}

// Each dimension becomes (times, size), and the two of them one.
Tensor Tensor::repeat(const Shape &times, const Where &at) const {
  detail::OpScope scope("repeat", at);
  Shape sizes = this->sizes();
  if (times.size() < sizes.size())
    detail::fail("repeat", at,
                 "one number for each of the " + std::to_string(sizes.size()) + " dimensions is required",
                 times.str());
  std::vector<Size> split, wide, joined;
  for (size_t i = 0; i < times.size(); ++i) {
    size_t added = times.size() - sizes.size();
    Size size = i < added ? Size(1) : sizes[i - added];
    split.insert(split.end(), {Size(1), size});
    wide.insert(wide.end(), {times[i], size});
    joined.push_back(times[i] * size);
  }
  return view(split, at).expand(wide, at).view(joined, at).clone(at);
}

Tensor roll(const Arg &x, const Shape &shifts, const Shape &dims) {
  detail::OpScope scope("roll", x.where);
  if (dims.empty() && shifts.size() == 1)
    return roll(x->flatten(), shifts, 0).view(x->sizes());
  if (shifts.size() != dims.size())
    detail::fail("roll", x.where, "one shift for each dimension is required",
                 shifts.str() + " for " + dims.str());
  Tensor result = *x;
  for (size_t i = 0; i < dims.size(); ++i) {
    int64_t dim = detail::wrapDim({"roll", x.where}, dims[i], x->dim());
    if (!x->size(dim).isNumber()) { // the border between the parts is known at run time only
      Tensor from = remainder(arange(Scalar(x->size(dim))) - Scalar::constant(Scalar(shifts[i])),
                              Scalar::constant(Scalar(max(x->size(dim), 1))));
      result = index_select(result, dim, from);
      continue;
    }
    int64_t size = x->size(dim);
    int64_t shift = size ? ((int64_t(shifts[i]) % size) + size) % size : 0;
    if (shift)
      result = cat({result.narrow(dim, size - shift, shift), result.narrow(dim, 0, size - shift)}, dim);
  }
  return result;
}

/// Whether column - row <= diagonal (or >=), over the last two dimensions.
static Tensor triangle(const Site &site, const Arg &x, int64_t diagonal, bool upper) {
  detail::OpScope scope(site.op, site.where);
  if (x->dim() < 2)
    detail::fail(site.op, site.where, "the tensor must have at least 2 dimensions", detail::describe(*x));
  Tensor rows = arange(Scalar(x->size(-2))).unsqueeze(1), columns = arange(Scalar(x->size(-1))).unsqueeze(0);
  Tensor distance = columns - rows;
  Tensor inside = upper ? ge(distance, diagonal) : le(distance, diagonal);
  return where(inside, x, full({}, Scalar::constant(0), x->dtype()));
}
Tensor triu(const Arg &x, int64_t diagonal) { return triangle({"triu", x.where}, x, diagonal, true); }
Tensor tril(const Arg &x, int64_t diagonal) { return triangle({"tril", x.where}, x, diagonal, false); }

// Values do not change: a copy without a history holds the same one until either is written.
Tensor clone(const Arg &x) {
  Site site{"clone", x.where};
  detail::RecordLock lock;
  Value value = detail::valueOf(site, *x);
  return detail::wrap(site, detail::copyOf(site, value));
}

Tensor detach(const Arg &x) { return x->detach(); }

Tensor Tensor::to(Dtype type, const Where &at) const {
  Site site{"to", at};
  detail::typeOf(site, *this);
  if (dtype() == type)
    return *this;
  detail::RecordLock lock;
  return detail::wrap(site, detail::castTo(site, detail::valueOf(site, *this), type));
}

} // namespace ingot
