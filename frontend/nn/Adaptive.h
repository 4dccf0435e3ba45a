// The adaptive softmax (Grave et al. 2017): frequent classes in a head, rare ones in clusters of smaller projections.
#pragma once
#include "ingot/core/Number.h"
#include "ingot/nn/Linear.h"
#include "ingot/nn/containers/ModuleList.h"
#include "ingot/nn/options/Adaptive.h"

namespace ingot::nn {

struct ASMoutput {
  Tensor output; ///< the logarithm of the probability of each target: [N] or []
  Number loss;   ///< the mean of -output
};

class AdaptiveLogSoftmaxWithLossImpl : public Cloneable<AdaptiveLogSoftmaxWithLossImpl> {
public:
  AdaptiveLogSoftmaxWithLossImpl(int64_t in_features, int64_t n_classes, std::vector<int64_t> cutoffs);
  explicit AdaptiveLogSoftmaxWithLossImpl(AdaptiveLogSoftmaxWithLossOptions options);
  void reset() override;
  void reset_parameters();
  void pretty_print(std::ostream &stream) const override;
  /// Input [N, in_features] and target [N], or [in_features] and []. A target outside [0, n_classes) counts 0.
  ASMoutput forward(const Arg &input, const Arg &target);
  /// The logarithms of all probabilities: [N, n_classes] for input [N, in_features].
  Tensor log_prob(const Arg &input);
  /// The class of the highest probability: [N].
  Tensor predict(const Arg &input);

  AdaptiveLogSoftmaxWithLossOptions options;
  std::vector<int64_t> cutoffs; ///< those of options, then n_classes
  int64_t shortlist_size = 0, n_clusters = 0, head_size = 0;
  Linear head = nullptr; ///< in_features -> the frequent classes, then one score a cluster
  ModuleList tail;       ///< a projection and its classes for each cluster
};
INGOT_MODULE(AdaptiveLogSoftmaxWithLoss);

} // namespace ingot::nn
