// The flags of exporting programs and of ingotc: one set, one meaning.
//
//   parseFlags     argc, argv -> ExportOptions
//   exportMain     the main of an exporting program, behind ingot::export_main
#pragma once
#include "codegen/pipeline/Export.h"

namespace ingot::codegen {

/// What only ingotc takes.
struct InputFlags {
  std::string file;    ///< the .mlir file; "-" is standard input
  std::string weights; ///< a safetensors file with the states' data; "" makes them zero
};

/// Reads the flags. `name` is the default of --name; with `input`, a positional argument and --weights-file are taken, too.
/// nullopt after a message on standard error. --help prints the flags and exits.
std::optional<ExportOptions> parseFlags(int argc, char **argv, llvm::StringRef name,
                                        InputFlags *input = nullptr);

/// Reads the flags, compiles and writes. `module` is called as the export. Returns the exit status.
int exportMain(int argc, char **argv, mlir::ModuleOp module, const std::vector<detail::StateTensor> &states);

} // namespace ingot::codegen
