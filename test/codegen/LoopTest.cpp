// Scans, compiled and run: numbers of steps, directions, element types, nesting, failing checks; with run-time steps as an
// object.
#include "codegen/jit/Jit.h"
#include "frontend/core/Backend.h"
#include "mlir/IR/OwningOpRef.h"
#include "mlir/Parser/Parser.h"
#include "runtime/core/Buffer.h"
#include "test/support/TempFolder.h"
#include <cmath>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <random>

using namespace ingot;
using testing::ElementsAre;
using testing::ElementsAreArray;
using testing::FloatNear;
using testing::Pointwise;

namespace {

using Floats = std::vector<float>;
using Integers = std::vector<int64_t>;

std::string replaceAll(std::string text, const std::string &from, const std::string &to) {
  for (size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size())
    text.replace(at, from.size(), to);
  return text;
}

std::string withSteps(const std::string &text, int64_t steps) {
  return replaceAll(text, "$T", std::to_string(steps));
}

Floats uniform(size_t count, unsigned seed) {
  std::mt19937 random(seed);
  Floats values(count);
  std::ranges::generate(values, [&] { return std::uniform_real_distribution<float>(-1, 1)(random); });
  return values;
}

/// One call of a compiled function. Memory of results starts as 0xff bytes.
class Call {
public:
  template <class T> Call &input(const std::vector<T> &values) {
    std::ranges::copy(values, static_cast<T *>(add(values.size() * sizeof(T))));
    return *this;
  }
  template <class T> Call &output(size_t count) {
    std::fill_n(static_cast<char *>(add(count * sizeof(T))), count * sizeof(T), char(-1));
    results.emplace_back(slots.back(), count);
    return *this;
  }
  int32_t of(const detail::CompiledFunction &function) {
    add(static_cast<size_t>(function.workspaceBytes()));
    slots.push_back(&found);
    return function.call(slots.data());
  }
  template <class T> std::vector<T> result(size_t index) const {
    auto [data, count] = results[index];
    return {static_cast<T *>(data), static_cast<T *>(data) + count};
  }

  int64_t found = 0; ///< by a check that failed

private:
  void *add(size_t bytes) {
    buffers.push_back(ingot_rt::Buffer::allocate(bytes));
    slots.push_back(buffers.back().mutable_data());
    return slots.back();
  }

  std::vector<ingot_rt::Buffer> buffers;
  std::vector<void *> slots;
  std::vector<std::pair<void *, size_t>> results;
};

/// Everything with and without optimization.
class LoopTest : public testing::TestWithParam<bool> {
protected:
  LoopTest() {
    detail::backend().optimizes = GetParam();
    detail::backend().prepareContext(context);
  }
  ~LoopTest() override { detail::backend().optimizes = true; }

  mlir::OwningOpRef<mlir::ModuleOp> parse(const std::string &text) {
    mlir::OwningOpRef<mlir::ModuleOp> module = mlir::parseSourceString<mlir::ModuleOp>(text, &context);
    if (!module)
      throw std::runtime_error("the test's module does not parse");
    return module;
  }
  std::shared_ptr<detail::CompiledFunction> compile(const std::string &text) {
    return detail::backend().compile(*parse(text));
  }

  mlir::MLIRContext context;
};
INSTANTIATE_TEST_SUITE_P(Optimized, LoopTest, testing::Bool());

/// The sums so far, in either direction; without a step the result is the value at the start.
TEST_P(LoopTest, StepsAndDirections) {
  for (bool reverse : {false, true})
    for (int64_t steps : {0, 1, 2, 3, 8}) {
      auto function = compile(withSteps(R"(
        func.func @f(%start: tensor<3xf32>, %xs: tensor<$Tx3xf32>) -> (tensor<3xf32>, tensor<$Tx3xf32>) {
          %sum, %sums = ingot.scan carry(%a = %start : tensor<3xf32>) over(%x = %xs : tensor<$Tx3xf32>) steps [$T] )" +
                                            std::string(reverse ? "reverse" : "") + R"(
              -> (tensor<3xf32>, tensor<$Tx3xf32>) {
            %0 = ingot.add %a, %x : tensor<3xf32>
            ingot.yield %0, %0 : tensor<3xf32>, tensor<3xf32>
          }
          return %sum, %sums : tensor<3xf32>, tensor<$Tx3xf32>
        })",
                                        steps));
      Floats start = {1, 2, 3}, xs = uniform(steps * 3, 1), sums(steps * 3), sum = start;
      Call call;
      ASSERT_EQ(call.input(start).input(xs).output<float>(3).output<float>(steps * 3).of(*function), 0);
      for (int64_t i = 0; i < steps; ++i)
        for (int64_t t = reverse ? steps - 1 - i : i, j = 0; j < 3; ++j)
          sums[t * 3 + j] = sum[j] += xs[t * 3 + j];
      EXPECT_EQ(call.result<float>(0), sum);
      EXPECT_EQ(call.result<float>(1), sums);
    }
}

