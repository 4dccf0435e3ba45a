// Sampling at given places: spatial transformers.
#pragma once
#include "ingot/core/Tensor.h"
#include "ingot/nn/options/Vision.h"

namespace ingot::nn::functional {

/// theta [N, 2, 3] and size {N, C, H, W} -> the places [N, H, W, 2] of an affine map (x, then y) in [-1, 1]; theta
/// [N, 3, 4] and {N, C, D, H, W} -> [N, D, H, W, 3].
Tensor affine_grid(const Arg &theta, const Shape &size, bool align_corners = false);
/// input [N, C, H, W] at places [N, P, Q, 2] -> [N, C, P, Q]; input [N, C, D, H, W] at [N, O, P, Q, 3] -> [N, C, O, P, Q], not
/// kBicubic.
Tensor grid_sample(const Arg &input, const Arg &grid, const GridSampleFuncOptions &options = {});

} // namespace ingot::nn::functional
