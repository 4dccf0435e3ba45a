#include "frontend/functional/composites.h"
#include "frontend/functional/Distance.h"
#include "frontend/functional/Loss.h"
#include "frontend/functional/Normalization.h"
#include "frontend/functional/factories.h"

namespace F = ingot::nn::functional;

namespace ingot {
namespace {

nn::detail::Reduction choice(const Arg &input, int64_t reduction) {
  switch (reduction) {
  case Reduction::None: return kNone;
  case Reduction::Mean: return kMean;
  case Reduction::Sum: return kSum;
  }
  detail::fail("loss", input.where, "reduction must be None, Mean or Sum", std::to_string(reduction));
}

nn::detail::KLDivReduction klDivChoice(const Arg &input, int64_t reduction) {
  return std::visit([](auto which) -> nn::detail::KLDivReduction { return which; }, choice(input, reduction));
}

Tensor orUndefined(const OptionalTensor &tensor) { return tensor.value_or(Tensor()); }

} // namespace

Tensor l1_loss(const Arg &input, const Arg &target, int64_t reduction) {
  return F::l1_loss(input, target, choice(input, reduction));
}

Tensor mse_loss(const Arg &input, const Arg &target, int64_t reduction) {
  return F::mse_loss(input, target, choice(input, reduction));
}

Tensor smooth_l1_loss(const Arg &input, const Arg &target, int64_t reduction, double beta) {
  return F::smooth_l1_loss(input, target, F::SmoothL1LossFuncOptions(choice(input, reduction)).beta(beta));
}

Tensor huber_loss(const Arg &input, const Arg &target, int64_t reduction, double delta) {
  return F::huber_loss(input, target, F::HuberLossFuncOptions(choice(input, reduction)).delta(delta));
}

Tensor kl_div(const Arg &input, const Arg &target, int64_t reduction, bool log_target) {
  return F::kl_div(input, target, F::KLDivFuncOptions(klDivChoice(input, reduction)).log_target(log_target));
}

// Dimensions of size 1 do not tell the target's sizes from the input's, unlike in the functional.
Tensor binary_cross_entropy(const Arg &input, const Arg &target, const OptionalTensor &weight,
                            int64_t reduction) {
  bool fits = target->sizes() != input->sizes() && target->squeeze().sizes() == input->squeeze().sizes();
  Tensor same = fits ? target->view(input->sizes(), target.where) : *target;
  return F::binary_cross_entropy(
      input, Arg(same, target.where),
      F::BinaryCrossEntropyFuncOptions().weight(orUndefined(weight)).reduction(choice(input, reduction)));
}

Tensor binary_cross_entropy_with_logits(const Arg &input, const Arg &target, const OptionalTensor &weight,
                                        const OptionalTensor &pos_weight, int64_t reduction) {
  return F::binary_cross_entropy_with_logits(input, target,
                                             F::BinaryCrossEntropyWithLogitsFuncOptions()
                                                 .weight(orUndefined(weight))
                                                 .pos_weight(orUndefined(pos_weight))
                                                 .reduction(choice(input, reduction)));
}

Tensor nll_loss(const Arg &input, const Arg &target, const OptionalTensor &weight, int64_t reduction,
                int64_t ignore_index) {
  return F::nll_loss(input, target,
                     F::NLLLossFuncOptions()
                         .weight(orUndefined(weight))
                         .reduction(choice(input, reduction))
                         .ignore_index(ignore_index));
}

Tensor cross_entropy_loss(const Arg &input, const Arg &target, const OptionalTensor &weight,
                          int64_t reduction, int64_t ignore_index, double label_smoothing) {
  return F::cross_entropy(input, target,
                          F::CrossEntropyFuncOptions()
                              .weight(orUndefined(weight))
                              .reduction(choice(input, reduction))
                              .ignore_index(ignore_index)
                              .label_smoothing(label_smoothing));
}

Tensor poisson_nll_loss(const Arg &input, const Arg &target, bool log_input, bool full, double eps,
                        int64_t reduction) {
  return F::poisson_nll_loss(
      input, target,
      F::PoissonNLLLossFuncOptions().log_input(log_input).full(full).eps(eps).reduction(
          choice(input, reduction)));
}

Tensor ctc_loss(const Arg &log_probs, const Arg &targets, const Tensor &input_lengths,
                const Tensor &target_lengths, int64_t blank, int64_t reduction, bool zero_infinity) {
  return F::ctc_loss(log_probs, targets, Arg(input_lengths, log_probs.where),
                     Arg(target_lengths, log_probs.where),
                     F::CTCLossFuncOptions()
                         .blank(blank)
                         .reduction(choice(log_probs, reduction))
                         .zero_infinity(zero_infinity));
}

Tensor ctc_loss(const Arg &log_probs, const Arg &targets, const Shape &input_lengths,
                const Shape &target_lengths, int64_t blank, int64_t reduction, bool zero_infinity) {
  return ctc_loss(log_probs, targets, tensor(input_lengths.vec()), tensor(target_lengths.vec()), blank,
                  reduction, zero_infinity);
}

Tensor hinge_embedding_loss(const Arg &input, const Arg &target, double margin, int64_t reduction) {
  return F::hinge_embedding_loss(
      input, target, F::HingeEmbeddingLossFuncOptions().margin(margin).reduction(choice(input, reduction)));
}

Tensor cosine_embedding_loss(const Arg &input1, const Arg &input2, const Arg &target, double margin,
                             int64_t reduction) {
  return F::cosine_embedding_loss(
      input1, input2, target,
      F::CosineEmbeddingLossFuncOptions().margin(margin).reduction(choice(input1, reduction)));
}

Tensor margin_ranking_loss(const Arg &input1, const Arg &input2, const Arg &target, double margin,
                           int64_t reduction) {
  return F::margin_ranking_loss(
      input1, input2, target,
      F::MarginRankingLossFuncOptions().margin(margin).reduction(choice(input1, reduction)));
}

Tensor multi_margin_loss(const Arg &input, const Arg &target, const Scalar &p, const Scalar &margin,
                         const OptionalTensor &weight, int64_t reduction) {
  return F::multi_margin_loss(input, target,
                              F::MultiMarginLossFuncOptions()
                                  .p(p.toLong())
                                  .margin(margin.toDouble())
                                  .weight(orUndefined(weight))
                                  .reduction(choice(input, reduction)));
}

Tensor multilabel_margin_loss(const Arg &input, const Arg &target, int64_t reduction) {
  return F::multilabel_margin_loss(input, target, choice(input, reduction));
}

Tensor soft_margin_loss(const Arg &input, const Arg &target, int64_t reduction) {
  return F::soft_margin_loss(input, target, choice(input, reduction));
}

Tensor triplet_margin_loss(const Arg &anchor, const Arg &positive, const Arg &negative, double margin,
                           double p, double eps, bool swap, int64_t reduction) {
  return F::triplet_margin_loss(
      anchor, positive, negative,
      F::TripletMarginLossFuncOptions().margin(margin).p(p).eps(eps).swap(swap).reduction(
          choice(anchor, reduction)));
}

Tensor cosine_similarity(const Arg &x1, const Arg &x2, int64_t dim, double eps) {
  return F::cosine_similarity(x1, x2, F::CosineSimilarityFuncOptions().dim(dim).eps(eps));
}

Tensor pairwise_distance(const Arg &x1, const Arg &x2, double p, double eps, bool keepdim) {
  return F::pairwise_distance(x1, x2, F::PairwiseDistanceFuncOptions().p(p).eps(eps).keepdim(keepdim));
}

Tensor pdist(const Arg &x, double p) { return F::pdist(x, p); }

Tensor layer_norm(const Arg &input, const Shape &normalized_shape, const OptionalTensor &weight,
                  const OptionalTensor &bias, double eps, bool) {
  return F::layer_norm(input, F::LayerNormFuncOptions(normalized_shape.vec())
                                  .weight(orUndefined(weight))
                                  .bias(orUndefined(bias))
                                  .eps(eps));
}

Tensor rms_norm(const Arg &input, const Shape &normalized_shape, const OptionalTensor &weight,
                std::optional<double> eps) {
  return F::rms_norm(input,
                     F::RMSNormFuncOptions(normalized_shape.vec()).weight(orUndefined(weight)).eps(eps));
}

Tensor group_norm(const Arg &input, int64_t num_groups, const OptionalTensor &weight,
                  const OptionalTensor &bias, double eps, bool) {
  return F::group_norm(
      input,
      F::GroupNormFuncOptions(num_groups).weight(orUndefined(weight)).bias(orUndefined(bias)).eps(eps));
}

Tensor instance_norm(const Arg &input, const OptionalTensor &weight, const OptionalTensor &bias,
                     const OptionalTensor &running_mean, const OptionalTensor &running_var,
                     bool use_input_stats, double momentum, double eps, bool) {
  return F::instance_norm(input, F::InstanceNormFuncOptions()
                                     .weight(orUndefined(weight))
                                     .bias(orUndefined(bias))
                                     .running_mean(orUndefined(running_mean))
                                     .running_var(orUndefined(running_var))
                                     .use_input_stats(use_input_stats)
                                     .momentum(momentum)
                                     .eps(eps));
}

} // namespace ingot
