// Optimizers: what they reach, what they remember, what they refuse. Their numbers are golden cases.
#include "ingot/ingot.h"
#include "gtest/gtest.h"

using namespace ingot;

namespace {

/// A layer on fixed numbers, and its loss.
struct Problem {
  nn::Linear model{3, 2};
  Tensor x = tensor({{1.0, 2.0, -1.0}, {0.5, -1.0, 2.0}}), y = tensor({{1.0, 0.0}, {0.0, 1.0}});
  Tensor loss() { return nn::functional::mse_loss(model(x), y); }
};

template <class Optimizer> float trained(Problem &problem, Optimizer &&optimizer, int steps) {
  for (int i = 0; i < steps; ++i) {
    optimizer.zero_grad();
    problem.loss().backward();
    optimizer.step();
  }
  return problem.loss().template item<float>();
}

TEST(Optim, LossesFall) {
  auto check = [](const char *name, auto make) {
    Problem problem;
    float before = problem.loss().item<float>();
    EXPECT_LT(trained(problem, *make(problem.model->parameters()), 60), before) << name;
  };
#define CHECK(X, ...)                                                                                        \
  check(#X,                                                                                                  \
        [](std::vector<Tensor> p) { return std::make_unique<optim::X>(p, optim::X##Options(__VA_ARGS__)); })
  CHECK(SGD, 0.05);
  CHECK(Adam, 0.05);
  CHECK(AdamW, 0.05);
  CHECK(Adamax, 0.05);
  CHECK(NAdam, 0.05);
  CHECK(RAdam, 0.05);
  CHECK(Adagrad, 0.05);
  CHECK(Adadelta, 1);
  CHECK(RMSprop, 0.01);
#undef CHECK
}

TEST(Optim, ClosuresGroupsAndRates) {
  Problem problem;
  std::vector<optim::OptimizerParamGroup> groups;
  groups.emplace_back(std::vector<Tensor>{problem.model->weight});
  groups.emplace_back(std::vector<Tensor>{problem.model->bias}, std::make_unique<optim::SGDOptions>(0.0));
  optim::SGD optimizer(groups, optim::SGDOptions(0.1).momentum(0.9));
  Tensor bias = problem.model->bias.clone(), weight = problem.model->weight.clone();
  Tensor loss = optimizer.step([&] {
    optimizer.zero_grad();
    Tensor loss = problem.loss();
    loss.backward();
    return loss;
  });
  EXPECT_GT(loss.item<float>(), problem.loss().item<float>());
  EXPECT_TRUE(bias.equal(problem.model->bias));
  EXPECT_FALSE(weight.equal(problem.model->weight));
  optimizer.param_groups()[1].options().set_lr(0.5);
  optimizer.step();
  EXPECT_FALSE(bias.equal(problem.model->bias));
}

TEST(Optim, StateIsLoaded) {
  Problem a, b;
  b.model->load_state_dict(a.model->state_dict());
  optim::Adam first(a.model->parameters(), 0.01), second(b.model->parameters(), 0.01);
  trained(a, first, 5);
  b.model->load_state_dict(a.model->state_dict());
  second.load_state_dict(first.state_dict());
  EXPECT_TRUE(first.state_dict().contains("weight.exp_avg_sq"));
  trained(a, first, 5), trained(b, second, 5);
  EXPECT_TRUE(a.model->weight.equal(b.model->weight));
}

TEST(Optim, RefusesWhatCannotBeTrained) {
  Tensor w = ones({2}, requires_grad());
  EXPECT_THROW(optim::SGD({w, w}, 0.1), Error);
  EXPECT_THROW(optim::SGD(std::vector<Tensor>{w * 2}, 0.1), Error);
  EXPECT_THROW(optim::SGD(std::vector<Tensor>{w}, -0.1), Error);
}

TEST(Optim, StepsOfATraceAreOneFunctionOfState) {
  Problem problem;
  optim::Adam optimizer(problem.model->parameters());
  Tensor before = problem.model->weight.clone();
  std::string text = trace("train_step",
                           [&](Tensor x, Tensor y, Tensor lr) {
                             optimizer.zero_grad();
                             Tensor loss = nn::functional::mse_loss(problem.model(x), y);
                             loss.backward();
                             optimizer.step(lr);
                             return loss;
                           },
                           {{"x", {Dim("N"), 3}}, {"y", {Dim("N"), 2}}, {"lr", {}}})
                         .str();
  for (const char *name : {"weight.exp_avg", "weight.exp_avg_sq", "weight.step", "bias.exp_avg"})
    EXPECT_NE(text.find("ingot.state = \"" + std::string(name) + "\""), std::string::npos) << text;
  EXPECT_TRUE(before.equal(problem.model->weight));
  EXPECT_FALSE(problem.model->weight.grad().defined());
  trained(problem, optimizer, 1);
  EXPECT_FALSE(before.equal(problem.model->weight));
}

} // namespace
