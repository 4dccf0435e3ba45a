#include "codegen/vector/EmitLoop.h"
#include "codegen/kernel/Loops.h"
#include "codegen/vector/EmitLinalg.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"

using namespace mlir;

namespace ingot::codegen {
namespace {

class LoopEmitter {
public:
  LoopEmitter(kernel::LoopOp op, ArrayRef<View> operands, KernelBuilder &k)
      : op(op), body(kernel::bodyOf(op)), k(k), steps(getAsOpFoldResult(op.getSteps())) {
    ArrayRef<View> rest = operands.drop_front();
    auto take = [&](ValueRange group) {
      ArrayRef<View> views = rest.take_front(group.size());
      rest = rest.drop_front(group.size());
      return views;
    };
    inits = take(op.getInits());
    xs = take(op.getXs());
    invariants = take(op.getInvariants());
    take(op.getDims());
    finals = take(op.getFinals());
    ys = take(op.getYs());
    scratch = take(op.getScratch());
    workspace = rest;
  }

  LoopChecks run() {
    copyWithoutSteps();
    SmallVector<Value> state = llvm::map_to_vector(inits, [&](const View &view) { return pointer(view); });
    bool hasChecks = body.getNumResults() > 0;
    if (hasChecks) {
      state.push_back(k.constant(k.b.getI32Type(), -1));
      state.append(2, k.constant(k.b.getI64Type(), 0));
    }
    state = k.forLoop(k.index(0), steps, k.index(1), state,
                      [&](OpFoldResult step, ValueRange state) { return emitStep(step, state); });
    return hasChecks ? LoopChecks{state.end()[-3], state.end()[-2], state.end()[-1]} : LoopChecks();
  }

private:
  /// To the first element, or the first one of a slice.
  Value pointer(const View &view, OpFoldResult slice = {}) {
    SmallVector<OpFoldResult> indices(view.rank(), k.index(0));
    if (slice)
      indices.front() = slice;
    return k.address(view, indices);
  }

  void copyWithoutSteps() {
    std::optional<int64_t> count = getConstantIntValue(steps);
    if (count ? *count > 0 : inits.empty())
      return;
    auto copy = [&] {
      for (auto [init, final] : llvm::zip_equal(inits, finals))
        emitCopy(init, final, k);
    };
    if (count)
      return copy();
    Value none =
        arith::CmpIOp::create(k.b, k.loc, arith::CmpIPredicate::sle, k.value(steps), k.value(k.index(0)));
    auto branch = scf::IfOp::create(k.b, k.loc, none);
    OpBuilder::InsertionGuard guard(k.b);
    k.b.setInsertionPointToStart(branch.thenBlock());
    copy();
  }

  /// Where the carried values go: in the last step to the finals, before that in turn to scratch and to the finals.
  SmallVector<Value> destinations(OpFoldResult step) {
    OpFoldResult parity = k.mod(k.sub(k.sub(steps, k.index(1)), step), k.index(2));
    Value isFinal;
    if (isa<Value>(parity))
      isFinal =
          arith::CmpIOp::create(k.b, k.loc, arith::CmpIPredicate::eq, k.value(parity), k.value(k.index(0)));
    SmallVector<Value> next;
    for (auto [final, other] : llvm::zip_equal(finals, scratch)) {
      if (isFinal)
        next.push_back(arith::SelectOp::create(k.b, k.loc, isFinal, pointer(final), pointer(other)));
      else
        next.push_back(pointer(isConstantIntValue(parity, 0) ? final : other));
    }
    return next;
  }

  SmallVector<Value> emitStep(OpFoldResult step, ValueRange state) {
    OpFoldResult slice = op.getReverse() ? k.sub(k.sub(steps, k.index(1)), step) : step;
    SmallVector<Value> arguments(state.take_front(inits.size())), next = destinations(step);
    for (const View &x : xs)
      arguments.push_back(pointer(x, slice));
    for (const View &invariant : invariants)
      arguments.push_back(pointer(invariant));
    llvm::append_range(arguments, op.getDims());
    llvm::append_range(arguments, next);
    for (const View &y : ys)
      arguments.push_back(pointer(y, slice));
    for (const View &arena : workspace)
      arguments.push_back(pointer(arena));
    llvm::append_range(next, call(arguments, state.drop_front(inits.size())));
    return next;
  }

  /// Calls the function, unless a check failed in an earlier step.
  SmallVector<Value> call(ValueRange arguments, ValueRange checks) {
    if (checks.empty()) {
      func::CallOp::create(k.b, k.loc, body, arguments);
      return {};
    }
    Value fine =
        arith::CmpIOp::create(k.b, k.loc, arith::CmpIPredicate::slt, checks[0], k.zero(checks[0].getType()));
    auto branch = scf::IfOp::create(k.b, k.loc, checks.getTypes(), fine, /*withElseRegion=*/true);
    OpBuilder::InsertionGuard guard(k.b);
    k.b.setInsertionPointToStart(branch.thenBlock());
    scf::YieldOp::create(k.b, k.loc, func::CallOp::create(k.b, k.loc, body, arguments).getResults());
    k.b.setInsertionPointToStart(branch.elseBlock());
    scf::YieldOp::create(k.b, k.loc, checks);
    return branch.getResults();
  }

  kernel::LoopOp op;
  func::FuncOp body;
  KernelBuilder &k;
  OpFoldResult steps;
  ArrayRef<View> inits, xs, invariants, finals, ys, scratch, workspace;
};

} // namespace

LoopChecks emitLoop(kernel::LoopOp op, ArrayRef<View> operands, KernelBuilder &k) {
  return LoopEmitter(op, operands, k).run();
}

} // namespace ingot::codegen
