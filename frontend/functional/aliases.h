// Further names of functions, as libtorch has them, and random draws by position. Included by ops.h's users through the
// libtorch header.
//
//   ingot::greater(a, b);   ingot::concat({a, b}, 1);   ingot::multinomial(weights, 3);
#pragma once
#include "ingot/functional/factories.h"
#include "ingot/functional/ops.h"

namespace ingot {

#define INGOT_ALIAS_UNARY(alias, name)                                                                       \
  inline Tensor alias(const Arg &x) { return name(x); }
#define INGOT_ALIAS_BINARY(alias, name)                                                                      \
  inline Tensor alias(const Arg &a, const Arg &b) { return name(a, b); }
INGOT_ALIAS_UNARY(absolute, abs)
INGOT_ALIAS_UNARY(arccos, acos)
INGOT_ALIAS_UNARY(arccosh, acosh)
INGOT_ALIAS_UNARY(arcsin, asin)
INGOT_ALIAS_UNARY(arcsinh, asinh)
INGOT_ALIAS_UNARY(arctan, atan)
INGOT_ALIAS_UNARY(arctanh, atanh)
INGOT_ALIAS_UNARY(fix, trunc)
INGOT_ALIAS_UNARY(negative, neg)
INGOT_ALIAS_UNARY(sgn, sign)
INGOT_ALIAS_BINARY(arctan2, atan2)
INGOT_ALIAS_BINARY(divide, div)
INGOT_ALIAS_BINARY(greater, gt)
INGOT_ALIAS_BINARY(greater_equal, ge)
INGOT_ALIAS_BINARY(less, lt)
INGOT_ALIAS_BINARY(less_equal, le)
INGOT_ALIAS_BINARY(multiply, mul)
INGOT_ALIAS_BINARY(not_equal, ne)
INGOT_ALIAS_BINARY(subtract, sub)
INGOT_ALIAS_BINARY(true_divide, div)
#undef INGOT_ALIAS_UNARY
#undef INGOT_ALIAS_BINARY
inline Tensor clip(const Arg &x, const Arg &low, const Arg &high) { return clamp(x, low, high); }
inline Tensor concat(const TensorList &tensors, int64_t dim = 0, const Where &at = Where::current()) {
  return cat(tensors, dim, at);
}
inline Tensor row_stack(const TensorList &tensors, const Where &at = Where::current()) {
  return vstack(tensors, at);
}
inline Tensor swapaxes(const Arg &x, int64_t a, int64_t b) { return transpose(x, a, b); }

inline Tensor bitwise_left_shift(const Arg &a, const Arg &b) { return a->bitwise_left_shift(b); }
inline Tensor bitwise_right_shift(const Arg &a, const Arg &b) { return a->bitwise_right_shift(b); }
inline Tensor gcd(const Arg &a, const Arg &b) { return a->gcd(b); }
inline Tensor lcm(const Arg &a, const Arg &b) { return a->lcm(b); }
inline Tensor multinomial(const Arg &p, int64_t num_samples, bool replacement = false) {
  return p->multinomial(num_samples, replacement, p.where);
}
/// 0, 1, ... n - 1 in random order, int64 unless the options say a type.
Tensor randperm(int64_t n, const TensorOptions &options = {}, const Where &at = Where::current());
/// Normal numbers of these sizes, or one for each element of a mean or deviation that is a tensor.
Tensor normal(double mean, double std, const Shape &sizes, const TensorOptions &options = {},
              const Where &at = Where::current());
Tensor normal(const Tensor &mean, const Arg &std = 1.0);

} // namespace ingot
