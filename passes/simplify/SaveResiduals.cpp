#include "ir/ops/Blocks.h"
#include "mlir/IR/BuiltinOps.h"
#include "passes/Passes.h"
#include "passes/simplify/Scans.h"
#include "llvm/ADT/SetVector.h"

namespace ingot::passes {
#define GEN_PASS_DEF_SAVERESIDUALS
#include "passes/Passes.h.inc"
} // namespace ingot::passes

using namespace mlir;
using namespace ingot;
using namespace ingot::ir;
using namespace ingot::passes;

namespace {

/// A scan, and an earlier one that makes sequences for it: what both compute in step t.
class CommonValues {
public:
  CommonValues(ScanOp earlier, ScanOp later) : earlier(earlier), later(later) {
    for (auto [slice, sequence] : llvm::zip(later.getSliceArguments(), later.getXs()))
      if (Value same = sliceOfEarlier(sequence))
        common[slice] = same;
    for (auto [argument, value] : llvm::zip(later.getInvariantArguments(), later.getInvariants()))
      if (auto at = llvm::find(earlier.getInvariants(), value); at != earlier.getInvariants().end())
        common[argument] = earlier.getInvariantArguments()[at.getIndex()];
    for (Operation &op : earlier.getBody().front().without_terminator())
      candidates[op.getName()].push_back(&op);
    for (Operation &op : later.getBody().front().without_terminator())
      if (Operation *same = find(op))
        for (auto [own, other] : llvm::zip(op.getResults(), same->getResults()))
          common[own] = other;
  }

  /// Values of the later scan that are worth taking from the earlier one.
  SmallVector<Value> findSaved() {
    llvm::SetVector<Value> needed;
    SmallVector<Value> saved;
    needed.insert_range(later.getYield()->getOperands());
    for (Operation &op : llvm::reverse(later.getBody().front().without_terminator())) {
      bool isCommon = op.getNumResults() && common.contains(op.getResult(0));
      auto isNeeded = [&](Value v) { return needed.contains(v); };
      if (!llvm::any_of(op.getResults(), isNeeded))
        continue;
      if (isCommon && isDear(&op))
        llvm::copy_if(op.getResults(), std::back_inserter(saved), isNeeded);
      else
        needed.insert_range(op.getOperands());
    }
    return saved;
  }

  Value inEarlier(Value value) const { return common.lookup(value); }

private:
  Value sliceOfEarlier(Value sequence) {
    if (sequence.getDefiningOp() == earlier) {
      size_t i = cast<OpResult>(sequence).getResultNumber();
      return i < earlier.getInits().size() ? Value()
                                           : earlier.getYieldedSlices()[i - earlier.getInits().size()];
    }
    auto at = llvm::find(earlier.getXs(), sequence);
    return at == earlier.getXs().end() ? Value() : Value(earlier.getSliceArguments()[at.getIndex()]);
  }

  /// The op of the earlier scan that computes the same.
  Operation *find(Operation &op) {
    for (Operation *candidate : candidates.lookup(op.getName())) {
      llvm::DenseMap<Value, Value> inside; // of regions
      auto isSame = [&](Value own, Value other) {
        Value known = common.lookup(own);
        return success((known ? known : inside.lookup(own)) == other);
      };
      if (OperationEquivalence::isEquivalentTo(
              &op, candidate, isSame, [&](Value own, Value other) { inside[own] = other; },
              OperationEquivalence::IgnoreLocations))
        return candidate;
    }
    return nullptr;
  }

  ScanOp earlier, later;
  llvm::DenseMap<Value, Value> common; ///< by the value of the later scan
  llvm::DenseMap<OperationName, SmallVector<Operation *>> candidates;
};

/// Makes `earlier` store what `later` would compute again; they are replaced.
void save(ScanOp earlier, ScanOp &later) {
  CommonValues values(earlier, later);
  SmallVector<Value> saved = values.findSaved();
  if (saved.empty())
    return;
  ScanEdit edit(earlier);
  auto numbers = llvm::map_to_vector(saved, [&](Value value) { return edit.addY(values.inEarlier(value)); });
  ScanOp storing = edit.finish();
  ScanEdit reading(later);
  for (auto [value, number] : llvm::zip(saved, numbers))
    value.replaceAllUsesWith(reading.addSequence(storing.getYs()[number]));
  later = reading.finish();
}

/// The next scan of the block, from `after` back, that makes sequences for `later`; null if there is none.
ScanOp earlierOf(ScanOp later, Operation *after) {
  for (Operation *op = after->getPrevNode(); op; op = op->getPrevNode())
    if (auto scan = dyn_cast<ScanOp>(op);
        scan && scan.getStepCount() == later.getStepCount() &&
        llvm::any_of(later.getXs(), [&](Value sequence) { return sequence.getDefiningOp() == op; }))
      return scan;
  return nullptr;
}

struct SaveResiduals : ingot::passes::impl::SaveResidualsBase<SaveResiduals> {
  void runOnOperation() override { saveIn(*getOperation().getBody()); }

  static void saveIn(Block &block) {
    for (Operation *op = block.empty() ? nullptr : &block.front(); op; op = op->getNextNode()) {
      // One over blocks of a computation is there to store less.
      if (auto later = dyn_cast<ScanOp>(op); later && !later->hasAttr(blocksAttr)) {
        // An earlier scan is replaced in its place: those before it come next.
        Operation *at = later;
        while (ScanOp earlier = earlierOf(later, at)) {
          Operation *before = earlier->getPrevNode();
          bool first = !before;
          save(earlier, later);
          if (first)
            break;
          at = before->getNextNode();
        }
        op = later;
      }
      for (Region &region : op->getRegions())
        llvm::for_each(region, saveIn);
    }
  }
};

} // namespace
