// The pass ingot-emit-kernels.
#include "codegen/kernel/Loops.h"
#include "codegen/vector/EmitContract.h"
#include "codegen/vector/EmitIndexed.h"
#include "codegen/vector/EmitLinalg.h"
#include "codegen/vector/EmitLoop.h"
#include "codegen/vector/EmitRelayout.h"
#include "codegen/vector/Passes.h"
#include "codegen/vector/RowGroup.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlowOps.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "llvm/ADT/TypeSwitch.h"

namespace ingot::codegen {
#define GEN_PASS_DEF_EMITKERNELS
#include "codegen/vector/Passes.h.inc"
} // namespace ingot::codegen

using namespace mlir;
using namespace ingot::codegen;

namespace {

/// Emits one function. Memref ops are erased at the end only: size expressions are remembered by their values.
class FunctionEmitter {
public:
  /// `sites` collects what the checks of all functions are.
  FunctionEmitter(func::FuncOp function, const Target &target, SmallVectorImpl<Attribute> &sites)
      : function(function), target(target), sites(sites), sizes(function), views(sizes),
        builder(function.getContext()) {}

  LogicalResult run() {
    if (!function.getBody().hasOneBlock())
      return function.emitOpError("must be straight-line code before its kernels are emitted");
    if (llvm::any_of(function.getResultTypes(), llvm::IsaPred<BaseMemRefType>))
      return function.emitOpError("must not return memrefs");
    if (failed(convertArguments()))
      return failure();
    SmallVector<Operation *> ops;
    for (Operation &op : function.getBody().front())
      ops.push_back(&op);
    for (ArrayRef<Operation *> rest = ops; !rest.empty();) {
      FailureOr<size_t> together = emitRowGroup(rest);
      if (failed(together))
        return failure();
      rest = rest.drop_front(*together);
      if (*together)
        continue;
      builder.setInsertionPoint(rest.front());
      if (failed(emit(rest.front())))
        return failure();
      rest = rest.drop_front();
    }
    leaveWhereChecksFail();
    for (Operation *op : llvm::reverse(dead))
      op->erase();
    for (unsigned argument = function.getNumArguments(); argument-- > 0;)
      if (isa<BaseMemRefType>(function.getArgument(argument).getType()))
        if (failed(function.eraseArgument(argument)))
          return failure();
    return success();
  }

private:
  /// A fill that waits: the op that accumulates into its memory may start from the value instead.
  struct Fill {
    linalg::FillOp op;
    Value out() { return op.getOutputs()[0]; }
    Value value() { return op.getInputs()[0]; }
  };

  /// Each memref argument gets its pointer as the next argument; run() erases the memrefs at the end.
  LogicalResult convertArguments() {
    auto pointer = LLVM::LLVMPointerType::get(function.getContext());
    for (unsigned number = 0; number < function.getNumArguments(); ++number) {
      BlockArgument argument = function.getArgument(number);
      if (!isa<MemRefType>(argument.getType()))
        continue;
      DictionaryAttr attributes = function.getArgAttrDict(number);
      if (failed(function.insertArgument(number + 1, pointer, attributes, argument.getLoc())) ||
          failed(views.bindArgument(argument, function.getArgument(number + 1), attributes)))
        return failure();
      ++number;
    }
    return success();
  }

  KernelBuilder kernel(Operation *op, ArrayRef<View> operands) {
    std::string name = (function.getName() + "." + Twine(kernels++)).str();
    return KernelBuilder(builder, op->getLoc(), target, sizes, name, operands);
  }

  LogicalResult emit(Operation *op) {
    if (op->hasTrait<OpTrait::IsTerminator>())
      return flush([](Fill &) { return true; });
    SmallVector<Value> memrefs = memrefsOf(op);
    bool makesMemref = llvm::any_of(op->getResultTypes(), llvm::IsaPred<BaseMemRefType>);
    if (memrefs.empty() && !makesMemref)
      return success();
    dead.push_back(op);
    if (MemrefViews::isView(op))
      return trace(op);
    if (makesMemref || !llvm::all_of(memrefs, [&](Value memref) { return views.knows(memref); }))
      return op->emitOpError("has a memref that is neither an argument nor a global nor a view of one");
    if (auto fill = dyn_cast<linalg::FillOp>(op))
      return wait(fill);
    if (auto linalg = dyn_cast<linalg::LinalgOp>(op))
      return emitFolded(linalg, memrefs);
    if (failed(flushOverlapping(memrefs)))
      return failure();
    return emitOther(op, memrefs);
  }

  LogicalResult trace(Operation *view) {
    if (views.knows(view->getResult(0))) // emitRowGroup has looked ahead
      return success();
    KernelBuilder k = kernel(view, {});
    return views.trace(view, k);
  }

