#include "ir/ops/Ops.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/IRMapping.h"
#include "passes/Constants.h"
#include "passes/Passes.h"
#include "passes/fusion/Cost.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/SetVector.h"

namespace ingot::passes {
#define GEN_PASS_DEF_NARROWRESIDUALS
#include "passes/Passes.h.inc"
} // namespace ingot::passes

using namespace mlir;
using namespace ingot;
using namespace ingot::ir;
using namespace ingot::passes;

namespace {

bool isBool(Value value) { return getElementTypeOrSelf(value).isInteger(1); }
bool isComparison(Operation *op) { return isa<PointwiseOpInterface>(op) && isBool(op->getResult(0)); }

/// Whether the op only changes where elements are, or of what sizes.
bool isRearrangement(Operation *op) {
  return isa<ReshapeOp>(op) || (indexMapOf(op) && numElements(sizesOf(op->getOperand(0).getType())) ==
                                                      numElements(sizesOf(op->getResult(0).getType())));
}

/// Whether the op is a kernel of its own, which does not become part of the one that reads it.
bool isBoundary(Operation *op) { return !isa<PointwiseOpInterface, ReshapeOp>(op) && !indexMapOf(op); }

Value shaped(OpBuilder &b, Value value, ArrayRef<sizes::Expr> sizes) {
  RankedTensorType type = tensorOf(sizes, getElementTypeOrSelf(value));
  return type == value.getType() ? value : ReshapeOp::create(b, value.getLoc(), type, value).getResult();
}

Value splatOf(OpBuilder &b, Value splat, ArrayRef<sizes::Expr> sizes) {
  auto broadcast = splat.getDefiningOp<BroadcastOp>();
  return broadcast ? BroadcastOp::create(b, splat.getLoc(), tensorOf(sizes, getElementTypeOrSelf(splat)),
                                         broadcast.getX())
                         .getResult()
                   : shaped(b, splat, sizes);
}

/// A value, with all that is computed again of it alone where it is read.
struct Family {
  Value root;
  llvm::SmallSetVector<Value, 4> values;
  SmallVector<OpOperand *> comparisons; ///< uses by ops that make bools
  SmallVector<OpOperand *> others;      ///< all other uses from outside
};

class Narrowing {
public:
  explicit Narrowing(Block &block) : block(block) {}

  void run() {
    SmallVector<Operation *> ops = llvm::map_to_vector(block, [](Operation &op) { return &op; });
    for (Operation *op : ops)
      if (!isRearrangement(op) && !op->hasTrait<OpTrait::ConstantLike>())
        for (Value result : op->getResults())
          if (isa<RankedTensorType>(result.getType()) && bytesOf(result) > 1)
            narrow(result);
  }

private:
  static int64_t bytesOf(Value value) {
    return llvm::divideCeil(getElementTypeOrSelf(value).getIntOrFloatBitWidth(), 8);
  }

  Family familyOf(Value root);
  bool belongs(Operation *op, const Family &family);
  Operation *outermost(Operation *comparison);
  llvm::DenseSet<Operation *> laterThan(ArrayRef<Operation *> ops);
  void narrow(Value wide);
  Value rebuild(OpBuilder &b, const Family &family, Value value, Value kept, ArrayRef<sizes::Expr> sizes);
  void keep(Operation *comparison, const Family &family, ArrayRef<OpOperand *> lateUses);
  void moveUp(Operation *comparison);

  /// The op of this block that contains `op`, or is it.
  Operation *here(Operation *op) { return block.findAncestorOpInBlock(*op); }

