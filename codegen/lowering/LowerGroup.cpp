#include "codegen/lowering/LowerGroup.h"
#include "codegen/kernel/KernelDialect.h"
#include "codegen/lowering/ScalarBody.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;
using namespace ingot;
using namespace ingot::codegen;
using namespace ingot::ir;

namespace {

/// The sizes that a reduction leaves, without the reduced dimensions.
std::vector<sizes::Expr> leftSizes(ReductionOpInterface op) {
  std::vector<sizes::Expr> left;
  for (auto [dim, size] : llvm::enumerate(sizesOf(op->getOperand(0).getType())))
    if (!llvm::is_contained(op.getReducedDims(), int64_t(dim)))
      left.push_back(size);
  return left;
}

AffineMap dropDims(AffineMap identity, ArrayRef<int64_t> dims) {
  SmallVector<int64_t> positions(dims);
  return identity.dropResults(positions);
}

/// The accumulator of a contraction as its result is stored.
Value storedAccumulator(OpBuilder &b, Location loc, Value acc, Type element) {
  if (acc.getType() == element)
    return acc;
  if (isa<FloatType>(element))
    return arith::TruncFOp::create(b, loc, element, acc);
  return arith::TruncIOp::create(b, loc, element, acc);
}

} // namespace

FailureOr<SmallVector<Value>> GroupLowering::lower(ValueRange results, ContractionOpInterface contraction) {
  auto reduction = results.front().getDefiningOp<ReductionOpInterface>();
  if (!contraction && !reduction)
    return lowerPointwise(results);
  if (results.size() != 1)
    return emitError(loc) << "a group with a contraction or a reduction must have one result, got "
                          << results.size();
  FailureOr<Value> result =
      contraction ? lowerContraction(contraction, results.front()) : lowerReduction(reduction);
  return failed(result) ? FailureOr<SmallVector<Value>>(failure()) : SmallVector<Value>{*result};
}

//===--- contraction --------------------------------------------------------------------------------------------===//

/// The same elements under sizes that split or merge dimensions.
Value GroupLowering::view(Value tensor, ArrayRef<sizes::Expr> from, ArrayRef<sizes::Expr> to) {
  if (from == to)
    return tensor;
  RankedTensorType type = sizes.lowered(tensorOf(to, getElementTypeOrSelf(tensor)));
  if (auto parts = splitOf(to, from))
    return tensor::CollapseShapeOp::create(b, loc, type, tensor, *parts);
  return tensor::ExpandShapeOp::create(b, loc, type, tensor, *splitOf(from, to),
                                       sizes.sizes(b, loc, tensorOf(to, getElementTypeOrSelf(tensor))));
}

/// A factor of the contraction as it lies in memory, seen under the sizes `seen`. An exchange of its dimensions goes into the map.
FailureOr<Value> GroupLowering::factorOf(ContractionOpInterface op, unsigned index,
                                         ArrayRef<sizes::Expr> seen, AffineMap &map) {
  Value factor = op->getOperand(index);
  auto own = sizesOf(factor.getType());
  if (tensors.contains(factor))
    return view(tensors.lookup(factor), own, seen);
  while (!tensors.contains(factor)) {
    AffineMap moved = indexMapOf(factor.getDefiningOp());
    if (!moved || !moved.isPermutation() || seen != ArrayRef(own))
      return op->emitError(
          "a contraction must come first in its group, but for exchanges of its factors' dimensions");
    map = moved.compose(map);
    factor = factor.getDefiningOp()->getOperand(0);
  }
  return tensors.lookup(factor);
}

/// From indices of the group's result to the index at which the sum is used: an exchange of dimensions.
FailureOr<AffineMap> GroupLowering::placeOfSum(ContractionOpInterface op, Value result) {
  ScalarBody body(tensors);
  AffineMap identity = b.getMultiDimIdentityMap(cast<RankedTensorType>(result.getType()).getRank());
  if (failed(body.require(result, identity)))
    return failure();
  AffineMap place;
  for (auto [value, map] : body.loads()) {
    if (value != op->getResult(0))
      continue;
    if (place || !map.isPermutation())
      return op->emitError("an epilogue must use each element of its contraction at one place");
    place = map;
  }
  if (!place)
    return op->emitError("an epilogue must use its contraction");
  return place;
}

FailureOr<Value> GroupLowering::lowerContraction(ContractionOpInterface op, Value result) {
  Contraction c = op.getContraction();
  FailureOr<Value> lhs = factorOf(op, 0, c.lhsSizes, c.lhs), rhs = factorOf(op, 1, c.rhsSizes, c.rhs);
  if (failed(lhs) || failed(rhs))
    return failure();
  Value sum = op->getResult(0);
  Type sumElement = getElementTypeOrSelf(sum), element = getElementTypeOrSelf(result);
  setTensor(sum, Value()); // the first load is the accumulator
  FailureOr<AffineMap> place = placeOfSum(op, result);
  if (failed(place))
    return failure();
  AffineMap exchange = inversePermutation(*place), indices = exchange.compose(c.result);
  if (!exchange.isIdentity()) {
    if (c.outSizes != sizesOf(sum.getType()))
      return op->emitError("the result of a contraction in groups cannot have its dimensions exchanged");
    c.out = exchange.compose(c.out);
    c.outSizes = sizesOf(result.getType());
  }
  ScalarBody body(tensors);
  if (failed(body.require(sum, c.result)) || failed(body.require(result, indices)))
    return failure();
  SmallVector<AffineMap> maps = {c.lhs, c.rhs, c.out};
  SmallVector<Value> operands;
  for (auto [value, map] : body.loads().drop_front()) {
    operands.push_back(tensors.lookup(value));
    maps.push_back(map);
  }
  auto epilogue = [&](OpBuilder &b, Location loc, ValueRange arguments) {
    SmallVector<Value> elements(arguments);
    elements.front() = storedAccumulator(b, loc, elements.front(), sumElement);
    body.enter(b, elements);
    return leaveBody(b, loc, body.element(b, result, indices), element);
  };
  Value out = sizes.empty(b, loc, tensorOf(c.outSizes, element));
  Value stored = kernel::ContractOp::create(b, loc, *lhs, *rhs, operands, out, maps, epilogue).getResult();
  return view(stored, c.outSizes, sizesOf(result.getType()));
}

