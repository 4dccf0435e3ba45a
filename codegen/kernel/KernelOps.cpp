//===- KernelOps.cpp - Builders, verifiers and interfaces ---------------------===//

#include "codegen/kernel/Destination.h"
#include "codegen/kernel/KernelDialect.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/Builders.h"
#include "llvm/ADT/SmallBitVector.h"

#include "codegen/kernel/KernelDialect.cpp.inc"
#define GET_OP_CLASSES
#include "codegen/kernel/KernelOps.cpp.inc"

using namespace mlir;
using namespace ingot::kernel;

void KernelDialect::initialize() {
  addOperations<
#define GET_OP_LIST
#include "codegen/kernel/KernelOps.cpp.inc"
      >();
}

void ingot::kernel::addDestinationEffects(
    DestinationStyleOpInterface op,
    SmallVectorImpl<SideEffects::EffectInstance<MemoryEffects::Effect>> &effects) {
  for (OpOperand &operand : op->getOpOperands()) {
    if (!isa<MemRefType>(operand.get().getType()))
      continue;
    if (op.isDpsInit(&operand))
      effects.emplace_back(MemoryEffects::Write::get(), &operand, SideEffects::DefaultResource::get());
    else
      effects.emplace_back(MemoryEffects::Read::get(), &operand, SideEffects::DefaultResource::get());
  }
}

LogicalResult ingot::kernel::reifyDestination(OpBuilder &builder, Location loc, Value out,
                                              ReifiedRankedShapedTypeDims &shapes) {
  if (isa<RankedTensorType>(out.getType()))
    shapes.push_back(tensor::getMixedSizes(builder, loc, out));
  return success();
}

