// Further names of functions, as libtorch has them, and random draws by position. Included by ops.h's users through the
// libtorch header.
//
//   ingot::greater(a, b);   ingot::concat({a, b}, 1);   ingot::multinomial(weights, 3);
#pragma once
#include "ingot/functional/Attention.h"
#include "ingot/functional/factories.h"
#include "ingot/functional/layers.h"
#include "ingot/functional/linalg.h"
#include "ingot/functional/ops.h"

namespace ingot {

#define INGOT_ALIAS_UNARY(alias, name)                                                                       \
  inline Tensor alias(const Arg &x) { return name(x); }
#define INGOT_ALIAS_BINARY(alias, name)                                                                      \
  inline Tensor alias(const Arg &a, const Arg &b) { return name(a, b); }
INGOT_ALIAS_UNARY(absolute, abs)
INGOT_ALIAS_UNARY(arccos, acos)
INGOT_ALIAS_UNARY(arccosh, acosh)
INGOT_ALIAS_UNARY(arcsin, asin)
INGOT_ALIAS_UNARY(arcsinh, asinh)
INGOT_ALIAS_UNARY(arctan, atan)
INGOT_ALIAS_UNARY(arctanh, atanh)
INGOT_ALIAS_UNARY(fix, trunc)
INGOT_ALIAS_UNARY(negative, neg)
INGOT_ALIAS_UNARY(sgn, sign)
INGOT_ALIAS_BINARY(arctan2, atan2)
INGOT_ALIAS_BINARY(divide, div)
INGOT_ALIAS_BINARY(greater, gt)
INGOT_ALIAS_BINARY(greater_equal, ge)
INGOT_ALIAS_BINARY(less, lt)
INGOT_ALIAS_BINARY(less_equal, le)
INGOT_ALIAS_BINARY(multiply, mul)
INGOT_ALIAS_BINARY(not_equal, ne)
INGOT_ALIAS_BINARY(subtract, sub)
INGOT_ALIAS_BINARY(true_divide, div)
#undef INGOT_ALIAS_UNARY
#undef INGOT_ALIAS_BINARY
inline Tensor clip(const Arg &x, const Arg &low, const Arg &high) { return clamp(x, low, high); }
inline Tensor concat(const TensorList &tensors, int64_t dim = 0, const Where &at = Where::current()) {
  return cat(tensors, dim, at);
}
inline Tensor row_stack(const TensorList &tensors, const Where &at = Where::current()) {
  return vstack(tensors, at);
}
inline Tensor swapaxes(const Arg &x, int64_t a, int64_t b) { return transpose(x, a, b); }

inline Tensor bitwise_left_shift(const Arg &a, const Arg &b) { return a->bitwise_left_shift(b); }
inline Tensor bitwise_right_shift(const Arg &a, const Arg &b) { return a->bitwise_right_shift(b); }
inline Tensor gcd(const Arg &a, const Arg &b) { return a->gcd(b); }
inline Tensor lcm(const Arg &a, const Arg &b) { return a->lcm(b); }
inline Tensor multinomial(const Arg &p, int64_t num_samples, bool replacement = false) {
  return p->multinomial(num_samples, replacement, p.where);
}
/// 0, 1, ... n - 1 in random order, int64 unless the options say a type.
Tensor randperm(int64_t n, const TensorOptions &options = {}, const Where &at = Where::current());
/// Normal numbers of these sizes, or one for each element of a mean or deviation that is a tensor.
Tensor normal(double mean, double std, const Shape &sizes, const TensorOptions &options = {},
              const Where &at = Where::current());
Tensor normal(const Tensor &mean, const Arg &std = 1.0);

//===--- in place, and into a tensor that is given ----------------------------------------------------------===//

#define INGOT_IN_PLACE(name)                                                                                 \
  inline Tensor &name(const Arg &x) { return x->name(x.where); }
INGOT_IN_PLACE(acos_)
INGOT_IN_PLACE(asin_)
INGOT_IN_PLACE(atan_)
INGOT_IN_PLACE(cos_)
INGOT_IN_PLACE(cosh_)
INGOT_IN_PLACE(erf_)
INGOT_IN_PLACE(exp2_)
INGOT_IN_PLACE(expm1_)
INGOT_IN_PLACE(frac_)
INGOT_IN_PLACE(log10_)
INGOT_IN_PLACE(log1p_)
INGOT_IN_PLACE(log2_)
INGOT_IN_PLACE(reciprocal_)
INGOT_IN_PLACE(rsqrt_)
INGOT_IN_PLACE(sin_)
INGOT_IN_PLACE(sinh_)
INGOT_IN_PLACE(tan_)
INGOT_IN_PLACE(trunc_)
INGOT_IN_PLACE(zero_)
#undef INGOT_IN_PLACE
inline Tensor &fill_(const Arg &x, const Arg &value) { return x->fill_(value); }
inline Tensor &clamp_(const Arg &x, const Arg &low, const Arg &high) { return x->clamp_(low, high); }
inline Tensor &clamp_min_(const Arg &x, const Arg &low) { return x->clamp_min_(low); }
inline Tensor &clamp_max_(const Arg &x, const Arg &high) { return x->clamp_max_(high); }
inline Tensor &detach_(const Arg &x) { return x->detach_(); }

namespace detail {
/// Gives `out` the sizes and the elements of `result`.
Tensor &writeOut(const Tensor &out, const Tensor &result, const Where &at);
} // namespace detail
#define INGOT_OUT(name)                                                                                      \
  template <class... Args> Tensor &name##_out(const Tensor &out, const Arg &x, const Args &...rest) {        \
    return detail::writeOut(out, name(x, rest...), x.where);                                                 \
  }
