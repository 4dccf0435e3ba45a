// Diagonals and triangles of matrices.
#include "frontend/functional/Indexed.h"
#include "frontend/functional/factories.h"
#include "frontend/functional/ops.h"
#include <algorithm>

namespace ingot {

using detail::Site;

// A view: in row-major order the elements of a diagonal are a constant distance apart.
Tensor Tensor::diagonal(int64_t offset, int64_t dim1, int64_t dim2, const Where &at) const {
  Site site{"diagonal", at};
  detail::OpScope scope(site.op, at);
  detail::typeOf(site, *this);
  if (dim() < 2)
    detail::fail(site.op, at, "the tensor must have at least 2 dimensions", detail::describe(*this));
  dim1 = detail::wrapDim(site, dim1, dim()), dim2 = detail::wrapDim(site, dim2, dim());
  if (dim1 == dim2)
    detail::fail(site.op, at, "the two dimensions must be different ones", std::to_string(dim1));
  std::vector<int64_t> order;
  for (int64_t i = 0; i < dim(); ++i)
    if (i != dim1 && i != dim2)
      order.push_back(i);
  order.push_back(dim1), order.push_back(dim2);
  Tensor matrices = permute(order, at);
  if (!size(dim1, at).isNumber() || !size(dim2, at).isNumber())
    detail::fail(site.op, at,
                 "a view of a diagonal is of rows and columns whose number is known when it is recorded; "
                 "diagonal_copy, diag and trace are of any",
                 detail::describe(*this));
  int64_t rows = size(dim1, at), columns = size(dim2, at);
  int64_t length = std::max<int64_t>(
      std::min(rows - std::max<int64_t>(-offset, 0), columns - std::max<int64_t>(offset, 0)), 0);
  int64_t start = length == 0 ? 0 : offset >= 0 ? offset : -offset * columns;
  std::vector<Size> flat(matrices.sizes().begin(), matrices.sizes().end() - 2);
  flat.emplace_back(rows * columns);
  int64_t end = length == 0 ? 0 : start + (length - 1) * (columns + 1) + 1;
  return matrices.view(flat, at).slice(-1, start, end, columns + 1, at);
}

Tensor diagonal(const Arg &x, int64_t offset, int64_t dim1, int64_t dim2) {
  return x->diagonal(offset, dim1, dim2, x.where);
}

Tensor diagonal_copy(const Arg &x, int64_t offset, int64_t dim1, int64_t dim2) {
  Site site{"diagonal_copy", x.where};
  detail::OpScope scope(site.op, site.where);
  detail::typeOf(site, *x);
  bool isKnown = true;
  for (const Size &size : x->sizes())
    isKnown = isKnown && size.isNumber();
  if (isKnown || x->dim() < 2)
    return x->diagonal(offset, dim1, dim2, x.where).clone();
  Size rows = x->size(dim1), columns = x->size(dim2);
  Size length = max(min(rows - std::max<int64_t>(-offset, 0), columns - std::max<int64_t>(offset, 0)), 0);
  Tensor flat = x->movedim({dim1, dim2}, {-2, -1}).flatten(-2);
  Size first = offset >= 0 ? Size(offset) : columns * -offset;
  Tensor index =
      arange(Scalar(length)) * Scalar::constant(Scalar(columns + 1)) + Scalar::constant(Scalar(first));
  return detail::gather(site, flat, flat.dim() - 1, index, {flat.dim() - 1}, detail::Positions::InBounds);
}

Tensor diag_embed(const Arg &x, int64_t offset, int64_t dim1, int64_t dim2) {
  Site site{"diag_embed", x.where};
  detail::OpScope scope(site.op, site.where);
  int64_t rank = x->dim() + 1;
  if (x->dim() < 1)
    detail::fail(site.op, site.where, "the tensor must have at least one dimension", detail::describe(*x));
  dim1 = detail::wrapDim(site, dim1, rank), dim2 = detail::wrapDim(site, dim2, rank);
  if (dim1 == dim2)
    detail::fail(site.op, site.where, "the two dimensions must be different ones", std::to_string(dim1));
  // Each row or, below the diagonal, each column is one element again and again, of which one stays.
  Tensor list = *x;
  if (offset != 0) {
    std::vector<Size> rest(x->sizes().begin(), x->sizes().end());
    rest.back() = std::abs(offset);
    list = cat({list, zeros(rest, x->dtype())}, -1);
  }
  Tensor index = arange(Scalar(list.size(-1)));
  Tensor isOn = index - index.unsqueeze(-1) == Scalar::constant(offset);
  Tensor matrix =
      where(isOn, list.unsqueeze(offset < 0 ? -2 : -1), full({}, Scalar::constant(0), x->dtype()));
  return matrix.movedim({-2, -1}, {dim1, dim2});
}

Tensor diag(const Arg &x, int64_t diagonal) {
  detail::OpScope scope("diag", x.where);
  if (x->dim() != 1 && x->dim() != 2)
    detail::fail("diag", x.where, "the tensor must have 1 or 2 dimensions", detail::describe(*x));
  return x->dim() == 1 ? diag_embed(x, diagonal) : diagonal_copy(x, diagonal);
}

Tensor diagflat(const Arg &x, int64_t offset) {
  detail::OpScope scope("diagflat", x.where);
  return diag(x->flatten(), offset);
}

Tensor trace(const Arg &x) {
  detail::OpScope scope("trace", x.where);
  if (x->dim() != 2)
    detail::fail("trace", x.where, "the tensor must be a matrix", detail::describe(*x));
  return sum(diagonal_copy(x));
}

namespace {
Tensor triangle(int64_t rows, int64_t columns, const TensorOptions &options, auto isInside) {
  std::vector<int64_t> row, column;
  for (int64_t r = 0; r < rows; ++r)
    for (int64_t c = 0; c < columns; ++c)
      if (isInside(r, c))
        row.push_back(r), column.push_back(c);
  int64_t count = int64_t(row.size());
  row.insert(row.end(), column.begin(), column.end());
  return detail::ofNumbers(row, {2, count}).to(options.dtypeOr(kInt64));
}
} // namespace

Tensor tril_indices(int64_t rows, int64_t columns, int64_t offset, const TensorOptions &options) {
  return triangle(rows, columns, options, [=](int64_t r, int64_t c) { return c - r <= offset; });
}
Tensor triu_indices(int64_t rows, int64_t columns, int64_t offset, const TensorOptions &options) {
  return triangle(rows, columns, options, [=](int64_t r, int64_t c) { return c - r >= offset; });
}

//===--- members ------------------------------------------------------------------------------------------------===//

Tensor Tensor::diag(int64_t diagonal, const Where &at) const { return ingot::diag(Arg(*this, at), diagonal); }
Tensor Tensor::diag_embed(int64_t offset, int64_t dim1, int64_t dim2, const Where &at) const {
  return ingot::diag_embed(Arg(*this, at), offset, dim1, dim2);
}
Tensor Tensor::diagflat(int64_t offset, const Where &at) const {
  return ingot::diagflat(Arg(*this, at), offset);
}
Tensor Tensor::trace(const Where &at) const { return ingot::trace(Arg(*this, at)); }

} // namespace ingot