namespace {

ShapedType shapedTypeOf(Value value) { return cast<ShapedType>(value.getType()); }

/// The closed range of values that an affine expression takes over a box that starts at zero.
struct Interval {
  int64_t low, high;
};

/// `sizes` holds the extent of each dimension; nullopt where an unbounded dimension takes part.
std::optional<Interval> rangeOf(AffineExpr expr, ArrayRef<int64_t> sizes) {
  if (auto constant = dyn_cast<AffineConstantExpr>(expr))
    return Interval{constant.getValue(), constant.getValue()};
  if (auto dim = dyn_cast<AffineDimExpr>(expr)) {
    int64_t size = sizes[dim.getPosition()];
    if (ShapedType::isDynamic(size))
      return std::nullopt;
    return Interval{0, std::max<int64_t>(size - 1, 0)};
  }
  auto binary = dyn_cast<AffineBinaryOpExpr>(expr);
  if (!binary)
    return std::nullopt;
  std::optional<Interval> l = rangeOf(binary.getLHS(), sizes), r = rangeOf(binary.getRHS(), sizes);
  if (expr.getKind() == AffineExprKind::Mod && r && r->low == r->high) {
    int64_t c = r->low;
    return l && l->low >= 0 && l->high < c ? *l : Interval{0, c - 1};
  }
  if (!l || !r)
    return std::nullopt;
  switch (expr.getKind()) {
  case AffineExprKind::Add: return Interval{l->low + r->low, l->high + r->high};
  case AffineExprKind::Mul: {
    auto [low, high] = std::minmax({l->low * r->low, l->low * r->high, l->high * r->low, l->high * r->high});
    return Interval{low, high};
  }
  case AffineExprKind::FloorDiv:
    return Interval{llvm::divideFloorSigned(l->low, r->low), llvm::divideFloorSigned(l->high, r->low)};
  case AffineExprKind::CeilDiv:
    return Interval{llvm::divideCeilSigned(l->low, r->low), llvm::divideCeilSigned(l->high, r->low)};
  default: return std::nullopt;
  }
}

std::string text(AffineMap map) {
  std::string result;
  llvm::raw_string_ostream(result) << map;
  return result;
}

LogicalResult verifyDestination(Operation *op, Value out, Value result) {
  bool tensors = isa<RankedTensorType>(out.getType());
  for (Value operand : op->getOperands())
    if (isa<RankedTensorType>(operand.getType()) != tensors)
      return op->emitOpError("requires operands that are all tensors or all memrefs, got ")
             << operand.getType() << " beside outs of type " << out.getType();
  if (tensors && (!result || result.getType() != out.getType()))
    return op->emitOpError("requires a result of the type of outs, ")
           << out.getType() << ", got " << (result ? result.getType() : NoneType::get(op->getContext()));
  if (!tensors && result)
    return op->emitOpError("requires no result where outs is a memref, got ") << result.getType();
  return success();
}

/// Each parallel dimension occurs in the map of out once: plain, or as one pair `d floordiv c`, `d mod c`.
LogicalResult verifyOutMap(ContractOp op) {
  auto complain = [&] {
    return op.emitOpError(
               "requires each dimension in the map of out once, plain or as a pair `d floordiv c` and "
               "`d mod c`, got ")
           << text(op.getOutMap());
  };
  unsigned dims = op.getNumDims();
  SmallVector<int64_t> plain(dims, 0), quotient(dims, 0), remainder(dims, 0);
  for (AffineExpr expr : op.getOutMap().getResults()) {
    AffineExpr base = expr;
    int64_t divisor = 1;
    if (auto binary = dyn_cast<AffineBinaryOpExpr>(expr)) {
      auto constant = dyn_cast<AffineConstantExpr>(binary.getRHS());
      if (!constant || constant.getValue() <= 0)
        return complain();
      base = binary.getLHS();
      divisor = constant.getValue();
    }
    auto dim = dyn_cast<AffineDimExpr>(base);
    if (!dim)
      return complain();
    bool isQuotient = expr.getKind() == AffineExprKind::FloorDiv,
         isRemainder = expr.getKind() == AffineExprKind::Mod;
    int64_t &slot = (isQuotient ? quotient : isRemainder ? remainder : plain)[dim.getPosition()];
    if (slot || (!isQuotient && !isRemainder && expr != base))
      return complain();
    slot = divisor;
  }
  for (unsigned d = 0; d < dims; ++d)
    if (quotient[d] != remainder[d] || (plain[d] && quotient[d]))
      return complain();
  return success();
}

/// Each result of the operand's map stays inside the operand, as far as static sizes tell.
LogicalResult verifyBounds(ContractOp op, OpOperand &operand, StringRef name, ArrayRef<int64_t> sizes) {
  if (llvm::is_contained(sizes, 0))
    return success();
  AffineMap map = op.getMapOf(operand);
  ShapedType type = shapedTypeOf(operand.get());
  for (auto [index, expr] : llvm::enumerate(map.getResults())) {
    std::optional<Interval> range = rangeOf(expr, sizes);
    if (!range || type.isDynamicDim(index))
      continue;
    if (range->low < 0 || range->high >= type.getDimSize(index))
      return op.emitOpError("requires indices within dimension ")
             << index << " of " << name << ", whose size is " << type.getDimSize(index) << ", got "
             << range->low << " to " << range->high << " from " << text(map);
  }
  return success();
}

std::string nameOf(ContractOp op, OpOperand &operand) {
  unsigned index = operand.getOperandNumber();
  if (index == 0)
    return "lhs";
  if (index == 1)
    return "rhs";
  if (index + 1 == op->getNumOperands())
    return "out";
  return "epilogue operand " + std::to_string(index - 2);
}

LogicalResult verifyMaps(ContractOp op) {
  unsigned dims = op.getNumDims();
  for (OpOperand &operand : op->getOpOperands()) {
    AffineMap map = op.getMapOf(operand);
    if (map.getNumDims() != dims || map.getNumSymbols() != 0)
      return op.emitOpError("requires maps over one domain of ")
             << dims << " dimensions without symbols, got " << text(map) << " for " << nameOf(op, operand);
    int64_t rank = shapedTypeOf(operand.get()).getRank();
    if (map.getNumResults() != rank)
      return op.emitOpError("requires one map result for each dimension of ")
             << nameOf(op, operand) << ", whose rank is " << rank << ", got " << text(map);
  }
  return success();
}

} // namespace

// --- contract ---------------------------------------------------------------------------------------------------

Type ContractOp::accumulatorTypeOf(Type element) {
  Builder builder(element.getContext());
  if (element.isF64() || element.isInteger(64))
    return element;
  return isa<FloatType>(element) ? Type(builder.getF32Type()) : Type(builder.getI32Type());
}