/// Two carried values that change places, from one tensor, without sequences: Fibonacci numbers.
TEST_P(LoopTest, CarriesThatChangePlaces) {
  for (int64_t steps : {0, 1, 2, 9}) {
    auto function = compile(withSteps(R"(
      func.func @f(%one: tensor<2xi64>) -> (tensor<2xi64>, tensor<2xi64>) {
        %a, %b = ingot.scan carry(%x = %one : tensor<2xi64>, %y = %one : tensor<2xi64>) steps [$T]
            -> (tensor<2xi64>, tensor<2xi64>) {
          %0 = ingot.add %x, %y : tensor<2xi64>
          ingot.yield %y, %0 : tensor<2xi64>, tensor<2xi64>
        }
        return %a, %b : tensor<2xi64>, tensor<2xi64>
      })",
                                      steps));
    int64_t a = 1, b = 1;
    for (int64_t i = 0; i < steps; ++i)
      a = std::exchange(b, a + b);
    Call call;
    ASSERT_EQ(call.input(Integers{1, 1}).output<int64_t>(2).output<int64_t>(2).of(*function), 0);
    EXPECT_THAT(call.result<int64_t>(0), ElementsAre(a, a));
    EXPECT_THAT(call.result<int64_t>(1), ElementsAre(b, b));
  }
}

/// A carried value that stays as it is, one that is replaced by the slice, and the old one as a sequence.
TEST_P(LoopTest, CarriesThatAreNotComputed) {
  auto function = compile(R"(
    func.func @f(%p: tensor<2xf32>, %q: tensor<2xf32>, %xs: tensor<3x2xf32>)
        -> (tensor<2xf32>, tensor<2xf32>, tensor<3x2xf32>) {
      %a, %b, %before = ingot.scan carry(%x = %p : tensor<2xf32>, %y = %q : tensor<2xf32>)
          over(%s = %xs : tensor<3x2xf32>) steps [3] -> (tensor<2xf32>, tensor<2xf32>, tensor<3x2xf32>) {
        ingot.yield %x, %s, %y : tensor<2xf32>, tensor<2xf32>, tensor<2xf32>
      }
      return %a, %b, %before : tensor<2xf32>, tensor<2xf32>, tensor<3x2xf32>
    })");
  Call call;
  call.input(Floats{1, 2}).input(Floats{3, 4}).input(Floats{5, 6, 7, 8, 9, 10});
  ASSERT_EQ(call.output<float>(2).output<float>(2).output<float>(6).of(*function), 0);
  EXPECT_THAT(call.result<float>(0), ElementsAre(1, 2));
  EXPECT_THAT(call.result<float>(1), ElementsAre(9, 10));
  EXPECT_THAT(call.result<float>(2), ElementsAre(3, 4, 5, 6, 7, 8));
}

/// h = tanh(h W' / 4 + x), the matrix from outside.
const char *const recurrence = R"(
    %hT, %ys = ingot.scan carry(%h = %h0 : tensor<3x20xf32>) over(%x = %xs : tensor<$Tx3x20xf32$S>)
        with(%v = %w : tensor<20x20xf32>) steps [$L] -> (tensor<3x20xf32>, tensor<$Tx3x20xf32$S>) {
      %0 = ingot.matmul %h, %v transposed : tensor<3x20xf32>, tensor<20x20xf32>
      %quarter = ingot.constant dense<0.25> : tensor<f32>
      %all = ingot.broadcast %quarter : tensor<f32> to tensor<3x20xf32>
      %scaled = ingot.mul %0, %all : tensor<3x20xf32>
      %1 = ingot.add %scaled, %x : tensor<3x20xf32>
      %2 = ingot.tanh %1 : tensor<3x20xf32>
      ingot.yield %2, %2 : tensor<3x20xf32>, tensor<3x20xf32>
    }
    return %hT, %ys : tensor<3x20xf32>, tensor<$Tx3x20xf32$S>
  })";

std::string recurrenceBody(const std::string &size, const std::string &steps, const std::string &sizes) {
  return replaceAll(replaceAll(replaceAll(recurrence, "$T", size), "$L", steps), "$S", sizes);
}

