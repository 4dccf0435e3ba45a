#include "ir/dialect/Sizes.h"
#include "ir/ops/Ops.h"
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

/// Where all dimensions are 64.
int64_t typicalBytes(Value value) {
  sizes::Expr bytes = numElements(sizesOf(value.getType())) *
                      int64_t(llvm::divideCeil(getElementTypeOrSelf(value).getIntOrFloatBitWidth(), 8));
  sizes::Values values;
  for (const std::string &dim : bytes.dims())
    values[dim] = 64;
  return bytes.evaluate(values);
}

/// A value in memory from the step that makes it to the last one that reads it, or a view of it.
struct Buffer {
  Value root;
  int64_t bytes = 0, first = -1, last = -1;
  SmallVector<std::pair<int64_t, OpOperand *>> reads; ///< by step
};

/// How a value is made again: a part of the kernel that stores it, pointwise ops and index maps alone.
struct Recipe {
  SmallVector<Operation *> ops; ///< in order
  llvm::SetVector<Value> leaves;
  int64_t cost = 0;
};

/// One decision: before step `at` the buffer is made again for the readers from there on.
struct Choice {
  const Buffer *buffer = nullptr;
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
  std::optional<Choice> choiceFor(const Buffer &buffer, int64_t peak, const Liveness &liveness);
  void makeAgain(const Choice &choice, const Liveness &liveness);
  Value build(OpBuilder &b, Value value, const Recipe &recipe);

  Block &block;
  CostModel cost;
};

/// nullopt if the value is not made of pointwise ops and index maps, or takes more than it is worth.
std::optional<Recipe> Rematerialization::recipeOf(Value value) {
  auto result = dyn_cast<OpResult>(value);
  if (!result || result.getOwner()->getBlock() != &block)
    return std::nullopt;
  Recipe recipe;
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
    if (!pointwise && !indexMapOf(member) && !(fusion && member->hasTrait<OpTrait::ConstantLike>()))
      return std::nullopt;
    recipe.cost += pointwise ? cost.of(pointwise) : 0;
  }
  if (recipe.cost > CostModel::memory || recipe.leaves.empty())
    return std::nullopt;
  return recipe;
}

/// The readers after the peak get a value of their own, if all that it is made of is there and less is live then.
std::optional<Choice> Rematerialization::choiceFor(const Buffer &buffer, int64_t peak,
                                                   const Liveness &liveness) {
  if (buffer.first >= peak || buffer.last <= peak || buffer.bytes < liveness.at(peak) / worthwhile)
    return std::nullopt;
  Choice choice{&buffer, 0, 0, 0};
  int64_t lastEarly = buffer.first;
  for (auto [step, read] : llvm::reverse(buffer.reads)) {
    if (step <= peak) {
      lastEarly = step;
      break;
    }
    choice.at = step;
  }
  if (lastEarly == peak || liveness.op(choice.at)->hasTrait<OpTrait::IsTerminator>())
    return std::nullopt;
  std::optional<Recipe> recipe = recipeOf(buffer.root);
  if (!recipe)
    return std::nullopt;
  choice.cost = recipe->cost;
  // What the leaves add where they were not needed any more. An argument may be a state, written once it is read last.
  llvm::SmallMapVector<const Buffer *, int64_t, 4> longer;
  for (Value leaf : recipe->leaves) {
    const Buffer &made = liveness.of(leaf);
    if (made.first < 0 && made.last < choice.at)
      return std::nullopt;
    if (made.last < choice.at)
      longer[&made] = made.last;
  }
  auto changedAt = [&](int64_t step) {
    int64_t change = step > lastEarly && step < choice.at ? -buffer.bytes : 0;
    for (auto [made, last] : longer)
      change += step > last && step <= choice.at ? made->bytes : 0;
    return change;
  };
  choice.saved = -changedAt(peak);
  if (choice.saved <= 0 || choice.saved < liveness.at(peak) / worthwhile)
    return std::nullopt;
  for (int64_t step = lastEarly + 1; step <= choice.at; ++step)
    if (liveness.at(step) + changedAt(step) > liveness.at(peak))
      return std::nullopt;
  return choice;
}

Value Rematerialization::build(OpBuilder &b, Value value, const Recipe &recipe) {
  Location loc = value.getLoc();
  if (recipe.ops.size() == 1 && recipe.ops.front() == value.getDefiningOp())
    return b.clone(*recipe.ops.front())->getResult(0);
  auto from = value.getDefiningOp<FusionOp>();
  IRMapping mapping;
  auto fusion = FusionOp::create(b, loc, TypeRange(value.getType()), recipe.leaves.getArrayRef());
  OpBuilder::InsertionGuard guard(b);
  Block *body = b.createBlock(&fusion.getBody());
  for (Value leaf : recipe.leaves)
    body->addArgument(leaf.getType(), leaf.getLoc());
  for (BlockArgument argument : from.getBody().getArguments())
    if (auto found = llvm::find(recipe.leaves, from.getInputs()[argument.getArgNumber()]);
        found != recipe.leaves.end())
      mapping.map(argument, body->getArgument(found - recipe.leaves.begin()));
  for (Operation *op : recipe.ops)
    b.clone(*op, mapping);
  Value yielded = from.getBody().front().getTerminator()->getOperand(cast<OpResult>(value).getResultNumber());
  YieldOp::create(b, loc, mapping.lookup(yielded));
  return fusion.getResult(0);
}

void Rematerialization::makeAgain(const Choice &choice, const Liveness &liveness) {
  Operation *position = liveness.op(choice.at);
  OpBuilder b(position);
  llvm::DenseMap<Value, Value> again = {
      {choice.buffer->root, build(b, choice.buffer->root, *recipeOf(choice.buffer->root))}};
  for (auto [step, read] : choice.buffer->reads) {
    if (step < choice.at)
      continue;
    // Views of the old value, which may be where it is read first, become views of the new one.
    for (Operation *view : liveness.viewsTo(read->get())) {
      Value &to = again[view->getResult(0)];
      if (to)
        continue;
      b.setInsertionPoint(view->isBeforeInBlock(position) ? position : view);
      IRMapping mapping;
      mapping.map(view->getOperand(0), again.lookup(view->getOperand(0)));
      to = b.clone(*view, mapping)->getResult(0);
    }
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
