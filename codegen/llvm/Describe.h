// What an export offers, read off its module after the phase "buffers".
#pragma once
#include "codegen/llvm/Interface.h"
#include "mlir/IR/BuiltinOps.h"

namespace ingot::codegen {

/// The interface of `module`: its public functions with their inputs, outputs, dimensions and workspace, its states. The
/// export is called `name`.
ModuleInfo describe(mlir::ModuleOp module, llvm::StringRef name);

/// The checks of a module whose kernels are emitted.
std::vector<SiteInfo> describeSites(mlir::ModuleOp module);

} // namespace ingot::codegen
