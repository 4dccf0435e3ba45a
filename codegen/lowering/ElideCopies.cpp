// The pass ingot-elide-copies.
#include "codegen/kernel/KernelDialect.h"
#include "codegen/lowering/BufferAccess.h"
#include "codegen/lowering/Passes.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

namespace ingot::codegen {
#define GEN_PASS_DEF_ELIDECOPIES
#include "codegen/lowering/Passes.h.inc"
} // namespace ingot::codegen

using namespace mlir;
using namespace ingot;
using namespace ingot::codegen;

namespace {

/// Works on one function; `entry` is its only block.
class CopyElision {
public:
  explicit CopyElision(func::FuncOp function) : buffers(function), entry(&buffers.entry) {}

  void run() {
    if (!buffers.rootsAreDisjoint())
      return;
    for (bool changed = true; changed;) {
      changed = false;
      SmallVector<memref::CopyOp> copies(entry->getOps<memref::CopyOp>());
      // From the last one back: its target is the place of all that was put together before.
      for (memref::CopyOp copy : llvm::reverse(copies))
        changed |= elide(copy);
    }
    for (Operation &op : *entry)
      reuseOperands(&op);
    for (Operation &op : llvm::make_early_inc_range(llvm::reverse(*entry)))
      if (isOpTriviallyDead(&op))
        op.erase();
  }

private:
  static bool mayFailWithin(Operation *first, Operation *end) {
    for (Operation *op = first; op != end; op = op->getNextNode())
      if (mayFail(op))
        return true;
    return false;
  }

  static bool isWithin(Operation *op, Operation *first, Operation *end) {
    return op == first || (first->isBeforeInBlock(op) && op->isBeforeInBlock(end));
  }

  //===-- Computing a value where it is copied to --------------------------------------------------------===//

  /// Makes what a copy copies in its target at once.
  bool elide(memref::CopyOp copy) {
    Value target = copy.getTarget(), root = rootOf(copy.getSource());
    if (target == copy.getSource())
      return copy.erase(), true;
    auto alloc = root.getDefiningOp<memref::AllocOp>();
    if (!alloc || rootOf(target) == root)
      return false;
    SmallVector<Access> accesses = buffers.of(root);
    memref::CopyOp old = oldValue(accesses, copy, alloc);
    llvm::erase_if(accesses, [&](Access access) { return access.op == copy || access.op == old; });
    if (accesses.empty())
      return false;
    auto isBefore = [](Access a, Access b) { return a.op->isBeforeInBlock(b.op); };
    Operation *first = llvm::min_element(accesses, isBefore)->op;
    Operation *last = llvm::max_element(accesses, isBefore)->op;
    if (copy->isBeforeInBlock(first)) { // of nothing but the old value, which is read later
      if (!old || !isUnchanged(target, old, copy))
        return false;
      return copy.erase(), true;
    }
    for (Access access : accesses)
      if (copy->isBeforeInBlock(access.op) && access.writes())
        return false;
    Operation *use = firstUse(alloc);
    if (!rootOf(target).getDefiningOp<memref::AllocOp>() && mayFailWithin(first, copy))
      return false;
    if (old && !isUnchanged(target, old, first))
      return false;
    if (!canReshape(copy, alloc) || !canMove(target, use) ||
        !isFree(target, root, first, copy, copy->isBeforeInBlock(last) ? last : copy.getOperation()))
      return false;
    move(target, use);
    OpBuilder b(use);
    Value place = reshape(b, copy.getSource(), target, alloc);
    copy.erase();
    if (old) // from here on of the target to itself
      old.getTargetMutable().assign(old.getSource());
    alloc.replaceAllUsesWith(place);
    alloc.erase();
    return true;
  }

  /// The copy that gives `alloc`, before anything else, the old value of the target of `copy`: part of it is changed, then
  /// all of it copied back.
  static memref::CopyOp oldValue(ArrayRef<Access> accesses, memref::CopyOp copy, memref::AllocOp alloc) {
    for (Access access : accesses) {
      auto old = dyn_cast<memref::CopyOp>(access.op);
      if (!old || old.getTarget() != alloc.getResult())
        continue;
      Value source = old.getSource();
      while (isa_and_nonnull<memref::CollapseShapeOp, memref::ExpandShapeOp>(source.getDefiningOp()))
        source = source.getDefiningOp()->getOperand(0);
      bool isFirst = llvm::none_of(accesses, [&](Access each) { return each.op->isBeforeInBlock(old); });
      if (source == copy.getTarget() && isFirst)
        return old;
    }
    return {};
  }

