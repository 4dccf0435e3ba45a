// Options of normalization layers and functionals.
#pragma once
#include "ingot/core/Tensor.h"
#include "ingot/nn/options/Common.h"
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace ingot::nn {

struct BatchNormOptions {
  BatchNormOptions(int64_t num_features) : num_features_(num_features) {}
  INGOT_ARG(int64_t, num_features);
  INGOT_ARG(double, eps) = 1e-5;
  /// The weight of a batch in the running statistics; none: their plain average over all batches.
  INGOT_ARG(std::optional<double>, momentum) = 0.1;
  /// Whether there is a learned scale and shift.
  INGOT_ARG(bool, affine) = true;
  INGOT_ARG(bool, track_running_stats) = true;
};
using BatchNorm1dOptions = BatchNormOptions;
using BatchNorm2dOptions = BatchNormOptions;
using BatchNorm3dOptions = BatchNormOptions;

struct LayerNormOptions {
  LayerNormOptions(std::vector<int64_t> normalized_shape) : normalized_shape_(std::move(normalized_shape)) {}
  /// The last sizes of the input, over which it normalizes.
  INGOT_ARG(std::vector<int64_t>, normalized_shape);
  INGOT_ARG(double, eps) = 1e-5;
  INGOT_ARG(bool, elementwise_affine) = true;
};

struct GroupNormOptions {
  GroupNormOptions(int64_t num_groups, int64_t num_channels)
      : num_groups_(num_groups), num_channels_(num_channels) {}
  INGOT_ARG(int64_t, num_groups);
  INGOT_ARG(int64_t, num_channels);
  INGOT_ARG(double, eps) = 1e-5;
  INGOT_ARG(bool, affine) = true;
};

namespace functional {

struct BatchNormFuncOptions {
  INGOT_ARG(Tensor, weight);
  INGOT_ARG(Tensor, bias);
  /// Whether statistics of the batch are used, and running ones updated.
  INGOT_ARG(bool, training) = false;
  INGOT_ARG(std::optional<double>, momentum) = 0.1;
  INGOT_ARG(double, eps) = 1e-5;
};

struct LayerNormFuncOptions {
  LayerNormFuncOptions(std::vector<int64_t> normalized_shape)
      : normalized_shape_(std::move(normalized_shape)) {}
  INGOT_ARG(std::vector<int64_t>, normalized_shape);
  INGOT_ARG(Tensor, weight);
  INGOT_ARG(Tensor, bias);
  INGOT_ARG(double, eps) = 1e-5;
};

struct GroupNormFuncOptions {
  GroupNormFuncOptions(int64_t num_groups) : num_groups_(num_groups) {}
  INGOT_ARG(int64_t, num_groups);
  INGOT_ARG(Tensor, weight);
  INGOT_ARG(Tensor, bias);
  INGOT_ARG(double, eps) = 1e-5;
};

} // namespace functional
} // namespace ingot::nn
