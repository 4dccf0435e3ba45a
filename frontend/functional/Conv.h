// Convolutions (cross-correlations).
#pragma once
#include "ingot/nn/options/Conv.h"

namespace ingot::nn::functional {

/// input [N, C, S...] or [C, S...], weight [O, C / groups, K...] -> [N, O, P...] or [O, P...], where
/// P = floor((S + 2 padding - dilation * (K - 1) - 1) / stride) + 1. An error where a window does not fit.
Tensor conv1d(const Arg &input, const Arg &weight, const Conv1dFuncOptions &options = {});
Tensor conv2d(const Arg &input, const Arg &weight, const Conv2dFuncOptions &options = {});
Tensor conv3d(const Arg &input, const Arg &weight, const Conv3dFuncOptions &options = {});

} // namespace ingot::nn::functional
