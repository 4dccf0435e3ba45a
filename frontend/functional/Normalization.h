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
/// Over the later dimensions, for each sample and channel on its own: input [N, C, ...]. Running statistics
/// as in batch_norm: the means of those of the samples.
Tensor instance_norm(const Arg &input, const InstanceNormFuncOptions &options = {});
/// x / sqrt(mean(x^2) + eps) * weight over the last dimensions, whose sizes are normalized_shape.
Tensor rms_norm(const Arg &input, const RMSNormFuncOptions &options);
/// x / (k + alpha * mean of the squares of `size` neighbouring channels)^beta, with zeros beyond the first
/// and the last; the one more before it if size is even. Input [N, C, ...] of 3 dimensions or more.
Tensor local_response_norm(const Arg &input, const LocalResponseNormFuncOptions &options);
/// x / max(norm, eps) with the p-norm along a dimension.
Tensor normalize(const Arg &input, const NormalizeFuncOptions &options = {});

} // namespace ingot::nn::functional