  LogicalResult emitOther(Operation *op, ArrayRef<Value> memrefs) {
    SmallVector<View> operands = views.of(op->getOperands());
    KernelBuilder k = kernel(op, operands);
    if (isa<memref::CopyOp>(op)) {
      if (!views.same(op->getOperand(0), op->getOperand(1)))
        emitCopy(operands[0], operands[1], k);
      return success();
    }
    if (auto load = dyn_cast<memref::LoadOp>(op)) {
      SmallVector<OpFoldResult> indices = getAsOpFoldResult(load.getIndices());
      load.getResult().replaceAllUsesWith(
          fromStorage(k, k.load(operands[0], indices), load.getResult().getType()));
      return success();
    }
    if (auto dim = dyn_cast<memref::DimOp>(op); dim && dim.getConstantIndex()) {
      dim.getResult().replaceAllUsesWith(k.value(operands[0].sizes[*dim.getConstantIndex()]));
      return success();
    }
    return llvm::TypeSwitch<Operation *, LogicalResult>(op)
        .Case([&](ingot::kernel::ArgsortOp op) { return emitArgsort(op, operands, k); })
        .Case([&](ingot::kernel::CheckIndexOp op) { return emitCheck(op, operands[0], k); })
        .Case([&](ingot::kernel::ContractOp op) { return emitContract(op, operands, k); })
        .Case([&](ingot::kernel::LoopOp op) { return emitSteps(op, operands, k); })
        .Case([&](ingot::kernel::RelayoutOp op) { return emitRelayout(op, operands[0], operands[1], k); })
        .Case([&](ingot::kernel::ScanOp op) { return emitScan(op, operands, k); })
        .Case([&](ingot::kernel::ScatterOp op) { return emitScatter(op, operands, k); })
        .Default([](Operation *op) { return op->emitOpError("on memrefs has no kernel"); });
  }

  /// Goes on in a new block where all positions are in range, and returns from the function otherwise.
  LogicalResult emitCheck(ingot::kernel::CheckIndexOp op, const View &positions, KernelBuilder &k) {
    Value greatest = emitGreatestPosition(positions, k);
    Value size = arith::IndexCastOp::create(k.b, k.loc, k.b.getI64Type(), op.getSize());
    Value reported =
        op.getRequired() ? arith::SubIOp::create(k.b, k.loc, greatest, size).getResult() : greatest;
    Value inside = arith::CmpIOp::create(k.b, k.loc, arith::CmpIPredicate::ult, greatest, size);
    // No position at all is in range, too.
    Value none = arith::CmpIOp::create(k.b, k.loc, arith::CmpIPredicate::eq, k.value(k.elements(positions)),
                                       k.value(k.index(0)));
    Value ok = arith::OrIOp::create(k.b, k.loc, inside, none);
    Builder b(op.getContext());
    checks.push_back({ok, b.getI32IntegerAttr(sites.size()), reported, size});
    APInt limit = APInt::getSignedMaxValue(64);
    matchPattern(op.getSize(), m_ConstantInt(&limit));
    NamedAttrList site;
    site.set("loc", op.getLoc());
    site.set("op", op.getWhoAttr());
    site.set("size", b.getI64IntegerAttr(limit.getSExtValue()));
    if (auto required = op.getRequiredAttr())
      site.set("required", required);
    sites.push_back(site.getDictionary(op.getContext()));
    return success();
  }

  LogicalResult emitSteps(ingot::kernel::LoopOp op, ArrayRef<View> operands, KernelBuilder &k) {
    LoopChecks found = emitLoop(op, operands, k);
    if (found.site) {
      Value zero = k.zero(found.site.getType());
      Value ok = arith::CmpIOp::create(k.b, k.loc, arith::CmpIPredicate::slt, found.site, zero);
      checks.push_back({ok, found.site, found.value, found.size});
    }
    return success();
  }

