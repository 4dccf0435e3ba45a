#include "ir/ops/Blocks.h"
#include "ir/ops/Infer.h"
#include "ir/ops/Ops.h"
#include "ir/ops/TensorValue.h"
#include "mlir/Interfaces/FunctionInterfaces.h"

using namespace mlir;
using namespace ingot;
using namespace ingot::ir;

namespace {

/// What one step takes: carried values, slices, invariants.
SmallVector<Type> stepArguments(ValueRange inits, ValueRange xs, ValueRange invariants) {
  SmallVector<Type> types(inits.getTypes());
  for (Value x : xs)
    types.push_back(sliceOf(x.getType()));
  llvm::append_range(types, invariants.getTypes());
  return types;
}

/// What one step makes of carried values of the types `inits`, and the results of the loop.
SmallVector<Type> stepResults(TypeRange inits, TypeRange outputs) {
  SmallVector<Type> types(inits);
  for (Type y : outputs.drop_front(inits.size()))
    types.push_back(sliceOf(y));
  return types;
}

bool isSequence(Type type, const sizes::Expr &length) {
  std::vector<sizes::Expr> sizes = sizesOf(type);
  return !sizes.empty() && sizes.front() == length;
}

template <class Loop> LogicalResult verifyLoop(Loop op) {
  if (op.getSteps().size() != 1)
    return op.emitOpError("needs one number of steps, got ") << toString(op.getSteps());
  if (op.getOutputs().size() < op.getInits().size() || op.getFinals().getTypes() != op.getInits().getTypes())
    return op.emitOpError("results must begin with the ")
           << op.getInits().size() << " carried values, with their types";
  for (auto [what, values] :
       {std::pair<StringRef, ValueRange>("operand", op.getXs()), {"result", op.getYs()}})
    for (auto [i, value] : llvm::enumerate(values))
      if (!isSequence(value.getType(), op.getStepCount()))
        return op.emitOpError("sequence ")
               << i << " among its " << what << "s must have leading size " << op.getStepCount().str()
               << ", the number of steps, got " << describe(value.getType());
  return success();
}

} // namespace

//===--- scan: assembly -----------------------------------------------------------------------------------------===//

namespace {

struct Bindings {
  SmallVector<OpAsmParser::Argument> arguments;
  SmallVector<OpAsmParser::UnresolvedOperand> operands;
  SmallVector<Type> types;
  llvm::SMLoc at;
};

/// over(%x = %xs : tensor<9x4xf32>, ...)
ParseResult parseBindings(OpAsmParser &p, StringRef keyword, Bindings &bindings) {
  if (failed(p.parseOptionalKeyword(keyword)))
    return success();
  bindings.at = p.getCurrentLocation();
  return p.parseCommaSeparatedList(AsmParser::Delimiter::Paren, [&]() -> ParseResult {
    return failure(p.parseArgument(bindings.arguments.emplace_back()) || p.parseEqual() ||
                   p.parseOperand(bindings.operands.emplace_back()) ||
                   p.parseColonType(bindings.types.emplace_back()));
  });
}

ParseResult parseSteps(OpAsmParser &p, OperationState &result) {
  SizesAttr steps;
  if (p.parseKeyword("steps") || parseSizesList(p, steps))
    return failure();
  result.addAttribute("steps", steps);
  if (succeeded(p.parseOptionalKeyword("reverse")))
    result.addAttribute("reverse", p.getBuilder().getUnitAttr());
  return success();
}

void printBindings(OpAsmPrinter &p, StringRef keyword, ValueRange arguments, ValueRange operands) {
  if (operands.empty())
    return;
  p << " " << keyword << "(";
  llvm::interleaveComma(llvm::zip(arguments, operands), p, [&](auto pair) {
    auto [argument, operand] = pair;
    p << argument << " = " << operand << " : " << operand.getType();
  });
  p << ")";
}

} // namespace

