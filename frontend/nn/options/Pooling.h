// Options of pooling layers and functionals. A kernel size alone converts to options: F::max_pool2d(x, 2).
#pragma once
#include "ingot/nn/options/Common.h"
#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <optional>

namespace ingot::nn {

template <size_t D> struct MaxPoolOptions {
  MaxPoolOptions(ExpandingArray<D> kernel_size) : kernel_size_(kernel_size), stride_(kernel_size) {}
  MaxPoolOptions(std::initializer_list<int64_t> kernel_size)
      : MaxPoolOptions(ExpandingArray<D>(kernel_size)) {}
  MaxPoolOptions(std::integral auto kernel_size)
      : MaxPoolOptions(ExpandingArray<D>(static_cast<int64_t>(kernel_size))) {}
  INGOT_ARG(ExpandingArray<D>, kernel_size);
  /// The kernel size if not given.
  INGOT_ARG(ExpandingArray<D>, stride);
  INGOT_ARG(ExpandingArray<D>, padding) = 0;
  INGOT_ARG(ExpandingArray<D>, dilation) = 1;
  /// Whether the last window may be incomplete.
  INGOT_ARG(bool, ceil_mode) = false;
};
using MaxPool1dOptions = MaxPoolOptions<1>;
using MaxPool2dOptions = MaxPoolOptions<2>;
using MaxPool3dOptions = MaxPoolOptions<3>;

template <size_t D> struct AvgPoolOptions {
  AvgPoolOptions(ExpandingArray<D> kernel_size) : kernel_size_(kernel_size), stride_(kernel_size) {}
  AvgPoolOptions(std::initializer_list<int64_t> kernel_size)
      : AvgPoolOptions(ExpandingArray<D>(kernel_size)) {}
  AvgPoolOptions(std::integral auto kernel_size)
      : AvgPoolOptions(ExpandingArray<D>(static_cast<int64_t>(kernel_size))) {}
  INGOT_ARG(ExpandingArray<D>, kernel_size);
  /// The kernel size if not given.
  INGOT_ARG(ExpandingArray<D>, stride);
  INGOT_ARG(ExpandingArray<D>, padding) = 0;
  /// Whether the last window may be incomplete.
  INGOT_ARG(bool, ceil_mode) = false;
  /// Whether padding counts in the divisor.
  INGOT_ARG(bool, count_include_pad) = true;
  /// Divides by this instead of the number of elements; not in one dimension.
  INGOT_ARG(std::optional<int64_t>, divisor_override);
};
using AvgPool1dOptions = AvgPoolOptions<1>;
using AvgPool2dOptions = AvgPoolOptions<2>;
using AvgPool3dOptions = AvgPoolOptions<3>;

namespace functional {
using MaxPool1dFuncOptions = MaxPool1dOptions;
using MaxPool2dFuncOptions = MaxPool2dOptions;
using MaxPool3dFuncOptions = MaxPool3dOptions;
using AvgPool1dFuncOptions = AvgPool1dOptions;
using AvgPool2dFuncOptions = AvgPool2dOptions;
using AvgPool3dFuncOptions = AvgPool3dOptions;
} // namespace functional
} // namespace ingot::nn
