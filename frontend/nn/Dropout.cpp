#include "frontend/nn/Dropout.h"
#include "frontend/functional/Dropout.h"
#include "frontend/nn/Layer.h"

namespace F = ingot::nn::functional;

namespace ingot::nn {
using ingot::detail::ModuleScope;

namespace {

void printDropout(std::ostream &stream, const char *name, const DropoutOptions &options) {
  stream << "nn::" << name << "(p=" << options.p() << ", inplace=" << detail::yesNo(options.inplace()) << ")";
}

template <class FuncOptions> FuncOptions functionOptions(const DropoutOptions &options, bool training) {
  return FuncOptions().p(options.p()).training(training).inplace(options.inplace());
}

} // namespace

template <class Derived>
DropoutNdImpl<Derived>::DropoutNdImpl(const DropoutOptions &options) : options(options) {
  DropoutNdImpl::reset();
}

template <class Derived> void DropoutNdImpl<Derived>::reset() {
  if (!(options.p() >= 0 && options.p() <= 1))
    detail::refuse("Dropout", "p must be a probability, within [0, 1]", detail::textOf(options.p()));
}

template class DropoutNdImpl<DropoutImpl>;
template class DropoutNdImpl<Dropout2dImpl>;
template class DropoutNdImpl<Dropout3dImpl>;
template class DropoutNdImpl<AlphaDropoutImpl>;
template class DropoutNdImpl<FeatureAlphaDropoutImpl>;

DropoutImpl::DropoutImpl(double p) : DropoutNdImpl(p) {}
DropoutImpl::DropoutImpl(const DropoutOptions &options) : DropoutNdImpl(options) {}
void DropoutImpl::pretty_print(std::ostream &stream) const { printDropout(stream, "Dropout", options); }
Tensor DropoutImpl::forward(const Arg &input) {
  ModuleScope scope(node());
  return F::dropout(input, functionOptions<F::DropoutFuncOptions>(options, is_training()));
}

Dropout2dImpl::Dropout2dImpl(double p) : DropoutNdImpl(p) {}
Dropout2dImpl::Dropout2dImpl(const Dropout2dOptions &options) : DropoutNdImpl(options) {}
void Dropout2dImpl::pretty_print(std::ostream &stream) const { printDropout(stream, "Dropout2d", options); }
Tensor Dropout2dImpl::forward(const Arg &input) {
  ModuleScope scope(node());
  return F::dropout2d(input, functionOptions<F::Dropout2dFuncOptions>(options, is_training()));
}

Dropout3dImpl::Dropout3dImpl(double p) : DropoutNdImpl(p) {}
Dropout3dImpl::Dropout3dImpl(const Dropout3dOptions &options) : DropoutNdImpl(options) {}
void Dropout3dImpl::pretty_print(std::ostream &stream) const { printDropout(stream, "Dropout3d", options); }
Tensor Dropout3dImpl::forward(const Arg &input) {
  ModuleScope scope(node());
  return F::dropout3d(input, functionOptions<F::Dropout3dFuncOptions>(options, is_training()));
}

AlphaDropoutImpl::AlphaDropoutImpl(double p) : DropoutNdImpl(p) {}
AlphaDropoutImpl::AlphaDropoutImpl(const AlphaDropoutOptions &options) : DropoutNdImpl(options) {}
void AlphaDropoutImpl::pretty_print(std::ostream &stream) const {
  printDropout(stream, "AlphaDropout", options);
}
Tensor AlphaDropoutImpl::forward(const Arg &input) {
  ModuleScope scope(node());
  return F::alpha_dropout(input, functionOptions<F::AlphaDropoutFuncOptions>(options, is_training()));
}

FeatureAlphaDropoutImpl::FeatureAlphaDropoutImpl(double p) : DropoutNdImpl(p) {}
FeatureAlphaDropoutImpl::FeatureAlphaDropoutImpl(const FeatureAlphaDropoutOptions &options)
    : DropoutNdImpl(options) {}
void FeatureAlphaDropoutImpl::pretty_print(std::ostream &stream) const {
  printDropout(stream, "FeatureAlphaDropout", options);
}
Tensor FeatureAlphaDropoutImpl::forward(const Arg &input) {
  ModuleScope scope(node());
  return F::feature_alpha_dropout(input,
                                  functionOptions<F::FeatureAlphaDropoutFuncOptions>(options, is_training()));
}

} // namespace ingot::nn
