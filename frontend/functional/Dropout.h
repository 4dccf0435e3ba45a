// Dropout: zeros at random when training, what is left scaled by 1 / (1 - p); else the identity.
#pragma once
#include "ingot/core/Tensor.h"
#include "ingot/nn/options/Dropout.h"

namespace ingot::nn::functional {

/// Each element on its own.
Tensor dropout(const Arg &input, const DropoutFuncOptions &options = {});
/// Whole channels: input [N, C, ...], of at least two dimensions.
Tensor dropout2d(const Arg &input, const Dropout2dFuncOptions &options = {});
/// Whole channels: input [N, C, D, H, W] or [C, D, H, W].
Tensor dropout3d(const Arg &input, const Dropout3dFuncOptions &options = {});
/// Keeps mean and variance of selu's results (Klambauer et al. 2017).
Tensor alpha_dropout(const Arg &input, const AlphaDropoutFuncOptions &options = {});
Tensor feature_alpha_dropout(const Arg &input, const FeatureAlphaDropoutFuncOptions &options = {});

} // namespace ingot::nn::functional
