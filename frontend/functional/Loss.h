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

} // namespace ingot::nn::functional
