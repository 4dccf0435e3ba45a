#include "ir/ops/Infer.h"
#include "ir/ops/Ops.h"
#include "ir/ops/TensorValue.h"
#include "passes/Passes.h"

namespace ingot::passes {
#define GEN_PASS_DEF_EXPANDGRADIENTS
#include "passes/Passes.h.inc"
} // namespace ingot::passes

using namespace mlir;
using namespace ingot::ir;

namespace {

bool isFloat(Value value) {
  auto type = dyn_cast<RankedTensorType>(value.getType());
  return type && isa<FloatType>(type.getElementType());
}

/// One gradient op, replaced by reverse-mode differentiation of the ops before it in its block.
class Expansion {
public:
  explicit Expansion(GradientOp gradient) : gradient(gradient), builder(gradient) {}

  LogicalResult run() {
    Operation *before = gradient->getPrevNode();
    findActive();
    if (failed(seed()))
      return failure();
    for (Operation *op = before; op; op = op->getPrevNode())
      if (failed(differentiate(op)))
        return failure();
    for (auto [x, result] : llvm::zip(gradient.getXs(), gradient.getGrads()))
      result.replaceAllUsesWith(cotangentOrZero(x));
    eraseUnused(before);
    gradient.erase();
    return success();
  }

private:
  /// The values that depend on an x through floating-point values: gradients flow through no other.
  void findActive() {
    active.insert(gradient.getXs().begin(), gradient.getXs().end());
    for (Operation *op = &gradient->getBlock()->front(); op != gradient; op = op->getNextNode())
      if (llvm::any_of(op->getOperands(), [&](Value operand) { return active.contains(operand); }))
        for (Value result : op->getResults())
          if (isFloat(result))
            active.insert(result);
  }

  LogicalResult seed() {
    for (auto [i, y] : llvm::enumerate(gradient.getYs())) {
      if (y.getParentBlock() != gradient->getBlock() && !llvm::is_contained(gradient.getXs(), y))
        return gradient.emitOpError("must stand in the block of the values that it differentiates: value ")
               << i << " is defined outside";
      if (active.contains(y))
        accumulate(y,
                   gradient.getSeeds().empty()
                       ? fullOf(builder, gradient.getLoc(), cast<RankedTensorType>(y.getType()), 1)
                       : gradient.getSeeds()[i],
                   gradient.getLoc());
    }
    return success();
  }

  void accumulate(Value value, Value cotangent, Location loc) {
    Value &sum = cotangents[value];
    sum = sum ? AddOp::create(builder, loc, sum, cotangent).getResult() : cotangent;
  }

  LogicalResult differentiate(Operation *op) {
    auto isActive = [&](Value value) { return active.contains(value); };
    SmallVector<Value> results;
    for (Value result : op->getResults())
      results.push_back(cotangents.lookup(result));
    if (llvm::none_of(results, [](Value v) { return bool(v); }) || llvm::none_of(op->getOperands(), isActive))
      return success();
    auto differentiable = dyn_cast<DifferentiableOpInterface>(op);
    if (!differentiable)
      return needed(op->emitOpError("has no derivative"));
    SmallVector<Value> grads;
    LogicalResult built = checkSizes(op->getName().getStringRef(), op->getLoc(),
                                     [&] { return differentiable.buildVjp(builder, results, grads); });
    if (failed(built))
      return failure();
    if (grads.size() != op->getNumOperands())
      return op->emitOpError("has ") << op->getNumOperands() << " operands, but its derivative gave "
                                     << grads.size() << " cotangents";
    for (auto [operand, grad] : llvm::zip(op->getOperands(), grads)) {
      if (!grad || !isActive(operand))
        continue;
      if (grad.getType() != operand.getType())
        return op->emitOpError("has an operand of type ")
               << operand.getType() << ", but its derivative gave a cotangent of type " << grad.getType();
      accumulate(operand, grad, op->getLoc());
    }
    return success();
  }

  LogicalResult needed(InFlightDiagnostic diagnostic) {
    diagnostic.attachNote(gradient.getLoc()) << "this gradient needs one";
    return diagnostic;
  }

  Value cotangentOrZero(Value x) {
    Value cotangent = cotangents.lookup(x);
    return cotangent ? cotangent : fullOf(builder, gradient.getLoc(), cast<RankedTensorType>(x.getType()), 0);
  }

  /// The derivatives of operands that no x reaches were built with those that are needed.
  void eraseUnused(Operation *before) {
    for (Operation *op = gradient->getPrevNode(); op != before;) {
      Operation *unused = op;
      op = op->getPrevNode();
      if (isOpTriviallyDead(unused))
        unused->erase();
    }
  }

  GradientOp gradient;
  OpBuilder builder;
  llvm::DenseSet<Value> active;
  llvm::DenseMap<Value, Value> cotangents;
};

struct ExpandGradients : ingot::passes::impl::ExpandGradientsBase<ExpandGradients> {
  void runOnOperation() override {
    while (GradientOp gradient = firstGradient())
      if (failed(Expansion(gradient).run()))
        return signalPassFailure();
    getOperation()->walk([](DetachOp op) {
      op.replaceAllUsesWith(op.getX());
      op.erase();
    });
  }

private:
  /// In program order: what a gradient differentiates holds no other when its turn comes, also in the loops that an
  /// expansion has built.
  GradientOp firstGradient() {
    GradientOp first;
    getOperation()->walk([&](GradientOp op) {
      first = op;
      return WalkResult::interrupt();
    });
    return first;
  }
};

} // namespace
