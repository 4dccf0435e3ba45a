#include "codegen/kernel/KernelDialect.h"
#include "codegen/lowering/LowerGroup.h"
#include "codegen/lowering/LowerIndex.h"
#include "codegen/lowering/Passes.h"
#include "codegen/vector/SizeArithmetic.h"
#include "ir/ops/Ops.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Arith/Utils/Utils.h"
#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "llvm/ADT/StringSet.h"

namespace ingot::codegen {
#define GEN_PASS_DEF_LOWERTOLINALG
#include "codegen/lowering/Passes.h.inc"
} // namespace ingot::codegen

using namespace mlir;
using namespace ingot;
using namespace ingot::codegen;
using namespace ingot::ir;

namespace {

/// Sizes as arithmetic on the dimension arguments of the new function.
class EntrySizes : public SizeBuilder {
public:
  explicit EntrySizes(func::FuncOp function) : arithmetic(function) {}

  OpFoldResult size(OpBuilder &, Location, const sizes::Expr &size) override { return arithmetic.emit(size); }
  RankedTensorType lowered(Type type) override {
    auto tensor = cast<RankedTensorType>(type);
    Type element = tensor.getElementType();
    if (element.isInteger(1) || element.isUnsignedInteger(8))
      element = IntegerType::get(type.getContext(), 8);
    return RankedTensorType::get(tensor.getShape(), element);
  }

private:
  SizeArithmetic arithmetic;
};

/// The new arguments, with what they are.
struct Signature {
  SmallVector<Type> types;
  SmallVector<DictionaryAttr> attributes;

  unsigned add(Type type, const NamedAttrList &attributes) {
    types.push_back(type);
    this->attributes.push_back(attributes.getDictionary(type.getContext()));
    return types.size() - 1;
  }
};

class FunctionLowering {
public:
  explicit FunctionLowering(func::FuncOp function) : function(function), b(function.getContext()) {}
  LogicalResult run();

private:
  LogicalResult checkDims();
  LogicalResult findWritten();
  void makeEntry();
  unsigned addTensor(Signature &signature, Type type, NamedAttrList attributes);
  LogicalResult lower(Operation *op);
  FailureOr<SmallVector<Value>> lowerGroup(Operation *op);
  SmallVector<Value> lowerLoop(LoopOp op);
  void finish(func::ReturnOp op);
  void writeStates(ValueRange values);
  Value tensorOf(Value value);
  Value stateBehind(Value tensor);

