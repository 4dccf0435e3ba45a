// Options of sampling at given places.
#pragma once
#include "ingot/nn/options/Common.h"
#include <optional>
#include <variant>

namespace ingot::nn::functional {

struct GridSampleFuncOptions {
  using Mode = std::variant<enumtype::kBilinear, enumtype::kNearest, enumtype::kBicubic>;
  using PaddingMode = std::variant<enumtype::kZeros, enumtype::kBorder, enumtype::kReflection>;
  INGOT_ARG(Mode, mode) = kBilinear;
  /// What lies outside the input.
  INGOT_ARG(PaddingMode, padding_mode) = kZeros;
  /// Whether -1 and 1 are the centers of the first and the last element, rather than the edges; false if not given.
  INGOT_ARG(std::optional<bool>, align_corners);
};

} // namespace ingot::nn::functional