  /// A function with checks returns the site of the one that failed, or -1, the value that is out of range, and the size that
  /// it had to be below.
  void leaveWhereChecksFail() {
    if (checks.empty())
      return;
    Location loc = function.getLoc();
    Type results[] = {builder.getI32Type(), builder.getI64Type(), builder.getI64Type()};
    function.setFunctionType(builder.getFunctionType(function.getArgumentTypes(), results));
    Block &entry = function.getBody().front(), *leave = new Block;
    Operation *end = entry.getTerminator();
    builder.setInsertionPoint(end);
    auto number = [&](TypedAttr value) -> Value { return arith::ConstantOp::create(builder, loc, value); };
    Value zero = number(builder.getI64IntegerAttr(0));
    end->setOperands({number(builder.getI32IntegerAttr(-1)), zero, zero});
    function.getBody().push_back(leave);
    leave->addArguments(results, {loc, loc, loc});
    builder.setInsertionPointToStart(leave);
    func::ReturnOp::create(builder, loc, leave->getArguments());
    for (Check check : llvm::reverse(checks)) {
      Block *rest = entry.splitBlock(std::next(Block::iterator(check.ok.getDefiningOp())));
      builder.setInsertionPointToEnd(&entry);
      auto constant = dyn_cast<Attribute>(check.site);
      Value site = constant ? number(cast<TypedAttr>(constant)) : cast<Value>(check.site);
      cf::CondBranchOp::create(builder, loc, check.ok, rest, ValueRange(), leave,
                               ValueRange{site, check.value, check.size});
    }
  }

  //===-- linalg, and the fills before it ------------------------------------------------------------===//

  LogicalResult wait(linalg::FillOp op) {
    // A second fill of the same memory comes after the first, unless it covers it.
    Value out = op.getOutputs()[0];
    llvm::erase_if(fills, [&](Fill &fill) { return views.same(fill.out(), out); });
    if (failed(flushOverlapping(out)))
      return failure();
    fills.push_back({op});
    return success();
  }

  LogicalResult emitFolded(linalg::LinalgOp op, ArrayRef<Value> memrefs) {
    SmallVector<Value> initial = takeFills(op, memrefs, fills);
    if (failed(flushOverlapping(memrefs)))
      return failure();
    return emitLinalgNow(op, initial);
  }

  /// The values from which the outputs start, of fills that are not needed any more.
  SmallVector<Value> takeFills(linalg::LinalgOp op, ArrayRef<Value> memrefs, SmallVectorImpl<Fill> &fills) {
    SmallVector<Value> initial(op.getNumDpsInits());
    for (auto [position, operand] : llvm::enumerate(op.getDpsInitsMutable())) {
      auto fill = llvm::find_if(fills, [&](Fill &fill) { return views.same(fill.out(), operand.get()); });
      if (fill == fills.end() || !overwrites(op, operand, memrefs) ||
          fill->value().getType() != op.getMatchingBlockArgument(&operand).getType())
        continue;
      initial[position] = fill->value();
      fills.erase(fill);
    }
    return initial;
  }

  bool overlapsFill(ArrayRef<Fill> fills, ValueRange memrefs) {
    return llvm::any_of(fills, [&](Fill fill) {
      return llvm::any_of(memrefs, [&](Value memref) { return views.mayOverlap(fill.out(), memref); });
    });
  }

  /// Emits linalg ops from the front of `rest` together, row by row, where that pays. Returns how many ops they and what lies
  /// between them are.
  FailureOr<size_t> emitRowGroup(ArrayRef<Operation *> rest) {
    RowGroup group(views, sizes, target);
    size_t count = 0;
    SmallVector<Fill> waiting(fills), left;
    for (auto [index, op] : llvm::enumerate(rest)) {
      if (index == 0 && !isa<linalg::LinalgOp>(op))
        return 0;
      builder.setInsertionPoint(op);
      if (MemrefViews::isView(op)) {
        bool isKnown = op->getNumOperands() == 0 || views.knows(op->getOperand(0));
        if (!isKnown || failed(trace(op)))
          break;
        continue;
      }
      SmallVector<Value> memrefs = memrefsOf(op);
      if (memrefs.empty() && isPure(op) && !op->hasTrait<OpTrait::IsTerminator>())
        continue;
      auto linalg = dyn_cast<linalg::LinalgOp>(op);
      if (!linalg || !llvm::all_of(memrefs, [&](Value memref) { return views.knows(memref); }))
        break;
      if (auto fill = dyn_cast<linalg::FillOp>(op)) {
        Value out = fill.getOutputs()[0];
        llvm::erase_if(waiting, [&](Fill &other) { return views.same(other.out(), out); });
        if (overlapsFill(waiting, out))
          break;
        waiting.push_back({fill});
        continue;
      }
      SmallVector<Value> initial = takeFills(linalg, memrefs, waiting);
      if (overlapsFill(waiting, memrefs) || !group.add({linalg, initial}))
        break;
      count = index + 1;
      left = waiting;
    }
    if (!group.pays())
      return 0;
    fills = left;
    builder.setInsertionPoint(rest[count - 1]);
    for (Operation *op : rest.take_front(count))
      if (!memrefsOf(op).empty() || MemrefViews::isView(op))
        dead.push_back(op);
    if (failed(emitRows(group, {})))
      return failure();
    return count;
  }

