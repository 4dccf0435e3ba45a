// Programs, with a backend that only keeps the IR.
#include "test/frontend/Expect.h"
#include "test/frontend/FakeBackend.h"
#include <functional>
#include <gtest/gtest.h>
#include <sstream>

using namespace ingot;
using namespace ingot::test;

namespace {

struct TinyModelImpl : nn::Module {
  nn::Linear linear1{3, 4}, linear2{4, 2};
  Tensor calls;
  TinyModelImpl() {
    register_module("linear1", linear1);
    register_module("linear2", linear2);
    calls = register_buffer("calls", zeros({}, kInt64));
  }
  static constexpr int lineOfForward = __LINE__ + 1;
  Tensor forward(Tensor x) { return softmax(linear2(relu(linear1(x))), 1); }
};
INGOT_MODULE(TinyModel);

TEST(Trace, MakesOneFunctionStatesFirst) {
  TinyModel model;
  Dim N("N", 512);
  Program infer = trace("infer", [&](Tensor x) { return model->forward(x); }, {{"x", {N, 3}}});
  std::string ir = infer.str();
  EXPECT_TRUE(contains(ir, "func.func @infer(%arg0: tensor<4x3xf32> {ingot.state = \"linear1.weight\"}, "
                           "%arg1: tensor<4xf32> {ingot.state = \"linear1.bias\"}, "
                           "%arg2: tensor<2x4xf32> {ingot.state = \"linear2.weight\"}, "
                           "%arg3: tensor<2xf32> {ingot.state = \"linear2.bias\"}, "
                           "%arg4: tensor<?x3xf32, #ingot.sizes<[N, 3]>> {ingot.input = \"x\"}) -> "
                           "(tensor<?x2xf32, #ingot.sizes<[N, 2]>> {ingot.output = \"output\"}) "
                           "attributes {ingot.dims = [#ingot.dim<\"N\", 0, 512>]}"))
      << ir;
  EXPECT_TRUE(contains(ir, "ingot.softmax")) << ir;
}

TEST(Trace, ReturnsWhatCallablesReturn) {
  Dim N("N");
  auto both = trace("both", [](Tensor a, Tensor b) { return std::make_tuple(a + 1, b + 1); },
                    {{"a", {N}}, {"b", {2}, kInt64}});
  EXPECT_TRUE(contains(both.str(), "ingot.output = \"output0\"")) << both.str();
  EXPECT_TRUE(contains(both.str(), "ingot.output = \"output1\"")) << both.str();
  auto list = trace("list", [](Tensor a) { return a.chunk(2); }, {{"a", {4}}}, {"low", "high"});
  EXPECT_TRUE(contains(list.str(), "ingot.output = \"high\"")) << list.str();
  trace("pair", [](Tensor a) { return std::pair(a, a.max(0)); }, {{"a", {4}}}, {"a", "value", "index"});
}

TEST(Trace, ReturnsNewValuesOfWrittenStates) {
  TinyModel model;
  model->calls.add_(5);
  Program count = trace("count", [&] { model->calls.add_(1); });
  EXPECT_TRUE(contains(count.str(), "(%arg0: tensor<i64> {ingot.state = \"calls\"}) -> "
                                    "(tensor<i64> {ingot.state = \"calls\"})"))
      << count.str();
  Program again = trace("again", [&] { return model->calls + 0; }); // unchanged by the first trace
  EXPECT_FALSE(contains(again.str(), "ingot.constant dense<1> : tensor<i64>")) << again.str();
}

TEST(Trace, LiftsTheGenerator) {
  Dim N("N");
  Program noise =
      trace("noise", [](Tensor x) { return x + rand({x.size(1)}) + rand({2, 1}); }, {{"x", {2, N}}});
  EXPECT_TRUE(contains(noise.str(), "tensor<2xi64> {ingot.state = \"generator\"}")) << noise.str();
  EXPECT_TRUE(contains(noise.str(), "ingot.random \"uniform\"")) << noise.str();
}

TEST(Trace, KeepsNumbersAndOtherTensorsAsConstants) {
  Tensor table = tensor({1.0, 2.0});
  Program p = trace("p", [&](Tensor x) { return x * table + 0.5; }, {{"x", {2}}});
  EXPECT_TRUE(contains(p.str(), "dense<[1.000000e+00, 2.000000e+00]>")) << p.str();
  EXPECT_TRUE(contains(p.str(), "dense<5.000000e-01>")) << p.str();
}

TEST(Trace, KeepsConstantsThatNobodyUsesForAWhile) {
  Tensor table = tensor({1.0, 2.0});
  auto twice = [&](Tensor x) {
    {
      Tensor dropped = x * table;
    }
    return x + table;
  };
  EXPECT_TRUE(contains(trace("p", twice, {{"x", {2}}}).str(), "ingot.constant"));
}

TEST(Trace, ComputesWithSizes) {
  Dim N("N");
  Program p = trace("p", [](Tensor x) { return x.view({x.size(0) * 2, -1}).mean(0) + arange(x.size(1) / 2); },
                    {{"x", {N, 8}}});
  EXPECT_TRUE(contains(p.str(), "ingot.size [N*2] : tensor<f32>")) << p.str();
}

void expectRefused(const std::string &part, const std::string &path, int line,
                   const std::function<void()> &action) {
  try {
    action();
    ADD_FAILURE() << "nothing was refused; expected " << part;
  } catch (const Error &error) {
    EXPECT_TRUE(contains(error.what(), part)) << error.what();
    EXPECT_EQ(error.modulePath(), path) << error.what();
    EXPECT_EQ(error.line(), line) << error.what();
    EXPECT_TRUE(contains(error.file(), "TraceTest.cpp")) << error.what();
  }
}

TEST(Trace, RefusesToRead) {
  expectRefused("inside trace nothing can be read", "", __LINE__ + 1,
                [] { trace("p", [](Tensor x) { return x * x.sum().item<float>(); }, {{"x", {2}}}); });
  expectRefused("inside trace nothing can be read", "", __LINE__ + 1,
                [] { trace("p", [](Tensor x) { return x + tensor(1.0).item<float>(); }, {{"x", {2}}}); });
  auto print = [](Tensor x) {
    std::ostringstream() << x;
    return x;
  };
  expectRefused("print: inside trace nothing can be read", "", __LINE__ + 1,
                [&] { trace("p", print, {{"x", {Dim("N"), 2}}}); });
}

TEST(Trace, RefusesToLoopOverWhatIsNotKnown) {
  Dim T("T");
  expectRefused("inside trace nothing can be read", "", __LINE__ + 3, [] {
    trace("p",
          [](Tensor x) {
            while (x.norm().item<double>() > 1)
              x = x / 2;
            return x;
          },
          {{"x", {2}}});
  });
  expectRefused("cannot be compared before run time", "", __LINE__ + 1, [&] {
    trace("p",
          [](Tensor x) {
            Tensor sum = x[0];
            for (int64_t t = 1; t < x.size(0); ++t)
              sum = sum + x[t];
            return sum;
          },
          {{"x", {T, 2}}});
  });
}

TEST(Trace, RefusesEscapedTensors) {
  Tensor escaped;
  trace("leak", [&](Tensor x) { return escaped = x + 1; }, {{"x", {2}}});
  expectRefused("recorded in trace 'leak' cannot be used outside", "", __LINE__, [&] { escaped + 1; });
  expectRefused("recorded in trace 'leak' cannot be used outside", "", __LINE__, [&] { escaped.sum(); });
  expectRefused("recorded in trace 'leak' cannot be used outside", "", __LINE__ + 1,
                [&] { trace("p", [&](Tensor x) { return x + escaped; }, {{"x", {2}}}); });
}

TEST(Trace, NamesTheModuleAndTheLineOfAMistake) {
  TinyModel model;
  Dim N("N");
  model->register_module("inner", TinyModel());
  auto inner = std::static_pointer_cast<TinyModelImpl>(model->named_children()["inner"]);
  expectRefused("last size", "inner.linear1", TinyModelImpl::lineOfForward,
                [&] { trace("p", [&](Tensor x) { return inner->forward(x); }, {{"x", {N, 5}}}); });
  expectRefused("[N, 3] and [N, 4]", "", __LINE__ + 1, [&] {
    trace("p", [&](Tensor x, Tensor y) { return x + y; }, {{"x", {N, 3}}, {"y", {N, 4}}});
  });
}

TEST(Trace, NeverBroadcastsNamedDimensions) {
  Dim N("N"), M("M");
  expectRefused("[N] and [4]", "", __LINE__ + 1,
                [&] { trace("p", [](Tensor x) { return x + zeros({4}); }, {{"x", {N}}}); });
  expectRefused("[N] and [M]", "", __LINE__ + 1,
                [&] { trace("p", [](Tensor x, Tensor y) { return x + y; }, {{"x", {N}}, {"y", {M}}}); });
}

TEST(Trace, RefusesBadSpecifications) {
  auto same = [](Tensor x) { return x; };
  EXPECT_THROW(trace("p", same, {{"x", {-1}}}), Error);
  EXPECT_THROW(trace("p", same, {{"x", {2}}, {"y", {2}}}), Error);
  EXPECT_THROW(trace("p", same, {{"a b", {2}}}), Error);
  EXPECT_THROW(trace("2p", same, {{"x", {2}}}), Error);
  EXPECT_THROW(trace("p", same, {{"x", {2}}}, {"y", "z"}), Error);
  EXPECT_THROW(trace("p", same, {{"x", {Dim("N", 4), Dim("N", 5)}}}), Error);
  EXPECT_THROW(trace("p", [](Tensor x, Tensor y) { return x + y; }, {{"x", {2}}, {"x", {2}}}), Error);
  EXPECT_THROW(trace("p", [](Tensor) { return Tensor(); }, {{"x", {2}}}), Error);
  EXPECT_THROW(trace("p",
                     [&](Tensor x) {
                       trace("q", same, {{"y", {2}}});
                       return x;
                     },
                     {{"x", {2}}}),
               Error);
}

TEST(Trace, RefusesStateWithoutAName) {
  Tensor loose = rand({2}, requires_grad()), plain = zeros({2});
  nn::Linear forgotten(2, 2);
  TinyModel model;
  expectRefused("must be registered in its module", "", __LINE__ + 1,
                [&] { trace("p", [&](Tensor x) { return x + loose; }, {{"x", {2}}}); });
  expectRefused("must be registered as a parameter or buffer", "", __LINE__ + 1,
                [&] { trace("p", [&](Tensor x) { plain.add_(x); }, {{"x", {2}}}); });
  expectRefused("must be registered in one", "", __LINE__ + 1,
                [&] { trace("p", [&](Tensor x) { return forgotten(model(x)); }, {{"x", {1, 3}}}); });
}

TEST(Export, GivesTheBackendAllStatesOnce) {
  TinyModel model;
  auto all = trace("all", [&](Tensor x) { return model(x); }, {{"x", {1, 3}}});
  auto one = trace("one", [&](Tensor x) { return model->linear2(x); }, {{"x", {1, 4}}});
  model->register_parameter("tied", model->linear1->weight);
  EXPECT_EQ(export_main(0, nullptr, "tiny", {one, all}), 0);
  EXPECT_EQ(fakeBackend().stateNames, (std::vector<std::string>{"linear2.weight", "linear2.bias",
                                                                "linear1.weight", "=tied", "linear1.bias"}));
  EXPECT_TRUE(contains(fakeBackend().modules.back(), "module @tiny"));
}

TEST(Export, SaysWhatIsWrongWithThePrograms) {
  auto errorOfExport = [](const std::vector<Program> &programs) {
    testing::internal::CaptureStderr();
    EXPECT_EQ(export_main(0, nullptr, "tiny", programs), 1);
    return testing::internal::GetCapturedStderr();
  };
  auto same = [](Tensor x) { return x; };
  Program one = trace("one", same, {{"x", {1}}});
  EXPECT_EQ(errorOfExport({one, one}), "tiny: two programs are called 'one'\n");
  EXPECT_EQ(errorOfExport({}), "tiny: required a program, a function that was traced; got none\n");
  expectRefused("trace: the name of an input must be an identifier of C, got 'an x'", "", __LINE__ + 1,
                [&] { trace("p", same, {{"an x", {1}}}); });
}

TEST(Export, ProgramsShareTheGenerator) {
  manual_seed(7);
  auto first = trace("first", [](Tensor x) { return x + randn({3}); }, {{"x", {3}}});
  auto second = trace("second", [](Tensor x) { return x * rand({3}); }, {{"x", {3}}});
  EXPECT_EQ(export_main(0, nullptr, "noise", {first, second}), 0);
  EXPECT_EQ(fakeBackend().stateNames, std::vector<std::string>{"generator"});
}

} // namespace