ParseResult ScanOp::parse(OpAsmParser &p, OperationState &result) {
  Bindings groups[3];
  if (parseBindings(p, "carry", groups[0]) || parseBindings(p, "over", groups[1]) ||
      parseBindings(p, "with", groups[2]) || parseSteps(p, result) ||
      p.parseOptionalAttrDictWithKeyword(result.attributes) || p.parseArrowTypeList(result.types))
    return failure();
  SmallVector<OpAsmParser::Argument> arguments;
  SmallVector<int32_t> segments;
  for (Bindings &group : groups) {
    segments.push_back(group.operands.size());
    for (auto [argument, type] : llvm::zip(group.arguments, group.types)) {
      if (&group == &groups[1] && (!isDescribed(type) || !cast<RankedTensorType>(type).getRank()))
        return p.emitError(group.at, "a sequence must be a tensor with a leading dimension, got ") << type;
      argument.type = &group == &groups[1] ? sliceOf(type) : type;
      arguments.push_back(argument);
    }
    if (p.resolveOperands(group.operands, group.types, group.at, result.operands))
      return failure();
  }
  result.addAttribute(getOperandSegmentSizesAttrName(result.name),
                      p.getBuilder().getDenseI32ArrayAttr(segments));
  return p.parseRegion(*result.addRegion(), arguments);
}

void ScanOp::print(OpAsmPrinter &p) {
  printBindings(p, "carry", getCarryArguments(), getInits());
  printBindings(p, "over", getSliceArguments(), getXs());
  printBindings(p, "with", getInvariantArguments(), getInvariants());
  p << " steps " << toString(getSteps());
  if (getReverse())
    p << " reverse";
  p.printOptionalAttrDictWithKeyword((*this)->getAttrs(), {"steps", "reverse", "operandSegmentSizes"});
  p.printArrowTypeList(getResultTypes());
  p << " ";
  p.printRegion(getBody(), /*printEntryBlockArgs=*/false);
}

//===--- scan: structure ----------------------------------------------------------------------------------------===//

void ScanOp::build(OpBuilder &b, OperationState &state, ValueRange inits, ValueRange xs,
                   ValueRange invariants, const sizes::Expr &steps, bool reverse, ScanBodyBuilder body) {
  Region *region = state.addRegion();
  SmallVector<Type> types = stepArguments(inits, xs, invariants);
  Block *block;
  SmallVector<Value> yielded;
  {
    OpBuilder::InsertionGuard guard(b);
    block = b.createBlock(region, {}, types, SmallVector<Location>(types.size(), state.location));
    ValueRange arguments = block->getArguments();
    yielded = body(b, state.location, arguments.take_front(inits.size()),
                   arguments.slice(inits.size(), xs.size()), arguments.take_back(invariants.size()));
    b.setInsertionPointToEnd(block);
    YieldOp::create(b, state.location, yielded);
  }
  SmallVector<Type> results(inits.getTypes());
  for (Value y : llvm::drop_begin(yielded, inits.size()))
    results.push_back(sequenceOf(steps, y.getType()));
  state.addOperands(inits);
  state.addOperands(xs);
  state.addOperands(invariants);
  state.addTypes(results);
  Properties &properties = state.getOrAddProperties<Properties>();
  properties.setSteps(SizesAttr::get(b.getContext(), {steps}));
  if (reverse)
    properties.setReverse(b.getUnitAttr());
  properties.operandSegmentSizes = {int32_t(inits.size()), int32_t(xs.size()), int32_t(invariants.size())};
}

YieldOp ScanOp::getYield() { return cast<YieldOp>(getBody().front().getTerminator()); }

OperandRange ScanOp::getYieldedCarries() { return getYield().getValues().take_front(getInits().size()); }

OperandRange ScanOp::getYieldedSlices() { return getYield().getValues().drop_front(getInits().size()); }

LogicalResult ScanOp::verify() { return verifyLoop(*this); }

