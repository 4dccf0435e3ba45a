// Connectionist temporal classification: a scan over the time steps.
#include "frontend/core/Scan.h"
#include "frontend/functional/Indexed.h"
#include "frontend/functional/Loss.h"
#include "frontend/functional/LossParts.h"
#include <limits>

namespace ingot::nn::functional {
using ingot::detail::constant;
using ingot::detail::fail;
using ingot::detail::isHalf;
using ingot::detail::narrowed;
using ingot::detail::OpScope;
using ingot::detail::reduceLoss;
using ingot::detail::widened;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

struct Ctc {
  Tensor logs;                        ///< [T, N, C]
  Tensor targets;                     ///< [N, S] int64
  Tensor inputLengths, targetLengths; ///< [N] int64
};

void check(const Arg &logs, const Arg &targets, const Arg &inputLengths, const Arg &targetLengths,
           const CTCLossFuncOptions &options) {
  auto refuse = [&](const char *required, const Arg &got) {
    fail("ctc_loss", logs.where, required, std::string(toString(got->dtype())) + " " + got->sizes().str());
  };
  if ((logs->dim() != 2 && logs->dim() != 3) || !logs->is_floating_point())
    refuse("log_probs must be floating-point numbers [T, N, C] or [T, C]", logs);
  bool batch = logs->dim() == 3;
  if (!isIntegralType(targets->dtype()) || targets->dim() < 1 || targets->dim() > (batch ? 2 : 1) ||
      (targets->dim() == 2 && targets->size(0) != logs->size(1)))
    refuse("targets must be classes [N, S], or [sum of target_lengths]", targets);
  for (const Arg *lengths : {&inputLengths, &targetLengths})
    if (!isIntegralType((*lengths)->dtype()) || (*lengths)->numel() != (batch ? logs->size(1) : Size(1)))
      refuse("lengths must be integers [N], one for each sequence", *lengths);
  Size classes = logs->size(-1);
  if (options.blank() < 0 || (classes.isNumber() && options.blank() >= int64_t(classes)))
    fail("ctc_loss", logs.where, "blank must be a class, within [0, " + classes.str() + ")",
         std::to_string(options.blank()));
}

/// Values that are checked when the function runs. What is behind a row's targets may be anything.
void requireInRange(const Arg &logs, Ctc &in) {
  ingot::detail::Site site{"ctc_loss", logs.where};
  auto within = [](const Tensor &x, const Size &least, const Size &most) {
    return (x >= Scalar(least)) & (x <= Scalar(most));
  };
  Size steps = in.logs.size(0), classes = in.logs.size(2), width = in.targets.size(1);
  in.inputLengths = ingot::detail::require(site, in.inputLengths, within(in.inputLengths, 0, steps),
                                           "input_lengths within the time steps of log_probs");
  in.targetLengths = ingot::detail::require(site, in.targetLengths, within(in.targetLengths, 0, width),
                                            "target_lengths within the sizes of targets");
  Tensor behind = ingot::arange(width, kInt64) >= in.targetLengths.unsqueeze(1);
  in.targets = ingot::detail::require(site, in.targets, within(in.targets, 0, classes - 1) | behind,
                                      "targets that are classes of log_probs");
}

/// Targets that follow each other as rows. A row is as long as all of them, what is behind its own is not used.
Tensor rowsOf(const Arg &logs, const Tensor &targets, const Tensor &given) {
  Size count = given.size(0), total = targets.size(0);
  Tensor lengths = ingot::detail::require({"ctc_loss", logs.where}, given, given.sum() == Scalar(total),
                                          "target_lengths that add up to the size of targets");
  Tensor row = ingot::arange(count, kInt64), place = ingot::arange(total, kInt64);
  Tensor before = ingot::where(row < row.unsqueeze(1), lengths, Scalar::constant(0)).sum({1}, true);
  Tensor hit = (place + before).unsqueeze(2) == place;
  return ingot::where(hit, targets, Scalar::constant(0)).sum({2});
}

/// The labels with a blank before, between and behind them: [N, 2 S + 1].
Tensor withBlanks(const Tensor &targets, int64_t blank) {
  Tensor none = ingot::full_like(targets, Scalar::constant(blank));
  Tensor pairs = ingot::stack({none, targets}, 2).flatten(1);
  Tensor last = ingot::full({targets.size(0), 1}, Scalar::constant(blank), targets.options());
  return ingot::cat({pairs, last}, 1);
}

/// x [N, L] moved by `steps` places to the right, which `border` fills.
Tensor movedRight(const Tensor &x, int64_t steps, const Scalar &border) {
  Tensor left = ingot::full({x.size(0), steps}, border, x.options());
  return ingot::cat({left, x}, 1).narrow(1, 0, x.size(1));
}

/// log(sum(exp(x))) over the list; its derivatives are finite where all are -inf.
Tensor logSum(const std::vector<Tensor> &list) {
  Tensor most = list[0];
  for (const Tensor &x : list)
    most = ingot::maximum(most, x);
  Tensor reached = most > constant(-infinity), shift = ingot::where(reached, most, constant(0)).detach();
  Tensor sum;
  for (const Tensor &x : list)
    sum = sum.defined() ? sum + ingot::exp(x - shift) : ingot::exp(x - shift);
  return ingot::where(reached, ingot::log(ingot::where(reached, sum, constant(1))) + shift,
                      constant(-infinity));
}

/// The negative logarithm of the probability of each target: [N].
Tensor negativeLogLikelihood(const Ctc &in, int64_t blank) {
  Tensor labels = withBlanks(in.targets, blank);
  Size length = labels.size(1);
  Tensor place = ingot::arange(length, kInt64);
  // [T, N, L]: what each place emits at each time
  Tensor hit = labels.unsqueeze(2) == ingot::arange(in.logs.size(2), kInt64);
  Tensor emitted = ingot::where(hit, in.logs.unsqueeze(2), constant(0)).sum({3});
  // The blank between two different labels may be left out.
  Scalar none = Scalar::constant(blank);
  Tensor skips = (labels != none) & (labels != movedRight(labels, 2, none));
  // Before the first step all paths are at the first place.
  Tensor alpha = ingot::where(place == Scalar::constant(0), constant(0), constant(-infinity))
                     .to(in.logs.dtype())
                     .expand({labels.size(0), length});
  auto step = [&](const TensorList &carry, const TensorList &x) {
    const Tensor &alpha = carry[0];
    Tensor beforeLast = movedRight(alpha, 2, constant(-infinity));
    Tensor next = logSum({alpha, movedRight(alpha, 1, constant(-infinity)),
                          ingot::where(skips, beforeLast, constant(-infinity))});
    next = ingot::where((in.inputLengths > x[1]).unsqueeze(1), next + x[0], alpha);
    return std::pair(TensorList{next}, TensorList());
  };
  alpha = scan(step, {alpha}, {emitted, ingot::arange(in.logs.size(0), kInt64)}).first[0];
  Tensor end = (in.targetLengths * Scalar::constant(2)).unsqueeze(1);
  auto at = [&](const Tensor &where) {
    return ingot::where(place == where, alpha, constant(-infinity)).amax({1});
  };
  return -logSum({at(end), at(end - Scalar::constant(1))});
}

} // namespace

