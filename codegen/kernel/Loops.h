// The functions that loops call.
//
//   calleesFirst      the order in which functions are planned and emitted
//   callers           the loop that calls a function
#pragma once
#include "codegen/kernel/KernelDialect.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"

namespace ingot::kernel {

/// The function that a loop calls.
mlir::func::FuncOp bodyOf(LoopOp loop);

/// The functions of a module that have a body, each behind those that its loops call. Recursion there is none.
llvm::SmallVector<mlir::func::FuncOp> calleesFirst(mlir::ModuleOp module);

/// For each function that exactly one loop calls, the loop.
llvm::DenseMap<mlir::Operation *, LoopOp> callers(mlir::ModuleOp module);

} // namespace ingot::kernel
