// The C symbols of an object, around the functions that the compiler made.
//
//   addExports        P_f, P_f_workspace, P_states ... as Header.h lists them
//   addSlotsEntry     a function on an array of pointers, for calls in this process
#pragma once
#include "codegen/llvm/Interface.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

namespace llvm {
class Module;
} // namespace llvm

namespace ingot::codegen {

/// Adds the exported functions and tables of `info`. `module` is what `info` was described from, translated: it defines
/// `f` for each function f, and with states `ingot.prepare` and `ingot.unprepare`, which all become internal. `block` is
/// the prepared state to embed; used with info.embeddedWeights only.
void addExports(llvm::Module &module, const ModuleInfo &info, llvm::ArrayRef<char> block = {});

/// Adds `int32_t name(void *const *slots)`, which calls `function` with the pointers in `slots`, one an argument. It
/// returns 0, or n + 1 where check n failed; then the int64_t that one slot more points to is the value out of range.
void addSlotsEntry(llvm::Module &module, llvm::StringRef function, llvm::StringRef name);

} // namespace ingot::codegen
