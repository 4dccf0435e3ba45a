// Normalizations as their layers need them. Not a public header.
#pragma once
#include "frontend/core/Tensor.h"
#include "frontend/nn/options/Normalization.h"

namespace ingot::detail {

/// What functional::batch_norm does, where the weight of a batch in the running statistics may be computed.
struct BatchNormArguments {
  Tensor weight, bias;            ///< [C] or undefined
  Tensor runningMean, runningVar; ///< [C] or undefined
  bool useBatch = false;          ///< normalize by the batch's statistics, and update running ones
  double eps = 1e-5;
};
/// `momentum` is a number, or a tensor of one element.
Tensor batchNorm(const Arg &input, const BatchNormArguments &arguments, const Arg &momentum);
/// functional::instance_norm.
Tensor instanceNorm(const Arg &input, const BatchNormArguments &arguments, const Arg &momentum);
/// What nn::CrossMapLRN2d does.
Tensor crossMapNorm(const Arg &input, const nn::CrossMapLRN2dOptions &options);

} // namespace ingot::detail