Floats recur(const Floats &w, Floats h, const Floats &xs) {
  Floats ys;
  for (size_t t = 0; t < xs.size() / 60; ++t) {
    for (size_t at = 0; at < 60; ++at) {
      float sum = 0;
      for (size_t k = 0; k < 20; ++k)
        sum += h[at / 20 * 20 + k] * w[at % 20 * 20 + k] / 4;
      ys.push_back(std::tanh(sum + xs[t * 60 + at]));
    }
    h.assign(ys.end() - 60, ys.end());
  }
  return ys;
}

TEST_P(LoopTest, Recurrence) {
  auto function = compile(R"(
    func.func @f(%w: tensor<20x20xf32>, %h0: tensor<3x20xf32>, %xs: tensor<7x3x20xf32>)
        -> (tensor<3x20xf32>, tensor<7x3x20xf32>) {)" +
                          recurrenceBody("7", "7", ""));
  Floats w = uniform(400, 1), h = uniform(60, 2), xs = uniform(420, 3), ys = recur(w, h, xs);
  Call call;
  ASSERT_EQ(call.input(w).input(h).input(xs).output<float>(60).output<float>(420).of(*function), 0);
  EXPECT_THAT(call.result<float>(1), Pointwise(FloatNear(2e-6f), ys));
  Floats stacked = call.result<float>(1);
  EXPECT_THAT(call.result<float>(0), ElementsAreArray(stacked.end() - 60, stacked.end()));
}

