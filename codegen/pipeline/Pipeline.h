// The way of a program through the compiler, as a numbered story.
//
//   Phase             ingot, fused, linalg, layouts, buffers, kernels, llvm: what the IR speaks of at its end
//   addPhase          the passes of one phase
//   runPipeline       a module through several phases
//   PhaseRunner       the same for many modules
//   registerDialects  all that parsing and compiling need
//
//   if (failed(runPipeline(module, {}, Phase::ingot, Phase::llvm))) ...
//
// In ingot-opt each phase is a pipeline of its own: `--ingot-phase-fused`; `--ingot-pipeline` runs them all.
#pragma once
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/DialectRegistry.h"
#include "mlir/Pass/PassManager.h"
#include <optional>

namespace ingot::codegen {

/// The phases in their order; named after the form that they leave the program in.
enum class Phase { ingot, fused, linalg, layouts, buffers, kernels, llvm };

/// "fused"
llvm::StringRef nameOf(Phase phase);
/// nullopt if there is no phase of this name.
std::optional<Phase> phaseNamed(llvm::StringRef name);

struct PipelineOptions {
  /// Off (-O0): each op becomes a kernel of its own.
  bool optimize = true;
  /// Line tables in the object: the user's lines and the paths of modules.
  bool debugInfo = false;
  /// Run the verifier after each pass.
  bool verify = false;
  /// Prints the module after this phase.
  std::optional<Phase> printAfter = std::nullopt;
  llvm::raw_ostream *printTo = nullptr;
};

/// Adds the passes of `phase` to a pass manager on modules.
void addPhase(mlir::OpPassManager &passes, Phase phase, const PipelineOptions &options);

/// Runs the phases from `first` to `last`. On failure diagnostics have been emitted.
mlir::LogicalResult runPipeline(mlir::ModuleOp module, const PipelineOptions &options, Phase first,
                                Phase last);

/// Several phases whose passes, with their patterns, are made once: for small modules that takes longer than running them.
/// One thread at a time may run it.
class PhaseRunner {
public:
  PhaseRunner(mlir::MLIRContext *context, const PipelineOptions &options, Phase first, Phase last);
  /// On failure diagnostics have been emitted.
  mlir::LogicalResult run(mlir::ModuleOp module) { return passes.run(module); }

private:
  mlir::PassManager passes;
};

/// The dialects of every phase, their bufferization, kernel emitters and translations.
void registerDialects(mlir::DialectRegistry &registry);

/// Makes the passes and pipelines known by name, for ingot-opt.
void registerPassesAndPipelines();

} // namespace ingot::codegen
