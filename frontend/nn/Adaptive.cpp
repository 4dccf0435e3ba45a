#include "frontend/nn/Adaptive.h"
#include "frontend/functional/Indexed.h"
#include "frontend/functional/factories.h"
#include "frontend/functional/ops.h"
#include "frontend/nn/Layer.h"
#include "frontend/nn/containers/Sequential.h"
#include <cmath>

namespace ingot::nn {
using ingot::detail::fail;
using ingot::detail::ModuleScope;
using ingot::detail::OpScope;

namespace {

constexpr const char *layer = "AdaptiveLogSoftmaxWithLoss";

void checkCutoffs(const AdaptiveLogSoftmaxWithLossOptions &options) {
  detail::requirePositive(layer, "in_features", options.in_features());
  int64_t last = 0;
  bool fits = !options.cutoffs().empty();
  for (int64_t cutoff : options.cutoffs()) {
    fits &= cutoff > last && cutoff < options.n_classes();
    last = cutoff;
  }
  if (!fits)
    detail::refuse(layer,
                   "cutoffs must be increasing numbers within [1, " +
                       std::to_string(options.n_classes() - 1) + "]",
                   detail::textOf(Shape(options.cutoffs())));
}

} // namespace

AdaptiveLogSoftmaxWithLossImpl::AdaptiveLogSoftmaxWithLossImpl(int64_t in_features, int64_t n_classes,
                                                               std::vector<int64_t> cutoffs)
    : AdaptiveLogSoftmaxWithLossImpl(
          AdaptiveLogSoftmaxWithLossOptions(in_features, n_classes, std::move(cutoffs))) {}

AdaptiveLogSoftmaxWithLossImpl::AdaptiveLogSoftmaxWithLossImpl(AdaptiveLogSoftmaxWithLossOptions options)
    : options(std::move(options)) {
  AdaptiveLogSoftmaxWithLossImpl::reset();
}

void AdaptiveLogSoftmaxWithLossImpl::reset() {
  checkCutoffs(options);
  cutoffs = options.cutoffs();
  cutoffs.push_back(options.n_classes());
  shortlist_size = cutoffs[0];
  n_clusters = static_cast<int64_t>(cutoffs.size()) - 1;
  head_size = shortlist_size + n_clusters;
  int64_t features = options.in_features();
  head = register_module("head", Linear(LinearOptions(features, head_size).bias(options.head_bias())));
  tail = register_module("tail", ModuleList());
  for (int64_t i = 0; i < n_clusters; ++i) {
    auto size = static_cast<int64_t>(std::floor(double(features) / std::pow(options.div_value(), i + 1)));
    int64_t classes = cutoffs[i + 1] - cutoffs[i];
    tail->push_back(Sequential(Linear(LinearOptions(features, size).bias(false)),
                               Linear(LinearOptions(size, classes).bias(false))));
  }
}

void AdaptiveLogSoftmaxWithLossImpl::reset_parameters() {
  head->reset_parameters();
  for (const auto &projection : *tail)
    for (const auto &linear : projection->children())
      linear->as<Linear>()->reset_parameters();
}

void AdaptiveLogSoftmaxWithLossImpl::pretty_print(std::ostream &stream) const { stream << "nn::" << layer; }

ASMoutput AdaptiveLogSoftmaxWithLossImpl::forward(const Arg &input, const Arg &target) {
  OpScope scope("adaptive_log_softmax", input.where);
  if (target->dim() > 1 || input->dim() != target->dim() + 1 ||
      (target->dim() == 1 && input->size(0) != target->size(0)))
    fail("adaptive_log_softmax", input.where,
         "input must be [N, in_features] and target [N], or [in_features] and []",
         input->sizes().str() + " and " + target->sizes().str());
  if (!isIntegralType(target->dtype()))
    fail("adaptive_log_softmax", input.where, "target must hold int64 classes", toString(target->dtype()));
  Tensor logs = log_prob(Arg(input->dim() == 1 ? input->unsqueeze(0) : *input, input.where));
  Tensor wanted = ingot::detail::checkedPositions({"adaptive_log_softmax", input.where}, target->to(kInt64),
                                                  options.n_classes());
  Tensor hit = ingot::arange(options.n_classes(), kInt64) == wanted.unsqueeze(-1);
  Tensor output = ingot::where(hit, logs, Scalar::constant(0)).sum({-1}).view(target->sizes());
  return {output, Number((-output).mean())};
}

Tensor AdaptiveLogSoftmaxWithLossImpl::log_prob(const Arg &input) {
  ModuleScope scope(node());
  OpScope op("adaptive_log_softmax", input.where);
  Tensor heads = head->forward(input).log_softmax(1);
  std::vector<Tensor> logs = {heads.narrow(1, 0, shortlist_size)};
  for (int64_t i = 0; i < n_clusters; ++i) {
    Tensor within = tail->at<SequentialImpl>(i).forward(input).log_softmax(1);
    logs.push_back(within + heads.narrow(1, shortlist_size + i, 1));
  }
  return ingot::cat(logs, 1);
}

Tensor AdaptiveLogSoftmaxWithLossImpl::predict(const Arg &input) {
  OpScope op("adaptive_log_softmax", input.where);
  return log_prob(input).argmax(1);
}

} // namespace ingot::nn
