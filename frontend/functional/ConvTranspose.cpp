// Transposed convolutions, as convolutions: of the input with its elements spread apart, or, where the kernel is a
// multiple of the stride, of the input itself with one set of output channels for each phase of the stride.
//
//   kernel 4, stride 2, one dimension:   y[2 q + r] = sum over m in {0, 1} of x[q - m] w[2 m + r]
//   so w [C, O, 4] -> [C, O, m, r] -> [O * r, C, reversed m], and the results [N, O * r, q] -> [N, O, q * 2 + r]
#include "frontend/functional/Conv.h"
#include "frontend/functional/Structured.h"
#include "frontend/functional/factories.h"
#include "frontend/functional/ops.h"

namespace ingot::nn::functional {
namespace {

const char *const names[] = {"conv_transpose1d", "conv_transpose2d", "conv_transpose3d"};

template <size_t D> class TransposedConvolution {
public:
  TransposedConvolution(const Arg &input, const Arg &weight, const ConvTransposeFuncOptions<D> &options)
      : input(input), weight(weight), options(options), op(names[D - 1]) {}

  Tensor record() {
    ingot::detail::OpScope scope(op, input.where);
    check();
    bool batched = input->dim() == int64_t(D) + 2;
    Tensor x = batched ? *input : input->unsqueeze(0);
    computeSizes(x);
    Tensor y = hasPhases() ? byPhases(x) : bySpreading(x);
    if (options.bias().defined()) {
      std::vector<Size> sizes(D + 2, Size(1));
      sizes[1] = options.bias().size(0);
      y = y + options.bias().view(Shape(sizes));
    }
    return batched ? y : y.squeeze(0);
  }

private:
  [[noreturn]] void refuse(const std::string &required, std::string got) const {
    got += (got.empty() ? "input " : " (input ") + input->sizes().str() + ", weight " +
           weight->sizes().str() + (got.empty() ? "" : ")");
    ingot::detail::fail(op, input.where, required, got);
  }

  void requireLeast(const char *option, const ExpandingArray<D> &values, int64_t least) const {
    for (int64_t value : *values)
      if (value < least)
        refuse(std::string(option) + (least ? " must be positive" : " must not be negative"),
               std::to_string(value));
  }

  void check() const {
    requireLeast("stride", options.stride(), 1);
    requireLeast("dilation", options.dilation(), 1);
    requireLeast("padding", options.padding(), 0);
    requireLeast("output_padding", options.output_padding(), 0);
    for (size_t d = 0; d < D; ++d)
      if (options.output_padding()[d] >= std::max(options.stride()[d], options.dilation()[d]))
        refuse("output_padding must be less than stride or dilation",
               std::to_string(options.output_padding()[d]));
    if (weight->dim() != int64_t(D) + 2)
      refuse("weight must have " + std::to_string(D + 2) + " dimensions", {});
    for (size_t d = 2; d < D + 2; ++d)
      if (weight->size(int64_t(d)) < 1)
        refuse("kernel sizes must be positive", {});
    if (input->dim() != int64_t(D) + 2 && input->dim() != int64_t(D) + 1)
      refuse("input must have " + std::to_string(D + 2) + " dimensions, or " + std::to_string(D + 1) +
                 " without a batch",
             {});
    if (options.groups() < 1)
      refuse("groups must be positive", std::to_string(options.groups()));
    Size channels = weight->size(0), got = input->size(-int64_t(D) - 1);
    if (got != channels)
      refuse("input must have " + channels.str() + " channels", got.str());
    if (channels % options.groups() != 0)
      refuse("the input channels must be divisible by groups",
             channels.str() + " by " + std::to_string(options.groups()));
    Size outputs = weight->size(1) * options.groups();
    const Tensor &bias = options.bias();
    if (bias.defined() && (bias.dim() != 1 || bias.size(0) != outputs))
      refuse("bias must be [" + outputs.str() + "]", bias.sizes().str());
  }

  int64_t kernel(size_t d) const { return weight->size(int64_t(d) + 2); }

  void computeSizes(const Tensor &x) {
    for (size_t d = 0; d < D; ++d) {
      Size size = (x.size(int64_t(d) + 2) - 1) * options.stride()[d] - 2 * options.padding()[d] +
                  options.dilation()[d] * (kernel(d) - 1) + options.output_padding()[d] + 1;
      if (size.isNumber() && size < 1)
        refuse("the result must have a positive size", size.str());
      result.push_back(size);
    }
  }

  bool hasPhases() const {
    bool any = false;
    for (size_t d = 0; d < D; ++d) {
      if (options.dilation()[d] != 1 || kernel(d) % options.stride()[d] != 0)
        return false;
      any = any || options.stride()[d] != 1;
    }
    return any;
  }

  /// The elements [from, from + length) of dimension d of x; after the last one lie zeros.
  static Tensor window(const Tensor &x, int64_t d, int64_t from, const Size &length) {
    Size missing = length + from - x.size(d);
    if (!missing.isNumber() || missing <= 0)
      return x.slice(d, from, length + from);
    std::vector<Size> low(D + 2, Size(0)), high(D + 2, Size(0));
    high[size_t(d)] = missing;
    return ingot::detail::recordPad(x, low, high, Scalar::constant(0)).slice(d, from, length + from);
  }

  /// [G * C, O, K...] -> [G * O, C, reversed K...].
  Tensor exchanged() const {
    Shape sizes = weight->sizes();
    int64_t groups = options.groups();
    std::vector<Size> split(sizes.begin(), sizes.end()), joined = split;
    split[0] /= groups;
    split.insert(split.begin(), Size(groups));
    joined[0] = split[2] * groups, joined[1] = split[1];
    std::vector<int64_t> window;
    for (size_t d = 0; d < D; ++d)
      window.push_back(int64_t(d) + 2);
    return weight->flip(window).view(split).transpose(1, 2).view(joined);
  }

  // Element i of the input lies at i * stride + border - padding, where border is what the kernel covers but for one.
  Tensor bySpreading(const Tensor &x) const {
    std::vector<Size> sizes = {x.size(0), x.size(1)}, starts(2, Size(0));
    std::vector<int64_t> steps(2, 1), cut;
    for (size_t d = 0; d < D; ++d) {
      int64_t border = options.dilation()[d] * (kernel(d) - 1), excess = options.padding()[d] - border;
      int64_t before = std::max<int64_t>(excess, 0);
      int64_t after = std::max<int64_t>(excess - options.output_padding()[d], 0);
      sizes.push_back(result[d] + border + before + after);
      starts.push_back(before - excess);
      steps.push_back(options.stride()[d]);
      cut.push_back(before);
    }
    Tensor spread =
        ingot::detail::recordInsertSlice(ingot::full(sizes, Scalar::constant(0), x.options(), input.where),
                                         Arg(x, input.where), starts, steps);
    for (size_t d = 0; d < D; ++d) {
      Size covered = result[d] + options.dilation()[d] * (kernel(d) - 1);
      spread = spread.slice(int64_t(d) + 2, cut[d], cut[d] + covered);
    }
    return ingot::detail::recordConv(spread, exchanged(), std::vector<int64_t>(D, 1),
                                     options.dilation().vec(), options.groups());
  }

  /// [G * O, C, reversed K...] -> [G * O * phases, C, reversed taps...].
  Tensor phaseWeights() const {
    Tensor w = exchanged();
    std::vector<Size> split = {w.size(0), w.size(1)}, joined = split;
    std::vector<int64_t> order = {0}, reversed;
    for (size_t d = 0; d < D; ++d) {
      int64_t stride = options.stride()[d], taps = kernel(d) / stride;
      split.insert(split.end(), {Size(taps), Size(stride)});
      joined[0] *= stride;
      joined.push_back(taps);
      order.push_back(int64_t(3 + 2 * d)), reversed.push_back(int64_t(3 + 2 * d));
    }
    order.push_back(1);
    for (size_t d = 0; d < D; ++d)
      order.push_back(int64_t(2 + 2 * d));
    // The kernel is reversed as a whole: its phases are, too.
    return w.view(split).flip(reversed).permute(order).view(joined);
  }

  Tensor byPhases(const Tensor &x) const {
    std::vector<Size> border(D + 2, Size(0));
    std::vector<Size> split = {x.size(0), weight->size(1) * options.groups()}, whole = split;
    for (size_t d = 0; d < D; ++d)
      split.push_back(options.stride()[d]);
    for (size_t d = 0; d < D; ++d) {
      int64_t stride = options.stride()[d], taps = kernel(d) / stride;
      border[d + 2] = taps - 1;
      Size positions = x.size(int64_t(d) + 2) + (taps - 1);
      split.push_back(positions);
      whole.push_back(positions * stride);
    }
    Tensor padded = ingot::detail::recordPad(Arg(x, input.where), border, border, Scalar::constant(0));
    Tensor phases = ingot::detail::recordConv(padded, phaseWeights(), std::vector<int64_t>(D, 1),
                                              std::vector<int64_t>(D, 1), options.groups());
    std::vector<int64_t> order = {0, 1};
    for (size_t d = 0; d < D; ++d)
      order.insert(order.end(), {int64_t(2 + D + d), int64_t(2 + d)});
    Tensor y = phases.view(split).permute(order).view(whole);
    for (size_t d = 0; d < D; ++d)
      y = window(y, int64_t(d) + 2, options.padding()[d], result[d]);
    return y;
  }

  const Arg &input, &weight;
  const ConvTransposeFuncOptions<D> &options;
  const char *op;
  std::vector<Size> result; ///< the spatial sizes
};

} // namespace

Tensor conv_transpose1d(const Arg &input, const Arg &weight, const ConvTranspose1dFuncOptions &options) {
  return TransposedConvolution<1>(input, weight, options).record();
}

Tensor conv_transpose2d(const Arg &input, const Arg &weight, const ConvTranspose2dFuncOptions &options) {
  return TransposedConvolution<2>(input, weight, options).record();
}

Tensor conv_transpose3d(const Arg &input, const Arg &weight, const ConvTranspose3dFuncOptions &options) {
  return TransposedConvolution<3>(input, weight, options).record();
}

} // namespace ingot::nn::functional
