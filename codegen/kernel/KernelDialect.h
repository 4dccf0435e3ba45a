//===- KernelDialect.h - The kernel dialect -------------------------*- C++ -*-===//
//
// Two ops in destination style, one generated kernel each:
//   kernel.contract   sum of products over affine maps, then an epilogue on each finished element
//   kernel.relayout   copy into another layout, zero where the source has no element
// They stand beside linalg in the `linalg` phase, are bufferized with it, and become loops in codegen/vector.
//
//===--------------------------------------------------------------------------===//
#pragma once

#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/Interfaces/ControlFlowInterfaces.h"
#include "mlir/Interfaces/DestinationStyleOpInterface.h"
#include "mlir/Interfaces/InferTypeOpInterface.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

#include "codegen/kernel/KernelDialect.h.inc"

namespace ingot::kernel {
/// Builds the value that a contraction stores from its accumulator and the elements of its epilogue operands.
using EpilogueFn = llvm::function_ref<mlir::Value(mlir::OpBuilder &, mlir::Location, mlir::ValueRange)>;
} // namespace ingot::kernel

#define GET_OP_CLASSES
#include "codegen/kernel/KernelOps.h.inc"

namespace ingot::kernel {

/// Lets one-shot bufferization handle the kernel ops. Call it on the registry before the dialect is loaded.
void registerBufferizableOpInterfaceExternalModels(mlir::DialectRegistry &registry);

} // namespace ingot::kernel
