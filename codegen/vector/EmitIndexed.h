// kernel.scan, kernel.scatter, kernel.argsort and kernel.check_index as loops; used by EmitKernels.cpp.
#pragma once
#include "codegen/kernel/KernelDialect.h"
#include "codegen/vector/KernelBuilder.h"

namespace ingot::codegen {

/// `operands` are the views of the op's operands in order.
mlir::LogicalResult emitScan(kernel::ScanOp op, llvm::ArrayRef<View> operands, KernelBuilder &k);
mlir::LogicalResult emitScatter(kernel::ScatterOp op, llvm::ArrayRef<View> operands, KernelBuilder &k);
mlir::LogicalResult emitArgsort(kernel::ArgsortOp op, llvm::ArrayRef<View> operands, KernelBuilder &k);

/// The greatest position as an unsigned number (i64), so that one below zero counts as very large.
mlir::Value emitGreatestPosition(const View &positions, KernelBuilder &k);

} // namespace ingot::codegen
