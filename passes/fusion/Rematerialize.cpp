#include "ir/dialect/Sizes.h"
#include "ir/ops/Ops.h"
#include "ir/sizes/Typical.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/IRMapping.h"
#include "passes/Passes.h"
#include "passes/fusion/Cost.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/SetVector.h"
#include <algorithm>
#include <numeric>
#include <stdexcept>

namespace ingot::passes {
#define GEN_PASS_DEF_REMATERIALIZE
#include "passes/Passes.h.inc"
} // namespace ingot::passes

using namespace mlir;
using namespace ingot;
using namespace ingot::ir;
using ingot::passes::CostModel;

namespace {

/// What is not worth a kernel, in parts of all that is live.
constexpr int64_t worthwhile = 1024;

/// Whether the result is the operand's memory, seen in another way.
bool isView(Operation *op) { return isa<BarrierOp, ReshapeOp, SliceOp>(op); }

int64_t typicalBytes(Value value) {
  int64_t bytes = llvm::divideCeil(getElementTypeOrSelf(value).getIntOrFloatBitWidth(), 8);
  return sizes::typical(numElements(sizesOf(value.getType())) * bytes);
}

/// A value in memory from the step that makes it to the last one that reads it, or a view of it.
struct Buffer {
  Value root;
  int64_t bytes = 0, first = -1, last = -1;
  SmallVector<std::pair<int64_t, OpOperand *>> reads; ///< by step
};

/// How a value is made again: a part of the kernel that stores it, pointwise ops and index maps alone.
struct Recipe {
  Value value;
  SmallVector<Operation *> ops; ///< in order
  llvm::SetVector<Value> leaves;
  int64_t cost = 0;
};

/// One decision: before step `at` the buffer is made again for the readers from there on.
struct Choice {
  const Buffer *buffer = nullptr;
  SmallVector<Recipe> recipes; ///< of what it takes and is not there any more, then of the buffer
  int64_t at = 0, saved = 0, cost = 0;

  bool operator<(const Choice &other) const {
    return std::pair(saved, -cost) < std::pair(other.saved, -other.cost);
  }
};

/// The kernels of a block as steps, with the buffers that are live at each.
class Liveness {
public:
  explicit Liveness(Block &block);

  const llvm::MapVector<Value, Buffer> &all() const { return buffers; }
  const Buffer &of(Value value) const { return buffers.find(roots.lookup(value))->second; }
  int64_t at(int64_t step) const { return live[step]; }
  int64_t steps() const { return live.size(); }
  /// The first step at which most is live.
  int64_t peak() const { return std::max_element(live.begin(), live.end()) - live.begin(); }
  Operation *op(int64_t step) const { return ops[step]; }
  /// The value itself and all views on the way to what is read.
  SmallVector<Operation *> viewsTo(Value value) const {
    SmallVector<Operation *> views;
    for (; value != roots.lookup(value); value = views.back()->getOperand(0))
      views.push_back(value.getDefiningOp());
    return SmallVector<Operation *>(llvm::reverse(views));
  }

private:
  void enter(Value value, int64_t step, int64_t bytes) {
    roots[value] = value;
    buffers.insert({value, Buffer{value, bytes, step, step, {}}});
  }

  SmallVector<Operation *> ops;
  llvm::DenseMap<Value, Value> roots;
  llvm::MapVector<Value, Buffer> buffers;
  std::vector<int64_t> live;
};

Liveness::Liveness(Block &block) {
  for (Value argument : block.getArguments())
    enter(argument, -1, 0);
  for (Operation &op : block) {
    int64_t step = ops.size();
    ops.push_back(&op);
    if (isView(&op)) {
      roots[op.getResult(0)] = roots.lookup(op.getOperand(0));
      continue;
    }
    for (Value result : op.getResults())
      if (isa<RankedTensorType>(result.getType()))
        enter(result, step, op.hasTrait<OpTrait::ConstantLike>() ? 0 : typicalBytes(result));
    op.walk([&](Operation *nested) {
      for (OpOperand &operand : nested->getOpOperands())
        if (auto found = buffers.find(roots.lookup(operand.get())); found != buffers.end()) {
          found->second.reads.push_back({step, &operand});
          found->second.last = step;
        }
    });
  }
  std::vector<int64_t> changes(ops.size() + 1);
  for (const auto &[root, buffer] : buffers) {
    changes[std::max<int64_t>(buffer.first, 0)] += buffer.bytes;
    changes[buffer.last + 1] -= buffer.bytes;
  }
  live.resize(ops.size());
  std::partial_sum(changes.begin(), changes.end() - 1, live.begin());
}

class Rematerialization {
public:
  explicit Rematerialization(Block &block) : block(block) {}

