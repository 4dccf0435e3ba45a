#include "passes/simplify/Scans.h"
#include "ir/ops/Blocks.h"
#include "passes/fusion/Cost.h"

using namespace mlir;
using namespace ingot;
using namespace ingot::ir;
using namespace ingot::passes;

//===--- ScanEdit -----------------------------------------------------------------------------------------------===//

ScanEdit::ScanEdit(ScanOp scan)
    : scan(scan), body(scan.getBody().front()), xs(scan.getXs()), invariants(scan.getInvariants()) {}

Value ScanEdit::addSequence(Value sequence) {
  size_t first = scan.getInits().size();
  if (auto at = llvm::find(xs, sequence); at != xs.end())
    return body.getArgument(first + (at - xs.begin()));
  xs.push_back(sequence);
  return body.insertArgument(first + xs.size() - 1, sliceOf(sequence.getType()), scan.getLoc());
}

Value ScanEdit::addInvariant(Value value) {
  size_t first = scan.getInits().size() + xs.size();
  if (auto at = llvm::find(invariants, value); at != invariants.end())
    return body.getArgument(first + (at - invariants.begin()));
  invariants.push_back(value);
  return body.addArgument(value.getType(), scan.getLoc());
}

size_t ScanEdit::addY(Value slice) {
  OperandRange made = scan.getYieldedSlices();
  if (auto at = llvm::find(made, slice); at != made.end())
    return at.getIndex();
  auto at = llvm::find(added, slice);
  size_t number = made.size() + (at - added.begin());
  if (at == added.end())
    added.push_back(slice);
  return number;
}

ScanOp ScanEdit::finish() {
  size_t numCarries = scan.getInits().size();
  SmallVector<Value> operands(scan.getInits()), kept, yielded, oldResults;
  llvm::append_range(operands, xs);
  llvm::append_range(operands, invariants);
  int32_t segments[3] = {0, 0, 0};
  for (auto [i, argument] : llvm::enumerate(body.getArguments())) {
    if (dropped.contains(argument))
      continue;
    kept.push_back(operands[i]);
    ++segments[i < numCarries ? 0 : i < numCarries + xs.size() ? 1 : 2];
    if (i < numCarries) {
      yielded.push_back(scan.getYieldedCarries()[i]);
      oldResults.push_back(scan.getFinals()[i]);
    }
  }
  SmallVector<Type> types = llvm::to_vector(ValueRange(yielded).getTypes());
  for (auto [i, slice] : llvm::enumerate(scan.getYieldedSlices()))
    if (!droppedYs.contains(i)) {
      yielded.push_back(slice);
      oldResults.push_back(scan.getYs()[i]);
      types.push_back(scan.getYs()[i].getType());
    }
  for (Value slice : added) {
    yielded.push_back(slice);
    types.push_back(sequenceOf(scan.getStepCount(), slice.getType()));
  }
  scan.getYield()->setOperands(yielded);
  body.eraseArguments([&](BlockArgument argument) { return dropped.contains(argument); });

  OpBuilder b(scan);
  OperationState state(scan.getLoc(), ScanOp::getOperationName(), kept, types,
                       llvm::to_vector(scan->getDiscardableAttrs()));
  state.addAttribute(scan.getStepsAttrName(), scan.getStepsAttr());
  if (scan.getReverse())
    state.addAttribute(scan.getReverseAttrName(), b.getUnitAttr());
  state.addAttribute(ScanOp::getOperandSegmentSizeAttr(), b.getDenseI32ArrayAttr(segments));
  state.addRegion()->takeBody(scan.getBody());
  auto result = cast<ScanOp>(b.create(state));
  for (auto [from, to] : llvm::zip(oldResults, result.getOutputs()))
    from.replaceAllUsesWith(to);
  scan.erase();
  return result;
}

//===--- contractions of all steps ----------------------------------------------------------------------------------===//

/// The dimension of the domain that the leading one of an operand or result is, if it is one.
static std::optional<unsigned> leading(AffineMap map) {
  if (map.getNumResults())
    if (auto dim = dyn_cast<AffineDimExpr>(map.getResult(0)))
      return dim.getPosition();
  return std::nullopt;
}

bool passes::hasRows(ContractionOpInterface op) {
  Contraction c = op.getContraction();
  std::optional<unsigned> row = leading(c.lhs);
  return row && row == leading(c.out) && !c.rhs.isFunctionOfDim(*row);
}

bool passes::sumsRows(ContractionOpInterface op) {
  Contraction c = op.getContraction();
  std::optional<unsigned> row = leading(c.lhs);
  return row && row == leading(c.rhs) && c.reduction[*row];
}

//===--- Sequences ----------------------------------------------------------------------------------------------===//

