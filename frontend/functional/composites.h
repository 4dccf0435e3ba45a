// Losses, distances and normalizations as libtorch's functions with positional arguments; the functionals of nn say what
// they compute.
//
//   ingot::nll_loss(output, target, /*weight=*/{}, ingot::Reduction::Sum)
#pragma once
#include "ingot/core/Tensor.h"
#include <optional>

namespace ingot {

namespace Reduction {
enum Reduction : int64_t { None, Mean, Sum };
} // namespace Reduction
using OptionalTensor = std::optional<Tensor>;

//===--- losses ---------------------------------------------------------------------------------------------===//

Tensor l1_loss(const Arg &input, const Arg &target, int64_t reduction = Reduction::Mean);
Tensor mse_loss(const Arg &input, const Arg &target, int64_t reduction = Reduction::Mean);
Tensor smooth_l1_loss(const Arg &input, const Arg &target, int64_t reduction = Reduction::Mean,
                      double beta = 1);
Tensor huber_loss(const Arg &input, const Arg &target, int64_t reduction = Reduction::Mean, double delta = 1);
Tensor kl_div(const Arg &input, const Arg &target, int64_t reduction = Reduction::Mean,
              bool log_target = false);
/// The sizes of the target may differ from the input's by dimensions of size 1.
Tensor binary_cross_entropy(const Arg &input, const Arg &target, const OptionalTensor &weight = {},
                            int64_t reduction = Reduction::Mean);
Tensor binary_cross_entropy_with_logits(const Arg &input, const Arg &target,
                                        const OptionalTensor &weight = {},
                                        const OptionalTensor &pos_weight = {},
                                        int64_t reduction = Reduction::Mean);
Tensor nll_loss(const Arg &input, const Arg &target, const OptionalTensor &weight = {},
                int64_t reduction = Reduction::Mean, int64_t ignore_index = -100);
inline Tensor nll_loss2d(const Arg &input, const Arg &target, const OptionalTensor &weight = {},
                         int64_t reduction = Reduction::Mean, int64_t ignore_index = -100) {
  return nll_loss(input, target, weight, reduction, ignore_index);
}
Tensor cross_entropy_loss(const Arg &input, const Arg &target, const OptionalTensor &weight = {},
                          int64_t reduction = Reduction::Mean, int64_t ignore_index = -100,
                          double label_smoothing = 0);
Tensor poisson_nll_loss(const Arg &input, const Arg &target, bool log_input, bool full, double eps,
                        int64_t reduction);
Tensor ctc_loss(const Arg &log_probs, const Arg &targets, const Tensor &input_lengths,
                const Tensor &target_lengths, int64_t blank = 0, int64_t reduction = Reduction::Mean,
                bool zero_infinity = false);
Tensor ctc_loss(const Arg &log_probs, const Arg &targets, const Shape &input_lengths,
                const Shape &target_lengths, int64_t blank = 0, int64_t reduction = Reduction::Mean,
                bool zero_infinity = false);
Tensor hinge_embedding_loss(const Arg &input, const Arg &target, double margin = 1,
                            int64_t reduction = Reduction::Mean);
Tensor cosine_embedding_loss(const Arg &input1, const Arg &input2, const Arg &target, double margin = 0,
                             int64_t reduction = Reduction::Mean);
Tensor margin_ranking_loss(const Arg &input1, const Arg &input2, const Arg &target, double margin = 0,
                           int64_t reduction = Reduction::Mean);
Tensor multi_margin_loss(const Arg &input, const Arg &target, const Scalar &p = 1, const Scalar &margin = 1,
                         const OptionalTensor &weight = {}, int64_t reduction = Reduction::Mean);
Tensor multilabel_margin_loss(const Arg &input, const Arg &target, int64_t reduction = Reduction::Mean);
Tensor soft_margin_loss(const Arg &input, const Arg &target, int64_t reduction = Reduction::Mean);
Tensor triplet_margin_loss(const Arg &anchor, const Arg &positive, const Arg &negative, double margin = 1,
                           double p = 2, double eps = 1e-6, bool swap = false,
                           int64_t reduction = Reduction::Mean);

//===--- distances ------------------------------------------------------------------------------------------===//

Tensor cosine_similarity(const Arg &x1, const Arg &x2, int64_t dim = 1, double eps = 1e-8);
Tensor pairwise_distance(const Arg &x1, const Arg &x2, double p = 2, double eps = 1e-6, bool keepdim = false);
Tensor pdist(const Arg &x, double p = 2);
/// The p-norms of the differences of all rows of x1 [..., P, M] and x2 [..., R, M]: [..., P, R]. They are computed from
/// the differences whatever `compute_mode`.
Tensor cdist(const Arg &x1, const Arg &x2, double p = 2, std::optional<int64_t> compute_mode = std::nullopt);
/// The p-norm of x1 - x2.
Tensor dist(const Arg &x1, const Arg &x2, const Scalar &p = 2);

//===--- normalizations -------------------------------------------------------------------------------------===//

Tensor layer_norm(const Arg &input, const Shape &normalized_shape, const OptionalTensor &weight = {},
                  const OptionalTensor &bias = {}, double eps = 1e-5, bool cudnn_enable = true);
Tensor rms_norm(const Arg &input, const Shape &normalized_shape, const OptionalTensor &weight = {},
                std::optional<double> eps = std::nullopt);
Tensor group_norm(const Arg &input, int64_t num_groups, const OptionalTensor &weight = {},
                  const OptionalTensor &bias = {}, double eps = 1e-5, bool cudnn_enabled = true);
Tensor instance_norm(const Arg &input, const OptionalTensor &weight, const OptionalTensor &bias,
                     const OptionalTensor &running_mean, const OptionalTensor &running_var,
                     bool use_input_stats, double momentum, double eps, bool cudnn_enabled);

} // namespace ingot
