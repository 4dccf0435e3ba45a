// Emission of kernel.contract.
//
//   registerContractEmitter     gives the kernel dialect its KernelEmitter
//
//   DialectRegistry registry;
//   codegen::registerContractEmitter(registry);
//   // ingot-emit-kernels now turns kernel.contract into loops over register tiles.
#pragma once
#include "codegen/kernel/KernelDialect.h"
#include "codegen/vector/KernelBuilder.h"

namespace ingot::codegen {

void registerContractEmitter(mlir::DialectRegistry &registry);

/// Whether the epilogue computes on vectors what it computes on scalars, each lane by itself.
bool hasVectorizableEpilogue(kernel::ContractOp op);
/// The epilogue of one element, or of a vector of `lanes`, from the accumulator and the epilogue operands.
mlir::Value emitEpilogue(KernelBuilder &k, kernel::ContractOp op, mlir::ValueRange arguments, int64_t lanes);

} // namespace ingot::codegen
