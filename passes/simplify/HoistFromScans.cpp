#include "mlir/IR/BuiltinOps.h"
#include "passes/Passes.h"
#include "passes/simplify/Scans.h"

namespace ingot::passes {
#define GEN_PASS_DEF_HOISTFROMSCANS
#include "passes/Passes.h.inc"
} // namespace ingot::passes

using namespace mlir;
using namespace ingot;
using namespace ingot::ir;
using namespace ingot::passes;

namespace {

/// What the steps of one scan need not compute.
class Hoisting {
public:
  explicit Hoisting(ScanOp scan) : scan(scan), sequences(scan) {
    for (Operation &op : scan.getBody().front().without_terminator())
      if (isOnce(op))
        once.insert(&op);
      else if (isForAllSteps(op))
        forAll.insert(&op);
  }

  void run() {
    if (once.empty() && forAll.empty())
      return;
    ScanEdit edit(scan);
    OpBuilder b(scan);
    for (Operation &op : scan.getBody().front().without_terminator())
      for (Value result : op.getResults()) {
        bool isOnce = once.contains(&op);
        auto isInside = [&](OpOperand &use) { return !isHoisted(use.getOwner()); };
        if (isHoisted(&op) && llvm::any_of(result.getUses(), isInside))
          result.replaceUsesWithIf(isOnce ? edit.addInvariant(sequences.getInvariant(b, result))
                                          : edit.addSequence(sequences.get(b, result)),
                                   isInside);
      }
    edit.finish();
  }

private:
  /// What is cheap is cheaper where it is used.
  bool isOnce(Operation &op) {
    return op.getNumOperands() && (isDear(&op) || isa<SliceOp>(op)) &&
           llvm::all_of(op.getOperands(), [&](Value v) { return sequences.isInvariant(v); });
  }

  /// Contractions of slices with an invariant, and what is computed of their results and of slices alone.
  bool isForAllSteps(Operation &op) {
    if (!sequences.isMappable(&op) || !sequences.canGet(op.getResult(0)) ||
        sequences.isInvariant(op.getResult(0)))
      return false;
    return isa<ContractionOpInterface>(op) || llvm::any_of(op.getOperands(), [&](Value operand) {
             return forAll.contains(operand.getDefiningOp());
           });
  }

  bool isHoisted(Operation *op) const { return once.contains(op) || forAll.contains(op); }

  ScanOp scan;
  Sequences sequences;
  llvm::DenseSet<Operation *> once, forAll;
};

struct HoistFromScans : ingot::passes::impl::HoistFromScansBase<HoistFromScans> {
  void runOnOperation() override {
    for (ScanOp scan : scansIn(getOperation()))
      Hoisting(scan).run();
  }
};

} // namespace
