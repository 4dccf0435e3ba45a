#include "codegen/lowering/LowerIndex.h"
#include "codegen/kernel/KernelDialect.h"
#include "codegen/lowering/ScalarBody.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
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

/// The last of the ops that compute these values; null if they are arguments or constants.
static Operation *lastOf(ArrayRef<OpFoldResult> values) {
  Operation *last = nullptr;
  for (OpFoldResult each : values)
    if (Operation *op = isa<Value>(each) ? cast<Value>(each).getDefiningOp() : nullptr)
      if (!last || last->isBeforeInBlock(op))
        last = op;
  return last;
}

/// Makes the function fail where a position is out of range, unless it does; `required`: what the op needs instead of
/// positions. A call that fails writes nothing, so what is written after the check can be computed in place: the earlier it
/// comes, the better.
static void check(Operation *op, OpBuilder &b, Value positions, OpFoldResult size, StringAttr required = {}) {
  Block *entry = b.getInsertionBlock();
  if (auto read = positions.getDefiningOp<bufferization::ToTensorOp>();
      read && isa<BlockArgument>(read.getBuffer()))
    read->moveBefore(entry, entry->begin());
  Operation *last = lastOf({positions, size});
  for (Operation *next = last->getNextNode(); isa_and_nonnull<arith::ConstantOp, kernel::CheckIndexOp>(next);
       next = next->getNextNode()) {
    auto check = dyn_cast<kernel::CheckIndexOp>(next);
    if (check && check.getIndex() == positions && isEqualConstantIntOrValue(check.getSize(), size) &&
        check.getRequiredAttr() == required)
      return;
    last = next;
  }
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointAfter(last);
  kernel::CheckIndexOp::create(b, op->getLoc(), positions,
                               getValueOrCreateConstantIndexOp(b, op->getLoc(), size),
                               b.getStringAttr(op->getName().stripDialect()), required);
}

/// The number `start`, or `offset` elements further where there is one, as a tensor.
static Value positionAt(OpBuilder &b, Location loc, OpFoldResult start, Value offset) {
  OpBuilder::InsertionGuard guard(b);
  if (Operation *last = offset ? lastOf({start, offset}) : lastOf({start}))
    b.setInsertionPointAfter(last);
  else
    b.setInsertionPointToStart(b.getInsertionBlock());
  Value number = getValueOrCreateConstantIndexOp(b, loc, start);
  number = arith::IndexCastOp::create(b, loc, b.getI64Type(), number);
  if (offset)
    number = arith::AddIOp::create(b, loc, number, tensor::ExtractOp::create(b, loc, offset, ValueRange()));
  Value empty = tensor::EmptyOp::create(b, loc, ArrayRef<int64_t>(), b.getI64Type());
  return linalg::FillOp::create(b, loc, number, empty).getResult(0);
}

static sizes::Ranges declaredRanges(Operation *op) {
  sizes::Ranges ranges;
  if (auto dims = op->getParentOfType<func::FuncOp>()->getAttrOfType<ArrayAttr>("ingot.dims"))
    for (DimAttr dim : dims.getAsRange<DimAttr>())
      ranges[dim.getName().str()] = dim.getRange();
  return ranges;
}

/// Checks that `part` of `whole`, whose start may be known at run time only, lies within it; `offsets` are lowered.
template <class Op>
static void checkPart(Op op, Type whole, Type part, OpBuilder &b, ValueRange offsets, SizeBuilder &sizes) {
  sizes::Ranges ranges = declaredRanges(op);
  auto extents = sizesOf(whole), taken = sizesOf(part);
  for (auto [dim, first] : llvm::enumerate(op.getStarts())) {
    sizes::Expr start = first, end = extents[dim] - (taken[dim] - 1) * op.getSteps()[dim];
    Value offset = offsets.empty() ? Value() : offsets[dim];
    if (DenseElementsAttr number; offset && matchPattern(op.getOffsets()[dim], m_Constant(&number))) {
      start = start + number.getSplatValue<int64_t>();
      offset = {};
    }
    bool isInside = sizes::Expr::lessEqual(0, start, ranges) == true &&
                    sizes::Expr::lessEqual(start + 1, end, ranges) == true;
    if (taken[dim] == sizes::Expr(0) || (!offset && isInside))
      continue;
    Value position = offset;
    if (!offset || start != sizes::Expr(0))
      position = positionAt(b, op.getLoc(), sizes.size(b, op.getLoc(), start), offset);
    check(op, b, position, sizes.size(b, op.getLoc(), end));
  }
}

/// Makes the function fail with i + 1 for the last element i that does not hold.
static void checkHolds(RequireOp op, OpBuilder &b, Value holds, SizeBuilder &sizes) {
  auto body = [](OpBuilder &b, Location loc, ValueRange arguments) {
    auto number = [&](int64_t value) -> Value { return arith::ConstantIntOp::create(b, loc, value, 64); };
    Value at = arith::IndexCastOp::create(b, loc, b.getI64Type(), linalg::IndexOp::create(b, loc, 0));
    Value after = arith::AddIOp::create(b, loc, at, number(1));
    Value isTrue = enterBody(b, loc, arguments[0], b.getI1Type());
    Value found = arith::SelectOp::create(b, loc, isTrue, number(0), after);
    linalg::YieldOp::create(b, loc, found);
  };
  Value empty = sizes.empty(b, op.getLoc(), withElement(op.getHolds().getType(), b.getI64Type()));
  SmallVector<AffineMap> maps(2, b.getMultiDimIdentityMap(1));
  Value violations = linalg::GenericOp::create(b, op.getLoc(), empty.getType(), holds, empty, maps,
                                               utils::IteratorType::parallel, body)
                         .getResult(0);
  check(op, b, violations, b.getIndexAttr(1), op.getWhatAttr());
}

void checkPositions(Operation *op, OpBuilder &b, ValueRange in, SizeBuilder &sizes) {
  auto checkIndex = [&](auto op, Value whole) {
    if (!op.getInbounds())
      check(op, b, in[1], sizes.size(b, op.getLoc(), sizesOf(whole.getType())[op.getDim()]));
  };
  llvm::TypeSwitch<Operation *>(op)
      .Case([&](GatherOp op) { checkIndex(op, op.getX()); })
      .Case([&](ScatterOp op) { checkIndex(op, op.getInto()); })
      .Case([&](RequireOp op) { checkHolds(op, b, in[1], sizes); })
      .Case([&](SliceOp op) { checkPart(op, op.getX().getType(), op.getType(), b, in.drop_front(), sizes); })
      .Case([&](InsertSliceOp op) {
        checkPart(op, op.getType(), op.getX().getType(), b, in.drop_front(2), sizes);
      });
}

} // namespace ingot::codegen
