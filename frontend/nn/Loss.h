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

} // namespace ingot::nn