Tensor ctc_loss(const Arg &log_probs, const Arg &targets, const Arg &input_lengths, const Arg &target_lengths,
                const CTCLossFuncOptions &options) {
  OpScope scope("ctc_loss", log_probs.where);
  check(log_probs, targets, input_lengths, target_lengths, options);
  bool batch = log_probs->dim() == 3;
  Ctc in{widened(*log_probs), targets->to(kInt64), input_lengths->to(kInt64).view({-1}),
         target_lengths->to(kInt64).view({-1})};
  if (!batch)
    in.logs = in.logs.unsqueeze(1);
  if (!batch || (targets->dim() == 1 && in.logs.size(1) == 1))
    in.targets = in.targets.view({1, -1});
  else if (targets->dim() == 1)
    in.targets = rowsOf(log_probs, in.targets, in.targetLengths);
  requireInRange(log_probs, in);
  // PyTorch's derivative is that of normalized probabilities: each step's sum up to zero.
  Tensor total = ingot::exp(in.logs).sum({2}, true);
  in.logs = in.logs - (total - total.detach());
  Tensor loss = negativeLogLikelihood(in, options.blank());
  if (options.zero_infinity())
    loss = ingot::where(loss == constant(infinity), constant(0), loss);
  if (std::holds_alternative<enumtype::kMean>(options.reduction()))
    loss = loss / ingot::clamp_min(in.targetLengths, Scalar::constant(1));
  if (!batch)
    loss = loss.view({});
  return narrowed(reduceLoss(loss, options.reduction()), log_probs);
}

} // namespace ingot::nn::functional
