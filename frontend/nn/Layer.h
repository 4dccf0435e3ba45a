// What the layers' sources share: how options are checked and printed. Not a public header.
//
//   Printer(stream, "Conv2d") << options.in_channels() << ", " ...;    // nn::Conv2d(3, ...)
#pragma once
#include "ingot/core/Error.h"
#include "ingot/core/Module.h"
#include "ingot/nn/Init.h"
#include <cmath>
#include <ostream>
#include <sstream>

namespace ingot::nn::detail {

inline const char *yesNo(bool value) { return value ? "true" : "false"; }

/// Throws an Error of layer `layer` ("Conv2d"): a layer that is being made has no line and no path yet.
[[noreturn]] inline void refuse(const std::string &layer, const std::string &required,
                                const std::string &got) {
  throw Error("nn::" + layer, {}, {}, required, got);
}

/// A number of features, channels, groups ...
inline void requirePositive(const std::string &layer, const char *option, int64_t value) {
  if (value < 1)
    refuse(layer, std::string(option) + " must be positive", std::to_string(value));
}

template <class T> std::string textOf(const T &value) {
  std::ostringstream text;
  text << value;
  return std::move(text).str();
}

template <size_t D>
void requireAll(const std::string &layer, const char *option, const ExpandingArray<D> &values,
                int64_t least) {
  for (int64_t value : *values)
    if (value < least)
      refuse(layer, std::string(option) + (least > 0 ? " must be positive" : " must not be negative"),
             textOf(values));
}

/// PyTorch's draw for weights [out, in, kernel...] and the bias, which may be undefined: uniform within 1 / sqrt(fan_in).
inline void resetConvolution(const Tensor &weight, const Tensor &bias) {
  init::kaiming_uniform_(weight, std::sqrt(5.0));
  double bound = 1 / std::sqrt(double(init::_calculate_fan_in_and_fan_out(weight).first));
  if (bias.defined())
    init::uniform_(bias, -bound, bound);
}

} // namespace ingot::nn::detail
