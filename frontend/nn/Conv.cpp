#include "frontend/nn/Conv.h"
#include "frontend/functional/Conv.h"
#include "frontend/functional/Padding.h"
#include "frontend/functional/factories.h"
#include "frontend/nn/Layer.h"

namespace F = ingot::nn::functional;

namespace ingot::nn {
namespace {

template <size_t D> std::string layerName() { return "Conv" + std::to_string(D) + "d"; }

template <size_t D> void checkOptions(const ConvOptions<D> &options) {
  std::string layer = layerName<D>();
  detail::requirePositive(layer, "in_channels", options.in_channels());
  detail::requirePositive(layer, "out_channels", options.out_channels());
  detail::requirePositive(layer, "groups", options.groups());
  detail::requireAll(layer, "kernel_size", options.kernel_size(), 1);
  detail::requireAll(layer, "stride", options.stride(), 1);
  detail::requireAll(layer, "dilation", options.dilation(), 1);
  if (auto *padding = std::get_if<ExpandingArray<D>>(&options.padding()))
    detail::requireAll(layer, "padding", *padding, 0);
  if (options.in_channels() % options.groups() != 0 || options.out_channels() % options.groups() != 0)
    detail::refuse(layer, "in_channels and out_channels must be divisible by groups",
                   std::to_string(options.in_channels()) + " and " + std::to_string(options.out_channels()) +
                       " by " + std::to_string(options.groups()));
}

/// Elements to add before and after each dimension, the last one first (F::pad's order).
template <size_t D> std::vector<int64_t> bothSides(const ConvOptions<D> &options) {
  std::vector<int64_t> sides;
  for (size_t d = D; d-- > 0;) {
    int64_t total = 0, before = 0;
    if (auto *padding = std::get_if<ExpandingArray<D>>(&options.padding())) {
      before = (*padding)[d];
      total = 2 * before;
    } else if (std::holds_alternative<enumtype::kSame>(options.padding())) {
      total = options.dilation()[d] * (options.kernel_size()[d] - 1);
      before = total / 2;
    }
    sides.push_back(before);
    sides.push_back(total - before);
  }
  return sides;
}

F::PadFuncOptions::Mode padMode(const detail::ConvPaddingMode &mode) {
  if (std::holds_alternative<enumtype::kReflect>(mode))
    return kReflect;
  if (std::holds_alternative<enumtype::kReplicate>(mode))
    return kReplicate;
  return kCircular;
}

Tensor convolve(const Arg &x, const Arg &w, const F::Conv1dFuncOptions &options) {
  return F::conv1d(x, w, options);
}
Tensor convolve(const Arg &x, const Arg &w, const F::Conv2dFuncOptions &options) {
  return F::conv2d(x, w, options);
}
Tensor convolve(const Arg &x, const Arg &w, const F::Conv3dFuncOptions &options) {
  return F::conv3d(x, w, options);
}

} // namespace

template <size_t D, class Derived>
ConvNdImpl<D, Derived>::ConvNdImpl(ConvOptions<D> options) : options(std::move(options)) {
  ConvNdImpl::reset();
}

template <size_t D, class Derived> void ConvNdImpl<D, Derived>::reset() {
  checkOptions(options);
  Shape sizes = {options.out_channels(), options.in_channels() / options.groups()};
  for (int64_t size : *options.kernel_size())
    sizes.push_back(size);
  weight = this->register_parameter("weight", empty(sizes));
  bias = this->register_parameter("bias", options.bias() ? empty({options.out_channels()}) : Tensor());
  reset_parameters();
}

template <size_t D, class Derived> void ConvNdImpl<D, Derived>::reset_parameters() {
  detail::resetConvolution(weight, bias);
}

template <size_t D, class Derived> void ConvNdImpl<D, Derived>::pretty_print(std::ostream &stream) const {
  stream << "nn::" << layerName<D>() << "(" << options.in_channels() << ", " << options.out_channels()
         << ", kernel_size=" << options.kernel_size() << ", stride=" << options.stride();
  if (auto *padding = std::get_if<ExpandingArray<D>>(&options.padding())) {
    if (**padding != *ExpandingArray<D>(0))
      stream << ", padding=" << *padding;
  } else {
    stream << ", padding="
           << (std::holds_alternative<enumtype::kSame>(options.padding()) ? "'same'" : "'valid'");
  }
  if (*options.dilation() != *ExpandingArray<D>(1))
    stream << ", dilation=" << options.dilation();
  if (options.groups() != 1)
    stream << ", groups=" << options.groups();
  if (!options.bias())
    stream << ", bias=false";
  if (!std::holds_alternative<enumtype::kZeros>(options.padding_mode()))
    stream << ", padding_mode=" << enumtype::get_enum_name(options.padding_mode());
  stream << ")";
}

template <size_t D, class Derived> Tensor ConvNdImpl<D, Derived>::forward(const Arg &input) {
  ingot::detail::ModuleScope scope(this->node());
  auto conv = F::ConvFuncOptions<D>()
                  .bias(bias)
                  .stride(options.stride())
                  .dilation(options.dilation())
                  .groups(options.groups());
  if (std::holds_alternative<enumtype::kZeros>(options.padding_mode()))
    return convolve(input, weight, conv.padding(options.padding()));
  Tensor padded = F::pad(input, F::PadFuncOptions(bothSides(options)).mode(padMode(options.padding_mode())));
  return convolve(Arg(padded, input.where), weight, conv);
}

template class ConvNdImpl<1, Conv1dImpl>;
template class ConvNdImpl<2, Conv2dImpl>;
template class ConvNdImpl<3, Conv3dImpl>;

Conv1dImpl::Conv1dImpl(int64_t in_channels, int64_t out_channels, ExpandingArray<1> kernel_size)
    : Conv1dImpl(Conv1dOptions(in_channels, out_channels, kernel_size)) {}
Conv1dImpl::Conv1dImpl(Conv1dOptions options) : ConvNdImpl(std::move(options)) {}

Conv2dImpl::Conv2dImpl(int64_t in_channels, int64_t out_channels, ExpandingArray<2> kernel_size)
    : Conv2dImpl(Conv2dOptions(in_channels, out_channels, kernel_size)) {}
Conv2dImpl::Conv2dImpl(Conv2dOptions options) : ConvNdImpl(std::move(options)) {}

Conv3dImpl::Conv3dImpl(int64_t in_channels, int64_t out_channels, ExpandingArray<3> kernel_size)
    : Conv3dImpl(Conv3dOptions(in_channels, out_channels, kernel_size)) {}
Conv3dImpl::Conv3dImpl(Conv3dOptions options) : ConvNdImpl(std::move(options)) {}

} // namespace ingot::nn
