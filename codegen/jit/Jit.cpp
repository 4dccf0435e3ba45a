#include "codegen/jit/Jit.h"
#include "frontend/core/Error.h"
#include "llvm/ExecutionEngine/Orc/ExecutionUtils.h"
#include "llvm/ExecutionEngine/Orc/LLJIT.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/SmallVectorMemoryBuffer.h"
#include "llvm/Target/TargetMachine.h"
#include <atomic>

using namespace llvm;

namespace ingot::codegen {
namespace {

void check(llvm::Error error) {
  if (error)
    throw ingot::Error("compiling for this process failed: " + toString(std::move(error)));
}

template <class T> T valueOf(Expected<T> value) {
  check(value.takeError());
  return std::forward<T>(*value);
}

/// One linker for the process; each module has a library of its own, so equal names do not meet.
orc::LLJIT &linker() {
  static const std::unique_ptr<orc::LLJIT> jit = [] {
    auto made = valueOf(orc::LLJITBuilder().create());
    auto process = valueOf(
        orc::DynamicLibrarySearchGenerator::GetForCurrentProcess(made->getDataLayout().getGlobalPrefix()));
    made->getMainJITDylib().addGenerator(std::move(process)); // memcpy, memset
    return made;
  }();
  return *jit;
}

} // namespace

const Target &hostTarget() {
  static const Target target = [] {
    std::string error;
    FailureOr<Target> found = Target::get("", "native", "", &error);
    if (failed(found))
      throw ingot::Error("this machine is not known to LLVM: " + error);
    return *found;
  }();
  return target;
}

struct JitModule::Code {
  orc::JITDylib *library;
};

JitModule::JitModule(std::unique_ptr<Module> module, std::unique_ptr<LLVMContext> context,
                     TargetMachine &machine) {
  SmallVector<char, 0> object = emitCode(*module, machine, CodeKind::object);
  module.reset();
  add(std::make_unique<SmallVectorMemoryBuffer>(std::move(object), "ingot", false));
}

JitModule::JitModule(StringRef object) { add(MemoryBuffer::getMemBufferCopy(object, "ingot")); }

void JitModule::add(std::unique_ptr<MemoryBuffer> object) {
  static std::atomic<uint64_t> count = 0;
  orc::LLJIT &jit = linker();
  orc::JITDylib &library = valueOf(jit.createJITDylib("ingot." + std::to_string(count++)));
  library.addToLinkOrder(jit.getMainJITDylib());
  code = std::make_unique<Code>(Code{&library});
  check(jit.addObjectFile(library, std::move(object)));
}

JitModule::~JitModule() {
  // Nothing can be done about an error in freeing code; what is not freed stays mapped.
  consumeError(linker().getExecutionSession().removeJITDylib(*code->library));
}

void *JitModule::address(StringRef function) const {
  return valueOf(linker().lookup(*code->library, function)).toPtr<void *>();
}

} // namespace ingot::codegen