/// The same with a run-time number of steps and the matrix as a state, as an object.
TEST_P(LoopTest, RunTimeSteps) {
  auto module = parse(R"(
    module @steps {
      func.func @f(%w: tensor<20x20xf32> {ingot.state = "w"}, %h0: tensor<3x20xf32>, %xs: tensor<?x3x20xf32, #ingot.sizes<[T, 3, 20]>>)
          -> (tensor<3x20xf32>, tensor<?x3x20xf32, #ingot.sizes<[T, 3, 20]>>) attributes {ingot.dims = [#ingot.dim<"T", 0, -1>]} {)" +
                      recurrenceBody("?", "T", ", #ingot.sizes<[T, 3, 20]>") + "}");
  Floats w = uniform(400, 1);
  detail::StateTensor state{
      "w", mlir::RankedTensorType::get({20, 20}, mlir::Float32Type::get(&context)), w.data(), {}};
  test::TempFolder folder;
  std::string arguments[] = {"exporter", "-o", folder.path(), GetParam() ? "" : "-O0"};
  char *argv[] = {arguments[0].data(), arguments[1].data(), arguments[2].data(), arguments[3].data()};
  ASSERT_EQ(detail::backend().exportMain(GetParam() ? 3 : 4, argv, *module, {state}), 0);
  codegen::JitModule object(test::readFile(folder.path("steps.o")));
  auto *f = reinterpret_cast<int32_t (*)(void *, const float *, const float *, int64_t, float *, float *,
                                         void *, void *)>(object.address("steps_f"));
  auto workspaceOf = reinterpret_cast<int64_t (*)(int64_t, int32_t)>(object.address("steps_f_workspace"));
  auto stateSize = reinterpret_cast<int64_t (*)()>(object.address("steps_state_size"));
  auto prepare = reinterpret_cast<int32_t (*)(void *, const void *const *)>(object.address("steps_prepare"));
  ingot_rt::Buffer block = ingot_rt::Buffer::allocate(static_cast<size_t>(stateSize()));
  const void *canonical[] = {w.data()};
  ASSERT_EQ(prepare(block.mutable_data(), canonical), 0);
  for (int64_t steps : {0, 1, 2, 5, 64}) {
    Floats h = uniform(60, 2), xs = uniform(steps * 60, 3), hT(60), ys(steps * 60);
    ingot_rt::Buffer workspace = ingot_rt::Buffer::allocate(static_cast<size_t>(workspaceOf(steps, 1)));
    ASSERT_EQ(f(block.mutable_data(), h.data(), xs.data(), steps, hT.data(), ys.data(),
                workspace.mutable_data(), nullptr),
              0);
    EXPECT_THAT(ys, Pointwise(FloatNear(2e-6f), recur(w, h, xs)));
    EXPECT_THAT(hT, steps ? ElementsAreArray(ys.end() - 60, ys.end()) : ElementsAreArray(h.begin(), h.end()));
  }
}

/// A loop in a loop: the state of the outer one runs through the inner one, over a matrix that both read.
TEST_P(LoopTest, Nested) {
  auto function = compile(R"(
    func.func @f(%w: tensor<5x5xf32>, %h0: tensor<1x5xf32>, %xs: tensor<3x4x1x5xf32>)
        -> (tensor<1x5xf32>, tensor<3x4x1x5xf32>) {
      %hT, %ys = ingot.scan carry(%h = %h0 : tensor<1x5xf32>) over(%row = %xs : tensor<3x4x1x5xf32>)
          with(%v = %w : tensor<5x5xf32>) steps [3] -> (tensor<1x5xf32>, tensor<3x4x1x5xf32>) {
        %twice = ingot.add %row, %row : tensor<4x1x5xf32>
        %g, %y = ingot.scan carry(%i = %h : tensor<1x5xf32>) over(%x = %twice : tensor<4x1x5xf32>)
            with(%u = %v : tensor<5x5xf32>) steps [4] reverse -> (tensor<1x5xf32>, tensor<4x1x5xf32>) {
          %0 = ingot.matmul %i, %u transposed : tensor<1x5xf32>, tensor<5x5xf32>
          %1 = ingot.add %0, %x : tensor<1x5xf32>
          ingot.yield %1, %1 : tensor<1x5xf32>, tensor<1x5xf32>
        }
        ingot.yield %g, %y : tensor<1x5xf32>, tensor<4x1x5xf32>
      }
      return %hT, %ys : tensor<1x5xf32>, tensor<3x4x1x5xf32>
    })");
  Floats w = uniform(25, 1), h = uniform(5, 2), xs = uniform(60, 3), ys(60);
  Call call;
  ASSERT_EQ(call.input(w).input(h).input(xs).output<float>(5).output<float>(60).of(*function), 0);
  for (size_t t : {3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8}) {
    Floats next(5);
    for (size_t n = 0; n < 5; ++n) {
      next[n] = 2 * xs[t * 5 + n];
      for (size_t k = 0; k < 5; ++k)
        next[n] += h[k] * w[n * 5 + k];
      ys[t * 5 + n] = next[n];
    }
    h = next;
  }
  EXPECT_THAT(call.result<float>(0), Pointwise(FloatNear(1e-4f), h));
  EXPECT_THAT(call.result<float>(1), Pointwise(FloatNear(1e-4f), ys));
}

/// bool, bf16 and i64, carried and stacked.
TEST_P(LoopTest, ElementTypes) {
  auto function = compile(R"(
    func.func @f(%b: tensor<2xi1>, %h: tensor<2xbf16>, %n: tensor<2xi64>, %bs: tensor<3x2xi1>, %hs: tensor<3x2xbf16>, %ns: tensor<3x2xi64>)
        -> (tensor<2xi1>, tensor<2xbf16>, tensor<2xi64>, tensor<3x2xi1>, tensor<3x2xbf16>, tensor<3x2xi64>) {
      %r:6 = ingot.scan carry(%c = %b : tensor<2xi1>, %g = %h : tensor<2xbf16>, %m = %n : tensor<2xi64>)
          over(%x = %bs : tensor<3x2xi1>, %y = %hs : tensor<3x2xbf16>, %z = %ns : tensor<3x2xi64>) steps [3]
          -> (tensor<2xi1>, tensor<2xbf16>, tensor<2xi64>, tensor<3x2xi1>, tensor<3x2xbf16>, tensor<3x2xi64>) {
        %0 = ingot.bitwise_xor %c, %x : tensor<2xi1>
        %1 = ingot.add %g, %y : tensor<2xbf16>
        %2 = ingot.mul %m, %z : tensor<2xi64>
        ingot.yield %0, %1, %2, %0, %1, %2 : tensor<2xi1>, tensor<2xbf16>, tensor<2xi64>, tensor<2xi1>, tensor<2xbf16>, tensor<2xi64>
      }
      return %r#0, %r#1, %r#2, %r#3, %r#4, %r#5
          : tensor<2xi1>, tensor<2xbf16>, tensor<2xi64>, tensor<3x2xi1>, tensor<3x2xbf16>, tensor<3x2xi64>
    })");
  using Bytes = std::vector<uint8_t>;
  using Halves = std::vector<uint16_t>;
  constexpr uint16_t one = 0x3f80, two = 0x4000, three = 0x4040, four = 0x4080;
  Call call;
  call.input(Bytes{0, 1}).input(Halves{one, two}).input(Integers{1, 2});
  call.input(Bytes{1, 0, 1, 1, 0, 0})
      .input(Halves{one, one, one, one, one, 0})
      .input(Integers{2, 3, 4, 5, 6, 7});
  call.output<uint8_t>(2).output<uint16_t>(2).output<int64_t>(2);
  call.output<uint8_t>(6).output<uint16_t>(6).output<int64_t>(6);
  ASSERT_EQ(call.of(*function), 0);
  EXPECT_THAT(call.result<uint8_t>(0), ElementsAre(0, 0));
  EXPECT_THAT(call.result<uint16_t>(1), ElementsAre(four, four));
  EXPECT_THAT(call.result<int64_t>(2), ElementsAre(48, 210));
  EXPECT_THAT(call.result<uint8_t>(3), ElementsAre(1, 1, 0, 0, 0, 0));
  EXPECT_THAT(call.result<uint16_t>(4), ElementsAre(two, three, three, four, four, four));
  EXPECT_THAT(call.result<int64_t>(5), ElementsAre(2, 6, 8, 30, 48, 210));
}

/// Sequences that are parts of larger tensors, with gaps between their rows.
TEST_P(LoopTest, PartsOfTensors) {
  auto function = compile(R"(
    func.func @f(%h0: tensor<2xf32>, %x: tensor<3x5xf32>) -> tensor<3x4xf32> {
      %xs = ingot.slice %x from [0, 1] step [1, 2] : tensor<3x5xf32> to tensor<3x2xf32>
      %forward:2 = ingot.scan carry(%h = %h0 : tensor<2xf32>) over(%s = %xs : tensor<3x2xf32>) steps [3]
          -> (tensor<2xf32>, tensor<3x2xf32>) {
        %0 = ingot.add %h, %s : tensor<2xf32>
        ingot.yield %0, %0 : tensor<2xf32>, tensor<2xf32>
      }
      %backward:2 = ingot.scan carry(%h = %h0 : tensor<2xf32>) over(%s = %xs : tensor<3x2xf32>) steps [3] reverse
          -> (tensor<2xf32>, tensor<3x2xf32>) {
        %0 = ingot.add %h, %s : tensor<2xf32>
        ingot.yield %0, %0 : tensor<2xf32>, tensor<2xf32>
      }
      %y = ingot.concat %forward#1, %backward#1 along 1 : tensor<3x2xf32>, tensor<3x2xf32>
      return %y : tensor<3x4xf32>
    })");
  Call call;
  call.input(Floats{100, 200}).input(Floats{0, 1, 0, 2, 0, 0, 3, 0, 4, 0, 0, 5, 0, 6, 0});
  ASSERT_EQ(call.output<float>(12).of(*function), 0);
  EXPECT_THAT(call.result<float>(0), ElementsAre(101, 202, 109, 212, 104, 206, 108, 210, 109, 212, 105, 206));
}

/// The step that fails first is the one that is reported; positions of later steps, whatever they are, are not used.
TEST_P(LoopTest, ChecksInSteps) {
  auto function = compile(R"(
    func.func @f(%table: tensor<4x2xf32>, %s: tensor<2xf32>, %is: tensor<3x1xi64>) -> (tensor<2xf32>, tensor<3x2xf32>) {
      %sum, %sums = ingot.scan carry(%a = %s : tensor<2xf32>) over(%i = %is : tensor<3x1xi64>)
          with(%t = %table : tensor<4x2xf32>) steps [3] -> (tensor<2xf32>, tensor<3x2xf32>) {
        %0 = ingot.gather %t at %i along 0 dims [0] : tensor<4x2xf32>, tensor<1xi64>
        %1 = ingot.reshape %0 : tensor<1x2xf32> to tensor<2xf32>
        %2 = ingot.add %a, %1 : tensor<2xf32>
        ingot.yield %2, %2 : tensor<2xf32>, tensor<2xf32>
      }
      return %sum, %sums : tensor<2xf32>, tensor<3x2xf32>
    })");
  auto run = [&](const Integers &positions, Call &call) {
    call.input(Floats{1, 2, 3, 4, 5, 6, 7, 8}).input(Floats{0, 10}).input(positions);
    return call.output<float>(2).output<float>(6).of(*function);
  };
  Call fine, second, third;
  EXPECT_EQ(run({3, 0, 1}, fine), 0);
  EXPECT_THAT(fine.result<float>(0), ElementsAre(11, 24));
  EXPECT_THAT(fine.result<float>(1), ElementsAre(7, 18, 8, 20, 11, 24));
  int32_t status = run({1, -7, 1LL << 40}, second);
  ASSERT_NE(status, 0);
  EXPECT_EQ(second.found, -7);
  EXPECT_EQ(function->failedCheck(status).op, "gather");
  EXPECT_EQ(function->failedCheck(status).size, 4);
  EXPECT_EQ(run({0, 0, 4}, third), status);
  EXPECT_EQ(third.found, 4);
}

} // namespace
