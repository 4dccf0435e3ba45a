//===- KernelLoop.cpp - The loop that calls a function ------------------------===//

#include "codegen/kernel/Destination.h"

#include "mlir/Interfaces/FunctionInterfaces.h"

using namespace mlir;
using namespace ingot::kernel;

void LoopOp::build(OpBuilder &builder, OperationState &state, FlatSymbolRefAttr body, Value steps,
                   bool reverse, const LoopOperands &operands) {
  auto &properties = state.getOrAddProperties<Properties>();
  properties.body = body;
  if (reverse)
    properties.reverse = builder.getUnitAttr();
  ValueRange groups[] = {
      steps,       operands.inits,   operands.xs, operands.invariants, operands.dims, operands.finals,
      operands.ys, operands.scratch, {}};
  for (auto [segment, group] : llvm::zip_equal(properties.operandSegmentSizes, groups)) {
    state.addOperands(group);
    segment = group.size();
  }
  for (ValueRange outs : {operands.finals, operands.ys, operands.scratch})
    for (Type type : outs.getTypes())
      if (isa<RankedTensorType>(type))
        state.addTypes(type);
}

MutableOperandRange LoopOp::getDpsInitsMutable() {
  unsigned first = getODSOperandIndexAndLength(5).first;
  return MutableOperandRange(getOperation(), first,
                             getFinals().size() + getYs().size() + getScratch().size());
}

static ShapedType shapedTypeOf(Value value) { return cast<ShapedType>(value.getType()); }

/// A sequence without its leading dimension.
static Type sliceOf(Value sequence) {
  ShapedType type = shapedTypeOf(sequence);
  ArrayRef<int64_t> shape = type.getShape().drop_front();
  return isa<MemRefType>(type) ? Type(MemRefType::get(shape, type.getElementType())) : type.clone(shape);
}

SmallVector<Type> LoopOp::getStepInputs() {
  SmallVector<Type> types(getInits().getTypes());
  llvm::append_range(types, llvm::map_range(getXs(), sliceOf));
  llvm::append_range(types, getInvariants().getTypes());
  return types;
}

SmallVector<Type> LoopOp::getStepOutputs() {
  SmallVector<Type> types(getFinals().getTypes());
  llvm::append_range(types, llvm::map_range(getYs(), sliceOf));
  return types;
}

LogicalResult LoopOp::verify() {
  bool tensors = getNumResults() > 0;
  for (Value operand : getOperands()) {
    Type type = operand.getType();
    auto memref = dyn_cast<MemRefType>(type);
    if (memref ? tensors || !memref.getLayout().isIdentity() : isa<RankedTensorType>(type) && !tensors)
      return emitOpError("requires tensors and results of their types, or contiguous memrefs, got ")
             << operand.getType();
  }
  if (getInits().getTypes() != getFinals().getTypes() || getInits().getTypes() != getScratch().getTypes())
    return emitOpError("requires finals and scratch of the types of the carried values, (")
           << getInits().getTypes() << "), got (" << getFinals().getTypes() << ") and ("
           << getScratch().getTypes() << ")";
  for (Value sequence : llvm::concat<Value>(getXs(), getYs()))
    if (shapedTypeOf(sequence).getRank() == 0)
      return emitOpError("requires sequences with a leading dimension, got ") << sequence.getType();
  return success();
}

/// The function may still work on tensors, or already on pointers.
LogicalResult LoopOp::verifySymbolUses(SymbolTableCollection &symbols) {
  auto function = symbols.lookupNearestSymbolFrom<FunctionOpInterface>(*this, getBodyAttr());
  if (!function)
    return emitOpError("requires a function, got ") << getBodyAttr();
  if (getNumResults() || !llvm::any_of(function.getArgumentTypes(), llvm::IsaPred<MemRefType>))
    return success();
  SmallVector<Type> types = getStepInputs();
  types.append(getDims().size(), IndexType::get(getContext()));
  llvm::append_range(types, getStepOutputs());
  if (getWorkspace())
    types.push_back(MemRefType::get({ShapedType::kDynamic}, IntegerType::get(getContext(), 8)));
  if (llvm::equal(types, function.getArgumentTypes()))
    return success();
  return emitOpError("requires a function of (")
         << types << "), got " << getBodyAttr() << " of (" << function.getArgumentTypes() << ")";
}

void LoopOp::getEffects(SmallVectorImpl<SideEffects::EffectInstance<MemoryEffects::Effect>> &effects) {
  addDestinationEffects(*this, effects);
  if (getWorkspace())
    effects.emplace_back(MemoryEffects::Write::get(), &getWorkspaceMutable()[0],
                         SideEffects::DefaultResource::get());
}

LogicalResult LoopOp::reifyResultShapes(OpBuilder &builder, ReifiedRankedShapedTypeDims &shapes) {
  for (Value out : getDpsInits())
    if (failed(reifyDestination(builder, getLoc(), out, shapes)))
      return failure();
  return success();
}
