// Linear maps.
#pragma once
#include "ingot/core/Tensor.h"

namespace ingot::nn::functional {

/// x [..., in], weight [out, in], bias [out] or undefined -> x weight^T + bias [..., out];
/// weight [in] -> [...].
Tensor linear(const Arg &input, const Arg &weight, const Arg &bias = Tensor());
/// x1 [..., in1], x2 [..., in2] of equal leading sizes, weight [out, in1, in2], bias [out] or undefined ->
/// [..., out].
Tensor bilinear(const Arg &input1, const Arg &input2, const Arg &weight, const Arg &bias = Tensor());

} // namespace ingot::nn::functional
