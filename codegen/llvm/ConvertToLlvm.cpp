// The pass ingot-convert-to-llvm.
#include "codegen/llvm/Passes.h"
#include "mlir/Conversion/ArithToLLVM/ArithToLLVM.h"
#include "mlir/Conversion/ControlFlowToLLVM/ControlFlowToLLVM.h"
#include "mlir/Conversion/FuncToLLVM/ConvertFuncToLLVM.h"
#include "mlir/Conversion/LLVMCommon/ConversionTarget.h"
#include "mlir/Conversion/LLVMCommon/TypeConverter.h"
#include "mlir/Conversion/MathToLLVM/MathToLLVM.h"
#include "mlir/Conversion/MathToLibm/MathToLibm.h"
#include "mlir/Conversion/SCFToControlFlow/SCFToControlFlow.h"
#include "mlir/Conversion/VectorToLLVM/ConvertVectorToLLVM.h"
#include "mlir/Dialect/Arith/Transforms/Passes.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlow.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/Transforms/LoweringPatterns.h"
#include "mlir/Transforms/DialectConversion.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

namespace ingot::codegen {
#define GEN_PASS_DEF_CONVERTTOLLVM
#include "codegen/llvm/Passes.h.inc"
} // namespace ingot::codegen

using namespace mlir;

namespace {

/// The attributes that LLVM knows in place of those that say what an argument is.
void setArgumentAttributes(func::FuncOp function) {
  Builder b(function.getContext());
  for (unsigned index = 0; index < function.getNumArguments(); ++index) {
    NamedAttrList attributes;
    if (isa<LLVM::LLVMPointerType>(function.getArgument(index).getType())) {
      if (!function->hasAttr("ingot.shared"))
        attributes.set("llvm.noalias", b.getUnitAttr());
      attributes.set("llvm.noundef", b.getUnitAttr());
      if (function.getArgAttr(index, "ingot.arena") || function.getArgAttr(index, "ingot.state_block"))
        attributes.set("llvm.align", b.getI64IntegerAttr(64));
    }
    function.setArgAttrs(index, attributes);
  }
  // LLVM would put what has one caller back into it.
  if (function->hasAttr("ingot.shared"))
    function->setAttr("passthrough", b.getStrArrayAttr({"noinline"}));
  SmallVector<StringAttr> own;
  for (NamedAttribute attribute : function->getDiscardableAttrs())
    if (attribute.getName().strref().starts_with("ingot."))
      own.push_back(attribute.getName());
  for (StringAttr name : own)
    function->removeAttr(name);
  function->setAttr("llvm.linkage", LLVM::LinkageAttr::get(function.getContext(), LLVM::Linkage::Internal));
}

struct ConvertToLlvmPass : ingot::codegen::impl::ConvertToLlvmBase<ConvertToLlvmPass> {
  ConvertToLlvmPass() = default;
  ConvertToLlvmPass(const ConvertToLlvmPass &other)
      : ConvertToLlvmBase(other) {} // initialize() makes what it has

  /// Makes the patterns, some hundreds, once for all modules.
  LogicalResult initialize(MLIRContext *context) override {
    types = std::make_unique<LLVMTypeConverter>(context, LowerToLLVMOptions(context));
    RewritePatternSet patterns(context);
    populateSCFToControlFlowConversionPatterns(patterns);
    cf::populateControlFlowToLLVMConversionPatterns(*types, patterns);
    arith::populateArithToLLVMConversionPatterns(*types, patterns);
    populateMathToLLVMConversionPatterns(*types, patterns);
    populateVectorToLLVMConversionPatterns(*types, patterns);
    populateFuncToLLVMConversionPatterns(*types, patterns);
    toLlvm = std::move(patterns);
    preparing = patternsBefore(context);
    RewritePatternSet calls(context);
    populateMathToLibmConversionPatterns(calls);
    toLibm = std::move(calls);
    return success();
  }

  void runOnOperation() override {
    ModuleOp module = getOperation();
    for (auto function : module.getOps<func::FuncOp>())
      setArgumentAttributes(function);
    // LLVM looks after blocks itself, in less time.
    GreedyRewriteConfig config;
    config.setRegionSimplificationLevel(GreedySimplifyRegionLevel::Disabled);
    if (failed(callLibm(module)) || failed(applyPatternsGreedily(module, preparing, config)))
      return signalPassFailure();
    LLVMConversionTarget target(getContext());
    target.addLegalOp<ModuleOp>();
    if (failed(applyFullConversion(module, target, toLlvm)))
      signalPassFailure();
  }

  /// What the conversion patterns do not know: divisions that round down, and vectors of more than one dimension.
  static RewritePatternSet patternsBefore(MLIRContext *context) {
    RewritePatternSet patterns(context);
    arith::populateCeilFloorDivExpandOpsPatterns(patterns);
    vector::populateVectorBroadcastLoweringPatterns(patterns);
    vector::populateVectorShapeCastLoweringPatterns(patterns);
    return patterns;
  }

  /// The functions on f64 that LLVM has no intrinsic for, or not to the last digits (expm1 becomes exp(x) - 1); of f32 none is
  /// left.
  LogicalResult callLibm(ModuleOp module) {
    ConversionTarget target(getContext());
    target.markUnknownOpDynamicallyLegal([](Operation *) { return true; });
    target.addIllegalOp<math::AcoshOp, math::AsinhOp, math::AtanhOp, math::CbrtOp, math::ErfOp, math::ErfcOp,
                        math::ExpM1Op, math::Log1pOp>();
    return applyPartialConversion(module, target, toLibm);
  }

  std::unique_ptr<LLVMTypeConverter> types;
  FrozenRewritePatternSet toLlvm, preparing, toLibm;
};

} // namespace
