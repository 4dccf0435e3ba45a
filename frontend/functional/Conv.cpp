#include "frontend/functional/Conv.h"
#include "frontend/functional/Structured.h"

namespace ingot::nn::functional {
using ingot::detail::fail;

namespace {

const char *const names[] = {"conv1d", "conv2d", "conv3d"};

template <size_t D> class Convolution {
public:
  Convolution(const Arg &input, const Arg &weight, const ConvFuncOptions<D> &options)
      : input(input), weight(weight), options(options), op(names[D - 1]) {}

  Tensor record() {
    ingot::detail::OpScope scope(op, input.where);
    check();
    Tensor x = static_cast<size_t>(input->dim()) == D + 1 ? input->unsqueeze(0) : *input;
    x = pad(x);
    checkWindows(x);
    Tensor y = ingot::detail::recordConv(x, weight, options.stride().vec(), options.dilation().vec(),
                                         options.groups());
    if (options.bias().defined()) {
      std::vector<Size> sizes(D + 2, Size(1));
      sizes[1] = options.bias().size(0);
      y = y + options.bias().view(Shape(sizes));
    }
    return static_cast<size_t>(input->dim()) == D + 1 ? y.squeeze(0) : y;
  }

private:
  [[noreturn]] void refuse(const std::string &required, std::string got) const {
    got += (got.empty() ? "input " : " (input ") + input->sizes().str() + ", weight " +
           weight->sizes().str() + (got.empty() ? "" : ")");
    fail(op, input.where, required, got);
  }

  void checkPositive(const char *option, const ExpandingArray<D> &values) const {
    for (int64_t value : *values)
      if (value < 1)
        refuse(std::string(option) + " must be positive", std::to_string(value));
  }

  void check() const {
    checkPositive("stride", options.stride());
    checkPositive("dilation", options.dilation());
    if (weight->dim() != int64_t(D) + 2)
      refuse("weight must have " + std::to_string(D + 2) + " dimensions", {});
    for (size_t d = 2; d < D + 2; ++d)
      if (weight->size(int64_t(d)) < 1)
        refuse("kernel sizes must be positive", {});
    if (input->dim() != int64_t(D) + 2 && input->dim() != int64_t(D) + 1)
      refuse("input must have " + std::to_string(D + 2) + " dimensions, or " + std::to_string(D + 1) +
                 " without a batch",
             {});
    int64_t groups = options.groups();
    if (groups < 1)
      refuse("groups must be positive", std::to_string(groups));
    Size channels = weight->size(1) * groups, got = input->size(-int64_t(D) - 1);
    if (got != channels)
      refuse("input must have " + channels.str() + " channels", got.str());
    if (weight->size(0) % groups != 0)
      refuse("the output channels must be divisible by groups",
             weight->size(0).str() + " by " + std::to_string(groups));
    const Tensor &bias = options.bias();
    if (bias.defined() && (bias.dim() != 1 || bias.size(0) != weight->size(0)))
      refuse("bias must be [" + weight->size(0).str() + "]", bias.sizes().str());
  }

  Tensor pad(const Tensor &x) const {
    std::vector<Size> low(D + 2, Size(0)), high(D + 2, Size(0));
    bool any = false;
    for (size_t d = 0; d < D; ++d) {
      if (auto *given = std::get_if<ExpandingArray<D>>(&options.padding())) {
        if ((*given)[d] < 0)
          refuse("padding must not be negative", std::to_string((*given)[d]));
        low[d + 2] = high[d + 2] = (*given)[d];
        any = any || (*given)[d] != 0;
      } else if (std::holds_alternative<enumtype::kSame>(options.padding())) {
        if (options.stride()[d] != 1)
          refuse("padding kSame requires a stride of 1", std::to_string(options.stride()[d]));
        int64_t total = options.dilation()[d] * (int64_t(weight->size(int64_t(d) + 2)) - 1);
        low[d + 2] = total / 2;
        high[d + 2] = total - total / 2;
        any = any || total != 0;
      }
    }
    return any ? ingot::detail::recordPad(x, low, high, Scalar::constant(0)) : x;
  }

  /// At least one window must fit in the padded input.
  void checkWindows(const Tensor &padded) const {
    for (size_t d = 0; d < D; ++d) {
      Size size = padded.size(int64_t(d) + 2), window = weight->size(int64_t(d) + 2);
      window = (window - 1) * options.dilation()[d] + 1;
      if (size.isNumber() && size < window)
        refuse("the padded input must be at least as large as the dilated kernel",
               size.str() + " < " + window.str() + " in spatial dimension " + std::to_string(d));
    }
  }

  const Arg &input, &weight;
  const ConvFuncOptions<D> &options;
  const char *op;
};

} // namespace

Tensor conv1d(const Arg &input, const Arg &weight, const Conv1dFuncOptions &options) {
  return Convolution<1>(input, weight, options).record();
}

Tensor conv2d(const Arg &input, const Arg &weight, const Conv2dFuncOptions &options) {
  return Convolution<2>(input, weight, options).record();
}

Tensor conv3d(const Arg &input, const Arg &weight, const Conv3dFuncOptions &options) {
  return Convolution<3>(input, weight, options).record();
}

} // namespace ingot::nn::functional