INGOT_OUT(abs)
INGOT_OUT(add)
INGOT_OUT(addmm)
INGOT_OUT(baddbmm)
INGOT_OUT(bmm)
INGOT_OUT(clamp)
INGOT_OUT(div)
INGOT_OUT(exp)
INGOT_OUT(index_select)
INGOT_OUT(log)
INGOT_OUT(matmul)
INGOT_OUT(mean)
INGOT_OUT(mm)
INGOT_OUT(mul)
INGOT_OUT(mv)
INGOT_OUT(neg)
INGOT_OUT(pow)
INGOT_OUT(sigmoid)
INGOT_OUT(sqrt)
INGOT_OUT(sub)
INGOT_OUT(sum)
INGOT_OUT(tanh)
#undef INGOT_OUT
inline Tensor &cat_out(const Tensor &out, const TensorList &tensors, int64_t dim = 0,
                       const Where &at = Where::current()) {
  return detail::writeOut(out, cat(tensors, dim, at), at);
}
inline Tensor &stack_out(const Tensor &out, const TensorList &tensors, int64_t dim = 0,
                         const Where &at = Where::current()) {
  return detail::writeOut(out, stack(tensors, dim, at), at);
}

//===--- by position ------------------------------------------------------------------------------------------===//

inline Tensor index(const Arg &x, const indexing::TensorIndexList &indices) {
  return x->index(indices, x.where);
}
inline Tensor index_put(const Arg &x, const indexing::TensorIndexList &indices, const Arg &value,
                        bool accumulate = false) {
  return x->index_put(indices, value, accumulate);
}
inline Tensor &index_put_(const Arg &x, const indexing::TensorIndexList &indices, const Arg &value,
                          bool accumulate = false) {
  return x->index_put_(indices, value, accumulate);
}
/// The positions where x is not zero, one tensor a dimension. A read: an Error in trace.
inline std::vector<Tensor> where(const Arg &x) { return nonzero_numpy(x); }
inline Tensor argwhere(const Arg &x) { return nonzero(x); }
inline bool is_nonzero(const Arg &x) { return x->is_nonzero(x.where); }
inline bool is_floating_point(const Arg &x) { return x->is_floating_point(); }
Dtype promote_types(Dtype a, Dtype b);
Dtype result_type(const Arg &a, const Arg &b);

