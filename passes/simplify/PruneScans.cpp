#include "mlir/IR/BuiltinOps.h"
#include "passes/Passes.h"
#include "passes/simplify/Scans.h"

namespace ingot::passes {
#define GEN_PASS_DEF_PRUNESCANS
#include "passes/Passes.h.inc"
} // namespace ingot::passes

using namespace mlir;
using namespace ingot;
using namespace ingot::ir;
using namespace ingot::passes;

namespace {

/// What every slice of a sequence is; null if they differ, or are no repetition of one value.
Value repeatedSlice(Value sequence) {
  auto broadcast = sequence.getDefiningOp<BroadcastOp>();
  if (!broadcast)
    return nullptr;
  size_t rank = cast<RankedTensorType>(broadcast.getX().getType()).getRank();
  return rank < sizesOf(sequence.getType()).size() ? broadcast.getX() : Value();
}

/// Arguments that stand for something else: a repeated slice, a carried value that never changes, an operand given twice.
bool replaceArguments(ScanOp scan, ScanEdit &edit) {
  bool changed = false;
  OpBuilder b = OpBuilder::atBlockBegin(&scan.getBody().front());
  auto replace = [&](BlockArgument argument, Value by) {
    if (argument == by || argument.use_empty())
      return;
    argument.replaceAllUsesWith(by);
    changed = true;
  };
  SmallVector<BlockArgument> slices(scan.getSliceArguments()), invariants(scan.getInvariantArguments());
  for (auto [argument, sequence] : llvm::zip(slices, scan.getXs())) {
    if (argument.use_empty())
      continue;
    Value once = repeatedSlice(sequence);
    if (!once) {
      replace(argument, edit.addSequence(sequence));
      continue;
    }
    Value inside = edit.addInvariant(once);
    if (inside.getType() != argument.getType())
      inside = BroadcastOp::create(b, scan.getLoc(), argument.getType(), inside);
    replace(argument, inside);
  }
  for (auto [argument, value] : llvm::zip(invariants, scan.getInvariants()))
    replace(argument, edit.addInvariant(value));
  return changed;
}

/// Carried values that no step changes.
bool replaceCarries(ScanOp scan, ScanEdit &edit) {
  bool changed = false;
  for (auto [i, argument] : llvm::enumerate(SmallVector<BlockArgument>(scan.getCarryArguments()))) {
    if (scan.getYieldedCarries()[i] != argument)
      continue;
    Value init = scan.getInits()[i];
    scan.getFinals()[i].replaceAllUsesWith(init);
    argument.replaceUsesWithIf(edit.addInvariant(init), [&, own = i](OpOperand &use) {
      return use.getOwner() != scan.getYield() || use.getOperandNumber() != own;
    });
    edit.dropCarry(i);
    changed = true;
  }
  return changed;
}

/// Sequences that are not read, or known without the loop.
bool replaceYs(ScanOp scan, ScanEdit &edit) {
  bool changed = false;
  OpBuilder b(scan);
  Sequences sequences(scan);
  SmallVector<Value> slices(scan.getYieldedSlices());
  for (auto [i, slice] : llvm::enumerate(slices)) {
    Value y = scan.getYs()[i];
    size_t first = llvm::find(slices, slice) - slices.begin();
    if (!y.use_empty()) {
      if (first < i)
        y.replaceAllUsesWith(scan.getYs()[first]);
      else if (sequences.isKnown(slice) || sequences.isInvariant(slice))
        y.replaceAllUsesWith(sequences.get(b, slice));
    }
  }
  for (auto [i, slice] : llvm::enumerate(slices))
    if (scan.getYs()[i].use_empty()) {
      edit.dropY(i);
      changed = true;
    }
  return changed;
}

/// Ops and carried values that no result depends on.
class Liveness {
public:
  explicit Liveness(ScanOp scan) : scan(scan) {
    for (auto [i, final] : llvm::enumerate(scan.getFinals()))
      if (!final.use_empty())
        addCarry(i);
    for (auto [y, slice] : llvm::zip(scan.getYs(), scan.getYieldedSlices()))
      if (!y.use_empty())
        add(slice);
    while (!work.empty())
      visit(work.pop_back_val());
  }

  bool prune(ScanEdit &edit) {
    bool changed = false;
    Block &body = scan.getBody().front();
    for (size_t i = 0; i < scan.getInits().size(); ++i)
      if (!carries.contains(i)) {
        edit.dropCarry(i);
        changed = true;
      }
    for (Operation &op : llvm::make_early_inc_range(llvm::reverse(body)))
      if (&op != scan.getYield() &&
          llvm::none_of(op.getResults(), [&](Value v) { return live.contains(v); })) {
        op.dropAllUses();
        op.erase();
        changed = true;
      }
    for (BlockArgument argument : body.getArguments().drop_front(scan.getInits().size()))
      if (!live.contains(argument)) {
        edit.dropArgument(argument);
        changed = true;
      }
    return changed;
  }

private:
  void add(Value value) {
    if (live.insert(value).second)
      work.push_back(value);
  }
  void addCarry(size_t i) {
    if (carries.insert(i).second)
      add(scan.getYieldedCarries()[i]);
  }
  void visit(Value value) {
    if (Operation *op = value.getDefiningOp())
      llvm::for_each(op->getOperands(), [&](Value operand) { add(operand); });
    else if (size_t i = cast<BlockArgument>(value).getArgNumber(); i < scan.getInits().size())
      addCarry(i);
  }

  ScanOp scan;
  llvm::DenseSet<Value> live;
  llvm::DenseSet<size_t> carries; ///< those whose next value is needed
  SmallVector<Value> work;
};

bool pruneUnused(ScanOp scan, ScanEdit &edit) { return Liveness(scan).prune(edit); }

/// Whether there was something to do for `rule`; then the scan is replaced.
bool apply(ScanOp &scan, bool (*rule)(ScanOp, ScanEdit &)) {
  ScanEdit edit(scan);
  if (!rule(scan, edit))
    return false;
  scan = edit.finish();
  return true;
}

void prune(ScanOp &scan) {
  bool changed = true;
  while (changed && !scan.use_empty()) {
    changed = apply(scan, replaceArguments);
    changed |= apply(scan, replaceCarries);
    changed |= apply(scan, replaceYs);
    changed |= apply(scan, pruneUnused);
  }
}

/// What reads a scan comes behind it: the last ones first, so that results which nobody reads any longer are seen.
void pruneIn(Block &block) {
  for (Operation &op : llvm::make_early_inc_range(llvm::reverse(block))) {
    auto scan = dyn_cast<ScanOp>(op);
    if (!scan) {
      for (Region &region : op.getRegions())
        llvm::for_each(region, pruneIn);
      continue;
    }
    prune(scan);
    pruneIn(scan.getBody().front());
    prune(scan);
    if (scan.use_empty())
      scan.erase();
  }
}

struct PruneScans : ingot::passes::impl::PruneScansBase<PruneScans> {
  void runOnOperation() override { pruneIn(*getOperation().getBody()); }
};

} // namespace
