#include "frontend/nn/ConvTranspose.h"
#include "frontend/functional/Conv.h"
#include "frontend/functional/factories.h"
#include "frontend/nn/Layer.h"

namespace F = ingot::nn::functional;

namespace ingot::nn {
namespace {

template <size_t D> std::string layerName() { return "ConvTranspose" + std::to_string(D) + "d"; }

template <size_t D> void checkOptions(const ConvTransposeOptions<D> &options) {
  std::string layer = layerName<D>();
  detail::requirePositive(layer, "in_channels", options.in_channels());
  detail::requirePositive(layer, "out_channels", options.out_channels());
  detail::requirePositive(layer, "groups", options.groups());
  detail::requireAll(layer, "kernel_size", options.kernel_size(), 1);
  detail::requireAll(layer, "stride", options.stride(), 1);
  detail::requireAll(layer, "dilation", options.dilation(), 1);
  detail::requireAll(layer, "padding", options.padding(), 0);
  detail::requireAll(layer, "output_padding", options.output_padding(), 0);
  if (options.in_channels() % options.groups() != 0 || options.out_channels() % options.groups() != 0)
    detail::refuse(layer, "in_channels and out_channels must be divisible by groups",
                   std::to_string(options.in_channels()) + " and " + std::to_string(options.out_channels()) +
                       " by " + std::to_string(options.groups()));
  if (!std::holds_alternative<enumtype::kZeros>(options.padding_mode()))
    detail::refuse(layer, "padding_mode must be kZeros", enumtype::get_enum_name(options.padding_mode()));
}

/// The output_padding that gives a result of the sizes asked for.
template <size_t D>
ExpandingArray<D> outputPadding(const ConvTransposeOptions<D> &options, const Arg &input,
                                const std::optional<Shape> &output_size) {
  if (!output_size)
    return options.output_padding();
  auto refuse = [&](const std::string &required) {
    ingot::detail::fail(("conv_transpose" + std::to_string(D) + "d").c_str(), input.where, required,
                        output_size->str() + " for input " + input->sizes().str());
  };
  auto rank = static_cast<size_t>(input->dim());
  if (rank != D + 1 && rank != D + 2)
    return options.output_padding(); // the functional refuses the input
  if (output_size->size() != D && output_size->size() != rank)
    refuse("output_size must have " + std::to_string(D) + " or " + std::to_string(rank) + " sizes");
  ExpandingArray<D> extra(0);
  for (size_t d = 0; d < D; ++d) {
    int64_t stride = options.stride()[d];
    Size least = (input->size(int64_t(rank - D + d)) - 1) * stride - 2 * options.padding()[d] +
                 options.dilation()[d] * (options.kernel_size()[d] - 1) + 1;
    Size more = (*output_size)[output_size->size() - D + d] - least;
    if (!more.isNumber() || more < 0 || more >= std::max(stride, options.dilation()[d]))
      refuse("output_size must be from " + least.str() + " to " + (least + (stride - 1)).str() +
             " in spatial dimension " + std::to_string(d));
    (*extra)[d] = more;
  }
  return extra;
}

Tensor convolve(const Arg &x, const Arg &w, const F::ConvTranspose1dFuncOptions &options) {
  return F::conv_transpose1d(x, w, options);
}
Tensor convolve(const Arg &x, const Arg &w, const F::ConvTranspose2dFuncOptions &options) {
  return F::conv_transpose2d(x, w, options);
}
Tensor convolve(const Arg &x, const Arg &w, const F::ConvTranspose3dFuncOptions &options) {
  return F::conv_transpose3d(x, w, options);
}

} // namespace

template <size_t D, class Derived>
ConvTransposeNdImpl<D, Derived>::ConvTransposeNdImpl(ConvTransposeOptions<D> options)
    : options(std::move(options)) {
  ConvTransposeNdImpl::reset();
}

template <size_t D, class Derived> void ConvTransposeNdImpl<D, Derived>::reset() {
  checkOptions(options);
  Shape sizes = {options.in_channels(), options.out_channels() / options.groups()};
  for (int64_t size : *options.kernel_size())
    sizes.push_back(size);
  weight = this->register_parameter("weight", empty(sizes));
  bias = this->register_parameter("bias", options.bias() ? empty({options.out_channels()}) : Tensor());
  reset_parameters();
}

template <size_t D, class Derived> void ConvTransposeNdImpl<D, Derived>::reset_parameters() {
  detail::resetConvolution(weight, bias);
}

template <size_t D, class Derived>
void ConvTransposeNdImpl<D, Derived>::pretty_print(std::ostream &stream) const {
  ExpandingArray<D> none(0), one(1);
  stream << "nn::" << layerName<D>() << "(" << options.in_channels() << ", " << options.out_channels()
         << ", kernel_size=" << options.kernel_size() << ", stride=" << options.stride();
  if (*options.padding() != *none)
    stream << ", padding=" << options.padding();
  if (*options.dilation() != *one)
    stream << ", dilation=" << options.dilation();
  if (*options.output_padding() != *none)
    stream << ", output_padding=" << options.output_padding();
  if (options.groups() != 1)
    stream << ", groups=" << options.groups();
  if (!options.bias())
    stream << ", bias=false";
  stream << ")";
}

template <size_t D, class Derived>
Tensor ConvTransposeNdImpl<D, Derived>::forward(const Arg &input, const std::optional<Shape> &output_size) {
  ingot::detail::ModuleScope scope(this->node());
  return convolve(input, weight,
                  F::ConvTransposeFuncOptions<D>()
                      .bias(bias)
                      .stride(options.stride())
                      .padding(options.padding())
                      .output_padding(outputPadding(options, input, output_size))
                      .groups(options.groups())
                      .dilation(options.dilation()));
}

template class ConvTransposeNdImpl<1, ConvTranspose1dImpl>;
template class ConvTransposeNdImpl<2, ConvTranspose2dImpl>;
template class ConvTransposeNdImpl<3, ConvTranspose3dImpl>;

ConvTranspose1dImpl::ConvTranspose1dImpl(int64_t in_channels, int64_t out_channels,
                                         ExpandingArray<1> kernel_size)
    : ConvTranspose1dImpl(ConvTranspose1dOptions(in_channels, out_channels, kernel_size)) {}
ConvTranspose1dImpl::ConvTranspose1dImpl(ConvTranspose1dOptions options)
    : ConvTransposeNdImpl(std::move(options)) {}

ConvTranspose2dImpl::ConvTranspose2dImpl(int64_t in_channels, int64_t out_channels,
                                         ExpandingArray<2> kernel_size)
    : ConvTranspose2dImpl(ConvTranspose2dOptions(in_channels, out_channels, kernel_size)) {}
ConvTranspose2dImpl::ConvTranspose2dImpl(ConvTranspose2dOptions options)
    : ConvTransposeNdImpl(std::move(options)) {}

ConvTranspose3dImpl::ConvTranspose3dImpl(int64_t in_channels, int64_t out_channels,
                                         ExpandingArray<3> kernel_size)
    : ConvTranspose3dImpl(ConvTranspose3dOptions(in_channels, out_channels, kernel_size)) {}
ConvTranspose3dImpl::ConvTranspose3dImpl(ConvTranspose3dOptions options)
    : ConvTransposeNdImpl(std::move(options)) {}

} // namespace ingot::nn
