// How pointwise functions are recorded. Not a public header.
#pragma once
#include "frontend/core/Promotion.h"

namespace ingot::detail {

/// What the operands of an op may hold; others are promoted or refused.
enum class Operands : uint8_t { Any, Number, Float, Integer, Bool };

/// Records `op` on operands of a common type and sizes.
Tensor pointwise(const Site &site, const char *op, Operands domain, llvm::ArrayRef<Arg> operands);

/// The in-place form: `self` becomes `result`, converted to its type. Fails where the sizes differ or a float would
/// become an integer.
Tensor &writeResult(const Site &site, const Tensor &self, const Tensor &result);

} // namespace ingot::detail
