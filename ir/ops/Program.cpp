#include "ir/ops/Ops.h"

using namespace mlir;
using namespace ingot;
using namespace ingot::ir;

//===--- gradient -----------------------------------------------------------------------------------------------===//

// The gradients have the types of what they are with respect to: written once.
static ParseResult parseSameAsTypes(OpAsmParser &, SmallVectorImpl<Type> &types, ArrayRef<Type> others) {
  types.assign(others.begin(), others.end());
  return success();
}
static void printSameAsTypes(OpAsmPrinter &, Operation *, TypeRange, TypeRange) {}

LogicalResult GradientOp::verify() {
  if (!getSeeds().empty() && getSeeds().getTypes() != getYs().getTypes())
    return emitOpError("needs a seed of the same type for each of the ")
           << getYs().size() << " values, or none";
  if (getGrads().getTypes() != getXs().getTypes())
    return emitOpError("results must have the types of what they are gradients with respect to");
  for (Value value : getOperands())
    if (!isa<FloatType>(getElementTypeOrSelf(value)))
      return emitOpError("is of floating-point values with respect to floating-point values, got ")
             << describe(value.getType());
  for (Value y : getYs())
    if (getSeeds().empty() && numElements(sizesOf(y.getType())) != sizes::Expr(1))
      return emitOpError("of a value without a seed needs one element, got ") << describe(y.getType());
  return success();
}

LogicalResult GradientOp::buildVjp(OpBuilder &, ValueRange, SmallVectorImpl<Value> &) {
  return emitOpError("must be expanded before it is differentiated");
}

//===--- detach -------------------------------------------------------------------------------------------------===//

LogicalResult DetachOp::buildVjp(OpBuilder &, ValueRange, SmallVectorImpl<Value> &grads) {
  grads.push_back({});
  return success();
}

//===--- barrier ------------------------------------------------------------------------------------------------===//

LogicalResult BarrierOp::buildVjp(OpBuilder &, ValueRange cotangents, SmallVectorImpl<Value> &grads) {
  grads.push_back(cotangents[0]);
  grads.resize(getNumOperands());
  return success();
}

FailureOr<SmallVector<Value>> BarrierOp::lowerToLinalg(OpBuilder &, ValueRange in, SizeBuilder &) {
  return SmallVector<Value>{in[0]};
}

//===--- require ------------------------------------------------------------------------------------------------===//

LogicalResult RequireOp::verify() {
  if (getHolds().getType().getRank() != 1)
    return emitOpError("needs a list of conditions, got ") << describe(getHolds().getType());
  return success();
}

LogicalResult RequireOp::buildVjp(OpBuilder &, ValueRange cotangents, SmallVectorImpl<Value> &grads) {
  grads.append({cotangents[0], nullptr});
  return success();
}

FailureOr<SmallVector<Value>> RequireOp::lowerToLinalg(OpBuilder &, ValueRange in, SizeBuilder &) {
  return SmallVector<Value>{in[0]};
}

//===--- fusion -------------------------------------------------------------------------------------------------===//

// ingot.fusion (%x = %0 : tensor<4xf32>, ...) -> (tensor<4xf32>) { ... }
ParseResult FusionOp::parse(OpAsmParser &p, OperationState &result) {
  SmallVector<OpAsmParser::Argument> arguments;
  SmallVector<OpAsmParser::UnresolvedOperand> operands;
  auto binding = [&]() -> ParseResult {
    return failure(p.parseArgument(arguments.emplace_back()) || p.parseEqual() ||
                   p.parseOperand(operands.emplace_back()) || p.parseColonType(arguments.back().type));
  };
  if (p.parseCommaSeparatedList(AsmParser::Delimiter::Paren, binding) ||
      p.parseOptionalAttrDictWithKeyword(result.attributes) || p.parseArrowTypeList(result.types) ||
      p.parseRegion(*result.addRegion(), arguments))
    return failure();
  for (auto [operand, argument] : llvm::zip(operands, arguments))
    if (p.resolveOperand(operand, argument.type, result.operands))
      return failure();
  return success();
}

void FusionOp::print(OpAsmPrinter &p) {
  p << " (";
  llvm::interleaveComma(llvm::zip(getBody().getArguments(), getInputs()), p, [&](auto pair) {
    auto [argument, input] = pair;
    p << argument << " = " << input << " : " << input.getType();
  });
  p << ")";
  p.printOptionalAttrDictWithKeyword((*this)->getAttrs());
  p.printArrowTypeList(getResultTypes());
  p << " ";
  p.printRegion(getBody(), /*printEntryBlockArgs=*/false);
}

LogicalResult FusionOp::verifyRegions() {
  Block &block = getBody().front();
  if (block.getArgumentTypes() != getInputs().getTypes())
    return emitOpError("region must take the ") << getInputs().size() << " operands, with their types";
  if (block.getTerminator()->getOperandTypes() != getResultTypes())
    return emitOpError("region must yield the ") << getNumResults() << " results, with their types";
  return success();
}

#define GET_OP_CLASSES
#include "ir/ops/Program.cpp.inc"

void IngotDialect::registerProgramOps() {
  addOperations<
#define GET_OP_LIST
#include "ir/ops/Program.cpp.inc"
      >();
}
