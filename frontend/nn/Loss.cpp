#include "frontend/nn/Loss.h"
#include "frontend/functional/Loss.h"
#include "frontend/nn/Layer.h"

namespace F = ingot::nn::functional;

namespace ingot::nn {
using ingot::detail::ModuleScope;

L1LossImpl::L1LossImpl(const L1LossOptions &options) : options(options) {}
void L1LossImpl::reset() {}
void L1LossImpl::pretty_print(std::ostream &stream) const { stream << "nn::L1Loss()"; }
Tensor L1LossImpl::forward(const Arg &input, const Arg &target) {
  ModuleScope scope(node());
  return F::l1_loss(input, target, options);
}

MSELossImpl::MSELossImpl(const MSELossOptions &options) : options(options) {}
void MSELossImpl::reset() {}
void MSELossImpl::pretty_print(std::ostream &stream) const { stream << "nn::MSELoss()"; }
Tensor MSELossImpl::forward(const Arg &input, const Arg &target) {
  ModuleScope scope(node());
  return F::mse_loss(input, target, options);
}

SmoothL1LossImpl::SmoothL1LossImpl(const SmoothL1LossOptions &options) : options(options) {}
void SmoothL1LossImpl::reset() {}
void SmoothL1LossImpl::pretty_print(std::ostream &stream) const { stream << "nn::SmoothL1Loss"; }
Tensor SmoothL1LossImpl::forward(const Arg &input, const Arg &target) {
  ModuleScope scope(node());
  return F::smooth_l1_loss(input, target, options);
}

HuberLossImpl::HuberLossImpl(const HuberLossOptions &options) : options(options) {}
void HuberLossImpl::reset() {}
void HuberLossImpl::pretty_print(std::ostream &stream) const { stream << "nn::HuberLoss"; }
Tensor HuberLossImpl::forward(const Arg &input, const Arg &target) {
  ModuleScope scope(node());
  return F::huber_loss(input, target, options);
}

KLDivLossImpl::KLDivLossImpl(const KLDivLossOptions &options) : options(options) {}
void KLDivLossImpl::reset() {}
void KLDivLossImpl::pretty_print(std::ostream &stream) const { stream << "nn::KLDivLoss()"; }
Tensor KLDivLossImpl::forward(const Arg &input, const Arg &target) {
  ModuleScope scope(node());
  return F::kl_div(input, target, options);
}

BCELossImpl::BCELossImpl(const BCELossOptions &options) : options(options) { BCELossImpl::reset(); }
void BCELossImpl::reset() { weight = register_buffer("weight", options.weight()); }
void BCELossImpl::pretty_print(std::ostream &stream) const { stream << "nn::BCELoss()"; }
Tensor BCELossImpl::forward(const Arg &input, const Arg &target) {
  ModuleScope scope(node());
  return F::binary_cross_entropy(input, target, BCELossOptions(options).weight(weight));
}

BCEWithLogitsLossImpl::BCEWithLogitsLossImpl(const BCEWithLogitsLossOptions &options) : options(options) {
  BCEWithLogitsLossImpl::reset();
}
void BCEWithLogitsLossImpl::reset() {
  weight = register_buffer("weight", options.weight());
  pos_weight = register_buffer("pos_weight", options.pos_weight());
}
void BCEWithLogitsLossImpl::pretty_print(std::ostream &stream) const { stream << "nn::BCEWithLogitsLoss()"; }
Tensor BCEWithLogitsLossImpl::forward(const Arg &input, const Arg &target) {
  ModuleScope scope(node());
  return F::binary_cross_entropy_with_logits(
      input, target, BCEWithLogitsLossOptions(options).weight(weight).pos_weight(pos_weight));
}

NLLLossImpl::NLLLossImpl(const NLLLossOptions &options) : options(options) { NLLLossImpl::reset(); }
void NLLLossImpl::reset() { weight = register_buffer("weight", options.weight()); }
void NLLLossImpl::pretty_print(std::ostream &stream) const { stream << "nn::NLLLoss()"; }
Tensor NLLLossImpl::forward(const Arg &input, const Arg &target) {
  ModuleScope scope(node());
  return F::nll_loss(input, target, NLLLossOptions(options).weight(weight));
}

CrossEntropyLossImpl::CrossEntropyLossImpl(const CrossEntropyLossOptions &options) : options(options) {
  CrossEntropyLossImpl::reset();
}
void CrossEntropyLossImpl::reset() { weight = register_buffer("weight", options.weight()); }
void CrossEntropyLossImpl::pretty_print(std::ostream &stream) const { stream << "nn::CrossEntropyLoss()"; }
Tensor CrossEntropyLossImpl::forward(const Arg &input, const Arg &target) {
  ModuleScope scope(node());
  return F::cross_entropy(input, target, CrossEntropyLossOptions(options).weight(weight));
}

PoissonNLLLossImpl::PoissonNLLLossImpl(const PoissonNLLLossOptions &options) : options(options) {}
void PoissonNLLLossImpl::reset() {}
void PoissonNLLLossImpl::pretty_print(std::ostream &stream) const { stream << "nn::PoissonNLLLoss()"; }
Tensor PoissonNLLLossImpl::forward(const Arg &input, const Arg &target) {
  ModuleScope scope(node());
  return F::poisson_nll_loss(input, target, options);
}

GaussianNLLLossImpl::GaussianNLLLossImpl(const GaussianNLLLossOptions &options) : options(options) {}
void GaussianNLLLossImpl::reset() {}
void GaussianNLLLossImpl::pretty_print(std::ostream &stream) const { stream << "nn::GaussianNLLLoss()"; }
Tensor GaussianNLLLossImpl::forward(const Arg &input, const Arg &target, const Arg &var) {
  ModuleScope scope(node());
  return F::gaussian_nll_loss(input, target, var, options);
}

CTCLossImpl::CTCLossImpl(const CTCLossOptions &options) : options(options) {}
void CTCLossImpl::reset() {}
void CTCLossImpl::pretty_print(std::ostream &stream) const { stream << "nn::CTCLoss()"; }
Tensor CTCLossImpl::forward(const Arg &log_probs, const Arg &targets, const Arg &input_lengths,
                            const Arg &target_lengths) {
  ModuleScope scope(node());
  return F::ctc_loss(log_probs, targets, input_lengths, target_lengths, options);
}

HingeEmbeddingLossImpl::HingeEmbeddingLossImpl(const HingeEmbeddingLossOptions &options) : options(options) {}
void HingeEmbeddingLossImpl::reset() {}
void HingeEmbeddingLossImpl::pretty_print(std::ostream &stream) const {
  stream << "nn::HingeEmbeddingLoss(margin=" << options.margin() << ")";
}
Tensor HingeEmbeddingLossImpl::forward(const Arg &input, const Arg &target) {
  ModuleScope scope(node());
  return F::hinge_embedding_loss(input, target, options);
}

CosineEmbeddingLossImpl::CosineEmbeddingLossImpl(const CosineEmbeddingLossOptions &options)
    : options(options) {}
void CosineEmbeddingLossImpl::reset() {}
void CosineEmbeddingLossImpl::pretty_print(std::ostream &stream) const {
  stream << "nn::CosineEmbeddingLoss(margin=" << options.margin() << ")";
}
Tensor CosineEmbeddingLossImpl::forward(const Arg &input1, const Arg &input2, const Arg &target) {
  ModuleScope scope(node());
  return F::cosine_embedding_loss(input1, input2, target, options);
}

MarginRankingLossImpl::MarginRankingLossImpl(const MarginRankingLossOptions &options) : options(options) {}
void MarginRankingLossImpl::reset() {}
void MarginRankingLossImpl::pretty_print(std::ostream &stream) const { stream << "nn::MarginRankingLoss()"; }
Tensor MarginRankingLossImpl::forward(const Arg &input1, const Arg &input2, const Arg &target) {
  ModuleScope scope(node());
  return F::margin_ranking_loss(input1, input2, target, options);
}

MultiMarginLossImpl::MultiMarginLossImpl(const MultiMarginLossOptions &options) : options(options) {
  MultiMarginLossImpl::reset();
}
void MultiMarginLossImpl::reset() { weight = register_buffer("weight", options.weight()); }
void MultiMarginLossImpl::pretty_print(std::ostream &stream) const {
  stream << "nn::MultiMarginLoss(p=" << options.p() << ", margin=" << options.margin() << ", weight=";
  if (weight.defined())
    stream << weight;
  stream << ", reduction=" << enumtype::get_enum_name(options.reduction()) << ")";
}
Tensor MultiMarginLossImpl::forward(const Arg &input, const Arg &target) {
  ModuleScope scope(node());
  return F::multi_margin_loss(input, target, MultiMarginLossOptions(options).weight(weight));
}

MultiLabelMarginLossImpl::MultiLabelMarginLossImpl(const MultiLabelMarginLossOptions &options)
    : options(options) {}
void MultiLabelMarginLossImpl::reset() {}
void MultiLabelMarginLossImpl::pretty_print(std::ostream &stream) const {
  stream << "nn::MultiLabelMarginLoss()";
}
Tensor MultiLabelMarginLossImpl::forward(const Arg &input, const Arg &target) {
  ModuleScope scope(node());
  return F::multilabel_margin_loss(input, target, options);
}

MultiLabelSoftMarginLossImpl::MultiLabelSoftMarginLossImpl(const MultiLabelSoftMarginLossOptions &options)
    : options(options) {
  MultiLabelSoftMarginLossImpl::reset();
}
void MultiLabelSoftMarginLossImpl::reset() { weight = register_buffer("weight", options.weight()); }
void MultiLabelSoftMarginLossImpl::pretty_print(std::ostream &stream) const {
  stream << "nn::MultiLabelSoftMarginLoss()";
}
Tensor MultiLabelSoftMarginLossImpl::forward(const Arg &input, const Arg &target) {
  ModuleScope scope(node());
  return F::multilabel_soft_margin_loss(input, target,
                                        MultiLabelSoftMarginLossOptions(options).weight(weight));
}

SoftMarginLossImpl::SoftMarginLossImpl(const SoftMarginLossOptions &options) : options(options) {}
void SoftMarginLossImpl::reset() {}
void SoftMarginLossImpl::pretty_print(std::ostream &stream) const { stream << "nn::SoftMarginLoss()"; }
Tensor SoftMarginLossImpl::forward(const Arg &input, const Arg &target) {
  ModuleScope scope(node());
  return F::soft_margin_loss(input, target, options);
}

TripletMarginLossImpl::TripletMarginLossImpl(const TripletMarginLossOptions &options) : options(options) {}
void TripletMarginLossImpl::reset() {}
void TripletMarginLossImpl::pretty_print(std::ostream &stream) const {
  stream << "nn::TripletMarginLoss(margin=" << options.margin() << ", p=" << options.p()
         << ", eps=" << options.eps() << ", swap=" << detail::yesNo(options.swap()) << ")";
}
Tensor TripletMarginLossImpl::forward(const Arg &anchor, const Arg &positive, const Arg &negative) {
  ModuleScope scope(node());
  return F::triplet_margin_loss(anchor, positive, negative, options);
}

TripletMarginWithDistanceLossImpl::TripletMarginWithDistanceLossImpl(
    TripletMarginWithDistanceLossOptions options)
    : options(std::move(options)) {}
void TripletMarginWithDistanceLossImpl::reset() {}
void TripletMarginWithDistanceLossImpl::pretty_print(std::ostream &stream) const {
  stream << "nn::TripletMarginWithDistanceLoss(margin=" << options.margin()
         << ", swap=" << detail::yesNo(options.swap()) << ")";
}
Tensor TripletMarginWithDistanceLossImpl::forward(const Arg &anchor, const Arg &positive,
                                                  const Arg &negative) {
  ModuleScope scope(node());
  return F::triplet_margin_with_distance_loss(anchor, positive, negative, options);
}

} // namespace ingot::nn
