// Options of pooling layers and functionals. A kernel size alone converts to options: F::max_pool2d(x, 2).
#pragma once
#include "ingot/core/Tensor.h"
#include "ingot/nn/options/Common.h"
#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <type_traits>
#include <vector>

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

/// The sizes of the result, in more than one dimension std::nullopt for that of the input.
template <size_t D> struct AdaptivePoolOptions {
  using Sizes =
      std::conditional_t<D == 1, ExpandingArray<1>, ExpandingArrayWithOptionalElem<(D == 1 ? 2 : D)>>;
  AdaptivePoolOptions(const Sizes &output_size) : output_size_(output_size) {}
  AdaptivePoolOptions(std::initializer_list<int64_t> output_size)
      : output_size_(std::vector<int64_t>(output_size)) {}
  AdaptivePoolOptions(std::initializer_list<std::optional<int64_t>> output_size)
    requires(D > 1)
      : output_size_(std::vector<std::optional<int64_t>>(output_size)) {}
  AdaptivePoolOptions(std::integral auto output_size) : output_size_(static_cast<int64_t>(output_size)) {}
  INGOT_ARG(Sizes, output_size);
};
using AdaptiveMaxPool1dOptions = AdaptivePoolOptions<1>;
using AdaptiveMaxPool2dOptions = AdaptivePoolOptions<2>;
using AdaptiveMaxPool3dOptions = AdaptivePoolOptions<3>;
using AdaptiveAvgPool1dOptions = AdaptivePoolOptions<1>;
using AdaptiveAvgPool2dOptions = AdaptivePoolOptions<2>;
using AdaptiveAvgPool3dOptions = AdaptivePoolOptions<3>;

template <size_t D> struct MaxUnpoolOptions {
  MaxUnpoolOptions(ExpandingArray<D> kernel_size) : kernel_size_(kernel_size), stride_(kernel_size) {}
  MaxUnpoolOptions(std::initializer_list<int64_t> kernel_size)
      : MaxUnpoolOptions(ExpandingArray<D>(kernel_size)) {}
  MaxUnpoolOptions(std::integral auto kernel_size)
      : MaxUnpoolOptions(ExpandingArray<D>(static_cast<int64_t>(kernel_size))) {}
  INGOT_ARG(ExpandingArray<D>, kernel_size);
  /// The kernel size if not given.
  INGOT_ARG(ExpandingArray<D>, stride);
  INGOT_ARG(ExpandingArray<D>, padding) = 0;
};
using MaxUnpool1dOptions = MaxUnpoolOptions<1>;
using MaxUnpool2dOptions = MaxUnpoolOptions<2>;
using MaxUnpool3dOptions = MaxUnpoolOptions<3>;

template <size_t D> struct FractionalMaxPoolOptions {
  FractionalMaxPoolOptions(ExpandingArray<D> kernel_size) : kernel_size_(kernel_size) {}
  FractionalMaxPoolOptions(std::initializer_list<int64_t> kernel_size)
      : FractionalMaxPoolOptions(ExpandingArray<D>(kernel_size)) {}
  FractionalMaxPoolOptions(std::integral auto kernel_size)
      : FractionalMaxPoolOptions(ExpandingArray<D>(static_cast<int64_t>(kernel_size))) {}
  using Ratio = ExpandingArray<D, double>;
  INGOT_ARG(ExpandingArray<D>, kernel_size);
  /// Either the sizes of the result or its share of the input's sizes, within (0, 1).
  INGOT_ARG(std::optional<ExpandingArray<D>>, output_size);
  INGOT_ARG(std::optional<Ratio>, output_ratio);
  /// [N, C, D] in [0, 1), drawn at each call if undefined.
  INGOT_ARG(Tensor, _random_samples);
};
using FractionalMaxPool2dOptions = FractionalMaxPoolOptions<2>;
using FractionalMaxPool3dOptions = FractionalMaxPoolOptions<3>;

template <size_t D> struct LPPoolOptions {
  LPPoolOptions(double norm_type, ExpandingArray<D> kernel_size)
      : norm_type_(norm_type), kernel_size_(kernel_size), stride_(kernel_size) {}
  INGOT_ARG(double, norm_type);
  INGOT_ARG(ExpandingArray<D>, kernel_size);
  /// The kernel size if not given.
  INGOT_ARG(ExpandingArray<D>, stride);
  /// Whether the last window may be incomplete.
  INGOT_ARG(bool, ceil_mode) = false;
};
using LPPool1dOptions = LPPoolOptions<1>;
using LPPool2dOptions = LPPoolOptions<2>;
using LPPool3dOptions = LPPoolOptions<3>;

namespace functional {
using MaxPool1dFuncOptions = MaxPool1dOptions;
using MaxPool2dFuncOptions = MaxPool2dOptions;
using MaxPool3dFuncOptions = MaxPool3dOptions;
using AvgPool1dFuncOptions = AvgPool1dOptions;
using AvgPool2dFuncOptions = AvgPool2dOptions;
using AvgPool3dFuncOptions = AvgPool3dOptions;
using AdaptiveMaxPool1dFuncOptions = AdaptiveMaxPool1dOptions;
using AdaptiveMaxPool2dFuncOptions = AdaptiveMaxPool2dOptions;
using AdaptiveMaxPool3dFuncOptions = AdaptiveMaxPool3dOptions;
using AdaptiveAvgPool1dFuncOptions = AdaptiveAvgPool1dOptions;
using AdaptiveAvgPool2dFuncOptions = AdaptiveAvgPool2dOptions;
using AdaptiveAvgPool3dFuncOptions = AdaptiveAvgPool3dOptions;
using FractionalMaxPool2dFuncOptions = FractionalMaxPool2dOptions;
using FractionalMaxPool3dFuncOptions = FractionalMaxPool3dOptions;
using LPPool1dFuncOptions = LPPool1dOptions;
using LPPool2dFuncOptions = LPPool2dOptions;
using LPPool3dFuncOptions = LPPool3dOptions;

template <size_t D> struct MaxUnpoolFuncOptions : MaxUnpoolOptions<D> {
  using MaxUnpoolOptions<D>::MaxUnpoolOptions;
  MaxUnpoolFuncOptions(const MaxUnpoolOptions<D> &options) : MaxUnpoolOptions<D>(options) {}
  /// The sizes of the result: the spatial ones, or all of them. Computed from the windows if not given.
  INGOT_ARG(std::optional<std::vector<int64_t>>, output_size);
};
using MaxUnpool1dFuncOptions = MaxUnpoolFuncOptions<1>;
using MaxUnpool2dFuncOptions = MaxUnpoolFuncOptions<2>;
using MaxUnpool3dFuncOptions = MaxUnpoolFuncOptions<3>;
} // namespace functional
} // namespace ingot::nn
