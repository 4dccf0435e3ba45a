#include "frontend/nn/Pooling.h"
#include "frontend/functional/Pooling.h"
#include "frontend/nn/Layer.h"

namespace F = ingot::nn::functional;

namespace ingot::nn {
using ingot::detail::ModuleScope;

namespace {

// The functional of each number of dimensions, by its options.
Tensor maxPool(const Arg &x, const MaxPool1dOptions &options) { return F::max_pool1d(x, options); }
Tensor maxPool(const Arg &x, const MaxPool2dOptions &options) { return F::max_pool2d(x, options); }
Tensor maxPool(const Arg &x, const MaxPool3dOptions &options) { return F::max_pool3d(x, options); }
auto maxPoolIndices(const Arg &x, const MaxPool1dOptions &o) { return F::max_pool1d_with_indices(x, o); }
auto maxPoolIndices(const Arg &x, const MaxPool2dOptions &o) { return F::max_pool2d_with_indices(x, o); }
auto maxPoolIndices(const Arg &x, const MaxPool3dOptions &o) { return F::max_pool3d_with_indices(x, o); }
Tensor avgPool(const Arg &x, const AvgPool1dOptions &options) { return F::avg_pool1d(x, options); }
Tensor avgPool(const Arg &x, const AvgPool2dOptions &options) { return F::avg_pool2d(x, options); }
Tensor avgPool(const Arg &x, const AvgPool3dOptions &options) { return F::avg_pool3d(x, options); }
Tensor maxUnpool(const Arg &x, const Arg &indices, const F::MaxUnpool1dFuncOptions &options) {
  return F::max_unpool1d(x, indices, options);
}
Tensor lpPool(const Arg &x, const LPPool1dOptions &options) { return F::lp_pool1d(x, options); }
Tensor maxUnpool(const Arg &x, const Arg &indices, const F::MaxUnpool2dFuncOptions &options) {
  return F::max_unpool2d(x, indices, options);
}
Tensor lpPool(const Arg &x, const LPPool2dOptions &options) { return F::lp_pool2d(x, options); }
Tensor maxUnpool(const Arg &x, const Arg &indices, const F::MaxUnpool3dFuncOptions &options) {
  return F::max_unpool3d(x, indices, options);
}
Tensor lpPool(const Arg &x, const LPPool3dOptions &options) { return F::lp_pool3d(x, options); }

template <size_t D> std::string layerName(const char *kind) { return kind + std::to_string(D) + "d"; }

template <size_t D, class Options> void checkOptions(const char *kind, const Options &options) {
  detail::requireAll(layerName<D>(kind), "kernel_size", options.kernel_size(), 1);
  detail::requireAll(layerName<D>(kind), "stride", options.stride(), 1);
  detail::requireAll(layerName<D>(kind), "padding", options.padding(), 0);
}

} // namespace

// ---- MaxPool

template <size_t D, class Derived>
MaxPoolImpl<D, Derived>::MaxPoolImpl(const MaxPoolOptions<D> &options) : options(options) {
  MaxPoolImpl::reset();
}

template <size_t D, class Derived> void MaxPoolImpl<D, Derived>::reset() {
  checkOptions<D>("MaxPool", options);
  detail::requireAll(layerName<D>("MaxPool"), "dilation", options.dilation(), 1);
}

template <size_t D, class Derived> void MaxPoolImpl<D, Derived>::pretty_print(std::ostream &stream) const {
  stream << "nn::" << layerName<D>("MaxPool") << "(kernel_size=" << options.kernel_size()
         << ", stride=" << options.stride() << ", padding=" << options.padding()
         << ", dilation=" << options.dilation() << ", ceil_mode=" << detail::yesNo(options.ceil_mode())
         << ")";
}

template <size_t D, class Derived> Tensor MaxPoolImpl<D, Derived>::forward(const Arg &input) {
  ModuleScope scope(this->node());
  return maxPool(input, options);
}

template <size_t D, class Derived>
std::tuple<Tensor, Tensor> MaxPoolImpl<D, Derived>::forward_with_indices(const Arg &input) {
  ModuleScope scope(this->node());
  return maxPoolIndices(input, options);
}

template class MaxPoolImpl<1, MaxPool1dImpl>;
template class MaxPoolImpl<2, MaxPool2dImpl>;
template class MaxPoolImpl<3, MaxPool3dImpl>;

MaxPool1dImpl::MaxPool1dImpl(const MaxPool1dOptions &options) : MaxPoolImpl(options) {}

MaxPool2dImpl::MaxPool2dImpl(const MaxPool2dOptions &options) : MaxPoolImpl(options) {}

MaxPool3dImpl::MaxPool3dImpl(const MaxPool3dOptions &options) : MaxPoolImpl(options) {}

// ---- AvgPool

template <size_t D, class Derived>
AvgPoolImpl<D, Derived>::AvgPoolImpl(const AvgPoolOptions<D> &options) : options(options) {
  AvgPoolImpl::reset();
}

template <size_t D, class Derived> void AvgPoolImpl<D, Derived>::reset() {
  checkOptions<D>("AvgPool", options);
}

template <size_t D, class Derived> void AvgPoolImpl<D, Derived>::pretty_print(std::ostream &stream) const {
  stream << "nn::" << layerName<D>("AvgPool") << "(kernel_size=" << options.kernel_size()
         << ", stride=" << options.stride() << ", padding=" << options.padding() << ")";
}

template <size_t D, class Derived> Tensor AvgPoolImpl<D, Derived>::forward(const Arg &input) {
  ModuleScope scope(this->node());
  return avgPool(input, options);
}

template class AvgPoolImpl<1, AvgPool1dImpl>;
template class AvgPoolImpl<2, AvgPool2dImpl>;
template class AvgPoolImpl<3, AvgPool3dImpl>;

AvgPool1dImpl::AvgPool1dImpl(const AvgPool1dOptions &options) : AvgPoolImpl(options) {}

AvgPool2dImpl::AvgPool2dImpl(const AvgPool2dOptions &options) : AvgPoolImpl(options) {}

AvgPool3dImpl::AvgPool3dImpl(const AvgPool3dOptions &options) : AvgPoolImpl(options) {}

// ---- MaxUnpool

template <size_t D, class Derived>
MaxUnpoolImpl<D, Derived>::MaxUnpoolImpl(const MaxUnpoolOptions<D> &options) : options(options) {
  MaxUnpoolImpl::reset();
}

template <size_t D, class Derived> void MaxUnpoolImpl<D, Derived>::reset() {
  checkOptions<D>("MaxUnpool", options);
}

template <size_t D, class Derived> void MaxUnpoolImpl<D, Derived>::pretty_print(std::ostream &stream) const {
  stream << "nn::" << layerName<D>("MaxUnpool") << "(kernel_size=" << options.kernel_size()
         << ", stride=" << options.stride() << ", padding=" << options.padding() << ")";
}

template <size_t D, class Derived>
Tensor MaxUnpoolImpl<D, Derived>::forward(const Arg &input, const Arg &indices,
                                          const std::optional<Shape> &output_size) {
  ModuleScope scope(this->node());
  F::MaxUnpoolFuncOptions<D> unpool(options);
  if (output_size)
    unpool.output_size(output_size->vec());
  return maxUnpool(input, indices, unpool);
}

template class MaxUnpoolImpl<1, MaxUnpool1dImpl>;
template class MaxUnpoolImpl<2, MaxUnpool2dImpl>;
template class MaxUnpoolImpl<3, MaxUnpool3dImpl>;

MaxUnpool1dImpl::MaxUnpool1dImpl(const MaxUnpool1dOptions &options) : MaxUnpoolImpl(options) {}

MaxUnpool2dImpl::MaxUnpool2dImpl(const MaxUnpool2dOptions &options) : MaxUnpoolImpl(options) {}

MaxUnpool3dImpl::MaxUnpool3dImpl(const MaxUnpool3dOptions &options) : MaxUnpoolImpl(options) {}

// ---- LPPool

template <size_t D, class Derived>
LPPoolImpl<D, Derived>::LPPoolImpl(const LPPoolOptions<D> &options) : options(options) {
  LPPoolImpl::reset();
}

template <size_t D, class Derived> void LPPoolImpl<D, Derived>::reset() {
  detail::requireAll(layerName<D>("LPPool"), "kernel_size", options.kernel_size(), 1);
  detail::requireAll(layerName<D>("LPPool"), "stride", options.stride(), 1);
  if (options.norm_type() == 0)
    detail::refuse(layerName<D>("LPPool"), "norm_type must not be zero", "0");
}

template <size_t D, class Derived> void LPPoolImpl<D, Derived>::pretty_print(std::ostream &stream) const {
  stream << "nn::" << layerName<D>("LPPool") << "(norm_type=" << options.norm_type()
         << ", kernel_size=" << options.kernel_size() << ", stride=" << options.stride()
         << ", ceil_mode=" << detail::yesNo(options.ceil_mode()) << ")";
}

template <size_t D, class Derived> Tensor LPPoolImpl<D, Derived>::forward(const Arg &input) {
  ModuleScope scope(this->node());
  return lpPool(input, options);
}

template class LPPoolImpl<1, LPPool1dImpl>;
template class LPPoolImpl<2, LPPool2dImpl>;
template class LPPoolImpl<3, LPPool3dImpl>;

LPPool1dImpl::LPPool1dImpl(double norm_type, ExpandingArray<1> kernel_size)
    : LPPool1dImpl(LPPool1dOptions(norm_type, kernel_size)) {}
LPPool1dImpl::LPPool1dImpl(const LPPool1dOptions &options) : LPPoolImpl(options) {}

LPPool2dImpl::LPPool2dImpl(double norm_type, ExpandingArray<2> kernel_size)
    : LPPool2dImpl(LPPool2dOptions(norm_type, kernel_size)) {}
LPPool2dImpl::LPPool2dImpl(const LPPool2dOptions &options) : LPPoolImpl(options) {}

LPPool3dImpl::LPPool3dImpl(double norm_type, ExpandingArray<3> kernel_size)
    : LPPool3dImpl(LPPool3dOptions(norm_type, kernel_size)) {}
LPPool3dImpl::LPPool3dImpl(const LPPool3dOptions &options) : LPPoolImpl(options) {}

} // namespace ingot::nn
