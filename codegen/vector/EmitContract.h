// kernel.contract as loops over register tiles; used by EmitKernels.cpp.
#pragma once
#include "codegen/kernel/KernelDialect.h"
#include "codegen/vector/KernelBuilder.h"

namespace ingot::codegen {

/// `operands` are the views of the op's operands in order.
mlir::LogicalResult emitContract(kernel::ContractOp op, llvm::ArrayRef<View> operands, KernelBuilder &k);

/// Whether the epilogue computes on vectors what it computes on scalars, each lane by itself.
bool hasVectorizableEpilogue(kernel::ContractOp op);
/// The epilogue of one element, or of a vector of `lanes`, from the accumulator and the epilogue operands.
mlir::Value emitEpilogue(KernelBuilder &k, kernel::ContractOp op, mlir::ValueRange arguments, int64_t lanes);

} // namespace ingot::codegen
