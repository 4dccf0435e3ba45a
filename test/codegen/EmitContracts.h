// Turns functions over memrefs that hold nothing but kernel.contract into functions over pointers, for tests and measurements
// of the contract emitter alone.
//
//   Jit jit(text, test::emitContracts);     // void f(float *lhs, float *rhs, float *out, int64_t n)
#pragma once
#include "codegen/vector/EmitContract.h"
#include "codegen/vector/KernelEmitter.h"
#include "codegen/vector/Passes.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"
#include "mlir/Pass/PassManager.h"
#include "llvm/ADT/STLExtras.h"
#include <string>

namespace ingot::test {

/// The view of a memref argument of identity layout, whose `?` sizes `ingot.sizes` names; `buffer` is its identity.
inline codegen::View viewOf(mlir::BlockArgument argument, mlir::MemRefType type, mlir::func::FuncOp function,
                            codegen::SizeArithmetic &sizes) {
  mlir::OpBuilder builder(function.getContext());
  codegen::View view;
  view.base = argument;
  view.element = type.getElementType();
  view.offset = builder.getIndexAttr(0);
  view.buffer = argument.getArgNumber();
  mlir::Attribute names = function.getArgAttr(argument.getArgNumber(), "ingot.sizes");
  sizes::Expr stride = 1;
  llvm::SmallVector<sizes::Expr> exprs = *codegen::SizeArithmetic::sizesOf(type, names);
  for (const sizes::Expr &size : llvm::reverse(exprs)) {
    view.sizes.insert(view.sizes.begin(), sizes.emit(size));
    view.strides.insert(view.strides.begin(), sizes.emit(stride));
    stride = stride * size;
  }
  return view;
}

struct EmitContractsPass : mlir::PassWrapper<EmitContractsPass, mlir::OperationPass<mlir::ModuleOp>> {
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(EmitContractsPass)

  void runOnOperation() override {
    llvm::FailureOr<codegen::Target> target = codegen::Target::of(getOperation());
    if (llvm::failed(target))
      return signalPassFailure();
    for (auto function : getOperation().getOps<mlir::func::FuncOp>())
      if (llvm::failed(convert(function, *target)))
        return signalPassFailure();
  }

  static llvm::LogicalResult convert(mlir::func::FuncOp function, const codegen::Target &target) {
    auto pointer = mlir::LLVM::LLVMPointerType::get(function.getContext());
    codegen::SizeArithmetic sizes(function);
    llvm::DenseMap<mlir::Value, codegen::View> views;
    auto ops = llvm::to_vector(function.getOps<kernel::ContractOp>());
    for (mlir::BlockArgument argument : function.getArguments())
      if (auto type = llvm::dyn_cast<mlir::MemRefType>(argument.getType()))
        views[argument] = viewOf(argument, type, function, sizes);
    for (kernel::ContractOp op : ops) {
      llvm::SmallVector<codegen::View> operands;
      for (mlir::Value operand : op->getOperands())
        operands.push_back(views.lookup(operand));
      mlir::OpBuilder builder(op);
      codegen::KernelBuilder k(builder, op.getLoc(), target, sizes, function.getName(), operands);
      auto *emitter = llvm::dyn_cast<codegen::KernelEmitter>(op->getDialect());
      if (!emitter || llvm::failed(emitter->emit(op, operands, k)))
        return op.emitError("was not emitted");
      op.erase();
    }
    for (mlir::BlockArgument argument : function.getArguments())
      if (llvm::isa<mlir::MemRefType>(argument.getType()))
        argument.setType(pointer);
    function.setType(
        mlir::FunctionType::get(function.getContext(), function.getBody().getArgumentTypes(), {}));
    return llvm::success();
  }
};

inline void emitContracts(mlir::OpPassManager &passes) {
  passes.addPass(std::make_unique<EmitContractsPass>());
  passes.addPass(codegen::createExpandMath());
}

} // namespace ingot::test
