// Common types and sizes of operands. Not a public header.
//
//   Dtype type = promote({a, b});                        // PyTorch's rules
//   auto [x, y] = ...broadcastTogether(site, {a, b}, type)  // ingot.cast, ingot.broadcast where needed
#pragma once
#include "frontend/core/Value.h"

namespace ingot::detail {

/// The common element type: that of tensors with dimensions, then of 0-dim tensors, then of numbers; a lower rank counts
/// only where it is of a higher kind (bool, integer, float).
Dtype promote(llvm::ArrayRef<Arg> operands);
/// The type of two elements: bool < int8 < int32 < int64 < float16, bfloat16 < float32 < float64.
Dtype promote(Dtype a, Dtype b);

/// The sizes that all operands can be repeated to; fails where they do not fit.
Shape broadcastSizes(const Site &site, llvm::ArrayRef<Arg> operands);

/// The same of two lists of sizes.
std::vector<Size> broadcastSizes(const Site &site, const std::vector<Size> &a, const std::vector<Size> &b);

mlir::Value castTo(const Site &site, mlir::Value value, Dtype type);
mlir::Value broadcastTo(const Site &site, mlir::Value value, const Shape &sizes);
/// An operand as a value of the given type and sizes.
mlir::Value operandAs(const Site &site, const Arg &operand, Dtype type, const Shape &sizes);
/// A tensor operand, or a number as a 0-dim value of `type`.
mlir::Value operandAs(const Site &site, const Arg &operand, Dtype type);

} // namespace ingot::detail
