#include "test/codegen/Jit.h"
#include "codegen/kernel/KernelDialect.h"
#include "ir/dialect/Dialect.h"
#include "mlir/Conversion/Passes.h"
#include "mlir/Dialect/Arith/Transforms/Passes.h"
#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlow.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/ExecutionEngine/OptUtils.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Target/LLVMIR/Dialect/Builtin/BuiltinToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/LLVMIR/LLVMToLLVMIRTranslation.h"
#include "mlir/Transforms/Passes.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;

namespace ingot::test {

static void addLowering(OpPassManager &pm) {
  pm.addPass(createCanonicalizerPass());
  pm.addPass(arith::createArithExpandOpsPass());
  pm.addPass(createSCFToControlFlowPass());
  pm.addPass(createConvertVectorToLLVMPass());
  pm.addPass(createConvertMathToLLVMPass());
  pm.addPass(createArithToLLVMConversionPass());
  pm.addPass(createConvertControlFlowToLLVMPass());
  pm.addPass(createConvertFuncToLLVMPass());
  pm.addPass(createReconcileUnrealizedCastsPass());
}

Jit::Jit(const std::string &source, llvm::function_ref<void(OpPassManager &)> passes) {
  llvm::InitializeNativeTarget();
  llvm::InitializeNativeTargetAsmPrinter();
  DialectRegistry registry;
  registry.insert<arith::ArithDialect, bufferization::BufferizationDialect, cf::ControlFlowDialect,
                  func::FuncDialect, ir::IngotDialect, kernel::KernelDialect, linalg::LinalgDialect,
                  LLVM::LLVMDialect, math::MathDialect, memref::MemRefDialect, scf::SCFDialect,
                  tensor::TensorDialect, vector::VectorDialect>();
  registerBuiltinDialectTranslation(registry);
  registerLLVMDialectTranslation(registry);
  context.appendDialectRegistry(registry);

  std::string diagnostics;
  ScopedDiagnosticHandler handler(&context,
                                  [&](Diagnostic &diagnostic) { diagnostics += diagnostic.str() + "\n"; });
  module = parseSourceString<ModuleOp>(source, &context);
  if (!module)
    throw std::runtime_error("parsing: " + diagnostics);
  PassManager pm(&context), lowering(&context);
  passes(pm);
  addLowering(lowering);
  if (failed(pm.run(*module)))
    throw std::runtime_error("passes: " + diagnostics);
  llvm::raw_string_ostream(text) << *module;
  if (failed(lowering.run(*module)))
    throw std::runtime_error("lowering: " + diagnostics);

  ExecutionEngineOptions options;
  auto optimize = makeOptimizingTransformer(2, 0, nullptr);
  options.transformer = optimize;
  options.jitCodeGenOptLevel = llvm::CodeGenOptLevel::Default;
  llvm::Expected<std::unique_ptr<ExecutionEngine>> made = ExecutionEngine::create(*module, options);
  if (!made)
    throw std::runtime_error(llvm::toString(made.takeError()));
  engine = std::move(*made);
}

Jit::~Jit() = default;

void *Jit::lookup(const std::string &name) {
  llvm::Expected<void *> address = engine->lookup(name);
  if (!address)
    throw std::runtime_error(llvm::toString(address.takeError()));
  return *address;
}

} // namespace ingot::test
