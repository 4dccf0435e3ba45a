// Loops, with a backend that only keeps the IR: what is recorded, and what is refused.
#include "test/frontend/Expect.h"
#include "test/frontend/FakeBackend.h"
#include <gtest/gtest.h>

using namespace ingot;
using namespace ingot::test;

namespace {

std::pair<Tensor, Tensor> sumUp(Tensor sum, Tensor x) {
  sum = sum + x;
  return {sum, sum};
}

TEST(Scan, RecordsTheStepOnceWithWhatItUsesFromOutside) {
  Dim T("T"), N("N");
  auto program = trace("rnn",
                       [](Tensor h, Tensor xs, Tensor w) {
                         auto step = [&](Tensor h, Tensor x) {
                           Tensor next = (x.matmul(w.t()) + h).tanh();
                           return std::pair(next, next * 2);
                         };
                         return scan(step, h, xs, true);
                       },
                       {{"h", {N, 4}}, {"xs", {T, N, 3}}, {"w", {4, 3}}});
  std::string ir = program.str();
  EXPECT_PRED2(contains, ir,
               "ingot.scan carry(%arg3 = %arg0 : tensor<?x4xf32, #ingot.sizes<[N, 4]>>) "
               "over(%arg4 = %arg1 : tensor<?x?x3xf32, #ingot.sizes<[T, N, 3]>>) "
               "with(%arg5 = %arg2 : tensor<4x3xf32>) steps [T] reverse");
  EXPECT_PRED2(contains, ir, "ingot.transpose %arg5");
  // The carried values of each step are there for a derivative.
  EXPECT_PRED2(contains, ir, "ingot.yield %4, %arg3, %7");
}

TEST(Scan, LoopsOfDifferentBodiesAreDifferentFunctions) {
  Tensor xs = ones({3, 2});
  xs.const_data_ptr<float>();
  auto compiled = [&](auto body) {
    size_t before = fakeBackend().modules.size();
    Tensor ys = scan(body, zeros({2}), xs).second;
    ys.const_data_ptr<float>();
    return fakeBackend().modules.size() - before;
  };
  auto product = [](Tensor h, Tensor x) { return std::pair(h * x, h); };
  EXPECT_EQ(compiled(sumUp), 1u);
  EXPECT_EQ(compiled(product), 1u);
  EXPECT_EQ(compiled(sumUp), 0u);
  EXPECT_EQ(compiled(product), 0u);
  // A number that varies is a run-time argument, also in a body.
  for (double factor : {0.5, 0.25}) {
    auto scaled = [&](Tensor h, Tensor x) { return std::pair(h * factor + x, h); };
    EXPECT_EQ(compiled(scaled), factor == 0.5 ? 1u : 0u);
  }
}

TEST(Scan, UsesTensorsOfOuterBodies) {
  Dim T("T");
  auto program = trace("nested",
                       [](Tensor xs, Tensor ys, Tensor w) {
                         auto outer = [&](Tensor h, Tensor x) {
                           auto inner = [&](Tensor g, Tensor y) { return std::pair(g + y * x * w, g); };
                           return std::pair(scan(inner, h, ys).first, h);
                         };
                         return scan(outer, zeros({2}), xs).first;
                       },
                       {{"xs", {T, 2}}, {"ys", {5, 2}}, {"w", {2}}});
  std::string ir = program.str();
  EXPECT_PRED2(contains, ir,
               "with(%arg5 = %arg1 : tensor<5x2xf32>, %arg6 = %arg2 : tensor<2xf32>) steps [T]");
  EXPECT_PRED2(contains, ir, "steps [5]");
}

TEST(Scan, StepsWithoutSequences) {
  Tensor h = ones({2});
  auto step = [](const TensorList &carry, const TensorList &) {
    return std::pair(TensorList{carry[0] * 2}, TensorList());
  };
  auto [last, none] = scan(step, {h}, {}, false, 4);
  EXPECT_EQ(last.size(), 1u);
  EXPECT_TRUE(none.empty());
  EXPECT_ERROR("the number of steps must be given", scan(step, {h}, {}));
  EXPECT_ERROR("the number of steps must not be negative", scan(step, {h}, {}, false, -1));
}

TEST(Scan, RefusesWhatNoLoopCanBe) {
  Tensor h = zeros({2}), xs = ones({3, 2}), w = ones({2});
  EXPECT_ERROR("a sequence must have a leading dimension", scan(sumUp, h, ones({})));
  auto two = [](const TensorList &carry, const TensorList &x) { return std::pair(carry, x); };
  EXPECT_ERROR("each sequence must have leading size 3, the number of steps, got float32[4]",
               scan(two, {h}, {xs, ones({4})}));
  EXPECT_ERROR("carried value 0 must stay float32[2] from step to step, got float32[2, 2]",
               scan([](Tensor h, Tensor x) { return std::pair(stack({h, x}), h); }, h, xs));
  EXPECT_ERROR("the step must return the 1 carried values, got 0",
               scan([](const TensorList &, const TensorList &x) { return std::pair(TensorList(), x); },
                    TensorList{h}, TensorList{xs}));
  EXPECT_ERROR("ScanTest.cpp:", scan(sumUp, h, ones({})));
}

TEST(Scan, RefusesWhatABodyCannotDo) {
  Tensor h = zeros({2}), xs = ones({3, 2}), w = ones({2}), escaped;
  auto with = [&](auto what) {
    return scan(
        [&](Tensor h, Tensor x) {
          what(h, x);
          return std::pair(h, x);
        },
        h, xs);
  };
  EXPECT_ERROR("in the body of a scan nothing can be read",
               with([](Tensor h, Tensor) { h.sum().item<float>(); }));
  EXPECT_ERROR("in the body of a scan nothing can be read",
               with([&](Tensor, Tensor) { w.const_data_ptr<float>(); }));
  EXPECT_ERROR("cannot change a tensor from outside", with([&](Tensor, Tensor x) { w.add_(x); }));
  EXPECT_ERROR("cannot change a tensor from outside",
               with([&](Tensor, Tensor x) { w.view({1, 2})[0].copy_(x); }));
  with([&](Tensor, Tensor x) { escaped = x + 1; });
  EXPECT_ERROR("cannot be used outside of it", escaped.const_data_ptr<float>());
  EXPECT_ERROR("cannot be used outside of it", (escaped + 1).const_data_ptr<float>());
  // Its own tensors a body may change.
  with([](Tensor h, Tensor x) { h.add_(x); });
}

TEST(Scan, RequiresGradWhereAnOperandDoes) {
  Tensor h = zeros({2}), xs = ones({3, 2}), w = ones({2}, requires_grad());
  EXPECT_FALSE(scan(sumUp, h, xs).first.requires_grad());
  auto weighted = [&](Tensor sum, Tensor x) { return std::pair(sum + x * w, sum); };
  EXPECT_TRUE(scan(weighted, h, xs).first.requires_grad());
  EXPECT_TRUE(scan(weighted, h, xs).second.requires_grad());
  auto frozen = [&](Tensor sum, Tensor x) {
    NoGradGuard guard;
    return std::pair(sum + x * w, sum);
  };
  EXPECT_FALSE(scan(frozen, h, xs).first.requires_grad());
  NoGradGuard guard;
  EXPECT_FALSE(scan(weighted, h, xs).first.requires_grad());
}

} // namespace
