// Loss layers; functional/Loss.h says what they compute. Weights given as options are buffers of the layer.
#pragma once
#include "ingot/core/Module.h"
#include "ingot/nn/options/Loss.h"

namespace ingot::nn {

/// |x - y|.
class L1LossImpl : public Cloneable<L1LossImpl> {
public:
  explicit L1LossImpl(const L1LossOptions &options = {});
  void reset() override;
  void pretty_print(std::ostream &stream) const override;
  Tensor forward(const Arg &input, const Arg &target);

  L1LossOptions options;
};
INGOT_MODULE(L1Loss);

/// (x - y)^2.
class MSELossImpl : public Cloneable<MSELossImpl> {
public:
  explicit MSELossImpl(const MSELossOptions &options = {});
  void reset() override;
  void pretty_print(std::ostream &stream) const override;
  Tensor forward(const Arg &input, const Arg &target);

  MSELossOptions options;
};
INGOT_MODULE(MSELoss);

/// |x - y|, quadratic below beta.
class SmoothL1LossImpl : public Cloneable<SmoothL1LossImpl> {
public:
  explicit SmoothL1LossImpl(const SmoothL1LossOptions &options = {});
  void reset() override;
  void pretty_print(std::ostream &stream) const override;
  Tensor forward(const Arg &input, const Arg &target);

  SmoothL1LossOptions options;
};
INGOT_MODULE(SmoothL1Loss);

/// (x - y)^2 / 2, linear above delta.
class HuberLossImpl : public Cloneable<HuberLossImpl> {
public:
  explicit HuberLossImpl(const HuberLossOptions &options = {});
  void reset() override;
  void pretty_print(std::ostream &stream) const override;
  Tensor forward(const Arg &input, const Arg &target);

  HuberLossOptions options;
};
INGOT_MODULE(HuberLoss);

/// y * (log(y) - x) of logarithms x.
class KLDivLossImpl : public Cloneable<KLDivLossImpl> {
public:
  explicit KLDivLossImpl(const KLDivLossOptions &options = {});
  void reset() override;
  void pretty_print(std::ostream &stream) const override;
  Tensor forward(const Arg &input, const Arg &target);

  KLDivLossOptions options;
};
INGOT_MODULE(KLDivLoss);

/// -(y log(x) + (1 - y) log(1 - x)).
class BCELossImpl : public Cloneable<BCELossImpl> {
public:
  explicit BCELossImpl(const BCELossOptions &options = {});
  void reset() override;
  void pretty_print(std::ostream &stream) const override;
  Tensor forward(const Arg &input, const Arg &target);

  BCELossOptions options;
  Tensor weight; ///< as in options; undefined if not given
};
INGOT_MODULE(BCELoss);

/// BCELoss of sigmoid(x).
class BCEWithLogitsLossImpl : public Cloneable<BCEWithLogitsLossImpl> {
public:
  explicit BCEWithLogitsLossImpl(const BCEWithLogitsLossOptions &options = {});
  void reset() override;
  void pretty_print(std::ostream &stream) const override;
  Tensor forward(const Arg &input, const Arg &target);

  BCEWithLogitsLossOptions options;
  Tensor weight, pos_weight; ///< as in options; undefined if not given
};
INGOT_MODULE(BCEWithLogitsLoss);

/// -x[target] of logarithms x.
class NLLLossImpl : public Cloneable<NLLLossImpl> {
public:
  explicit NLLLossImpl(const NLLLossOptions &options = {});
  void reset() override;
  void pretty_print(std::ostream &stream) const override;
  Tensor forward(const Arg &input, const Arg &target);

  NLLLossOptions options;
  Tensor weight; ///< as in options; undefined if not given
};
INGOT_MODULE(NLLLoss);

/// NLLLoss of log_softmax(x), or the same of target probabilities.
class CrossEntropyLossImpl : public Cloneable<CrossEntropyLossImpl> {
public:
  explicit CrossEntropyLossImpl(const CrossEntropyLossOptions &options = {});
  void reset() override;
  void pretty_print(std::ostream &stream) const override;
  Tensor forward(const Arg &input, const Arg &target);

  CrossEntropyLossOptions options;
  Tensor weight; ///< as in options; undefined if not given
};
INGOT_MODULE(CrossEntropyLoss);

/// exp(x) - y * x of logarithms of rates x.
class PoissonNLLLossImpl : public Cloneable<PoissonNLLLossImpl> {
public:
  explicit PoissonNLLLossImpl(const PoissonNLLLossOptions &options = {});
  void reset() override;
  void pretty_print(std::ostream &stream) const override;
  Tensor forward(const Arg &input, const Arg &target);

  PoissonNLLLossOptions options;
};
INGOT_MODULE(PoissonNLLLoss);

/// (log(v) + (x - y)^2 / v) / 2 with variances v.
class GaussianNLLLossImpl : public Cloneable<GaussianNLLLossImpl> {
public:
  explicit GaussianNLLLossImpl(const GaussianNLLLossOptions &options = {});
  void reset() override;
  void pretty_print(std::ostream &stream) const override;
  Tensor forward(const Arg &input, const Arg &target, const Arg &var);

