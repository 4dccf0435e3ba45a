// Compiling and running in this process: values, errors, threads, code that goes with its function, the bits of an object.
#include "frontend/core/Backend.h"
#include "codegen/jit/Jit.h"
#include "frontend/core/Error.h"
#include "mlir/IR/OwningOpRef.h"
#include "mlir/Parser/Parser.h"
#include "runtime/core/Buffer.h"
#include "test/support/TempFolder.h"
#include <cmath>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <random>
#include <thread>

using namespace ingot;
using testing::ElementsAre;
using testing::FloatNear;
using testing::HasSubstr;
using testing::Pointwise;

namespace {

class BackendTest : public testing::Test {
protected:
  BackendTest() { detail::backend().prepareContext(context); }

  std::shared_ptr<detail::CompiledFunction> compile(const std::string &text) {
    mlir::OwningOpRef<mlir::ModuleOp> module = mlir::parseSourceString<mlir::ModuleOp>(text, &context);
    if (!module)
      throw std::runtime_error("the test's module does not parse");
    return detail::backend().compile(*module);
  }

  mlir::MLIRContext context;
};

/// Calls a function of float tensors with aligned copies of `inputs`; returns its one result of `count` elements.
std::vector<float> call(const detail::CompiledFunction &function,
                        const std::vector<std::vector<float>> &inputs, size_t count) {
  std::vector<ingot_rt::Buffer> buffers;
  std::vector<void *> slots;
  auto add = [&](size_t bytes) {
    buffers.push_back(ingot_rt::Buffer::allocate(bytes));
    slots.push_back(buffers.back().mutable_data());
    return slots.back();
  };
  for (const std::vector<float> &input : inputs)
    std::ranges::copy(input, static_cast<float *>(add(input.size() * sizeof(float))));
  auto *result = static_cast<float *>(add(count * sizeof(float)));
  add(static_cast<size_t>(function.workspaceBytes()));
  EXPECT_EQ(function.call(slots.data()), 0);
  return {result, result + count};
}

const char *const add = R"(
  func.func @f(%x: tensor<3xf32>, %y: tensor<3xf32>) -> tensor<3xf32> {
    %0 = ingot.add %x, %y : tensor<3xf32>
    return %0 : tensor<3xf32>
  })";

TEST_F(BackendTest, Pointwise) {
  auto function = compile(add);
  EXPECT_EQ(function->workspaceBytes(), 0);
  EXPECT_THAT(call(*function, {{1, 2, 3}, {10, 20, 30}}, 3), ElementsAre(11, 22, 33));
}

TEST_F(BackendTest, ContractionAndSoftmax) {
  auto function = compile(R"(
    func.func @f(%x: tensor<2x3xf32>, %w: tensor<4x3xf32>) -> tensor<2x4xf32> {
      %0 = ingot.matmul %x, %w transposed : tensor<2x3xf32>, tensor<4x3xf32>
      %1 = ingot.softmax %0 along 1 : tensor<2x4xf32>
      return %1 : tensor<2x4xf32>
    })");
  std::vector<float> w = {1, 0, 0, 0, 1, 0, 0, 0, 1, 1, 1, 1};
  std::vector<float> expected;
  for (std::vector<float> row : {std::vector<float>{1, 2, 3, 6}, {-1, 0, 1, 0}}) {
    float sum = 0;
    for (float x : row)
      sum += std::exp(x);
    for (float x : row)
      expected.push_back(std::exp(x) / sum);
  }
  EXPECT_THAT(call(*function, {{1, 2, 3, -1, 0, 1}, w}, 8), Pointwise(FloatNear(1e-6f), expected));
}

/// The result of an op that needs memory in between lies there, not in what the caller passes.
TEST_F(BackendTest, Workspace) {
  auto function = compile(R"(
    func.func @f(%x: tensor<64x64xf32>) -> tensor<64x64xf32> {
      %0 = ingot.matmul %x, %x : tensor<64x64xf32>, tensor<64x64xf32>
      %1 = ingot.matmul %0, %0 : tensor<64x64xf32>, tensor<64x64xf32>
      return %1 : tensor<64x64xf32>
    })");
  EXPECT_GE(function->workspaceBytes(), 64 * 64 * 4);
  EXPECT_EQ(function->workspaceBytes() % 64, 0);
  EXPECT_THAT(call(*function, {std::vector<float>(64 * 64, 0.25f)}, 64 * 64),
              testing::Each(64 * 64 * 64 * 0.00390625f));
}

