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

// ---- NormImplBase

template <size_t D, class Derived, class Options>
NormImplBase<D, Derived, Options>::NormImplBase(const Options &options) : options(options) {
  NormImplBase::reset();
}

template <size_t D, class Derived, class Options> void NormImplBase<D, Derived, Options>::reset() {
  detail::requirePositive("normalization", "num_features", options.num_features());
  Shape sizes = {options.num_features()};
  bool affine = options.affine(), track = options.track_running_stats();
  weight = this->register_parameter("weight", affine ? empty(sizes) : Tensor());
  bias = this->register_parameter("bias", affine ? empty(sizes) : Tensor());
  running_mean = this->register_buffer("running_mean", track ? zeros(sizes) : Tensor());
  running_var = this->register_buffer("running_var", track ? ones(sizes) : Tensor());
  num_batches_tracked = this->register_buffer("num_batches_tracked", track ? zeros({}, kInt64) : Tensor());
  reset_parameters();
}

template <size_t D, class Derived, class Options>
void NormImplBase<D, Derived, Options>::reset_running_stats() {
  if (!options.track_running_stats())
    return;
  init::zeros_(running_mean);
  init::ones_(running_var);
  init::zeros_(num_batches_tracked);
}

template <size_t D, class Derived, class Options> void NormImplBase<D, Derived, Options>::reset_parameters() {
  reset_running_stats();
  resetAffine(weight, bias);
}

template <size_t D, class Derived, class Options>
void NormImplBase<D, Derived, Options>::print(std::ostream &stream, const char *name) const {
  std::optional<double> momentum = options.momentum();
  stream << "nn::" << name << D << "d(" << options.num_features() << ", eps=" << options.eps()
         << ", momentum=" << (momentum ? detail::textOf(*momentum) : "None")
         << ", affine=" << detail::yesNo(options.affine())
         << ", track_running_stats=" << detail::yesNo(options.track_running_stats()) << ")";
}

// ---- BatchNorm

template <size_t D, class Derived>
BatchNormImpl<D, Derived>::BatchNormImpl(const BatchNormOptions &options)
    : NormImplBase<D, Derived, BatchNormOptions>(options) {}

template <size_t D, class Derived> void BatchNormImpl<D, Derived>::pretty_print(std::ostream &stream) const {
  this->print(stream, "BatchNorm");
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
  const auto &options = this->options;
  const Tensor &running_mean = this->running_mean, &num_batches_tracked = this->num_batches_tracked;
  ingot::detail::BatchNormArguments arguments{
      this->weight, this->bias, running_mean, this->running_var, training || !running_mean.defined(),
      options.eps()};
  if (!training) // without tracked statistics those of the batch are used, and nothing is updated
    return ingot::detail::batchNorm(input, arguments, Scalar::constant(0));
  if (num_batches_tracked.defined()) {
    AutoGradMode noGrad(false);
    num_batches_tracked.copy_(Arg(num_batches_tracked + Scalar::constant(1), input.where));
  }
  if (options.momentum())
    return ingot::detail::batchNorm(input, arguments, Scalar::constant(*options.momentum()));
  if (!num_batches_tracked.defined())
    return ingot::detail::batchNorm(input, arguments, Scalar::constant(0));
  return ingot::detail::batchNorm(input, arguments, ingot::reciprocal(num_batches_tracked.to(kFloat32)));
}

template class NormImplBase<1, BatchNorm1dImpl, BatchNormOptions>;
template class NormImplBase<2, BatchNorm2dImpl, BatchNormOptions>;
template class NormImplBase<3, BatchNorm3dImpl, BatchNormOptions>;
template class BatchNormImpl<1, BatchNorm1dImpl>;
template class BatchNormImpl<2, BatchNorm2dImpl>;
template class BatchNormImpl<3, BatchNorm3dImpl>;

BatchNorm1dImpl::BatchNorm1dImpl(int64_t num_features) : BatchNormImpl(num_features) {}
BatchNorm1dImpl::BatchNorm1dImpl(const BatchNorm1dOptions &options) : BatchNormImpl(options) {}

BatchNorm2dImpl::BatchNorm2dImpl(int64_t num_features) : BatchNormImpl(num_features) {}
BatchNorm2dImpl::BatchNorm2dImpl(const BatchNorm2dOptions &options) : BatchNormImpl(options) {}

BatchNorm3dImpl::BatchNorm3dImpl(int64_t num_features) : BatchNormImpl(num_features) {}
BatchNorm3dImpl::BatchNorm3dImpl(const BatchNorm3dOptions &options) : BatchNormImpl(options) {}

// ---- InstanceNorm

template <size_t D, class Derived>
InstanceNormImpl<D, Derived>::InstanceNormImpl(const InstanceNormOptions &options)
    : NormImplBase<D, Derived, InstanceNormOptions>(options) {}

template <size_t D, class Derived>
void InstanceNormImpl<D, Derived>::pretty_print(std::ostream &stream) const {
  this->print(stream, "InstanceNorm");
}

