// The pass ingot-outline-scans.
#include "codegen/lowering/Passes.h"
#include "ir/ops/Ops.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace ingot::codegen {
#define GEN_PASS_DEF_OUTLINESCANS
#include "codegen/lowering/Passes.h.inc"
} // namespace ingot::codegen

using namespace mlir;
using namespace ingot::ir;

namespace {

/// The region of `scan` as a private function next to `function`, of which the scan is a part.
func::FuncOp outline(ScanOp scan, func::FuncOp function, SymbolTable &symbols) {
  OpBuilder b(scan.getContext());
  YieldOp yield = scan.getYield();
  auto type = b.getFunctionType(scan.getBody().getArgumentTypes(), yield->getOperandTypes());
  auto body = func::FuncOp::create(scan.getLoc(), (function.getName() + ".scan").str(), type);
  body.setPrivate();
  body->setAttr("ingot.body", b.getUnitAttr());
  if (Attribute dims = function->getAttr("ingot.dims"))
    body->setAttr("ingot.dims", dims);
  symbols.insert(body, std::next(Block::iterator(function)));
  body.getBody().takeBody(scan.getBody());
  b.setInsertionPoint(yield);
  func::ReturnOp::create(b, yield.getLoc(), yield->getOperands());
  yield.erase();
  return body;
}

/// A loop that was not made here might call anything, itself included.
WalkResult reject(LoopOp loop) {
  loop.emitOpError("is what ingot-outline-scans makes of an ingot.scan; programs must have the latter");
  return WalkResult::interrupt();
}

struct OutlineScansPass : ingot::codegen::impl::OutlineScansBase<OutlineScansPass> {
  void runOnOperation() override {
    if (getOperation().walk(reject).wasInterrupted())
      return signalPassFailure();
    SymbolTable symbols(getOperation());
    SmallVector<func::FuncOp> functions(getOperation().getOps<func::FuncOp>());
    for (func::FuncOp function : functions) {
      SmallVector<ScanOp> scans; // the inner ones first
      function.walk([&](ScanOp scan) { scans.push_back(scan); });
      for (ScanOp scan : scans) {
        func::FuncOp body = outline(scan, function, symbols);
        OpBuilder b(scan);
        auto loop = LoopOp::create(b, scan.getLoc(), scan.getResultTypes(), scan.getInits(), scan.getXs(),
                                   scan.getInvariants(), scan.getStepsAttr(), scan.getReverseAttr(),
                                   FlatSymbolRefAttr::get(body));
        scan->replaceAllUsesWith(loop);
        scan.erase();
      }
    }
  }
};

} // namespace
