#include "ir/ops/Ops.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/IRMapping.h"
#include "passes/Constants.h"
#include "passes/Passes.h"
#include "passes/fusion/Groups.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/SetVector.h"

namespace ingot::passes {
#define GEN_PASS_DEF_FUSE
#include "passes/Passes.h.inc"
} // namespace ingot::passes

using namespace mlir;
using namespace ingot::ir;
using ingot::passes::Group;

namespace {

/// Whether the op is an index map through which the group's contraction reads a factor.
bool isFactor(const Group &group, Operation *op) { return group.members.lookup(op) == Group::Access::factor; }

/// The members in the order of the block, but a contraction with its factors first; constants before their readers.
SmallVector<Operation *> orderedMembers(const Group &group) {
  llvm::SetVector<Operation *> members;
  for (auto [op, access] : group.members) {
    members.insert(op);
    if (isa<ContractionOpInterface>(op)) // reads its factors from memory
      continue;
    for (Value operand : op->getOperands())
      if (Operation *producer = operand.getDefiningOp(); producer && ingot::passes::isSplatConstant(producer))
        members.insert(producer);
  }
  auto rank = [&](Operation *op) {
    return isFactor(group, op) ? 0 : isa<ContractionOpInterface>(op) ? 1 : 2;
  };
  SmallVector<Operation *> ordered(members.begin(), members.end());
  llvm::sort(ordered, [&](Operation *a, Operation *b) {
    return rank(a) != rank(b) ? rank(a) < rank(b) : a->isBeforeInBlock(b);
  });
  return ordered;
}

/// What names the kernel in a profile: the op that does most of the work.
Location locationOf(const Group &group) {
  for (auto [op, access] : group.members)
    if (isa<ContractionOpInterface>(op))
      return op->getLoc();
  return group.results.front()->getLoc();
}

/// The place of a group in front of that of its last result. A contraction waits for what its epilogue reads and no longer,
/// since its factors may be large: the gradient of a weight is computed before the other gradients, not when the optimizer
/// uses it. But an argument may be a state that the epilogue updates in place: others read it before.
Operation *placeOf(const Group &group, ArrayRef<Operation *> members) {
  Operation *last = group.results.front();
  for (Operation *op : group.results)
    last = last->isBeforeInBlock(op) ? op : last;
  auto contraction = llvm::find_if(members, [](Operation *op) { return isa<ContractionOpInterface>(op); });
  if (contraction == members.end())
    return last;
  Operation *after = *contraction;
  auto follow = [&](Operation *op) {
    op = last->getBlock()->findAncestorOpInBlock(*op);
    if (after->isBeforeInBlock(op) && op->isBeforeInBlock(last) && !group.contains(op))
      after = op;
  };
  for (Operation *op : members)
    for (Value operand : op->getOperands()) {
      if (Operation *producer = operand.getDefiningOp())
        follow(producer);
      else if (op != *contraction && !isFactor(group, op))
        llvm::for_each(operand.getUsers(), follow);
    }
  return after->isBeforeInBlock(last) ? after->getNextNode() : last;
}

/// Puts an ingot.fusion before `position` and returns it; the members stay where they are.
FusionOp build(const Group &group, ArrayRef<Operation *> members, Operation *position) {
  llvm::SetVector<Value> inputs;
  for (Operation *op : members)
    for (Value operand : op->getOperands()) {
      Operation *producer = operand.getDefiningOp();
      bool isMember = isa<ContractionOpInterface>(op) ? producer && isFactor(group, producer)
                                                      : llvm::is_contained(members, producer);
      if (!isMember)
        inputs.insert(operand);
    }
  SmallVector<Value> results;
  for (Operation *op : group.results)
    results.push_back(op->getResult(0));
  OpBuilder builder(position);
  Location loc = locationOf(group);
  auto fusion = FusionOp::create(builder, loc, TypeRange(ValueRange(results)), inputs.getArrayRef());
  Block *body = builder.createBlock(&fusion.getBody());
  IRMapping mapping;
  for (Value input : inputs)
    mapping.map(input, body->addArgument(input.getType(), input.getLoc()));
  for (Operation *op : members)
    builder.clone(*op, mapping);
  for (Value &result : results)
    result = mapping.lookup(result);
  YieldOp::create(builder, loc, results);
  return fusion;
}

/// Dead ops that compute or move elements, last first.
void eraseDead(Block &block) {
  for (Operation &op : llvm::make_early_inc_range(llvm::reverse(block)))
    if (isOpTriviallyDead(&op))
      op.erase();
}

/// A value that a group stores beside its own may be read before the place of the group. All else keeps its order, and
/// with it the lifetime of what it makes.
void moveBeforeReaders(Block &block) {
  llvm::SetVector<Operation *> placed;
  llvm::DenseSet<Operation *> open; // waits for what it reads
  SmallVector<Operation *> pending;
  for (Operation &op : llvm::make_early_inc_range(block)) {
    pending.push_back(&op);
    while (!pending.empty()) {
      Operation *next = pending.back();
      size_t before = pending.size();
      next->walk([&](Operation *nested) {
        for (Value operand : nested->getOperands())
          if (Operation *producer = operand.getDefiningOp())
            if (producer->getBlock() == &block && producer != next && !placed.contains(producer))
              pending.push_back(producer);
      });
      if (pending.size() == before) {
        pending.pop_back();
        placed.insert(next);
      } else if (!open.insert(next).second) {
        llvm::report_fatal_error("ingot-fuse: groups that wait for each other");
      }
    }
  }
  for (Operation *op : placed)
    op->moveBefore(&block, block.end());
}

/// A number for all elements costs less to write where it is needed than to keep until then.
void splitBackgrounds(Block &block) {
  for (BroadcastOp broadcast : llvm::to_vector(block.getOps<BroadcastOp>())) {
    if (!ingot::passes::isSplat(broadcast))
      continue;
    for (OpOperand &use : llvm::make_early_inc_range(broadcast->getUses())) {
      Operation *reader = use.getOwner();
      if (reader->getBlock() != &block || isa<PointwiseOpInterface>(reader) || indexMapOf(reader) ||
          reader == block.getTerminator())
        continue;
      OpBuilder b(reader);
      use.set(b.clone(*broadcast)->getResult(0));
    }
  }
}

struct Fuse : ingot::passes::impl::FuseBase<Fuse> {
  void runOnOperation() override {
    for (Block &block : getOperation().getBody())
      fuse(block);
  }

  void fuse(Block &block) {
    eraseDead(block);
    splitBackgrounds(block);
    SmallVector<std::pair<const Group *, FusionOp>> fused;
    auto groups = ingot::passes::formGroups(block);
    for (const auto &group : groups) {
      SmallVector<Operation *> members = orderedMembers(*group);
      if (members.size() == 1)
        continue;
      fused.push_back({group.get(), build(*group, members, placeOf(*group, members))});
    }
    for (auto [group, fusion] : fused)
      for (auto [op, result] : llvm::zip(group->results, fusion.getResults()))
        op->getResult(0).replaceAllUsesWith(result);
    eraseDead(block);
    moveBeforeReaders(block);
  }
};

} // namespace
