// Compiles a textual ingot module to the files that an exporting program writes.
//
//   ingotc model.mlir -o build --weights-file=model.safetensors      build/model.o, build/model.h, build/model.safetensors
#include "codegen/pipeline/CommandLine.h"
#include "codegen/pipeline/Programs.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Support/FileUtilities.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/raw_ostream.h"
#include <algorithm>

using namespace ingot::codegen;

/// What the module calls itself, or the file's name as a C identifier.
static std::string defaultName(mlir::ModuleOp module, llvm::StringRef file) {
  if (std::optional<llvm::StringRef> name = module.getName())
    return name->str();
  std::string name = file == "-" ? "model" : llvm::sys::path::stem(file).str();
  std::replace_if(name.begin(), name.end(), [](char c) { return !llvm::isAlnum(c); }, '_');
  return llvm::isDigit(name.front()) ? "_" + name : name;
}

int main(int argc, char **argv) {
  InputFlags input;
  std::optional<ExportOptions> options = parseFlags(argc, argv, "", &input);
  if (!options)
    return 1;
  std::string error;
  std::unique_ptr<llvm::MemoryBuffer> text = mlir::openInputFile(input.file, &error);
  if (!text) {
    llvm::errs() << "ingotc: " << error << "\n";
    return 1;
  }
  mlir::DialectRegistry registry;
  registerDialects(registry);
  mlir::MLIRContext context(registry);
  context.printOpOnDiagnostic(false);
  llvm::SourceMgr sources;
  sources.AddNewSourceBuffer(std::move(text), llvm::SMLoc());
  mlir::SourceMgrDiagnosticHandler diagnostics(sources, &context, llvm::errs());
  mlir::OwningOpRef<mlir::ModuleOp> module = mlir::parseSourceFile<mlir::ModuleOp>(sources, &context);
  if (!module || failed(checkPrograms(*module)))
    return 1;
  if (options->name.empty())
    options->name = defaultName(*module, input.file);
  ProgramStates states(*module);
  if (!input.weights.empty())
    if (std::string problem = states.read(input.weights); !problem.empty()) {
      llvm::errs() << "ingotc: " << problem << "\n";
      return 1;
    }
  return exportModule(*module, states.tensors(), *options);
}
