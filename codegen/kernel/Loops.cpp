#include "codegen/kernel/Loops.h"

#include "llvm/ADT/SetVector.h"

using namespace mlir;
using namespace ingot::kernel;

func::FuncOp ingot::kernel::bodyOf(LoopOp loop) {
  return SymbolTable::lookupNearestSymbolFrom<func::FuncOp>(loop, loop.getBodyAttr());
}

static void append(func::FuncOp function, llvm::SetVector<func::FuncOp> &order) {
  if (function.isExternal() || order.contains(function))
    return;
  function.walk([&](LoopOp loop) { append(bodyOf(loop), order); });
  order.insert(function);
}

SmallVector<func::FuncOp> ingot::kernel::calleesFirst(ModuleOp module) {
  llvm::SetVector<func::FuncOp> order;
  for (auto function : module.getOps<func::FuncOp>())
    append(function, order);
  return SmallVector<func::FuncOp>(order.begin(), order.end());
}

llvm::DenseMap<Operation *, LoopOp> ingot::kernel::callers(ModuleOp module) {
  llvm::DenseMap<Operation *, LoopOp> callers;
  llvm::DenseSet<Operation *> shared;
  module.walk([&](LoopOp loop) {
    if (!callers.try_emplace(bodyOf(loop), loop).second)
      shared.insert(bodyOf(loop));
  });
  for (Operation *function : shared)
    callers.erase(function);
  return callers;
}
