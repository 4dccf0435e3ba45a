#include "frontend/functional/ops.h"

namespace ingot {

#define INGOT_OPERATOR(op, function)                                                                         \
  Tensor operator op(const Arg &a, const Arg &b) { return function(a, b); }
INGOT_OPERATOR(+, add)
INGOT_OPERATOR(-, sub)
INGOT_OPERATOR(*, mul)
INGOT_OPERATOR(/, div)
INGOT_OPERATOR(%, remainder)
INGOT_OPERATOR(==, eq)
INGOT_OPERATOR(!=, ne)
INGOT_OPERATOR(<, lt)
INGOT_OPERATOR(<=, le)
INGOT_OPERATOR(>, gt)
INGOT_OPERATOR(>=, ge)
INGOT_OPERATOR(&, bitwise_and)
INGOT_OPERATOR(|, bitwise_or)
INGOT_OPERATOR(^, bitwise_xor)
#undef INGOT_OPERATOR

Tensor operator-(const Arg &a) { return neg(a); }
Tensor operator~(const Arg &a) { return bitwise_not(a); }
Tensor operator!(const Arg &a) { return logical_not(a); }

} // namespace ingot
