// Options of convolutions.
#pragma once
#include "ingot/core/Tensor.h"
#include "ingot/nn/options/Common.h"
#include <cstdint>
#include <utility>
#include <variant>

namespace ingot::nn {
namespace detail {
using ConvPaddingMode =
    std::variant<enumtype::kZeros, enumtype::kReflect, enumtype::kReplicate, enumtype::kCircular>;
/// Elements on both sides of each dimension; none (kValid); or what keeps the sizes at stride 1 (kSame).
template <size_t D> using ConvPadding = std::variant<ExpandingArray<D>, enumtype::kValid, enumtype::kSame>;
} // namespace detail

template <size_t D> struct ConvOptions {
  ConvOptions(int64_t in_channels, int64_t out_channels, ExpandingArray<D> kernel_size)
      : in_channels_(in_channels), out_channels_(out_channels), kernel_size_(std::move(kernel_size)) {}
  INGOT_ARG(int64_t, in_channels);
  INGOT_ARG(int64_t, out_channels);
  INGOT_ARG(ExpandingArray<D>, kernel_size);
  INGOT_ARG(ExpandingArray<D>, stride) = 1;
  INGOT_ARG(ExpandingArray<D>, dilation) = 1;
  INGOT_ARG(int64_t, groups) = 1;
  INGOT_ARG(bool, bias) = true;
  INGOT_ARG(detail::ConvPaddingMode, padding_mode) = kZeros;

public:
  using Padding = detail::ConvPadding<D>;
  /// A list, a number for all dimensions, kValid or kSame.
  auto padding(std::initializer_list<int64_t> list) -> decltype(*this) {
    padding_ = ExpandingArray<D>(list);
    return *this;
  }
  INGOT_ARG(Padding, padding) = ExpandingArray<D>(0);
};
using Conv1dOptions = ConvOptions<1>;
using Conv2dOptions = ConvOptions<2>;
using Conv3dOptions = ConvOptions<3>;

template <size_t D> struct ConvTransposeOptions {
  ConvTransposeOptions(int64_t in_channels, int64_t out_channels, ExpandingArray<D> kernel_size)
      : in_channels_(in_channels), out_channels_(out_channels), kernel_size_(std::move(kernel_size)) {}
  INGOT_ARG(int64_t, in_channels);
  INGOT_ARG(int64_t, out_channels);
  INGOT_ARG(ExpandingArray<D>, kernel_size);
  INGOT_ARG(ExpandingArray<D>, stride) = 1;
  /// What the convolution would have padded its input with: cut from the result.
  INGOT_ARG(ExpandingArray<D>, padding) = 0;
  /// Added at the end of the result, less than stride or dilation.
  INGOT_ARG(ExpandingArray<D>, output_padding) = 0;
  INGOT_ARG(int64_t, groups) = 1;
  INGOT_ARG(bool, bias) = true;
  INGOT_ARG(ExpandingArray<D>, dilation) = 1;
  /// kZeros only.
  INGOT_ARG(detail::ConvPaddingMode, padding_mode) = kZeros;
};
using ConvTranspose1dOptions = ConvTransposeOptions<1>;
using ConvTranspose2dOptions = ConvTransposeOptions<2>;
using ConvTranspose3dOptions = ConvTransposeOptions<3>;

namespace functional {

template <size_t D> struct ConvFuncOptions {
  INGOT_ARG(Tensor, bias);
  INGOT_ARG(ExpandingArray<D>, stride) = 1;
  INGOT_ARG(ExpandingArray<D>, dilation) = 1;
  INGOT_ARG(int64_t, groups) = 1;

public:
  using Padding = detail::ConvPadding<D>;
  auto padding(std::initializer_list<int64_t> list) -> decltype(*this) {
    padding_ = ExpandingArray<D>(list);
    return *this;
  }
  INGOT_ARG(Padding, padding) = ExpandingArray<D>(0);
};
using Conv1dFuncOptions = ConvFuncOptions<1>;
using Conv2dFuncOptions = ConvFuncOptions<2>;
using Conv3dFuncOptions = ConvFuncOptions<3>;

template <size_t D> struct ConvTransposeFuncOptions {
  INGOT_ARG(Tensor, bias);
  INGOT_ARG(ExpandingArray<D>, stride) = 1;
  INGOT_ARG(ExpandingArray<D>, padding) = 0;
  INGOT_ARG(ExpandingArray<D>, output_padding) = 0;
  INGOT_ARG(int64_t, groups) = 1;
  INGOT_ARG(ExpandingArray<D>, dilation) = 1;
};
using ConvTranspose1dFuncOptions = ConvTransposeFuncOptions<1>;
using ConvTranspose2dFuncOptions = ConvTransposeFuncOptions<2>;
using ConvTranspose3dFuncOptions = ConvTransposeFuncOptions<3>;

} // namespace functional
} // namespace ingot::nn
