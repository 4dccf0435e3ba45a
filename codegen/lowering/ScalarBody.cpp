#include "codegen/lowering/ScalarBody.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace ingot;
using namespace ingot::codegen;

namespace {

bool isHalf(Type type) { return type.isBF16() || type.isF16(); }
bool isUnsigned(Type type) { return type.isUnsignedInteger(8); }

/// The one element of a constant that has only one, in the type that bodies compute in; null for other values.
TypedAttr splatElement(Value value) {
  DenseElementsAttr elements;
  if (!matchPattern(value, m_Constant(&elements)) || !elements.isSplat())
    return {};
  auto element = cast<TypedAttr>(elements.getSplatValue<Attribute>());
  if (isUnsigned(element.getType()))
    return IntegerAttr::get(computedType(element.getType()), cast<IntegerAttr>(element).getUInt());
  if (!isHalf(element.getType()))
    return element;
  return FloatAttr::get(computedType(element.getType()), cast<FloatAttr>(element).getValueAsDouble());
}

} // namespace

Type codegen::computedType(Type element) {
  if (isUnsigned(element))
    return IntegerType::get(element.getContext(), 32);
  return isHalf(element) ? Type(Float32Type::get(element.getContext())) : element;
}

Value codegen::enterBody(OpBuilder &b, Location loc, Value stored, Type element) {
  if (isHalf(element))
    return arith::ExtFOp::create(b, loc, b.getF32Type(), stored);
  if (isUnsigned(element))
    return arith::ExtUIOp::create(b, loc, b.getI32Type(), stored);
  if (!element.isInteger(1))
    return stored;
  // Any byte but zero is true: the caller may be C.
  Value zero = arith::ConstantIntOp::create(b, loc, stored.getType(), 0);
  return arith::CmpIOp::create(b, loc, arith::CmpIPredicate::ne, stored, zero);
}

Value codegen::leaveBody(OpBuilder &b, Location loc, Value computed, Type element) {
  if (isHalf(element)) {
    // A value that was just rounded is there in its own type.
    if (auto widened = computed.getDefiningOp<arith::ExtFOp>();
        widened && widened.getIn().getType() == element)
      return widened.getIn();
    return arith::TruncFOp::create(b, loc, element, computed);
  }
  if (isUnsigned(element))
    return arith::TruncIOp::create(b, loc, b.getI8Type(), computed);
  return element.isInteger(1) ? arith::ExtUIOp::create(b, loc, b.getI8Type(), computed).getResult()
                              : computed;
}

LogicalResult ScalarBody::require(Value value, AffineMap map) {
  if (splatElement(value) || !visited.insert({value, map}).second)
    return success();
  if (tensors.contains(value)) {
    loadSet.insert({value, map});
    return success();
  }
  Operation *op = value.getDefiningOp();
  AffineMap moved = ir::indexMapOf(op);
  if (!moved && !isa<ir::PointwiseOpInterface>(op))
    return op->emitError("'")
           << op->getName()
           << "' is in the middle of a group, where only pointwise ops and index maps can be";
  for (Value operand : op->getOperands())
    if (failed(require(operand, moved ? moved.compose(map) : map)))
      return failure();
  return success();
}

void ScalarBody::enter(OpBuilder &b, ValueRange stored) {
  elements.clear();
  for (auto [load, element] : llvm::zip(loads(), stored))
    elements[load] = enterBody(b, element.getLoc(), element, getElementTypeOrSelf(load.first));
}

Value ScalarBody::element(OpBuilder &b, Value value, AffineMap map) {
  if (Value known = elements.lookup({value, map}))
    return known;
  Value result;
  if (TypedAttr constant = splatElement(value)) {
    result = arith::ConstantOp::create(b, value.getLoc(), constant);
  } else if (AffineMap moved = ir::indexMapOf(value.getDefiningOp())) {
    result = element(b, value.getDefiningOp()->getOperand(0), moved.compose(map));
  } else {
    auto op = cast<ir::PointwiseOpInterface>(value.getDefiningOp());
    SmallVector<Value> operands;
    for (Value operand : op->getOperands())
      operands.push_back(element(b, operand, map));
    result = op.buildScalar(b, op.getLoc(), operands);
    Type type = getElementTypeOrSelf(value);
    if (isHalf(type) || isUnsigned(type))
      result = enterBody(b, op.getLoc(), leaveBody(b, op.getLoc(), result, type), type);
  }
  elements[{value, map}] = result;
  return result;
}
