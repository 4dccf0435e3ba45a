// The pass ingot-bufferize.
#include "codegen/kernel/Loops.h"
#include "codegen/lowering/Passes.h"
#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/Bufferization/Transforms/OneShotAnalysis.h"
#include "mlir/Dialect/Bufferization/Transforms/OneShotModuleBufferize.h"
#include "mlir/Dialect/Bufferization/Transforms/Transforms.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

namespace ingot::codegen {
#define GEN_PASS_DEF_BUFFERIZE
#include "codegen/lowering/Passes.h.inc"
} // namespace ingot::codegen

using namespace mlir;
using namespace ingot;

namespace {

/// An alloc that is only written, and the views and copies that write it.
bool isOnlyWritten(Operation *op, SmallVectorImpl<Operation *> &dead) {
  for (Operation *user : op->getUsers()) {
    dead.push_back(user);
    if (isa<ViewLikeOpInterface>(user)) {
      if (!isOnlyWritten(user, dead))
        return false;
    } else if (auto copy = dyn_cast<memref::CopyOp>(user)) {
      if (copy.getSource() == op->getResult(0))
        return false;
    } else if (!isa<linalg::FillOp>(user)) {
      return false;
    }
  }
  return true;
}

/// Whether the function has checks, or calls one that has.
bool hasChecks(func::FuncOp function) {
  WalkResult found = function.walk([](Operation *op) {
    auto loop = dyn_cast<kernel::LoopOp>(op);
    bool checks = isa<kernel::CheckIndexOp>(op) || (loop && hasChecks(kernel::bodyOf(loop)));
    return checks ? WalkResult::interrupt() : WalkResult::advance();
  });
  return found.wasInterrupted();
}

struct BufferizePass : ingot::codegen::impl::BufferizeBase<BufferizePass> {
  void runOnOperation() override {
    bufferization::OneShotBufferizationOptions options;
    bufferization::BufferizationState state;
    ModuleOp module = getOperation();
    if (failed(bufferization::runOneShotBufferize(module, options, state)))
      return signalPassFailure();
    module.walk([](kernel::LoopOp loop) { loop.setMayFail(hasChecks(kernel::bodyOf(loop))); });
    SmallVector<Operation *> allocations;
    module.walk([&](memref::AllocOp op) { allocations.push_back(op); });
    for (Operation *op : llvm::reverse(allocations)) {
      SmallVector<Operation *> dead;
      if (!isOnlyWritten(op, dead))
        continue;
      for (Operation *user : llvm::reverse(dead))
        user->erase();
      op->erase();
    }
  }
};

} // namespace
