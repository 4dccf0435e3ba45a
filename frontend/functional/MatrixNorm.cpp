// Norms of vectors and matrices.
#include "frontend/core/Element.h"
#include "frontend/core/Value.h"
#include "frontend/functional/linalg.h"
#include "frontend/functional/ops.h"
#include <cmath>

namespace ingot {

using detail::Site;

namespace {

/// Floating-point elements of x, of `type` where it is given.
Tensor elementsOf(const Site &site, const Arg &x, std::optional<Dtype> type) {
  detail::typeOf(site, *x);
  if (!isFloatingType(type.value_or(x->dtype())))
    detail::fail(site.op, site.where, "the elements must be floating-point numbers", detail::describe(*x));
  return type ? x->to(*type, site.where) : *x;
}

/// The two dimensions of the matrices, rows first.
std::pair<int64_t, int64_t> matrixDims(const Site &site, const Tensor &x, const Shape &dims) {
  if (dims.size() != 2 || x.dim() < 2)
    detail::fail(site.op, site.where, "two dimensions of a tensor that has them are required",
                 dims.str() + " of " + detail::describe(x));
  int64_t rows = detail::wrapDim(site, dims[0], x.dim()), columns = detail::wrapDim(site, dims[1], x.dim());
  if (rows == columns)
    detail::fail(site.op, site.where, "the two dimensions must differ", dims.str());
  return {rows, columns};
}

Tensor restoreDims(const Tensor &kept, int64_t a, int64_t b, bool keepdim) {
  return keepdim ? kept : kept.squeeze(std::max(a, b)).squeeze(std::min(a, b));
}

/// Of the matrices in the last two dimensions, as [..., n].
Tensor singularValues(const Site &site, Tensor x) {
  if (int64_t(x.size(-1)) > int64_t(x.size(-2)))
    x = x.mT();
  int64_t n = x.size(-1);
  constexpr int64_t most = 16;
  if (n > most)
    detail::fail(site.op, site.where,
                 "singular values are for matrices whose smaller size is at most " + std::to_string(most),
                 detail::describe(x));
  // Hestenes: rotates pairs of columns until all are orthogonal. Their lengths are the singular values.
  std::vector<Tensor> columns = x.unbind(-1);
  int sweeps = n < 2 ? 0 : n == 2 ? 1 : 6;
  for (int sweep = 0; sweep < sweeps; ++sweep)
    for (int64_t i = 0; i < n; ++i)
      for (int64_t j = i + 1; j < n; ++j) {
        Tensor &a = columns[i], &b = columns[j];
        Tensor product = (a * b).sum(-1, true), isDone = product == 0;
        Tensor zeta = (b.square().sum(-1, true) - a.square().sum(-1, true)) /
                      where(isDone, Scalar::constant(1.0), product * 2);
        Tensor tangent = where(zeta < 0, Scalar::constant(-1.0), Scalar::constant(1.0)).to(x.dtype()) /
                         (zeta.abs() + (zeta.square() + 1).sqrt());
        tangent = where(isDone, Scalar::constant(0.0), tangent);
        Tensor cosine = (tangent.square() + 1).rsqrt(), sine = cosine * tangent,
               rotated = cosine * a - sine * b;
        b = sine * a + cosine * b;
        a = rotated;
      }
  std::vector<Tensor> lengths;
  for (const Tensor &column : columns)
    lengths.push_back(linalg_vector_norm(column, 2, -1));
  return n ? stack(lengths, -1) : x.sum(-2);
}

} // namespace

Tensor linalg_vector_norm(const Arg &x, const Scalar &p, const Shape &dims, bool keepdim,
                          std::optional<Dtype> type) {
  Site site{"linalg_vector_norm", x.where};
  detail::OpScope scope(site.op, site.where);
  return norm(elementsOf(site, x, type), p, dims, keepdim);
}

Tensor linalg_svdvals(const Arg &x) {
  Site site{"linalg_svdvals", x.where};
  detail::OpScope scope(site.op, site.where);
  Tensor values = elementsOf(site, x, std::nullopt);
  matrixDims(site, values, {-2, -1});
  Tensor s = singularValues(site, values);
  // The largest first, by exchanging neighbours.
  std::vector<Tensor> sorted = s.unbind(-1);
  for (size_t end = sorted.size(); end > 1; --end)
    for (size_t i = 0; i + 1 < end; ++i) {
      Tensor high = maximum(sorted[i], sorted[i + 1]);
      sorted[i + 1] = minimum(sorted[i], sorted[i + 1]);
      sorted[i] = high;
    }
  return sorted.empty() ? s : stack(sorted, -1);
}

Tensor linalg_matrix_norm(const Arg &x, const Scalar &p, const Shape &dims, bool keepdim,
                          std::optional<Dtype> type) {
  Site site{"linalg_matrix_norm", x.where};
  detail::OpScope scope(site.op, site.where);
  Tensor values = elementsOf(site, x, type);
  auto [rows, columns] = matrixDims(site, values, dims);
  double order = p.toDouble();
  if (std::abs(order) == 2) {
    Tensor s = singularValues(site, values.movedim(rows, -1).movedim(columns - (columns > rows), -1));
    Tensor result = order > 0 ? s.amax(-1) : s.amin(-1);
    return keepdim ? result.unsqueeze(std::min(rows, columns)).unsqueeze(std::max(rows, columns)) : result;
  }
  if (std::abs(order) != 1 && !std::isinf(order))
    detail::fail(site.op, site.where, "the order must be 1, -1, 2, -2 or infinite", std::to_string(order));
  bool ofColumns = std::abs(order) == 1;
  Tensor sums = values.abs().sum(ofColumns ? rows : columns, true);
  int64_t other = ofColumns ? columns : rows;
  if (Size count = sums.size(other); order > 0 && count.isNumber() && count == 0) // the largest of none is 0
    return restoreDims(sums.sum(other, true), rows, columns, keepdim);
  return restoreDims(order > 0 ? sums.amax(other, true) : sums.amin(other, true), rows, columns, keepdim);
}

Tensor linalg_matrix_norm(const Arg &x, const std::string &name, const Shape &dims, bool keepdim,
                          std::optional<Dtype> type) {
  Site site{"linalg_matrix_norm", x.where};
  detail::OpScope scope(site.op, site.where);
  Tensor values = elementsOf(site, x, type);
  auto [rows, columns] = matrixDims(site, values, dims);
  if (name == "fro")
    return norm(values, 2, {rows, columns}, keepdim);
  if (name != "nuc")
    detail::fail(site.op, site.where, "the name of a norm must be 'fro' or 'nuc'", "'" + name + "'");
  Tensor s = singularValues(site, values.movedim(rows, -1).movedim(columns - (columns > rows), -1)).sum(-1);
  return keepdim ? s.unsqueeze(std::min(rows, columns)).unsqueeze(std::max(rows, columns)) : s;
}

Tensor linalg_norm(const Arg &x, const std::optional<Scalar> &p, const Shape &dims, bool keepdim,
                   std::optional<Dtype> type) {
  Site site{"linalg_norm", x.where};
  detail::OpScope scope(site.op, site.where);
  Tensor values = elementsOf(site, x, type);
  if (!p || dims.size() == 1 || (dims.empty() && values.dim() == 1))
    return norm(values, p.value_or(2), dims, keepdim);
  if (dims.empty() && values.dim() != 2)
    detail::fail(site.op, site.where, "an order without dimensions is for vectors and matrices",
                 detail::describe(values));
  return linalg_matrix_norm(values, *p, dims.empty() ? Shape{0, 1} : dims, keepdim);
}

Tensor linalg_norm(const Arg &x, const std::string &name, const Shape &dims, bool keepdim,
                   std::optional<Dtype> type) {
  detail::OpScope scope("linalg_norm", x.where);
  return linalg_matrix_norm(x, name, dims.empty() ? Shape{-2, -1} : dims, keepdim, type);
}

} // namespace ingot
