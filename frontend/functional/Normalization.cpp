#include "frontend/functional/Normalization.h"
#include "frontend/core/GradMode.h"
#include "frontend/functional/BatchNorm.h"
#include "frontend/functional/Precision.h"
#include "frontend/functional/Structured.h"
#include "frontend/functional/aliases.h"
#include "frontend/functional/factories.h"
#include "frontend/functional/ops.h"
#include <limits>

namespace ingot {
using detail::widened;
using detail::widenedFloat;

namespace {

/// Mean and biased variance, with the dimensions kept.
struct Moments {
  Moments(const Tensor &x, const Shape &dims) : mean(x.mean(dims, true)) {
    centered = x - mean;
    variance = ingot::square(centered).mean(dims, true);
  }
  Tensor mean, centered, variance;
};

/// A tensor of one element a channel, in the place of dimension 1; an undefined one stays so.
Tensor alongChannels(const Tensor &tensor, int64_t rank) {
  if (!tensor.defined())
    return tensor;
  Shape sizes(std::vector<Size>(static_cast<size_t>(rank), Size(1)));
  sizes[1] = tensor.size(0);
  return tensor.view(sizes);
}

void requireChannels(const char *op, const Where &at, const char *what, const Tensor &tensor,
                     const Size &channels) {
  if (tensor.defined() && (tensor.dim() != 1 || tensor.size(0) != channels))
    detail::fail(op, at, std::string(what) + " must be [" + channels.str() + "], one element a channel",
                 tensor.sizes().str());
}

/// y * weight + bias; either may be undefined.
Tensor scaleAndShift(Tensor y, const Tensor &weight, const Tensor &bias) {
  if (weight.defined())
    y = y * weight;
  return bias.defined() ? y + bias : y;
}

Tensor standardized(const Tensor &centered, const Tensor &variance, double eps) {
  return centered * ingot::rsqrt(variance + Scalar::constant(eps));
}

} // namespace

namespace detail {
namespace {

/// The running statistics; a batch has `samples` values of each channel, of `count` elements.
class RunningStatistics {
public:
  RunningStatistics(const BatchNormArguments &a, const Size &count, const Size &samples, const Arg &momentum)
      : a(a), count(count), samples(samples), momentum(momentum) {}

  void update(const Moments &moments) const {
    AutoGradMode noGrad(false);
    update(a.runningMean, average(moments.mean.detach()));
    update(a.runningVar, average(unbiased(moments.variance.detach())));
  }

private:
  static Tensor number(const Size &size) { return ingot::scalar_tensor(size, kFloat32); }

  /// Over the samples.
  Tensor average(const Tensor &x) const { return samples.isNumber() && samples == 1 ? x : x.mean({0}, true); }

  /// variance * count / (count - 1).
  Tensor unbiased(const Tensor &variance) const {
    if (count.isNumber())
      return variance * Scalar::constant(double(int64_t(count)) / double(int64_t(count) - 1));
    Tensor n = number(count);
    return variance * (n / ingot::maximum(n - Scalar::constant(1), Scalar::constant(1)));
  }

  /// running += momentum * (value - running), in place. A batch that turns out to be empty changes nothing.
  void update(const Tensor &running, const Tensor &value) const {
    if (!running.defined())
      return;
    Tensor updated = running + (value.view(running.sizes()) - running) * momentum;
    Size elements = count * samples;
    running.copy_(elements.isNumber()
                      ? updated
                      : ingot::where(number(elements) > Scalar::constant(0), updated, running));
  }

