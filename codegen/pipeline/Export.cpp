#include "codegen/pipeline/Export.h"
#include "codegen/jit/Jit.h"
#include "codegen/llvm/Describe.h"
#include "codegen/llvm/Exports.h"
#include "codegen/llvm/Header.h"
#include "codegen/llvm/Object.h"
#include "codegen/pipeline/OutputFiles.h"
#include "frontend/core/Error.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "runtime/core/Buffer.h"
#include "runtime/params/SafeTensors.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/Target/TargetMachine.h"
#include <algorithm>
#include <cstring>
#include <map>
#include <stdexcept>
#include <system_error>

using namespace mlir;

namespace ingot::codegen {

void setTarget(ModuleOp module, const Target &target) {
  Builder b(module.getContext());
  module->setAttr("ingot.triple", b.getStringAttr(target.triple));
  module->setAttr("ingot.cpu", b.getStringAttr(target.cpu));
  module->setAttr("ingot.features", b.getStringAttr(target.features));
}

namespace {

/// On the standard output, at once. Throws Error where that fails.
void print(const std::string &text) {
  llvm::raw_fd_ostream &out = llvm::outs();
  out << text;
  out.flush();
  if (std::error_code problem = out.error()) {
    out.clear_error();
    throw Error("standard output: " + problem.message());
  }
}

std::string textOf(Operation *op) {
  std::string text;
  llvm::raw_string_ostream(text) << *op << "\n";
  return text;
}

class Exporter {
public:
  Exporter(ModuleOp module, const std::vector<detail::StateTensor> &states, const ExportOptions &options)
      : module(module), options(options) {
    for (const detail::StateTensor &state : states)
      this->states[state.name] = &state;
  }

  void run() {
    std::string error;
    FailureOr<Target> found = Target::get(options.triple, options.cpu, options.features, &error);
    if (failed(found))
      throw Error(error);
    target = *found;
    if (options.emit == Emit::mlir)
      return emitText(".mlir", textOf(module));
    setTarget(module, target);
    runPhases(Phase::ingot, Phase::linalg);
    if (options.emit == Emit::linalg)
      return emitText(".linalg.mlir", textOf(module));
    runPhases(Phase::layouts, Phase::buffers);
    describeModule();
    compile();
  }

private:
  void runPhases(Phase first, Phase last) {
    PipelineOptions pipeline;
    pipeline.optimize = options.optimize;
    pipeline.debugInfo = true;
    pipeline.printAfter = options.printAfter;
    pipeline.printTo = &llvm::errs();
    if (failed(runPipeline(module, pipeline, first, last)))
      throw Error(options.name + ": compilation failed");
  }

  void describeModule() {
    info = describe(module, options.name);
    info.embeddedWeights = options.embedWeights && !info.states.empty();
    for (StateInfo &state : info.states)
      state.aliases = stateNamed(state.tensor.name).aliases;
    if (std::optional<std::string> problem = checkInterface(info))
      throw Error(*problem);
  }

  const detail::StateTensor &stateNamed(const std::string &name) {
    auto found = states.find(name);
    if (found == states.end())
      throw Error(options.name + ": no data for state '" + name + "'");
    return *found->second;
  }

  void compile() {
    // The block is made first: the module is used up by what follows.
    std::vector<char> block;
    if (info.embeddedWeights)
      block = preparedBlock();
    runPhases(Phase::kernels, Phase::llvm);
    info.sites = describeSites(module);

    std::string error;
    auto level = options.optimize ? llvm::CodeGenOptLevel::Default : llvm::CodeGenOptLevel::None;
    auto machine = createMachine(target, level, error);
    if (!machine)
      throw Error(error);
    llvm::LLVMContext context;
    std::unique_ptr<llvm::Module> code = translate(module, context, *machine);
    if (!code)
      throw Error(options.name + ": translation to LLVM IR failed");
    addExports(*code, info, block);
    optimize(*code, *machine, options.optimize ? 2 : 0);
    if (options.emit == Emit::llvm) {
      std::string text;
      llvm::raw_string_ostream(text) << *code;
      return emitText(".ll", text);
    }
    bool isObject = options.emit == Emit::object;
    llvm::SmallVector<char, 0> bytes =
        emitCode(*code, *machine, isObject ? CodeKind::object : CodeKind::assembly);
    std::string text(bytes.begin(), bytes.end());
    if (!isObject)
      return emitText(".s", text);
    writeFiles(std::move(text));
  }

  void writeFiles(std::string object) {
    if (options.folder == "-")
      throw Error("-o -: required a text (--emit=mlir, linalg, llvm or asm), got an object");
    OutputFiles files(options.folder, options.name);
    files.add(".o", std::move(object));
    files.add(".h", emitHeader(info));
    if (!info.embeddedWeights)
      files.addWeights(canonicalTensors());
    files.write();
    if (options.printMemory)
      for (const FunctionInfo &function : info.functions)
        print(memoryText(function) + "\n");
  }