inline Tensor concatenate(const TensorList &tensors, int64_t dim = 0, const Where &at = Where::current()) {
  return cat(tensors, dim, at);
}
inline Tensor broadcast_to(const Arg &x, const Shape &sizes) { return x->expand(sizes, x.where); }
inline Tensor ravel(const Arg &x) { return x->ravel(x.where); }
inline Tensor unflatten(const Arg &x, int64_t dim, const Shape &sizes) {
  return x->unflatten(dim, sizes, x.where);
}
inline Tensor moveaxis(const Arg &x, const Shape &from, const Shape &to) {
  return x->movedim(from, to, x.where);
}
inline Tensor swapdims(const Arg &x, int64_t a, int64_t b) { return transpose(x, a, b); }
inline Tensor slice(const Arg &x, int64_t dim = 0, std::optional<Size> start = std::nullopt,
                    std::optional<Size> end = std::nullopt, int64_t step = 1) {
  return x->slice(dim, std::move(start), std::move(end), step, x.where);
}
inline std::vector<Tensor> split_with_sizes(const Arg &x, const Shape &sizes, int64_t dim = 0) {
  return x->split(sizes, dim, x.where);
}
template <class Places>
std::vector<Tensor> tensor_split(const Arg &x, const Places &places, int64_t dim = 0) {
  return x->tensor_split(places, dim, x.where);
}
std::vector<Tensor> hsplit(const Arg &x, int64_t sections);
std::vector<Tensor> vsplit(const Arg &x, int64_t sections);
std::vector<Tensor> dsplit(const Arg &x, int64_t sections);
/// Of at least so many dimensions.
Tensor atleast_1d(const Arg &x);
Tensor atleast_2d(const Arg &x);
Tensor atleast_3d(const Arg &x);
/// Matrices along the diagonal of one.
Tensor block_diag(const TensorList &tensors, const Where &at = Where::current());
/// All combinations of an element of each list, one a row.
Tensor cartesian_prod(const TensorList &tensors, const Where &at = Where::current());
/// All choices of r elements of a list, one a row.
Tensor combinations(const Arg &x, int64_t r = 2, bool with_replacement = false);
/// The distinct slices along a dimension, sorted; positions of each among them and counts. A read: an Error in trace.
std::tuple<Tensor, Tensor, Tensor> unique_dim(const Arg &x, int64_t dim, bool sorted = true,
                                              bool return_inverse = false, bool return_counts = false);
inline Tensor renorm(const Arg &x, const Scalar &p, int64_t dim, const Scalar &maxnorm) {
  return x->renorm(p, dim, maxnorm, x.where);
}
inline std::tuple<Tensor, Tensor> aminmax(const Arg &x, std::optional<int64_t> dim = std::nullopt,
                                          bool keepdim = false) {
  return x->aminmax(dim, keepdim, x.where);
}
inline Tensor nansum(const Arg &x, const Shape &dims = {}, bool keepdim = false) {
  return x->nansum(dims, keepdim, x.where);
}
inline Tensor nanmean(const Arg &x, const Shape &dims = {}, bool keepdim = false) {
  return x->nanmean(dims, keepdim, x.where);
}
Tensor isposinf(const Arg &x);
Tensor isneginf(const Arg &x);
inline Tensor vdot(const Arg &a, const Arg &b) { return dot(a, b); }
inline Tensor chain_matmul(const TensorList &matrices, const Where &at = Where::current()) {
  return linalg_multi_dot(matrices, at);
}
/// The integral along a dimension by the trapezoidal rule, of samples dx apart or at places x.
Tensor trapezoid(const Arg &y, double dx = 1, int64_t dim = -1);
Tensor trapezoid(const Arg &y, const Tensor &x, int64_t dim = -1);
template <class... Args> Tensor trapz(const Arg &y, const Args &...rest) { return trapezoid(y, rest...); }
/// Columns x^(n - 1), ... x, 1, or in increasing order.
Tensor vander(const Arg &x, std::optional<int64_t> n = std::nullopt, bool increasing = false);

//===--- made anew --------------------------------------------------------------------------------------------===//

/// base^start, ... base^end in equal steps of the exponent.
Tensor logspace(const Scalar &start, const Scalar &end, int64_t steps, double base = 10,
                const TensorOptions &options = {}, const Where &at = Where::current());
/// From start to end, the end included.
Tensor range(const Scalar &start, const Scalar &end, const Scalar &step = 1,
             const TensorOptions &options = {}, const Where &at = Where::current());
