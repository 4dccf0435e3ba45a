#include "codegen/llvm/Object.h"
#include "mlir/Target/LLVMIR/Export.h"
#include "mlir/Target/LLVMIR/ModuleTranslation.h"
#include "llvm/Analysis/TargetLibraryInfo.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/IR/Module.h"
#include "llvm/IR/PatternMatch.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Target/TargetMachine.h"
#include "llvm/TargetParser/Triple.h"
#include "llvm/Transforms/Scalar/ADCE.h"
#include "llvm/Transforms/Scalar/EarlyCSE.h"
#include "llvm/Transforms/Scalar/InstSimplifyPass.h"
#include "llvm/Transforms/Scalar/LICM.h"
#include "llvm/Transforms/Scalar/LoopPassManager.h"
#include "llvm/Transforms/Scalar/SimplifyCFG.h"
#include "llvm/Transforms/Utils/Local.h"
#include <mutex>
#include <numeric>

namespace ingot::codegen {

/// What emitted code takes for granted.
static bool isSupported(const llvm::DataLayout &layout) {
  unsigned bits = layout.getPointerSizeInBits();
  return layout.isLittleEndian() && (bits == 32 || bits == 64) && layout.getProgramAddressSpace() == 0 &&
         layout.getAllocaAddrSpace() == 0;
}

std::unique_ptr<llvm::TargetMachine> createMachine(const Target &target, llvm::CodeGenOptLevel level,
                                                   std::string &error) {
  static std::once_flag registered;
  std::call_once(registered, [] {
    llvm::InitializeAllTargetInfos();
    llvm::InitializeAllTargets();
    llvm::InitializeAllTargetMCs();
    llvm::InitializeAllAsmPrinters();
  });
  llvm::Triple triple(target.triple);
  const llvm::Target *entry = llvm::TargetRegistry::lookupTarget(triple, error);
  if (!entry)
    return nullptr;
  llvm::TargetOptions options;
  options.AllowFPOpFusion = llvm::FPOpFusion::Strict;
  options.FunctionSections = true;
  std::unique_ptr<llvm::TargetMachine> machine(entry->createTargetMachine(
      triple, target.cpu, target.features, options, llvm::Reloc::PIC_, std::nullopt, level));
  if (!machine)
    error = "no code generator for target '" + target.triple + "'";
  else if (!isSupported(machine->createDataLayout())) {
    error = "target '" + target.triple + "': required little-endian numbers and one memory of 32 or 64 bits";
    return nullptr;
  }
  return machine;
}

std::unique_ptr<llvm::Module> translate(mlir::ModuleOp module, llvm::LLVMContext &context,
                                        const llvm::TargetMachine &machine) {
  std::unique_ptr<llvm::Module> result = mlir::translateModuleToLLVMIR(module, context, "ingot");
  if (!result)
    return nullptr;
  result->setTargetTriple(machine.getTargetTriple());
  result->setDataLayout(machine.createDataLayout());
  return result;
}

/// What code that is compiled while its user waits gains most by: kernels come with little to clean up.
static llvm::FunctionPassManager quickPasses() {
  llvm::FunctionPassManager passes;
  passes.addPass(llvm::SimplifyCFGPass());
  passes.addPass(llvm::EarlyCSEPass());
  passes.addPass(llvm::InstSimplifyPass());
  llvm::LoopPassManager loops;
  loops.addPass(llvm::LICMPass(llvm::LICMOptions()));
  passes.addPass(llvm::createFunctionToLoopPassAdaptor(std::move(loops), /*UseMemorySSA=*/true));
  passes.addPass(llvm::ADCEPass());
  return passes;
}

/// Says in each function what it is compiled for.
static void nameMachine(llvm::Module &module, const llvm::TargetMachine &machine) {
  for (llvm::Function &function : module) {
    if (function.isDeclaration())
      continue;
    function.addFnAttr("target-cpu", machine.getTargetCPU());
    if (!machine.getTargetFeatureString().empty())
      function.addFnAttr("target-features", machine.getTargetFeatureString());
    // Kernels choose their own vectors: a preference for narrower ones would split them.
    if (machine.getTargetTriple().isX86())
      function.addFnAttr("prefer-vector-width", "512");
    function.addFnAttr(llvm::Attribute::NoUnwind);
  }
}

/// A part of a vector as a shuffle. The optimizer writes it as an element of a vector of integers that are as wide as the part;
/// where such an element is interleaved with zeros, instruction selection of LLVM 22 for x86 crashes.
static void shuffleParts(llvm::Function &function) {
  using namespace llvm::PatternMatch;
  llvm::SmallVector<llvm::WeakTrackingVH> replaced;
  for (llvm::Instruction &instruction : llvm::instructions(function)) {
    auto *type = llvm::dyn_cast<llvm::FixedVectorType>(instruction.getType());
    llvm::Value *vector;
    uint64_t place;
    if (!type ||
        !match(&instruction, m_BitCast(m_ExtractElt(m_BitCast(m_Value(vector)), m_ConstantInt(place)))))
      continue;
    auto *whole = llvm::dyn_cast<llvm::FixedVectorType>(vector->getType());
    unsigned element = type->getScalarSizeInBits();
    llvm::Type *part = instruction.getOperand(0)->getType();
    if (!whole || !part->isIntegerTy() || part->getIntegerBitWidth() <= 64)
      continue;
    llvm::IRBuilder<> b(&instruction);
    auto total = unsigned(whole->getPrimitiveSizeInBits().getFixedValue() / element);
    llvm::SmallVector<int> mask(type->getNumElements());
    std::iota(mask.begin(), mask.end(), int(place) * int(mask.size()));
    llvm::Value *elements =
        b.CreateBitCast(vector, llvm::FixedVectorType::get(type->getElementType(), total));
    instruction.replaceAllUsesWith(b.CreateShuffleVector(elements, mask));
    replaced.emplace_back(&instruction);
  }
  llvm::RecursivelyDeleteTriviallyDeadInstructionsPermissive(replaced);
}

void optimize(llvm::Module &module, llvm::TargetMachine &machine, int level) {
  nameMachine(module, machine);
  llvm::PipelineTuningOptions tuning;
  // Kernels come as vectors and unrolled as far as that pays.
  tuning.LoopVectorization = false;
  tuning.SLPVectorization = false;
  tuning.LoopUnrolling = false;
  llvm::PassBuilder builder(&machine, tuning);
  llvm::LoopAnalysisManager loops;
  llvm::FunctionAnalysisManager functions;
  llvm::CGSCCAnalysisManager callGraph;
  llvm::ModuleAnalysisManager modules;
  // No pattern of loops becomes a call but those of memcpy, memmove and memset.
  llvm::TargetLibraryInfoImpl library(machine.getTargetTriple());
  library.disableAllFunctions();
  for (llvm::LibFunc function : {llvm::LibFunc_memcpy, llvm::LibFunc_memmove, llvm::LibFunc_memset})
    library.setAvailable(function);
  functions.registerPass([&] { return llvm::TargetLibraryAnalysis(library); });
  builder.registerModuleAnalyses(modules);
  builder.registerCGSCCAnalyses(callGraph);
  builder.registerFunctionAnalyses(functions);
  builder.registerLoopAnalyses(loops);
  builder.crossRegisterProxies(loops, functions, callGraph, modules);
  llvm::ModulePassManager passes;
  if (level == 0)
    passes = builder.buildO0DefaultPipeline(llvm::OptimizationLevel::O0);
  else if (level == 1)
    passes.addPass(llvm::createModuleToFunctionPassAdaptor(quickPasses()));
  else
    passes = builder.buildPerModuleDefaultPipeline(level == 2 ? llvm::OptimizationLevel::O2
                                                              : llvm::OptimizationLevel::O3);
  passes.run(module, modules);
  if (machine.getTargetTriple().isX86())
    for (llvm::Function &function : module)
      shuffleParts(function);
}

llvm::SmallVector<char, 0> emitCode(llvm::Module &module, llvm::TargetMachine &machine, CodeKind kind) {
  llvm::SmallVector<char, 0> bytes;
  llvm::raw_svector_ostream stream(bytes);
  llvm::legacy::PassManager passes;
  bool unsupported = machine.addPassesToEmitFile(
      passes, stream, nullptr,
      kind == CodeKind::object ? llvm::CodeGenFileType::ObjectFile : llvm::CodeGenFileType::AssemblyFile);
  if (unsupported)
    llvm::report_fatal_error("a registered target cannot emit files"); // all of LLVM's can
  passes.run(module);
  return bytes;
}

} // namespace ingot::codegen
