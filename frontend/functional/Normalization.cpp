#include "frontend/functional/Normalization.h"
#include "frontend/core/GradMode.h"
#include "frontend/functional/BatchNorm.h"
#include "frontend/functional/factories.h"
#include "frontend/functional/ops.h"

namespace ingot {
namespace {

/// The input in a type to compute with: halves are rounded once, at the end.
Tensor widened(const Tensor &x) { return x.element_size() == 2 ? x.to(kFloat32) : x; }

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

Tensor normalize(const Tensor &centered, const Tensor &variance, double eps) {
  return centered * ingot::rsqrt(variance + Scalar::constant(eps));
}

} // namespace

namespace detail {
namespace {

/// The running statistics of a batch with `count` values a channel.
class RunningStatistics {
public:
  RunningStatistics(const BatchNormArguments &a, const Size &count, const Arg &momentum)
      : a(a), count(count), momentum(momentum) {}

  void update(const Moments &moments) const {
    NoGradGuard noGrad;
    update(a.runningMean, moments.mean.detach());
    update(a.runningVar, unbiased(moments.variance.detach()));
  }

private:
  Tensor number() const { return ingot::scalar_tensor(count, kFloat32); }

  /// variance * count / (count - 1).
  Tensor unbiased(const Tensor &variance) const {
    if (count.isNumber())
      return variance * Scalar::constant(double(int64_t(count)) / double(int64_t(count) - 1));
    Tensor n = number();
    return variance * (n / ingot::maximum(n - Scalar::constant(1), Scalar::constant(1)));
  }

  /// running += momentum * (value - running), in place. A batch that turns out to be empty changes nothing.
  void update(const Tensor &running, const Tensor &value) const {
    if (!running.defined())
      return;
    Tensor updated = running + (value.view(running.sizes()) - running) * momentum;
    running.copy_(count.isNumber() ? updated
                                   : ingot::where(number() > Scalar::constant(0), updated, running));
  }

  const BatchNormArguments &a;
  const Size &count;
  const Arg &momentum;
};

void checkBatchNorm(const Arg &input, const BatchNormArguments &a) {
  if (input->dim() < 2)
    fail("batch_norm", input.where, "input must have 2 dimensions or more, [N, C, ...]",
         input->sizes().str());
  Size channels = input->size(1);
  requireChannels("batch_norm", input.where, "weight", a.weight, channels);
  requireChannels("batch_norm", input.where, "bias", a.bias, channels);
  requireChannels("batch_norm", input.where, "running_mean", a.runningMean, channels);
  requireChannels("batch_norm", input.where, "running_var", a.runningVar, channels);
  if (!a.useBatch && !(a.runningMean.defined() && a.runningVar.defined()))
    fail("batch_norm", input.where, "running_mean and running_var must be defined unless training");
}

} // namespace

Tensor batchNorm(const Arg &input, const BatchNormArguments &a, const Arg &momentum) {
  OpScope scope("batch_norm", input.where);
  if (Size elements = input->numel(); elements.isNumber() && elements == 0)
    return *input; // and the running statistics stay
  checkBatchNorm(input, a);
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
    y = normalize(moments.centered, moments.variance, a.eps);
    RunningStatistics(a, count, momentum).update(moments);
  } else {
    y = normalize(x - alongChannels(a.runningMean, rank), alongChannels(a.runningVar, rank), a.eps);
  }
  y = scaleAndShift(y, alongChannels(a.weight, rank), alongChannels(a.bias, rank));
  return y.to(input->dtype());
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
  Shape normalized = options.normalized_shape();
  auto count = static_cast<int64_t>(normalized.size());
  bool fits = count > 0 && count <= input->dim();
  Shape dims;
  for (int64_t d = -count; fits && d < 0; ++d) {
    fits = input->size(d) == normalized[static_cast<size_t>(count + d)];
    dims.push_back(d);
  }
  if (!fits)
    ingot::detail::fail("layer_norm", input.where, "the last sizes of input must be " + normalized.str(),
                        input->sizes().str());
  for (const Tensor *tensor : {&options.weight(), &options.bias()})
    if (tensor->defined() && tensor->sizes() != normalized)
      ingot::detail::fail("layer_norm", input.where, "weight and bias must be " + normalized.str(),
                          tensor->sizes().str());
  Moments moments(widened(*input), dims);
  Tensor y = normalize(moments.centered, moments.variance, options.eps());
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
  Tensor y = normalize(moments.centered, moments.variance, options.eps()).reshape(input->sizes());
  y = scaleAndShift(y, alongChannels(options.weight(), rank), alongChannels(options.bias(), rank));
  return y.to(input->dtype());
}

} // namespace nn::functional
} // namespace ingot
