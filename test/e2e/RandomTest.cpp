// Random numbers in exported programs: those that this process computes after the same seed, call by call.
#include "ingot/functional/aliases.h"
#include "ingot/ingot.h"
#include "tools/conformance/ExportedProgram.h"
#include <gtest/gtest.h>

namespace F = ingot::nn::functional;
using ingot::Tensor;
using ingot::conformance::ExportedProgram;

namespace {

std::vector<Tensor> draw() {
  Tensor weights = ingot::tensor({0.2, 0.5, 0.3});
  return {ingot::rand({1000}),
          ingot::randn({7, 11}),
          ingot::rand({64}, ingot::kBFloat16),
          ingot::randint(-5, 20, {100}),
          ingot::randperm(50),
          ingot::bernoulli(ingot::full({100}, 0.3)),
          weights.multinomial(100, true),
          weights.multinomial(2, false),
          F::dropout(ingot::ones({100}), F::DropoutFuncOptions().p(0.4)),
          F::dropout2d(ingot::ones({4, 5, 2, 2}), F::Dropout2dFuncOptions().p(0.5))};
}

} // namespace

TEST(Random, ExportedProgramsDrawTheNumbersOfTheSeed) {
  ingot::manual_seed(3);
  ExportedProgram f(ingot::trace("run", [] { return draw(); }, {}));
  std::vector<Tensor> previous;
  for (int call = 0; call < 3; ++call) {
    std::vector<Tensor> expected = draw();
    std::vector<ExportedProgram::Result> results;
    for (const Tensor &tensor : expected)
      results.emplace_back(tensor.sizes().vec(), tensor.dtype());
    std::vector<Tensor> got = f({}, {}, results);
    for (size_t i = 0; i < got.size(); ++i) {
      EXPECT_TRUE(got[i].allclose(expected[i], 1e-6, 1e-6)) << "call " << call << ", draw " << i;
      if (!previous.empty()) // the generator goes on from call to call
        EXPECT_FALSE(got[i].equal(previous[i])) << "call " << call << ", draw " << i;
    }
    previous = got;
  }
}
