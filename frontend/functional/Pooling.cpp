#include "frontend/functional/Pooling.h"
#include "frontend/functional/Structured.h"
#include "frontend/functional/factories.h"
#include "frontend/functional/ops.h"
#include <limits>

namespace ingot::nn::functional {
namespace {

const char *const maxNames[] = {"max_pool1d", "max_pool2d", "max_pool3d"};
const char *const avgNames[] = {"avg_pool1d", "avg_pool2d", "avg_pool3d"};

/// The checked windows of a pooling function over an input with a batch, and the padding that they need.
template <size_t D> class Pooling {
public:
  Pooling(const char *op, const Arg &input, const ExpandingArray<D> &kernel, const ExpandingArray<D> &stride,
          const ExpandingArray<D> &padding, const ExpandingArray<D> &dilation, bool ceilMode)
      : op(op), given(input), windows{kernel.vec(), stride.vec(), dilation.vec()} {
    requireLeast("kernel_size", kernel, 1);
    requireLeast("stride", stride, 1);
    requireLeast("padding", padding, 0);
    requireLeast("dilation", dilation, 1);
    for (size_t d = 0; d < D; ++d)
      if (int64_t window = dilation[d] * (kernel[d] - 1) + 1; padding[d] * 2 > window)
        refuse("padding must be at most half of the dilated kernel",
               std::to_string(padding[d]) + " for " + std::to_string(window));
    if (input->dim() != int64_t(D) + 2 && input->dim() != int64_t(D) + 1)
      refuse("input must have " + std::to_string(D + 2) + " dimensions, or " + std::to_string(D + 1) +
                 " without a batch",
             input->sizes().str());
    batched = input->dim() == int64_t(D) + 2;
    x = batched ? *input : input->unsqueeze(0);
    for (size_t d = 0; d < D; ++d)
      placeWindows(d, x.size(int64_t(d) + 2), padding[d], ceilMode);
  }

  /// Whether no element of the result sees padding.
  bool plain() const { return !anyPadding; }
  Tensor padded(const Tensor &tensor, const Scalar &value, bool withExtra = true) const {
    return anyPadding ? ingot::detail::recordPad(tensor, low, withExtra ? high : low, value) : tensor;
  }
  /// Pads with what the last windows of ceil_mode lack.
  Tensor paddedExtra(const Tensor &tensor, const Scalar &value) const {
    std::vector<Size> extra;
    for (size_t d = 0; d < D + 2; ++d)
      extra.push_back(high[d] - low[d]);
    return ingot::detail::recordPad(tensor, std::vector<Size>(D + 2, Size(0)), extra, value);
  }
  /// A result without the batch that was added.
  Tensor finish(const Tensor &tensor) const { return batched ? tensor : tensor.squeeze(0); }

  [[noreturn]] void refuse(const std::string &required, const std::string &got) const {
    ingot::detail::fail(op, given.where, required, got);
  }

  const char *op;
  const Arg &given;
  ingot::detail::Windows windows;
  Tensor x; ///< [N, C, S...]

private:
  void requireLeast(const char *option, const ExpandingArray<D> &values, int64_t least) const {
    for (int64_t value : *values)
      if (value < least)
        refuse(std::string(option) + (least ? " must be positive" : " must not be negative"),
               std::to_string(value));
  }

  void placeWindows(size_t d, const Size &size, int64_t padding, bool ceilMode) {
    int64_t window = windows.dilations[d] * (windows.kernel[d] - 1) + 1, stride = windows.strides[d];
    Size room = size + 2 * padding - window;
    // Of the last window ceil_mode needs the first element only.
    int64_t least = ceilMode ? std::max<int64_t>(window - stride + 1, 1) : window;
    if (room.isNumber() && room + window < least)
      refuse(ceilMode ? "the padded input must be larger than the dilated kernel less the stride"
                      : "the padded input must be at least as large as the dilated kernel",
             (size + 2 * padding).str() + " < " + std::to_string(least) + " (input " + given->sizes().str() +
                 ")");
    Size extra = 0;
    if (ceilMode) {
      // The last window may reach beyond the padding, but must not begin there.
      Size last = min((room + (stride - 1)) / stride, (size + padding - 1) / stride);
      extra = max(last * stride - room, Size(0));
    }
    low[d + 2] = padding;
    high[d + 2] = padding + extra;
    anyPadding = anyPadding || padding != 0 || !extra.isNumber() || extra != 0;
  }

  std::vector<Size> low = std::vector<Size>(D + 2), high = std::vector<Size>(D + 2);
  bool anyPadding = false, batched = true;
};

/// What loses against every element.
Scalar least(Dtype type) {
  switch (type) {
  case Dtype::Bool: return Scalar::constant(0);
  case Dtype::Int8: return Scalar::constant(std::numeric_limits<int8_t>::min());
  case Dtype::Int16: return Scalar::constant(std::numeric_limits<int16_t>::min());
  case Dtype::Int32: return Scalar::constant(std::numeric_limits<int32_t>::min());
  case Dtype::Int64: return Scalar::constant(std::numeric_limits<int64_t>::min());
  default: return Scalar::constant(-std::numeric_limits<double>::infinity());
  }
}

template <size_t D> Tensor maxPool(const Arg &input, const MaxPoolOptions<D> &o) {
  const char *op = maxNames[D - 1];
  ingot::detail::OpScope scope(op, input.where);
  Pooling<D> pool(op, input, o.kernel_size(), o.stride(), o.padding(), o.dilation(), o.ceil_mode());
  Tensor x = ingot::detail::signedOf(pool.x), padded = pool.padded(x, least(x.dtype()));
  return pool.finish(ingot::detail::recordMaxPool(padded, pool.windows)).to(input->dtype());
}

/// Flat indices into the padded sizes, as flat indices into the sizes.
template <size_t D>
Tensor unpadIndices(Tensor index, const Tensor &padded, const Pooling<D> &pool,
                    const ExpandingArray<D> &padding) {
  Tensor result;
  Size factor = 1;
  for (size_t d = D; d-- > 0;) {
    Size size = padded.size(int64_t(d) + 2);
    Tensor place = (ingot::remainder(index, size) - Scalar::constant(padding[d])) * factor;
    result = result.defined() ? result + place : place;
    index = ingot::floor_divide(index, size);
    factor *= pool.x.size(int64_t(d) + 2);
  }
  return result;
}

template <size_t D>
std::tuple<Tensor, Tensor> maxPoolWithIndices(const Arg &input, const MaxPoolOptions<D> &o) {
  const char *op = maxNames[D - 1];
  ingot::detail::OpScope scope(op, input.where);
  Pooling<D> pool(op, input, o.kernel_size(), o.stride(), o.padding(), o.dilation(), o.ceil_mode());
  Tensor x = ingot::detail::signedOf(pool.x), padded = pool.padded(x, least(x.dtype()));
  Tensor index = ingot::detail::recordMaxPoolIndex(padded.detach(), pool.windows);
  if (!pool.plain())
    index = unpadIndices(index, padded, pool, o.padding());
  Tensor y = ingot::detail::recordMaxPool(padded, pool.windows).to(input->dtype());
  return {pool.finish(y), pool.finish(index)};
}

/// How many elements each window has, [1, 1, P...]: those of the input, or of the input and its padding; what
/// ceil_mode adds never counts.
template <size_t D> Tensor countElements(const Pooling<D> &pool, bool includePadding) {
  Shape sizes(std::vector<Size>(D + 2, Size(1)));
  for (size_t d = 2; d < D + 2; ++d)
    sizes[d] = pool.x.size(int64_t(d));
  Scalar zero = Scalar::constant(0), one = Scalar::constant(1);
  Tensor ones = ingot::full(sizes, one, pool.x.options());
  Tensor padded =
      includePadding ? pool.paddedExtra(pool.padded(ones, one, false), zero) : pool.padded(ones, zero);
  return ingot::detail::recordWindowSum(padded, pool.windows);
}

template <size_t D> Tensor avgPool(const Arg &input, const AvgPoolOptions<D> &o) {
  const char *op = avgNames[D - 1];
  ingot::detail::OpScope scope(op, input.where);
  Pooling<D> pool(op, input, o.kernel_size(), o.stride(), o.padding(), 1, o.ceil_mode());
  if (!input->is_floating_point())
    pool.refuse("input must be of a floating-point type", toString(input->dtype()));
  if (o.divisor_override() == 0)
    pool.refuse("divisor_override must not be zero", "0");
  Tensor sum = ingot::detail::recordWindowSum(pool.padded(pool.x, Scalar::constant(0)), pool.windows);
  int64_t volume = 1;
  for (int64_t size : *o.kernel_size())
    volume *= size;
  if (o.divisor_override() && D > 1)
    volume = *o.divisor_override();
  else if (!pool.plain() && (o.ceil_mode() || !o.count_include_pad()))
    return pool.finish(sum / countElements(pool, o.count_include_pad()));
  return pool.finish(sum / Scalar::constant(volume));
}

// PyTorch's composition, whose gradient it defines.
template <size_t D> Tensor lpPool(const char *op, const Arg &input, const LPPoolOptions<D> &o) {
  ingot::detail::OpScope scope(op, input.where);
  double volume = 1;
  for (int64_t size : *o.kernel_size())
    volume *= double(size);
  Scalar p = Scalar::constant(o.norm_type());
  Tensor mean = avgPool(Arg(ingot::pow(input, p), input.where),
                        AvgPoolOptions<D>(o.kernel_size()).stride(o.stride()).ceil_mode(o.ceil_mode()));
  Tensor sum = ingot::sign(mean) * ingot::relu(ingot::abs(mean)) * Scalar::constant(volume);
  return ingot::pow(sum, Scalar::constant(1 / o.norm_type()));
}

} // namespace

Tensor max_pool1d(const Arg &input, const MaxPool1dFuncOptions &options) { return maxPool(input, options); }
Tensor max_pool2d(const Arg &input, const MaxPool2dFuncOptions &options) { return maxPool(input, options); }
Tensor max_pool3d(const Arg &input, const MaxPool3dFuncOptions &options) { return maxPool(input, options); }

std::tuple<Tensor, Tensor> max_pool1d_with_indices(const Arg &input, const MaxPool1dFuncOptions &options) {
  return maxPoolWithIndices(input, options);
}
std::tuple<Tensor, Tensor> max_pool2d_with_indices(const Arg &input, const MaxPool2dFuncOptions &options) {
  return maxPoolWithIndices(input, options);
}
std::tuple<Tensor, Tensor> max_pool3d_with_indices(const Arg &input, const MaxPool3dFuncOptions &options) {
  return maxPoolWithIndices(input, options);
}

Tensor avg_pool1d(const Arg &input, const AvgPool1dFuncOptions &options) { return avgPool(input, options); }
Tensor avg_pool2d(const Arg &input, const AvgPool2dFuncOptions &options) { return avgPool(input, options); }
Tensor avg_pool3d(const Arg &input, const AvgPool3dFuncOptions &options) { return avgPool(input, options); }

Tensor lp_pool1d(const Arg &input, const LPPool1dFuncOptions &options) {
  return lpPool("lp_pool1d", input, options);
}
Tensor lp_pool2d(const Arg &input, const LPPool2dFuncOptions &options) {
  return lpPool("lp_pool2d", input, options);
}
Tensor lp_pool3d(const Arg &input, const LPPool3dFuncOptions &options) {
  return lpPool("lp_pool3d", input, options);
}

} // namespace ingot::nn::functional
