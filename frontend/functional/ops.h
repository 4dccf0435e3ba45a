// Tensor functions, with PyTorch's names and semantics: pointwise, reductions, contractions, sizes and order of elements.
//
//   Tensor p = ingot::softmax(ingot::matmul(x, w) + b, -1);
//
// Most are members of Tensor, too, and documented there.
#pragma once
#include "ingot/core/Tensor.h"
#include "ingot/functional/index_ops.h"

namespace ingot {

//===--- pointwise, from the op records ---------------------------------------------------------------------===//

#include "ingot_generated/PointwiseFunctions.inc"
Tensor add(const Arg &a, const Arg &b, const Scalar &alpha);
Tensor sub(const Arg &a, const Arg &b, const Scalar &alpha);
Tensor div(const Arg &a, const Arg &b, const std::string &rounding_mode);
Tensor clamp(const Arg &x, const Arg &low, const Arg &high);
Tensor clamp_min(const Arg &x, const Arg &low);
Tensor clamp_max(const Arg &x, const Arg &high);
inline Tensor clamp(const Arg &x, std::nullopt_t, const Arg &high) { return clamp_max(x, high); }
inline Tensor clamp(const Arg &x, const Arg &low, std::nullopt_t = std::nullopt) { return clamp_min(x, low); }
/// a where c is true, b elsewhere.
Tensor where(const Arg &c, const Arg &a, const Arg &b);
Tensor masked_fill(const Arg &x, const Arg &mask, const Arg &value);
Tensor logical_and(const Arg &a, const Arg &b);
Tensor logical_or(const Arg &a, const Arg &b);
Tensor logical_xor(const Arg &a, const Arg &b);
Tensor bitwise_not(const Arg &x);
Tensor isnan(const Arg &x);
Tensor isinf(const Arg &x);
Tensor isfinite(const Arg &x);
Tensor lerp(const Arg &start, const Arg &end, const Arg &weight);
Tensor addcmul(const Arg &x, const Arg &a, const Arg &b, const Scalar &value = 1);
/// other - alpha * x.
Tensor rsub(const Arg &x, const Arg &other, const Scalar &alpha = 1);
/// x itself; not of bool.
Tensor positive(const Arg &x);
/// To the nearest multiple of 10^-decimals.
Tensor round(const Arg &x, int64_t decimals);
/// Of x limited to [eps, 1 - eps].
Tensor logit(const Arg &x, const std::optional<double> &eps);
/// Numbers instead of NaN and the infinities: 0, and the greatest and the least number for none.
Tensor nan_to_num(const Arg &x, const std::optional<double> &nan = std::nullopt,
                  const std::optional<double> &posinf = std::nullopt,
                  const std::optional<double> &neginf = std::nullopt);
/// Whether |a - b| <= atol + rtol |b|, or a == b.
Tensor isclose(const Arg &a, const Arg &b, double rtol = 1e-5, double atol = 1e-8, bool equal_nan = false);
/// The n-th derivative of digamma, n up to 20; digamma for 0.
Tensor polygamma(int64_t n, const Arg &x);
Tensor float_power(const Arg &a, const Arg &b);
Tensor ldexp(const Arg &a, const Arg &b);
Tensor addcdiv(const Arg &x, const Arg &a, const Arg &b, const Scalar &value = 1);

//===--- contractions ---------------------------------------------------------------------------------------===//

/// Vectors, matrices and broadcast batches of matrices.
Tensor matmul(const Arg &a, const Arg &b);
Tensor mm(const Arg &a, const Arg &b);
Tensor bmm(const Arg &a, const Arg &b);
Tensor mv(const Arg &a, const Arg &b);
Tensor dot(const Arg &a, const Arg &b);
Tensor outer(const Arg &a, const Arg &b);
/// beta * x + alpha * (a @ b).
Tensor addmm(const Arg &x, const Arg &a, const Arg &b, const Scalar &beta = 1, const Scalar &alpha = 1);
Tensor baddbmm(const Arg &x, const Arg &a, const Arg &b, const Scalar &beta = 1, const Scalar &alpha = 1);
/// beta * x + alpha * the sum of the products of a batch.
Tensor addbmm(const Arg &x, const Arg &a, const Arg &b, const Scalar &beta = 1, const Scalar &alpha = 1);
Tensor addmv(const Arg &x, const Arg &a, const Arg &b, const Scalar &beta = 1, const Scalar &alpha = 1);
/// beta * x + alpha * outer(a, b).
Tensor addr(const Arg &x, const Arg &a, const Arg &b, const Scalar &beta = 1, const Scalar &alpha = 1);
inline Tensor ger(const Arg &a, const Arg &b) { return outer(a, b); }
/// Sums of products over named dimensions: "ij,jk->ik", "...ii->...i".
Tensor einsum(const std::string &equation, const TensorList &tensors, const Where &at = Where::current());
/// Sums over dimensions of a with those of b; the others remain, a's first.
Tensor tensordot(const Arg &a, const Arg &b, const Shape &dims_a, const Shape &dims_b);
/// Sums over the last dimensions.
Tensor inner(const Arg &a, const Arg &b);
/// The Kronecker product.
Tensor kron(const Arg &a, const Arg &b);
/// The cross product of vectors along `dim`, the first dimension of size 3 for none.
Tensor cross(const Arg &a, const Arg &b, std::optional<int64_t> dim = std::nullopt);

//===--- reductions -----------------------------------------------------------------------------------------===//

Tensor sum(const Arg &x);
Tensor sum(const Arg &x, Dtype type);
Tensor sum(const Arg &x, const Shape &dims, bool keepdim = false, std::optional<Dtype> type = std::nullopt);
Tensor mean(const Arg &x);
Tensor mean(const Arg &x, Dtype type);
Tensor mean(const Arg &x, const Shape &dims, bool keepdim = false, std::optional<Dtype> type = std::nullopt);
Tensor prod(const Arg &x);
Tensor prod(const Arg &x, Dtype type);
Tensor prod(const Arg &x, int64_t dim, bool keepdim = false, std::optional<Dtype> type = std::nullopt);
Tensor amax(const Arg &x, const Shape &dims = {}, bool keepdim = false);
Tensor amin(const Arg &x, const Shape &dims = {}, bool keepdim = false);
Tensor max(const Arg &x);
Tensor min(const Arg &x);
std::tuple<Tensor, Tensor> max(const Arg &x, int64_t dim, bool keepdim = false);
std::tuple<Tensor, Tensor> min(const Arg &x, int64_t dim, bool keepdim = false);
Tensor max(const Arg &a, const Tensor &b);
Tensor min(const Arg &a, const Tensor &b);
Tensor argmax(const Arg &x, std::optional<int64_t> dim = std::nullopt, bool keepdim = false);
Tensor argmin(const Arg &x, std::optional<int64_t> dim = std::nullopt, bool keepdim = false);
/// Whether all (any) elements are not zero, as bool; as uint8 where the elements are.
Tensor all(const Arg &x);
Tensor all(const Arg &x, const Shape &dims, bool keepdim = false);
Tensor any(const Arg &x);
Tensor any(const Arg &x, const Shape &dims, bool keepdim = false);
Tensor var(const Arg &x, const Shape &dims, bool unbiased = true, bool keepdim = false);
template <std::same_as<bool> T = bool> Tensor var(const Arg &x, T unbiased = true) {
  return var(x, Shape(), unbiased);
}
Tensor std(const Arg &x, const Shape &dims, bool unbiased = true, bool keepdim = false);
template <std::same_as<bool> T = bool> Tensor std(const Arg &x, T unbiased = true) {
  return std(x, Shape(), unbiased);
}
/// The divisor is the number of elements minus the correction, 1 for none.
Tensor var(const Arg &x, const Shape &dims, const std::optional<Scalar> &correction, bool keepdim = false);
Tensor std(const Arg &x, const Shape &dims, const std::optional<Scalar> &correction, bool keepdim = false);
std::tuple<Tensor, Tensor> var_mean(const Arg &x, const Shape &dims, bool unbiased = true,
                                    bool keepdim = false);
std::tuple<Tensor, Tensor> var_mean(const Arg &x, const Shape &dims, const std::optional<Scalar> &correction,
                                    bool keepdim = false);
template <std::same_as<bool> T = bool> std::tuple<Tensor, Tensor> var_mean(const Arg &x, T unbiased = true) {
  return var_mean(x, Shape(), unbiased);
}
std::tuple<Tensor, Tensor> std_mean(const Arg &x, const Shape &dims, bool unbiased = true,
                                    bool keepdim = false);
std::tuple<Tensor, Tensor> std_mean(const Arg &x, const Shape &dims, const std::optional<Scalar> &correction,
                                    bool keepdim = false);
template <std::same_as<bool> T = bool> std::tuple<Tensor, Tensor> std_mean(const Arg &x, T unbiased = true) {
  return std_mean(x, Shape(), unbiased);
}
/// The p-norm of the elements; p may be infinite, or 0 to count those that are not zero.
Tensor norm(const Arg &x, const Scalar &p = 2);
Tensor norm(const Arg &x, const Scalar &p, Dtype type);
Tensor norm(const Arg &x, const Scalar &p, const Shape &dims, bool keepdim = false,
            std::optional<Dtype> type = std::nullopt);
Tensor logsumexp(const Arg &x, const Shape &dims, bool keepdim = false);
Tensor softmax(const Arg &x, int64_t dim, std::optional<Dtype> type = std::nullopt);
Tensor log_softmax(const Arg &x, int64_t dim, std::optional<Dtype> type = std::nullopt);

//===--- sizes and order of elements ------------------------------------------------------------------------===//

Tensor reshape(const Arg &x, const Shape &sizes);
Tensor flatten(const Arg &x, int64_t start_dim = 0, int64_t end_dim = -1);
Tensor squeeze(const Arg &x);
Tensor squeeze(const Arg &x, int64_t dim);
/// Those of `dims` that have size 1.
Tensor squeeze(const Arg &x, const Shape &dims);
Tensor unsqueeze(const Arg &x, int64_t dim);
Tensor transpose(const Arg &x, int64_t a, int64_t b);
Tensor permute(const Arg &x, const Shape &dims);
Tensor t(const Arg &x);
Tensor narrow(const Arg &x, int64_t dim, const Size &start, const Size &length);
/// The start is read.
Tensor narrow(const Arg &x, int64_t dim, const Tensor &start, int64_t length);
Tensor select(const Arg &x, int64_t dim, const Size &index);
std::vector<Tensor> chunk(const Arg &x, int64_t chunks, int64_t dim = 0);
std::vector<Tensor> split(const Arg &x, int64_t size, int64_t dim = 0);
inline std::vector<Tensor> split(const Arg &x, const Size &size, int64_t dim = 0) {
  return split(x, int64_t(size), dim);
}
std::vector<Tensor> split(const Arg &x, const Shape &sizes, int64_t dim = 0);
std::vector<Tensor> unbind(const Arg &x, int64_t dim = 0);
Tensor cat(const TensorList &tensors, int64_t dim = 0, const Where &at = Where::current());
Tensor stack(const TensorList &tensors, int64_t dim = 0, const Where &at = Where::current());
/// Along the second dimension, the first of vectors.
Tensor hstack(const TensorList &tensors, const Where &at = Where::current());
/// Along the first of at least two dimensions.
Tensor vstack(const TensorList &tensors, const Where &at = Where::current());
/// Along the third of at least three dimensions.
Tensor dstack(const TensorList &tensors, const Where &at = Where::current());
/// Vectors as columns.
Tensor column_stack(const TensorList &tensors, const Where &at = Where::current());
Tensor flip(const Arg &x, const Shape &dims);
Tensor roll(const Arg &x, const Shape &shifts, const Shape &dims = {});
Tensor triu(const Arg &x, int64_t diagonal = 0);
Tensor tril(const Arg &x, int64_t diagonal = 0);
Tensor clone(const Arg &x);
Tensor detach(const Arg &x);

//===--- reading --------------------------------------------------------------------------------------------===//

bool equal(const Tensor &a, const Tensor &b, const Where &at = Where::current());
bool allclose(const Tensor &a, const Tensor &b, double rtol = 1e-5, double atol = 1e-8,
              bool equal_nan = false, const Where &at = Where::current());

} // namespace ingot
