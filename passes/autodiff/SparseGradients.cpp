#include "ir/ops/Ops.h"
#include "ir/ops/TensorValue.h"
#include "ir/sizes/Typical.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/IRMapping.h"
#include "passes/Constants.h"
#include "passes/Passes.h"
#include "llvm/ADT/DenseSet.h"

namespace ingot::passes {
#define GEN_PASS_DEF_SPARSEGRADIENTS
#include "passes/Passes.h.inc"
} // namespace ingot::passes

using namespace mlir;
using namespace ingot;
using namespace ingot::ir;
using ingot::passes::isZero;
using ingot::sizes::typical;

namespace {

/// One number for all elements.
bool isNumber(Value value) {
  auto broadcast = value.getDefiningOp<BroadcastOp>();
  return broadcast && cast<RankedTensorType>(broadcast.getX().getType()).getRank() == 0;
}

/// Rows that are added into a table of zeros, and what is made of the table.
class Table {
public:
  explicit Table(ScatterOp rows) : rows(rows) {}

  /// Whether its zeros are nothing to all who read it: rows of zeros stay such, are terms of sums, or added to an argument.
  bool isSparse();
  /// Computes the rows that something was added to, and no others.
  void rewrite();

private:
  bool keepsZeros(Operation *op);
  bool isSum(Operation *op) {
    auto sum = dyn_cast<SumOp>(op);
    return sum && llvm::is_contained(sum.getReducedDims(), 0);
  }
  /// The argument that the table is added to, or subtracted from.
  Value updated(Operation *op);
  RankedTensorType rowsOf(Value table) {
    return withElement(rows.getX().getType(), getElementTypeOrSelf(table));
  }

  ScatterOp rows;
  llvm::DenseSet<Value> tables;
  SmallVector<Operation *> readers; ///< in order
};

bool Table::keepsZeros(Operation *op) {
  auto isTable = [&](Value value) { return tables.contains(value); };
  if (isa<NegOp, SquareOp, AbsOp>(op))
    return true;
  if (isa<CastOp>(op))
    return isa<FloatType>(getElementTypeOrSelf(op->getResult(0)));
  if (isa<MulOp>(op))
    return llvm::all_of(op->getOperands(), [&](Value each) { return isTable(each) || isNumber(each); });
  return isa<DivOp>(op) && isTable(op->getOperand(0)) && isNumber(op->getOperand(1));
}

Value Table::updated(Operation *op) {
  if (!isa<AddOp, SubOp>(op))
    return {};
  Value a = op->getOperand(0), b = op->getOperand(1);
  if (isa<AddOp>(op) && isa<BlockArgument>(b))
    std::swap(a, b);
  return isa<BlockArgument>(a) && tables.contains(b) ? a : Value();
}

bool Table::isSparse() {
  if (rows.getKind() != "add" || rows.getDim() != 0 || rows.getDims().size() != 1 ||
      !isZero(rows.getInto()) || rows->use_empty())
    return false;
  // What each position is found by costs a number for each row of the table.
  auto whole = sizesOf(rows.getType()), added = sizesOf(rows.getX().getType());
  int64_t bytes = getElementTypeOrSelf(rows.getType()).getIntOrFloatBitWidth() / 8;
  int64_t dense = typical(numElements(whole)) * bytes,
          sparse = typical(numElements(added)) * bytes + typical(whole[0]) * 8;
  if (dense < 2 * sparse)
    return false;
  tables.insert(rows.getY());
  for (Operation *op = rows->getNextNode(); op; op = op->getNextNode()) {
    bool reads = false;
    op->walk([&](Operation *nested) {
      reads |= llvm::any_of(nested->getOperands(), [&](Value each) { return tables.contains(each); });
    });
    if (!reads)
      continue;
    if (keepsZeros(op))
      tables.insert(op->getResult(0));
    else if (!isSum(op) && !updated(op))
      return false;
    readers.push_back(op);
  }
  return true;
}

// Rows with the same place in the table are added up in one of them. Which that is tells a table of numbers: the last one
// that entered its own.
void Table::rewrite() {
  OpBuilder b(rows);
  Location loc = rows.getLoc();
  sizes::Expr count = sizesOf(rows.getIndex().getType())[0], places = sizesOf(rows.getType())[0];
  auto index = [&](const sizes::Expr &size) { return tensorOf({size}, b.getI64Type()); };
  constexpr int64_t first[] = {0};
  Value own = IotaOp::create(b, loc, index(count), 0);
  auto entered = ScatterOp::create(b, loc, fullOf(b, loc, index(places), 0), rows.getIndex(), own, "set", 0,
                                   first, rows.getInbounds());
  Value at = GatherOp::create(b, loc, entered, rows.getIndex(), 0, first, /*inbounds=*/true);
  Value zeros = fullOf(b, loc, rowsOf(rows.getY()), 0);
  IRMapping small;
  small.map(rows.getY(), ScatterOp::create(b, loc, zeros, at, rows.getX(), "add", 0, first, true).getY());
  for (Operation *op : readers) {
    b.setInsertionPoint(op);
    if (Value table = updated(op)) {
      Value change = small.lookup(op->getOperand(op->getOperand(0) == table));
      if (isa<SubOp>(op))
        change = NegOp::create(b, op->getLoc(), change);
      auto update = ScatterOp::create(b, op->getLoc(), table, rows.getIndex(), change, "add", 0, first, true);
      op->getResult(0).replaceAllUsesWith(update.getY());
      continue;
    }
    for (Value operand : op->getOperands())
      if (!small.contains(operand))
        small.map(operand, BroadcastOp::create(b, op->getLoc(), rowsOf(operand),
                                               operand.getDefiningOp<BroadcastOp>().getX()));
    Value made = b.clone(*op, small)->getResult(0);
    if (isSum(op))
      op->getResult(0).replaceAllUsesWith(made);
    else
      made.setType(rowsOf(op->getResult(0)));
  }
  for (Operation *op : llvm::reverse(readers))
    op->erase();
  rows.erase();
}

struct SparseGradients : ingot::passes::impl::SparseGradientsBase<SparseGradients> {
  void runOnOperation() override {
    SmallVector<ScatterOp> scatters;
    getOperation().walk([&](ScatterOp op) { scatters.push_back(op); });
    for (ScatterOp op : scatters)
      if (Table table(op); table.isSparse())
        table.rewrite();
  }
};

} // namespace
