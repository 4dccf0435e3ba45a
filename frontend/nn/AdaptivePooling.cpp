#include "frontend/nn/AdaptivePooling.h"
#include "frontend/functional/Pooling.h"
#include "frontend/nn/Layer.h"

namespace F = ingot::nn::functional;

namespace ingot::nn {
using ingot::detail::ModuleScope;

namespace {

// The functional of each number of dimensions, by its options.
Tensor maxPool(const Arg &x, const AdaptiveMaxPool1dOptions &o) { return F::adaptive_max_pool1d(x, o); }
auto maxPoolIndices(const Arg &x, const AdaptiveMaxPool1dOptions &o) {
  return F::adaptive_max_pool1d_with_indices(x, o);
}
Tensor avgPool(const Arg &x, const AdaptiveAvgPool1dOptions &o) { return F::adaptive_avg_pool1d(x, o); }
Tensor maxPool(const Arg &x, const AdaptiveMaxPool2dOptions &o) { return F::adaptive_max_pool2d(x, o); }
auto maxPoolIndices(const Arg &x, const AdaptiveMaxPool2dOptions &o) {
  return F::adaptive_max_pool2d_with_indices(x, o);
}
Tensor avgPool(const Arg &x, const AdaptiveAvgPool2dOptions &o) { return F::adaptive_avg_pool2d(x, o); }
Tensor maxPool(const Arg &x, const AdaptiveMaxPool3dOptions &o) { return F::adaptive_max_pool3d(x, o); }
auto maxPoolIndices(const Arg &x, const AdaptiveMaxPool3dOptions &o) {
  return F::adaptive_max_pool3d_with_indices(x, o);
}
Tensor avgPool(const Arg &x, const AdaptiveAvgPool3dOptions &o) { return F::adaptive_avg_pool3d(x, o); }
auto fractional(const Arg &x, const FractionalMaxPool2dOptions &o) {
  return F::fractional_max_pool2d_with_indices(x, o);
}
auto fractional(const Arg &x, const FractionalMaxPool3dOptions &o) {
  return F::fractional_max_pool3d_with_indices(x, o);
}

template <size_t D> std::string layerName(const char *kind) { return kind + std::to_string(D) + "d"; }

template <size_t D> void checkOptions(const char *kind, const AdaptivePoolOptions<D> &options) {
  for (const std::optional<int64_t> size : *options.output_size())
    if (size && *size < 0)
      detail::refuse(layerName<D>(kind), "output_size must not be negative",
                     detail::textOf(options.output_size()));
}

} // namespace

// ---- AdaptiveMaxPool

template <size_t D, class Derived>
AdaptiveMaxPoolImpl<D, Derived>::AdaptiveMaxPoolImpl(const AdaptivePoolOptions<D> &options)
    : options(options) {
  AdaptiveMaxPoolImpl::reset();
}

template <size_t D, class Derived> void AdaptiveMaxPoolImpl<D, Derived>::reset() {
  checkOptions<D>("AdaptiveMaxPool", options);
}

template <size_t D, class Derived>
void AdaptiveMaxPoolImpl<D, Derived>::pretty_print(std::ostream &stream) const {
  stream << "nn::" << layerName<D>("AdaptiveMaxPool") << "(output_size=" << options.output_size() << ")";
}

template <size_t D, class Derived> Tensor AdaptiveMaxPoolImpl<D, Derived>::forward(const Arg &input) {
  ModuleScope scope(this->node());
  return maxPool(input, options);
}

template <size_t D, class Derived>
std::tuple<Tensor, Tensor> AdaptiveMaxPoolImpl<D, Derived>::forward_with_indices(const Arg &input) {
  ModuleScope scope(this->node());
  return maxPoolIndices(input, options);
}

// ---- AdaptiveAvgPool

template <size_t D, class Derived>
AdaptiveAvgPoolImpl<D, Derived>::AdaptiveAvgPoolImpl(const AdaptivePoolOptions<D> &options)
    : options(options) {
  AdaptiveAvgPoolImpl::reset();
}

template <size_t D, class Derived> void AdaptiveAvgPoolImpl<D, Derived>::reset() {
  checkOptions<D>("AdaptiveAvgPool", options);
}

template <size_t D, class Derived>
void AdaptiveAvgPoolImpl<D, Derived>::pretty_print(std::ostream &stream) const {
  stream << "nn::" << layerName<D>("AdaptiveAvgPool") << "(output_size=" << options.output_size() << ")";
}

template <size_t D, class Derived> Tensor AdaptiveAvgPoolImpl<D, Derived>::forward(const Arg &input) {
  ModuleScope scope(this->node());
  return avgPool(input, options);
}

template class AdaptiveMaxPoolImpl<1, AdaptiveMaxPool1dImpl>;
template class AdaptiveMaxPoolImpl<2, AdaptiveMaxPool2dImpl>;
template class AdaptiveMaxPoolImpl<3, AdaptiveMaxPool3dImpl>;

AdaptiveMaxPool1dImpl::AdaptiveMaxPool1dImpl(const AdaptiveMaxPool1dOptions &options)
    : AdaptiveMaxPoolImpl(options) {}

AdaptiveMaxPool2dImpl::AdaptiveMaxPool2dImpl(const AdaptiveMaxPool2dOptions &options)
    : AdaptiveMaxPoolImpl(options) {}

AdaptiveMaxPool3dImpl::AdaptiveMaxPool3dImpl(const AdaptiveMaxPool3dOptions &options)
    : AdaptiveMaxPoolImpl(options) {}

template class AdaptiveAvgPoolImpl<1, AdaptiveAvgPool1dImpl>;
template class AdaptiveAvgPoolImpl<2, AdaptiveAvgPool2dImpl>;
template class AdaptiveAvgPoolImpl<3, AdaptiveAvgPool3dImpl>;

AdaptiveAvgPool1dImpl::AdaptiveAvgPool1dImpl(const AdaptiveAvgPool1dOptions &options)
    : AdaptiveAvgPoolImpl(options) {}

AdaptiveAvgPool2dImpl::AdaptiveAvgPool2dImpl(const AdaptiveAvgPool2dOptions &options)
    : AdaptiveAvgPoolImpl(options) {}

AdaptiveAvgPool3dImpl::AdaptiveAvgPool3dImpl(const AdaptiveAvgPool3dOptions &options)
    : AdaptiveAvgPoolImpl(options) {}

// ---- FractionalMaxPool

template <size_t D, class Derived>
FractionalMaxPoolImpl<D, Derived>::FractionalMaxPoolImpl(FractionalMaxPoolOptions<D> options)
    : options(std::move(options)) {
  FractionalMaxPoolImpl::reset();
}

template <size_t D, class Derived> void FractionalMaxPoolImpl<D, Derived>::reset() {
  std::string layer = layerName<D>("FractionalMaxPool");
  detail::requireAll(layer, "kernel_size", options.kernel_size(), 1);
  if (options.output_size().has_value() == options.output_ratio().has_value())
    detail::refuse(layer, "either output_size or output_ratio must be given",
                   options.output_size() ? "both" : "neither of them");
  if (options.output_size())
    detail::requireAll(layer, "output_size", *options.output_size(), 1);
  if (options.output_ratio())
    for (double ratio : **options.output_ratio())
      if (!(ratio > 0 && ratio < 1))
        detail::refuse(layer, "output_ratio must be between 0 and 1",
                       detail::textOf(*options.output_ratio()));
  _random_samples = this->register_buffer("_random_samples", options._random_samples());
}

template <size_t D, class Derived>
void FractionalMaxPoolImpl<D, Derived>::pretty_print(std::ostream &stream) const {
  stream << "nn::" << layerName<D>("FractionalMaxPool") << "()";
}

template <size_t D, class Derived> Tensor FractionalMaxPoolImpl<D, Derived>::forward(const Arg &input) {
  return std::get<0>(forward_with_indices(input));
}

template <size_t D, class Derived>
std::tuple<Tensor, Tensor> FractionalMaxPoolImpl<D, Derived>::forward_with_indices(const Arg &input) {
  ModuleScope scope(this->node());
  FractionalMaxPoolOptions<D> current = options;
  return fractional(input, current._random_samples(_random_samples));
}

template class FractionalMaxPoolImpl<2, FractionalMaxPool2dImpl>;
template class FractionalMaxPoolImpl<3, FractionalMaxPool3dImpl>;

FractionalMaxPool2dImpl::FractionalMaxPool2dImpl(FractionalMaxPool2dOptions options)
    : FractionalMaxPoolImpl(std::move(options)) {}

FractionalMaxPool3dImpl::FractionalMaxPool3dImpl(FractionalMaxPool3dOptions options)
    : FractionalMaxPoolImpl(std::move(options)) {}

} // namespace ingot::nn
