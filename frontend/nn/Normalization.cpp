#include "frontend/nn/Normalization.h"
#include "frontend/core/GradMode.h"
#include "frontend/functional/BatchNorm.h"
#include "frontend/functional/Normalization.h"
#include "frontend/functional/factories.h"
#include "frontend/functional/ops.h"
#include "frontend/nn/Init.h"
#include "frontend/nn/Layer.h"

namespace F = ingot::nn::functional;

namespace ingot::nn {
using ingot::detail::ModuleScope;

namespace {

/// Scale 1, shift 0.
void resetAffine(Tensor &weight, Tensor &bias) {
  if (weight.defined())
    init::ones_(weight);
  if (bias.defined())
    init::zeros_(bias);
}

} // namespace

// ---- BatchNorm

template <size_t D, class Derived>
BatchNormImpl<D, Derived>::BatchNormImpl(const BatchNormOptions &options) : options(options) {
  BatchNormImpl::reset();
}

template <size_t D, class Derived> void BatchNormImpl<D, Derived>::reset() {
  detail::requirePositive("BatchNorm" + std::to_string(D) + "d", "num_features", options.num_features());
  Shape sizes = {options.num_features()};
  bool affine = options.affine(), track = options.track_running_stats();
  weight = this->register_parameter("weight", affine ? empty(sizes) : Tensor());
  bias = this->register_parameter("bias", affine ? empty(sizes) : Tensor());
  running_mean = this->register_buffer("running_mean", track ? zeros(sizes) : Tensor());
  running_var = this->register_buffer("running_var", track ? ones(sizes) : Tensor());
  num_batches_tracked = this->register_buffer("num_batches_tracked", track ? zeros({}, kInt64) : Tensor());
  reset_parameters();
}

template <size_t D, class Derived> void BatchNormImpl<D, Derived>::reset_running_stats() {
  if (!options.track_running_stats())
    return;
  init::zeros_(running_mean);
  init::ones_(running_var);
  init::zeros_(num_batches_tracked);
}

template <size_t D, class Derived> void BatchNormImpl<D, Derived>::reset_parameters() {
  reset_running_stats();
  resetAffine(weight, bias);
}

template <size_t D, class Derived> void BatchNormImpl<D, Derived>::pretty_print(std::ostream &stream) const {
  stream << "nn::BatchNorm" << D << "d(" << options.num_features() << ", eps=" << options.eps()
         << ", momentum=";
  if (options.momentum())
    stream << *options.momentum();
  else
    stream << "None";
  stream << ", affine=" << detail::yesNo(options.affine())
         << ", track_running_stats=" << detail::yesNo(options.track_running_stats()) << ")";
}

template <size_t D, class Derived> Tensor BatchNormImpl<D, Derived>::forward(const Arg &input) {
  ModuleScope scope(this->node());
  int64_t rank = input->dim(), most = int64_t(D) + 2;
  if (rank != most && !(D == 1 && rank == 2))
    ingot::detail::fail("batch_norm", input.where,
                        D == 1 ? "input must have 2 or 3 dimensions"
                               : "input must have " + std::to_string(most) + " dimensions",
                        input->sizes().str());
  bool training = this->is_training();
  ingot::detail::BatchNormArguments arguments{
      weight, bias, running_mean, running_var, training || !running_mean.defined(), options.eps()};
  if (!training) // without tracked statistics those of the batch are used, and nothing is updated
    return ingot::detail::batchNorm(input, arguments, Scalar::constant(0));
  if (num_batches_tracked.defined()) {
    NoGradGuard noGrad;
    num_batches_tracked.copy_(Arg(num_batches_tracked + Scalar::constant(1), input.where));
  }
  if (options.momentum())
    return ingot::detail::batchNorm(input, arguments, Scalar::constant(*options.momentum()));
  if (!num_batches_tracked.defined())
    return ingot::detail::batchNorm(input, arguments, Scalar::constant(0));
  return ingot::detail::batchNorm(input, arguments, ingot::reciprocal(num_batches_tracked.to(kFloat32)));
}

template class BatchNormImpl<1, BatchNorm1dImpl>;
template class BatchNormImpl<2, BatchNorm2dImpl>;
template class BatchNormImpl<3, BatchNorm3dImpl>;

BatchNorm1dImpl::BatchNorm1dImpl(int64_t num_features) : BatchNormImpl(num_features) {}
BatchNorm1dImpl::BatchNorm1dImpl(const BatchNorm1dOptions &options) : BatchNormImpl(options) {}

BatchNorm2dImpl::BatchNorm2dImpl(int64_t num_features) : BatchNormImpl(num_features) {}
BatchNorm2dImpl::BatchNorm2dImpl(const BatchNorm2dOptions &options) : BatchNormImpl(options) {}

BatchNorm3dImpl::BatchNorm3dImpl(int64_t num_features) : BatchNormImpl(num_features) {}
BatchNorm3dImpl::BatchNorm3dImpl(const BatchNorm3dOptions &options) : BatchNormImpl(options) {}

// ---- LayerNorm

LayerNormImpl::LayerNormImpl(std::vector<int64_t> normalized_shape)
    : LayerNormImpl(LayerNormOptions(std::move(normalized_shape))) {}

LayerNormImpl::LayerNormImpl(LayerNormOptions options) : options(std::move(options)) {
  LayerNormImpl::reset();
}

void LayerNormImpl::reset() {
  for (int64_t size : options.normalized_shape())
    detail::requirePositive("LayerNorm", "each of normalized_shape", size);
  if (options.normalized_shape().empty())
    detail::refuse("LayerNorm", "normalized_shape must not be empty", {});
  Shape sizes = options.normalized_shape();
  bool affine = options.elementwise_affine();
  weight = register_parameter("weight", affine ? empty(sizes) : Tensor());
  bias = register_parameter("bias", affine ? empty(sizes) : Tensor());
  reset_parameters();
}

void LayerNormImpl::reset_parameters() { resetAffine(weight, bias); }

void LayerNormImpl::pretty_print(std::ostream &stream) const {
  stream << "nn::LayerNorm(" << Shape(options.normalized_shape()) << ", eps=" << options.eps()
         << ", elementwise_affine=" << detail::yesNo(options.elementwise_affine()) << ")";
}

Tensor LayerNormImpl::forward(const Arg &input) {
  ModuleScope scope(node());
  return F::layer_norm(
      input,
      F::LayerNormFuncOptions(options.normalized_shape()).weight(weight).bias(bias).eps(options.eps()));
}

// ---- GroupNorm

GroupNormImpl::GroupNormImpl(int64_t num_groups, int64_t num_channels)
    : GroupNormImpl(GroupNormOptions(num_groups, num_channels)) {}

GroupNormImpl::GroupNormImpl(const GroupNormOptions &options) : options(options) { GroupNormImpl::reset(); }

void GroupNormImpl::reset() {
  detail::requirePositive("GroupNorm", "num_groups", options.num_groups());
  detail::requirePositive("GroupNorm", "num_channels", options.num_channels());
  if (options.num_channels() % options.num_groups() != 0)
    detail::refuse("GroupNorm", "num_channels must be divisible by num_groups",
                   std::to_string(options.num_channels()) + " by " + std::to_string(options.num_groups()));
  Shape sizes = {options.num_channels()};
  weight = register_parameter("weight", options.affine() ? empty(sizes) : Tensor());
  bias = register_parameter("bias", options.affine() ? empty(sizes) : Tensor());
  reset_parameters();
}

void GroupNormImpl::reset_parameters() { resetAffine(weight, bias); }

void GroupNormImpl::pretty_print(std::ostream &stream) const {
  stream << "nn::GroupNorm(" << options.num_groups() << ", " << options.num_channels()
         << ", eps=" << options.eps() << ", affine=" << detail::yesNo(options.affine()) << ")";
}

Tensor GroupNormImpl::forward(const Arg &input) {
  ModuleScope scope(node());
  return F::group_norm(
      input, F::GroupNormFuncOptions(options.num_groups()).weight(weight).bias(bias).eps(options.eps()));
}

} // namespace ingot::nn
