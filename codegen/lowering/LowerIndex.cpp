#include "codegen/lowering/LowerIndex.h"
#include "codegen/kernel/KernelDialect.h"
#include "codegen/lowering/ScalarBody.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace ingot;
using namespace ingot::ir;

namespace ingot::codegen {
namespace {

Type elementOf(Value value) { return getElementTypeOrSelf(value.getType()); }

Value lowerScan(ScanOpInterface op, OpBuilder &b, ValueRange in, SizeBuilder &sizes) {
  Value result = op->getResult(0);
  unsigned count = in.size();
  auto body = [&](OpBuilder &b, Location loc, ValueRange arguments) {
    SmallVector<Value> elements;
    for (auto [operand, element] : llvm::zip(op->getOperands(), arguments))
      elements.push_back(enterBody(b, loc, element, elementOf(operand)));
    SmallVector<Value> state =
        op.buildStep(b, loc, elements, arguments[count], arguments.drop_front(count + 1));
    state.push_back(leaveBody(b, loc, state.back(), elementOf(result)));
    return state;
  };
  SmallVector<TypedAttr> initial = op.getInitialState(computedType(elementOf(op->getOperand(0))));
  Value out = sizes.empty(b, op->getLoc(), result.getType());
  return kernel::ScanOp::create(b, op->getLoc(), in, out, op.getScannedDim(), op.isReversed(), initial, body)
      .getResult();
}

Value lowerScatter(ScatterOp op, OpBuilder &b, ValueRange in) {
  Type element = elementOf(op.getX());
  auto body = [&](OpBuilder &b, Location loc, ValueRange arguments) {
    if (op.getKind() == "set")
      return SmallVector<Value>{arguments[1]};
    Value old = enterBody(b, loc, arguments[0], element), x = enterBody(b, loc, arguments[1], element);
    return SmallVector<Value>{leaveBody(b, loc, op.buildCombine(b, loc, old, x), element)};
  };
  return kernel::ScatterOp::create(b, op.getLoc(), in[1], in[2], in[0], op.getDim(), op.getDims(), body)
      .getResult();
}

Value lowerArgsort(ArgsortOp op, OpBuilder &b, ValueRange in, SizeBuilder &sizes) {
  Value out = sizes.empty(b, op.getLoc(), op.getY().getType());
  std::vector<sizes::Expr> room = {2, sizesOf(op.getX().getType())[op.getDim()]};
  Value scratch = sizes.empty(b, op.getLoc(), tensorOf(room, b.getI64Type()));
  return kernel::ArgsortOp::create(b, op.getLoc(), in[0], out, scratch, op.getDim(), op.getDescending())
      ->getResult(0);
}

} // namespace

bool isIndexed(Operation *op) { return isa<ScanOpInterface, ScatterOp, ArgsortOp>(op); }

Value lowerIndexed(Operation *op, OpBuilder &b, ValueRange in, SizeBuilder &sizes) {
  return llvm::TypeSwitch<Operation *, Value>(op)
      .Case([&](ScanOpInterface op) { return lowerScan(op, b, in, sizes); })
      .Case([&](ScatterOp op) { return lowerScatter(op, b, in); })
      .Case([&](ArgsortOp op) { return lowerArgsort(op, b, in, sizes); });
}

/// Sets the insertion point to where `positions` and `size` are known, behind the checks that are there; false if one of
/// them is the same. A call that fails writes nothing, so what is written after the check can be computed in place: the
/// earlier it comes, the better.
static bool insertEarly(OpBuilder &b, Value positions, OpFoldResult size) {
  Block *entry = b.getInsertionBlock();
  if (auto read = positions.getDefiningOp<bufferization::ToTensorOp>();
      read && isa<BlockArgument>(read.getBuffer()))
    read->moveBefore(entry, entry->begin());
  Operation *last = positions.getDefiningOp();
  auto value = dyn_cast<Value>(size);
  if (Operation *other = value ? value.getDefiningOp() : nullptr; other && last->isBeforeInBlock(other))
    last = other;
  for (Operation *next = last->getNextNode(); isa_and_nonnull<arith::ConstantOp, kernel::CheckIndexOp>(next);
       next = next->getNextNode()) {
    auto check = dyn_cast<kernel::CheckIndexOp>(next);
    if (check && check.getIndex() == positions && isEqualConstantIntOrValue(check.getSize(), size))
      return false;
    last = next;
  }
  b.setInsertionPointAfter(last);
  return true;
}

void checkPositions(Operation *op, OpBuilder &b, ValueRange in, SizeBuilder &sizes) {
  auto check = [&](auto op, Value whole) {
    if (op.getInbounds())
      return;
    OpFoldResult size = sizes.size(b, op.getLoc(), sizesOf(whole.getType())[op.getDim()]);
    OpBuilder::InsertionGuard guard(b);
    insertEarly(b, in[1], size);
    kernel::CheckIndexOp::create(b, op.getLoc(), in[1], getValueOrCreateConstantIndexOp(b, op.getLoc(), size),
                                 op->getName().stripDialect());
  };
  if (auto gather = dyn_cast<GatherOp>(op))
    check(gather, gather.getX());
  else if (auto scatter = dyn_cast<ScatterOp>(op))
    check(scatter, scatter.getInto());
}

} // namespace ingot::codegen
