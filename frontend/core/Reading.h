// The elements of tensors in memory. Not a public header.
#pragma once
#include "frontend/core/Value.h"

namespace ingot::detail {

/// The elements in row-major order, computed if they are pending. Not to be written.
BufferRef elementsOf(const Site &site, const Tensor &tensor);

} // namespace ingot::detail
