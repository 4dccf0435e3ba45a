#include "codegen/pipeline/CommandLine.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/raw_ostream.h"

namespace cl = llvm::cl;

namespace ingot::codegen {
namespace {

enum class Weights { separate, embedded };

/// LLVM has flags of its own, for its developers; those of our names make way.
struct FreeNames {
  FreeNames() {
    for (const char *name : {"emit", "name", "o", "O0", "print-after", "quiet", "target-cpu",
                             "target-features", "target-triple", "weights", "weights-file"})
      if (cl::Option *taken = cl::getRegisteredOptions().lookup(name))
        taken->removeArgument();
  }
};

/// The flags, registered with LLVM's parser when the first program asks for them.
struct Flags : FreeNames {
  cl::OptionCategory category{"Options"};
  cl::opt<Emit> emit{
      "emit", cl::desc("what to write"),
      cl::values(clEnumValN(Emit::object, "obj", "NAME.o, NAME.h and NAME.safetensors (default)"),
                 clEnumValN(Emit::assembly, "asm", "NAME.s, assembly"),
                 clEnumValN(Emit::llvm, "llvm", "NAME.ll, LLVM IR"),
                 clEnumValN(Emit::linalg, "linalg", "NAME.linalg.mlir, the program as linalg on tensors"),
                 clEnumValN(Emit::mlir, "mlir", "NAME.mlir, the program as it was recorded")),
      cl::init(Emit::object), cl::cat(category)};
  cl::opt<std::string> folder{"o", cl::desc("where to write (default: here); - prints a text"),
                              cl::value_desc("FOLDER"), cl::init("."), cl::cat(category)};
  cl::opt<std::string> name{"name", cl::desc("name of the files and prefix of the C symbols"),
                            cl::value_desc("NAME"), cl::cat(category)};
  cl::opt<std::string> cpu{
      "target-cpu",
      cl::desc("cpu to compile for, as in clang's -march (x86-64-v3, znver4, native); default: "
               "native, or with --target-triple the baseline"),
      cl::value_desc("CPU"), cl::cat(category)};
  cl::opt<std::string> triple{"target-triple", cl::desc("platform to compile for, as in clang's --target"),
                              cl::value_desc("TRIPLE"), cl::cat(category)};
  cl::opt<std::string> features{"target-features", cl::desc("further features of the cpu (+avx512f,-fma)"),
                                cl::value_desc("LIST"), cl::cat(category)};
  cl::opt<Weights> weights{
      "weights", cl::desc("where the weights go"),
      cl::values(clEnumValN(Weights::separate, "separate", "NAME.safetensors (default)"),
                 clEnumValN(Weights::embedded, "embedded", "into the object, ready to use")),
      cl::init(Weights::separate), cl::cat(category)};
  cl::opt<std::string> printAfter{
      "print-after",
      cl::desc("print the program after a phase: ingot, fused, linalg, layouts, buffers, kernels or llvm"),
      cl::value_desc("PHASE"), cl::cat(category)};
  cl::opt<bool> quiet{"quiet", cl::desc("do not print how much memory each function needs"),
                      cl::cat(category)};
  cl::opt<bool> unoptimized{"O0", cl::desc("do not fuse, do not optimize"), cl::cat(category)};
};

struct InputOptions {
  explicit InputOptions(cl::OptionCategory &category)
      : file(cl::Positional, cl::desc("FILE.mlir"), cl::init("-"), cl::cat(category)),
        weights("weights-file", cl::desc("safetensors file with the states; without it they are zero"),
                cl::value_desc("FILE"), cl::cat(category)) {}
  cl::opt<std::string> file, weights;
};

} // namespace

std::optional<ExportOptions> parseFlags(int argc, char **argv, llvm::StringRef name, InputFlags *input) {
  static Flags flags;
  static std::optional<InputOptions> inputOptions;
  if (input && !inputOptions)
    inputOptions.emplace(flags.category);
  cl::HideUnrelatedOptions(flags.category);
  cl::ResetAllOptionOccurrences();
  const char *overview = "Compiles to a native object, its header and the weights.\n";
  if (!cl::ParseCommandLineOptions(argc, argv, overview, &llvm::errs()))
    return std::nullopt;

  ExportOptions options;
  options.emit = flags.emit;
  options.name = flags.name.empty() ? name.str() : flags.name;
  options.folder = flags.folder;
  options.triple = flags.triple;
  options.cpu = flags.cpu;
  if (options.cpu.empty() && options.triple.empty())
    options.cpu = "native";
  options.features = flags.features;
  options.embedWeights = flags.weights == Weights::embedded;
  options.optimize = !flags.unoptimized;
  options.printMemory = !flags.quiet;
  if (!flags.printAfter.empty()) {
    options.printAfter = phaseNamed(flags.printAfter);
    if (!options.printAfter) {
      llvm::errs() << options.name
                   << ": --print-after: required a phase (ingot, fused, linalg, layouts, buffers, "
                   << "kernels, llvm), got '" << flags.printAfter << "'\n";
      return std::nullopt;
    }
  }
  if (input)
    *input = {inputOptions->file, inputOptions->weights};
  return options;
}

int exportMain(int argc, char **argv, mlir::ModuleOp module, const std::vector<detail::StateTensor> &states) {
  std::optional<ExportOptions> options = parseFlags(argc, argv, module.getName().value_or("model"));
  return options ? exportModule(module, states, *options) : 1;
}

} // namespace ingot::codegen
