#include "frontend/functional/layers.h"
#include "frontend/functional/Activation.h"
#include "frontend/functional/Conv.h"
#include "frontend/functional/Dropout.h"
#include "frontend/functional/Normalization.h"
#include "frontend/functional/Padding.h"
#include "frontend/functional/PixelShuffle.h"
#include "frontend/functional/Pooling.h"
#include "frontend/functional/Upsampling.h"
#include "frontend/functional/Vision.h"
#include "frontend/functional/ops.h"

namespace ingot {

namespace F = nn::functional;

namespace {

// Arguments by position as the options of the functionals.

template <size_t D>
F::ConvFuncOptions<D> convOptions(const OptionalTensor &bias, const ExpandingArray<D> &stride,
                                  const ExpandingArray<D> &padding, const ExpandingArray<D> &dilation,
                                  int64_t groups) {
  return F::ConvFuncOptions<D>()
      .bias(bias.value_or(Tensor()))
      .stride(stride)
      .padding(padding)
      .dilation(dilation)
      .groups(groups);
}

template <size_t D>
F::ConvTransposeFuncOptions<D>
convTransposeOptions(const OptionalTensor &bias, const ExpandingArray<D> &stride,
                     const ExpandingArray<D> &padding, const ExpandingArray<D> &output_padding,
                     int64_t groups, const ExpandingArray<D> &dilation) {
  return F::ConvTransposeFuncOptions<D>()
      .bias(bias.value_or(Tensor()))
      .stride(stride)
      .padding(padding)
      .output_padding(output_padding)
      .groups(groups)
      .dilation(dilation);
}

template <size_t D>
nn::MaxPoolOptions<D> maxPoolOptions(const ExpandingArray<D> &kernel_size,
                                     const detail::PoolStride<D> &stride, const ExpandingArray<D> &padding,
                                     const ExpandingArray<D> &dilation, bool ceil_mode) {
  return nn::MaxPoolOptions<D>(kernel_size)
      .stride(stride.value_or(kernel_size))
      .padding(padding)
      .dilation(dilation)
      .ceil_mode(ceil_mode);
}

template <size_t D>
nn::AvgPoolOptions<D> avgPoolOptions(const ExpandingArray<D> &kernel_size,
                                     const detail::PoolStride<D> &stride, const ExpandingArray<D> &padding,
                                     bool ceil_mode, bool count_include_pad,
                                     std::optional<int64_t> divisor_override) {
  return nn::AvgPoolOptions<D>(kernel_size)
      .stride(stride.value_or(kernel_size))
      .padding(padding)
      .ceil_mode(ceil_mode)
      .count_include_pad(count_include_pad)
      .divisor_override(divisor_override);
}

} // namespace

//===--- convolutions ---------------------------------------------------------------------------------------===//

Tensor conv1d(const Arg &input, const Arg &weight, const OptionalTensor &bias,
              const ExpandingArray<1> &stride, const ExpandingArray<1> &padding,
              const ExpandingArray<1> &dilation, int64_t groups) {
  return F::conv1d(input, weight, convOptions(bias, stride, padding, dilation, groups));
}
Tensor conv2d(const Arg &input, const Arg &weight, const OptionalTensor &bias,
              const ExpandingArray<2> &stride, const ExpandingArray<2> &padding,
              const ExpandingArray<2> &dilation, int64_t groups) {
  return F::conv2d(input, weight, convOptions(bias, stride, padding, dilation, groups));
}
Tensor conv3d(const Arg &input, const Arg &weight, const OptionalTensor &bias,
              const ExpandingArray<3> &stride, const ExpandingArray<3> &padding,
              const ExpandingArray<3> &dilation, int64_t groups) {
  return F::conv3d(input, weight, convOptions(bias, stride, padding, dilation, groups));
}
Tensor conv_transpose1d(const Arg &input, const Arg &weight, const OptionalTensor &bias,
                        const ExpandingArray<1> &stride, const ExpandingArray<1> &padding,
                        const ExpandingArray<1> &output_padding, int64_t groups,
                        const ExpandingArray<1> &dilation) {
  return F::conv_transpose1d(input, weight,
                             convTransposeOptions(bias, stride, padding, output_padding, groups, dilation));
}
Tensor conv_transpose2d(const Arg &input, const Arg &weight, const OptionalTensor &bias,
                        const ExpandingArray<2> &stride, const ExpandingArray<2> &padding,
                        const ExpandingArray<2> &output_padding, int64_t groups,
                        const ExpandingArray<2> &dilation) {
  return F::conv_transpose2d(input, weight,
                             convTransposeOptions(bias, stride, padding, output_padding, groups, dilation));
}
Tensor conv_transpose3d(const Arg &input, const Arg &weight, const OptionalTensor &bias,
                        const ExpandingArray<3> &stride, const ExpandingArray<3> &padding,
                        const ExpandingArray<3> &output_padding, int64_t groups,
                        const ExpandingArray<3> &dilation) {
  return F::conv_transpose3d(input, weight,
                             convTransposeOptions(bias, stride, padding, output_padding, groups, dilation));
}

//===--- pooling --------------------------------------------------------------------------------------------===//

Tensor max_pool1d(const Arg &input, const ExpandingArray<1> &kernel_size, const detail::PoolStride<1> &stride,
                  const ExpandingArray<1> &padding, const ExpandingArray<1> &dilation, bool ceil_mode) {
  return F::max_pool1d(input, maxPoolOptions(kernel_size, stride, padding, dilation, ceil_mode));
}
std::tuple<Tensor, Tensor> max_pool1d_with_indices(const Arg &input, const ExpandingArray<1> &kernel_size,
                                                   const detail::PoolStride<1> &stride,
                                                   const ExpandingArray<1> &padding,
                                                   const ExpandingArray<1> &dilation, bool ceil_mode) {
  return F::max_pool1d_with_indices(input, maxPoolOptions(kernel_size, stride, padding, dilation, ceil_mode));
}
Tensor max_pool2d(const Arg &input, const ExpandingArray<2> &kernel_size, const detail::PoolStride<2> &stride,
                  const ExpandingArray<2> &padding, const ExpandingArray<2> &dilation, bool ceil_mode) {
  return F::max_pool2d(input, maxPoolOptions(kernel_size, stride, padding, dilation, ceil_mode));
}
std::tuple<Tensor, Tensor> max_pool2d_with_indices(const Arg &input, const ExpandingArray<2> &kernel_size,
                                                   const detail::PoolStride<2> &stride,
                                                   const ExpandingArray<2> &padding,
                                                   const ExpandingArray<2> &dilation, bool ceil_mode) {
  return F::max_pool2d_with_indices(input, maxPoolOptions(kernel_size, stride, padding, dilation, ceil_mode));
}
Tensor max_pool3d(const Arg &input, const ExpandingArray<3> &kernel_size, const detail::PoolStride<3> &stride,
                  const ExpandingArray<3> &padding, const ExpandingArray<3> &dilation, bool ceil_mode) {
  return F::max_pool3d(input, maxPoolOptions(kernel_size, stride, padding, dilation, ceil_mode));
}
std::tuple<Tensor, Tensor> max_pool3d_with_indices(const Arg &input, const ExpandingArray<3> &kernel_size,
                                                   const detail::PoolStride<3> &stride,
                                                   const ExpandingArray<3> &padding,
                                                   const ExpandingArray<3> &dilation, bool ceil_mode) {
  return F::max_pool3d_with_indices(input, maxPoolOptions(kernel_size, stride, padding, dilation, ceil_mode));
}
Tensor avg_pool1d(const Arg &input, const ExpandingArray<1> &kernel_size, const detail::PoolStride<1> &stride,
                  const ExpandingArray<1> &padding, bool ceil_mode, bool count_include_pad) {
  return F::avg_pool1d(
      input, avgPoolOptions(kernel_size, stride, padding, ceil_mode, count_include_pad, std::nullopt));
}
Tensor avg_pool2d(const Arg &input, const ExpandingArray<2> &kernel_size, const detail::PoolStride<2> &stride,
                  const ExpandingArray<2> &padding, bool ceil_mode, bool count_include_pad,
                  std::optional<int64_t> divisor_override) {
  return F::avg_pool2d(
      input, avgPoolOptions(kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override));
}
Tensor avg_pool3d(const Arg &input, const ExpandingArray<3> &kernel_size, const detail::PoolStride<3> &stride,
                  const ExpandingArray<3> &padding, bool ceil_mode, bool count_include_pad,
                  std::optional<int64_t> divisor_override) {
  return F::avg_pool3d(
      input, avgPoolOptions(kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override));
}
std::tuple<Tensor, Tensor> adaptive_max_pool1d(const Arg &input, const ExpandingArray<1> &output_size) {
  return F::adaptive_max_pool1d_with_indices(input, F::AdaptiveMaxPool1dFuncOptions(output_size));
}
std::tuple<Tensor, Tensor> adaptive_max_pool2d(const Arg &input, const ExpandingArray<2> &output_size) {
  return F::adaptive_max_pool2d_with_indices(
      input, F::AdaptiveMaxPool2dFuncOptions(ExpandingArrayWithOptionalElem<2>(output_size)));
}
std::tuple<Tensor, Tensor> adaptive_max_pool3d(const Arg &input, const ExpandingArray<3> &output_size) {
  return F::adaptive_max_pool3d_with_indices(
      input, F::AdaptiveMaxPool3dFuncOptions(ExpandingArrayWithOptionalElem<3>(output_size)));
}
Tensor adaptive_avg_pool1d(const Arg &input, const ExpandingArray<1> &output_size) {
  return F::adaptive_avg_pool1d(input, F::AdaptiveAvgPool1dFuncOptions(output_size));
}
Tensor adaptive_avg_pool2d(const Arg &input, const ExpandingArray<2> &output_size) {
  return F::adaptive_avg_pool2d(
      input, F::AdaptiveAvgPool2dFuncOptions(ExpandingArrayWithOptionalElem<2>(output_size)));
}
Tensor adaptive_avg_pool3d(const Arg &input, const ExpandingArray<3> &output_size) {
  return F::adaptive_avg_pool3d(
      input, F::AdaptiveAvgPool3dFuncOptions(ExpandingArrayWithOptionalElem<3>(output_size)));
}

//===--- sizes and places -----------------------------------------------------------------------------------===//

Tensor constant_pad_nd(const Arg &input, const Shape &pad, const Scalar &value) {
  return F::pad(input, F::PadFuncOptions(pad.vec()).value(value.toDouble()));
}
Tensor pixel_shuffle(const Arg &input, int64_t upscale_factor) {
  return F::pixel_shuffle(input, upscale_factor);
}
Tensor pixel_unshuffle(const Arg &input, int64_t downscale_factor) {
  return F::pixel_unshuffle(input, downscale_factor);
}
Tensor channel_shuffle(const Arg &input, int64_t groups) { return F::channel_shuffle(input, groups); }
Tensor affine_grid_generator(const Arg &theta, const Shape &size, bool align_corners) {
  return F::affine_grid(theta, size, align_corners);
}

//===--- dropout --------------------------------------------------------------------------------------------===//

Tensor dropout(const Arg &input, double p, bool train) {
  return F::dropout(input, F::DropoutFuncOptions().p(p).training(train));
}
Tensor alpha_dropout(const Arg &input, double p, bool train) {
  return F::alpha_dropout(input, F::AlphaDropoutFuncOptions().p(p).training(train));
}
Tensor feature_alpha_dropout(const Arg &input, double p, bool train) {
  return F::feature_alpha_dropout(input, F::FeatureAlphaDropoutFuncOptions().p(p).training(train));
}
Tensor feature_dropout(const Arg &input, double p, bool train) {
  auto options = F::DropoutFuncOptions().p(p).training(train);
  return input->dim() == 5 ? F::dropout3d(input, options) : F::dropout2d(input, options);
}
Tensor &dropout_(const Arg &input, double p, bool train) { return input->copy_(dropout(input, p, train)); }

//===--- activations ----------------------------------------------------------------------------------------===//

Tensor leaky_relu(const Arg &input, const Scalar &negative_slope) {
  return F::leaky_relu(input, F::LeakyReLUFuncOptions().negative_slope(negative_slope.toDouble()));
}
Tensor &leaky_relu_(const Arg &input, const Scalar &negative_slope) {
  return input->copy_(ingot::leaky_relu(input, negative_slope));
}
Tensor elu(const Arg &input, const Scalar &alpha, const Scalar &scale, const Scalar &input_scale) {
  if (scale.toDouble() != 1 || input_scale.toDouble() != 1) {
    detail::OpScope scope("elu", input.where);
    return where(input->gt(Scalar::constant(0)), scale * *input,
                 expm1(input_scale * *input) * (alpha.toDouble() * scale.toDouble()));
  }
  return F::elu(input, F::ELUFuncOptions().alpha(alpha.toDouble()));
}
Tensor &elu_(const Arg &input, const Scalar &alpha) { return input->copy_(ingot::elu(input, alpha)); }
Tensor celu(const Arg &input, const Scalar &alpha) {
  return F::celu(input, F::CELUFuncOptions().alpha(alpha.toDouble()));
}
Tensor &celu_(const Arg &input, const Scalar &alpha) { return input->copy_(ingot::celu(input, alpha)); }
Tensor selu(const Arg &input) { return F::selu(input, F::SELUFuncOptions()); }
Tensor &selu_(const Arg &input) { return input->copy_(ingot::selu(input)); }
Tensor relu6(const Arg &input) { return F::relu6(input, F::ReLU6FuncOptions()); }
Tensor &relu6_(const Arg &input) { return input->copy_(ingot::relu6(input)); }
Tensor hardtanh(const Arg &input, const Scalar &min_val, const Scalar &max_val) {
  return F::hardtanh(input, F::HardtanhFuncOptions().min_val(min_val.toDouble()).max_val(max_val.toDouble()));
}
Tensor &hardtanh_(const Arg &input, const Scalar &min_val, const Scalar &max_val) {
  return input->copy_(ingot::hardtanh(input, min_val, max_val));
}
Tensor threshold(const Arg &input, const Scalar &threshold, const Scalar &value) {
  return F::threshold(input, F::ThresholdFuncOptions(threshold.toDouble(), value.toDouble()));
}
Tensor &threshold_(const Arg &input, const Scalar &threshold, const Scalar &value) {
  return input->copy_(ingot::threshold(input, threshold, value));
}
Tensor rrelu(const Arg &input, const Scalar &lower, const Scalar &upper, bool training) {
  return F::rrelu(input,
                  F::RReLUFuncOptions().lower(lower.toDouble()).upper(upper.toDouble()).training(training));
}
Tensor prelu(const Arg &input, const Arg &weight) { return F::prelu(input, weight); }
Tensor gelu(const Arg &input, const std::string &approximate) {
  return F::gelu(input, F::GELUFuncOptions().approximate(approximate));
}
Tensor glu(const Arg &input, int64_t dim) { return F::glu(input, F::GLUFuncOptions(dim)); }
Tensor log_sigmoid(const Arg &input) { return F::logsigmoid(input); }
Tensor softplus(const Arg &input, const Scalar &beta, const Scalar &threshold) {
  return F::softplus(input, F::SoftplusFuncOptions().beta(beta.toDouble()).threshold(threshold.toDouble()));
}
Tensor softshrink(const Arg &input, const Scalar &lambda) {
  return F::softshrink(input, F::SoftshrinkFuncOptions(lambda.toDouble()));
}
Tensor hardshrink(const Arg &input, const Scalar &lambda) {
  return F::hardshrink(input, F::HardshrinkFuncOptions(lambda.toDouble()));
}
Tensor &relu_(const Arg &x) { return x->relu_(x.where); }
Tensor &sigmoid_(const Arg &x) { return x->sigmoid_(x.where); }
Tensor &tanh_(const Arg &x) { return x->tanh_(x.where); }
Tensor &exp_(const Arg &x) { return x->exp_(x.where); }
Tensor &log_(const Arg &x) { return x->log_(x.where); }
Tensor &sqrt_(const Arg &x) { return x->sqrt_(x.where); }
Tensor &abs_(const Arg &x) { return x->abs_(x.where); }
Tensor &neg_(const Arg &x) { return x->neg_(x.where); }
Tensor &floor_(const Arg &x) { return x->floor_(x.where); }
Tensor &ceil_(const Arg &x) { return x->ceil_(x.where); }
Tensor &round_(const Arg &x) { return x->round_(x.where); }
Tensor &square_(const Arg &x) { return x->square_(x.where); }
Tensor &silu_(const Arg &x) { return x->silu_(x.where); }

//===--- normalization --------------------------------------------------------------------------------------===//

Tensor batch_norm(const Arg &input, const OptionalTensor &weight, const OptionalTensor &bias,
                  const OptionalTensor &running_mean, const OptionalTensor &running_var, bool training,
                  double momentum, double eps, bool) {
  Tensor mean = running_mean.value_or(Tensor()), variance = running_var.value_or(Tensor());
  return F::batch_norm(input, Arg(mean, input.where), Arg(variance, input.where),
                       F::BatchNormFuncOptions()
                           .weight(weight.value_or(Tensor()))
                           .bias(bias.value_or(Tensor()))
                           .training(training)
                           .momentum(momentum)
                           .eps(eps));
}

} // namespace ingot