AffineMap ContractOp::getMapOf(OpOperand &operand) {
  unsigned index = operand.getOperandNumber(), last = getNumOperands() - 1;
  return getMap(index < 2 ? index : index == last ? 2 : index + 1);
}

/// The accumulator in the element type of the destination.
static Value convertAccumulator(OpBuilder &builder, Location loc, Value acc, Type type) {
  unsigned from = acc.getType().getIntOrFloatBitWidth(), to = type.getIntOrFloatBitWidth();
  if (acc.getType() == type)
    return acc;
  if (isa<FloatType>(type))
    return from < to ? arith::ExtFOp::create(builder, loc, type, acc).getResult()
                     : arith::TruncFOp::create(builder, loc, type, acc).getResult();
  return from < to ? arith::ExtSIOp::create(builder, loc, type, acc).getResult()
                   : arith::TruncIOp::create(builder, loc, type, acc).getResult();
}

void ContractOp::build(OpBuilder &builder, OperationState &state, Value lhs, Value rhs,
                       ValueRange epilogueOperands, Value out, ArrayRef<AffineMap> maps,
                       EpilogueFn epilogue) {
  state.addOperands({lhs, rhs});
  state.addOperands(epilogueOperands);
  state.addOperands(out);
  state.getOrAddProperties<Properties>().maps = builder.getAffineMapArrayAttr(maps);
  if (isa<RankedTensorType>(out.getType()))
    state.addTypes(out.getType());

  OpBuilder::InsertionGuard guard(builder);
  Region *region = state.addRegion();
  Block *body = builder.createBlock(region);
  body->addArgument(accumulatorTypeOf(shapedTypeOf(lhs).getElementType()), state.location);
  for (Value operand : epilogueOperands)
    body->addArgument(shapedTypeOf(operand).getElementType(), state.location);
  Value stored = epilogue ? epilogue(builder, state.location, body->getArguments())
                          : convertAccumulator(builder, state.location, body->getArgument(0),
                                               shapedTypeOf(out).getElementType());
  YieldOp::create(builder, state.location, stored);
}

SmallVector<ContractOp::SizeSource> ContractOp::getSizeSources() {
  SmallVector<SizeSource> sources(getNumDims(), SizeSource{Value(), 0});
  for (OpOperand &operand : (*this)->getOpOperands()) {
    ShapedType type = shapedTypeOf(operand.get());
    for (auto [index, expr] : llvm::enumerate(getMapOf(operand).getResults())) {
      auto dim = dyn_cast<AffineDimExpr>(expr);
      if (!dim)
        continue;
      SizeSource &source = sources[dim.getPosition()];
      if (!source.operand ||
          (shapedTypeOf(source.operand).isDynamicDim(source.dim) && !type.isDynamicDim(index)))
        source = {operand.get(), unsigned(index)};
    }
  }
  return sources;
}

SmallVector<int64_t> ContractOp::getStaticSizes() {
  SmallVector<int64_t> sizes;
  for (SizeSource source : getSizeSources())
    sizes.push_back(source.operand ? shapedTypeOf(source.operand).getDimSize(source.dim)
                                   : ShapedType::kDynamic);
  return sizes;
}

bool ContractOp::hasPlainEpilogue() {
  Value stored = cast<YieldOp>(getBody()->getTerminator()).getValue();
  if (Operation *cast = stored.getDefiningOp();
      cast && cast->getBlock() == getBody() &&
      isa<arith::ExtFOp, arith::TruncFOp, arith::ExtSIOp, arith::TruncIOp>(cast))
    stored = cast->getOperand(0);
  return stored == getBody()->getArgument(0);
}

