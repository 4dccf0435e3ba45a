#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/Matchers.h"
#include "passes/Constants.h"
#include "passes/Passes.h"
#include "passes/simplify/Scans.h"
#include "llvm/ADT/SetVector.h"
#include <map>

namespace ingot::passes {
#define GEN_PASS_DEF_SINKFROMSCANS
#include "passes/Passes.h.inc"
} // namespace ingot::passes

using namespace mlir;
using namespace ingot;
using namespace ingot::ir;
using namespace ingot::passes;

namespace {

/// What is computed of all steps after one scan.
class Sinking {
public:
  explicit Sinking(ScanOp scan) : scan(scan), sequences(scan) {
    for (Value slice : scan.getYieldedSlices())
      stacked.insert(slice);
    findYs();
    // A reduction comes along where its operand is stored anyway.
    for (bool reductions : {false, true})
      for (size_t i = 0; i < scan.getInits().size(); ++i)
        if (Value term = termOf(i); term && !sums.contains(i) && canSum(term, reductions)) {
          sums[i] = term;
          store(term);
        }
  }

  void run() {
    if (sums.empty() && sunk.empty())
      return;
    ScanEdit edit(scan);
    SmallVector<size_t> numbers;
    for (Value value : stacked)
      numbers.push_back(edit.addY(value));
    scan = edit.finish();
    for (auto [value, number] : llvm::zip(stacked, numbers))
      if (!sequences.isKnown(value) && !sunk.contains(value.getDefiningOp()))
        sequences.set(value, scan.getYs()[number]);
    OpBuilder b(scan->getContext());
    b.setInsertionPointAfter(scan);
    for (auto [y, slice] : llvm::zip(scan.getYs(), scan.getYieldedSlices()))
      if (sunk.contains(slice.getDefiningOp()))
        y.replaceAllUsesWith(sequences.get(b, slice));
    for (auto [i, term] : sums) {
      Value sum = sumOf(b, term), init = scan.getInits()[i];
      scan.getFinals()[i].replaceAllUsesWith(isZero(init) ? sum : AddOp::create(b, scan.getLoc(), init, sum));
    }
  }

private:
  bool isYieldedSlice(OpOperand &use) {
    return use.getOwner() == scan.getYield() && use.getOperandNumber() >= scan.getInits().size();
  }

  //===--- sequences that are made by a contraction with an invariant ---===//

  /// Ops of which only sequences are made: contractions of carried values, and what is computed of these.
  void findYs() {
    llvm::DenseSet<Operation *> candidates;
    auto feedsSequences = [&](Operation &op, const llvm::DenseSet<Operation *> &those) {
      return llvm::all_of(op.getUses(), [&](OpOperand &use) {
        return isYieldedSlice(use) || those.contains(use.getOwner());
      });
    };
    Block &body = scan.getBody().front();
    for (Operation &op : llvm::reverse(body.without_terminator()))
      if (sequences.isMappable(&op) && feedsSequences(op, candidates))
        candidates.insert(&op);
    for (Operation &op : body.without_terminator())
      if (candidates.contains(&op) && (isa<ContractionOpInterface>(op) || followsSunk(op)))
        sunk.insert(&op);
    // One that is needed inside after all takes with it what it is computed of.
    for (Operation &op : llvm::reverse(body.without_terminator()))
      if (sunk.contains(&op) && !feedsSequences(op, sunk))
        sunk.erase(&op);
    for (Operation &op : body.without_terminator())
      if (sunk.contains(&op))
        storeOperands(op);
  }

  bool followsSunk(Operation &op) {
    auto isSunk = [&](Value v) { return sunk.contains(v.getDefiningOp()); };
    return llvm::any_of(op.getOperands(), isSunk) &&
           llvm::all_of(op.getOperands(), [&](Value v) { return isSunk(v) || sequences.canGet(v); });
  }

  void storeOperands(Operation &op) {
    bool isContraction = isa<ContractionOpInterface>(op);
    for (Value operand : isContraction ? op.getOperands().take_front(1) : op.getOperands())
      if (!sunk.contains(operand.getDefiningOp()) && (isContraction || !sequences.canGet(operand)))
        storeOne(operand);
  }

  //===--- carried sums ---===//

  /// What each step adds to carried value i, which is used for nothing else.
  Value termOf(size_t i) {
    Value argument = scan.getCarryArguments()[i];
    auto add = scan.getYieldedCarries()[i].getDefiningOp<AddOp>();
    if (!add || !add->hasOneUse() || !argument.hasOneUse() || *argument.user_begin() != add)
      return nullptr;
    return add.getA() == argument ? add.getB() : add.getA();
  }

  bool canSum(Value term, bool reductions) {
    Operation *op = term.getDefiningOp();
    if (!op || !term.hasOneUse())
      return false;
    if (auto contraction = dyn_cast<ContractionOpInterface>(op))
      return sumsRows(contraction);
    if (auto sum = dyn_cast<SumOp>(op))
      return reductions && isStored(sum.getX());
    return isa<AddOp, ReshapeOp, TransposeOp>(op) &&
           llvm::all_of(op->getOperands(), [&](Value v) { return canSum(v, reductions); });
  }

  /// The sum of a term over all steps.
  Value sumOf(OpBuilder &b, Value term) {
    Operation *op = term.getDefiningOp();
    IRMapping map;
    if (auto sum = dyn_cast<SumOp>(op)) {
      SmallVector<int64_t> dims = {0};
      for (int64_t dim : sum.getDims())
        dims.push_back(dim + 1);
      TensorValue all(b, op->getLoc(), sequences.get(b, sum.getX()));
      return reshape(ir::sum(all, dims), sizesOf(term.getType())).value;
    }
    bool isContraction = isa<ContractionOpInterface>(op);
    for (Value operand : op->getOperands())
      map.map(operand, isContraction
                           ? mergeSteps(TensorValue(b, op->getLoc(), sequences.get(b, operand))).value
                           : sumOf(b, operand));
    return b.clone(*op, map)->getResult(0);
  }

  //===--- what is stored of each step ---===//

  bool isStored(Value value) {
    return sequences.isKnown(value) || sequences.isInvariant(value) || stacked.contains(value);
  }
  void storeOne(Value value) {
    if (!isStored(value))
      stacked.insert(value);
  }
  void store(Value term) {
    Operation *op = term.getDefiningOp();
    for (Value operand : op->getOperands())
      if (isa<ContractionOpInterface, SumOp>(op))
        storeOne(operand);
      else
        store(operand);
  }

  ScanOp scan;
  Sequences sequences;
  llvm::DenseSet<Operation *> sunk;
  std::map<size_t, Value> sums; ///< by carried value
  llvm::SetVector<Value> stacked;
};

struct SinkFromScans : ingot::passes::impl::SinkFromScansBase<SinkFromScans> {
  void runOnOperation() override {
    for (ScanOp scan : scansIn(getOperation()))
      Sinking(scan).run();
  }
};

} // namespace
