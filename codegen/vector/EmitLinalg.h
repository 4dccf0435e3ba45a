// linalg ops and copies on memrefs as loop nests; used by EmitKernels.cpp.
#pragma once
#include "codegen/vector/LoopNest.h"
#include "codegen/vector/MemrefViews.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"

namespace ingot::codegen {

/// The memrefs that an op reads or writes, those that its region loads from included.
llvm::SmallVector<mlir::Value> memrefsOf(mlir::Operation *op);

/// `operands` are the views of memrefsOf(op). `initial` has, for each output, the value that replaces what it holds, or null.
/// `rows` are indices of the first loops, which are parallel, where only these are to be run.
mlir::LogicalResult emitLinalg(mlir::linalg::LinalgOp op, llvm::ArrayRef<View> operands,
                               llvm::ArrayRef<mlir::Value> initial, KernelBuilder &k,
                               llvm::ArrayRef<mlir::OpFoldResult> rows = {});

/// Copies element by element; equal sizes, distinct or equal memory.
void emitCopy(const View &from, const View &to, KernelBuilder &k);

/// Emits a nest whose only output is its only input.
void emitCopyNest(LoopNest &nest, KernelBuilder &k);

} // namespace ingot::codegen
