// Both go one spatial dimension after the other: K + K slices of large tensors rather than K * K.
#include "frontend/functional/Fold.h"
#include "frontend/functional/Structured.h"
#include "frontend/functional/factories.h"
#include "frontend/functional/ops.h"

namespace ingot::nn::functional {
namespace {

/// Windows over two dimensions, of sizes that are known when they are placed.
template <class Options> class Windows {
public:
  Windows(const char *op, const Arg &input, const Options &options) : op(op), input(input), options(options) {
    requireLeast("kernel_size", options.kernel_size(), 1);
    requireLeast("dilation", options.dilation(), 1);
    requireLeast("padding", options.padding(), 0);
    requireLeast("stride", options.stride(), 1);
  }

  [[noreturn]] void refuse(const std::string &required, const std::string &got) const {
    ingot::detail::fail(op, input.where, required, got);
  }

  /// How many windows a padded size has.
  Size count(size_t d, const Size &padded) const {
    Size room = padded - options.dilation()[d] * (options.kernel_size()[d] - 1) - 1;
    if (room.isNumber() && room < 0)
      refuse("the padded image must be at least as large as the dilated kernel",
             padded.str() + " < " + (padded - room).str() + " in spatial dimension " + std::to_string(d));
    return room / options.stride()[d] + 1;
  }

  const char *op;
  const Arg &input;
  const Options &options;

private:
  void requireLeast(const char *option, const ExpandingArray<2> &values, int64_t least) const {
    for (int64_t value : *values)
      if (value < least)
        refuse(std::string(option) + (least ? " must be positive" : " must not be negative"),
               std::to_string(value));
  }
};

} // namespace

Tensor unfold(const Arg &input, const UnfoldFuncOptions &options) {
  ingot::detail::OpScope scope("unfold", input.where);
  Windows windows("unfold", input, options);
  if (input->dim() != 3 && input->dim() != 4)
    windows.refuse("input must have 4 dimensions, or 3 without a batch", input->sizes().str());
  bool batched = input->dim() == 4;
  Tensor x = batched ? *input : input->unsqueeze(0);
  std::vector<Size> border(4, Size(0));
  for (size_t d = 0; d < 2; ++d)
    border[d + 2] = options.padding()[d];
  if (*options.padding() != *ExpandingArray<2>(0))
    x = ingot::detail::recordPad(x, border, border, Scalar::constant(0));
  Size channels = x.size(1), windowsTotal = 1;
  // [N, C, H, W] -> [N, C, W, kh, lh] -> [N, C, kh, lh, kw, lw]
  for (size_t d = 0; d < 2; ++d) {
    Size count = windows.count(d, x.size(2));
    int64_t stride = options.stride()[d];
    TensorList offsets;
    for (int64_t k = 0; k < options.kernel_size()[d]; ++k) {
      int64_t start = k * options.dilation()[d];
      offsets.push_back(x.slice(2, start, (count - 1) * stride + (start + 1), stride).movedim(2, -1));
    }
    x = ingot::stack(offsets, -2);
    channels *= options.kernel_size()[d];
    windowsTotal *= count;
  }
  Tensor columns = x.permute({0, 1, 2, 4, 3, 5}).view({x.size(0), channels, windowsTotal});
  return batched ? columns : columns.squeeze(0);
}

Tensor fold(const Arg &input, const FoldFuncOptions &options) {
  ingot::detail::OpScope scope("fold", input.where);
  Windows windows("fold", input, options);
  if (input->dim() != 2 && input->dim() != 3)
    windows.refuse("input must have 3 dimensions, or 2 without a batch", input->sizes().str());
  bool batched = input->dim() == 3;
  Tensor x = batched ? *input : input->unsqueeze(0);
  const auto &kernel = options.kernel_size();
  std::vector<Size> counts;
  for (size_t d = 0; d < 2; ++d)
    counts.push_back(windows.count(d, Size(options.output_size()[d] + 2 * options.padding()[d])));
  int64_t volume = kernel[0] * kernel[1];
  if (x.size(1) % volume != 0)
    windows.refuse("the rows of input must be a multiple of the kernel's " + std::to_string(volume) +
                       " elements",
                   input->sizes().str());
  if (Shape(x.size(2)) != Shape(counts[0] * counts[1]))
    windows.refuse("input must have " + (counts[0] * counts[1]).str() + " columns, one a window",
                   input->sizes().str());
  // [N, C, kh, kw, lh, lw] -> [N, C, kw, lw, H] -> [N, C, H, W]
  x = x.view({x.size(0), x.size(1) / volume, kernel[0], kernel[1], counts[0], counts[1]})
          .permute({0, 1, 2, 4, 3, 5});
  for (size_t d = 0; d < 2; ++d) {
    Tensor sum;
    std::vector<Tensor> offsets = x.unbind(2);
    for (int64_t k = 0; k < kernel[d]; ++k) {
      Tensor part = offsets[size_t(k)].movedim(2, -1);
      std::vector<Size> sizes(part.sizes().begin(), part.sizes().end()), starts(sizes.size(), Size(0));
      std::vector<int64_t> steps(sizes.size(), 1);
      sizes.back() = options.output_size()[d] + 2 * options.padding()[d];
      starts.back() = k * options.dilation()[d];
      steps.back() = options.stride()[d];
      Tensor zeros = ingot::full(sizes, Scalar::constant(0), x.options());
      Tensor spread = ingot::detail::recordInsertSlice(zeros, part, starts, steps);
      sum = sum.defined() ? sum + spread : spread;
    }
    x = sum.narrow(-1, options.padding()[d], options.output_size()[d]);
  }
  return batched ? x : x.squeeze(0);
}

} // namespace ingot::nn::functional
