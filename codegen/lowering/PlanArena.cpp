// The pass ingot-plan-arena.
#include "codegen/kernel/Loops.h"
#include "codegen/lowering/ArenaPlan.h"
#include "codegen/lowering/Passes.h"
#include "codegen/vector/SizeArithmetic.h"
#include "codegen/vector/Target.h"
#include "ir/dialect/Dialect.h"
#include "ir/sizes/Typical.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Arith/Utils/Utils.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

#include "llvm/Support/Debug.h"
#include <stdexcept>

#define DEBUG_TYPE "ingot-plan-arena"

namespace ingot::codegen {
#define GEN_PASS_DEF_PLANARENA
#include "codegen/lowering/Passes.h.inc"
} // namespace ingot::codegen

using namespace mlir;
using namespace ingot;
using namespace ingot::codegen;

namespace {

/// Extends `buffer` over the steps that touch `value` or a view of it. `step` numbers the ops of the entry block.
void extendLife(Value value, const DenseMap<Operation *, int64_t> &step, Block *entry, ArenaBuffer &buffer) {
  for (Operation *user : value.getUsers()) {
    if (isa<ViewLikeOpInterface>(user)) {
      extendLife(user->getResult(0), step, entry, buffer);
      continue;
    }
    int64_t at = step.lookup(entry->findAncestorOpInBlock(*user));
    buffer.first = std::min(buffer.first, at);
    buffer.last = std::max(buffer.last, at);
  }
}

/// How far the plan is from the most bytes that are live at a time, at typical sizes.
[[maybe_unused]] void printGap(const std::vector<ArenaBuffer> &buffers, const ArenaPlan &plan) {
  sizes::Values values;
  for (const ArenaBuffer &buffer : buffers)
    for (const std::string &dim : buffer.bytes.dims())
      values[dim] = sizes::typicalSize;
  llvm::dbgs() << "arena of " << buffers.size() << " buffers: " << plan.total.evaluate(values) << " bytes, "
               << maxLiveBytes(buffers, values) << " of them live at a time\n";
}

/// Plans the buffers of one function and puts them into its arena.
class ArenaAssignment {
public:
  explicit ArenaAssignment(func::FuncOp function)
      : function(function), entry(&function.getBody().front()), arithmetic(function) {}

  /// std::overflow_error where sizes exceed 64 bits.
  LogicalResult run() {
    if (failed(collect()))
      return failure();
    sizes::Ranges ranges;
    if (auto dims = function->getAttrOfType<ArrayAttr>("ingot.dims"))
      for (auto dim : dims.getAsRange<ir::DimAttr>())
        ranges[dim.getName().str()] = dim.getRange();
    ArenaPlan plan = planArena(buffers, ranges);
    LLVM_DEBUG(printGap(buffers, plan));
    function->setAttr("ingot.workspace", StringAttr::get(function.getContext(), plan.total.str()));
    return place(plan);
  }

private:
  /// The buffers of the entry block, which is all that there may be. Deallocations are dropped.
  LogicalResult collect() {
    WalkResult nested = entry->walk([&](memref::AllocOp alloc) {
      if (alloc->getBlock() == entry)
        return WalkResult::advance();
      alloc.emitOpError("must be at the top of its function to be placed in the arena");
      return WalkResult::interrupt();
    });
    if (nested.wasInterrupted())
      return failure();
    DenseMap<Operation *, int64_t> step;
    for (Operation &op : llvm::make_early_inc_range(*entry)) {
      if (isa<memref::DeallocOp>(op))
        op.erase();
      else
        step.try_emplace(&op, step.size());
    }
    for (auto alloc : entry->getOps<memref::AllocOp>()) {
      sizes::Expr elements = 1;
      for (OpFoldResult size : alloc.getMixedSizes()) {
        std::optional<sizes::Expr> extent = arithmetic.exprOf(size);
        if (!extent)
          return alloc.emitOpError("needs sizes that are arithmetic on the function's dimensions");
        elements = elements * *extent;
      }
      ArenaBuffer buffer{bytesOf(elements, alloc.getType().getElementType()), INT64_MAX, INT64_MIN};
      extendLife(alloc, step, entry, buffer);
      if (buffer.last < buffer.first)
        buffer.first = buffer.last = step.lookup(alloc); // used by nothing
      allocations.push_back(alloc);
      buffers.push_back(buffer);
    }
    for (auto loop : entry->getOps<kernel::LoopOp>()) {
      loops.push_back(loop);
      buffers.push_back({workspaceOf(loop), step.lookup(loop), step.lookup(loop)});
    }
    return success();
  }

  /// What the function that the loop calls needs; it was planned before.
  static sizes::Expr workspaceOf(kernel::LoopOp loop) {
    auto text = kernel::bodyOf(loop)->getAttrOfType<StringAttr>("ingot.workspace");
    return *sizes::Expr::parse(text.strref());
  }

  LogicalResult place(const ArenaPlan &plan) {
    OpBuilder b(function.getContext());
    auto bytes = MemRefType::get({ShapedType::kDynamic}, b.getI8Type());
    unsigned last = function.getNumArguments();
    auto attributes = b.getDictionaryAttr(b.getNamedAttr("ingot.arena", b.getUnitAttr()));
    if (failed(function.insertArgument(last, bytes, attributes, function.getLoc())))
      return failure();
    Value arena = function.getArgument(last);
    auto view = [&](Operation *op, const sizes::Expr &offset, MemRefType type, ValueRange dynamicSizes) {
      OpFoldResult start = arithmetic.emit(offset);
      b.setInsertionPoint(op);
      Value at = getValueOrCreateConstantIndexOp(b, op->getLoc(), start);
      return memref::ViewOp::create(b, op->getLoc(), type, arena, at, dynamicSizes);
    };
    ArrayRef<sizes::Expr> offsets = plan.offsets;
    for (auto [alloc, offset] : llvm::zip(allocations, offsets)) {
      alloc.replaceAllUsesWith(view(alloc, offset, alloc.getType(), alloc.getDynamicSizes()).getResult());
      alloc.erase();
    }
    for (auto [loop, offset] : llvm::zip_equal(loops, offsets.drop_front(allocations.size()))) {
      OpFoldResult size = arithmetic.emit(workspaceOf(loop));
      b.setInsertionPoint(loop);
      Value count = getValueOrCreateConstantIndexOp(b, loop.getLoc(), size);
      loop.getWorkspaceMutable().assign(view(loop, offset, bytes, count));
    }
    return success();
  }

  func::FuncOp function;
  Block *entry;
  SizeArithmetic arithmetic;
  SmallVector<memref::AllocOp> allocations;
  SmallVector<kernel::LoopOp> loops;
  std::vector<ArenaBuffer> buffers; // of the allocations, then of the loops
};

struct PlanArenaPass : ingot::codegen::impl::PlanArenaBase<PlanArenaPass> {
  void runOnOperation() override {
    for (func::FuncOp function : kernel::calleesFirst(getOperation()))
      if (failed(plan(function)))
        return signalPassFailure();
  }

  static LogicalResult plan(func::FuncOp function) {
    try {
      return ArenaAssignment(function).run();
    } catch (const std::overflow_error &) {
      return function.emitError("function '")
             << function.getName() << "' must need fewer than 2^63 bytes of memory";
    }
  }
};

} // namespace
