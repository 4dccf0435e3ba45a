// The types that composite functions compute in. Not a public header.
//
//   Tensor x = widened(*input);                   // float32 where the input is bfloat16 or float16
//   return narrowed(f(x), {input});               // rounded once, not after each step
#pragma once
#include "frontend/core/Promotion.h"

namespace ingot::detail {

inline bool isHalf(Dtype type) { return isFloatingType(type) && elementSize(type) == 2; }

/// Halves as float32.
inline Tensor widened(const Tensor &x) { return x.defined() && isHalf(x.dtype()) ? x.to(kFloat32) : x; }

/// Halves and integers as float32.
inline Tensor widenedFloat(const Tensor &x) { return x.is_floating_point() ? widened(x) : x.to(kFloat32); }

/// The result as a half, if that is the operands' common type.
inline Tensor narrowed(const Tensor &result, llvm::ArrayRef<Arg> operands) {
  Dtype type = promote(operands);
  return isHalf(type) ? result.to(type) : result;
}

} // namespace ingot::detail