Tensor randint_like(const Arg &x, int64_t low, int64_t high, const TensorOptions &options = {});
inline Tensor randint_like(const Arg &x, int64_t high, const TensorOptions &options = {}) {
  return randint_like(x, 0, high, options);
}
/// Windows of signal processing; one of a symmetric filter where not periodic.
Tensor hann_window(int64_t length, bool periodic = true, const TensorOptions &options = {},
                   const Where &at = Where::current());
Tensor hamming_window(int64_t length, bool periodic = true, double alpha = 0.54, double beta = 0.46,
                      const TensorOptions &options = {}, const Where &at = Where::current());
Tensor blackman_window(int64_t length, bool periodic = true, const TensorOptions &options = {},
                       const Where &at = Where::current());
Tensor bartlett_window(int64_t length, bool periodic = true, const TensorOptions &options = {},
                       const Where &at = Where::current());

//===--- layers -----------------------------------------------------------------------------------------------===//

Tensor mish(const Arg &x);
Tensor linear(const Arg &input, const Arg &weight, const OptionalTensor &bias = {});
Tensor bilinear(const Arg &input1, const Arg &input2, const Arg &weight, const OptionalTensor &bias = {});
Tensor embedding(const Arg &weight, const Arg &indices, int64_t padding_idx = -1,
                 bool scale_grad_by_freq = false, bool sparse = false);
/// mode: 0 for sums, 1 for means, 2 for maxima. With the bag of each index and the number of indices of each bag that count;
/// the positions of maxima are undefined.
std::tuple<Tensor, Tensor, Tensor, Tensor>
embedding_bag(const Arg &weight, const Arg &indices, const Arg &offsets, bool scale_grad_by_freq = false,
              int64_t mode = 0, bool sparse = false, const OptionalTensor &per_sample_weights = {},
              bool include_last_offset = false, std::optional<int64_t> padding_idx = std::nullopt);
/// mode: "constant", "reflect", "replicate" or "circular".
Tensor pad(const Arg &input, const Shape &pad, const std::string &mode = "constant",
           std::optional<double> value = std::nullopt);
Tensor reflection_pad1d(const Arg &input, const Shape &padding);
Tensor reflection_pad2d(const Arg &input, const Shape &padding);
Tensor reflection_pad3d(const Arg &input, const Shape &padding);
Tensor replication_pad1d(const Arg &input, const Shape &padding);
Tensor replication_pad2d(const Arg &input, const Shape &padding);
Tensor replication_pad3d(const Arg &input, const Shape &padding);
/// Modes as numbers: bilinear, nearest, bicubic; zeros, border, reflection.
Tensor grid_sampler(const Arg &input, const Arg &grid, int64_t interpolation_mode, int64_t padding_mode,
                    bool align_corners);
Tensor im2col(const Arg &input, const ExpandingArray<2> &kernel_size, const ExpandingArray<2> &dilation,
              const ExpandingArray<2> &padding, const ExpandingArray<2> &stride);
Tensor col2im(const Arg &input, const ExpandingArray<2> &output_size, const ExpandingArray<2> &kernel_size,
              const ExpandingArray<2> &dilation, const ExpandingArray<2> &padding,
              const ExpandingArray<2> &stride);
/// To given sizes; the factors, where there are any, replace the quotients of the sizes.
using Factor = std::optional<double>;
Tensor upsample_nearest1d(const Arg &input, const Shape &output_size, Factor scale = {});
Tensor upsample_nearest2d(const Arg &input, const Shape &output_size, Factor scale_h = {},
                          Factor scale_w = {});
Tensor upsample_nearest3d(const Arg &input, const Shape &output_size, Factor scale_d = {},
                          Factor scale_h = {}, Factor scale_w = {});
Tensor upsample_linear1d(const Arg &input, const Shape &output_size, bool align_corners, Factor scale = {});
Tensor upsample_bilinear2d(const Arg &input, const Shape &output_size, bool align_corners,
                           Factor scale_h = {}, Factor scale_w = {});
Tensor upsample_bicubic2d(const Arg &input, const Shape &output_size, bool align_corners, Factor scale_h = {},
                          Factor scale_w = {});
Tensor upsample_trilinear3d(const Arg &input, const Shape &output_size, bool align_corners,
                            Factor scale_d = {}, Factor scale_h = {}, Factor scale_w = {});

} // namespace ingot
