// Optimizers: what they reach, what they remember, what they refuse. Their numbers are golden cases.
#include "ingot/ingot.h"
#include "gtest/gtest.h"
#include <cmath>

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
  auto errorOf = [&]<class Options>(Options options, auto make) -> std::string {
    try {
      make(std::vector<Tensor>{w}, options);
    } catch (const Error &error) {
      return error.what();
    }
    return "";
  };
  auto sgd = [](const auto &...x) { optim::SGD optimizer(x...); };
  auto adam = [](const auto &...x) { optim::Adam optimizer(x...); };
  EXPECT_EQ(errorOf(optim::SGDOptions(0.1).weight_decay(-1), sgd),
            "optim::SGD: weight_decay must not be negative, got -1.000000");
  EXPECT_EQ(errorOf(optim::SGDOptions(0.1).nesterov(true), sgd),
            "optim::SGD: nesterov needs a momentum, and no dampening, got 0.000000");
  EXPECT_EQ(errorOf(optim::AdamOptions().betas({0.9, 1}), adam),
            "optim::Adam: betas must lie within [0, 1), got 1.000000");
  EXPECT_EQ(errorOf(optim::AdamOptions().eps(-1), adam),
            "optim::Adam: eps must not be negative, got -1.000000");
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

//===--- LBFGS, Muon --------------------------------------------------------------------------------------------===//

Tensor rosenbrock(const Tensor &w) {
  Tensor here = w.slice(0, 0, w.size(0) - 1), next = w.slice(0, 1);
  return (100 * (next - here.square()).square() + (1 - here).square()).sum();
}

std::function<Tensor()> closureOf(optim::Optimizer &optimizer, const Tensor &w) {
  return [&optimizer, w] {
    optimizer.zero_grad();
    Tensor loss = rosenbrock(w);
    loss.backward();
    return loss;
  };
}

TEST(LBFGS, FindsTheMinimumByLineSearch) {
  Tensor w = tensor({-1.2, 1.0, -0.5}, TensorOptions(kFloat64).requires_grad(true));
  optim::LBFGS optimizer(std::vector<Tensor>{w},
                         optim::LBFGSOptions(1).line_search_fn("strong_wolfe").history_size(5));
  double first = optimizer.step(closureOf(optimizer, w)).item<double>();
  EXPECT_GT(first, 100);
  for (int i = 0; i < 6; ++i)
    optimizer.step(closureOf(optimizer, w));
  EXPECT_TRUE(w.allclose(ones({3}, kFloat64), 1e-4)) << w;
}

TEST(LBFGS, GoesOnFromAFile) {
  std::string path = testing::TempDir() + "/lbfgs.safetensors";
  auto start = [] { return tensor({-1.2, 1.0, 0.5}, TensorOptions(kFloat64).requires_grad(true)); };
  Tensor a = start(), b = start();
  auto options = optim::LBFGSOptions(1).max_iter(3).history_size(4).line_search_fn("strong_wolfe");
  optim::LBFGS first({a}, options), second({b}, options);
  for (int i = 0; i < 3; ++i)
    first.step(closureOf(first, a));
  save(first, path);
  load(second, path);
  {
    NoGradGuard guard;
    b.copy_(a);
  }
  first.step(closureOf(first, a)), second.step(closureOf(second, b));
  EXPECT_TRUE(a.equal(b)) << a << b;
  OrderedDict<std::string, Tensor> state = first.state_dict();
  for (const char *name :
       {"0.d", "0.t", "0.old_dirs", "0.old_stps", "0.ro", "0.H_diag", "0.prev_flat_grad", "0.n_iter"})
    EXPECT_TRUE(state.contains(name)) << name;
  optim::LBFGS other({ones({2}, TensorOptions(kFloat64).requires_grad(true))}, options);
  EXPECT_THROW(load(other, path), Error);
}

TEST(LBFGS, RefusesWhatItCannotDo) {
  Tensor w = ones({2}, requires_grad());
  optim::LBFGS optimizer(std::vector<Tensor>{w});
  EXPECT_THROW(optimizer.step(), Error);
  EXPECT_THROW(optim::LBFGS(std::vector<Tensor>{w}, optim::LBFGSOptions(1).line_search_fn("armijo")), Error);
  EXPECT_THROW(
      trace("step", [&](Tensor x) { return optimizer.step([&] { return (w * x).sum(); }); }, {{"x", {2}}}),
      Error);
}

