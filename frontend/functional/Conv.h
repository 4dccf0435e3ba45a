// Convolutions (cross-correlations).
#pragma once
#include "ingot/nn/options/Conv.h"

namespace ingot::nn::functional {

/// input [N, C, S...] or [C, S...], weight [O, C / groups, K...] -> [N, O, P...] or [O, P...], where
/// P = floor((S + 2 padding - dilation * (K - 1) - 1) / stride) + 1. An error where a window does not fit.
Tensor conv1d(const Arg &input, const Arg &weight, const Conv1dFuncOptions &options = {});
Tensor conv2d(const Arg &input, const Arg &weight, const Conv2dFuncOptions &options = {});
Tensor conv3d(const Arg &input, const Arg &weight, const Conv3dFuncOptions &options = {});

/// The transposes of these maps: input [N, C, S...] or [C, S...], weight [C, O / groups, K...] -> [N, O, P...] or
/// [O, P...], where P = (S - 1) stride - 2 padding + dilation * (K - 1) + output_padding + 1.
Tensor conv_transpose1d(const Arg &input, const Arg &weight, const ConvTranspose1dFuncOptions &options = {});
Tensor conv_transpose2d(const Arg &input, const Arg &weight, const ConvTranspose2dFuncOptions &options = {});
Tensor conv_transpose3d(const Arg &input, const Arg &weight, const ConvTranspose3dFuncOptions &options = {});

} // namespace ingot::nn::functional