LogicalResult ContractOp::verify() {
  if (getMaps().size() != getNumOperands())
    return emitOpError("requires one map for each of its ")
           << getNumOperands() << " operands, got " << getMaps().size();
  if (failed(verifyDestination(*this, getOut(), getResult())) || failed(verifyMaps(*this)) ||
      failed(verifyOutMap(*this)))
    return failure();

  Type element = shapedTypeOf(getLhs()).getElementType(), other = shapedTypeOf(getRhs()).getElementType();
  if (element != other || !element.isIntOrFloat())
    return emitOpError("requires lhs and rhs of one integer or float element type, got ")
           << element << " and " << other;

  for (auto [index, expr] : llvm::enumerate(getMaps().getValue().drop_front(3)))
    for (unsigned d = 0; d < getNumDims(); ++d)
      if (getEpilogueMap(index).isFunctionOfDim(d) && !isParallel(d))
        return emitOpError("requires parallel dimensions only in the map of epilogue operand ")
               << index << ", got reduction dimension d" << d << " in " << text(getEpilogueMap(index));

  for (auto [dim, source] : llvm::enumerate(getSizeSources()))
    if (!source.operand)
      return emitOpError("requires an operand whose map has the plain dimension d")
             << dim << " as a result, to take its size from, got none";

  SmallVector<int64_t> sizes = getStaticSizes();
  for (OpOperand &operand : (*this)->getOpOperands())
    if (failed(verifyBounds(*this, operand, nameOf(*this, operand), sizes)))
      return failure();
  return success();
}

LogicalResult ContractOp::verifyRegions() {
  SmallVector<Type> required{accumulatorTypeOf(shapedTypeOf(getLhs()).getElementType())};
  for (Value operand : getEpilogueOperands())
    required.push_back(shapedTypeOf(operand).getElementType());
  if (!llvm::equal(required, getBody()->getArgumentTypes()))
    return emitOpError("requires epilogue arguments of types (")
           << required << ") - the accumulator, then the epilogue operands' elements - got ("
           << getBody()->getArgumentTypes() << ")";
  auto yield = dyn_cast<YieldOp>(getBody()->getTerminator());
  Type stored = shapedTypeOf(getOut()).getElementType();
  if (!yield || !llvm::equal(yield.getOperandTypes(), ArrayRef(stored)))
    return emitOpError("requires an epilogue that yields the element type of out, ")
           << stored << ", got " << (yield ? TypeRange(yield.getOperands()) : TypeRange());
  return success();
}

void ContractOp::getEffects(SmallVectorImpl<SideEffects::EffectInstance<MemoryEffects::Effect>> &effects) {
  addDestinationEffects(*this, effects);
}

LogicalResult ContractOp::reifyResultShapes(OpBuilder &builder, ReifiedRankedShapedTypeDims &shapes) {
  return reifyDestination(builder, getLoc(), getOut(), shapes);
}

// --- relayout ---------------------------------------------------------------------------------------------------

void RelayoutOp::build(OpBuilder &builder, OperationState &state, Value source, Value out, AffineMap map) {
  state.addOperands({source, out});
  state.getOrAddProperties<Properties>().map = AffineMapAttr::get(map);
  if (isa<RankedTensorType>(out.getType()))
    state.addTypes(out.getType());
}

LogicalResult RelayoutOp::verify() {
  if (failed(verifyDestination(*this, getOut(), getResult())))
    return failure();
  ShapedType source = shapedTypeOf(getSource()), out = shapedTypeOf(getOut());
  if (source.getElementType() != out.getElementType())
    return emitOpError("requires one element type, got ") << source << " and " << out;
  AffineMap map = getMap();
  if (map.getNumDims() != out.getRank() || map.getNumSymbols() != 0 ||
      map.getNumResults() != source.getRank())
    return emitOpError("requires a map from the ")
           << out.getRank() << " dimensions of out to the " << source.getRank()
           << " dimensions of the source, got " << text(map);
  return success();
}

void RelayoutOp::getEffects(SmallVectorImpl<SideEffects::EffectInstance<MemoryEffects::Effect>> &effects) {
  addDestinationEffects(*this, effects);
}

LogicalResult RelayoutOp::reifyResultShapes(OpBuilder &builder, ReifiedRankedShapedTypeDims &shapes) {
  return reifyDestination(builder, getLoc(), getOut(), shapes);
}

// --- scan -------------------------------------------------------------------------------------------------------

