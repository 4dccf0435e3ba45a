// Options of losses. A loss has one value an element (kNone), their mean, or their sum.
#pragma once
#include "ingot/core/Tensor.h"
#include "ingot/nn/options/Common.h"
#include <concepts>
#include <cstdint>
#include <functional>
#include <optional>
#include <utility>
#include <variant>

namespace ingot::nn {
namespace detail {
using Reduction = std::variant<enumtype::kNone, enumtype::kMean, enumtype::kSum>;
using KLDivReduction = std::variant<enumtype::kNone, enumtype::kBatchMean, enumtype::kSum, enumtype::kMean>;
} // namespace detail

struct L1LossOptions {
  L1LossOptions(detail::Reduction reduction = kMean) : reduction_(reduction) {}
  template <class Tag>
    requires std::constructible_from<detail::Reduction, Tag>
  L1LossOptions(Tag reduction) : reduction_(reduction) {} // libtorch: F::f(x, y, kNone)
  INGOT_ARG(detail::Reduction, reduction);
};

struct MSELossOptions {
  MSELossOptions(detail::Reduction reduction = kMean) : reduction_(reduction) {}
  template <class Tag>
    requires std::constructible_from<detail::Reduction, Tag>
  MSELossOptions(Tag reduction) : reduction_(reduction) {} // libtorch: F::f(x, y, kNone)
  INGOT_ARG(detail::Reduction, reduction);
};

struct KLDivLossOptions {
  KLDivLossOptions(detail::KLDivReduction reduction = kMean) : reduction_(reduction) {}
  template <class Tag>
    requires std::constructible_from<detail::KLDivReduction, Tag>
  KLDivLossOptions(Tag reduction) : reduction_(reduction) {} // libtorch: F::f(x, y, kNone)
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
  template <class Tag>
    requires std::constructible_from<detail::Reduction, Tag>
  SmoothL1LossOptions(Tag reduction) : reduction_(reduction) {} // libtorch: F::f(x, y, kNone)
  INGOT_ARG(detail::Reduction, reduction);
  /// Below it the loss is quadratic.
  INGOT_ARG(double, beta) = 1;
};

struct HuberLossOptions {
  HuberLossOptions(detail::Reduction reduction = kMean) : reduction_(reduction) {}
  template <class Tag>
    requires std::constructible_from<detail::Reduction, Tag>
  HuberLossOptions(Tag reduction) : reduction_(reduction) {} // libtorch: F::f(x, y, kNone)
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

struct PoissonNLLLossOptions {
  /// Whether the input holds logarithms of the rates.
  INGOT_ARG(bool, log_input) = true;
  /// Whether to add Stirling's approximation of log(target!).
  INGOT_ARG(bool, full) = false;
  /// Added to rates before their logarithm.
  INGOT_ARG(double, eps) = 1e-8;
  INGOT_ARG(detail::Reduction, reduction) = kMean;
};

struct GaussianNLLLossOptions {
  /// Whether to add the constant log(2 pi) / 2.
  INGOT_ARG(bool, full) = false;
  /// The least variance.
  INGOT_ARG(double, eps) = 1e-6;
  INGOT_ARG(detail::Reduction, reduction) = kMean;
};

struct CTCLossOptions {
  /// The class of "no label".
  INGOT_ARG(int64_t, blank) = 0;
  INGOT_ARG(detail::Reduction, reduction) = kMean;
  /// Whether targets that do not fit into the input have loss 0, not infinity.
  INGOT_ARG(bool, zero_infinity) = false;
};

struct HingeEmbeddingLossOptions {
  INGOT_ARG(double, margin) = 1;
  INGOT_ARG(detail::Reduction, reduction) = kMean;
};

struct CosineEmbeddingLossOptions {
  INGOT_ARG(double, margin) = 0;
  INGOT_ARG(detail::Reduction, reduction) = kMean;
};

struct MarginRankingLossOptions {
  INGOT_ARG(double, margin) = 0;
  INGOT_ARG(detail::Reduction, reduction) = kMean;
};

struct MultiMarginLossOptions {
  /// The power of each class's excess: 1 or 2.
  INGOT_ARG(int64_t, p) = 1;
  INGOT_ARG(double, margin) = 1;
  /// Scales each class.
  INGOT_ARG(Tensor, weight);
  INGOT_ARG(detail::Reduction, reduction) = kMean;
};

struct MultiLabelMarginLossOptions {
  MultiLabelMarginLossOptions(detail::Reduction reduction = kMean) : reduction_(reduction) {}
  template <class Tag>
    requires std::constructible_from<detail::Reduction, Tag>
  MultiLabelMarginLossOptions(Tag reduction) : reduction_(reduction) {} // libtorch: F::f(x, y, kNone)
  INGOT_ARG(detail::Reduction, reduction);
};

struct MultiLabelSoftMarginLossOptions {
  /// Scales each class.
  INGOT_ARG(Tensor, weight);
  INGOT_ARG(detail::Reduction, reduction) = kMean;
};

struct SoftMarginLossOptions {
  SoftMarginLossOptions(detail::Reduction reduction = kMean) : reduction_(reduction) {}
  template <class Tag>
    requires std::constructible_from<detail::Reduction, Tag>
  SoftMarginLossOptions(Tag reduction) : reduction_(reduction) {} // libtorch: F::f(x, y, kNone)
  INGOT_ARG(detail::Reduction, reduction);
};

struct TripletMarginLossOptions {
  INGOT_ARG(double, margin) = 1;
  /// Distances are p-norms of differences.
  INGOT_ARG(double, p) = 2;
  /// Added to differences.
  INGOT_ARG(double, eps) = 1e-6;
  /// Whether the negative counts by its distance to the positive, where that is less than to the anchor.
  INGOT_ARG(bool, swap) = false;
  INGOT_ARG(detail::Reduction, reduction) = kMean;
};

struct TripletMarginWithDistanceLossOptions {
  using distance_function_t = std::function<Tensor(const Tensor &, const Tensor &)>;
  using reduction_t = detail::Reduction;
  /// None: pairwise_distance.
  INGOT_ARG(std::optional<distance_function_t>, distance_function);
  INGOT_ARG(detail::Reduction, reduction) = kMean;
  INGOT_ARG(double, margin) = 1;
  INGOT_ARG(bool, swap) = false;
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
using PoissonNLLLossFuncOptions = PoissonNLLLossOptions;
using GaussianNLLLossFuncOptions = GaussianNLLLossOptions;
using CTCLossFuncOptions = CTCLossOptions;
using HingeEmbeddingLossFuncOptions = HingeEmbeddingLossOptions;
using CosineEmbeddingLossFuncOptions = CosineEmbeddingLossOptions;
using MarginRankingLossFuncOptions = MarginRankingLossOptions;
using MultiMarginLossFuncOptions = MultiMarginLossOptions;
using MultilabelMarginLossFuncOptions = MultiLabelMarginLossOptions;
using MultilabelSoftMarginLossFuncOptions = MultiLabelSoftMarginLossOptions;
using SoftMarginLossFuncOptions = SoftMarginLossOptions;
using TripletMarginLossFuncOptions = TripletMarginLossOptions;
using TripletMarginWithDistanceLossFuncOptions = TripletMarginWithDistanceLossOptions;
} // namespace functional
} // namespace ingot::nn
