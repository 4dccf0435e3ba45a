// Archives, streams, and optimizers of a program's own.
#include "ingot/ingot.h"
#include <gtest/gtest.h>
#include <sstream>

using namespace ingot;

namespace {

TEST(Archive, ValuesAndPrefixes) {
  serialize::OutputArchive out, nested;
  nested.write("weight", tensor({1.0, 2.0}));
  out.write("layer", nested);
  out.write("epoch", IValue(3));
  out.write("rate", IValue(0.5));
  out.write("name", IValue("net"));
  EXPECT_THROW(out.write("epoch", ones({1})), Error);
  std::stringstream stream;
  out.save_to(stream);

  serialize::InputArchive in, layer;
  in.load_from(stream);
  EXPECT_EQ(in.keys(), (std::vector<std::string>{"epoch", "layer", "name", "rate"}));
  IValue value;
  in.read("epoch", value);
  EXPECT_EQ(value.toInt(), 3);
  in.read("rate", value);
  EXPECT_EQ(value.to<float>(), 0.5f);
  in.read("name", value);
  EXPECT_EQ(value.toStringRef(), "net");
  in.read("layer", layer);
  Tensor weight = zeros({2}), same = weight;
  layer.read("weight", weight);
  EXPECT_TRUE(same.equal(tensor({1.0, 2.0})));
  EXPECT_FALSE(layer.try_read("bias", weight));
  EXPECT_THROW(layer.read("bias", weight), Error);
}

TEST(Archive, ModulesAndOptimizers) {
  auto make = [] { return nn::Sequential(nn::Linear(2, 3), nn::BatchNorm1d(3)); };
  nn::Sequential from = make(), to = make();
  optim::Adam first(from->parameters(), 0.1), second(to->parameters(), 0.1);
  from(ones({4, 2})).sum().backward();
  first.step();
  serialize::OutputArchive out, state;
  from->save(out);
  first.save(state);
  out.write("optimizer", state);
  std::stringstream stream;
  out.save_to(stream);
  serialize::InputArchive in, loaded;
  in.load_from(stream);
  to->load(in);
  in.read("optimizer", loaded);
  second.load(loaded);
  from->eval(), to->eval();
  EXPECT_TRUE(from(ones({1, 2})).equal(to(ones({1, 2}))));
  EXPECT_TRUE(second.state(to->parameters()[0])
                  .at("exp_avg")
                  .equal(first.state(from->parameters()[0]).at("exp_avg")));

  std::stringstream whole;
  save(from, whole);
  nn::Sequential again = make();
  load(again, whole);
  EXPECT_TRUE(again->parameters()[0].equal(from->parameters()[0]));
  std::stringstream corrupt("no file of tensors");
  EXPECT_THROW(load(again, corrupt), Error);
}

/// Momentum without a rate of its own, kept in state_.
struct PlainOptions : optim::OptimizerCloneableOptions<PlainOptions> {
  PlainOptions(double lr) : lr_(lr) {}
  INGOT_ARG(double, lr);
};
struct PlainState : optim::OptimizerCloneableParamState<PlainState> {
  INGOT_ARG(Tensor, velocity);
};
struct Plain : optim::Optimizer {
  Plain(std::vector<Tensor> params, PlainOptions options)
      : Optimizer({optim::OptimizerParamGroup(params)}, std::make_unique<PlainOptions>(options)) {}
  Tensor step(LossClosure closure = nullptr) override {
    NoGradGuard guard;
    for (auto &group : param_groups_)
      for (Tensor &p : group.params()) {
        if (!p.grad().defined())
          continue;
        auto &state = state_[p.unsafeGetTensorImpl()];
        if (!state) {
          auto made = std::make_unique<PlainState>();
          made->velocity(zeros_like(p));
          state = std::move(made);
        }
        Tensor &velocity = static_cast<PlainState &>(*state).velocity();
        velocity.mul_(0.5).add_(p.grad());
        p.data().add_(velocity, -static_cast<PlainOptions &>(group.options()).lr());
      }
    return {};
  }
};

TEST(Optimizer, OfAProgramsOwn) {
  Tensor w = ones({2}, requires_grad());
  Plain optimizer({w}, 0.1);
  for (int i = 0; i < 2; ++i) {
    optimizer.zero_grad();
    (w * tensor({1.0, 2.0})).sum().backward();
    optimizer.step();
  }
  EXPECT_TRUE(allclose(w, tensor({0.75, 0.5})));
  EXPECT_EQ(optimizer.size(), 1u);
  optimizer.add_parameters({ones({1}, requires_grad())});
  EXPECT_EQ(optimizer.param_groups().size(), 1u);
  EXPECT_EQ(optimizer.size(), 2u);
  optim::Optimizer base({ones({1}, requires_grad())}, std::make_unique<PlainOptions>(0.1));
  EXPECT_THROW(base.step(), Error);
}

} // namespace