//===--- reduction ----------------------------------------------------------------------------------------------===//

/// Rounds an accumulated f32 tensor to the halves of `type`.
Value GroupLowering::roundToHalf(Value wide, Type type) {
  int64_t rank = cast<RankedTensorType>(wide.getType()).getRank();
  SmallVector<AffineMap> maps(2, b.getMultiDimIdentityMap(rank));
  SmallVector<utils::IteratorType> loops(rank, utils::IteratorType::parallel);
  Value narrow = sizes.empty(b, loc, type);
  return linalg::GenericOp::create(b, loc, narrow.getType(), wide, narrow, maps, loops,
                                   [&](OpBuilder &b, Location loc, ValueRange arguments) {
                                     Value stored =
                                         leaveBody(b, loc, arguments.front(), getElementTypeOrSelf(type));
                                     linalg::YieldOp::create(b, loc, stored);
                                   })
      .getResult(0);
}

FailureOr<Value> GroupLowering::lowerReduction(ReductionOpInterface op) {
  Value x = op->getOperand(0);
  auto domain = sizesOf(x.getType()), left = leftSizes(op);
  Type element = getElementTypeOrSelf(x), computed = computedType(element);
  bool isHalf = computed != element;
  AffineMap identity = b.getMultiDimIdentityMap(domain.size());
  ScalarBody body(tensors);
  if (failed(body.require(x, identity)))
    return failure();

  SmallVector<Value> inputs;
  SmallVector<AffineMap> maps;
  llvm::SmallDenseSet<unsigned> sized; // dimensions whose size an input tells
  for (auto [value, map] : body.loads()) {
    inputs.push_back(tensors.lookup(value));
    maps.push_back(map);
    for (AffineExpr index : map.getResults())
      if (auto dim = dyn_cast<AffineDimExpr>(index))
        sized.insert(dim.getPosition());
  }
  for (int64_t dim : op.getReducedDims()) {
    if (sized.contains(dim))
      continue;
    // All inputs are repeated along it.
    inputs.push_back(sizes.empty(b, loc, tensorOf(domain[dim], b.getI8Type())));
    maps.push_back(AffineMap::get(domain.size(), 0, b.getAffineDimExpr(dim)));
  }
  maps.push_back(dropDims(identity, op.getReducedDims()));
  SmallVector<utils::IteratorType> loops(domain.size(), utils::IteratorType::parallel);
  for (int64_t dim : op.getReducedDims())
    loops[dim] = utils::IteratorType::reduction;

  RankedTensorType accumulated = tensorOf(left, computed);
  Value start = arith::ConstantOp::create(b, loc, op.getIdentity(computed));
  Value init =
      linalg::FillOp::create(b, loc, leaveBody(b, loc, start, computed), sizes.empty(b, loc, accumulated))
          .getResult(0);
  Value result =
      linalg::GenericOp::create(b, loc, init.getType(), inputs, init, maps, loops,
                                [&](OpBuilder &b, Location loc, ValueRange arguments) {
                                  body.enter(b, arguments.take_front(body.loads().size()));
                                  Value accumulator = enterBody(b, loc, arguments.back(), computed);
                                  Value next =
                                      op.buildCombine(b, loc, accumulator, body.element(b, x, identity));
                                  linalg::YieldOp::create(b, loc, leaveBody(b, loc, next, computed));
                                })
          .getResult(0);
  if (isHalf)
    result = roundToHalf(result, tensorOf(left, element));
  return view(result, left, sizesOf(op->getResult(0).getType()));
}

//===--- pointwise ----------------------------------------------------------------------------------------------===//

FailureOr<SmallVector<Value>> GroupLowering::lowerPointwise(ValueRange results) {
  int64_t rank = cast<RankedTensorType>(results.front().getType()).getRank();
  AffineMap identity = b.getMultiDimIdentityMap(rank);
  ScalarBody body(tensors);
  for (Value result : results)
    if (failed(body.require(result, identity)))
      return failure();
  SmallVector<Value> inputs, outs;
  SmallVector<AffineMap> maps;
  for (auto [value, map] : body.loads()) {
    inputs.push_back(tensors.lookup(value));
    maps.push_back(map);
  }
  for (Value result : results) {
    outs.push_back(sizes.empty(b, loc, result.getType()));
    maps.push_back(identity);
  }
  SmallVector<utils::IteratorType> loops(rank, utils::IteratorType::parallel);
  auto build = [&](OpBuilder &b, Location loc, ValueRange arguments) {
    body.enter(b, arguments.take_front(inputs.size()));
    SmallVector<Value> stored;
    for (Value result : results)
      stored.push_back(leaveBody(b, loc, body.element(b, result, identity), getElementTypeOrSelf(result)));
    linalg::YieldOp::create(b, loc, stored);
  };
  auto generic =
      linalg::GenericOp::create(b, loc, TypeRange(ValueRange(outs)), inputs, outs, maps, loops, build);
  return SmallVector<Value>(generic.getResults());
}