TEST(Muon, StepsAlongNearlyOrthonormalMatrices) {
  manual_seed(0);
  Tensor w = randn({6, 4}, requires_grad()), before = w.detach().clone();
  optim::Muon optimizer(std::vector<Tensor>{w},
                        optim::MuonOptions(0.1).weight_decay(0).nesterov(false).momentum(0));
  (w * randn({6, 4})).sum().backward();
  optimizer.step();
  Tensor step = (before - w.detach()) / (0.1 * std::sqrt(1.5)), gram = step.t().mm(step);
  Tensor diagonal = gram.diagonal(); // singular values end in about [0.7, 1.2]
  EXPECT_GT(diagonal.min().item<float>(), 0.4);
  EXPECT_LT(diagonal.max().item<float>(), 1.6);
  EXPECT_LT((gram - diagonal.diag()).abs().max().item<float>(), 0.3);
  EXPECT_THROW(optim::Muon(std::vector<Tensor>{ones({3}, requires_grad())}), Error);
}

//===--- files, rates -------------------------------------------------------------------------------------------===//

/// A model with all kinds of state: parameters, moments, running statistics, random numbers.
struct NoisyNet {
  nn::Sequential model{nn::Linear(3, 8), nn::BatchNorm1d(8), nn::Dropout(0.3), nn::Linear(8, 2)};
  optim::AdamW optimizer{model->parameters(), 0.01};
  void step(int i) {
    Tensor x = arange(12, kFloat32).view({4, 3}).sin() * (i + 1), y = x.narrow(1, 0, 2);
    optimizer.zero_grad();
    nn::functional::mse_loss(model->forward(x), y).backward();
    optimizer.step();
  }
};

TEST(Optim, TrainingGoesOnFromFilesWithTheSameBits) {
  std::string folder = testing::TempDir();
  NoisyNet net, again;
  manual_seed(5);
  for (int i = 0; i < 4; ++i)
    net.step(i);
  save(net.model, folder + "/net.safetensors");
  save(net.optimizer, folder + "/optimizer.safetensors");
  manual_seed(17);
  for (int i = 4; i < 8; ++i)
    net.step(i);
  load(again.model, folder + "/net.safetensors");
  load(again.optimizer, folder + "/optimizer.safetensors");
  manual_seed(17);
  for (int i = 4; i < 8; ++i)
    again.step(i);
  for (const auto &item : net.model->named_parameters())
    EXPECT_TRUE(item.value().equal(again.model->named_parameters()[item.key()])) << item.key();
  for (const auto &item : net.model->named_buffers())
    EXPECT_TRUE(item.value().equal(again.model->named_buffers()[item.key()])) << item.key();
  for (const auto &item : net.optimizer.state_dict())
    EXPECT_TRUE(item.value().equal(*again.optimizer.state_dict().find(item.key()))) << item.key();
}

// The rate of the trace's caller is an argument; those of the groups are constants in it.
TEST(Optim, RateIsAnInputOfTheTrace) {
  Problem problem;
  optim::SGD optimizer(problem.model->parameters(), 0.125);
  auto step = [&](const char *name, bool isInput) {
    auto body = [&, isInput](Tensor x, Tensor y, Tensor lr) {
      optimizer.zero_grad();
      Tensor loss = nn::functional::mse_loss(problem.model(x), y);
      loss.backward();
      if (isInput)
        optimizer.step(lr);
      else
        optimizer.step();
      return loss;
    };
    return trace(name, body, {{"x", {2, 3}}, {"y", {2, 2}}, {"lr", {}}}).str();
  };
  EXPECT_NE(step("fixed", false).find("1.250000e-01"), std::string::npos);
  EXPECT_EQ(step("free", true).find("1.250000e-01"), std::string::npos);
}

/// As a program for libtorch has it.
struct Halving : optim::LRScheduler {
  using LRScheduler::LRScheduler;
  std::vector<double> get_lrs() override {
    std::vector<double> rates = get_current_lrs();
    if (step_count_ % 2 == 1)
      for (double &rate : rates)
        rate *= 0.5;
    return rates;
  }
};

TEST(Schedules, OfAProgramsOwn) {
  Problem problem;
  optim::SGD optimizer(problem.model->parameters(), 0.8);
  Halving schedule(optimizer);
  std::vector<double> rates;
  for (int i = 0; i < 4; ++i) {
    schedule.step();
    rates.push_back(optimizer.param_groups()[0].options().get_lr());
  }
  EXPECT_EQ(rates, (std::vector<double>{0.8, 0.4, 0.4, 0.2}));
}

TEST(Optim, RefuseGradientsOfOtherSizes) {
  Problem problem;
  optim::SGD optimizer(problem.model->parameters(), 0.1);
  problem.model->bias.mutable_grad() = ones({1});
  try {
    optimizer.step();
    FAIL() << "no error";
  } catch (const Error &error) {
    std::string text = error.what();
    EXPECT_NE(text.find("step: the gradient of float32[2] must have its sizes, got float32[1]"),
              std::string::npos)
        << text;
  }
}

} // namespace