  LogicalResult emitRows(const RowGroup &group, ArrayRef<OpFoldResult> indices) {
    if (indices.size() < group.extents().size()) {
      LogicalResult result = success();
      KernelBuilder k = kernel(group.members().front().op, {});
      k.forLoop(k.index(0), group.extents()[indices.size()], k.index(1), [&](OpFoldResult row) {
        SmallVector<OpFoldResult> inner(indices);
        inner.push_back(row);
        result = emitRows(group, inner);
      });
      return result;
    }
    for (const RowGroup::Member &member : group.members())
      if (failed(emitLinalgNow(member.op, member.initial, indices)))
        return failure();
    return success();
  }

  /// Whether the op writes every element of the output and reads its memory by no other operand.
  bool overwrites(linalg::LinalgOp op, OpOperand &output, ArrayRef<Value> memrefs) {
    if (!op.getMatchingIndexingMap(&output).isProjectedPermutation(/*allowZeroInResults=*/true))
      return false;
    unsigned occurrences = llvm::count(op->getOperands(), output.get());
    return occurrences == 1 && llvm::none_of(memrefs, [&](Value other) {
             return other != output.get() && views.mayOverlap(other, output.get());
           });
  }

  LogicalResult emitLinalgNow(linalg::LinalgOp op, ArrayRef<Value> initial,
                              ArrayRef<OpFoldResult> rows = {}) {
    SmallVector<View> operands = views.of(memrefsOf(op));
    KernelBuilder k = kernel(op, operands);
    return emitLinalg(op, operands, initial, k, rows);
  }

  LogicalResult flushOverlapping(ValueRange memrefs) {
    return flush([&](Fill &fill) {
      return llvm::any_of(memrefs, [&](Value memref) { return views.mayOverlap(fill.out(), memref); });
    });
  }

  LogicalResult flush(llvm::function_ref<bool(Fill &)> when) {
    for (size_t index = 0; index < fills.size();) {
      if (!when(fills[index])) {
        ++index;
        continue;
      }
      Fill fill = fills[index];
      fills.erase(fills.begin() + index);
      if (failed(emitLinalgNow(fill.op, {Value()})))
        return failure();
    }
    return success();
  }

  struct Check {
    Value ok;
    OpFoldResult site; // i32
    Value value, size;
  };

  func::FuncOp function;
  const Target &target;
  SmallVectorImpl<Attribute> &sites;
  SizeArithmetic sizes;
  MemrefViews views;
  OpBuilder builder;
  SmallVector<Operation *> dead;
  SmallVector<Fill> fills;
  SmallVector<Check> checks;
  unsigned kernels = 0;
};

/// A constant memref as a private array of the object.
LogicalResult convertGlobal(memref::GlobalOp op) {
  auto value = dyn_cast_or_null<ElementsAttr>(op.getInitialValueAttr());
  if (!op.getConstant() || !value)
    return op.emitOpError("must be a constant");
  MemRefType type = op.getType();
  if (type.getElementType().isInteger(1))
    return op.emitOpError("must have a byte an element");
  Type storage = storageType(type.getElementType());
  if (storage != type.getElementType()) {
    auto dense = dyn_cast<DenseElementsAttr>(value);
    if (!dense)
      return op.emitOpError("of index must have a dense value");
    value = cast<ElementsAttr>(dense.mapValues(
        storage, [&](const APInt &element) { return element.zextOrTrunc(storage.getIntOrFloatBitWidth()); }));
  }
  Type array = storage;
  for (int64_t size : llvm::reverse(type.getShape()))
    array = LLVM::LLVMArrayType::get(array, size);
  Attribute initial = type.getRank() ? Attribute(value) : value.getValues<Attribute>()[0];
  OpBuilder builder(op);
  LLVM::GlobalOp::create(builder, op.getLoc(), array, /*isConstant=*/true, LLVM::Linkage::Private,
                         op.getSymName(), initial, /*alignment=*/64);
  op.erase();
  return success();
}

struct EmitKernelsPass : ingot::codegen::impl::EmitKernelsBase<EmitKernelsPass> {
  void runOnOperation() override {
    FailureOr<Target> target = Target::of(getOperation());
    if (failed(target))
      return signalPassFailure();
    SmallVector<Attribute> sites;
    // A loop calls a function as it is emitted.
    for (func::FuncOp function : ingot::kernel::calleesFirst(getOperation()))
      if (failed(FunctionEmitter(function, *target, sites).run()))
        return signalPassFailure();
    if (!sites.empty())
      getOperation()->setAttr("ingot.sites", ArrayAttr::get(&getContext(), sites));
    for (auto global : llvm::make_early_inc_range(getOperation().getOps<memref::GlobalOp>()))
      if (failed(convertGlobal(global)))
        return signalPassFailure();
  }
};

} // namespace
