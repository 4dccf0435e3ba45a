// Options of losses. A loss has one value an element (kNone), their mean, or their sum.
#pragma once
#include "ingot/core/Tensor.h"
#include "ingot/nn/options/Common.h"
#include <cstdint>
#include <variant>

namespace ingot::nn {
namespace detail {
using Reduction = std::variant<enumtype::kNone, enumtype::kMean, enumtype::kSum>;
using KLDivReduction = std::variant<enumtype::kNone, enumtype::kBatchMean, enumtype::kSum, enumtype::kMean>;
} // namespace detail

struct L1LossOptions {
  L1LossOptions(detail::Reduction reduction = kMean) : reduction_(reduction) {}
  INGOT_ARG(detail::Reduction, reduction);
};

struct MSELossOptions {
  MSELossOptions(detail::Reduction reduction = kMean) : reduction_(reduction) {}
  INGOT_ARG(detail::Reduction, reduction);
};

struct KLDivLossOptions {
  KLDivLossOptions(detail::KLDivReduction reduction = kMean) : reduction_(reduction) {}
  INGOT_ARG(detail::KLDivReduction, reduction);
  /// Whether the target is given as logarithms, too.
  INGOT_ARG(bool, log_target) = false;
};

struct BCELossOptions {
  /// Scales each element; broadcast to the input.
  INGOT_ARG(Tensor, weight);
  INGOT_ARG(detail::Reduction, reduction) = kMean;
};

struct BCEWithLogitsLossOptions {
  INGOT_ARG(Tensor, weight);
  INGOT_ARG(detail::Reduction, reduction) = kMean;
  /// Scales the positive part of each class.
  INGOT_ARG(Tensor, pos_weight);
};

struct SmoothL1LossOptions {
  SmoothL1LossOptions(detail::Reduction reduction = kMean) : reduction_(reduction) {}
  INGOT_ARG(detail::Reduction, reduction);
  /// Below it the loss is quadratic.
  INGOT_ARG(double, beta) = 1;
};

struct HuberLossOptions {
  HuberLossOptions(detail::Reduction reduction = kMean) : reduction_(reduction) {}
  INGOT_ARG(detail::Reduction, reduction);
  /// Below it the loss is quadratic.
  INGOT_ARG(double, delta) = 1;
};

struct NLLLossOptions {
  /// Scales each class; the mean divides by the weights of the targets.
  INGOT_ARG(Tensor, weight);
  /// Targets of this class do not count.
  INGOT_ARG(int64_t, ignore_index) = -100;
  INGOT_ARG(detail::Reduction, reduction) = kMean;
};

struct CrossEntropyLossOptions {
  INGOT_ARG(Tensor, weight);
  INGOT_ARG(int64_t, ignore_index) = -100;
  INGOT_ARG(detail::Reduction, reduction) = kMean;
  /// The share of the target that is spread evenly over all classes.
  INGOT_ARG(double, label_smoothing) = 0;
};

namespace functional {
using L1LossFuncOptions = L1LossOptions;
using MSELossFuncOptions = MSELossOptions;
using KLDivFuncOptions = KLDivLossOptions;
using BinaryCrossEntropyFuncOptions = BCELossOptions;
using BinaryCrossEntropyWithLogitsFuncOptions = BCEWithLogitsLossOptions;
using SmoothL1LossFuncOptions = SmoothL1LossOptions;
using HuberLossFuncOptions = HuberLossOptions;
using NLLLossFuncOptions = NLLLossOptions;
using CrossEntropyFuncOptions = CrossEntropyLossOptions;
} // namespace functional
} // namespace ingot::nn
