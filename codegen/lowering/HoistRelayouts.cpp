// The pass ingot-hoist-relayouts.
#include "codegen/kernel/Loops.h"
#include "codegen/lowering/Passes.h"
#include "codegen/vector/SizeArithmetic.h"
#include "ir/dialect/Dialect.h"
#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "llvm/ADT/SetVector.h"

namespace ingot::codegen {
#define GEN_PASS_DEF_HOISTRELAYOUTS
#include "codegen/lowering/Passes.h.inc"
} // namespace ingot::codegen

using namespace mlir;
using namespace ingot;
using namespace ingot::codegen;

namespace {

/// Works on a loop and the function that it alone calls.
class Hoisting {
public:
  Hoisting(kernel::LoopOp loop, func::FuncOp body) : loop(loop), body(body), sizes(body), before(loop) {
    for (auto [argument, operand] : llvm::zip(body.getArguments().drop_front(firstInvariant()), outside()))
      values.map(argument, operand);
  }

  void run() {
    SmallVector<kernel::RelayoutOp> relayouts(body.getOps<kernel::RelayoutOp>());
    for (kernel::RelayoutOp relayout : relayouts)
      if (std::optional<std::vector<sizes::Expr>> shape = shapeOf(relayout);
          shape && isKnownBefore(relayout.getSource()))
        hoist(relayout, *shape);
    for (unsigned index = firstInvariant() + loop.getInvariants().size(); index-- > firstInvariant();)
      dropIfUnused(index);
  }

private:
  unsigned firstInvariant() { return loop.getInits().size() + loop.getXs().size(); }

  /// What the invariants and dimensions of the body are outside.
  SmallVector<Value> outside() {
    SmallVector<Value> operands(loop.getInvariants());
    llvm::append_range(operands, loop.getDims());
    return operands;
  }

  std::optional<std::vector<sizes::Expr>> shapeOf(kernel::RelayoutOp relayout) {
    auto empty = relayout.getOut().getDefiningOp<tensor::EmptyOp>();
    if (!empty)
      return std::nullopt;
    std::vector<sizes::Expr> shape;
    for (OpFoldResult size : empty.getMixedSizes()) {
      std::optional<sizes::Expr> expr = sizes.exprOf(size);
      if (!expr)
        return std::nullopt;
      shape.push_back(*expr);
    }
    return shape;
  }

  /// Whether it follows from invariants and dimensions by ops that move no data.
  bool isKnownBefore(Value value) {
    if (auto argument = dyn_cast<BlockArgument>(value))
      return values.contains(argument);
    Operation *op = value.getDefiningOp();
    return (isa<bufferization::ToTensorOp, tensor::ExpandShapeOp, tensor::CollapseShapeOp>(op) ||
            sizes.exprOf(value)) &&
           llvm::all_of(op->getOperands(), [&](Value operand) { return isKnownBefore(operand); });
  }

  /// The value before the loop. A read of an argument is the operand itself.
  Value cloneBefore(Value value) {
    if (Value known = values.lookupOrNull(value))
      return known;
    Operation *op = value.getDefiningOp();
    for (Value operand : op->getOperands())
      (void)cloneBefore(operand);
    if (isa<bufferization::ToTensorOp>(op))
      values.map(value, values.lookup(op->getOperand(0)));
    else
      before.clone(*op, values);
    return values.lookup(value);
  }

  void hoist(kernel::RelayoutOp relayout, const std::vector<sizes::Expr> &shape) {
    auto type = cast<RankedTensorType>(relayout.getResult().getType());
    OpBuilder b(relayout);
    NamedAttrList attributes;
    unsigned index = firstInvariant() + loop.getInvariants().size();
    attributes.set("ingot.input", b.getStringAttr("arg" + Twine(index) + ".packed"));
    if (!type.hasStaticShape())
      attributes.set("ingot.sizes", ir::SizesAttr::get(b.getContext(), shape));
    (void)body.insertArgument(index, MemRefType::get(type.getShape(), type.getElementType()),
                              attributes.getDictionary(b.getContext()), relayout.getLoc());
    loop.getInvariantsMutable().append(cloneBefore(relayout.getResult()));
    Value read = bufferization::ToTensorOp::create(b, relayout.getLoc(), type, body.getArgument(index),
                                                   /*restrict=*/true);
    relayout.getResult().replaceAllUsesWith(read);
    eraseUnused(relayout);
  }

  /// The op, and what only it uses.
  static void eraseUnused(Operation *op) {
    llvm::SetVector<Operation *> candidates;
    candidates.insert(op);
    while (!candidates.empty()) {
      Operation *candidate = candidates.pop_back_val();
      if (!candidate->use_empty())
        continue;
      for (Value operand : candidate->getOperands())
        if (Operation *definition = operand.getDefiningOp())
          candidates.insert(definition);
      candidate->erase();
    }
  }

  void dropIfUnused(unsigned index) {
    if (!body.getArgument(index).use_empty())
      return;
    (void)body.eraseArgument(index);
    loop.getInvariantsMutable().erase(index - firstInvariant());
  }

  kernel::LoopOp loop;
  func::FuncOp body;
  SizeArithmetic sizes;
  OpBuilder before;
  IRMapping values;
};

struct HoistRelayoutsPass : ingot::codegen::impl::HoistRelayoutsBase<HoistRelayoutsPass> {
  void runOnOperation() override {
    llvm::DenseMap<Operation *, kernel::LoopOp> callers = kernel::callers(getOperation());
    for (func::FuncOp body : kernel::calleesFirst(getOperation()))
      if (kernel::LoopOp loop = callers.lookup(body))
        Hoisting(loop, body).run();
  }
};

} // namespace
