// Options of resampling to other sizes.
#pragma once
#include "ingot/nn/options/Common.h"
#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

namespace ingot::nn {

struct UpsampleOptions {
  using Mode = std::variant<enumtype::kNearest, enumtype::kLinear, enumtype::kBilinear, enumtype::kBicubic,
                            enumtype::kTrilinear, enumtype::kArea, enumtype::kNearestExact>;
  using Sizes = std::optional<std::vector<int64_t>>;
  using Factors = std::optional<std::vector<double>>;
  /// Either the spatial sizes of the result or factors of those of the input.
  INGOT_ARG(Sizes, size);
  INGOT_ARG(Factors, scale_factor);
  INGOT_ARG(Mode, mode) = kNearest;
  /// Whether the first and the last elements stay where they are; for kLinear, kBilinear, kBicubic and
  /// kTrilinear.
  INGOT_ARG(std::optional<bool>, align_corners);
  /// Whether the factors are those of the rounded sizes rather than those given.
  INGOT_ARG(std::optional<bool>, recompute_scale_factor);
};

namespace functional {

struct InterpolateFuncOptions {
  using Mode = std::variant<enumtype::kNearest, enumtype::kLinear, enumtype::kBilinear, enumtype::kBicubic,
                            enumtype::kTrilinear, enumtype::kArea, enumtype::kNearestExact>;
  using Sizes = std::optional<std::vector<int64_t>>;
  using Factors = std::optional<std::vector<double>>;
  /// Either the spatial sizes of the result or factors of those of the input.
  INGOT_ARG(Sizes, size);
  INGOT_ARG(Factors, scale_factor);
  INGOT_ARG(Mode, mode) = kNearest;
  INGOT_ARG(std::optional<bool>, align_corners);
  /// Whether the factors are those of the rounded sizes rather than those given.
  INGOT_ARG(std::optional<bool>, recompute_scale_factor);
  /// Whether kBilinear and kBicubic average over what an element of a smaller result covers.
  INGOT_ARG(bool, antialias) = false;
};

} // namespace functional
} // namespace ingot::nn
