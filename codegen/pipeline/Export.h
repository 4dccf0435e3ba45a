// From a module of programs to files: P.o, P.h and P.safetensors.
//
//   ExportOptions     what to write, where, for which machine
//   setTarget         names the machine in a module's attributes, where passes find it
//   exportModule      compiles and writes
#pragma once
#include "codegen/pipeline/Pipeline.h"
#include "codegen/vector/Target.h"
#include "frontend/core/Backend.h"
#include <string>
#include <vector>

namespace ingot::codegen {

/// What is written: the object with its header and weights, or one text.
enum class Emit { mlir, linalg, llvm, assembly, object };

struct ExportOptions {
  Emit emit = Emit::object;
  std::string name;                ///< prefix of symbols and files, a C identifier
  std::string folder = ".";        ///< made if missing; "-" prints a text to standard output
  std::string triple, cpu;         ///< as Target::get() takes them
  std::string features;            ///< further ones, "+avx2,-fma"
  bool embedWeights = false;       ///< in the object's read-only data instead of a file
  bool optimize = true;            ///< off: -O0
  std::optional<Phase> printAfter; ///< to standard error
  bool printMemory = false;        ///< what each function needs at its peak, on standard output
};

void setTarget(mlir::ModuleOp module, const Target &target);

/// Compiles `module`, which is rewritten, and writes the files; `states` has the data of every state. Returns the exit status
/// of main: 0, or 1 after a message on standard error. Files appear complete, all of them or none; the same module and
/// options give the same bytes.
int exportModule(mlir::ModuleOp module, const std::vector<detail::StateTensor> &states,
                 const ExportOptions &options);

} // namespace ingot::codegen
