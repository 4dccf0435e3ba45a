// Values whose elements are one number.
#pragma once
#include "mlir/IR/Value.h"

namespace ingot::passes {

/// A constant whose elements are all equal: part of every kernel that reads it.
bool isSplatConstant(mlir::Operation *op);
/// Whether the value is one, or such a number repeated.
bool isSplat(mlir::Value value);
/// Whether all elements are a zero of either sign.
bool isZero(mlir::Value value);

} // namespace ingot::passes
