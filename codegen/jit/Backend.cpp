// The compiler behind the frontend: implements frontend/core/Backend.h.
#include "frontend/core/Backend.h"
#include "codegen/jit/Jit.h"
#include "codegen/llvm/Describe.h"
#include "codegen/llvm/Exports.h"
#include "codegen/pipeline/CommandLine.h"
#include "codegen/pipeline/Pipeline.h"
#include "frontend/core/Error.h"
#include "ir/sizes/Expr.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include "llvm/Target/TargetMachine.h"
#include <mutex>

using namespace mlir;

namespace ingot::codegen {
namespace {

class JitFunction final : public detail::CompiledFunction {
public:
  JitFunction(std::unique_ptr<llvm::Module> module, std::unique_ptr<llvm::LLVMContext> context,
              llvm::TargetMachine &machine, int64_t workspace, std::vector<SiteInfo> sites)
      : code(std::move(module), std::move(context), machine),
        entry(reinterpret_cast<int32_t (*)(void *const *)>(code.address("ingot.entry"))),
        workspace(workspace), sites(std::move(sites)) {}

  int64_t workspaceBytes() const override { return workspace; }
  int32_t call(void *const *slots) const override { return entry(slots); }
  detail::FailedCheck failedCheck(int32_t status) const override {
    const SiteInfo &site = sites[status - 1];
    return {site.op, site.path, site.required, site.upper == INT64_MAX ? INT64_MAX : site.upper + 1};
  }

private:
  JitModule code;
  int32_t (*entry)(void *const *);
  int64_t workspace;
  std::vector<SiteInfo> sites;
};

func::FuncOp publicFunction(ModuleOp module) {
  for (auto function : module.getOps<func::FuncOp>())
    if (function.isPublic())
      return function;
  throw Error("compiling for this process: required a public function, got none");
}

/// What compiling needs and every module can share.
class Compiler {
public:
  Compiler(MLIRContext *context, bool optimize)
      : context(context), optimize(optimize),
        toBuffers(context, {.optimize = optimize}, Phase::ingot, Phase::buffers),
        toLlvm(context, {.optimize = optimize}, Phase::kernels, Phase::llvm) {
    std::string error;
    // Code for one process is compiled while its user waits: the cheaper levels, which kernels lose little by.
    machine = createMachine(hostTarget(),
                            optimize ? llvm::CodeGenOptLevel::Less : llvm::CodeGenOptLevel::None, error);
    if (!machine)
      throw Error("compiling for this process failed: " + error);
  }

  MLIRContext *const context;
  const bool optimize;
  PhaseRunner toBuffers, toLlvm;
  std::unique_ptr<llvm::TargetMachine> machine;
};

class JitBackend final : public detail::Backend {
public:
  void prepareContext(MLIRContext &context) override {
    DialectRegistry registry;
    registerDialects(registry);
    context.appendDialectRegistry(registry);
    context.loadAllAvailableDialects();
  }

  std::shared_ptr<detail::CompiledFunction> compile(ModuleOp module) override {
    std::lock_guard lock(mutex);
    Compiler &with = compilerFor(module.getContext());
    setTarget(module, hostTarget());
    std::string diagnostics;
    ScopedDiagnosticHandler handler(module.getContext(), [&](Diagnostic &diagnostic) {
      diagnostics += (diagnostics.empty() ? "" : "\n") + diagnostic.str();
    });
    auto fail = [&] { throw Error("compiling for this process failed: " + diagnostics); };
    if (failed(with.toBuffers.run(module)))
      fail();
    func::FuncOp function = publicFunction(module);
    auto workspace = function->getAttrOfType<StringAttr>("ingot.workspace");
    int64_t bytes = sizes::Expr::parse(workspace.strref())->constant();
    std::string name = function.getName().str();
    if (failed(with.toLlvm.run(module)))
      fail();

    auto context = std::make_unique<llvm::LLVMContext>();
    std::unique_ptr<llvm::Module> code = translate(module, *context, *with.machine);
    if (!code)
      fail();
    addSlotsEntry(*code, name, "ingot.entry");
    codegen::optimize(*code, *with.machine, with.optimize ? 1 : 0);
    return std::make_shared<JitFunction>(std::move(code), std::move(context), *with.machine, bytes,
                                         describeSites(module));
  }

  int exportMain(int argc, char **argv, ModuleOp module,
                 const std::vector<detail::StateTensor> &states) override {
    return codegen::exportMain(argc, argv, module, states);
  }

private:
  Compiler &compilerFor(MLIRContext *context) {
    if (!compiler || compiler->context != context || compiler->optimize != optimizes)
      compiler = std::make_unique<Compiler>(context, optimizes);
    return *compiler;
  }

  std::mutex mutex; // guards the compiler
  std::unique_ptr<Compiler> compiler;
};

} // namespace
} // namespace ingot::codegen

ingot::detail::Backend &ingot::detail::backend() {
  static auto *instance = new ingot::codegen::JitBackend; // tensors of static storage outlive it otherwise
  return *instance;
}
