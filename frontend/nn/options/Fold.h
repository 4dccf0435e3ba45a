// Options of Fold and Unfold.
#pragma once
#include "ingot/nn/options/Common.h"
#include <cstdint>
#include <utility>

namespace ingot::nn {

struct FoldOptions {
  FoldOptions(ExpandingArray<2> output_size, ExpandingArray<2> kernel_size)
      : output_size_(std::move(output_size)), kernel_size_(std::move(kernel_size)) {}
  /// The spatial sizes of the result.
  INGOT_ARG(ExpandingArray<2>, output_size);
  INGOT_ARG(ExpandingArray<2>, kernel_size);
  INGOT_ARG(ExpandingArray<2>, dilation) = 1;
  INGOT_ARG(ExpandingArray<2>, padding) = 0;
  INGOT_ARG(ExpandingArray<2>, stride) = 1;
};

struct UnfoldOptions {
  UnfoldOptions(ExpandingArray<2> kernel_size) : kernel_size_(std::move(kernel_size)) {}
  INGOT_ARG(ExpandingArray<2>, kernel_size);
  INGOT_ARG(ExpandingArray<2>, dilation) = 1;
  INGOT_ARG(ExpandingArray<2>, padding) = 0;
  INGOT_ARG(ExpandingArray<2>, stride) = 1;
};

namespace functional {
using FoldFuncOptions = FoldOptions;
using UnfoldFuncOptions = UnfoldOptions;
} // namespace functional
} // namespace ingot::nn
