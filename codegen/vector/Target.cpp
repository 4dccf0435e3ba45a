#include "codegen/vector/Target.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinTypes.h"
#include "llvm/ADT/Twine.h"
#include "llvm/MC/MCSubtargetInfo.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Target/TargetMachine.h"
#include "llvm/TargetParser/Host.h"
#include "llvm/TargetParser/SubtargetFeature.h"
#include "llvm/TargetParser/Triple.h"
#include <algorithm>
#include <map>
#include <mutex>

using namespace mlir;

namespace ingot::codegen {

int64_t elementBytes(Type type) {
  return type.isIndex() ? 8 : std::max<int64_t>(1, type.getIntOrFloatBitWidth() / 8);
}

int64_t Target::lanes(Type type) const { return std::max<int64_t>(1, vectorBytes / elementBytes(type)); }

bool Target::hasMaskedMemory(Type type) const {
  return type.isInteger(1) || (elementBytes(type) < 4 ? maskedBytes : maskedMemory);
}

static void describeX86(Target &target, const llvm::MCSubtargetInfo &subtarget) {
  bool avx512 = subtarget.checkFeatures("+avx512f"), avx2 = subtarget.checkFeatures("+avx2");
  target.vectorBytes = avx512 ? 64 : avx2 ? 32 : 16;
  target.registers = avx512 ? 32 : 16;
  target.maskedMemory = avx2;
  target.maskedBytes = subtarget.checkFeatures("+avx512bw");
  target.fma = subtarget.checkFeatures("+fma");
  target.rounding = subtarget.checkFeatures("+sse4.1");
  target.halfConversions = subtarget.checkFeatures("+f16c");
  target.bitsToMask = true;
  target.mr = avx2 ? 6 : 4;
  target.nr = avx512 ? 64 : avx2 ? 16 : 8;
}

static Target describe(const llvm::Triple &triple, const llvm::MCSubtargetInfo &subtarget, StringRef cpu,
                       StringRef features) {
  Target target;
  target.triple = triple.str();
  target.cpu = cpu.str();
  target.features = features.str();
  if (triple.isX86()) {
    describeX86(target, subtarget);
  } else if (triple.isAArch64()) {
    target.registers = 32;
    target.fma = true;
    target.rounding = true;
    target.halfConversions = true;
    target.mr = 6;
    target.nr = 16;
  }
  return target;
}

Target Target::of(const llvm::TargetMachine &machine) {
  return describe(machine.getTargetTriple(), *machine.getMCSubtargetInfo(), machine.getTargetCPU(),
                  machine.getTargetFeatureString());
}

static std::string hostFeatures() {
  llvm::SubtargetFeatures features;
  for (const auto &feature : llvm::sys::getHostCPUFeatures())
    features.AddFeature(feature.first(), feature.second);
  return features.getString();
}

/// Whether each of "+avx2,-fma" is a feature that the target knows; LLVM would only warn of others.
static bool checkFeatures(const llvm::MCSubtargetInfo &subtarget, StringRef features, std::string &error) {
  SmallVector<StringRef> list;
  features.split(list, ',', -1, /*KeepEmpty=*/false);
  for (StringRef feature : list) {
    bool signedName = feature.starts_with("+") || feature.starts_with("-");
    if (signedName && llvm::any_of(subtarget.getAllProcessorFeatures(),
                                   [&](const auto &known) { return feature.drop_front() == known.Key; }))
      continue;
    error = ("target '" + subtarget.getTargetTriple().str() + "' has no feature '" + feature +
             "'; required names behind + or -")
                .str();
    return false;
  }
  return true;
}

static FailureOr<Target> lookUp(StringRef tripleText, StringRef cpuText, StringRef featureText,
                                std::string &error) {
  static std::once_flag registered;
  std::call_once(registered, [] {
    llvm::InitializeAllTargetInfos();
    llvm::InitializeAllTargetMCs();
  });
  llvm::Triple triple(tripleText.empty() ? llvm::sys::getDefaultTargetTriple() : tripleText.str());
  const llvm::Target *entry = llvm::TargetRegistry::lookupTarget(triple, error);
  if (!entry)
    return failure();
  std::string cpu = cpuText.str(), features = featureText.str();
  if (cpu == "native") {
    cpu = llvm::sys::getHostCPUName().str();
    features = hostFeatures() + (features.empty() ? "" : "," + features);
  }
  // An unknown cpu would be a warning on stderr and the baseline: it is looked up before it is used.
  std::unique_ptr<llvm::MCSubtargetInfo> baseline(entry->createMCSubtargetInfo(triple, "", ""));
  if (!cpu.empty() && !baseline->isCPUStringValid(cpu)) {
    error = (llvm::Twine("target '") + triple.str() + "' has no cpu '" + cpu + "'").str();
    return failure();
  }
  if (!checkFeatures(*baseline, featureText, error))
    return failure();
  std::unique_ptr<llvm::MCSubtargetInfo> subtarget(entry->createMCSubtargetInfo(triple, cpu, features));
  return describe(triple, *subtarget, cpu, features);
}

FailureOr<Target> Target::get(StringRef triple, StringRef cpu, StringRef features, std::string *error) {
  static std::mutex mutex;
  static std::map<std::string, Target> cache;
  std::string key = (triple + "|" + cpu + "|" + features).str();
  std::lock_guard lock(mutex);
  if (auto it = cache.find(key); it != cache.end())
    return it->second;
  std::string reason;
  FailureOr<Target> target = lookUp(triple, cpu, features, reason);
  if (succeeded(target))
    cache.emplace(key, *target);
  else if (error)
    *error = reason;
  return target;
}

FailureOr<Target> Target::of(ModuleOp module) {
  auto text = [&](StringRef name) {
    auto attr = module->getAttrOfType<StringAttr>(name);
    return attr ? attr.getValue() : StringRef();
  };
  std::string error;
  FailureOr<Target> target = get(text("ingot.triple"), text("ingot.cpu"), text("ingot.features"), &error);
  if (failed(target))
    module.emitError() << "unknown target: " << error;
  return target;
}

} // namespace ingot::codegen
