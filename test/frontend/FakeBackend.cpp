#include "test/frontend/FakeBackend.h"
#include "frontend/core/Backend.h"
#include "frontend/core/Error.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Verifier.h"
#include <cstring>

namespace ingot::test {
namespace {

std::string textOf(mlir::ModuleOp module) {
  std::string text;
  llvm::raw_string_ostream out(text);
  module.print(out);
  return text;
}

struct FakeFunction final : detail::CompiledFunction {
  int64_t workspaceBytes() const override { return 0; }
  int32_t call(void *const *slots) const override {
    ++fakeBackend().calls;
    for (size_t i = 0; i < resultBytes.size(); ++i)
      std::memset(slots[arguments + i], 0, resultBytes[i]);
    return fakeBackend().status;
  }
  detail::FailedCheck failedCheck(int32_t) const override { return {"gather", "0", "", 1}; }
  size_t arguments = 0;
  std::vector<size_t> resultBytes;
};

class FakeBackend final : public detail::Backend {
public:
  void prepareContext(mlir::MLIRContext &) override {}
  std::shared_ptr<detail::CompiledFunction> compile(mlir::ModuleOp module) override;
  int exportMain(int argc, char **argv, mlir::ModuleOp module,
                 const std::vector<detail::StateTensor> &states) override;
};

std::shared_ptr<detail::CompiledFunction> FakeBackend::compile(mlir::ModuleOp module) {
  if (failed(mlir::verify(module)))
    throw Error("invalid IR: " + textOf(module));
  fakeBackend().modules.push_back(textOf(module));
  auto function = *module.getOps<mlir::func::FuncOp>().begin();
  auto result = std::make_shared<FakeFunction>();
  result->arguments = function.getNumArguments();
  for (mlir::Type type : function.getResultTypes()) {
    auto tensor = mlir::cast<mlir::RankedTensorType>(type);
    result->resultBytes.push_back(tensor.getNumElements() * ((tensor.getElementTypeBitWidth() + 7) / 8));
  }
  return result;
}

int FakeBackend::exportMain(int, char **, mlir::ModuleOp module,
                            const std::vector<detail::StateTensor> &states) {
  fakeBackend().modules.push_back(textOf(module));
  std::vector<std::string> &stateNames = fakeBackend().stateNames;
  stateNames.clear();
  for (const detail::StateTensor &state : states) {
    stateNames.push_back(state.name);
    for (const std::string &alias : state.aliases)
      stateNames.push_back("=" + alias);
  }
  return succeeded(mlir::verify(module)) ? 0 : 1;
}

} // namespace

FakeBackendLog &fakeBackend() {
  static FakeBackendLog log;
  return log;
}

} // namespace ingot::test

namespace ingot::detail {
Backend &backend() {
  static test::FakeBackend instance;
  return instance;
}
} // namespace ingot::detail
