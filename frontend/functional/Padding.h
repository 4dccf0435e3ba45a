// Padding.
#pragma once
#include "ingot/core/Tensor.h"
#include "ingot/nn/options/Padding.h"

namespace ingot::nn::functional {

/// A border around the last dimensions. Reflection and wrapping must not exceed the tensor.
Tensor pad(const Arg &input, const PadFuncOptions &options);

} // namespace ingot::nn::functional
