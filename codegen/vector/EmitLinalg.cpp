#include "codegen/vector/EmitLinalg.h"
#include "codegen/vector/LinalgBody.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/IR/AffineMap.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;

namespace ingot::codegen {

SmallVector<Value> memrefsOf(Operation *op) {
  llvm::SmallSetVector<Value, 8> memrefs;
  op->walk([&](Operation *nested) {
    for (Value operand : nested->getOperands())
      if (isa<BaseMemRefType>(operand.getType()))
        memrefs.insert(operand);
  });
  return memrefs.takeVector();
}

/// The size of each dimension: that of an operand which has it as a plain index, a constant one if any is.
static FailureOr<SmallVector<Loop>> loopsOf(linalg::LinalgOp op, const DenseMap<Value, View> &views) {
  SmallVector<Loop> loops(op.getNumLoops());
  for (OpOperand &operand : op->getOpOperands()) {
    auto view = views.find(operand.get());
    if (view == views.end())
      continue;
    for (auto [expr, size] :
         llvm::zip_equal(op.getMatchingIndexingMap(&operand).getResults(), view->second.sizes))
      if (auto dim = dyn_cast<AffineDimExpr>(expr))
        if (OpFoldResult &extent = loops[dim.getPosition()].extent; !extent || isa<Attribute>(size))
          extent = size;
  }
  for (auto [dim, loop] : llvm::enumerate(loops)) {
    loop.reduction = op.getIteratorTypesArray()[dim] == utils::IteratorType::reduction;
    if (!loop.extent)
      return op->emitOpError() << "has no operand that gives the size of dimension " << dim;
  }
  return loops;
}

/// Regions in the body are cloned as they are: they cannot speak of the loops or of memrefs.
static LogicalResult checkNestedRegions(linalg::LinalgOp op) {
  for (Operation &outer : *op.getBlock()) {
    WalkResult found = outer.walk([&](Operation *nested) {
      bool known = nested == &outer || !isa<linalg::IndexOp, memref::LoadOp>(nested);
      return known ? WalkResult::advance() : WalkResult::interrupt();
    });
    if (found.wasInterrupted())
      return outer.emitOpError("inside a linalg body must not index or load in its own region");
  }
  return success();
}

/// Only what the first loops do at `rows`.
static void restrictTo(LoopNest &nest, ArrayRef<OpFoldResult> rows, KernelBuilder &k) {
  for (auto [loop, row] : llvm::enumerate(rows)) {
    nest.loops[loop].extent = k.index(1);
    for (Access &access : nest.accesses)
      if (access.isMemory())
        access.view.offset = k.add(access.view.offset, k.mul(row, access.strides[loop]));
  }
}

LogicalResult emitLinalg(linalg::LinalgOp op, ArrayRef<View> operands, ArrayRef<Value> initial,
                         KernelBuilder &k, ArrayRef<OpFoldResult> rows) {
  DenseMap<Value, View> views;
  for (auto [memref, view] : llvm::zip_equal(memrefsOf(op), operands))
    views[memref] = view;
  FailureOr<SmallVector<Loop>> loops = loopsOf(op, views);
  if (failed(loops) || failed(checkNestedRegions(op)))
    return failure();
  LinalgBody body(*op.getBlock(), op.getNumDpsInputs(), views);
  LoopNest nest;
  nest.loops = *loops;
  nest.inputs = op.getNumDpsInputs();
  nest.initial.assign(initial.begin(), initial.end());
  nest.body = &body;
  for (OpOperand &operand : op->getOpOperands()) {
    BlockArgument argument = op.getMatchingBlockArgument(&operand);
    bool used = !argument.use_empty();
    if (!views.contains(operand.get())) {
      Access scalar;
      scalar.scalar = operand.get();
      scalar.type = operand.get().getType();
      scalar.used = used;
      nest.accesses.push_back(scalar);
      continue;
    }
    nest.accesses.push_back(
        makeAccess(views[operand.get()], argument.getType(), op.getMatchingIndexingMap(&operand), used, k));
  }
  restrictTo(nest, rows, k);
  emitLoopNest(nest, k);
  return success();
}

namespace {
/// The output is the input.
class Copy : public PointBody {
  SmallVector<Value> emit(KernelBuilder &, ValueRange inputs, ArrayRef<Value>, const PointState &) override {
    return {inputs[0]};
  }
  Shape shapeAlong(unsigned, ArrayRef<bool>) override { return {}; }
};
} // namespace

void emitCopyNest(LoopNest &nest, KernelBuilder &k) {
  Copy body;
  nest.body = &body;
  emitLoopNest(nest, k);
}

void emitCopy(const View &from, const View &to, KernelBuilder &k) {
  LoopNest nest;
  nest.inputs = 1;
  nest.initial.resize(1);
  AffineMap map = AffineMap::getMultiDimIdentityMap(from.rank(), k.b.getContext());
  for (auto [source, target] : llvm::zip_equal(from.sizes, to.sizes))
    nest.loops.push_back({isa<Attribute>(source) ? source : target, false});
  nest.accesses.push_back(makeAccess(from, from.element, map, true, k));
  nest.accesses.push_back(makeAccess(to, to.element, map, false, k));
  emitCopyNest(nest, k);
}

} // namespace ingot::codegen
