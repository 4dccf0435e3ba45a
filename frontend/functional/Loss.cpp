#include "frontend/functional/Loss.h"
#include "frontend/functional/Indexed.h"
#include "frontend/functional/LossParts.h"
#include <cmath>
#include <numbers>

namespace ingot::nn::functional {
using ingot::detail::constant;
using ingot::detail::fail;
using ingot::detail::narrowed;
using ingot::detail::OpScope;
using ingot::detail::reduceLoss;
using ingot::detail::widened;
using ingot::detail::widenedFloat;

namespace {

template <class Choice, class Variant> bool is(const Variant &reduction) {
  return std::holds_alternative<Choice>(reduction);
}

Tensor distanceOf(const Arg &input, const Arg &target) {
  return ingot::abs(widened(*input) - widened(*target));
}

/// target * log(target), 0 where the target is 0.
Tensor entropyTerm(const Tensor &target) {
  return target * ingot::log(ingot::where(target == constant(0), constant(1), target));
}

/// The dimension of the classes: 1, or 0 without a batch.
int64_t classDim(const Tensor &input) { return input.dim() == 1 ? 0 : 1; }

/// A tensor of one element a class, in the place of the classes.
Tensor alongClasses(const Tensor &perClass, const Tensor &input) {
  Shape sizes(std::vector<Size>(static_cast<size_t>(input.dim()), Size(1)));
  sizes[static_cast<size_t>(classDim(input))] = input.size(classDim(input));
  return perClass.view(sizes);
}

void checkClasses(const char *op, const Arg &input, const Arg &target, const Tensor &weight) {
  if (input->dim() < 1)
    fail(op, input.where, "input must be [C], [N, C] or [N, C, ...]", input->sizes().str());
  std::vector<Size> expected(input->sizes().begin(), input->sizes().end());
  expected.erase(expected.begin() + classDim(*input));
  if (target->sizes() != Shape(expected))
    fail(op, input.where, "target must be " + Shape(expected).str() + ", the sizes of input without classes",
         target->sizes().str() + " (input " + input->sizes().str() + ")");
  if (!isIntegralType(target->dtype()))
    fail(op, input.where, "target must hold int64 classes", toString(target->dtype()));
  Size classes = input->size(classDim(*input));
  if (weight.defined() && (weight.dim() != 1 || weight.size(0) != classes))
    fail(op, input.where, "weight must be [" + classes.str() + "], one element a class",
         weight.sizes().str());
}

/// What losses by class need: which element of input is the target's, and how much each target counts.
struct Targets {
  Targets(const Tensor &input, const Tensor &target, const Tensor &weight, int64_t ignore) {
    int64_t dim = classDim(input);
    Tensor classes = alongClasses(ingot::arange(input.size(dim), kInt64), input);
    Tensor wanted = target.to(kInt64);
    counts = wanted != Scalar::constant(ignore);
    wanted = ingot::detail::checkedPositions(
        {"loss", {}}, ingot::where(counts, wanted, Scalar::constant(int64_t(0))), input.size(dim));
    hit = classes == wanted.unsqueeze(dim);
    Tensor perClass = weight.defined() ? alongClasses(weight.to(input.dtype()), input) : Tensor();
    Tensor share = weight.defined() ? ingot::where(hit, perClass, constant(0)).sum({dim})
                                    : ingot::ones(target.sizes(), input.options());
    importance = ingot::where(counts, share, constant(0));
  }
  Tensor hit;        ///< bool, sizes of input; where a target is to be ignored it may be any
  Tensor counts;     ///< bool, sizes of target: not to be ignored
  Tensor importance; ///< sizes of target
};

/// The mean divides by what counts.
Tensor reduceWeighted(const Tensor &loss, const Tensor &importance, const nn::detail::Reduction &reduction) {
  return is<enumtype::kMean>(reduction) ? loss.sum() / importance.sum() : reduceLoss(loss, reduction);
}

Tensor negativeLikelihood(const Tensor &input, const Targets &targets) {
  Tensor picked = ingot::where(targets.hit, input, constant(0)).sum({classDim(input)});
  return ingot::where(targets.counts, -picked * targets.importance, constant(0));
}

/// The part of label smoothing: the loss of all classes alike.
Tensor smoothLoss(const Tensor &logs, const Targets &targets, const CrossEntropyFuncOptions &options) {
  Tensor each = options.weight().defined() ? logs * alongClasses(options.weight(), logs) : logs;
  return ingot::where(targets.counts, -each.sum({classDim(logs)}), constant(0));
}

Tensor crossEntropyOfClasses(const Tensor &logs, const Tensor &target,
                             const CrossEntropyFuncOptions &options) {
  Targets targets(logs, target, options.weight(), options.ignore_index());
  const auto &reduction = options.reduction();
  Tensor loss = reduceWeighted(negativeLikelihood(logs, targets), targets.importance, reduction);
  double smoothing = options.label_smoothing();
  if (smoothing == 0)
    return loss;
  Tensor smooth = reduceWeighted(smoothLoss(logs, targets, options), targets.importance, reduction);
  Tensor share =
      constant(smoothing) / ingot::scalar_tensor(Scalar(logs.size(classDim(logs))), logs.options());
  return loss * constant(1 - smoothing) + smooth * share;
}

Tensor crossEntropyOfProbabilities(const Tensor &logs, Tensor target,
                                   const CrossEntropyFuncOptions &options) {
  int64_t dim = classDim(logs);
  double smoothing = options.label_smoothing();
  if (smoothing != 0)
    target = target * constant(1 - smoothing) +
             constant(smoothing) / ingot::scalar_tensor(Scalar(logs.size(dim)), logs.options());
  Tensor each = logs * target;
  if (options.weight().defined())
    each = each * alongClasses(options.weight(), logs);
  Tensor loss = -each.sum({dim});
  return reduceLoss(loss, options.reduction());
}

} // namespace

Tensor l1_loss(const Arg &input, const Arg &target, const L1LossFuncOptions &options) {
  OpScope scope("l1_loss", input.where);
  return narrowed(reduceLoss(distanceOf(input, target), options.reduction()), {input, target});
}

Tensor mse_loss(const Arg &input, const Arg &target, const MSELossFuncOptions &options) {
  OpScope scope("mse_loss", input.where);
  Tensor loss = ingot::square(widened(*input) - widened(*target));
  return narrowed(reduceLoss(loss, options.reduction()), {input, target});
}

Tensor smooth_l1_loss(const Arg &input, const Arg &target, const SmoothL1LossFuncOptions &options) {
  OpScope scope("smooth_l1_loss", input.where);
  double beta = options.beta();
  if (!(beta >= 0))
    fail("smooth_l1_loss", input.where, "beta must not be negative", std::to_string(beta));
  Tensor loss = distanceOf(input, target);
  if (beta != 0)
    loss = ingot::where(loss < constant(beta), ingot::square(loss) * constant(0.5 / beta),
                        loss - constant(0.5 * beta));
  return narrowed(reduceLoss(loss, options.reduction()), {input, target});
}

Tensor huber_loss(const Arg &input, const Arg &target, const HuberLossFuncOptions &options) {
  OpScope scope("huber_loss", input.where);
  double delta = options.delta();
  if (!(delta > 0))
    fail("huber_loss", input.where, "delta must be positive", std::to_string(delta));
  Tensor distance = distanceOf(input, target);
  Tensor loss = ingot::where(distance < constant(delta), ingot::square(distance) * constant(0.5),
                             (distance - constant(0.5 * delta)) * constant(delta));
  return narrowed(reduceLoss(loss, options.reduction()), {input, target});
}

Tensor kl_div(const Arg &input, const Arg &target, const KLDivFuncOptions &options) {
  OpScope scope("kl_div", input.where);
  Tensor x = widened(*input), y = widened(*target);
  Tensor loss = options.log_target() ? ingot::exp(y) * (y - x) : entropyTerm(y) - y * x;
  bool batchMean = is<enumtype::kBatchMean>(options.reduction());
  if (batchMean && input->dim() == 0)
    fail("kl_div", input.where, "kBatchMean divides by the first size, which a number has not");
  loss = batchMean ? loss.sum() / Scalar::constant(Scalar(input->size(0)))
                   : reduceLoss(loss, options.reduction());
  return narrowed(loss, {input, target});
}

Tensor binary_cross_entropy(const Arg &input, const Arg &target,
                            const BinaryCrossEntropyFuncOptions &options) {
  OpScope scope("binary_cross_entropy", input.where);
  auto logAtLeast = [](const Tensor &x) { return ingot::clamp_min(ingot::log(x), constant(-100)); };
  Tensor x = widened(*input), y = widened(*target);
  if (x.sizes() != y.sizes())
    fail("binary_cross_entropy", input.where, "target must have the sizes of input",
         y.sizes().str() + " (input " + x.sizes().str() + ")");
  Tensor loss = -(y * logAtLeast(x) + (constant(1) - y) * logAtLeast(constant(1) - x));
  if (options.weight().defined())
    loss = loss * options.weight();
  return narrowed(reduceLoss(loss, options.reduction()), {input, target});
}

Tensor binary_cross_entropy_with_logits(const Arg &input, const Arg &target,
                                        const BinaryCrossEntropyWithLogitsFuncOptions &options) {
  OpScope scope("binary_cross_entropy_with_logits", input.where);
  Tensor x = widened(*input), y = widened(*target);
  if (x.sizes() != y.sizes())
    fail("binary_cross_entropy_with_logits", input.where, "target must have the sizes of input",
         y.sizes().str() + " (input " + x.sizes().str() + ")");
  Tensor positive = ingot::logsigmoid(x);
  if (options.pos_weight().defined())
    positive = positive * ((options.pos_weight() - constant(1)) * y + constant(1));
  Tensor loss = (constant(1) - y) * x - positive;
  if (options.weight().defined())
    loss = loss * options.weight();
  return narrowed(reduceLoss(loss, options.reduction()), {input, target});
}

Tensor nll_loss(const Arg &input, const Arg &target, const NLLLossFuncOptions &options) {
  OpScope scope("nll_loss", input.where);
  checkClasses("nll_loss", input, target, options.weight());
  Tensor logs = widened(*input);
  Targets targets(logs, *target, options.weight(), options.ignore_index());
  Tensor loss = reduceWeighted(negativeLikelihood(logs, targets), targets.importance, options.reduction());
  return narrowed(loss, input);
}

Tensor cross_entropy(const Arg &input, const Arg &target, const CrossEntropyFuncOptions &options) {
  OpScope scope("cross_entropy", input.where);
  double smoothing = options.label_smoothing();
  if (!(smoothing >= 0 && smoothing <= 1))
    fail("cross_entropy", input.where, "label_smoothing must lie within [0, 1]", std::to_string(smoothing));
  bool probabilities = isFloatingType(target->dtype()) && target->dim() == input->dim();
  if (!probabilities)
    checkClasses("cross_entropy", input, target, options.weight());
  else if (target->sizes() != input->sizes())
    fail("cross_entropy", input.where, "a target of probabilities must have the sizes of input",
         target->sizes().str() + " (input " + input->sizes().str() + ")");
  Tensor logs = widened(*input).log_softmax(classDim(*input));
  Tensor loss = probabilities ? crossEntropyOfProbabilities(logs, widened(*target), options)
                              : crossEntropyOfClasses(logs, *target, options);
  return narrowed(loss, input);
}

Tensor poisson_nll_loss(const Arg &input, const Arg &target, const PoissonNLLLossFuncOptions &options) {
  OpScope scope("poisson_nll_loss", input.where);
  Tensor x = widenedFloat(*input), y = widenedFloat(*target);
  Tensor loss = options.log_input() ? ingot::exp(x) - y * x : x - y * ingot::log(x + constant(options.eps()));
  if (options.full()) {
    // Stirling's approximation, which is none for small numbers
    Tensor large = y > constant(1), n = ingot::where(large, y, constant(1));
    Tensor logFactorial =
        n * ingot::log(n) - n + ingot::log(n * constant(2 * std::numbers::pi)) * constant(0.5);
    loss = loss + ingot::where(large, logFactorial, constant(0));
  }
  return narrowed(reduceLoss(loss, options.reduction()), {input, target});
}

Tensor gaussian_nll_loss(const Arg &input, const Arg &target, const Arg &var,
                         const GaussianNLLLossFuncOptions &options) {
  OpScope scope("gaussian_nll_loss", input.where);
  if (!(options.eps() > 0))
    fail("gaussian_nll_loss", input.where, "eps must be positive", std::to_string(options.eps()));
  Tensor x = widenedFloat(*input), y = widenedFloat(*target), variance = widenedFloat(*var);
  std::vector<Size> shared(x.sizes().begin(), x.sizes().end());
  if (x.dim() > 0 && variance.sizes() != x.sizes()) {
    shared.pop_back(); // one for all elements along the last dimension
    if (variance.sizes() == Shape(shared))
      variance = variance.unsqueeze(-1);
    shared.push_back(1);
  }
  if (variance.sizes() != x.sizes() && variance.sizes() != Shape(shared))
    fail("gaussian_nll_loss", input.where,
         "var must have the sizes of input, the last of them also 1 or missing",
         var->sizes().str() + " (input " + x.sizes().str() + ")");
  // The gradient passes as if nothing was clamped.
  variance = variance + (ingot::clamp_min(variance, constant(options.eps())) - variance).detach();
  Tensor loss = (ingot::log(variance) + ingot::square(x - y) / variance) * constant(0.5);
  if (options.full())
    loss = loss + constant(0.5 * std::log(2 * std::numbers::pi));
  return narrowed(reduceLoss(loss, options.reduction()), {input, target, var});
}

} // namespace ingot::nn::functional
