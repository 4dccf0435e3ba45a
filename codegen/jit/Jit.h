// Machine code in this process.
//
//   JitModule     a compiled module; its code lives as long as this does
//
//   JitModule code(std::move(llvmModule), std::move(context));
//   auto *f = reinterpret_cast<int32_t (*)(void *const *)>(code.address("entry"));
#pragma once
#include "codegen/llvm/Object.h"
#include "llvm/ADT/StringRef.h"
#include <memory>
#include <string>

namespace ingot::codegen {

/// The machine that code in this process is compiled for; shared by all.
const Target &hostTarget();

/// Owns machine code. Any thread may call it; making and destroying modules is thread-safe, too.
class JitModule {
public:
  /// Compiles `module`, a module of `context`, for this machine. `level` is that of code generation. Throws ingot::Error if
  /// LLVM refuses.
  JitModule(std::unique_ptr<llvm::Module> module, std::unique_ptr<llvm::LLVMContext> context,
            llvm::TargetMachine &machine);
  /// Takes an object file for this machine, as emitCode() gives it.
  explicit JitModule(llvm::StringRef object);
  JitModule(const JitModule &) = delete;
  ~JitModule();

  /// The address of an exported function, which must be in the module.
  void *address(llvm::StringRef function) const;

private:
  void add(std::unique_ptr<llvm::MemoryBuffer> object);

  struct Code;
  std::unique_ptr<Code> code;
};

} // namespace ingot::codegen
