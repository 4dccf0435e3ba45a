// Ops whose positions depend on data, or that go along a dimension, as ops of the kernel dialect.
#pragma once
#include "ir/ops/Ops.h"

namespace ingot::codegen {

/// Whether lowerIndexed() knows the op.
bool isIndexed(mlir::Operation *op);

/// Lowers a scan, a scatter or an argsort; `in` are the lowered operands.
mlir::Value lowerIndexed(mlir::Operation *op, mlir::OpBuilder &b, mlir::ValueRange in,
                         ir::SizeBuilder &sizes);

/// Before a gather, a scatter or an op on a slice: makes the function fail where a position is out of range, unless it is
/// known to lie within. Of a require: where something does not hold.
void checkPositions(mlir::Operation *op, mlir::OpBuilder &b, mlir::ValueRange in, ir::SizeBuilder &sizes);

} // namespace ingot::codegen
