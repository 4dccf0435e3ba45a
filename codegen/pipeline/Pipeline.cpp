#include "codegen/pipeline/Pipeline.h"
#include "codegen/kernel/KernelDialect.h"
#include "codegen/llvm/Passes.h"
#include "codegen/lowering/Passes.h"
#include "codegen/vector/Passes.h"
#include "ir/dialect/Dialect.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Arith/Transforms/BufferizableOpInterfaceImpl.h"
#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlow.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Linalg/Transforms/BufferizableOpInterfaceImpl.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Tensor/Transforms/BufferizableOpInterfaceImpl.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/Pass/PassRegistry.h"
#include "mlir/Target/LLVMIR/Dialect/Builtin/BuiltinToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/LLVMIR/LLVMToLLVMIRTranslation.h"
#include "mlir/Transforms/Passes.h"
#include "passes/Passes.h"

using namespace mlir;

namespace ingot::codegen {
namespace {

constexpr llvm::StringLiteral names[] = {"ingot", "fused", "linalg", "layouts", "buffers", "kernels", "llvm"};

//===-- The story ---------------------------------------------------------------------------------------------===//

/// Loops do in each step what only that step can: the rest is stored for the backward loop, computed for all steps before, or
/// left for after. What nobody needs is dropped first, since it would be stored, and afterwards.
void addScans(OpPassManager &passes) {
  passes.addPass(ingot::passes::createPruneScans());
  passes.addPass(ingot::passes::createSaveResiduals());
  passes.addPass(ingot::passes::createHoistFromScans());
  passes.addPass(ingot::passes::createSinkFromScans());
  passes.addPass(ingot::passes::createPruneScans());
}

/// 1. The program as recorded, without what stands for other ops: gradients, softmax. Algebra on whole tensors, the last
/// chance to see a transpose or a broadcast as what it is. Then the steps of loops become functions of their own, which is all
/// that the following phases know.
void addIngot(OpPassManager &passes, const PipelineOptions &) {
  passes.addPass(ingot::passes::createExpandGradients());
  passes.addPass(ingot::passes::createDecompose());
  passes.addPass(createCanonicalizerPass());
  addScans(passes);
  passes.addPass(ingot::passes::createSimplify());
  passes.addPass(createCSEPass());
  passes.addPass(ingot::passes::createChooseResiduals());
  OpPassManager &functions = passes.nest<func::FuncOp>();
  functions.addPass(ingot::passes::createSparseGradients());
  functions.addPass(ingot::passes::createNarrowResiduals());
  passes.addPass(createOutlineScans());
}

/// 2. What is computed in one go: each group reads its inputs and writes its results once. What would be kept for long is made
/// again where it can be.
void addFused(OpPassManager &passes, const PipelineOptions &options) {
  if (!options.optimize)
    return;
  OpPassManager &functions = passes.nest<func::FuncOp>();
  functions.addPass(ingot::passes::createFuse());
  functions.addPass(ingot::passes::createRematerialize());
}

/// 3. Groups become single ops that know their loops; sizes become arithmetic on the function's arguments. No CSE before
/// there are buffers: two reductions that start from one filled tensor would need a copy of it.
void addLinalg(OpPassManager &passes, const PipelineOptions &) {
  passes.nest<func::FuncOp>().addPass(createLowerToLinalg());
}

/// 4. Tensors get the order of dimensions, and contractions operands in the order, in which their kernels read them; for
/// weights that order is the one in which they are kept. What every step of a loop would lay out anew is laid out before it.
void addLayouts(OpPassManager &passes, const PipelineOptions &options) {
  if (options.optimize)
    passes.addPass(createOrderDimensions());
  passes.addPass(createPackContractions());
  passes.addPass(createHoistRelayouts());
  passes.addPass(createAssignStateLayout());
}

/// 5. Tensors become buffers, in place where they can, bools among them bits, and all buffers one arena.
void addBuffers(OpPassManager &passes, const PipelineOptions &options) {
  passes.addPass(createBufferize());
  passes.addPass(createCanonicalizerPass());
  passes.addPass(createCSEPass());
  if (options.optimize) {
    passes.nest<func::FuncOp>().addPass(createElideCopies());
    passes.nest<func::FuncOp>().addPass(createPackBools());
    passes.nest<func::FuncOp>().addPass(createSchedule());
  }
  passes.addPass(createPlanArena());
}

/// 6. Loops over vectors and pointers, with elementary functions as polynomials.
void addKernels(OpPassManager &passes, const PipelineOptions &options) {
  passes.addPass(createEmitKernels());
  passes.addPass(createExpandMath());
  passes.addPass(createLegalize());
  passes.addPass(createCSEPass());
  if (options.optimize)
    passes.addPass(createShareKernels());
}

/// 7. What LLVM takes over.
void addLlvm(OpPassManager &passes, const PipelineOptions &options) {
  passes.addPass(createConvertToLlvm());
  if (options.debugInfo)
    passes.addPass(createAddDebugInfo());
}

} // namespace

llvm::StringRef nameOf(Phase phase) { return names[static_cast<int>(phase)]; }

std::optional<Phase> phaseNamed(llvm::StringRef name) {
  const auto *found = llvm::find(names, name);
  return found == std::end(names) ? std::nullopt
                                  : std::optional(static_cast<Phase>(found - std::begin(names)));
}

void addPhase(OpPassManager &passes, Phase phase, const PipelineOptions &options) {
  constexpr decltype(&addIngot) phases[] = {addIngot,   addFused,   addLinalg, addLayouts,
                                            addBuffers, addKernels, addLlvm};
  phases[static_cast<int>(phase)](passes, options);
}

LogicalResult runPipeline(ModuleOp module, const PipelineOptions &options, Phase first, Phase last) {
  for (int phase = static_cast<int>(first); phase <= static_cast<int>(last); ++phase) {
    PassManager passes(module->getName());
    passes.enableVerifier(options.verify);
    addPhase(passes, static_cast<Phase>(phase), options);
    if (failed(passes.run(module)))
      return failure();
    if (options.printAfter == static_cast<Phase>(phase) && options.printTo)
      *options.printTo << "// after phase " << names[phase] << "\n" << module << "\n";
  }
  return success();
}

PhaseRunner::PhaseRunner(MLIRContext *context, const PipelineOptions &options, Phase first, Phase last)
    : passes(context, ModuleOp::getOperationName()) {
  passes.enableVerifier(options.verify);
  for (int phase = static_cast<int>(first); phase <= static_cast<int>(last); ++phase)
    addPhase(passes, static_cast<Phase>(phase), options);
}

void registerDialects(DialectRegistry &registry) {
  registry.insert<ir::IngotDialect, arith::ArithDialect, bufferization::BufferizationDialect,
                  cf::ControlFlowDialect, func::FuncDialect, kernel::KernelDialect, linalg::LinalgDialect,
                  LLVM::LLVMDialect, math::MathDialect, memref::MemRefDialect, scf::SCFDialect,
                  tensor::TensorDialect, vector::VectorDialect>();
  arith::registerBufferizableOpInterfaceExternalModels(registry);
  linalg::registerBufferizableOpInterfaceExternalModels(registry);
  tensor::registerBufferizableOpInterfaceExternalModels(registry);
  kernel::registerBufferizableOpInterfaceExternalModels(registry);
  registerBuiltinDialectTranslation(registry);
  registerLLVMDialectTranslation(registry);
}

void registerPassesAndPipelines() {
  passes::registerIngotPasses();
  registerIngotLoweringPasses();
  registerIngotVectorPasses();
  registerIngotLlvmPasses();
  registerCanonicalizerPass();
  registerCSEPass();
  static PassPipelineRegistration<> all("ingot-pipeline", "all phases, from a program to the LLVM dialect",
                                        [](OpPassManager &passes) {
                                          for (int phase = 0; phase < int(std::size(names)); ++phase)
                                            addPhase(passes, static_cast<Phase>(phase), {});
                                        });
  for (int phase = 0; phase < int(std::size(names)); ++phase) {
    std::string name = ("ingot-phase-" + names[phase]).str();
    std::string description = ("the phase that ends in the form '" + names[phase] + "'").str();
    registerPassPipeline(
        name, description,
        [phase](OpPassManager &passes, llvm::StringRef options,
                llvm::function_ref<LogicalResult(const Twine &)> error) {
          if (!options.empty())
            return error("a phase has no options, got '" + options + "'");
          addPhase(passes, static_cast<Phase>(phase), {});
          return success();
        },
        [](llvm::function_ref<void(const detail::PassOptions &)>) {});
  }
}

} // namespace ingot::codegen
