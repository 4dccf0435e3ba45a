// Windows of an image as columns, and back.
#pragma once
#include "ingot/core/Tensor.h"
#include "ingot/nn/options/Fold.h"

namespace ingot::nn::functional {

/// [N, C, H, W] or [C, H, W] -> [N, C * K, L] or [C * K, L]: the elements of each of L windows, K = kernel height * width.
Tensor unfold(const Arg &input, const UnfoldFuncOptions &options);
/// [N, C * K, L] or [C * K, L] -> [N, C, H, W] or [C, H, W]: the elements of all windows added up.
Tensor fold(const Arg &input, const FoldFuncOptions &options);

} // namespace ingot::nn::functional