namespace {

/// A region with one block, whose body yields what `build` makes of arguments of the given types.
void addBody(OpBuilder &builder, OperationState &state, ArrayRef<Type> arguments, BodyFn build) {
  OpBuilder::InsertionGuard guard(builder);
  Block *body = builder.createBlock(state.addRegion());
  for (Type type : arguments)
    body->addArgument(type, state.location);
  YieldOp::create(builder, state.location, build(builder, state.location, body->getArguments()));
}

/// The body takes and yields values of the given types.
LogicalResult verifyBody(Operation *op, Block &body, ArrayRef<Type> arguments, ArrayRef<Type> yielded) {
  auto yield = dyn_cast<YieldOp>(body.getTerminator());
  if (!llvm::equal(arguments, body.getArgumentTypes()) || !yield ||
      !llvm::equal(yielded, yield.getOperandTypes()))
    return op->emitOpError("requires a body from (") << arguments << ") to (" << yielded << ")";
  return success();
}

Type elementOf(Value value) { return shapedTypeOf(value).getElementType(); }

/// Whether two sizes can be equal.
bool agree(int64_t a, int64_t b) { return a == b || ShapedType::isDynamic(a) || ShapedType::isDynamic(b); }

LogicalResult verifySameSizes(Operation *op, Value a, Value b) {
  ShapedType x = shapedTypeOf(a), y = shapedTypeOf(b);
  bool same = x.getRank() == y.getRank() && llvm::all_of_zip(x.getShape(), y.getShape(), agree);
  return same ? success() : op->emitOpError("requires operands of the same sizes, got ") << x << " and " << y;
}

LogicalResult verifyDim(Operation *op, int64_t dim, Value value) {
  int64_t rank = shapedTypeOf(value).getRank();
  if (dim >= 0 && dim < rank)
    return success();
  return op->emitOpError("requires a dimension below ") << rank << ", got " << dim;
}

} // namespace

void ScanOp::build(OpBuilder &builder, OperationState &state, ValueRange inputs, Value out, int64_t dim,
                   bool reverse, ArrayRef<TypedAttr> initial, BodyFn body) {
  state.addOperands(inputs);
  state.addOperands(out);
  auto &properties = state.getOrAddProperties<Properties>();
  properties.dim = builder.getI64IntegerAttr(dim);
  if (reverse)
    properties.reverse = builder.getUnitAttr();
  properties.initial = builder.getArrayAttr(SmallVector<Attribute>(initial.begin(), initial.end()));
  if (isa<RankedTensorType>(out.getType()))
    state.addTypes(out.getType());
  SmallVector<Type> arguments = llvm::map_to_vector(inputs, elementOf);
  arguments.push_back(builder.getI64Type());
  for (TypedAttr value : initial)
    arguments.push_back(value.getType());
  addBody(builder, state, arguments, body);
}

LogicalResult ScanOp::verify() {
  if (failed(verifyDestination(*this, getOut(), getResult())) || failed(verifyDim(*this, getDim(), getOut())))
    return failure();
  for (Value input : getInputs())
    if (failed(verifySameSizes(*this, input, getOut())))
      return failure();
  SmallVector<Type> arguments = llvm::map_to_vector(getInputs(), elementOf), yielded;
  arguments.push_back(IntegerType::get(getContext(), 64));
  for (Attribute value : getInitial()) {
    auto typed = dyn_cast<TypedAttr>(value);
    if (!typed)
      return emitOpError("requires numbers as the initial state, got ") << value;
    arguments.push_back(typed.getType());
    yielded.push_back(typed.getType());
  }
  yielded.push_back(elementOf(getOut()));
  return verifyBody(*this, getBody().front(), arguments, yielded);
}

void ScanOp::getEffects(SmallVectorImpl<SideEffects::EffectInstance<MemoryEffects::Effect>> &effects) {
  addDestinationEffects(*this, effects);
}

LogicalResult ScanOp::reifyResultShapes(OpBuilder &builder, ReifiedRankedShapedTypeDims &shapes) {
  return reifyDestination(builder, getLoc(), getOut(), shapes);
}

// --- scatter ----------------------------------------------------------------------------------------------------

