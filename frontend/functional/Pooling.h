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
/// The p-norm of each window: the sum of x^p to the power 1 / p. With ceil_mode an incomplete window counts as if it were
/// filled up with its mean.
Tensor lp_pool1d(const Arg &input, const LPPool1dFuncOptions &options);
Tensor lp_pool2d(const Arg &input, const LPPool2dFuncOptions &options);
Tensor lp_pool3d(const Arg &input, const LPPool3dFuncOptions &options);

//===--- windows that are given by the sizes of the result --------------------------------------------------===//

/// The mean of each bin: bin i of m over n elements is [floor(i * n / m), ceil((i + 1) * n / m)).
Tensor adaptive_avg_pool1d(const Arg &input, const AdaptiveAvgPool1dFuncOptions &options);
Tensor adaptive_avg_pool2d(const Arg &input, const AdaptiveAvgPool2dFuncOptions &options);
Tensor adaptive_avg_pool3d(const Arg &input, const AdaptiveAvgPool3dFuncOptions &options);
/// The maximum of each bin.
Tensor adaptive_max_pool1d(const Arg &input, const AdaptiveMaxPool1dFuncOptions &options);
Tensor adaptive_max_pool2d(const Arg &input, const AdaptiveMaxPool2dFuncOptions &options);
Tensor adaptive_max_pool3d(const Arg &input, const AdaptiveMaxPool3dFuncOptions &options);
std::tuple<Tensor, Tensor> adaptive_max_pool1d_with_indices(const Arg &input,
                                                            const AdaptiveMaxPool1dFuncOptions &options);
std::tuple<Tensor, Tensor> adaptive_max_pool2d_with_indices(const Arg &input,
                                                            const AdaptiveMaxPool2dFuncOptions &options);
std::tuple<Tensor, Tensor> adaptive_max_pool3d_with_indices(const Arg &input,
                                                            const AdaptiveMaxPool3dFuncOptions &options);
/// The maximum of windows that lie at random (Graham 2014): window i begins at floor((i + u) a) - floor(u a) with a =
/// (size - kernel) / (windows - 1), for u the window's channel's sample; the last one at the end.
Tensor fractional_max_pool2d(const Arg &input, const FractionalMaxPool2dFuncOptions &options);
Tensor fractional_max_pool3d(const Arg &input, const FractionalMaxPool3dFuncOptions &options);
std::tuple<Tensor, Tensor> fractional_max_pool2d_with_indices(const Arg &input,
                                                              const FractionalMaxPool2dFuncOptions &options);
std::tuple<Tensor, Tensor> fractional_max_pool3d_with_indices(const Arg &input,
                                                              const FractionalMaxPool3dFuncOptions &options);

//===--- the way back ---------------------------------------------------------------------------------------===//

/// Puts each element where max_pool*_with_indices found it, zeros elsewhere. An index outside the result is an error when
/// the result is computed.
Tensor max_unpool1d(const Arg &input, const Arg &indices, const MaxUnpool1dFuncOptions &options);
Tensor max_unpool2d(const Arg &input, const Arg &indices, const MaxUnpool2dFuncOptions &options);
Tensor max_unpool3d(const Arg &input, const Arg &indices, const MaxUnpool3dFuncOptions &options);

} // namespace ingot::nn::functional