LogicalResult ScanOp::verifyRegions() {
  Block &block = getBody().front();
  if (block.getArgumentTypes() != TypeRange(stepArguments(getInits(), getXs(), getInvariants())))
    return emitOpError("region must take the ")
           << getInits().size() << " carried values, a slice of each of the " << getXs().size()
           << " sequences and the " << getInvariants().size() << " invariants, with their types";
  auto yield = dyn_cast<YieldOp>(block.getTerminator());
  if (!yield ||
      yield.getValues().getTypes() != TypeRange(stepResults(getInits().getTypes(), getResultTypes())))
    return emitOpError("region must yield the ")
           << getInits().size() << " carried values and a slice of each of the " << getYs().size()
           << " sequences made, with their types";
  return success();
}

//===--- scan: derivative ---------------------------------------------------------------------------------------===//

namespace {

bool isFloat(Value value) { return isa<FloatType>(getElementTypeOrSelf(value)); }

/// The scan in the other direction that takes cotangents from the results of a scan to its operands.
class ScanVjp {
public:
  ScanVjp(OpBuilder &b, ScanOp scan, ValueRange cotangents)
      : b(b), scan(scan), ofFinals(cotangents.take_front(scan.getInits().size())),
        ofYs(cotangents.drop_front(scan.getInits().size())) {}

  void build(SmallVectorImpl<Value> &grads) {
    SmallVector<Value> inits, xs = histories();
    for (auto [init, cotangent] : llvm::zip(scan.getInits(), ofFinals))
      if (isFloat(init))
        inits.push_back(cotangent ? cotangent : zeroOf(init));
    for (Value invariant : scan.getInvariants())
      if (isFloat(invariant))
        inits.push_back(zeroOf(invariant));
    llvm::append_range(xs, scan.getXs());
    llvm::copy_if(ofYs, std::back_inserter(xs), [](Value cotangent) { return bool(cotangent); });
    auto vjp = ScanOp::create(
        b, scan.getLoc(), inits, xs, scan.getInvariants(), scan.getStepCount(), !scan.getReverse(),
        [&](OpBuilder &inner, Location, ValueRange carries, ValueRange slices, ValueRange invariants) {
          return buildStep(inner, carries, slices, invariants);
        });
    copyBlocksAttr(vjp);
    // Its results: cotangents of inits and invariants, those of xs, and the carried values that each step began with.
    ValueRange finals = vjp.getFinals(), ys = vjp.getYs();
    auto take = [&](ValueRange operands, ValueRange &from) {
      for (Value operand : operands) {
        grads.push_back(isFloat(operand) ? from.front() : Value());
        from = from.drop_front(isFloat(operand));
      }
    };
    take(scan.getInits(), finals);
    take(scan.getXs(), ys);
    take(scan.getInvariants(), finals);
  }

private:
  Value zeroOf(Value value) { return fullOf(b, scan.getLoc(), cast<RankedTensorType>(value.getType()), 0); }

  /// The carried values that each step began with.
  SmallVector<Value> histories() {
    SmallVector<Value> found;
    for (Value argument : scan.getCarryArguments()) {
      auto at = llvm::find(scan.getYieldedSlices(), argument);
      if (at == scan.getYieldedSlices().end())
        return recomputedHistories();
      found.push_back(scan.getYs()[at.getIndex()]);
    }
    return found;
  }

  SmallVector<Value> recomputedHistories() {
    auto again = ScanOp::create(
        b, scan.getLoc(), scan.getInits(), scan.getXs(), scan.getInvariants(), scan.getStepCount(),
        scan.getReverse(),
        [&](OpBuilder &inner, Location, ValueRange carries, ValueRange slices, ValueRange invariants) {
          SmallVector<Value> values = cloneStep(inner, carries, slices, invariants).first;
          llvm::append_range(values, carries);
          return values;
        });
    copyBlocksAttr(again);
    return SmallVector<Value>(again.getYs());
  }

  void copyBlocksAttr(ScanOp to) {
    if (Attribute attribute = scan->getAttr(blocksAttr))
      to->setAttr(blocksAttr, attribute);
  }

