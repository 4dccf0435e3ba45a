// Convolutions, pooling, dropout and activations as libtorch's functions with positional arguments; the functionals of nn
// say what they compute.
//
//   ingot::max_pool2d(ingot::relu(ingot::conv2d(x, w, b, /*stride=*/1, /*padding=*/2)), 2)
#pragma once
#include "ingot/core/Tensor.h"
#include "ingot/nn/options/Common.h"
#include <optional>
#include <tuple>

namespace ingot {
using OptionalTensor = std::optional<Tensor>;
namespace detail {
/// The stride of a pool: none, or an empty list, is the kernel size.
template <size_t D> struct PoolStride : std::optional<ExpandingArray<D>> {
  using std::optional<ExpandingArray<D>>::optional;
  PoolStride() = default;
  PoolStride(std::initializer_list<int64_t> list) {
    if (list.size() != 0)
      this->emplace(std::vector<int64_t>(list));
  }
};
} // namespace detail

//===--- convolutions ---------------------------------------------------------------------------------------===//

Tensor conv1d(const Arg &input, const Arg &weight, const OptionalTensor &bias = {},
              const ExpandingArray<1> &stride = 1, const ExpandingArray<1> &padding = 0,
              const ExpandingArray<1> &dilation = 1, int64_t groups = 1);
Tensor conv2d(const Arg &input, const Arg &weight, const OptionalTensor &bias = {},
              const ExpandingArray<2> &stride = 1, const ExpandingArray<2> &padding = 0,
              const ExpandingArray<2> &dilation = 1, int64_t groups = 1);
Tensor conv3d(const Arg &input, const Arg &weight, const OptionalTensor &bias = {},
              const ExpandingArray<3> &stride = 1, const ExpandingArray<3> &padding = 0,
              const ExpandingArray<3> &dilation = 1, int64_t groups = 1);
Tensor conv_transpose1d(const Arg &input, const Arg &weight, const OptionalTensor &bias = {},
                        const ExpandingArray<1> &stride = 1, const ExpandingArray<1> &padding = 0,
                        const ExpandingArray<1> &output_padding = 0, int64_t groups = 1,
                        const ExpandingArray<1> &dilation = 1);
Tensor conv_transpose2d(const Arg &input, const Arg &weight, const OptionalTensor &bias = {},
                        const ExpandingArray<2> &stride = 1, const ExpandingArray<2> &padding = 0,
                        const ExpandingArray<2> &output_padding = 0, int64_t groups = 1,
                        const ExpandingArray<2> &dilation = 1);
Tensor conv_transpose3d(const Arg &input, const Arg &weight, const OptionalTensor &bias = {},
                        const ExpandingArray<3> &stride = 1, const ExpandingArray<3> &padding = 0,
                        const ExpandingArray<3> &output_padding = 0, int64_t groups = 1,
                        const ExpandingArray<3> &dilation = 1);

//===--- pooling: the stride is the kernel size unless given ------------------------------------------------===//

Tensor max_pool1d(const Arg &input, const ExpandingArray<1> &kernel_size,
                  const detail::PoolStride<1> &stride = {}, const ExpandingArray<1> &padding = 0,
                  const ExpandingArray<1> &dilation = 1, bool ceil_mode = false);
std::tuple<Tensor, Tensor> max_pool1d_with_indices(const Arg &input, const ExpandingArray<1> &kernel_size,
                                                   const detail::PoolStride<1> &stride = {},
                                                   const ExpandingArray<1> &padding = 0,
                                                   const ExpandingArray<1> &dilation = 1,
                                                   bool ceil_mode = false);
Tensor max_pool2d(const Arg &input, const ExpandingArray<2> &kernel_size,
                  const detail::PoolStride<2> &stride = {}, const ExpandingArray<2> &padding = 0,
                  const ExpandingArray<2> &dilation = 1, bool ceil_mode = false);
std::tuple<Tensor, Tensor> max_pool2d_with_indices(const Arg &input, const ExpandingArray<2> &kernel_size,
                                                   const detail::PoolStride<2> &stride = {},
                                                   const ExpandingArray<2> &padding = 0,
                                                   const ExpandingArray<2> &dilation = 1,
                                                   bool ceil_mode = false);
Tensor max_pool3d(const Arg &input, const ExpandingArray<3> &kernel_size,
                  const detail::PoolStride<3> &stride = {}, const ExpandingArray<3> &padding = 0,
                  const ExpandingArray<3> &dilation = 1, bool ceil_mode = false);
std::tuple<Tensor, Tensor> max_pool3d_with_indices(const Arg &input, const ExpandingArray<3> &kernel_size,
                                                   const detail::PoolStride<3> &stride = {},
                                                   const ExpandingArray<3> &padding = 0,
                                                   const ExpandingArray<3> &dilation = 1,
                                                   bool ceil_mode = false);
Tensor avg_pool1d(const Arg &input, const ExpandingArray<1> &kernel_size,
                  const detail::PoolStride<1> &stride = {}, const ExpandingArray<1> &padding = 0,
                  bool ceil_mode = false, bool count_include_pad = true);
Tensor avg_pool2d(const Arg &input, const ExpandingArray<2> &kernel_size,
                  const detail::PoolStride<2> &stride = {}, const ExpandingArray<2> &padding = 0,
                  bool ceil_mode = false, bool count_include_pad = true,
                  std::optional<int64_t> divisor_override = std::nullopt);
Tensor avg_pool3d(const Arg &input, const ExpandingArray<3> &kernel_size,
                  const detail::PoolStride<3> &stride = {}, const ExpandingArray<3> &padding = 0,
                  bool ceil_mode = false, bool count_include_pad = true,
                  std::optional<int64_t> divisor_override = std::nullopt);
/// With the flat indices of the maxima, as in libtorch.
std::tuple<Tensor, Tensor> adaptive_max_pool1d(const Arg &input, const ExpandingArray<1> &output_size);
std::tuple<Tensor, Tensor> adaptive_max_pool2d(const Arg &input, const ExpandingArray<2> &output_size);
std::tuple<Tensor, Tensor> adaptive_max_pool3d(const Arg &input, const ExpandingArray<3> &output_size);
Tensor adaptive_avg_pool1d(const Arg &input, const ExpandingArray<1> &output_size);
Tensor adaptive_avg_pool2d(const Arg &input, const ExpandingArray<2> &output_size);
Tensor adaptive_avg_pool3d(const Arg &input, const ExpandingArray<3> &output_size);

//===--- sizes and places -----------------------------------------------------------------------------------===//

/// Two numbers a dimension, the last dimension first; negative ones cut.
Tensor constant_pad_nd(const Arg &input, const Shape &pad, const Scalar &value = 0);
Tensor pixel_shuffle(const Arg &input, int64_t upscale_factor);
Tensor pixel_unshuffle(const Arg &input, int64_t downscale_factor);
Tensor channel_shuffle(const Arg &input, int64_t groups);
Tensor affine_grid_generator(const Arg &theta, const Shape &size, bool align_corners);

//===--- dropout: where train is set, zeros with probability p, and what is left scaled by 1 / (1 - p) ------===//

Tensor dropout(const Arg &input, double p, bool train);
Tensor alpha_dropout(const Arg &input, double p, bool train);
Tensor feature_alpha_dropout(const Arg &input, double p, bool train);
/// Whole channels: input [N, C, ...].
Tensor feature_dropout(const Arg &input, double p, bool train);
Tensor &dropout_(const Arg &input, double p, bool train);

//===--- activations; those that end in _ write to their operand --------------------------------------------===//

Tensor leaky_relu(const Arg &input, const Scalar &negative_slope = 0.01);
Tensor &leaky_relu_(const Arg &input, const Scalar &negative_slope = 0.01);
/// scale * x above 0, alpha * scale * (exp(input_scale * x) - 1) below.
Tensor elu(const Arg &input, const Scalar &alpha = 1, const Scalar &scale = 1, const Scalar &input_scale = 1);
Tensor &elu_(const Arg &input, const Scalar &alpha = 1);
Tensor celu(const Arg &input, const Scalar &alpha = 1);
Tensor &celu_(const Arg &input, const Scalar &alpha = 1);
Tensor selu(const Arg &input);
Tensor &selu_(const Arg &input);
Tensor relu6(const Arg &input);
Tensor &relu6_(const Arg &input);
Tensor hardtanh(const Arg &input, const Scalar &min_val = -1, const Scalar &max_val = 1);
Tensor &hardtanh_(const Arg &input, const Scalar &min_val = -1, const Scalar &max_val = 1);
Tensor threshold(const Arg &input, const Scalar &threshold, const Scalar &value);
Tensor &threshold_(const Arg &input, const Scalar &threshold, const Scalar &value);
Tensor rrelu(const Arg &input, const Scalar &lower = 1. / 8, const Scalar &upper = 1. / 3,
             bool training = false);
Tensor prelu(const Arg &input, const Arg &weight);
/// approximate: "none" or "tanh".
Tensor gelu(const Arg &input, const std::string &approximate = "none");
Tensor glu(const Arg &input, int64_t dim = -1);
Tensor log_sigmoid(const Arg &input);
Tensor softplus(const Arg &input, const Scalar &beta = 1, const Scalar &threshold = 20);
Tensor softshrink(const Arg &input, const Scalar &lambda = 0.5);
Tensor hardshrink(const Arg &input, const Scalar &lambda = 0.5);
Tensor &relu_(const Arg &x);
Tensor &sigmoid_(const Arg &x);
Tensor &tanh_(const Arg &x);
Tensor &exp_(const Arg &x);
Tensor &log_(const Arg &x);
Tensor &sqrt_(const Arg &x);
Tensor &abs_(const Arg &x);
Tensor &neg_(const Arg &x);
Tensor &floor_(const Arg &x);
Tensor &ceil_(const Arg &x);
Tensor &round_(const Arg &x);
Tensor &square_(const Arg &x);
Tensor &silu_(const Arg &x);

//===--- normalization --------------------------------------------------------------------------------------===//

/// By the batch's statistics where training is set, which updates the running ones; else by the running ones.
Tensor batch_norm(const Arg &input, const OptionalTensor &weight, const OptionalTensor &bias,
                  const OptionalTensor &running_mean, const OptionalTensor &running_var, bool training,
                  double momentum, double eps, bool cudnn_enabled);

} // namespace ingot
