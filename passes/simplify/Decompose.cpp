#include "ir/interfaces/Interfaces.h"
#include "mlir/IR/Builders.h"
#include "passes/Passes.h"

namespace ingot::passes {
#define GEN_PASS_DEF_DECOMPOSE
#include "passes/Passes.h.inc"
} // namespace ingot::passes

using namespace mlir;
using namespace ingot::ir;

namespace {

struct Decompose : ingot::passes::impl::DecomposeBase<Decompose> {
  void runOnOperation() override {
    SmallVector<DecomposableOpInterface> pending;
    auto collect = [&] {
      pending.clear();
      getOperation()->walk([&](DecomposableOpInterface op) { pending.push_back(op); });
      return !pending.empty();
    };
    // A composition may itself hold decomposable ops.
    while (collect())
      for (DecomposableOpInterface op : pending) {
        OpBuilder builder(op);
        Value composed = op.decompose(builder);
        op->replaceAllUsesWith(ValueRange{composed});
        op->erase();
      }
  }
};

} // namespace
