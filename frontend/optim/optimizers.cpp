#include "frontend/optim/optimizers.h"
#include "frontend/core/Error.h"
#include "frontend/core/Value.h"
#include "frontend/functional/ops.h"
#include "frontend/optim/Rule.h"
#include <algorithm>
#include <cmath>

namespace ingot::optim {

using detail::Update;
using State = Optimizer::ParamState;

//===--- SGD ----------------------------------------------------------------------------------------------------===//

static void makeSGDState(const SGDOptions &options, const Tensor &w, State &state) {
  if (options.momentum() != 0)
    state["momentum_buffer"] = detail::zerosLike(w);
  if (options.momentum() != 0 && options.dampening() != 0)
    state["step"] = detail::noSteps();
}

// Without dampening the first value, g, is that of a buffer of zeros.
static Tensor momentumOf(const SGDOptions &options, Update &u) {
  Tensor before = u.state("momentum_buffer") * u.number("momentum", options.momentum());
  if (options.dampening() == 0)
    return u.setState("momentum_buffer", before + u.gradient);
  Tensor later = before + u.number("undamped", 1 - options.dampening()) * u.gradient;
  Tensor first = u.countStep() == u.number("1", 1);
  return u.setState("momentum_buffer", where(first, u.gradient, later));
}

static void updateSGD(const SGDOptions &options, Update &u) {
  u.decayWeights(options.weight_decay());
  Tensor direction = u.gradient;
  if (options.momentum() != 0) {
    direction = momentumOf(options, u);
    if (options.nesterov())
      direction = u.gradient + u.number("momentum", options.momentum()) * direction;
  }
  u.setParameter(u.parameter - u.lr() * direction);
}

//===--- the Adam family ----------------------------------------------------------------------------------------===//

static void makeMoments(const Tensor &w, State &state) {
  state["step"] = detail::noSteps();
  state["exp_avg"] = detail::zerosLike(w);
  state["exp_avg_sq"] = detail::zerosLike(w);
}

template <class Options> static void makeAdamStateOf(const Options &options, const Tensor &w, State &state) {
  makeMoments(w, state);
  if (options.amsgrad())
    state["max_exp_avg_sq"] = detail::zerosLike(w);
}

template <class Options> static void stepAdam(const Options &options, Update &u) {
  auto [beta1, beta2] = options.betas();
  Tensor step = u.countStep();
  Tensor mean = u.average("exp_avg", beta1, u.gradient);
  Tensor square = u.average("exp_avg_sq", beta2, u.gradient * u.gradient);
  if (options.amsgrad())
    square = u.setState("max_exp_avg_sq", maximum(u.state("max_exp_avg_sq"), square));
  Tensor root = sqrt(square) / sqrt(u.oneMinusPowerOf("beta2", beta2, step)) + u.number("eps", options.eps());
  Tensor rate = u.lr() / u.oneMinusPowerOf("beta1", beta1, step);
  u.setParameter(u.parameter - rate * mean / root);
}

static void makeAdamState(const AdamOptions &options, const Tensor &w, State &state) {
  makeAdamStateOf(options, w, state);
}
static void updateAdam(const AdamOptions &options, Update &u) {
  u.decayWeights(options.weight_decay());
  stepAdam(options, u);
}

static void makeAdamWState(const AdamWOptions &options, const Tensor &w, State &state) {
  makeAdamStateOf(options, w, state);
}
static void updateAdamW(const AdamWOptions &options, Update &u) {
  if (options.weight_decay() != 0)
    u.parameter = u.parameter - u.lr() * u.number("weight_decay", options.weight_decay()) * u.parameter;
  stepAdam(options, u);
}

static void makeAdamaxState(const AdamaxOptions &, const Tensor &w, State &state) {
  state["step"] = detail::noSteps();
  state["exp_avg"] = detail::zerosLike(w);
  state["exp_inf"] = detail::zerosLike(w);
}
static void updateAdamax(const AdamaxOptions &options, Update &u) {
  auto [beta1, beta2] = options.betas();
  u.decayWeights(options.weight_decay());
  Tensor step = u.countStep();
  Tensor mean = u.average("exp_avg", beta1, u.gradient);
  Tensor norm = maximum(u.state("exp_inf") * u.number("beta2", beta2),
                        abs(u.gradient) + u.number("eps", options.eps()));
  u.setState("exp_inf", norm);
  u.setParameter(u.parameter - u.lr() / u.oneMinusPowerOf("beta1", beta1, step) * mean / norm);
}

static void makeNAdamState(const NAdamOptions &, const Tensor &w, State &state) {
  makeMoments(w, state);
  state["mu_product"] = detail::noSteps() + 1;
}
static void updateNAdam(const NAdamOptions &options, Update &u) {
  auto [beta1, beta2] = options.betas();
  u.decayWeights(options.weight_decay());
  Tensor step = u.countStep(), one = u.number("1", 1);
  auto momentumAt = [&](const Tensor &time) {
    Tensor decay = u.powerOf("0.96", 0.96, time * u.number("momentum_decay", options.momentum_decay()));
    return u.number("beta1", beta1) * (one - u.number("0.5", 0.5) * decay);
  };
  Tensor now = momentumAt(step), next = momentumAt(step + one);
  Tensor product = u.setState("mu_product", u.state("mu_product") * now);
  Tensor mean = u.average("exp_avg", beta1, u.gradient);
  Tensor square = u.average("exp_avg_sq", beta2, u.gradient * u.gradient);
  Tensor root = sqrt(square / u.oneMinusPowerOf("beta2", beta2, step)) + u.number("eps", options.eps());
  Tensor direct = u.lr() * (one - now) / (one - product);
  Tensor ahead = u.lr() * next / (one - product * next);
  u.setParameter(u.parameter - direct * u.gradient / root - ahead * mean / root);
}

/// rho_t = rho_inf - 2 t b^t / (1 - b^t), whose two terms are large and nearly equal: with x = -t log b it is
/// (rho_inf + 2 / log b) + 2 t (1/x - 1/expm1(x)), and the latter difference has a series for small x.
static Tensor simpleAverageLength(Update &u, double beta2, const Tensor &step) {
  double least = 2 / (1 - beta2) - 1 + 2 / std::log(beta2);
  Tensor x = step * u.number("-log beta2", -std::log(beta2)), square = x * x;
  auto term = [&](double number) { return Scalar::constant(number); };
  Tensor series =
      x * (square * (square * (square * term(1.0 / 1209600) - term(1.0 / 30240)) + term(1.0 / 720)) -
           term(1.0 / 12)) +
      term(0.5);
  Tensor direct = term(1) / x - term(1) / expm1(x);
  return u.number("least length", least) + step * where(x < term(1), series, direct) * term(2);
}

static void makeRAdamState(const RAdamOptions &, const Tensor &w, State &state) { makeMoments(w, state); }
static void updateRAdam(const RAdamOptions &options, Update &u) {
  auto [beta1, beta2] = options.betas();
  u.decayWeights(options.weight_decay());
  Tensor step = u.countStep();
  Tensor mean = u.average("exp_avg", beta1, u.gradient);
  Tensor square = u.average("exp_avg_sq", beta2, u.gradient * u.gradient);
  double longest = 2 / (1 - beta2) - 1;
  Tensor length = simpleAverageLength(u, beta2, step);
  auto number = [](double value) { return Scalar::constant(value); };
  Tensor isLong = length > number(5);
  Tensor safe = where(isLong, length, number(6));
  Tensor rectified = sqrt((safe - number(4)) * (safe - number(2)) / safe *
                          u.number("rectification", longest / ((longest - 4) * (longest - 2))));
  Tensor adaptive = rectified * sqrt(u.oneMinusPowerOf("beta2", beta2, step)) /
                    (sqrt(square) + u.number("eps", options.eps()));
  Tensor rate = u.lr() / u.oneMinusPowerOf("beta1", beta1, step);
  u.setParameter(u.parameter - rate * mean * where(isLong, adaptive, number(1)));
}

//===--- sums and averages of squares ---------------------------------------------------------------------------===//

static void makeAdagradState(const AdagradOptions &options, const Tensor &w, State &state) {
  state["step"] = detail::noSteps();
  state["sum"] = detail::zerosLike(w).fill_(options.initial_accumulator_value());
}
static void updateAdagrad(const AdagradOptions &options, Update &u) {
  u.decayWeights(options.weight_decay());
  Tensor one = u.number("1", 1), step = u.countStep();
  Tensor rate = u.lr() / (one + (step - one) * u.number("lr_decay", options.lr_decay()));
  Tensor sum = u.setState("sum", u.state("sum") + u.gradient * u.gradient);
  u.setParameter(u.parameter - rate * u.gradient / (sqrt(sum) + u.number("eps", options.eps())));
}

static void makeAdadeltaState(const AdadeltaOptions &, const Tensor &w, State &state) {
  state["square_avg"] = detail::zerosLike(w);
  state["acc_delta"] = detail::zerosLike(w);
}
static void updateAdadelta(const AdadeltaOptions &options, Update &u) {
  u.decayWeights(options.weight_decay());
  Tensor eps = u.number("eps", options.eps());
  Tensor square = u.average("square_avg", options.rho(), u.gradient * u.gradient);
  Tensor delta = sqrt(u.state("acc_delta") + eps) / sqrt(square + eps) * u.gradient;
  u.average("acc_delta", options.rho(), delta * delta);
  u.setParameter(u.parameter - u.lr() * delta);
}

static void makeRMSpropState(const RMSpropOptions &options, const Tensor &w, State &state) {
  state["square_avg"] = detail::zerosLike(w);
  if (options.centered())
    state["grad_avg"] = detail::zerosLike(w);
  if (options.momentum() > 0)
    state["momentum_buffer"] = detail::zerosLike(w);
}
static void updateRMSprop(const RMSpropOptions &options, Update &u) {
  u.decayWeights(options.weight_decay());
  Tensor square = u.average("square_avg", options.alpha(), u.gradient * u.gradient);
  if (options.centered()) {
    Tensor mean = u.average("grad_avg", options.alpha(), u.gradient);
    square = square - mean * mean;
  }
  Tensor direction = u.gradient / (sqrt(square) + u.number("eps", options.eps()));
  if (options.momentum() > 0)
    direction = u.setState("momentum_buffer",
                           u.state("momentum_buffer") * u.number("momentum", options.momentum()) + direction);
  u.setParameter(u.parameter - u.lr() * direction);
}

//===--- Muon ---------------------------------------------------------------------------------------------------===//

static void makeMuonState(const MuonOptions &options, const Tensor &w, State &state) {
  if (w.dim() != 2)
    throw Error("optim::Muon", "", {}, "a parameter must be a matrix", ingot::detail::describe(w));
  if (options.adjust_lr_fn() != "original" && options.adjust_lr_fn() != "match_rms_adamw")
    throw Error("optim::Muon", "", {}, "adjust_lr_fn must be original or match_rms_adamw",
                "'" + options.adjust_lr_fn() + "'");
  state["momentum_buffer"] = detail::zerosLike(w);
}

/// Nearly the closest matrix with orthonormal rows or columns: an odd polynomial that takes singular values to about one.
static Tensor orthogonalized(const MuonOptions &options, const Tensor &matrix) {
  auto [a, b, c] = options.ns_coefficients();
  bool isTall = matrix.size(0) > matrix.size(1);
  Tensor x = (isTall ? matrix.t() : matrix).to(kBFloat16);
  x = x / x.norm().clamp_min(options.eps());
  for (int64_t i = 0; i < options.ns_steps(); ++i) {
    Tensor gram = x.mm(x.t());
    x = x.addmm(gram.addmm(gram, gram, b, c), x, a);
  }
  return isTall ? x.t() : x;
}

static void updateMuon(const MuonOptions &options, Update &u) {
  double rows = double(u.parameter.size(0)), columns = double(u.parameter.size(1));
  double ratio = options.adjust_lr_fn() == "original" ? std::sqrt(std::max(1.0, rows / columns))
                                                      : 0.2 * std::sqrt(std::max(rows, columns));
  Tensor share = u.number("momentum", options.momentum());
  Tensor mean = u.average("momentum_buffer", options.momentum(), u.gradient);
  Tensor direction = options.nesterov() ? u.gradient + (mean - u.gradient) * share : mean;
  Tensor kept = u.parameter - u.lr() * u.number("weight_decay", options.weight_decay()) * u.parameter;
  u.setParameter(kept - u.lr() * u.number("ratio", ratio) *
                            orthogonalized(options, direction).to(u.parameter.dtype()));
}

INGOT_OPTIMIZER_RULE(SGD)
INGOT_OPTIMIZER_RULE(Adam)
INGOT_OPTIMIZER_RULE(AdamW)
INGOT_OPTIMIZER_RULE(Adamax)
INGOT_OPTIMIZER_RULE(NAdam)
INGOT_OPTIMIZER_RULE(RAdam)
INGOT_OPTIMIZER_RULE(Adagrad)
INGOT_OPTIMIZER_RULE(Adadelta)
INGOT_OPTIMIZER_RULE(RMSprop)
INGOT_OPTIMIZER_RULE(Muon)

} // namespace ingot::optim
