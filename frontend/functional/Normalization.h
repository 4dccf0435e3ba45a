// Normalizations: (x - mean) / sqrt(variance + eps) * weight + bias over some dimensions; the variance is the
// biased one.
#pragma once
#include "ingot/nn/options/Normalization.h"

namespace ingot::nn::functional {

/// Over all dimensions but 1, the channels: input [N, C, ...]. Running statistics [C] are used unless
/// training, and updated when training (the unbiased variance); both may be undefined when training. An empty
/// batch updates nothing.
Tensor batch_norm(const Arg &input, const Arg &running_mean, const Arg &running_var,
                  const BatchNormFuncOptions &options = {});
/// Over the last dimensions, whose sizes are normalized_shape; weight and bias have these sizes.
Tensor layer_norm(const Arg &input, const LayerNormFuncOptions &options);
/// Over groups of channels and all later dimensions: input [N, C, ...]; weight and bias [C].
Tensor group_norm(const Arg &input, const GroupNormFuncOptions &options);

} // namespace ingot::nn::functional