  /// Whether nothing writes to `target` from `begin` until `end`.
  bool isUnchanged(Value target, Operation *begin, Operation *end) {
    return llvm::none_of(buffers.of(rootOf(target)), [&](Access access) {
      return isWithin(access.op, begin, end) && access.writes() && buffers.mayOverlap(access.memref, target);
    });
  }

  /// The first op that needs the buffer, be it for a view of it.
  Operation *firstUse(memref::AllocOp alloc) {
    Operation *first = nullptr;
    for (Operation *user : alloc->getUsers()) {
      Operation *op = entry->findAncestorOpInBlock(*user);
      if (!first || op->isBeforeInBlock(first))
        first = op;
    }
    return first;
  }

  /// Whether the target of the copy can take the place of `alloc`, of which its source is at most a reshape.
  static bool canReshape(memref::CopyOp copy, memref::AllocOp alloc) {
    auto target = cast<MemRefType>(copy.getTarget().getType());
    // The types of views follow from that of what they view, and functions take nothing with gaps.
    if (copy.getSource() == alloc.getResult())
      return target == alloc.getType() ||
             llvm::none_of(alloc->getUsers(), llvm::IsaPred<ViewLikeOpInterface, kernel::LoopOp>);
    Operation *op = copy.getSource().getDefiningOp();
    return isa<memref::CollapseShapeOp, memref::ExpandShapeOp>(op) &&
           op->getOperand(0) == alloc.getResult() && target == copy.getSource().getType();
  }

  /// `target` under the sizes of `alloc`, of which `source` is a reshape.
  static Value reshape(OpBuilder &b, Value source, Value target, memref::AllocOp alloc) {
    if (auto expand = source.getDefiningOp<memref::ExpandShapeOp>())
      return memref::CollapseShapeOp::create(b, expand.getLoc(), alloc.getType(), target,
                                             expand.getReassociation());
    if (auto collapse = source.getDefiningOp<memref::CollapseShapeOp>())
      return memref::ExpandShapeOp::create(b, collapse.getLoc(), alloc.getType(), target,
                                           collapse.getReassociationIndices(), alloc.getMixedSizes());
    return target;
  }

  /// Whether nobody but the ops that compute the value of `root` uses `target`: from `first` to the copy at all, and then
  /// until `last` to write to it. What prepares the target for the copy is brought forward.
  bool isFree(Value target, Value root, Operation *first, memref::CopyOp copy, Operation *last) {
    SmallVector<Access> accesses = buffers.of(rootOf(target));
    llvm::sort(accesses, [](Access a, Access b) { return a.op->isBeforeInBlock(b.op); });
    SmallVector<Operation *> early;
    for (Access access : accesses) {
      if (access.op == copy || !buffers.mayOverlap(access.memref, target))
        continue;
      if (isWithin(access.op, copy, last) || access.op == last) {
        if (access.writes())
          return false;
      } else if (isWithin(access.op, first, copy) && !isInPlace(access, first, target, root)) {
        if (!canBringForward(access, first, accesses, early))
          return false;
        early.push_back(access.op);
      }
    }
    for (Operation *op : early) {
      for (Value operand : op->getOperands())
        move(operand, first);
      op->moveBefore(first);
    }
    return true;
  }

  /// Whether the access is a fill or a copy that can as well be done before `first`, as all of `early` will be. `accesses`
  /// are those of the same root.
  bool canBringForward(Access access, Operation *first, ArrayRef<Access> accesses,
                       ArrayRef<Operation *> early) {
    Operation *op = access.op;
    auto fill = dyn_cast<linalg::FillOp>(op);
    auto copy = dyn_cast<memref::CopyOp>(op);
    if (op == first || (!fill && !copy) || !access.writes())
      return false;
    Value target = access.memref, source = fill ? fill.getInputs()[0] : copy.getSource();
    auto disturbs = [&](Access access) {
      return isWithin(access.op, first, op) && !llvm::is_contained(early, access.op);
    };
    if (llvm::any_of(accesses, [&](Access access) {
          return disturbs(access) && buffers.mayOverlap(access.memref, target);
        }))
      return false;
    if (copy && llvm::any_of(buffers.of(rootOf(source)),
                             [&](Access access) { return disturbs(access) && access.writes(); }))
      return false;
    return canMove(target, first) && canMove(source, first);
  }

