#include "test/frontend/FakeBackend.h"
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
  size_t arguments = 0;
  std::vector<size_t> resultBytes;
};

} // namespace

std::shared_ptr<detail::CompiledFunction> FakeBackend::compile(mlir::ModuleOp module) {
  if (refuses)
    throw Error("this backend refuses");
  if (failed(mlir::verify(module)))
    throw Error("invalid IR: " + textOf(module));
  modules.push_back(textOf(module));
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
  modules.push_back(textOf(module));
  stateNames.clear();
  for (const detail::StateTensor &state : states) {
    stateNames.push_back(state.name);
    for (const std::string &alias : state.aliases)
      stateNames.push_back("=" + alias);
  }
  return succeeded(mlir::verify(module)) ? 0 : 1;
}

FakeBackend &fakeBackend() {
  static FakeBackend instance;
  return instance;
}

} // namespace ingot::test

namespace ingot::detail {
Backend &backend() { return test::fakeBackend(); }
} // namespace ingot::detail