TEST_F(BackendTest, Constants) {
  auto function = compile(R"(
    func.func @f() -> tensor<3xf32> {
      %0 = ingot.constant dense<[1.0, 2.0, 4.0]> : tensor<3xf32>
      return %0 : tensor<3xf32>
    })");
  EXPECT_THAT(call(*function, {}, 3), ElementsAre(1, 2, 4));
}

TEST_F(BackendTest, FunctionsOutliveTheirModules) {
  std::vector<std::shared_ptr<detail::CompiledFunction>> functions;
  for (int i = 0; i < 20; ++i)
    functions.push_back(compile(add));
  for (const auto &function : functions)
    EXPECT_THAT(call(*function, {{1, 2, 3}, {1, 1, 1}}, 3), ElementsAre(2, 3, 4));
}

TEST_F(BackendTest, Threads) {
  auto shared = compile(add);
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&, t] {
      auto x = static_cast<float>(t);
      for (int i = 0; i < 3; ++i)
        EXPECT_THAT(call(*compile(add), {{x, x, x}, {1, 2, 3}}, 3), ElementsAre(x + 1, x + 2, x + 3));
      EXPECT_THAT(call(*shared, {{x, x, x}, {0, 1, 2}}, 3), ElementsAre(x, x + 1, x + 2));
    });
  for (std::thread &thread : threads)
    thread.join();
}

/// The order of additions and the width of vectors are decided before LLVM: the quick compilation for the process gives the
/// same bits as that of an object.
TEST_F(BackendTest, SameBitsAsTheObject) {
  const char *const program = R"(
    module @tiers {
      func.func @f(%x: tensor<3x2x9x11xf32>, %w: tensor<20x2x3x3xf32>, %v: tensor<20x13xf32>) -> tensor<3x13xf32> {
        %0 = ingot.conv %x, %w strides [1, 2] dilations [1, 1] groups 1 : tensor<3x2x9x11xf32>, tensor<20x2x3x3xf32>
        %1 = ingot.gelu %0 : tensor<3x20x7x5xf32>
        %2 = ingot.sum %1 [2, 3] : tensor<3x20x7x5xf32>
        %3 = ingot.matmul %2, %v : tensor<3x20xf32>, tensor<20x13xf32>
        %4 = ingot.softmax %3 along 1 : tensor<3x13xf32>
        return %4 : tensor<3x13xf32>
      }
    })";
  std::mt19937 random(1);
  std::vector<std::vector<float>> inputs = {std::vector<float>(3 * 2 * 9 * 11),
                                            std::vector<float>(20 * 2 * 3 * 3), std::vector<float>(20 * 13)};
  for (std::vector<float> &input : inputs)
    std::ranges::generate(input, [&] { return std::uniform_real_distribution<float>(-1, 1)(random); });
  auto function = compile(program);
  std::vector<float> quick = call(*function, inputs, 3 * 13);

  test::TempFolder folder;
  std::string arguments[] = {"exporter", "-o", folder.path()};
  char *argv[] = {arguments[0].data(), arguments[1].data(), arguments[2].data()};
  mlir::OwningOpRef<mlir::ModuleOp> module = mlir::parseSourceString<mlir::ModuleOp>(program, &context);
  ASSERT_EQ(detail::backend().exportMain(3, argv, *module, {}), 0);
  codegen::JitModule object(test::readFile(folder.path("tiers.o")));
  auto *f = reinterpret_cast<int32_t (*)(void *, const float *, const float *, const float *, float *, void *,
                                         void *)>(object.address("tiers_f"));
  auto workspaceOf = reinterpret_cast<int64_t (*)(int32_t)>(object.address("tiers_f_workspace"));
  ingot_rt::Buffer workspace = ingot_rt::Buffer::allocate(static_cast<size_t>(workspaceOf(1)));
  std::vector<float> full(quick.size());
  ASSERT_EQ(f(nullptr, inputs[0].data(), inputs[1].data(), inputs[2].data(), full.data(),
              workspace.mutable_data(), nullptr),
            0);
  EXPECT_EQ(quick, full);
}

TEST_F(BackendTest, Errors) {
  try {
    compile("module {}");
    FAIL();
  } catch (const Error &error) {
    EXPECT_THAT(error.what(), HasSubstr("required a public function, got none"));
  }
}

} // namespace