  func::FuncOp function;
  OpBuilder b;
  std::optional<EntrySizes> sizes;
  /// For each result the memref that receives it, and for a state's new value the argument it belongs to.
  SmallVector<unsigned> destinations;
  SmallVector<std::optional<unsigned>> written;
  llvm::DenseMap<Value, Value> buffers, tensors;
};

std::string nameOr(Attribute attribute, StringRef prefix, unsigned index) {
  auto name = dyn_cast_or_null<StringAttr>(attribute);
  return name ? name.str() : (prefix + Twine(index)).str();
}

/// Each dimension that a type or an attribute names must be declared, for it becomes an argument.
LogicalResult FunctionLowering::checkDims() {
  llvm::StringSet<> declared;
  if (auto dims = function->getAttrOfType<ArrayAttr>("ingot.dims"))
    for (DimAttr dim : dims.getAsRange<DimAttr>())
      declared.insert(dim.getName());
  auto check = [&](SizesAttr sizes) {
    for (const sizes::Expr &size : sizes.getSizes())
      for (const std::string &name : size.dims())
        if (!declared.contains(name))
          return WalkResult(function.emitError("ingot.dims of function '")
                            << function.getName() << "' must declare dimension '" << name << "', which size "
                            << size.str() << " uses");
    return WalkResult::advance();
  };
  AttrTypeWalker walker;
  walker.addWalk(check);
  auto visit = [&](Operation *op) {
    if (walker.walk(op->getAttrDictionary()).wasInterrupted())
      return WalkResult::interrupt();
    for (Type type : op->getResultTypes())
      if (walker.walk(type).wasInterrupted())
        return WalkResult::interrupt();
    return WalkResult::advance();
  };
  return failure(function.walk(visit).wasInterrupted());
}

/// The argument of each state that gets a new value.
LogicalResult FunctionLowering::findWritten() {
  llvm::StringMap<unsigned> states;
  for (unsigned i = 0; i < function.getNumArguments(); ++i)
    if (auto name = function.getArgAttrOfType<StringAttr>(i, "ingot.state"))
      states[name] = i;
  for (unsigned i = 0; i < function.getNumResults(); ++i) {
    written.push_back(std::nullopt);
    auto name = function.getResultAttrOfType<StringAttr>(i, "ingot.state");
    if (!name)
      continue;
    auto it = states.find(name);
    if (it == states.end() || function.getArgument(it->second).getType() != function.getResultTypes()[i])
      return function.emitError("result ")
             << i << " of function '" << function.getName() << "' is the new value of state " << name
             << ", which must be an argument of type " << function.getResultTypes()[i];
    written.back() = it->second;
  }
  return success();
}

unsigned FunctionLowering::addTensor(Signature &signature, Type type, NamedAttrList attributes) {
  auto tensor = cast<RankedTensorType>(type);
  Type element = tensor.getElementType();
  if (auto sizes = tensor.getEncoding())
    attributes.set("ingot.sizes", sizes);
  if (element.isInteger(1) || element.isUnsignedInteger(8)) {
    attributes.set("ingot.dtype", b.getStringAttr(element.isInteger(1) ? "bool" : "u8"));
    element = b.getI8Type();
  }
  return signature.add(MemRefType::get(tensor.getShape(), element), attributes);
}

/// Gives the function its new type and an empty entry block before the old one.
void FunctionLowering::makeEntry() {
  Signature signature;
  Block &old = function.getBody().front();
  SmallVector<unsigned> places(old.getNumArguments());
  auto isState = [&](unsigned i) { return bool(function.getArgAttr(i, "ingot.state")); };
  auto isWritten = [&](unsigned i) {
    auto changes = [&](auto result) {
      auto [argument, value] = result;
      return argument == std::optional<unsigned>(i) && value != old.getArgument(i);
    };
    return llvm::any_of(llvm::zip(written, old.getTerminator()->getOperands()), changes);
  };
  for (bool states : {true, false})
    for (unsigned i = 0; i < old.getNumArguments(); ++i) {
      if (isState(i) != states)
        continue;
      NamedAttrList attributes(function.getArgAttrDict(i));
      if (!states)
        attributes.set("ingot.input", b.getStringAttr(nameOr(attributes.get("ingot.input"), "arg", i)));
      if (isWritten(i))
        attributes.set("ingot.written", b.getUnitAttr());
      places[i] = addTensor(signature, old.getArgument(i).getType(), attributes);
    }
  if (auto dims = function->getAttrOfType<ArrayAttr>("ingot.dims"))
    for (DimAttr dim : dims.getAsRange<DimAttr>()) {
      NamedAttrList attributes;
      attributes.set("ingot.dim", b.getStringAttr(dim.getName()));
      signature.add(b.getIndexType(), attributes);
    }
  for (auto [i, type] : llvm::enumerate(function.getResultTypes())) {
    if (written[i]) {
      destinations.push_back(places[*written[i]]);
      continue;
    }
    NamedAttrList attributes(function.getResultAttrDict(i));
    attributes.set("ingot.output", b.getStringAttr(nameOr(attributes.get("ingot.output"), "out", i)));
    destinations.push_back(addTensor(signature, type, attributes));
  }

  auto *entry = new Block;
  function.getBody().push_front(entry);
  for (Type type : signature.types)
    entry->addArgument(type, function.getLoc());
  function.removeResAttrsAttr();
  function.setFunctionType(b.getFunctionType(signature.types, {}));
  function.setAllArgAttrs(signature.attributes);
  for (auto [argument, place] : llvm::zip(old.getArguments(), places))
    buffers[argument] = entry->getArgument(place);
  b.setInsertionPointToEnd(entry);
  sizes.emplace(function);
}

/// The lowered tensor of a value; arguments and constants are read where they are first used.
Value FunctionLowering::tensorOf(Value value) {
  Value &tensor = tensors[value];
  if (tensor)
    return tensor;
  if (auto constant = value.getDefiningOp<ConstantOp>())
    return tensor = constant.lowerToLinalg(b, {}, *sizes)->front();
  return tensor = bufferization::ToTensorOp::create(b, value.getLoc(), sizes->lowered(value.getType()),
                                                    buffers.at(value), /*restrict=*/true);
}

FailureOr<SmallVector<Value>> FunctionLowering::lowerGroup(Operation *op) {
  GroupLowering group(b, *sizes, op->getLoc());
  auto fusion = dyn_cast<FusionOp>(op);
  if (!fusion) {
    for (Value operand : op->getOperands())
      group.setTensor(operand, tensorOf(operand));
    return group.lower(op->getResults(), dyn_cast<ContractionOpInterface>(op));
  }
  Block &body = fusion.getBody().front();
  for (auto [argument, input] : llvm::zip(body.getArguments(), fusion.getInputs()))
    group.setTensor(argument, tensorOf(input));
  ContractionOpInterface contraction;
  for (auto candidate : body.getOps<ContractionOpInterface>())
    contraction = candidate;
  return group.lower(body.getTerminator()->getOperands(), contraction);
}

/// The finals come first among the destinations, and with the sequences among the results.
SmallVector<Value> FunctionLowering::lowerLoop(LoopOp op) {
  auto tensorsOf = [&](ValueRange values) {
    return llvm::map_to_vector(values, [&](Value value) { return tensorOf(value); });
  };
  auto emptyLike = [&](ValueRange values) {
    return llvm::map_to_vector(values,
                               [&](Value value) { return sizes->empty(b, op.getLoc(), value.getType()); });
  };
  if (op->getNumResults() == 0)
    return {};
  SmallVector<Value> inits = tensorsOf(op.getInits()), xs = tensorsOf(op.getXs()),
                     invariants = tensorsOf(op.getInvariants()), finals = emptyLike(op.getFinals()),
                     ys = emptyLike(op.getYs()), scratch = emptyLike(op.getFinals());
  SmallVector<Value> dims(llvm::make_filter_range(
      b.getInsertionBlock()->getArguments(), [](Value argument) { return argument.getType().isIndex(); }));
  Value steps =
      getValueOrCreateConstantIndexOp(b, op.getLoc(), sizes->size(b, op.getLoc(), op.getStepCount()));
  auto loop = kernel::LoopOp::create(b, op.getLoc(), op.getCalleeAttr(), steps, op.getReverse(),
                                     {inits, xs, invariants, dims, finals, ys, scratch});
  return SmallVector<Value>(loop.getResults().take_front(op->getNumResults()));
}

LogicalResult FunctionLowering::lower(Operation *op) {
  if (isa<ConstantOp>(op)) // read where it is used
    return success();
  if (auto end = dyn_cast<func::ReturnOp>(op)) {
    finish(end);
    return success();
  }
  FailureOr<SmallVector<Value>> results = failure();
  auto lowerable = dyn_cast<LinalgLowerableOpInterface>(op);
  if (auto loop = dyn_cast<LoopOp>(op)) {
    results = lowerLoop(loop);
  } else if (lowerable || isIndexed(op)) {
    SmallVector<Value> operands =
        llvm::map_to_vector(op->getOperands(), [&](Value v) { return tensorOf(v); });
    checkPositions(op, b, operands, *sizes);
    if (lowerable)
      results = lowerable.lowerToLinalg(b, operands, *sizes);
    else
      results = SmallVector<Value>{lowerIndexed(op, b, operands, *sizes)};
  } else if (isa<FusionOp, PointwiseOpInterface, IndexMapOpInterface, ReductionOpInterface,
                 ContractionOpInterface>(op)) {
    results = lowerGroup(op);
  } else {
    return op->emitError("'") << op->getName()
                              << "' must be expanded or decomposed before it is lowered to linalg";
  }
  if (failed(results))
    return failure();
  for (auto [result, lowered] : llvm::zip(op->getResults(), *results))
    tensors[result] = lowered;
  return success();
}

/// The memref of the argument that a tensor is a view of, if it is one.
Value FunctionLowering::stateBehind(Value tensor) {
  while (Operation *op = tensor.getDefiningOp()) {
    if (auto read = dyn_cast<bufferization::ToTensorOp>(op))
      return read.getBuffer();
    if (!isa<tensor::CollapseShapeOp, tensor::ExpandShapeOp, tensor::ExtractSliceOp>(op))
      break;
    tensor = op->getOperand(0);
  }
  return {};
}

/// All states are written after everything was read, so that each op sees the values at entry.
void FunctionLowering::writeStates(ValueRange values) {
  Block *entry = b.getInsertionBlock();
  SmallVector<std::pair<Value, Value>> copies; // tensor, memref
  for (auto [i, value] : llvm::enumerate(values)) {
    if (!written[i])
      continue;
    Value state = entry->getArgument(destinations[i]), tensor = tensorOf(value), source = stateBehind(tensor);
    if (source == state)
      continue; // as it was
    // The old value of another state: it may be gone when its turn comes.
    if (source)
      tensor = bufferization::AllocTensorOp::create(
          b, value.getLoc(), cast<RankedTensorType>(tensor.getType()), ValueRange(), tensor);
    copies.push_back({tensor, state});
  }
  for (auto [tensor, state] : copies) {
    Value buffer = bufferization::ToBufferOp::create(b, tensor.getLoc(), state.getType(), tensor);
    memref::CopyOp::create(b, tensor.getLoc(), buffer, state);
  }
}

void FunctionLowering::finish(func::ReturnOp op) {
  Block *entry = b.getInsertionBlock();
  for (auto [i, value] : llvm::enumerate(op.getOperands()))
    if (!written[i])
      bufferization::MaterializeInDestinationOp::create(
          b, op.getLoc(), Type(), tensorOf(value), entry->getArgument(destinations[i]), /*restrict=*/true,
          /*writable=*/true);
  writeStates(op.getOperands());
  func::ReturnOp::create(b, op.getLoc());
}

LogicalResult FunctionLowering::run() {
  if (!function.getBody().hasOneBlock())
    return function.emitError("function '")
           << function.getName() << "' must be one block without control flow, got "
           << function.getBody().getBlocks().size();
  for (Type type : llvm::concat<const Type>(function.getArgumentTypes(), function.getResultTypes()))
    if (!isa<RankedTensorType>(type))
      return function.emitError("function '")
             << function.getName() << "' must take and return tensors, got " << type;
  if (failed(checkDims()) || failed(findWritten()))
    return failure();
  makeEntry();
  Block &old = function.getBody().back();
  for (Operation &op : old)
    if (failed(lower(&op)))
      return failure();
  old.erase();
  return success();
}

struct LowerToLinalg : ingot::codegen::impl::LowerToLinalgBase<LowerToLinalg> {
  void runOnOperation() override {
    if (!getOperation().isExternal() && failed(FunctionLowering(getOperation()).run()))
      signalPassFailure();
  }
};

} // namespace