  Block &block;
  CostModel cost;
};

/// Whether the op is computed of the family and constants alone, for less than it takes to store its result.
bool Narrowing::belongs(Operation *op, const Family &family) {
  if (op->getBlock() != &block || op->getNumResults() != 1)
    return false;
  auto pointwise = dyn_cast<PointwiseOpInterface>(op);
  if (!isRearrangement(op) && !(pointwise && cost.of(pointwise) < CostModel::elementary))
    return false;
  return llvm::all_of(op->getOperands(),
                      [&](Value operand) { return family.values.contains(operand) || isSplat(operand); });
}

Family Narrowing::familyOf(Value root) {
  Family family;
  family.root = root;
  family.values.insert(root);
  for (size_t i = 0; i < family.values.size(); ++i)
    for (Operation *user : family.values[i].getUsers())
      if (belongs(user, family) && (isBool(root) || !isComparison(user)))
        family.values.insert(user->getResult(0));
  for (Value value : family.values)
    for (OpOperand &use : value.getUses()) {
      Operation *user = use.getOwner();
      if (user->getNumResults() == 1 && family.values.contains(user->getResult(0)))
        continue;
      bool compares = user->getBlock() == &block && isComparison(user);
      (compares ? family.comparisons : family.others).push_back(&use);
    }
  return family;
}

/// What bools are made of the comparison at last, with whatever other bools: x > a and x < b.
Operation *Narrowing::outermost(Operation *comparison) {
  while (comparison->hasOneUse()) {
    Operation *user = *comparison->user_begin();
    if (user->getBlock() != &block || !isComparison(user))
      break;
    comparison = user;
  }
  return comparison;
}

/// The ops that wait for one of these by way of another kernel.
llvm::DenseSet<Operation *> Narrowing::laterThan(ArrayRef<Operation *> ops) {
  llvm::DenseSet<Operation *> later, near;
  SmallVector<Operation *> pending(ops);
  while (!pending.empty()) {
    Operation *op = pending.pop_back_val();
    bool passes = later.contains(op) || isBoundary(op);
    for (Operation *user : op->getUsers()) {
      Operation *next = here(user);
      // Once more, if it was found on the near side before.
      if (passes ? later.insert(next).second : !later.contains(next) && near.insert(next).second)
        pending.push_back(next);
    }
  }
  return later;
}

/// Keeps comparisons of the value, where it is kept for nothing else.
void Narrowing::narrow(Value wide) {
  Family family = familyOf(wide);
  if (family.comparisons.empty())
    return;
  llvm::MapVector<Operation *, Family> comparisons;
  for (OpOperand *use : family.comparisons) {
    Operation *comparison = outermost(use->getOwner());
    comparisons.insert({comparison, familyOf(comparison->getResult(0))});
  }
  SmallVector<Operation *> readers;
  for (OpOperand *use : family.others)
    readers.push_back(here(use->getOwner()));
  for (auto &[comparison, made] : comparisons)
    for (const auto *uses : {&made.others, &made.comparisons})
      for (OpOperand *use : *uses)
        readers.push_back(here(use->getOwner()));
  llvm::DenseSet<Operation *> later = laterThan(readers);
  auto isLate = [&](OpOperand *use) { return later.contains(here(use->getOwner())); };
  if (llvm::any_of(family.others, isLate))
    return;
  llvm::MapVector<Operation *, SmallVector<OpOperand *>> late;
  for (auto &[comparison, made] : comparisons) {
    if (later.contains(comparison))
      return;
    for (const auto *uses : {&made.others, &made.comparisons})
      for (OpOperand *use : *uses)
        if (isLate(use))
          late[comparison].push_back(use);
  }
  if (late.empty() || int64_t(late.size()) >= bytesOf(wide))
    return;
  for (auto &[comparison, uses] : late)
    keep(comparison, comparisons[comparison], uses);
}

/// To where its operands are, with comparisons that it is made of.
void Narrowing::moveUp(Operation *comparison) {
  Operation *last = nullptr;
  for (OpOperand &operand : comparison->getOpOperands()) {
    Operation *producer = operand.get().getDefiningOp();
    if (!producer)
      continue;
    if (isSplat(operand.get())) {
      // The same number may be the background of something later: it does not move.
      OpBuilder b(comparison);
      IRMapping mapping;
      for (Value from : producer->getOperands())
        mapping.map(from, b.clone(*from.getDefiningOp())->getResult(0));
      operand.set(b.clone(*producer, mapping)->getResult(0));
      continue;
    }
    if (isComparison(producer))
      moveUp(producer);
    if (!last || last->isBeforeInBlock(producer))
      last = producer;
  }
  auto moveBehind = [&](Operation *op) {
    last ? op->moveAfter(last) : op->moveBefore(&block, block.begin());
    last = op;
  };
  for (Value operand : comparison->getOperands())
    if (isSplat(operand)) {
      for (Value from : operand.getDefiningOp()->getOperands())
        moveBehind(from.getDefiningOp());
      moveBehind(operand.getDefiningOp());
    }
  moveBehind(comparison);
}

/// A value of the family under other sizes, made of `kept` instead of the root. Sizes change first, where elements are
/// smallest, and for what follows to be one kernel.
Value Narrowing::rebuild(OpBuilder &b, const Family &family, Value value, Value kept,
                         ArrayRef<sizes::Expr> sizes) {
  if (value == family.root)
    return shaped(b, kept, sizes);
  Operation *op = value.getDefiningOp();
  if (auto reshape = dyn_cast<ReshapeOp>(op))
    return rebuild(b, family, reshape.getX(), kept, sizes);
  bool keepsSizes = isa<PointwiseOpInterface>(op);
  IRMapping operands;
  for (Value operand : op->getOperands()) {
    std::vector<sizes::Expr> own = sizesOf(operand.getType());
    ArrayRef<sizes::Expr> to = keepsSizes ? sizes : ArrayRef(own);
    operands.map(operand, family.values.contains(operand) ? rebuild(b, family, operand, kept, to)
                                                          : splatOf(b, operand, to));
  }
  Operation *again = b.clone(*op, operands);
  if (keepsSizes)
    again->getResult(0).setType(tensorOf(sizes, getElementTypeOrSelf(value)));
  return shaped(b, again->getResult(0), sizes);
}

/// Makes the late uses of `family` read a stored copy of the comparison.
void Narrowing::keep(Operation *comparison, const Family &family, ArrayRef<OpOperand *> lateUses) {
  moveUp(comparison);
  OpBuilder b(comparison->getContext());
  b.setInsertionPointAfter(comparison);
  Value kept = BarrierOp::create(b, comparison->getLoc(), family.root, ValueRange());
  for (OpOperand *use : lateUses) {
    b.setInsertionPoint(here(use->getOwner()));
    use->set(rebuild(b, family, use->get(), kept, sizesOf(use->get().getType())));
  }
}

struct NarrowResiduals : ingot::passes::impl::NarrowResidualsBase<NarrowResiduals> {
  void runOnOperation() override {
    for (Block &block : getOperation().getBody())
      Narrowing(block).run();
  }
};

} // namespace
