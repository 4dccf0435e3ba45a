#include "frontend/nn/Upsampling.h"
#include "frontend/functional/Upsampling.h"
#include "frontend/nn/Layer.h"

namespace ingot::nn {

UpsampleImpl::UpsampleImpl(const UpsampleOptions &options) : options(options) {}

void UpsampleImpl::reset() {}

template <class T> static void printList(std::ostream &stream, const std::vector<T> &list) {
  stream << "[";
  for (size_t i = 0; i < list.size(); ++i)
    stream << (i ? ", " : "") << list[i];
  stream << "]";
}

void UpsampleImpl::pretty_print(std::ostream &stream) const {
  stream << "nn::Upsample(";
  if (options.scale_factor()) {
    stream << "scale_factor=";
    printList(stream, *options.scale_factor());
  } else {
    stream << "size=";
    printList(stream, options.size().value_or(std::vector<int64_t>()));
  }
  stream << ", mode=" << enumtype::get_enum_name(options.mode()) << ")";
}

Tensor UpsampleImpl::forward(const Arg &input) {
  ingot::detail::ModuleScope scope(node());
  functional::InterpolateFuncOptions interpolation;
  interpolation.size(options.size())
      .scale_factor(options.scale_factor())
      .align_corners(options.align_corners())
      .recompute_scale_factor(options.recompute_scale_factor());
  std::visit([&](auto mode) { interpolation.mode(mode); }, options.mode());
  return functional::interpolate(input, interpolation);
}

} // namespace ingot::nn
