// LLVM's middle end and code generator on functions that they cannot be trusted with.
#include "codegen/llvm/Object.h"
#include "llvm/AsmParser/Parser.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Target/TargetMachine.h"
#include "gtest/gtest.h"

using namespace ingot::codegen;

// The upper half of a vector, interleaved with zeros: an element of <2 x i256> would crash the code generator.
TEST(Object, PartsOfVectorsStayVectors) {
  const char *text = R"(
    define <16 x i16> @f(<32 x i16> %x) {
      %halves = bitcast <32 x i16> %x to <2 x i256>
      %half = extractelement <2 x i256> %halves, i64 1
      %part = bitcast i256 %half to <16 x i16>
      %y = shufflevector <16 x i16> %part, <16 x i16> zeroinitializer,
           <16 x i32> <i32 0, i32 16, i32 1, i32 17, i32 2, i32 18, i32 3, i32 19,
                       i32 4, i32 20, i32 5, i32 21, i32 6, i32 22, i32 7, i32 23>
      ret <16 x i16> %y
    })";
  llvm::LLVMContext context;
  llvm::SMDiagnostic diagnostic;
  std::unique_ptr<llvm::Module> module = llvm::parseAssemblyString(text, diagnostic, context);
  ASSERT_TRUE(module) << diagnostic.getMessage().str();
  std::string error;
  auto machine =
      createMachine({"x86_64-pc-linux-gnu", "x86-64-v4", ""}, llvm::CodeGenOptLevel::Aggressive, error);
  ASSERT_TRUE(machine) << error;
  module->setTargetTriple(machine->getTargetTriple());
  module->setDataLayout(machine->createDataLayout());
  optimize(*module, *machine, 3);
  EXPECT_FALSE(emitCode(*module, *machine, CodeKind::object).empty());
}
