// A backend that compiles nothing: it keeps the text of what it was given, and its functions write zeros.
//
//   fakeBackend().modules.back()     the IR of the last flush
//   fakeBackend().calls              how often a function was called
#pragma once
#include "frontend/core/Backend.h"

namespace ingot::test {

class FakeBackend final : public detail::Backend {
public:
  void prepareContext(mlir::MLIRContext &) override {}
  std::shared_ptr<detail::CompiledFunction> compile(mlir::ModuleOp module) override;
  int exportMain(int argc, char **argv, mlir::ModuleOp module,
                 const std::vector<detail::StateTensor> &states) override;

  std::vector<std::string> modules;
  std::vector<std::string> stateNames; ///< of the last export, with aliases
  int calls = 0;
  int32_t status = 0;   ///< what functions return
  bool refuses = false; ///< compile throws
};

FakeBackend &fakeBackend();

} // namespace ingot::test
