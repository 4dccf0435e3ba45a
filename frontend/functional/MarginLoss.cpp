// Losses with margins, and of distances.
#include "frontend/functional/Distance.h"
#include "frontend/functional/Indexed.h"
#include "frontend/functional/Loss.h"
#include "frontend/functional/LossParts.h"

namespace ingot::nn::functional {
using ingot::detail::constant;
using ingot::detail::fail;
using ingot::detail::narrowed;
using ingot::detail::OpScope;
using ingot::detail::positivePart;
using ingot::detail::reduceLoss;
using ingot::detail::widenedFloat;

namespace {

/// An input [N, C] or [C] as [N, C]; a number as [1, 1].
Tensor rowsOfClasses(const char *op, const Arg &input) {
  if (input->dim() > 2 || !input->is_floating_point())
    fail(op, input.where, "input must be floating-point numbers [N, C] or [C]",
         std::string(toString(input->dtype())) + " " + input->sizes().str());
  Tensor x = widenedFloat(*input);
  return x.dim() == 2 ? x : x.view({1, x.numel()});
}

void requireClasses(const char *op, const Arg &input, const Arg &target) {
  if (!isIntegralType(target->dtype()))
    fail(op, input.where, "target must hold int64 classes", toString(target->dtype()));
}

void requireEqualSizes(const char *op, const Arg &input, const Arg &target) {
  if (input->sizes() != target->sizes())
    fail(op, input.where, "target must have the sizes of input",
         target->sizes().str() + " (input " + input->sizes().str() + ")");
}

void requireClassWeight(const char *op, const Arg &input, const Tensor &weight, const Size &classes) {
  if (weight.defined() && (weight.dim() != 1 || weight.size(0) != classes))
    fail(op, input.where, "weight must be [" + classes.str() + "], one element a class",
         weight.sizes().str());
}

void requireEqualRanks(const char *op, const Arg &a, const Arg &b, const Arg &c) {
  if (a->dim() != b->dim() || a->dim() != c->dim())
    fail(op, a.where, "all inputs must have the same number of dimensions",
         a->sizes().str() + ", " + b->sizes().str() + " and " + c->sizes().str());
}

/// The loss of a triplet whose distances are those of `distance`.
template <class Distance, class Options>
Tensor tripletLoss(const Tensor &anchor, const Tensor &positive, const Tensor &negative,
                   const Distance &distance, const Options &options) {
  Tensor near = distance(anchor, positive), far = distance(anchor, negative);
  if (options.swap())
    far = ingot::minimum(far, distance(positive, negative));
  return reduceLoss(positivePart(near - far + constant(options.margin())), options.reduction());
}

} // namespace

Tensor hinge_embedding_loss(const Arg &input, const Arg &target,
                            const HingeEmbeddingLossFuncOptions &options) {
  OpScope scope("hinge_embedding_loss", input.where);
  Tensor x = widenedFloat(*input);
  Tensor apart = positivePart(constant(options.margin()) - x);
  Tensor loss = ingot::where(*target != constant(1), apart, constant(0)) +
                ingot::where(*target != constant(-1), x, constant(0));
  return narrowed(reduceLoss(loss, options.reduction()), input);
}

Tensor cosine_embedding_loss(const Arg &input1, const Arg &input2, const Arg &target,
                             const CosineEmbeddingLossFuncOptions &options) {
  OpScope scope("cosine_embedding_loss", input1.where);
  int64_t rank = target->dim() + 1;
  if (rank > 2 || input1->dim() != rank || input2->dim() != rank)
    fail("cosine_embedding_loss", input1.where, "inputs must be [N, D] and target [N], or [D] and []",
         input1->sizes().str() + ", " + input2->sizes().str() + " and " + target->sizes().str());
  constexpr double least = 1e-12;
  Tensor a = widenedFloat(*input1), b = widenedFloat(*input2);
  Tensor squares =
      (ingot::square(a).sum({-1}) + constant(least)) * (ingot::square(b).sum({-1}) + constant(least));
  Tensor cosine = (a * b).sum({-1}) / ingot::sqrt(squares);
  Tensor alike = ingot::where(*target == constant(1), constant(1) - cosine, constant(0));
  Tensor apart =
      ingot::where(*target == constant(-1), positivePart(cosine - constant(options.margin())), constant(0));
  return narrowed(reduceLoss(alike + apart, options.reduction()), {input1, input2});
}

Tensor margin_ranking_loss(const Arg &input1, const Arg &input2, const Arg &target,
                           const MarginRankingLossFuncOptions &options) {
  OpScope scope("margin_ranking_loss", input1.where);
  requireEqualRanks("margin_ranking_loss", input1, input2, target);
  Tensor difference = widenedFloat(*input1) - widenedFloat(*input2);
  Tensor loss = positivePart(constant(options.margin()) - widenedFloat(*target) * difference);
  return narrowed(reduceLoss(loss, options.reduction()), {input1, input2});
}

Tensor multi_margin_loss(const Arg &input, const Arg &target, const MultiMarginLossFuncOptions &options) {
  OpScope scope("multi_margin_loss", input.where);
  const char *op = "multi_margin_loss";
  if (options.p() != 1 && options.p() != 2)
    fail(op, input.where, "p must be 1 or 2", std::to_string(options.p()));
  Tensor x = rowsOfClasses(op, input);
  requireClasses(op, input, target);
  Size rows = x.size(0), classes = x.size(1);
  if (target->dim() > 1 || target->numel() != rows || (input->dim() == 2 && target->dim() != 1))
    fail(op, input.where, "target must be " + Shape(rows).str() + ", a class for each row of input",
         target->sizes().str() + " (input " + input->sizes().str() + ")");
  requireClassWeight(op, input, options.weight(), classes);
  Tensor wanted = ingot::detail::checkedPositions({op, input.where}, target->to(kInt64), classes);
  Tensor hit = ingot::arange(classes, kInt64) == wanted.view({rows, 1});
  Tensor excess =
      positivePart(x - ingot::where(hit, x, constant(0)).sum({1}, true) + constant(options.margin()));
  if (options.p() == 2)
    excess = ingot::square(excess);
  if (options.weight().defined())
    excess = excess * ingot::where(hit, options.weight(), constant(0)).sum({1}, true);
  Tensor loss = ingot::where(hit, constant(0), excess).mean({1});
  return narrowed(reduceLoss(loss.view(target->sizes()), options.reduction()), input);
}

Tensor multilabel_margin_loss(const Arg &input, const Arg &target,
                              const MultilabelMarginLossFuncOptions &options) {
  OpScope scope("multilabel_margin_loss", input.where);
  const char *op = "multilabel_margin_loss";
  Tensor x = rowsOfClasses(op, input);
  requireClasses(op, input, target);
  requireEqualSizes(op, input, target);
  Tensor y = target->to(kInt64).view(x.sizes());
  Tensor isClass = (y >= Scalar::constant(-1)) & (y < Scalar(x.size(1)));
  y = ingot::detail::require({op, input.where}, y, isClass, "targets that are classes of input, or -1");
  Tensor place = ingot::arange(x.size(1), kInt64);
  Tensor end =
      ingot::where(y < Scalar::constant(0), place, Scalar::constant(Scalar(x.size(1)))).amin({1}, true);
  // [N, places of target, classes]
  Tensor listed = (place < end).unsqueeze(2);
  Tensor hit = (y.unsqueeze(2) == place) & listed;
  Tensor own = ingot::where(hit, x.unsqueeze(1), constant(0)).sum({2}, true);
  Tensor wrong = listed & ~hit.any(1, true);
  Tensor excess = positivePart(x.unsqueeze(1) - own + constant(1));
  Tensor loss = ingot::where(wrong, excess, constant(0)).sum({1}).mean({1});
  if (input->dim() < 2)
    loss = loss.view({});
  return narrowed(reduceLoss(loss, options.reduction()), input);
}

Tensor multilabel_soft_margin_loss(const Arg &input, const Arg &target,
                                   const MultilabelSoftMarginLossFuncOptions &options) {
  OpScope scope("multilabel_soft_margin_loss", input.where);
  requireEqualSizes("multilabel_soft_margin_loss", input, target);
  if (input->dim() == 0)
    fail("multilabel_soft_margin_loss", input.where, "input must have a dimension of classes");
  Tensor x = widenedFloat(*input), y = widenedFloat(*target);
  Tensor loss = -(y * ingot::logsigmoid(x) + (constant(1) - y) * ingot::logsigmoid(-x));
  if (options.weight().defined())
    loss = loss * options.weight();
  return narrowed(reduceLoss(loss.mean({-1}), options.reduction()), {input, target});
}

Tensor soft_margin_loss(const Arg &input, const Arg &target, const SoftMarginLossFuncOptions &options) {
  OpScope scope("soft_margin_loss", input.where);
  Tensor loss = -ingot::logsigmoid(widenedFloat(*input) * widenedFloat(*target));
  return narrowed(reduceLoss(loss, options.reduction()), input);
}

Tensor triplet_margin_loss(const Arg &anchor, const Arg &positive, const Arg &negative,
                           const TripletMarginLossFuncOptions &options) {
  OpScope scope("triplet_margin_loss", anchor.where);
  requireEqualRanks("triplet_margin_loss", anchor, positive, negative);
  auto distance = [&](const Tensor &a, const Tensor &b) {
    return pairwise_distance(a, b, PairwiseDistanceFuncOptions().p(options.p()).eps(options.eps()));
  };
  Tensor loss =
      tripletLoss(widenedFloat(*anchor), widenedFloat(*positive), widenedFloat(*negative), distance, options);
  return narrowed(loss, {anchor, positive, negative});
}

Tensor triplet_margin_with_distance_loss(const Arg &anchor, const Arg &positive, const Arg &negative,
                                         const TripletMarginWithDistanceLossFuncOptions &options) {
  OpScope scope("triplet_margin_with_distance_loss", anchor.where);
  requireEqualRanks("triplet_margin_with_distance_loss", anchor, positive, negative);
  if (options.distance_function())
    return tripletLoss(*anchor, *positive, *negative, *options.distance_function(), options);
  auto distance = [](const Tensor &a, const Tensor &b) { return pairwise_distance(a, b); };
  return tripletLoss(*anchor, *positive, *negative, distance, options);
}

} // namespace ingot::nn::functional
