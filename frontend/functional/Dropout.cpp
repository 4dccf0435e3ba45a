#include "frontend/functional/Dropout.h"
#include "frontend/functional/factories.h"
#include "frontend/functional/ops.h"
#include <cmath>

namespace ingot::nn::functional {
namespace {

void requireProbability(const char *op, const Arg &input, double p) {
  if (!(p >= 0 && p <= 1))
    ingot::detail::fail(op, input.where, "p must be a probability, within [0, 1]", std::to_string(p));
}

/// Sizes for one decision a channel: [N, C, 1, ...]. Three spatial dimensions may come without a batch: [C, 1, 1, 1];
/// two may not, torch.nn.functional.dropout2d takes three dimensions for [N, C, L].
Shape channelSizes(const char *op, const Arg &input, int64_t spatial) {
  int64_t rank = input->dim();
  if (rank < 2)
    ingot::detail::fail(op, input.where, "input must have at least 2 dimensions, [N, C, ...]",
                        input->sizes().str());
  Shape sizes = input->sizes();
  for (int64_t d = spatial == 3 && rank == 4 ? 1 : 2; d < rank; ++d)
    sizes[static_cast<size_t>(d)] = 1;
  return sizes;
}

/// 1 with probability `keep`, else 0.
Tensor mask(const Arg &input, const Shape &sizes, double keep) {
  return ingot::bernoulli(ingot::empty(sizes, input->options()), keep);
}

/// Drops where decisions of these sizes say so.
Tensor drop(const Arg &input, const Shape &sizes, const DropoutFuncOptions &options) {
  double keep = 1 - options.p();
  Tensor factor = mask(input, sizes, keep);
  if (keep > 0)
    factor = factor * Scalar::constant(1 / keep);
  return options.inplace() ? input->mul_(factor) : *input * factor;
}

bool isIdentity(double p, bool training) { return p == 0 || !training; }

Tensor dropChannels(const char *op, const Arg &input, int64_t spatial, const DropoutFuncOptions &options) {
  ingot::detail::OpScope scope(op, input.where);
  requireProbability(op, input, options.p());
  Shape sizes = channelSizes(op, input, spatial);
  return isIdentity(options.p(), options.training()) ? *input : drop(input, sizes, options);
}

/// Sets what is dropped to selu's limit, then restores mean and variance.
Tensor dropAlpha(const Arg &input, const Shape &sizes, const AlphaDropoutFuncOptions &options) {
  constexpr double limit = -1.7580993408473766; // -alpha * scale of selu
  double keep = 1 - options.p();
  if (keep == 0)
    return *input * Scalar::constant(0);
  double a = 1 / std::sqrt(keep * (1 + options.p() * limit * limit));
  double b = -a * options.p() * limit;
  Tensor kept = mask(input, sizes, keep);
  Tensor result = *input * (kept * Scalar::constant(a)) +
                  ((Scalar::constant(1) - kept) * Scalar::constant(a * limit) + Scalar::constant(b));
  return options.inplace() ? input->copy_(result) : result;
}

} // namespace

Tensor dropout(const Arg &input, const DropoutFuncOptions &options) {
  ingot::detail::OpScope scope("dropout", input.where);
  requireProbability("dropout", input, options.p());
  return isIdentity(options.p(), options.training()) ? *input : drop(input, input->sizes(), options);
}

Tensor dropout2d(const Arg &input, const Dropout2dFuncOptions &options) {
  return dropChannels("dropout2d", input, 2, options);
}

Tensor dropout3d(const Arg &input, const Dropout3dFuncOptions &options) {
  return dropChannels("dropout3d", input, 3, options);
}

Tensor alpha_dropout(const Arg &input, const AlphaDropoutFuncOptions &options) {
  ingot::detail::OpScope scope("alpha_dropout", input.where);
  requireProbability("alpha_dropout", input, options.p());
  return isIdentity(options.p(), options.training()) ? *input : dropAlpha(input, input->sizes(), options);
}

Tensor feature_alpha_dropout(const Arg &input, const FeatureAlphaDropoutFuncOptions &options) {
  ingot::detail::OpScope scope("feature_alpha_dropout", input.where);
  requireProbability("feature_alpha_dropout", input, options.p());
  if (isIdentity(options.p(), options.training()))
    return *input;
  if (input->dim() < 2)
    ingot::detail::fail("feature_alpha_dropout", input.where, "input must have 2 dimensions or more",
                        input->sizes().str());
  return dropAlpha(input, channelSizes("feature_alpha_dropout", input, input->dim() - 2), options);
}

} // namespace ingot::nn::functional
