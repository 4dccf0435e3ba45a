#include "frontend/functional/Padding.h"
#include "frontend/functional/Structured.h"
#include "frontend/functional/ops.h"

namespace ingot::nn::functional {
namespace {

class Padder {
public:
  Padder(const Arg &input, const PadFuncOptions &options) : input(input), options(options) {}

  Tensor record() const {
    ingot::detail::OpScope scope("pad", input.where);
    size_t count = options.pad().size();
    if (count % 2 != 0 || int64_t(count) > 2 * input->dim())
      refuse("pad must hold two numbers a dimension of input", std::to_string(count));
    if (std::holds_alternative<enumtype::kConstant>(options.mode()))
      return constant();
    if (auto padded = int64_t(count / 2); input->dim() != padded + 2 && input->dim() != padded + 1)
      refuse("input must have " + std::to_string(padded + 1) + " or " + std::to_string(padded + 2) +
                 " dimensions to pad " + std::to_string(padded) + " of them in mode " + mode(),
             std::to_string(input->dim()));
    return byDimension();
  }

private:
  [[noreturn]] void refuse(const std::string &required, const std::string &got) const {
    ingot::detail::fail("pad", input.where, required, got + " (input " + input->sizes().str() + ")");
  }

  /// What is left of a dimension after negative padding.
  Tensor cut(const Tensor &x, int64_t dim, int64_t before, int64_t after) const {
    if (before >= 0 && after >= 0)
      return x;
    Size start = std::max<int64_t>(-before, 0);
    Size length = x.size(dim) - start - std::max<int64_t>(-after, 0);
    if (length.isNumber() && length < 0)
      refuse("negative padding must not cut more than there is",
             std::to_string(before) + " and " + std::to_string(after));
    return x.narrow(dim, start, length);
  }

  Tensor constant() const {
    Tensor x = *input;
    auto rank = static_cast<size_t>(x.dim());
    std::vector<Size> low(rank, Size(0)), high(rank, Size(0));
    bool any = false;
    for (size_t i = 0; i < options.pad().size() / 2; ++i) {
      size_t dim = rank - 1 - i;
      int64_t before = options.pad()[2 * i], after = options.pad()[2 * i + 1];
      x = cut(x, int64_t(dim), before, after);
      low[dim] = std::max<int64_t>(before, 0);
      high[dim] = std::max<int64_t>(after, 0);
      any = any || before > 0 || after > 0;
    }
    return any ? ingot::detail::recordPad(x, low, high, Scalar::constant(options.value())) : x;
  }

  Tensor byDimension() const {
    Tensor x = *input;
    for (size_t i = 0; i < options.pad().size() / 2; ++i) {
      int64_t dim = x.dim() - 1 - int64_t(i), before = options.pad()[2 * i], after = options.pad()[2 * i + 1];
      Tensor kept = cut(x, dim, before, after);
      const Tensor &source = std::holds_alternative<enumtype::kCircular>(options.mode()) ? kept : x;
      check(source.size(dim), std::max(before, after));
      TensorList parts;
      if (before > 0)
        parts.push_back(border(source, dim, before, /*atStart=*/true));
      parts.push_back(kept);
      if (after > 0)
        parts.push_back(border(source, dim, after, /*atStart=*/false));
      x = parts.size() > 1 ? ingot::cat(parts, dim) : kept;
    }
    return x;
  }

  /// How far a border can reach.
  void check(const Size &size, int64_t amount) const {
    if (!size.isNumber() || amount <= 0)
      return;
    int64_t most = std::holds_alternative<enumtype::kReflect>(options.mode())    ? int64_t(size) - 1
                   : std::holds_alternative<enumtype::kCircular>(options.mode()) ? int64_t(size)
                   : size > 0                                                    ? amount
                                                                                 : 0;
    if (amount > most)
      refuse("padding of mode " + mode() + " must be at most " + std::to_string(most) +
                 " for a dimension of " + size.str(),
             std::to_string(amount));
  }

  std::string mode() const { return enumtype::get_enum_name(options.mode()); }

  /// What lies before the first or after the last element along a dimension.
  Tensor border(const Tensor &x, int64_t dim, int64_t amount, bool atStart) const {
    Size size = x.size(dim);
    if (std::holds_alternative<enumtype::kCircular>(options.mode()))
      return x.narrow(dim, atStart ? size - amount : Size(0), amount);
    if (std::holds_alternative<enumtype::kReflect>(options.mode()))
      return x.narrow(dim, atStart ? Size(1) : size - amount - 1, amount).flip({dim});
    Shape sizes = x.sizes();
    sizes[static_cast<size_t>(dim)] = amount;
    return x.narrow(dim, atStart ? Size(0) : size - 1, 1).expand(sizes);
  }

  const Arg &input;
  const PadFuncOptions &options;
};

} // namespace

Tensor pad(const Arg &input, const PadFuncOptions &options) { return Padder(input, options).record(); }

} // namespace ingot::nn::functional
