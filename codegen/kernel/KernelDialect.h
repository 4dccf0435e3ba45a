//===- KernelDialect.h - The kernel dialect -------------------------*- C++ -*-===//
//
// Ops in destination style, one generated kernel each:
//   kernel.contract   sum of products over affine maps, then an epilogue on each finished element
//   kernel.relayout   copy into another layout, zero where the source has no element
//   kernel.scan       one dimension element by element, with a state of scalars
//   kernel.scatter    elements combined with those at given positions
//   kernel.argsort    the stable order of elements along a dimension
//   kernel.loop       calls of a function, one a step, with values carried from step to step
// and kernel.check_index, which ends the function where a position is out of range.
// They stand beside linalg in the `linalg` phase, are bufferized with it, and become loops in codegen/vector.
//
//===--------------------------------------------------------------------------===//
#pragma once

#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/SymbolTable.h"
#include "mlir/Interfaces/ControlFlowInterfaces.h"
#include "mlir/Interfaces/DestinationStyleOpInterface.h"
#include "mlir/Interfaces/InferTypeOpInterface.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

#include "codegen/kernel/KernelDialect.h.inc"

namespace ingot::kernel {
/// Builds the value that a contraction stores from its accumulator and the elements of its epilogue operands.
using EpilogueFn = llvm::function_ref<mlir::Value(mlir::OpBuilder &, mlir::Location, mlir::ValueRange)>;
/// Builds what the region of a scan or a scatter yields from its arguments.
using BodyFn =
    llvm::function_ref<llvm::SmallVector<mlir::Value>(mlir::OpBuilder &, mlir::Location, mlir::ValueRange)>;
/// The operands of a loop by what they are.
struct LoopOperands {
  mlir::ValueRange inits, xs, invariants, dims, finals, ys, scratch;
};
} // namespace ingot::kernel

#define GET_OP_CLASSES
#include "codegen/kernel/KernelOps.h.inc"

namespace ingot::kernel {

/// Lets one-shot bufferization handle the kernel ops. Call it on the registry before the dialect is loaded.
void registerBufferizableOpInterfaceExternalModels(mlir::DialectRegistry &registry);

} // namespace ingot::kernel
