// The command line of an exporting program, several times in one process; what it writes, and what it refuses.
#include "frontend/core/Backend.h"
#include "mlir/IR/OwningOpRef.h"
#include "mlir/Parser/Parser.h"
#include "runtime/params/SafeTensors.h"
#include "test/support/TempFolder.h"
#include <cstring>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

using namespace ingot;
using testing::HasSubstr;
using testing::Not;

namespace {

const char *const program = R"(
  module @tiny {
    func.func @infer(%w: tensor<2x3xf32> {ingot.state = "encoder.weight"}, %x: tensor<4x3xf32> {ingot.input = "x"})
        -> (tensor<4x2xf32> {ingot.output = "y"}) {
      %0 = ingot.matmul %x, %w transposed : tensor<4x3xf32>, tensor<2x3xf32>
      return %0 : tensor<4x2xf32>
    }
  })";

class ExportTest : public testing::Test {
protected:
  ExportTest() { detail::backend().prepareContext(context); }

  /// The exit status of a program with these arguments; what it writes to standard error is in `message`.
  int run(std::vector<std::string> arguments, bool withStates = true) {
    mlir::OwningOpRef<mlir::ModuleOp> module = mlir::parseSourceString<mlir::ModuleOp>(program, &context);
    arguments.insert(arguments.begin(), "exporter");
    std::vector<char *> argv;
    for (std::string &argument : arguments)
      argv.push_back(argument.data());
    std::vector<detail::StateTensor> states;
    if (withStates)
      states.push_back({"encoder.weight",
                        mlir::RankedTensorType::get({2, 3}, mlir::Float32Type::get(&context)),
                        weight,
                        {"decoder.weight"}});
    testing::internal::CaptureStderr();
    int status = detail::backend().exportMain(int(argv.size()), argv.data(), *module, states);
    message = testing::internal::GetCapturedStderr();
    return status;
  }

  static constexpr float weight[6] = {1, 2, 3, 4, 5, 6};
  mlir::MLIRContext context;
  test::TempFolder folder;
  std::string message;
};

TEST_F(ExportTest, WritesObjectHeaderAndWeights) {
  ASSERT_EQ(run({"-o", folder.path()}), 0) << message;
  EXPECT_EQ(folder.count(), 3);
  std::string header = test::readFile(folder.path("tiny.h"));
  EXPECT_THAT(header, HasSubstr("encoder.weight  f32 [2, 3], also decoder.weight"));
  EXPECT_THAT(header, HasSubstr("int32_t tiny_infer("));
  EXPECT_EQ(test::readFile(folder.path("tiny.o")).substr(1, 3), "ELF");

  ingot_rt::SafeTensors file;
  ASSERT_TRUE(ingot_rt::SafeTensors::read(folder.path("tiny.safetensors"), file).ok());
  for (const char *name : {"encoder.weight", "decoder.weight"}) {
    const ingot_rt::Tensor *tensor = file.find(name);
    ASSERT_NE(tensor, nullptr) << name;
    ASSERT_EQ(tensor->data.size(), sizeof weight);
    EXPECT_EQ(std::memcmp(tensor->data.data(), weight, sizeof weight), 0);
  }
}

/// A flag of one call does not stay for the next.
TEST_F(ExportTest, FlagsAreThoseOfTheCall) {
  ASSERT_EQ(run({"--name=other", "--emit=llvm", "-O0", "-o", folder.path("first")}), 0) << message;
  EXPECT_TRUE(std::filesystem::exists(folder.path("first/other.ll")));
  ASSERT_EQ(run({"--weights=embedded", "-o", folder.path("second")}), 0) << message;
  EXPECT_TRUE(std::filesystem::exists(folder.path("second/tiny.o")));
  EXPECT_FALSE(std::filesystem::exists(folder.path("second/tiny.safetensors")));
  EXPECT_THAT(test::readFile(folder.path("second/tiny.h")), HasSubstr("tiny_embedded_state"));
  ASSERT_EQ(run({"-o", folder.path("third")}), 0) << message;
  EXPECT_TRUE(std::filesystem::exists(folder.path("third/tiny.safetensors")));
  EXPECT_THAT(test::readFile(folder.path("third/tiny.h")), Not(HasSubstr("tiny_embedded_state")));
}

TEST_F(ExportTest, TheSameBytesEachTime) {
  ASSERT_EQ(run({"-o", folder.path("first")}), 0) << message;
  ASSERT_EQ(run({"-o", folder.path("second")}), 0) << message;
  for (const char *file : {"tiny.o", "tiny.h", "tiny.safetensors"})
    EXPECT_EQ(test::readFile(folder.path(std::string("first/") + file)),
              test::readFile(folder.path(std::string("second/") + file)))
        << file;
}

TEST_F(ExportTest, Errors) {
  EXPECT_EQ(run({"--frobnicate", "-o", folder.path()}), 1);
  EXPECT_THAT(message, HasSubstr("--frobnicate"));
  EXPECT_EQ(run({"stray", "-o", folder.path()}), 1);
  EXPECT_THAT(message, HasSubstr("stray"));
  EXPECT_EQ(run({"--name=int", "-o", folder.path()}), 1);
  EXPECT_THAT(message, HasSubstr("'int'"));
  EXPECT_EQ(run({"-o", folder.path()}, /*withStates=*/false), 1);
  EXPECT_THAT(message, HasSubstr("no data for state 'encoder.weight'"));
  EXPECT_EQ(folder.count(), 0);
  std::string file = folder.write("file", "");
  EXPECT_EQ(run({"-o", file}), 1);
  EXPECT_THAT(message, HasSubstr(file));
  EXPECT_EQ(folder.count(), 1);
}

} // namespace
