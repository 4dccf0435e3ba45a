#include "frontend/nn/Padding.h"
#include "frontend/functional/Padding.h"
#include "frontend/nn/Layer.h"

namespace F = ingot::nn::functional;

namespace ingot::nn {
namespace {

template <size_t D> F::PadFuncOptions functionOptions(const ExpandingArray<D> &padding) {
  return F::PadFuncOptions(padding.vec());
}

} // namespace

// ---- ZeroPad

template <size_t D, class Derived>
ZeroPadImpl<D, Derived>::ZeroPadImpl(const ZeroPadOptions<D> &options) : options(options) {}

template <size_t D, class Derived> void ZeroPadImpl<D, Derived>::reset() {}

template <size_t D, class Derived> void ZeroPadImpl<D, Derived>::pretty_print(std::ostream &stream) const {
  stream << "nn::ZeroPad" << D << "d(padding=" << options.padding() << ")";
}

template <size_t D, class Derived> Tensor ZeroPadImpl<D, Derived>::forward(const Arg &input) {
  ingot::detail::ModuleScope scope(this->node());
  return F::pad(input, functionOptions(options.padding()));
}

template class ZeroPadImpl<1, ZeroPad1dImpl>;
template class ZeroPadImpl<2, ZeroPad2dImpl>;
template class ZeroPadImpl<3, ZeroPad3dImpl>;

ZeroPad1dImpl::ZeroPad1dImpl(ExpandingArray<2> padding) : ZeroPad1dImpl(ZeroPad1dOptions(padding)) {}
ZeroPad1dImpl::ZeroPad1dImpl(const ZeroPad1dOptions &options) : ZeroPadImpl(options) {}
ZeroPad2dImpl::ZeroPad2dImpl(ExpandingArray<4> padding) : ZeroPad2dImpl(ZeroPad2dOptions(padding)) {}
ZeroPad2dImpl::ZeroPad2dImpl(const ZeroPad2dOptions &options) : ZeroPadImpl(options) {}
ZeroPad3dImpl::ZeroPad3dImpl(ExpandingArray<6> padding) : ZeroPad3dImpl(ZeroPad3dOptions(padding)) {}
ZeroPad3dImpl::ZeroPad3dImpl(const ZeroPad3dOptions &options) : ZeroPadImpl(options) {}

// ---- ConstantPad

template <size_t D, class Derived>
ConstantPadImpl<D, Derived>::ConstantPadImpl(const ConstantPadOptions<D> &options) : options(options) {}

template <size_t D, class Derived> void ConstantPadImpl<D, Derived>::reset() {}

template <size_t D, class Derived>
void ConstantPadImpl<D, Derived>::pretty_print(std::ostream &stream) const {
  stream << "nn::ConstantPad" << D << "d(padding=" << options.padding() << ", value=" << options.value()
         << ")";
}

template <size_t D, class Derived> Tensor ConstantPadImpl<D, Derived>::forward(const Arg &input) {
  ingot::detail::ModuleScope scope(this->node());
  return F::pad(input, functionOptions(options.padding()).value(options.value()));
}

template class ConstantPadImpl<1, ConstantPad1dImpl>;
template class ConstantPadImpl<2, ConstantPad2dImpl>;
template class ConstantPadImpl<3, ConstantPad3dImpl>;

ConstantPad1dImpl::ConstantPad1dImpl(ExpandingArray<2> padding, double value)
    : ConstantPad1dImpl(ConstantPad1dOptions(padding, value)) {}
ConstantPad1dImpl::ConstantPad1dImpl(const ConstantPad1dOptions &options) : ConstantPadImpl(options) {}
ConstantPad2dImpl::ConstantPad2dImpl(ExpandingArray<4> padding, double value)
    : ConstantPad2dImpl(ConstantPad2dOptions(padding, value)) {}
ConstantPad2dImpl::ConstantPad2dImpl(const ConstantPad2dOptions &options) : ConstantPadImpl(options) {}
ConstantPad3dImpl::ConstantPad3dImpl(ExpandingArray<6> padding, double value)
    : ConstantPad3dImpl(ConstantPad3dOptions(padding, value)) {}
ConstantPad3dImpl::ConstantPad3dImpl(const ConstantPad3dOptions &options) : ConstantPadImpl(options) {}

// ---- ReflectionPad

template <size_t D, class Derived>
ReflectionPadImpl<D, Derived>::ReflectionPadImpl(const ReflectionPadOptions<D> &options) : options(options) {}

template <size_t D, class Derived> void ReflectionPadImpl<D, Derived>::reset() {}

template <size_t D, class Derived>
void ReflectionPadImpl<D, Derived>::pretty_print(std::ostream &stream) const {
  stream << "nn::ReflectionPad" << D << "d(padding=" << options.padding() << ")";
}

template <size_t D, class Derived> Tensor ReflectionPadImpl<D, Derived>::forward(const Arg &input) {
  ingot::detail::ModuleScope scope(this->node());
  return F::pad(input, functionOptions(options.padding()).mode(kReflect));
}

template class ReflectionPadImpl<1, ReflectionPad1dImpl>;
template class ReflectionPadImpl<2, ReflectionPad2dImpl>;
template class ReflectionPadImpl<3, ReflectionPad3dImpl>;

ReflectionPad1dImpl::ReflectionPad1dImpl(ExpandingArray<2> padding)
    : ReflectionPad1dImpl(ReflectionPad1dOptions(padding)) {}
ReflectionPad1dImpl::ReflectionPad1dImpl(const ReflectionPad1dOptions &options)
    : ReflectionPadImpl(options) {}
ReflectionPad2dImpl::ReflectionPad2dImpl(ExpandingArray<4> padding)
    : ReflectionPad2dImpl(ReflectionPad2dOptions(padding)) {}
ReflectionPad2dImpl::ReflectionPad2dImpl(const ReflectionPad2dOptions &options)
    : ReflectionPadImpl(options) {}
ReflectionPad3dImpl::ReflectionPad3dImpl(ExpandingArray<6> padding)
    : ReflectionPad3dImpl(ReflectionPad3dOptions(padding)) {}
ReflectionPad3dImpl::ReflectionPad3dImpl(const ReflectionPad3dOptions &options)
    : ReflectionPadImpl(options) {}

// ---- ReplicationPad

template <size_t D, class Derived>
ReplicationPadImpl<D, Derived>::ReplicationPadImpl(const ReplicationPadOptions<D> &options)
    : options(options) {}

template <size_t D, class Derived> void ReplicationPadImpl<D, Derived>::reset() {}

template <size_t D, class Derived>
void ReplicationPadImpl<D, Derived>::pretty_print(std::ostream &stream) const {
  stream << "nn::ReplicationPad" << D << "d(padding=" << options.padding() << ")";
}

template <size_t D, class Derived> Tensor ReplicationPadImpl<D, Derived>::forward(const Arg &input) {
  ingot::detail::ModuleScope scope(this->node());
  return F::pad(input, functionOptions(options.padding()).mode(kReplicate));
}

template class ReplicationPadImpl<1, ReplicationPad1dImpl>;
template class ReplicationPadImpl<2, ReplicationPad2dImpl>;
template class ReplicationPadImpl<3, ReplicationPad3dImpl>;

ReplicationPad1dImpl::ReplicationPad1dImpl(ExpandingArray<2> padding)
    : ReplicationPad1dImpl(ReplicationPad1dOptions(padding)) {}
ReplicationPad1dImpl::ReplicationPad1dImpl(const ReplicationPad1dOptions &options)
    : ReplicationPadImpl(options) {}
ReplicationPad2dImpl::ReplicationPad2dImpl(ExpandingArray<4> padding)
    : ReplicationPad2dImpl(ReplicationPad2dOptions(padding)) {}
ReplicationPad2dImpl::ReplicationPad2dImpl(const ReplicationPad2dOptions &options)
    : ReplicationPadImpl(options) {}
ReplicationPad3dImpl::ReplicationPad3dImpl(ExpandingArray<6> padding)
    : ReplicationPad3dImpl(ReplicationPad3dOptions(padding)) {}
ReplicationPad3dImpl::ReplicationPad3dImpl(const ReplicationPad3dOptions &options)
    : ReplicationPadImpl(options) {}

// ---- CircularPad

template <size_t D, class Derived>
CircularPadImpl<D, Derived>::CircularPadImpl(const CircularPadOptions<D> &options) : options(options) {}

template <size_t D, class Derived> void CircularPadImpl<D, Derived>::reset() {}

template <size_t D, class Derived>
void CircularPadImpl<D, Derived>::pretty_print(std::ostream &stream) const {
  stream << "nn::CircularPad" << D << "d(padding=" << options.padding() << ")";
}

template <size_t D, class Derived> Tensor CircularPadImpl<D, Derived>::forward(const Arg &input) {
  ingot::detail::ModuleScope scope(this->node());
  return F::pad(input, functionOptions(options.padding()).mode(kCircular));
}

template class CircularPadImpl<1, CircularPad1dImpl>;
template class CircularPadImpl<2, CircularPad2dImpl>;
template class CircularPadImpl<3, CircularPad3dImpl>;

CircularPad1dImpl::CircularPad1dImpl(ExpandingArray<2> padding)
    : CircularPad1dImpl(CircularPad1dOptions(padding)) {}
CircularPad1dImpl::CircularPad1dImpl(const CircularPad1dOptions &options) : CircularPadImpl(options) {}
CircularPad2dImpl::CircularPad2dImpl(ExpandingArray<4> padding)
    : CircularPad2dImpl(CircularPad2dOptions(padding)) {}
CircularPad2dImpl::CircularPad2dImpl(const CircularPad2dOptions &options) : CircularPadImpl(options) {}
CircularPad3dImpl::CircularPad3dImpl(ExpandingArray<6> padding)
    : CircularPad3dImpl(CircularPad3dOptions(padding)) {}
CircularPad3dImpl::CircularPad3dImpl(const CircularPad3dOptions &options) : CircularPadImpl(options) {}

} // namespace ingot::nn