  //===-- In place -------------------------------------------------------------------------------------===//

  /// The map of an operand that an op touches element by element, each one once; null for others.
  static AffineMap elementMap(Operation *op, OpOperand &operand) {
    AffineMap map;
    if (auto contract = dyn_cast<kernel::ContractOp>(op)) {
      bool isElement = operand.getOperandNumber() >= 2;
      return isElement && contract.getMapOf(operand) == contract.getOutMap() ? contract.getOutMap() : map;
    }
    if (auto linalg = dyn_cast<linalg::LinalgOp>(op); linalg && linalg.getNumReductionLoops() == 0)
      map = linalg.getMatchingIndexingMap(&operand);
    return map && map.isPermutation() ? map : AffineMap();
  }

  /// Whether `op` reads `from` at an element only to compute the same element of `to`, which it does not read.
  static bool isElementwise(Operation *op, Value from, Value to) {
    AffineMap map;
    auto destination = dyn_cast<DestinationStyleOpInterface>(op);
    if (!destination)
      return false;
    for (OpOperand &operand : op->getOpOperands())
      if (operand.get() == to) {
        if (map || !destination.isDpsInit(&operand))
          return false;
        map = elementMap(op, operand);
        auto linalg = dyn_cast<linalg::LinalgOp>(op);
        if (!map || (linalg && !linalg.getMatchingBlockArgument(&operand).use_empty()))
          return false;
      }
    return map && llvm::all_of(op->getOpOperands(), [&](OpOperand &operand) {
             return operand.get() != from ||
                    (!destination.isDpsInit(&operand) && elementMap(op, operand) == map);
           });
  }

  /// Whether the access reads `target` in the op that computes all of `root`, just before an element is written there.
  static bool isInPlace(Access access, Operation *first, Value target, Value root) {
    return access.op == first && access.memref == target && touchesDirectly(access.op, target) &&
           isElementwise(access.op, target, root);
  }
  /// Not from within a body.
  static bool touchesDirectly(Operation *op, Value memref) {
    return llvm::none_of(memref.getUsers(), [&](Operation *user) { return op->isProperAncestor(user); });
  }

  /// Results of `op` take the memory of operands that nothing reads afterwards.
  void reuseOperands(Operation *op) {
    auto destination = dyn_cast<DestinationStyleOpInterface>(op);
    if (!destination || !isa<linalg::LinalgOp, kernel::ContractOp>(op))
      return;
    for (Value init : llvm::to_vector(destination.getDpsInits())) {
      auto result = init.getDefiningOp<memref::AllocOp>();
      if (!result ||
          llvm::any_of(buffers.of(init), [&](Access access) { return access.op->isBeforeInBlock(op); }))
        continue;
      for (OpOperand *input : destination.getDpsInputOperands())
        if (isLastUse(op, input->get(), result) && isElementwise(op, input->get(), init)) {
          result.replaceAllUsesWith(input->get());
          result.erase();
          break;
        }
    }
  }

  /// Whether `memref` is a buffer like `result` that only `op` uses, by this very value, and ops before it.
  bool isLastUse(Operation *op, Value memref, memref::AllocOp result) {
    auto alloc = memref.getDefiningOp<memref::AllocOp>();
    if (!alloc || alloc == result || alloc.getType() != result.getType() || !touchesDirectly(op, memref) ||
        !llvm::equal(alloc.getMixedSizes(), result.getMixedSizes(),
                     [&](OpFoldResult a, OpFoldResult b) { return buffers.arithmetic.equal(a, b); }))
      return false;
    return llvm::all_of(buffers.of(memref), [&](Access access) {
      return access.op == op ? access.memref == memref : access.op->isBeforeInBlock(op);
    });
  }

  BufferAccess buffers;
  Block *entry;
};

struct ElideCopiesPass : ingot::codegen::impl::ElideCopiesBase<ElideCopiesPass> {
  void runOnOperation() override {
    if (!getOperation().isExternal())
      CopyElision(getOperation()).run();
  }
};

} // namespace
