// The text of tensors in programs that include torch/torch.h. Not a public header.
#pragma once
#include "frontend/core/Tensor.h"

namespace ingot::detail {

/// Elements in columns, then the type: " 1\n 2\n[ CPUFloatType{2} ]".
std::ostream &printLibtorch(std::ostream &out, const Tensor &tensor);
/// From now on << prints so. torch/torch.h declares it, too.
void printAsLibtorch();
bool printsAsLibtorch();

} // namespace ingot::detail
