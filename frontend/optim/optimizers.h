// The optimizers: options and class of each. Formulas and defaults are PyTorch's; b stands for an exponential average.
//
//   SGD Adam AdamW Adamax NAdam RAdam Adagrad Adadelta RMSprop Muon; LBFGS is in a header of its own
//
//   optim::SGD(model->parameters(), optim::SGDOptions(0.1).momentum(0.9).nesterov(true));
//   optim::AdamW({{body, std::make_unique<optim::AdamWOptions>(1e-4)}, {head}}, optim::AdamWOptions(1e-3));
#pragma once
#include "ingot/optim/Optimizer.h"
#include <tuple>

namespace ingot::optim {

/// Declares optimizer X of XOptions.
#define INGOT_OPTIMIZER(X, defaultOptions)                                                                   \
  class X final : public Optimizer {                                                                         \
  public:                                                                                                    \
    explicit X(std::vector<OptimizerParamGroup> groups, X##Options defaults defaultOptions);                 \
    explicit X(std::vector<Tensor> params, X##Options defaults defaultOptions);                              \
  }

/// `b = momentum * b + (1 - dampening) * g`, the first time `b = g`; `w -= lr * b`, or with nesterov `lr * (g + momentum * b)`.
struct SGDOptions : OptimizerCloneableOptions<SGDOptions> {
  SGDOptions(double lr) : lr_(lr) {}
  bool set_momentum(double value) override { return momentum_ = value, true; }
  INGOT_ARG(double, lr);
  INGOT_ARG(double, momentum) = 0;
  INGOT_ARG(double, dampening) = 0;
  INGOT_ARG(double, weight_decay) = 0;
  INGOT_ARG(bool, nesterov) = false;
};
INGOT_OPTIMIZER(SGD, );

/// The options of the Adam family.
template <class Derived> struct AdamOptionsOf : OptimizerCloneableOptions<Derived> {
  AdamOptionsOf(double lr, double weight_decay) : lr_(lr), weight_decay_(weight_decay) {}
  bool set_momentum(double value) override { return std::get<0>(betas_) = value, true; }
#define INGOT_DERIVED_ARG(T, name)                                                                           \
public:                                                                                                      \
  Derived &name(const T &value) { return name##_ = value, static_cast<Derived &>(*this); }                   \
  const T &name() const noexcept { return name##_; }                                                         \
  T &name() noexcept { return name##_; }                                                                     \
                                                                                                             \
private:                                                                                                     \
  T name##_
  using Betas = std::tuple<double, double>;
  INGOT_DERIVED_ARG(double, lr);
  INGOT_DERIVED_ARG(Betas, betas) = { 0.9, 0.999 };
  INGOT_DERIVED_ARG(double, eps) = 1e-8;
  INGOT_DERIVED_ARG(double, weight_decay);
#undef INGOT_DERIVED_ARG
};

/// Kingma and Ba 2015; amsgrad: Reddi et al. 2018.
struct AdamOptions : AdamOptionsOf<AdamOptions> {
  AdamOptions(double lr = 1e-3) : AdamOptionsOf(lr, 0) {}
  INGOT_ARG(bool, amsgrad) = false;
};
INGOT_OPTIMIZER(Adam, = {});

/// Loshchilov and Hutter 2019: weights decay by themselves, not through the gradient.
struct AdamWOptions : AdamOptionsOf<AdamWOptions> {
  AdamWOptions(double lr = 1e-3) : AdamOptionsOf(lr, 1e-2) {}
  INGOT_ARG(bool, amsgrad) = false;
};
INGOT_OPTIMIZER(AdamW, = {});

/// Kingma and Ba 2015, with the infinity norm.
struct AdamaxOptions : AdamOptionsOf<AdamaxOptions> {
  AdamaxOptions(double lr = 2e-3) : AdamOptionsOf(lr, 0) {}
};
INGOT_OPTIMIZER(Adamax, = {});

/// Dozat 2016.
struct NAdamOptions : AdamOptionsOf<NAdamOptions> {
  NAdamOptions(double lr = 2e-3) : AdamOptionsOf(lr, 0) {}
  INGOT_ARG(double, momentum_decay) = 4e-3;
};
INGOT_OPTIMIZER(NAdam, = {});

/// Liu et al. 2020.
struct RAdamOptions : AdamOptionsOf<RAdamOptions> {
  RAdamOptions(double lr = 1e-3) : AdamOptionsOf(lr, 0) {}
};
INGOT_OPTIMIZER(RAdam, = {});

/// Duchi et al. 2011.
struct AdagradOptions : OptimizerCloneableOptions<AdagradOptions> {
  AdagradOptions(double lr = 1e-2) : lr_(lr) {}
  INGOT_ARG(double, lr);
  INGOT_ARG(double, lr_decay) = 0;
  INGOT_ARG(double, weight_decay) = 0;
  INGOT_ARG(double, initial_accumulator_value) = 0;
  INGOT_ARG(double, eps) = 1e-10;
};
INGOT_OPTIMIZER(Adagrad, = {});

/// Zeiler 2012.
struct AdadeltaOptions : OptimizerCloneableOptions<AdadeltaOptions> {
  AdadeltaOptions(double lr = 1) : lr_(lr) {}
  INGOT_ARG(double, lr);
  INGOT_ARG(double, rho) = 0.9;
  INGOT_ARG(double, eps) = 1e-6;
  INGOT_ARG(double, weight_decay) = 0;
};
INGOT_OPTIMIZER(Adadelta, = {});

/// Hinton 2012; centered: Graves 2013.
struct RMSpropOptions : OptimizerCloneableOptions<RMSpropOptions> {
  RMSpropOptions(double lr = 1e-2) : lr_(lr) {}
  bool set_momentum(double value) override { return momentum_ = value, true; }
  INGOT_ARG(double, lr);
  INGOT_ARG(double, alpha) = 0.99;
  INGOT_ARG(double, eps) = 1e-8;
  INGOT_ARG(double, weight_decay) = 0;
  INGOT_ARG(double, momentum) = 0;
  INGOT_ARG(bool, centered) = false;
};
INGOT_OPTIMIZER(RMSprop, = {});

/// Jordan et al. 2024: momentum, orthogonalized by Newton-Schulz iterations in bfloat16. For matrices; other parameters belong to
/// another optimizer. adjust_lr_fn: "original" multiplies lr by sqrt(max(1, rows / columns)), "match_rms_adamw" by
/// 0.2 sqrt(max(rows, columns)).
struct MuonOptions : OptimizerCloneableOptions<MuonOptions> {
  MuonOptions(double lr = 1e-3) : lr_(lr) {}
  bool set_momentum(double value) override { return momentum_ = value, true; }
  using Coefficients = std::tuple<double, double, double>;
  INGOT_ARG(double, lr);
  INGOT_ARG(double, weight_decay) = 0.1;
  INGOT_ARG(double, momentum) = 0.95;
  INGOT_ARG(bool, nesterov) = true;
  INGOT_ARG(Coefficients, ns_coefficients) = { 3.4445, -4.775, 2.0315 };
  INGOT_ARG(double, eps) = 1e-7;
  INGOT_ARG(int64_t, ns_steps) = 5;
  INGOT_ARG(std::string, adjust_lr_fn) = "original";
};
INGOT_OPTIMIZER(Muon, = {});
#undef INGOT_OPTIMIZER

} // namespace ingot::optim
