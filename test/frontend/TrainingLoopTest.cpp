// A training loop written eagerly leaves nothing behind: memory and the number of compiled functions stay as they are.
// INGOT_TRAINING_STEPS says for how many steps; `make check-all` takes 100,000.
#include "frontend/core/Compilations.h"
#include "ingot/ingot.h"
#include "gtest/gtest.h"
#include <cstdlib>
#include <fstream>
#include <string>

using namespace ingot;

namespace {

int64_t residentBytes() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);)
    if (line.starts_with("VmRSS:"))
      return std::atoll(line.c_str() + 6) * 1024;
  return 0;
}

int64_t stepCount() {
  const char *steps = std::getenv("INGOT_TRAINING_STEPS");
  return steps ? std::atoll(steps) : 3000;
}

struct Net {
  nn::Sequential model{nn::Linear(4, 16), nn::BatchNorm1d(16), nn::ReLU(), nn::Dropout(0.1),
                       nn::Linear(16, 3)};
  optim::Adam optimizer{model->parameters(), 1e-3};
  optim::CosineAnnealingLR schedule{optimizer, 1000};

  double step(bool reads) {
    Tensor x = randn({8, 4}), label = x.narrow(1, 0, 3).argmax(1);
    optimizer.zero_grad();
    Tensor hidden = model->forward(x), loss = nn::functional::cross_entropy(hidden, label);
    hidden.register_hook([](Tensor g) { return g.clamp(-1, 1); });
    double value = reads ? loss.item<double>() : 0;
    loss.backward();
    optimizer.step();
    schedule.step();
    return value;
  }
};

void expectSteady(bool reads) {
  Net net;
  int64_t steps = stepCount(), warm = std::min<int64_t>(steps / 2, 500);
  for (int64_t i = 0; i < warm; ++i)
    net.step(reads);
  int64_t bytes = residentBytes(), compiled = detail::compilationCount();
  for (int64_t i = warm; i < steps; ++i)
    net.step(reads);
  EXPECT_EQ(detail::compilationCount(), compiled);
  EXPECT_LT(residentBytes() - bytes, 1 << 20);
}

TEST(TrainingLoop, LeavesNothingBehind) { expectSteady(false); }
TEST(TrainingLoop, LeavesNothingBehindWhenItReadsEachLoss) { expectSteady(true); }

// Graphs that no backward pass comes to, of all kinds of nodes.
struct Twice : autograd::Function<Twice> {
  static Tensor forward(autograd::AutogradContext *context, const Tensor &x) {
    context->save_for_backward({x});
    return x * 2;
  }
  static TensorList backward(autograd::AutogradContext *, TensorList gradients) { return {gradients[0] * 2}; }
};

TEST(TrainingLoop, GraphsWithoutBackwardLeaveNothingBehind) {
  Tensor w = randn({64, 64}, requires_grad());
  auto pass = [&](int i) {
    Tensor y = checkpoint([](const Tensor &x) { return x.exp().tanh(); }, Twice::apply(w * 0.5));
    y.register_hook([](Tensor g) { return g; });
    Tensor loss = y.sum();
    if (i % 2)
      loss.item<float>();
  };
  for (int i = 0; i < 100; ++i)
    pass(i);
  int64_t bytes = residentBytes(), compiled = detail::compilationCount();
  for (int i = 0; i < 1000; ++i)
    pass(i);
  EXPECT_EQ(detail::compilationCount(), compiled);
  EXPECT_LT(residentBytes() - bytes, 1 << 20);
}

} // namespace