Sequences::Sequences(ScanOp scan) : loc(scan.getLoc()), steps(scan.getStepCount()) {
  for (auto [slice, sequence] : llvm::zip(scan.getSliceArguments(), scan.getXs()))
    known[slice] = sequence;
  for (auto [argument, value] : llvm::zip(scan.getInvariantArguments(), scan.getInvariants()))
    outer[argument] = value;
  for (Value argument : scan.getBody().getArguments())
    invariant[argument] = outer.contains(argument);
}

bool Sequences::isInvariant(Value value) {
  if (auto at = invariant.find(value); at != invariant.end())
    return at->second;
  bool is = llvm::all_of(value.getDefiningOp()->getOperands(), [&](Value v) { return isInvariant(v); });
  return invariant[value] = is;
}

bool Sequences::isMappable(Operation *op) {
  if (isa<PointwiseOpInterface, BroadcastOp, ReshapeOp, TransposeOp>(op))
    return true;
  auto contraction = dyn_cast<ContractionOpInterface>(op);
  return contraction && hasRows(contraction) && isInvariant(op->getOperand(1));
}

bool Sequences::canGet(Value value) {
  if (known.contains(value) || isInvariant(value))
    return true;
  if (auto at = possible.find(value); at != possible.end())
    return at->second;
  Operation *op = value.getDefiningOp();
  bool can = op && isMappable(op) && llvm::all_of(op->getOperands(), [&](Value v) { return canGet(v); });
  return possible[value] = can;
}

Value Sequences::getInvariant(OpBuilder &b, Value value) {
  if (Value found = outer.lookup(value))
    return found;
  Operation *op = value.getDefiningOp();
  IRMapping map;
  for (Value operand : op->getOperands())
    map.map(operand, getInvariant(b, operand));
  Operation *clone = b.clone(*op, map);
  for (auto [from, to] : llvm::zip(op->getResults(), clone->getResults()))
    outer[from] = to;
  return outer[value];
}

Value Sequences::get(OpBuilder &b, Value value) {
  if (Value found = known.lookup(value))
    return found;
  Value made;
  if (isInvariant(value)) {
    Value once = getInvariant(b, value);
    made = BroadcastOp::create(b, loc, sequenceOf(steps, once.getType()), once);
  } else {
    made = compute(b, value.getDefiningOp());
  }
  return known[value] = made;
}

TensorValue passes::mergeSteps(TensorValue sequence) {
  std::vector<sizes::Expr> sizes = sequence.sizes();
  sizes[1] = sizes[0] * sizes[1];
  sizes.erase(sizes.begin());
  return reshape(sequence, sizes);
}

Value Sequences::compute(OpBuilder &b, Operation *op) {
  Type type = sequenceOf(steps, op->getResult(0).getType());
  auto valueOf = [&](Value v) { return TensorValue(b, op->getLoc(), get(b, v)); };
  IRMapping map;
  if (isa<ContractionOpInterface>(op)) { // the steps are further rows
    map.map(op->getOperand(0), mergeSteps(valueOf(op->getOperand(0))).value);
    map.map(op->getOperand(1), getInvariant(b, op->getOperand(1)));
    Operation *clone = b.clone(*op, map);
    std::vector<sizes::Expr> sizes = sizesOf(type);
    std::vector<sizes::Expr> merged(sizes.begin() + 1, sizes.end());
    merged.front() = sizes[0] * sizes[1];
    clone->getResult(0).setType(tensorOf(merged, getElementTypeOrSelf(type)));
    return ReshapeOp::create(b, op->getLoc(), type, clone->getResult(0));
  }
  if (auto transpose = dyn_cast<TransposeOp>(op)) {
    SmallVector<int64_t> permutation = {0};
    for (int64_t dim : transpose.getPermutation())
      permutation.push_back(dim + 1);
    return ir::transpose(valueOf(transpose.getX()), permutation).value;
  }
  if (auto broadcast = dyn_cast<BroadcastOp>(op)) { // new dimensions stand behind the steps
    TensorValue x = valueOf(broadcast.getX());
    std::vector<sizes::Expr> sizes = x.sizes();
    sizes.insert(sizes.begin() + 1, sizesOf(type).size() - sizes.size(), sizes::Expr(1));
    return ir::broadcast(reshape(x, sizes), sizesOf(type)).value;
  }
  for (Value operand : op->getOperands())
    map.map(operand, get(b, operand));
  Operation *clone = b.clone(*op, map);
  clone->getResult(0).setType(type);
  return clone->getResult(0);
}

//===----------------------------------------------------------------------------------------------------------===//

bool passes::isDear(Operation *op) {
  if (auto pointwise = dyn_cast<PointwiseOpInterface>(op))
    return CostModel().of(pointwise) >= CostModel::elementary;
  return !isa<BroadcastOp, ConstantOp, IotaOp, ReshapeOp, SizeOp, SliceOp, TransposeOp>(op);
}

SmallVector<ScanOp> passes::scansIn(Operation *root) {
  SmallVector<ScanOp> scans;
  root->walk([&](ScanOp scan) {
    if (!scan->hasAttr(blocksAttr))
      scans.push_back(scan);
  });
  return scans;
}