void ScatterOp::build(OpBuilder &builder, OperationState &state, Value index, Value source, Value out,
                      int64_t dim, ArrayRef<int64_t> dims, BodyFn body) {
  state.addOperands({index, source, out});
  auto &properties = state.getOrAddProperties<Properties>();
  properties.dim = builder.getI64IntegerAttr(dim);
  properties.dims = builder.getDenseI64ArrayAttr(dims);
  if (isa<RankedTensorType>(out.getType()))
    state.addTypes(out.getType());
  addBody(builder, state, {elementOf(out), elementOf(source)}, body);
}

LogicalResult ScatterOp::verify() {
  if (failed(verifyDestination(*this, getOut(), getResult())) || failed(verifyDim(*this, getDim(), getOut())))
    return failure();
  ShapedType index = shapedTypeOf(getIndex()), source = shapedTypeOf(getSource()),
             out = shapedTypeOf(getOut());
  bool fits = source.getRank() == out.getRank() && index.getRank() == int64_t(getDims().size()) &&
              llvm::is_contained(getDims(), getDim()) && index.getElementType().isInteger(64);
  for (auto [i, dim] : llvm::enumerate(getDims()))
    fits = fits && dim >= 0 && dim < out.getRank() && agree(index.getDimSize(i), source.getDimSize(dim));
  for (int64_t dim = 0; fits && dim < out.getRank(); ++dim)
    fits = dim == int64_t(getDim()) || agree(source.getDimSize(dim), out.getDimSize(dim));
  if (!fits)
    return emitOpError("requires i64 positions for the dimensions [")
           << getDims() << "] of a source that fits " << out << " but for dimension " << getDim() << ", got "
           << index << " and " << source;
  return verifyBody(*this, getBody().front(), {elementOf(getOut()), elementOf(getSource())},
                    elementOf(getOut()));
}

void ScatterOp::getEffects(SmallVectorImpl<SideEffects::EffectInstance<MemoryEffects::Effect>> &effects) {
  addDestinationEffects(*this, effects);
  if (isa<MemRefType>(getOut().getType()))
    effects.emplace_back(MemoryEffects::Read::get(), &getOutMutable(), SideEffects::DefaultResource::get());
}

LogicalResult ScatterOp::reifyResultShapes(OpBuilder &builder, ReifiedRankedShapedTypeDims &shapes) {
  return reifyDestination(builder, getLoc(), getOut(), shapes);
}

// --- argsort ----------------------------------------------------------------------------------------------------

void ArgsortOp::build(OpBuilder &builder, OperationState &state, Value source, Value out, Value scratch,
                      int64_t dim, bool descending) {
  state.addOperands({source, out, scratch});
  auto &properties = state.getOrAddProperties<Properties>();
  properties.dim = builder.getI64IntegerAttr(dim);
  if (descending)
    properties.descending = builder.getUnitAttr();
  if (isa<RankedTensorType>(out.getType()))
    state.addTypes({out.getType(), scratch.getType()});
}

LogicalResult ArgsortOp::verify() {
  for (auto [i, out] : llvm::enumerate(ValueRange{getOut(), getScratch()}))
    if (failed(verifyDestination(*this, out, i < getNumResults() ? Value((*this)->getResult(i)) : Value())))
      return failure();
  if (failed(verifySameSizes(*this, getSource(), getOut())) || failed(verifyDim(*this, getDim(), getOut())))
    return failure();
  ShapedType out = shapedTypeOf(getOut()), scratch = shapedTypeOf(getScratch());
  if (!elementOf(getOut()).isInteger(64) || !elementOf(getScratch()).isInteger(64) ||
      scratch.getRank() != 2 || scratch.getDimSize(0) != 2 ||
      !agree(scratch.getDimSize(1), out.getDimSize(getDim())))
    return emitOpError("requires i64 positions and room for two lists of them, got ")
           << out << " and " << scratch;
  return success();
}

void ArgsortOp::getEffects(SmallVectorImpl<SideEffects::EffectInstance<MemoryEffects::Effect>> &effects) {
  addDestinationEffects(*this, effects);
}

LogicalResult ArgsortOp::reifyResultShapes(OpBuilder &builder, ReifiedRankedShapedTypeDims &shapes) {
  return success(succeeded(reifyDestination(builder, getLoc(), getOut(), shapes)) &&
                 succeeded(reifyDestination(builder, getLoc(), getScratch(), shapes)));
}
