// All ops of the dialect.
#pragma once
#include "ir/dialect/Dialect.h"
#include "ir/interfaces/Interfaces.h"
#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/IR/SymbolTable.h"
#include "mlir/Interfaces/ControlFlowInterfaces.h"
#include "mlir/Interfaces/InferTypeOpInterface.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

namespace ingot::ir {
class YieldOp;
/// Builds the region of a scan from its block arguments; returns the next carried values, then the slices made.
using ScanBodyBuilder = llvm::function_ref<llvm::SmallVector<mlir::Value>(
    mlir::OpBuilder &, mlir::Location, mlir::ValueRange carries, mlir::ValueRange slices,
    mlir::ValueRange invariants)>;
} // namespace ingot::ir

#define GET_OP_CLASSES
#include "ir/ops/Attention.h.inc"
#define GET_OP_CLASSES
#include "ir/ops/Contraction.h.inc"
#define GET_OP_CLASSES
#include "ir/ops/Index.h.inc"
#define GET_OP_CLASSES
#include "ir/ops/Loop.h.inc"
#define GET_OP_CLASSES
#include "ir/ops/Pointwise.h.inc"
#define GET_OP_CLASSES
#include "ir/ops/Program.h.inc"
#define GET_OP_CLASSES
#include "ir/ops/Reduce.h.inc"
#define GET_OP_CLASSES
#include "ir/ops/Shape.h.inc"
#define GET_OP_CLASSES
#include "ir/ops/Source.h.inc"
#define GET_OP_CLASSES
#include "ir/ops/Window.h.inc"