  /// What a call needs at its peak, where run-time sizes are 64 or the nearest that is allowed.
  std::string memoryText(const FunctionInfo &function) const try {
    sizes::Values values{{"workers", 1}};
    std::string at;
    for (const DimInfo &dim : function.dims) {
      int64_t value = std::clamp<int64_t>(64, dim.range.min, dim.range.max.value_or(INT64_MAX));
      values[dim.name] = value;
      at += (at.empty() ? " at " : ", ") + dim.name + " = " + std::to_string(value);
    }
    int64_t tensors = 0, workspace = function.workspace.evaluate(values);
    for (const auto *list : {&function.inputs, &function.outputs})
      for (const TensorInfo &tensor : *list) {
        std::vector<int64_t> shape;
        for (const sizes::Expr &size : tensor.shape)
          shape.push_back(size.evaluate(values));
        tensors += ingot_rt::detail::byte_size(*ingot_rt::dtype_named(tensor.dtype), shape);
      }
    auto kilobytes = [](int64_t bytes) { return std::to_string((bytes + 999) / 1000) + " kB"; };
    return info.name + "." + function.name + ": peak memory" + at + " " +
           kilobytes(workspace + info.stateBytes + tensors) + " (workspace " + kilobytes(workspace) +
           ", state " + kilobytes(info.stateBytes) + ", inputs and outputs " + kilobytes(tensors) + ")";
  } catch (const std::overflow_error &) {
    return info.name + "." + function.name + ": peak memory of more than 2^63 bytes";
  }

  /// Every state under each of its names.
  std::vector<ingot_rt::Tensor> canonicalTensors() {
    std::vector<ingot_rt::Tensor> tensors;
    for (const StateInfo &state : info.states) {
      ingot_rt::Tensor tensor{state.tensor.name, ingot_rt::dtype_named(state.tensor.dtype), {}, {}};
      for (const sizes::Expr &size : state.tensor.shape)
        tensor.shape.push_back(size.constant());
      int64_t bytes = ingot_rt::detail::byte_size(*tensor.dtype, tensor.shape);
      const void *data = stateNamed(state.tensor.name).data;
      tensor.data = {static_cast<const std::byte *>(data), static_cast<size_t>(bytes)};
      tensors.push_back(tensor);
      for (const std::string &alias : state.aliases) {
        tensor.name = alias;
        tensors.push_back(tensor);
      }
    }
    return tensors;
  }

  /// The state as P_prepare lays it out, computed here: the layout is the target's, the code this machine's.
  std::vector<char> preparedBlock() {
    OwningOpRef<ModuleOp> clone = module.clone();
    for (auto function : llvm::make_early_inc_range(clone->getOps<func::FuncOp>()))
      if (function.getName() != "ingot.prepare")
        function.erase();
    setTarget(*clone, hostTarget());
    PipelineOptions pipeline;
    std::string error;
    auto machine = createMachine(hostTarget(), llvm::CodeGenOptLevel::Less, error);
    auto context = std::make_unique<llvm::LLVMContext>();
    if (!machine || failed(runPipeline(*clone, pipeline, Phase::kernels, Phase::llvm)))
      throw Error(options.name + ": preparing the weights failed");
    std::unique_ptr<llvm::Module> code = translate(*clone, *context, *machine);
    addSlotsEntry(*code, "ingot.prepare", "ingot.entry");
    optimize(*code, *machine, 1);
    JitModule jit(std::move(code), std::move(context), *machine);

    ingot_rt::Buffer block = ingot_rt::Buffer::allocate(static_cast<size_t>(info.stateBytes));
    std::memset(block.mutable_data(), 0, block.size());
    std::vector<const void *> slots = {block.data()};
    for (const StateInfo &state : info.states)
      slots.push_back(stateNamed(state.tensor.name).data);
    slots.push_back(block.data()); // an arena of no bytes
    reinterpret_cast<int32_t (*)(const void *const *)>(jit.address("ingot.entry"))(slots.data());
    const char *bytes = reinterpret_cast<const char *>(block.data());
    return {bytes, bytes + block.size()};
  }

  void emitText(llvm::StringRef suffix, std::string text) {
    if (options.folder == "-")
      return print(text);
    OutputFiles files(options.folder, options.name);
    files.add(suffix, std::move(text));
    files.write();
  }

  ModuleOp module;
  const ExportOptions &options;
  std::map<std::string, const detail::StateTensor *> states;
  Target target;
  ModuleInfo info;
};

} // namespace

int exportModule(ModuleOp module, const std::vector<detail::StateTensor> &states,
                 const ExportOptions &options) {
  try {
    Exporter(module, states, options).run();
    return 0;
  } catch (const Error &error) {
    llvm::errs() << options.name << ": " << error.what() << "\n";
    return 1;
  }
}

} // namespace ingot::codegen