  GaussianNLLLossOptions options;
};
INGOT_MODULE(GaussianNLLLoss);

/// Connectionist temporal classification.
class CTCLossImpl : public Cloneable<CTCLossImpl> {
public:
  explicit CTCLossImpl(const CTCLossOptions &options = {});
  void reset() override;
  void pretty_print(std::ostream &stream) const override;
  Tensor forward(const Arg &log_probs, const Arg &targets, const Arg &input_lengths,
                 const Arg &target_lengths);

  CTCLossOptions options;
};
INGOT_MODULE(CTCLoss);

/// x or max(0, margin - x), as the target is 1 or -1.
class HingeEmbeddingLossImpl : public Cloneable<HingeEmbeddingLossImpl> {
public:
  explicit HingeEmbeddingLossImpl(const HingeEmbeddingLossOptions &options = {});
  void reset() override;
  void pretty_print(std::ostream &stream) const override;
  Tensor forward(const Arg &input, const Arg &target);

  HingeEmbeddingLossOptions options;
};
INGOT_MODULE(HingeEmbeddingLoss);

/// By the cosine between two inputs, alike or apart as the target is 1 or -1.
class CosineEmbeddingLossImpl : public Cloneable<CosineEmbeddingLossImpl> {
public:
  explicit CosineEmbeddingLossImpl(const CosineEmbeddingLossOptions &options = {});
  void reset() override;
  void pretty_print(std::ostream &stream) const override;
  Tensor forward(const Arg &input1, const Arg &input2, const Arg &target);

  CosineEmbeddingLossOptions options;
};
INGOT_MODULE(CosineEmbeddingLoss);

/// max(0, margin - y * (x1 - x2)).
class MarginRankingLossImpl : public Cloneable<MarginRankingLossImpl> {
public:
  explicit MarginRankingLossImpl(const MarginRankingLossOptions &options = {});
  void reset() override;
  void pretty_print(std::ostream &stream) const override;
  Tensor forward(const Arg &input1, const Arg &input2, const Arg &target);

  MarginRankingLossOptions options;
};
INGOT_MODULE(MarginRankingLoss);

/// The excess of other classes over the target's.
class MultiMarginLossImpl : public Cloneable<MultiMarginLossImpl> {
public:
  explicit MultiMarginLossImpl(const MultiMarginLossOptions &options = {});
  void reset() override;
  void pretty_print(std::ostream &stream) const override;
  Tensor forward(const Arg &input, const Arg &target);

  MultiMarginLossOptions options;
  Tensor weight; ///< as in options; undefined if not given
};
INGOT_MODULE(MultiMarginLoss);

/// The excess of other classes over each of the target's.
class MultiLabelMarginLossImpl : public Cloneable<MultiLabelMarginLossImpl> {
public:
  explicit MultiLabelMarginLossImpl(const MultiLabelMarginLossOptions &options = {});
  void reset() override;
  void pretty_print(std::ostream &stream) const override;
  Tensor forward(const Arg &input, const Arg &target);

  MultiLabelMarginLossOptions options;
};
INGOT_MODULE(MultiLabelMarginLoss);

/// Binary cross entropy of sigmoid(x), its mean over the classes.
class MultiLabelSoftMarginLossImpl : public Cloneable<MultiLabelSoftMarginLossImpl> {
public:
  explicit MultiLabelSoftMarginLossImpl(const MultiLabelSoftMarginLossOptions &options = {});
  void reset() override;
  void pretty_print(std::ostream &stream) const override;
  Tensor forward(const Arg &input, const Arg &target);

  MultiLabelSoftMarginLossOptions options;
  Tensor weight; ///< as in options; undefined if not given
};
INGOT_MODULE(MultiLabelSoftMarginLoss);

/// log(1 + exp(-y x)).
class SoftMarginLossImpl : public Cloneable<SoftMarginLossImpl> {
public:
  explicit SoftMarginLossImpl(const SoftMarginLossOptions &options = {});
  void reset() override;
  void pretty_print(std::ostream &stream) const override;
  Tensor forward(const Arg &input, const Arg &target);

  SoftMarginLossOptions options;
};
INGOT_MODULE(SoftMarginLoss);

/// max(0, margin + distance(anchor, positive) - distance(anchor, negative)).
class TripletMarginLossImpl : public Cloneable<TripletMarginLossImpl> {
public:
  explicit TripletMarginLossImpl(const TripletMarginLossOptions &options = {});
  void reset() override;
  void pretty_print(std::ostream &stream) const override;
  Tensor forward(const Arg &anchor, const Arg &positive, const Arg &negative);

  TripletMarginLossOptions options;
};
INGOT_MODULE(TripletMarginLoss);

/// The same by a distance of one's own.
class TripletMarginWithDistanceLossImpl : public Cloneable<TripletMarginWithDistanceLossImpl> {
public:
  explicit TripletMarginWithDistanceLossImpl(TripletMarginWithDistanceLossOptions options = {});
  void reset() override;
  void pretty_print(std::ostream &stream) const override;
  Tensor forward(const Arg &anchor, const Arg &positive, const Arg &negative);

  TripletMarginWithDistanceLossOptions options;
};
INGOT_MODULE(TripletMarginWithDistanceLoss);

} // namespace ingot::nn
