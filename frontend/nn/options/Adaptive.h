// Options of the adaptive softmax.
#pragma once
#include "ingot/nn/options/Common.h"
#include <cstdint>
#include <utility>
#include <vector>

namespace ingot::nn {

struct AdaptiveLogSoftmaxWithLossOptions {
  AdaptiveLogSoftmaxWithLossOptions(int64_t in_features, int64_t n_classes, std::vector<int64_t> cutoffs)
      : in_features_(in_features), n_classes_(n_classes), cutoffs_(std::move(cutoffs)) {}
  INGOT_ARG(int64_t, in_features);
  INGOT_ARG(int64_t, n_classes);
  /// The first class of each cluster, the most frequent classes before it in the head.
  INGOT_ARG(std::vector<int64_t>, cutoffs);
  /// By how much each cluster's projection is smaller than the one before.
  INGOT_ARG(double, div_value) = 4;
  INGOT_ARG(bool, head_bias) = false;
};

} // namespace ingot::nn