  /// One step of the forward scan: the next carried values, and the slices made.
  std::pair<SmallVector<Value>, SmallVector<Value>> cloneStep(OpBuilder &inner, ValueRange carries,
                                                              ValueRange slices, ValueRange invariants) {
    IRMapping map;
    map.map(scan.getCarryArguments(), carries);
    map.map(scan.getSliceArguments(), slices);
    map.map(scan.getInvariantArguments(), invariants);
    for (Operation &op : scan.getBody().front().without_terminator())
      inner.clone(op, map);
    auto mapped = [&](ValueRange values) {
      return llvm::map_to_vector(values, [&](Value value) { return map.lookup(value); });
    };
    return {mapped(scan.getYieldedCarries()), mapped(scan.getYieldedSlices())};
  }

  SmallVector<Value> buildStep(OpBuilder &inner, ValueRange carries, ValueRange slices,
                               ValueRange invariants) {
    size_t numCarries = scan.getInits().size(), numXs = scan.getXs().size();
    ValueRange history = slices.take_front(numCarries), x = slices.slice(numCarries, numXs),
               seedsOfYs = slices.drop_front(numCarries + numXs);
    auto [next, made] = cloneStep(inner, history, x, invariants);
    SmallVector<Value> values, seeds;
    for (Value value : next)
      if (isFloat(value)) {
        seeds.push_back(carries[values.size()]);
        values.push_back(value);
      }
    for (auto [value, cotangent] : llvm::zip(made, ofYs))
      if (cotangent) {
        seeds.push_back(seedsOfYs[values.size() - numSeededCarries()]);
        values.push_back(value);
      }
    SmallVector<Value> of;
    for (ValueRange group : {history, invariants, x})
      llvm::copy_if(group, std::back_inserter(of), isFloat);
    auto gradient = GradientOp::create(inner, scan.getLoc(), ValueRange(of).getTypes(), values, seeds, of);
    // The cotangents of invariants add up; then those of slices; then the carried values, for a derivative of this one.
    SmallVector<Value> yielded(gradient.getGrads());
    for (size_t i = numSeededCarries(); i < carries.size(); ++i)
      yielded[i] = AddOp::create(inner, scan.getLoc(), carries[i], yielded[i]);
    llvm::append_range(yielded, carries);
    return yielded;
  }

  size_t numSeededCarries() { return llvm::count_if(scan.getInits(), isFloat); }

  OpBuilder &b;
  ScanOp scan;
  ValueRange ofFinals, ofYs;
};

} // namespace

LogicalResult ScanOp::buildVjp(OpBuilder &b, ValueRange cotangents, SmallVectorImpl<Value> &grads) {
  ScanVjp(b, *this, cotangents).build(grads);
  return success();
}

//===--- loop ---------------------------------------------------------------------------------------------------===//

LogicalResult LoopOp::verify() { return verifyLoop(*this); }

LogicalResult LoopOp::verifySymbolUses(SymbolTableCollection &symbols) {
  auto function = symbols.lookupNearestSymbolFrom<FunctionOpInterface>(*this, getCalleeAttr());
  if (!function)
    return emitOpError("calls @") << getCallee() << ", which is no function here";
  if (function.getArgumentTypes() != ArrayRef(stepArguments(getInits(), getXs(), getInvariants())))
    return emitOpError("calls @") << getCallee()
                                  << ", which must take the carried values, a slice of each sequence and the "
                                     "invariants, with their types";
  if (function.getResultTypes() != ArrayRef(stepResults(getInits().getTypes(), getResultTypes())))
    return emitOpError("calls @")
           << getCallee()
           << ", which must return the carried values and a slice of each sequence made, "
              "with their types";
  return success();
}

LogicalResult LoopOp::buildVjp(OpBuilder &, ValueRange, SmallVectorImpl<Value> &) {
  return emitOpError(
      "has no derivative: ingot.scan must be differentiated before its region becomes a function");
}

#define GET_OP_CLASSES
#include "ir/ops/Loop.cpp.inc"

void IngotDialect::registerLoopOps() {
  addOperations<
#define GET_OP_LIST
#include "ir/ops/Loop.cpp.inc"
      >();
}
