// What tells one optimizer from another: the state of a parameter, and how it is updated. Not a public header.
//
//   Numbers   hyper-parameters as tensors: made once a group, so that all its parameters share them
//   Update    one parameter in a step
//   Rule      checks options, makes state, updates
#pragma once
#include "frontend/core/Error.h"
#include "frontend/optim/Optimizer.h"
#include <tuple>

namespace ingot::optim::detail {

/// The numbers of a group in a step. Outside trace they are arguments of the compiled function: what a schedule changes does
/// not compile again.
class Numbers {
public:
  Numbers(const OptimizerOptions &options, Tensor lr) : lr(std::move(lr)), options(options) {}
  /// A 0-dim tensor of `value`, which `name` tells from others.
  Tensor get(const std::string &name, double value, Dtype type);
  Tensor learningRate(Dtype type);

private:
  Tensor lr; ///< if the caller of the step gave it
  const OptimizerOptions &options;
  std::map<std::pair<std::string, Dtype>, Tensor> known;
};

/// Elements of 16 bits are computed with as float32.
class Update {
public:
  Update(const Tensor &parameter, Optimizer::ParamState &state, Numbers &numbers);

  Tensor parameter, gradient;
  Tensor number(const std::string &name, double value) { return numbers.get(name, value, type); }
  Tensor lr() { return numbers.learningRate(type); }
  Tensor state(const std::string &name) const;
  /// Gives state its new value and returns it.
  Tensor setState(const std::string &name, const Tensor &value);
  void setParameter(const Tensor &value);
  /// Counts this step; the first is 1.
  Tensor countStep();
  /// Adds `decay` times the parameter to the gradient.
  void decayWeights(double decay);
  /// before * share + now * (1 - share), as new state.
  Tensor average(const std::string &name, double share, const Tensor &now);
  /// share ^ step, and 1 - share ^ step to full precision.
  Tensor powerOf(const std::string &name, double share, const Tensor &step);
  Tensor oneMinusPowerOf(const std::string &name, double share, const Tensor &step);

private:
  Tensor exponentOf(const std::string &name, double share, const Tensor &step);

  Tensor whole;
  Optimizer::ParamState &states;
  Numbers &numbers;
  Dtype type;
};

class Rule {
public:
  virtual ~Rule() = default;
  virtual const char *name() const = 0;
  virtual void makeState(const OptimizerOptions &options, const Tensor &parameter,
                         Optimizer::ParamState &state) const = 0;
  virtual void update(const OptimizerOptions &options, Update &u) const = 0;
};

/// Throws where an option has a value that no optimizer can take; those of one name have one range.
template <class Options> void checkOptions(const char *optimizer, const Options &options) {
  auto require = [&](bool holds, const char *required, double got) {
    if (!holds)
      throw Error(optimizer, "", {}, required, std::to_string(got));
  };
#define INGOT_NOT_NEGATIVE(option)                                                                           \
  if constexpr (requires { options.option(); })                                                              \
  require(options.option() >= 0, #option " must not be negative", options.option())
  INGOT_NOT_NEGATIVE(weight_decay);
  INGOT_NOT_NEGATIVE(momentum);
  INGOT_NOT_NEGATIVE(momentum_decay);
  INGOT_NOT_NEGATIVE(eps);
  INGOT_NOT_NEGATIVE(alpha);
  INGOT_NOT_NEGATIVE(lr_decay);
  INGOT_NOT_NEGATIVE(initial_accumulator_value);
#undef INGOT_NOT_NEGATIVE
  if constexpr (requires { options.rho(); })
    require(options.rho() >= 0 && options.rho() <= 1, "rho must lie within [0, 1]", options.rho());
  if constexpr (requires { options.betas(); })
    for (double beta : {std::get<0>(options.betas()), std::get<1>(options.betas())})
      require(beta >= 0 && beta < 1, "betas must lie within [0, 1)", beta);
  if constexpr (requires { options.nesterov(), options.dampening(); }) {
    bool fits = options.momentum() > 0 && options.dampening() == 0;
    require(!options.nesterov() || fits, "nesterov needs a momentum, and no dampening", options.momentum());
  }
}

/// A rule for options of class `Options`, made of two functions.
template <class Options> class RuleOf final : public Rule {
public:
  using MakeState = void (*)(const Options &, const Tensor &, Optimizer::ParamState &);
  using Step = void (*)(const Options &, Update &);
  RuleOf(const char *name, MakeState make, Step step) : label(name), make(make), step(step) {}
  const char *name() const override { return label; }
  void makeState(const OptimizerOptions &options, const Tensor &parameter,
                 Optimizer::ParamState &state) const override {
    checkOptions(label, static_cast<const Options &>(options));
    make(static_cast<const Options &>(options), parameter, state);
  }
  void update(const OptimizerOptions &options, Update &u) const override {
    step(static_cast<const Options &>(options), u);
  }

private:
  const char *label;
  MakeState make;
  Step step;
};

/// Zeros like the parameter, and a step count of 0.
Tensor zerosLike(const Tensor &parameter);
Tensor noSteps();

/// Defines the constructors of optimizer X from makeXState and updateX.
#define INGOT_OPTIMIZER_RULE(X)                                                                              \
  static std::unique_ptr<detail::Rule> rule##X() {                                                           \
    return std::make_unique<detail::RuleOf<X##Options>>("optim::" #X, make##X##State, update##X);            \
  }                                                                                                          \
  X::X(std::vector<OptimizerParamGroup> groups, X##Options defaults)                                         \
      : Optimizer(std::move(groups), defaults.clone(), rule##X()) {}                                         \
  X::X(std::vector<Tensor> params, X##Options defaults)                                                      \
      : X(std::vector<OptimizerParamGroup>{OptimizerParamGroup(std::move(params))}, std::move(defaults)) {}

} // namespace ingot::optim::detail