template <size_t D, class Derived> Tensor InstanceNormImpl<D, Derived>::forward(const Arg &input) {
  ModuleScope scope(this->node());
  ingot::detail::OpScope op("instance_norm", input.where);
  int64_t rank = input->dim(), most = int64_t(D) + 2;
  if (rank != most && rank != most - 1)
    ingot::detail::fail("instance_norm", input.where,
                        "input must have " + std::to_string(most) + " dimensions, or " +
                            std::to_string(most - 1) + " without a batch",
                        input->sizes().str());
  bool useInput = this->is_training() || !this->options.track_running_stats();
  ingot::detail::BatchNormArguments arguments{this->weight,      this->bias, this->running_mean,
                                              this->running_var, useInput,   this->options.eps()};
  Scalar momentum = Scalar::constant(this->options.momentum().value_or(0));
  if (rank == most)
    return ingot::detail::instanceNorm(input, arguments, momentum);
  return ingot::detail::instanceNorm(input->unsqueeze(0), arguments, momentum).squeeze(0);
}

template class NormImplBase<1, InstanceNorm1dImpl, InstanceNormOptions>;
template class NormImplBase<2, InstanceNorm2dImpl, InstanceNormOptions>;
template class NormImplBase<3, InstanceNorm3dImpl, InstanceNormOptions>;
template class InstanceNormImpl<1, InstanceNorm1dImpl>;
template class InstanceNormImpl<2, InstanceNorm2dImpl>;
template class InstanceNormImpl<3, InstanceNorm3dImpl>;

InstanceNorm1dImpl::InstanceNorm1dImpl(int64_t num_features) : InstanceNormImpl(num_features) {}
InstanceNorm1dImpl::InstanceNorm1dImpl(const InstanceNorm1dOptions &options) : InstanceNormImpl(options) {}

InstanceNorm2dImpl::InstanceNorm2dImpl(int64_t num_features) : InstanceNormImpl(num_features) {}
InstanceNorm2dImpl::InstanceNorm2dImpl(const InstanceNorm2dOptions &options) : InstanceNormImpl(options) {}

InstanceNorm3dImpl::InstanceNorm3dImpl(int64_t num_features) : InstanceNormImpl(num_features) {}
InstanceNorm3dImpl::InstanceNorm3dImpl(const InstanceNorm3dOptions &options) : InstanceNormImpl(options) {}

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

// ---- RMSNorm

RMSNormImpl::RMSNormImpl(std::vector<int64_t> normalized_shape)
    : RMSNormImpl(RMSNormOptions(std::move(normalized_shape))) {}

RMSNormImpl::RMSNormImpl(RMSNormOptions options) : options(std::move(options)) { RMSNormImpl::reset(); }

void RMSNormImpl::reset() {
  for (int64_t size : options.normalized_shape())
    detail::requirePositive("RMSNorm", "each of normalized_shape", size);
  if (options.normalized_shape().empty())
    detail::refuse("RMSNorm", "normalized_shape must not be empty", {});
  weight = register_parameter(
      "weight", options.elementwise_affine() ? empty(Shape(options.normalized_shape())) : Tensor());
  reset_parameters();
}

void RMSNormImpl::reset_parameters() {
  if (weight.defined())
    init::ones_(weight);
}

void RMSNormImpl::pretty_print(std::ostream &stream) const {
  stream << "nn::RMSNorm(" << Shape(options.normalized_shape())
         << ", eps=" << (options.eps() ? detail::textOf(*options.eps()) : "None")
         << ", elementwise_affine=" << detail::yesNo(options.elementwise_affine()) << ")";
}

Tensor RMSNormImpl::forward(const Arg &input) {
  ModuleScope scope(node());
  return F::rms_norm(input,
                     F::RMSNormFuncOptions(options.normalized_shape()).weight(weight).eps(options.eps()));
}

// ---- LocalResponseNorm, CrossMapLRN2d

namespace {

template <class Options> void printResponse(std::ostream &stream, const char *name, const Options &options) {
  stream << "nn::" << name << "(" << options.size() << ", alpha=" << options.alpha()
         << ", beta=" << options.beta() << ", k=" << options.k() << ")";
}

} // namespace

LocalResponseNormImpl::LocalResponseNormImpl(const LocalResponseNormOptions &options) : options(options) {
  LocalResponseNormImpl::reset();
}
void LocalResponseNormImpl::reset() { detail::requirePositive("LocalResponseNorm", "size", options.size()); }
void LocalResponseNormImpl::pretty_print(std::ostream &stream) const {
  printResponse(stream, "LocalResponseNorm", options);
}
Tensor LocalResponseNormImpl::forward(const Arg &input) {
  ModuleScope scope(node());
  return F::local_response_norm(input, options);
}

CrossMapLRN2dImpl::CrossMapLRN2dImpl(const CrossMapLRN2dOptions &options) : options(options) {
  CrossMapLRN2dImpl::reset();
}
void CrossMapLRN2dImpl::reset() { detail::requirePositive("CrossMapLRN2d", "size", options.size()); }
void CrossMapLRN2dImpl::pretty_print(std::ostream &stream) const {
  printResponse(stream, "CrossMapLRN2d", options);
}
Tensor CrossMapLRN2dImpl::forward(const Arg &input) {
  ModuleScope scope(node());
  return ingot::detail::crossMapNorm(input, options);
}

} // namespace ingot::nn
