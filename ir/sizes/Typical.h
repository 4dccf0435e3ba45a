// What to take for sizes that only the call knows, where a choice depends on them: which plan takes less memory, which value is
// large. What is chosen must be right for all sizes.
//
//   typical(Expr::dim("N") * 4) == 256
#pragma once
#include "ir/sizes/Expr.h"

namespace ingot::sizes {

/// The value of each dimension.
inline constexpr int64_t typicalSize = 64;

/// The size where all dimensions have the typical value. std::overflow_error where it exceeds 64 bits.
inline int64_t typical(const Expr &size) {
  Values values;
  for (const std::string &dim : size.dims())
    values[dim] = typicalSize;
  return size.evaluate(values);
}

} // namespace ingot::sizes
