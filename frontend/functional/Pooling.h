// Pooling: one value a window. input [N, C, S...] or [C, S...] -> [N, C, P...] or [C, P...].
#pragma once
#include "ingot/core/Tensor.h"
#include "ingot/nn/options/Pooling.h"
#include <tuple>

namespace ingot::nn::functional {

/// The maximum of each window; padding counts as -infinity. P as for a convolution; with ceil_mode rounded
/// up, but for a window that would begin in the right padding.
Tensor max_pool1d(const Arg &input, const MaxPool1dFuncOptions &options);
Tensor max_pool2d(const Arg &input, const MaxPool2dFuncOptions &options);
Tensor max_pool3d(const Arg &input, const MaxPool3dFuncOptions &options);
/// Also where each maximum lies: the flat index over the spatial dimensions, the first of equal ones.
std::tuple<Tensor, Tensor> max_pool1d_with_indices(const Arg &input, const MaxPool1dFuncOptions &options);
std::tuple<Tensor, Tensor> max_pool2d_with_indices(const Arg &input, const MaxPool2dFuncOptions &options);
std::tuple<Tensor, Tensor> max_pool3d_with_indices(const Arg &input, const MaxPool3dFuncOptions &options);
/// The mean of each window.
Tensor avg_pool1d(const Arg &input, const AvgPool1dFuncOptions &options);
Tensor avg_pool2d(const Arg &input, const AvgPool2dFuncOptions &options);
Tensor avg_pool3d(const Arg &input, const AvgPool3dFuncOptions &options);

} // namespace ingot::nn::functional
