// Compiles MLIR text in the process, for tests that run what a pass of codegen/ emits.
//
//   Jit jit(text, [](mlir::OpPassManager &pm) { pm.addPass(codegen::createExpandMath()); });
//   auto *f = jit.get<void(const float *, float *, int64_t)>("f");
#pragma once
#include "mlir/ExecutionEngine/ExecutionEngine.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/IR/OwningOpRef.h"
#include "mlir/Pass/PassManager.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include <memory>
#include <stdexcept>
#include <string>

namespace ingot::test {

/// Owns the compiled code. Runs `passes`, then lowers scf, vector, arith and math to LLVM for this machine, at -O2.
/// Functions take and return only scalars and `!llvm.ptr`. Throws std::runtime_error with the diagnostics if anything fails.
class Jit {
public:
  Jit(const std::string &text, llvm::function_ref<void(mlir::OpPassManager &)> passes);
  ~Jit();

  template <class Signature> Signature *get(const std::string &name) {
    return reinterpret_cast<Signature *>(lookup(name));
  }
  /// The module after the passes and before lowering.
  const std::string &ir() const { return text; }

private:
  void *lookup(const std::string &name);
  mlir::MLIRContext context;
  mlir::OwningOpRef<mlir::ModuleOp> module;
  std::unique_ptr<mlir::ExecutionEngine> engine;
  std::string text;
};

} // namespace ingot::test
