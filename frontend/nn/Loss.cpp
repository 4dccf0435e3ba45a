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

} // namespace ingot::nn
