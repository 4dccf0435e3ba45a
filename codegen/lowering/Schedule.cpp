// The pass ingot-schedule.
#include "codegen/lowering/BufferAccess.h"
#include "codegen/lowering/Passes.h"
#include "codegen/vector/Target.h"
#include "ir/sizes/Typical.h"
#include "mlir/Interfaces/DestinationStyleOpInterface.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "mlir/Transforms/RegionUtils.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/SetVector.h"
#include <stdexcept>

namespace ingot::codegen {
#define GEN_PASS_DEF_SCHEDULE
#include "codegen/lowering/Passes.h.inc"
} // namespace ingot::codegen

using namespace mlir;
using namespace ingot;
using namespace ingot::codegen;

namespace {

/// Moves ops up, one by one in the order of the program.
class Scheduler {
public:
  explicit Scheduler(func::FuncOp function) : buffers(function) {}

  void run() {
    if (!buffers.rootsAreDisjoint())
      return;
    SmallVector<Operation *> ops;
    for (Operation &op : buffers.entry)
      if (isa<DestinationStyleOpInterface, memref::CopyOp, memref::LoadOp>(op) && !mayFail(&op)) {
        accesses[&op] = accessesOf(&op);
        if (!isa<memref::LoadOp>(op))
          ops.push_back(&op);
      }
    for (Operation *op : ops)
      if (Freed freed = freedBy(op); freed.bytes > 0)
        moveUp(op, freed.roots);
  }

private:
  static SmallVector<Access> accessesOf(Operation *op) {
    llvm::SmallSetVector<Value, 8> memrefs;
    op->walk([&](Operation *nested) {
      for (Value operand : nested->getOperands())
        if (isa<MemRefType>(operand.getType()))
          memrefs.insert(operand);
    });
    return llvm::map_to_vector(memrefs, [&](Value memref) { return Access{op, memref}; });
  }

  /// The buffers that an op is the last to touch; their bytes, less those of buffers that it is the first to touch.
  struct Freed {
    SmallVector<Value> roots;
    int64_t bytes = 0;
  };

  Freed freedBy(Operation *op) {
    llvm::SmallSetVector<Value, 8> roots;
    for (Access access : accesses[op])
      roots.insert(rootOf(access.memref));
    Freed freed;
    for (Value root : roots) {
      auto alloc = root.getDefiningOp<memref::AllocOp>();
      if (!alloc)
        continue;
      SmallVector<Access> all = buffers.of(root);
      bool isFirst = llvm::none_of(all, [&](Access other) { return other.op->isBeforeInBlock(op); });
      bool isLast = llvm::none_of(all, [&](Access other) { return op->isBeforeInBlock(other.op); });
      freed.bytes += (isLast - isFirst) * typicalBytes(alloc);
      if (isLast)
        freed.roots.push_back(root);
    }
    return freed;
  }

  int64_t typicalBytes(memref::AllocOp alloc) {
    sizes::Expr elements = 1;
    for (OpFoldResult size : alloc.getMixedSizes())
      elements = elements * buffers.arithmetic.exprOf(size).value_or(sizes::typicalSize);
    return sizes::typical(bytesOf(elements, alloc.getType().getElementType()));
  }

  /// Not before others that touch what the op frees: it would free nothing there.
  void moveUp(Operation *op, ArrayRef<Value> freed) {
    Operation *earliest = op;
    llvm::SetVector<Value> operands(op->operand_begin(), op->operand_end());
    getUsedValuesDefinedAbove(op->getRegions(), operands);
    llvm::DenseSet<Operation *> loads = loadsBehind(operands.getArrayRef());
    auto staysBehind = [&](Operation *other) {
      return loads.contains(other) || mustFollow(op, other) ||
             llvm::any_of(accesses.lookup(other), [&](const Access &access) {
               return llvm::is_contained(freed, rootOf(access.memref));
             });
    };
    for (Operation *other = op->getPrevNode(); other && !staysBehind(other); other = other->getPrevNode())
      if (accesses.contains(other))
        earliest = other;
    if (earliest == op || !llvm::all_of(operands, [&](Value operand) { return canMove(operand, earliest); }))
      return;
    for (Value operand : operands)
      move(operand, earliest);
    op->moveBefore(earliest);
  }

  /// The loads that the values are computed from.
  static llvm::DenseSet<Operation *> loadsBehind(ArrayRef<Value> values) {
    llvm::DenseSet<Operation *> loads;
    SmallVector<Value> pending(values);
    while (!pending.empty())
      if (Operation *op = pending.pop_back_val().getDefiningOp()) {
        if (isa<memref::LoadOp>(op))
          loads.insert(op);
        else if (isPure(op))
          llvm::append_range(pending, op->getOperands());
      }
    return loads;
  }

  /// Whether `op`, which comes after `other`, depends on that by way of memory.
  bool mustFollow(Operation *op, Operation *other) {
    auto found = accesses.find(other);
    if (found == accesses.end()) // what may fail stays in order
      return !isPure(other) && !isa<memref::AllocOp>(other);
    for (Access a : accesses[op])
      for (Access b : found->second)
        if ((a.writes() || b.writes()) && rootOf(a.memref) == rootOf(b.memref) &&
            buffers.mayOverlap(a.memref, b.memref))
          return true;
    return false;
  }

  BufferAccess buffers;
  llvm::DenseMap<Operation *, SmallVector<Access>> accesses;
};

struct SchedulePass : ingot::codegen::impl::ScheduleBase<SchedulePass> {
  void runOnOperation() override {
    if (getOperation().isExternal())
      return;
    try {
      Scheduler(getOperation()).run();
    } catch (const std::overflow_error &) { // an error of ingot-plan-arena
    }
  }
};

} // namespace
