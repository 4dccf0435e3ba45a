#include "passes/fusion/Cost.h"
#include "ir/dialect/Dialect.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;
using namespace ingot;
using namespace ingot::passes;

namespace {

int64_t costOf(Operation &op) {
  Type type = op.getResult(0).getType();
  if (op.hasTrait<OpTrait::ConstantLike>())
    return 0;
  if (isa<arith::DivFOp, arith::DivSIOp, arith::DivUIOp, math::SqrtOp>(op))
    return CostModel::division;
  if (isa<math::AbsFOp, math::AbsIOp, math::CeilOp, math::CopySignOp, math::FloorOp, math::RoundEvenOp,
          math::TruncOp>(op))
    return CostModel::arithmetic;
  if (isa<math::MathDialect, ir::IngotDialect>(op.getDialect()) ||
      isa<arith::RemFOp, arith::RemSIOp, arith::RemUIOp>(op)) // the remainder of floats is a loop
    return type.isF64() ? CostModel::libraryCall : CostModel::elementary;
  return CostModel::arithmetic;
}

/// As bodies see an element: halves in f32.
Type computed(Type element) {
  return element.isBF16() || element.isF16() ? Type(Float32Type::get(element.getContext())) : element;
}

} // namespace

int64_t CostModel::of(ir::PointwiseOpInterface op) {
  SmallVector<Type> operands;
  for (Type type : op->getOperandTypes())
    operands.push_back(computed(getElementTypeOrSelf(type)));
  Type signature = FunctionType::get(op->getContext(), operands, getElementTypeOrSelf(op->getResult(0)));
  auto [it, isNew] = known.try_emplace({op->getName(), signature}, 0);
  if (!isNew)
    return it->second;
  Block body;
  for (Type type : operands)
    body.addArgument(type, op.getLoc());
  OpBuilder builder(op->getContext()); // atBlockEnd would ask for the region of the block
  builder.setInsertionPointToEnd(&body);
  op.buildScalar(builder, op.getLoc(), body.getArguments());
  for (Operation &scalar : body)
    it->second += costOf(scalar);
  return it->second;
}