  const BatchNormArguments &a;
  const Size &count, &samples;
  const Arg &momentum;
};

void checkBatchNorm(const char *op, const Arg &input, const BatchNormArguments &a, int64_t rank) {
  if (input->dim() < rank)
    fail(op, input.where, "input must have " + std::to_string(rank) + " dimensions or more, [N, C, ...]",
         input->sizes().str());
  Size channels = input->size(1);
  requireChannels(op, input.where, "weight", a.weight, channels);
  requireChannels(op, input.where, "bias", a.bias, channels);
  requireChannels(op, input.where, "running_mean", a.runningMean, channels);
  requireChannels(op, input.where, "running_var", a.runningVar, channels);
  if (!a.useBatch && !(a.runningMean.defined() && a.runningVar.defined()))
    fail(op, input.where, "running_mean and running_var must be defined unless training");
}

} // namespace

Tensor batchNorm(const Arg &input, const BatchNormArguments &a, const Arg &momentum) {
  OpScope scope("batch_norm", input.where);
  if (Size elements = input->numel(); elements.isNumber() && elements == 0)
    return *input; // and the running statistics stay
  checkBatchNorm("batch_norm", input, a, 2);
  Tensor x = widened(*input), y;
  int64_t rank = x.dim();
  if (a.useBatch) {
    Shape dims = {0};
    Size count = x.size(0);
    for (int64_t d = 2; d < rank; ++d) {
      dims.push_back(d);
      count *= x.size(d);
    }
    if (count.isNumber() && count == 1)
      fail("batch_norm", input.where, "training needs more than one value a channel",
           "input " + x.sizes().str());
    Moments moments(x, dims);
    y = standardized(moments.centered, moments.variance, a.eps);
    RunningStatistics(a, count, 1, momentum).update(moments);
  } else {
    y = standardized(x - alongChannels(a.runningMean, rank), alongChannels(a.runningVar, rank), a.eps);
  }
  y = scaleAndShift(y, alongChannels(a.weight, rank), alongChannels(a.bias, rank));
  return y.to(input->dtype());
}

Tensor instanceNorm(const Arg &input, const BatchNormArguments &a, const Arg &momentum) {
  OpScope scope("instance_norm", input.where);
  checkBatchNorm("instance_norm", input, a, 3);
  if (Size elements = input->numel(); elements.isNumber() && elements == 0)
    return *input;
  if (!a.useBatch)
    return batchNorm(input, a, momentum);
  Tensor x = widened(*input);
  int64_t rank = x.dim();
  Shape dims;
  Size count = 1;
  for (int64_t d = 2; d < rank; ++d) {
    dims.push_back(d);
    count *= x.size(d);
  }
  if (count.isNumber() && count == 1)
    fail("instance_norm", input.where, "more than one element a channel is needed",
         "input " + x.sizes().str());
  Moments moments(x, dims);
  RunningStatistics(a, count, x.size(0), momentum).update(moments);
  Tensor y = standardized(moments.centered, moments.variance, a.eps);
  y = scaleAndShift(y, alongChannels(a.weight, rank), alongChannels(a.bias, rank));
  return y.to(input->dtype());
}

namespace {

/// Requires the last sizes of input and those of its parameters to be `normalized`, and gives their
/// dimensions.
Shape lastDims(const char *op, const Arg &input, const Shape &normalized,
               std::initializer_list<const Tensor *> parameters) {
  auto count = static_cast<int64_t>(normalized.size());
  bool fits = count > 0 && count <= input->dim();
  Shape dims;
  for (int64_t d = -count; fits && d < 0; ++d) {
    fits = input->size(d) == normalized[static_cast<size_t>(count + d)];
    dims.push_back(d);
  }
  if (!fits)
    fail(op, input.where, "the last sizes of input must be " + normalized.str(), input->sizes().str());
  for (const Tensor *tensor : parameters)
    if (tensor->defined() && tensor->sizes() != normalized)
      fail(op, input.where, "weight and bias must be " + normalized.str(), tensor->sizes().str());
  return dims;
}

/// Sums over windows of channels, with zeros `low` before and `high` behind them: x [N, C, ...].
Tensor channelWindowSum(const Tensor &x, int64_t low, int64_t high) {
  Size rest = 1;
  for (int64_t d = 2; d < x.dim(); ++d)
    rest *= x.size(d);
  Tensor padded = recordPad(x.view({x.size(0), 1, x.size(1), rest}), {0, 0, low, 0}, {0, 0, high, 0},
                            Scalar::constant(0));
  return recordWindowSum(padded, {{low + high + 1, 1}, {1, 1}, {1, 1}}).view(x.sizes());
}

/// PyTorch's derivative of crossMapNorm is none of what it computes: to the part of a fixed scale it adds sums over
/// windows that reach further back than forward. A term of that derivative, whose value is zero.
Tensor crossMapCorrection(const Tensor &x, const Tensor &y, const Tensor &scale,
                          const nn::CrossMapLRN2dOptions &options) {
  int64_t size = options.size(), ahead = (size + 1) / 2;
  Tensor sums = channelWindowSum(x.detach() * x, std::max<int64_t>(size - 1 - ahead, 0), ahead);
  double factor = -2 * options.alpha() * options.beta() / double(size);
  Tensor term = (y / scale).detach() * sums * Scalar::constant(factor);
  return term - term.detach();
}

} // namespace

Tensor crossMapNorm(const Arg &input, const nn::CrossMapLRN2dOptions &options) {
  OpScope scope("cross_map_lrn2d", input.where);
  if (input->dim() != 4)
    fail("cross_map_lrn2d", input.where, "input must have 4 dimensions, [N, C, H, W]", input->sizes().str());
  Tensor x = widenedFloat(*input), squares = ingot::square(x.detach());
  int64_t reach = (options.size() - 1) / 2 + 1;
  Tensor sums = channelWindowSum(squares, reach - 1, reach - 1);
  // PyTorch's running sum never drops the first channel.
  Tensor channel = ingot::arange(x.size(1), kInt64).view({-1, 1, 1});
  sums =
      sums + ingot::where(channel >= Scalar::constant(reach), squares.narrow(1, 0, 1), Scalar::constant(0.0));
  Tensor scale =
      sums * Scalar::constant(options.alpha() / double(options.size())) + Scalar::constant(options.k());
  Tensor y = x * ingot::pow(scale, Scalar::constant(-options.beta()));
  return narrowed(y + crossMapCorrection(x, y, scale, options), input);
}

} // namespace detail

namespace nn::functional {

Tensor batch_norm(const Arg &input, const Arg &running_mean, const Arg &running_var,
                  const BatchNormFuncOptions &options) {
  ingot::detail::BatchNormArguments arguments{options.weight(), options.bias(),     *running_mean,
                                              *running_var,     options.training(), options.eps()};
  return ingot::detail::batchNorm(input, arguments, Scalar::constant(options.momentum().value_or(0)));
}

Tensor layer_norm(const Arg &input, const LayerNormFuncOptions &options) {
  ingot::detail::OpScope scope("layer_norm", input.where);
  Shape dims = ingot::detail::lastDims("layer_norm", input, options.normalized_shape(),
                                       {&options.weight(), &options.bias()});
  Moments moments(widened(*input), dims);
  Tensor y = standardized(moments.centered, moments.variance, options.eps());
  return scaleAndShift(y, options.weight(), options.bias()).to(input->dtype());
}

Tensor group_norm(const Arg &input, const GroupNormFuncOptions &options) {
  ingot::detail::OpScope scope("group_norm", input.where);
  int64_t groups = options.num_groups(), rank = input->dim();
  if (groups < 1)
    ingot::detail::fail("group_norm", input.where, "num_groups must be positive", std::to_string(groups));
  if (rank < 2 || input->size(1) % groups != 0)
    ingot::detail::fail("group_norm", input.where,
                        "input must be [N, C, ...] with C divisible by num_groups, " + std::to_string(groups),
                        input->sizes().str());
  requireChannels("group_norm", input.where, "weight", options.weight(), input->size(1));
  requireChannels("group_norm", input.where, "bias", options.bias(), input->size(1));
  // [N, groups, C / groups, ...]
  std::vector<Size> sizes = {input->size(0), groups, input->size(1) / groups};
  Shape dims = {2};
  for (int64_t d = 2; d < rank; ++d) {
    sizes.push_back(input->size(d));
    dims.push_back(d + 1);
  }
  Moments moments(widened(*input).reshape(sizes), dims);
  Tensor y = standardized(moments.centered, moments.variance, options.eps()).reshape(input->sizes());
  y = scaleAndShift(y, alongChannels(options.weight(), rank), alongChannels(options.bias(), rank));
  return y.to(input->dtype());
}

Tensor instance_norm(const Arg &input, const InstanceNormFuncOptions &options) {
  ingot::detail::BatchNormArguments arguments{options.weight(),          options.bias(),
                                              options.running_mean(),    options.running_var(),
                                              options.use_input_stats(), options.eps()};
  return ingot::detail::instanceNorm(input, arguments, Scalar::constant(options.momentum()));
}

Tensor rms_norm(const Arg &input, const RMSNormFuncOptions &options) {
  ingot::detail::OpScope scope("rms_norm", input.where);
  Shape dims = ingot::detail::lastDims("rms_norm", input, options.normalized_shape(), {&options.weight()});
  Tensor x = widenedFloat(*input);
  double least =
      x.dtype() == kFloat64 ? std::numeric_limits<double>::epsilon() : std::numeric_limits<float>::epsilon();
  Tensor meanSquare = ingot::square(x).mean(dims, true);
  Tensor y = x * ingot::rsqrt(meanSquare + Scalar::constant(options.eps().value_or(least)));
  return ingot::detail::narrowed(scaleAndShift(y, options.weight(), {}), input);
}

Tensor local_response_norm(const Arg &input, const LocalResponseNormFuncOptions &options) {
  ingot::detail::OpScope scope("local_response_norm", input.where);
  int64_t size = options.size();
  if (size < 1)
    ingot::detail::fail("local_response_norm", input.where, "size must be positive", std::to_string(size));
  if (input->dim() < 3)
    ingot::detail::fail("local_response_norm", input.where,
                        "input must have 3 dimensions or more, [N, C, ...]", input->sizes().str());
  if (Size elements = input->numel(); elements.isNumber() && elements == 0)
    return *input;
  Tensor x = widenedFloat(*input);
  Tensor means = ingot::detail::channelWindowSum(ingot::square(x), size / 2, (size - 1) / 2) *
                 Scalar::constant(1 / double(size));
  if (!input->is_floating_point())
    means = ingot::floor(means); // the mean of integers is one
  Tensor scale = means * Scalar::constant(options.alpha()) + Scalar::constant(options.k());
  Tensor y = x / ingot::pow(scale, Scalar::constant(options.beta()));
  return ingot::detail::narrowed(y, input);
}

Tensor normalize(const Arg &input, const NormalizeFuncOptions &options) {
  ingot::detail::OpScope scope("normalize", input.where);
  Tensor x = widenedFloat(*input);
  Tensor length = ingot::norm(x, Scalar::constant(options.p()), {options.dim()}, true);
  Tensor result =
      ingot::detail::narrowed(x / ingot::clamp_min(length, Scalar::constant(options.eps())), input);
  return options.out() ? ingot::detail::writeOut(*options.out(), result, input.where) : result;
}

} // namespace nn::functional
} // namespace ingot
