// Channels as pixels, and back.
#pragma once
#include "ingot/core/Tensor.h"
#include "ingot/nn/options/PixelShuffle.h"

namespace ingot::nn::functional {

/// [..., C * r * r, H, W] -> [..., C, H * r, W * r].
Tensor pixel_shuffle(const Arg &input, const PixelShuffleFuncOptions &options);
/// [..., C, H * r, W * r] -> [..., C * r * r, H, W].
Tensor pixel_unshuffle(const Arg &input, const PixelUnshuffleFuncOptions &options);
/// [N, C, ...]: channel i of group g becomes channel i * groups + g.
Tensor channel_shuffle(const Arg &input, const ChannelShuffleFuncOptions &options);

} // namespace ingot::nn::functional
