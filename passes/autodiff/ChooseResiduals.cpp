#include "ir/ops/Ops.h"
#include "ir/ops/TensorValue.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Matchers.h"
#include "passes/Constants.h"
#include "passes/Passes.h"

namespace ingot::passes {
#define GEN_PASS_DEF_CHOOSERESIDUALS
#include "passes/Passes.h.inc"
} // namespace ingot::passes

using namespace mlir;
using namespace ingot;
using namespace ingot::ir;
using ingot::passes::isZero;

namespace {

bool sameWindows(MaxPoolOp a, MaxPoolArgmaxOp b) {
  return a.getKernel() == b.getKernel() && a.getStrides() == b.getStrides() &&
         a.getDilations() == b.getDilations();
}

/// Maximum and position in one go, where the maximum is needed first: what was pooled need not live on.
void mergeWithPool(MaxPoolArgmaxOp op) {
  for (Operation *user : llvm::make_early_inc_range(op.getX().getUsers())) {
    auto pool = dyn_cast<MaxPoolOp>(user);
    if (!pool || pool->getBlock() != op->getBlock() || !sameWindows(pool, op))
      continue;
    if (pool->isBeforeInBlock(op))
      op->moveBefore(pool);
    pool.replaceAllUsesWith(op.getY());
    pool.erase();
  }
}

/// `select(x <= 0, 0, scatter(g, argmax(x)))`: only maxima are met, so that the mask can come before.
void maskBeforeScatter(SelectOp op) {
  auto compare = op.getC().getDefiningOp<LeOp>();
  auto scatter = op.getB().getDefiningOp<WindowScatterOp>();
  if (!compare || !scatter || !scatter->hasOneUse() || !isZero(compare.getB()) || !isZero(op.getA()))
    return;
  auto argmax = scatter.getElement().getDefiningOp<MaxPoolArgmaxOp>();
  if (!argmax || argmax.getX() != compare.getA())
    return;
  OpBuilder b(op);
  Location loc = op.getLoc();
  auto type = cast<RankedTensorType>(argmax.getY().getType());
  Value zero = fullOf(b, loc, type, 0), dead = LeOp::create(b, loc, argmax.getY(), zero),
        masked = SelectOp::create(b, loc, dead, zero, scatter.getX());
  auto moved =
      WindowScatterOp::create(b, scatter.getLoc(), op.getType(), masked, scatter.getElement(),
                              scatter.getKernelAttr(), scatter.getStridesAttr(), scatter.getDilationsAttr());
  op.replaceAllUsesWith(moved.getResult());
  op.erase();
  scatter.erase();
}

/// The sum over all positions of what was scattered is the sum of what there was.
void sumBeforeScatter(SumOp op) {
  auto scatter = op.getX().getDefiningOp<WindowScatterOp>();
  if (!scatter)
    return;
  auto dims = op.getReducedDims();
  int64_t rank = cast<RankedTensorType>(scatter.getType()).getRank();
  for (int64_t dim = 2; dim < rank; ++dim)
    if (!llvm::is_contained(dims, dim))
      return;
  op.getXMutable().assign(scatter.getX());
}

struct ChooseResiduals : ingot::passes::impl::ChooseResidualsBase<ChooseResiduals> {
  void runOnOperation() override {
    getOperation()->walk([](MaxPoolArgmaxOp op) { mergeWithPool(op); });
    getOperation()->walk([](SelectOp op) { maskBeforeScatter(op); });
    getOperation()->walk([](SumOp op) { sumBeforeScatter(op); });
  }
};

} // namespace
