// Resampling to other sizes.
#pragma once
#include "ingot/core/Tensor.h"
#include "ingot/nn/options/Upsampling.h"

namespace ingot::nn::functional {

/// input [N, C, S...] -> [N, C, P...]: element i lies at i * scale of the input (kNearest), at (i + 0.5) * scale - 0.5 (the
/// other modes), or at i * (S - 1) / (P - 1) (align_corners); scale is 1 / scale_factor, or S / P where sizes are given.
/// kLinear is for one spatial dimension, kBilinear and kBicubic for two, kTrilinear for three; kArea is adaptive_avg_pool.
Tensor interpolate(const Arg &input, const InterpolateFuncOptions &options = {});

} // namespace ingot::nn::functional
