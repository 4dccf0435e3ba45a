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

struct InstanceNormOptions {
  InstanceNormOptions(int64_t num_features) : num_features_(num_features) {}
  INGOT_ARG(int64_t, num_features);
  INGOT_ARG(double, eps) = 1e-5;
  /// The weight of a batch in the running statistics; none: they stay as they are.
  INGOT_ARG(std::optional<double>, momentum) = 0.1;
  INGOT_ARG(bool, affine) = false;
  INGOT_ARG(bool, track_running_stats) = false;
};
using InstanceNorm1dOptions = InstanceNormOptions;
using InstanceNorm2dOptions = InstanceNormOptions;
using InstanceNorm3dOptions = InstanceNormOptions;

struct LayerNormOptions {
  LayerNormOptions(std::vector<int64_t> normalized_shape) : normalized_shape_(std::move(normalized_shape)) {}
  /// The last sizes of the input, over which it normalizes.
  INGOT_ARG(std::vector<int64_t>, normalized_shape);
  INGOT_ARG(double, eps) = 1e-5;
  INGOT_ARG(bool, elementwise_affine) = true;
};

struct RMSNormOptions {
  RMSNormOptions(std::vector<int64_t> normalized_shape) : normalized_shape_(std::move(normalized_shape)) {}
  /// The last sizes of the input, over which it normalizes.
  INGOT_ARG(std::vector<int64_t>, normalized_shape);
  /// None: the machine epsilon of the type that is computed in.
  INGOT_ARG(std::optional<double>, eps);
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

struct LocalResponseNormOptions {
  LocalResponseNormOptions(int64_t size) : size_(size) {}
  /// The number of neighbouring channels, this one included.
  INGOT_ARG(int64_t, size);
  INGOT_ARG(double, alpha) = 1e-4;
  INGOT_ARG(double, beta) = 0.75;
  INGOT_ARG(double, k) = 1;
};

struct CrossMapLRN2dOptions {
  CrossMapLRN2dOptions(int64_t size) : size_(size) {}
  INGOT_ARG(int64_t, size);
  INGOT_ARG(double, alpha) = 1e-4;
  INGOT_ARG(double, beta) = 0.75;
  INGOT_ARG(double, k) = 1;
};

namespace functional {
using LocalResponseNormFuncOptions = LocalResponseNormOptions;

struct NormalizeFuncOptions {
  /// The order of the norm.
  INGOT_ARG(double, p) = 2;
  INGOT_ARG(int64_t, dim) = 1;
  /// The least norm that is divided by.
  INGOT_ARG(double, eps) = 1e-12;
  /// A tensor that is to have the result, too.
  INGOT_ARG(std::optional<Tensor>, out);
};

struct InstanceNormFuncOptions {
  INGOT_ARG(Tensor, running_mean);
  INGOT_ARG(Tensor, running_var);
  INGOT_ARG(Tensor, weight);
  INGOT_ARG(Tensor, bias);
  /// Whether statistics of the input are used, and running ones updated.
  INGOT_ARG(bool, use_input_stats) = true;
  INGOT_ARG(double, momentum) = 0.1;
  INGOT_ARG(double, eps) = 1e-5;
};

struct RMSNormFuncOptions {
  RMSNormFuncOptions(std::vector<int64_t> normalized_shape)
      : normalized_shape_(std::move(normalized_shape)) {}
  INGOT_ARG(std::vector<int64_t>, normalized_shape);
  INGOT_ARG(Tensor, weight);
  INGOT_ARG(std::optional<double>, eps);
};

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
