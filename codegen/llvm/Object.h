// From the LLVM dialect to machine code.
//
//   Machine       what code is generated for
//   translate     the LLVM dialect as LLVM IR
//   optimize      LLVM's middle end
//   emitCode      an object or assembly, as bytes
#pragma once
#include "codegen/vector/Target.h"
#include "mlir/IR/BuiltinOps.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/Support/CodeGen.h"
#include <memory>
#include <string>

namespace llvm {
class LLVMContext;
class Module;
class TargetMachine;
} // namespace llvm

namespace ingot::codegen {

/// A target machine for position-independent code, strict floating point. Null with a reason in `error` where LLVM has no
/// code generator for it.
std::unique_ptr<llvm::TargetMachine> createMachine(const Target &target, llvm::CodeGenOptLevel level,
                                                   std::string &error);

/// `module`, in the LLVM dialect, as LLVM IR for `machine`. Null after a diagnostic.
std::unique_ptr<llvm::Module> translate(mlir::ModuleOp module, llvm::LLVMContext &context,
                                        const llvm::TargetMachine &machine);

/// Runs LLVM's middle end at level 0 to 3. Loops are vectorized before LLVM, never by it.
void optimize(llvm::Module &module, llvm::TargetMachine &machine, int level);

enum class CodeKind { object, assembly };
/// Generates code; `module` is used up.
llvm::SmallVector<char, 0> emitCode(llvm::Module &module, llvm::TargetMachine &machine, CodeKind kind);

} // namespace ingot::codegen
