// Losses. Input and target have equal sizes unless said otherwise; the result is one number, or one an
// element (kNone).
#pragma once
#include "ingot/nn/options/Loss.h"

namespace ingot::nn::functional {

/// |x - y|.
Tensor l1_loss(const Arg &input, const Arg &target, const L1LossFuncOptions &options = {});
/// (x - y)^2.
Tensor mse_loss(const Arg &input, const Arg &target, const MSELossFuncOptions &options = {});
/// (x - y)^2 / (2 beta) where |x - y| < beta, else |x - y| - beta / 2.
Tensor smooth_l1_loss(const Arg &input, const Arg &target, const SmoothL1LossFuncOptions &options = {});
/// (x - y)^2 / 2 where |x - y| < delta, else delta * (|x - y| - delta / 2).
inline Tensor smooth_l1_loss(const Arg &input, const Arg &target, SmoothL1LossFuncOptions options,
                             double beta) {
  return smooth_l1_loss(input, target, options.beta(beta));
}
Tensor huber_loss(const Arg &input, const Arg &target, const HuberLossFuncOptions &options = {});
/// y * (log(y) - x), 0 where y is 0; x are logarithms of probabilities. kBatchMean divides by the first size.
Tensor kl_div(const Arg &input, const Arg &target, const KLDivFuncOptions &options = {});
/// -(y log(x) + (1 - y) log(1 - x)), logarithms at least -100.
Tensor binary_cross_entropy(const Arg &input, const Arg &target,
                            const BinaryCrossEntropyFuncOptions &options = {});
/// The same of sigmoid(x), in one stable formula.
Tensor binary_cross_entropy_with_logits(const Arg &input, const Arg &target,
                                        const BinaryCrossEntropyWithLogitsFuncOptions &options = {});
/// -x[target]: input [C], [N, C] or [N, C, S...] holds logarithms of probabilities, target [], [N] or [N,
/// S...] int64 classes. A target outside [0, C) has loss 0.
Tensor nll_loss(const Arg &input, const Arg &target, const NLLLossFuncOptions &options = {});
/// nll_loss of log_softmax(input); a floating-point target of the input's sizes holds the probability of each
/// class.
Tensor cross_entropy(const Arg &input, const Arg &target, const CrossEntropyFuncOptions &options = {});

/// exp(x) - y * x of logarithms of rates x, or x - y * log(x + eps).
Tensor poisson_nll_loss(const Arg &input, const Arg &target, const PoissonNLLLossFuncOptions &options = {});
/// (log(v) + (x - y)^2 / v) / 2. The variances v have the input's sizes, or lack the last one, or have 1
/// there.
Tensor gaussian_nll_loss(const Arg &input, const Arg &target, const Arg &var,
                         const GaussianNLLLossFuncOptions &options = {});
/// Connectionist temporal classification (Graves et al. 2006): log_probs [T, N, C] with T known when it is
/// recorded, targets [N, S] or, one after the other, [sum of target_lengths], both lengths [N]; without a
/// batch [T, C], [S] and []. The mean divides the loss of each sequence by its target's length first.
Tensor ctc_loss(const Arg &log_probs, const Arg &targets, const Arg &input_lengths, const Arg &target_lengths,
                const CTCLossFuncOptions &options = {});

/// x where y is 1, max(0, margin - x) where y is -1.
Tensor hinge_embedding_loss(const Arg &input, const Arg &target,
                            const HingeEmbeddingLossFuncOptions &options = {});
/// With the cosine c between x1 and x2 along the last dimension: 1 - c where y is 1, max(0, c - margin)
/// where y is -1. Inputs [N, D] and target [N], or [D] and [].
Tensor cosine_embedding_loss(const Arg &input1, const Arg &input2, const Arg &target,
                             const CosineEmbeddingLossFuncOptions &options = {});
/// max(0, margin - y * (x1 - x2)).
Tensor margin_ranking_loss(const Arg &input1, const Arg &input2, const Arg &target,
                           const MarginRankingLossFuncOptions &options = {});
/// The mean over the classes i, but for the target's, of max(0, margin - x[target] + x[i])^p: input [N, C]
/// and target [N], or [C] and [].
Tensor multi_margin_loss(const Arg &input, const Arg &target, const MultiMarginLossFuncOptions &options = {});
/// The sum over classes j in the target and i not in it of max(0, 1 - x[j] + x[i]) / C. Input [N, C] or [C],
/// target of the same sizes: classes up to the first negative number.
Tensor multilabel_margin_loss(const Arg &input, const Arg &target,
                              const MultilabelMarginLossFuncOptions &options = {});
/// The mean over the last dimension of -(y log(sigmoid(x)) + (1 - y) log(sigmoid(-x))).
Tensor multilabel_soft_margin_loss(const Arg &input, const Arg &target,
                                   const MultilabelSoftMarginLossFuncOptions &options = {});
/// log(1 + exp(-y x)).
Tensor soft_margin_loss(const Arg &input, const Arg &target, const SoftMarginLossFuncOptions &options = {});
/// max(0, margin + distance(anchor, positive) - distance(anchor, negative)) by pairwise_distance.
Tensor triplet_margin_loss(const Arg &anchor, const Arg &positive, const Arg &negative,
                           const TripletMarginLossFuncOptions &options = {});
/// The same by a distance of one's own.
Tensor triplet_margin_with_distance_loss(const Arg &anchor, const Arg &positive, const Arg &negative,
                                         const TripletMarginWithDistanceLossFuncOptions &options = {});

} // namespace ingot::nn::functional
