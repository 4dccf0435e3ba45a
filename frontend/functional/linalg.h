// Linear algebra, with PyTorch's names: linalg_inv(A) or linalg::inv(A).
//
// Factorizations work on the last two dimensions, any number of matrices at once, of sizes known when recorded and up to
// 64. They report no singular matrix: the result has infinities or NaN then.
#pragma once
#include "ingot/core/Tensor.h"

namespace ingot {

//===--- norms ----------------------------------------------------------------------------------------------===//

/// The p-norm of the elements along `dims`, all of them for none. p may be infinite, or 0 to count those not zero.
Tensor linalg_vector_norm(const Arg &x, const Scalar &p = 2, const Shape &dims = {}, bool keepdim = false,
                          std::optional<Dtype> type = std::nullopt);
/// The norm of the matrices in two dimensions. p: 1 and infinity for the largest sum of a column and of a row, -1 and
/// -infinity for the least; 2 and -2 for the largest and the least singular value.
Tensor linalg_matrix_norm(const Arg &x, const Scalar &p, const Shape &dims = {-2, -1}, bool keepdim = false,
                          std::optional<Dtype> type = std::nullopt);
/// "fro": the root of the sum of squares; "nuc": the sum of singular values.
Tensor linalg_matrix_norm(const Arg &x, const std::string &name = "fro", const Shape &dims = {-2, -1},
                          bool keepdim = false, std::optional<Dtype> type = std::nullopt);
/// The norm of a vector or a matrix, whichever x or the number of `dims` says; without p that of all elements.
Tensor linalg_norm(const Arg &x, const std::optional<Scalar> &p = std::nullopt, const Shape &dims = {},
                   bool keepdim = false, std::optional<Dtype> type = std::nullopt);
Tensor linalg_norm(const Arg &x, const std::string &name, const Shape &dims = {}, bool keepdim = false,
                   std::optional<Dtype> type = std::nullopt);
/// The singular values, the largest first; the smaller size is at most 16.
Tensor linalg_svdvals(const Arg &x);

//===--- products -------------------------------------------------------------------------------------------===//

/// The cross product of vectors of 3 elements along `dim`.
Tensor linalg_cross(const Arg &a, const Arg &b, int64_t dim = -1);
/// The product of matrices in the cheapest order; the first and the last may be vectors.
Tensor linalg_multi_dot(const TensorList &tensors, const Where &at = Where::current());
Tensor linalg_matrix_power(const Arg &x, int64_t n);

//===--- factorizations and what is made of them ------------------------------------------------------------===//

Tensor linalg_det(const Arg &x);
/// The determinant's sign and the logarithm of its magnitude.
std::tuple<Tensor, Tensor> linalg_slogdet(const Arg &x);
Tensor logdet(const Arg &x);
Tensor linalg_inv(const Arg &x);
/// The solution X of A X = B, or of X A = B where not `left`. B is a vector where it lacks A's last dimension.
Tensor linalg_solve(const Arg &a, const Arg &b, bool left = true);
/// The same for a triangular A, of which only the triangle is read.
Tensor linalg_solve_triangular(const Arg &a, const Arg &b, bool upper, bool left = true,
                               bool unitriangular = false);
/// The lower triangular L with L L^T = x (or upper U with U^T U = x), for a symmetric positive definite x.
Tensor linalg_cholesky(const Arg &x, bool upper = false);
inline Tensor cholesky(const Arg &x, bool upper = false) { return linalg_cholesky(x, upper); }
inline Tensor det(const Arg &x) { return linalg_det(x); }
inline std::tuple<Tensor, Tensor> slogdet(const Arg &x) { return linalg_slogdet(x); }
inline Tensor inverse(const Arg &x) { return linalg_inv(x); }
inline Tensor matrix_power(const Arg &x, int64_t n) { return linalg_matrix_power(x, n); }

namespace linalg {

#define INGOT_LINALG(name)                                                                                   \
  template <class... Args> auto name(const Arg &x, const Args &...rest) { return linalg_##name(x, rest...); }
INGOT_LINALG(vector_norm)
INGOT_LINALG(matrix_norm)
INGOT_LINALG(norm)
INGOT_LINALG(svdvals)
INGOT_LINALG(cross)
INGOT_LINALG(matrix_power)
INGOT_LINALG(det)
INGOT_LINALG(slogdet)
INGOT_LINALG(inv)
INGOT_LINALG(solve)
INGOT_LINALG(solve_triangular)
INGOT_LINALG(cholesky)
#undef INGOT_LINALG
inline Tensor multi_dot(const TensorList &tensors, const Where &at = Where::current()) {
  return linalg_multi_dot(tensors, at);
}

} // namespace linalg
} // namespace ingot
