#include "frontend/nn/Fold.h"
#include "frontend/functional/Fold.h"
#include "frontend/nn/Layer.h"

namespace ingot::nn {
using ingot::detail::ModuleScope;

template <class Options> static void checkOptions(const char *layer, const Options &options) {
  detail::requireAll(layer, "kernel_size", options.kernel_size(), 1);
  detail::requireAll(layer, "dilation", options.dilation(), 1);
  detail::requireAll(layer, "padding", options.padding(), 0);
  detail::requireAll(layer, "stride", options.stride(), 1);
}

FoldImpl::FoldImpl(ExpandingArray<2> output_size, ExpandingArray<2> kernel_size)
    : FoldImpl(FoldOptions(output_size, kernel_size)) {}
FoldImpl::FoldImpl(const FoldOptions &options) : options(options) { FoldImpl::reset(); }

void FoldImpl::reset() {
  detail::requireAll("Fold", "output_size", options.output_size(), 1);
  checkOptions("Fold", options);
}

void FoldImpl::pretty_print(std::ostream &stream) const {
  stream << "nn::Fold(output_size=" << options.output_size() << ", kernel_size=" << options.kernel_size()
         << ", dilation=" << options.dilation() << ", padding=" << options.padding()
         << ", stride=" << options.stride() << ")";
}

Tensor FoldImpl::forward(const Arg &input) {
  ModuleScope scope(node());
  return functional::fold(input, options);
}

UnfoldImpl::UnfoldImpl(ExpandingArray<2> kernel_size) : UnfoldImpl(UnfoldOptions(kernel_size)) {}
UnfoldImpl::UnfoldImpl(const UnfoldOptions &options) : options(options) { UnfoldImpl::reset(); }

void UnfoldImpl::reset() { checkOptions("Unfold", options); }

void UnfoldImpl::pretty_print(std::ostream &stream) const {
  stream << "nn::Unfold(kernel_size=" << options.kernel_size() << ", dilation=" << options.dilation()
         << ", padding=" << options.padding() << ", stride=" << options.stride() << ")";
}

Tensor UnfoldImpl::forward(const Arg &input) {
  ModuleScope scope(node());
  return functional::unfold(input, options);
}

} // namespace ingot::nn
