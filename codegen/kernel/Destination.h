// What the ops of the kernel dialect, all in destination style, have in common.
#pragma once
#include "codegen/kernel/KernelDialect.h"

namespace ingot::kernel {

/// Buffers among the destinations are written, the others are read.
void addDestinationEffects(
    mlir::DestinationStyleOpInterface op,
    llvm::SmallVectorImpl<mlir::SideEffects::EffectInstance<mlir::MemoryEffects::Effect>> &effects);

/// Appends the sizes of the result that belongs to `out`, if that is a tensor.
mlir::LogicalResult reifyDestination(mlir::OpBuilder &builder, mlir::Location loc, mlir::Value out,
                                     mlir::ReifiedRankedShapedTypeDims &shapes);

} // namespace ingot::kernel