  void run() {
    // Each time fewer buffers are live at the peak.
    while (makeOneAgain()) {
    }
  }

private:
  bool makeOneAgain() {
    Liveness liveness(block);
    if (liveness.steps() == 0)
      return false;
    int64_t peak = liveness.peak();
    Choice best;
    for (const auto &[root, buffer] : liveness.all())
      if (std::optional<Choice> choice = choiceFor(buffer, peak, liveness); choice && best < *choice)
        best = *choice;
    if (!best.buffer)
      return false;
    makeAgain(best, liveness);
    return true;
  }

  std::optional<Recipe> recipeOf(Value value);
  bool addRecipes(Choice &choice, Value value, const Liveness &liveness);
  std::optional<Choice> choiceFor(const Buffer &buffer, int64_t peak, const Liveness &liveness);
  void makeAgain(const Choice &choice, const Liveness &liveness);

  Block &block;
  CostModel cost;
};

/// nullopt if the value is not made of pointwise ops and index maps, or takes more than it is worth.
std::optional<Recipe> Rematerialization::recipeOf(Value value) {
  auto result = dyn_cast<OpResult>(value);
  if (!result || result.getOwner()->getBlock() != &block)
    return std::nullopt;
  Recipe recipe{value, {}, {}, 0};
  Operation *op = result.getOwner();
  auto fusion = dyn_cast<FusionOp>(op);
  if (fusion) {
    llvm::SetVector<Value> needed;
    needed.insert(fusion.getBody().front().getTerminator()->getOperand(result.getResultNumber()));
    for (Operation &member : llvm::reverse(fusion.getBody().front()))
      if (llvm::any_of(member.getResults(), [&](Value each) { return needed.contains(each); })) {
        recipe.ops.insert(recipe.ops.begin(), &member);
        needed.insert_range(member.getOperands());
      }
    for (BlockArgument argument : fusion.getBody().getArguments())
      if (needed.contains(argument))
        recipe.leaves.insert(fusion.getInputs()[argument.getArgNumber()]);
  } else {
    recipe.ops.push_back(op);
    recipe.leaves.insert_range(op->getOperands());
  }
  for (Operation *member : recipe.ops) {
    auto pointwise = dyn_cast<PointwiseOpInterface>(member);
    if (!pointwise && !indexMapOf(member) && !isa<PadOp>(member) &&
        !(fusion && member->hasTrait<OpTrait::ConstantLike>()))
      return std::nullopt;
    recipe.cost += pointwise ? cost.of(pointwise) : 0;
  }
  if (recipe.leaves.empty())
    return std::nullopt;
  return recipe;
}

/// How to make `value` again at the step of the choice. What it is made of and is gone by then is made again, too, where it
/// can be and is not small.
bool Rematerialization::addRecipes(Choice &choice, Value value, const Liveness &liveness) {
  constexpr int64_t small = 16;
  if (llvm::any_of(choice.recipes, [&](const Recipe &known) { return known.value == value; }))
    return true;
  std::optional<Recipe> recipe = recipeOf(value);
  if (!recipe || choice.cost + recipe->cost > CostModel::memory)
    return false;
  choice.cost += recipe->cost;
  for (Value leaf : recipe->leaves) {
    const Buffer &made = liveness.of(leaf);
    if (made.last < choice.at && made.bytes > choice.buffer->bytes / small)
      addRecipes(choice, made.root, liveness);
  }
  choice.recipes.push_back(std::move(*recipe));
  return true;
}

/// The readers after the peak get a value of their own, if all that it is made of is there and less is live then.
std::optional<Choice> Rematerialization::choiceFor(const Buffer &buffer, int64_t peak,
                                                   const Liveness &liveness) {
  if (buffer.first >= peak || buffer.last <= peak || buffer.bytes < liveness.at(peak) / worthwhile)
    return std::nullopt;
  Choice choice{&buffer, {}, 0, 0, 0};
  int64_t lastEarly = buffer.first;
  for (auto [step, read] : llvm::reverse(buffer.reads)) {
    if (step <= peak) {
      lastEarly = step;
      break;
    }
    choice.at = step;
  }
  if (lastEarly == peak || liveness.op(choice.at)->hasTrait<OpTrait::IsTerminator>() ||
      !addRecipes(choice, buffer.root, liveness))
    return std::nullopt;
  // What the leaves add where they were not needed any more. An argument may be a state, written once it is read last.
  llvm::SmallMapVector<const Buffer *, int64_t, 4> longer;
  int64_t passing = 0; // what is made again on the way
  for (const Recipe &recipe : choice.recipes) {
    passing += recipe.value == buffer.root ? 0 : liveness.of(recipe.value).bytes;
    for (Value leaf : recipe.leaves) {
      const Buffer &made = liveness.of(leaf);
      if (made.last >= choice.at ||
          llvm::any_of(choice.recipes, [&](const Recipe &each) { return each.value == made.root; }))
        continue;
      if (made.first < 0)
        return std::nullopt;
      longer[&made] = made.last;
    }
  }
  auto changedAt = [&](int64_t step) {
    int64_t change = step > lastEarly && step < choice.at ? -buffer.bytes : 0;
    for (auto [made, last] : longer)
      change += step > last && step <= choice.at ? made->bytes : 0;
    return change + (step == choice.at ? passing : 0);
  };
  choice.saved = -changedAt(peak);
  if (choice.saved <= 0 || choice.saved < liveness.at(peak) / worthwhile)
    return std::nullopt;
  for (int64_t step = lastEarly + 1; step <= choice.at; ++step)
    if (liveness.at(step) + changedAt(step) > liveness.at(peak))
      return std::nullopt;
  return choice;
}

Value build(OpBuilder &b, const Recipe &recipe, const IRMapping &again) {
  Value value = recipe.value;
  if (recipe.ops.size() == 1 && recipe.ops.front() == value.getDefiningOp()) {
    IRMapping operands = again;
    return b.clone(*recipe.ops.front(), operands)->getResult(0);
  }
  auto from = value.getDefiningOp<FusionOp>();
  SmallVector<Value> inputs =
      llvm::map_to_vector(recipe.leaves, [&](Value leaf) { return again.lookupOrDefault(leaf); });
  auto fusion = FusionOp::create(b, value.getLoc(), TypeRange(value.getType()), inputs);
  OpBuilder::InsertionGuard guard(b);
  Block *body = b.createBlock(&fusion.getBody());
  for (Value leaf : recipe.leaves)
    body->addArgument(leaf.getType(), leaf.getLoc());
  IRMapping mapping;
  for (BlockArgument argument : from.getBody().getArguments())
    if (auto found = llvm::find(recipe.leaves, from.getInputs()[argument.getArgNumber()]);
        found != recipe.leaves.end())
      mapping.map(argument, body->getArgument(found - recipe.leaves.begin()));
  for (Operation *op : recipe.ops)
    b.clone(*op, mapping);
  Value yielded = from.getBody().front().getTerminator()->getOperand(cast<OpResult>(value).getResultNumber());
  YieldOp::create(b, value.getLoc(), mapping.lookup(yielded));
  return fusion.getResult(0);
}

void Rematerialization::makeAgain(const Choice &choice, const Liveness &liveness) {
  Operation *position = liveness.op(choice.at);
  OpBuilder b(position);
  IRMapping again;
  // Views of an old value, which may be where it is read first, become views of the new one.
  auto mapViews = [&](Value read) {
    for (Operation *view : liveness.viewsTo(read))
      if (!again.contains(view->getResult(0)) && again.contains(view->getOperand(0))) {
        OpBuilder::InsertionGuard guard(b);
        b.setInsertionPoint(view->isBeforeInBlock(position) ? position : view);
        IRMapping operand;
        operand.map(view->getOperand(0), again.lookup(view->getOperand(0)));
        again.map(view->getResult(0), b.clone(*view, operand)->getResult(0));
      }
  };
  for (const Recipe &recipe : choice.recipes) {
    for (Value leaf : recipe.leaves)
      mapViews(leaf);
    again.map(recipe.value, build(b, recipe, again));
  }
  for (auto [step, read] : choice.buffer->reads)
    if (step >= choice.at) {
      mapViews(read->get());
      read->set(again.lookup(read->get()));
    }
}

struct Rematerialize : ingot::passes::impl::RematerializeBase<Rematerialize> {
  void runOnOperation() override {
    if (getOperation().isExternal())
      return;
    try {
      Rematerialization(getOperation().getBody().front()).run();
    } catch (const std::overflow_error &) { // an error of ingot-plan-arena
    }
  }
};

} // namespace
