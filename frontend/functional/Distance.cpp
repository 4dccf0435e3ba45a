#include "frontend/functional/Distance.h"
#include "frontend/functional/Precision.h"
#include "frontend/functional/composites.h"
#include "frontend/functional/factories.h"
#include "frontend/functional/ops.h"

namespace ingot {
using detail::fail;
using detail::narrowed;
using detail::OpScope;
using detail::widenedFloat;

namespace {

/// The p-norm along the last dimension.
Tensor lastNorm(const Tensor &x, double p, bool keepdim = false) {
  return ingot::norm(x, Scalar::constant(p), {-1}, keepdim);
}

void requireOrder(const char *op, const Arg &x, double p) {
  if (!(p >= 0))
    fail(op, x.where, "p must not be negative", std::to_string(p));
}

} // namespace

Tensor cdist(const Arg &x1, const Arg &x2, double p, std::optional<int64_t>) {
  OpScope scope("cdist", x1.where);
  requireOrder("cdist", x1, p);
  if (x1->dim() < 2 || x2->dim() < 2 || x1->size(-1) != x2->size(-1))
    fail("cdist", x1.where, "inputs must be [..., P, M] and [..., R, M]",
         x1->sizes().str() + " and " + x2->sizes().str());
  Tensor difference = widenedFloat(*x1).unsqueeze(-2) - widenedFloat(*x2).unsqueeze(-3);
  return narrowed(lastNorm(difference, p), {x1, x2});
}

Tensor dist(const Arg &x1, const Arg &x2, const Scalar &p) {
  OpScope scope("dist", x1.where);
  Tensor difference = widenedFloat(*x1) - widenedFloat(*x2);
  return narrowed(ingot::norm(difference, Scalar::constant(p)), {x1, x2});
}

namespace nn::functional {

Tensor cosine_similarity(const Arg &x1, const Arg &x2, const CosineSimilarityFuncOptions &options) {
  OpScope scope("cosine_similarity", x1.where);
  Tensor a = widenedFloat(*x1), b = widenedFloat(*x2);
  // The gradient passes as if nothing was clamped.
  auto unit = [&](const Tensor &x) {
    Tensor length = ingot::norm(x, Scalar::constant(2), {options.dim()}, true);
    Tensor clamped = ingot::clamp_min(length, Scalar::constant(options.eps()));
    return x / (length + (clamped - length).detach());
  };
  int64_t rank = std::max(a.dim(), b.dim());
  for (Tensor *x : {&a, &b}) // `dim` is one of the result
    while (x->dim() < rank)
      *x = x->unsqueeze(0);
  return narrowed((unit(a) * unit(b)).sum({options.dim()}), {x1, x2});
}

Tensor pairwise_distance(const Arg &x1, const Arg &x2, const PairwiseDistanceFuncOptions &options) {
  OpScope scope("pairwise_distance", x1.where);
  Tensor difference = widenedFloat(*x1) - widenedFloat(*x2) + Scalar::constant(options.eps());
  if (difference.dim() == 0)
    fail("pairwise_distance", x1.where, "inputs must have a dimension of vectors");
  return narrowed(lastNorm(difference, options.p(), options.keepdim()), {x1, x2});
}

Tensor pdist(const Arg &input, double p) {
  OpScope scope("pdist", input.where);
  requireOrder("pdist", input, p);
  if (input->dim() != 2 || !input->size(0).isNumber())
    fail("pdist", input.where, "input must be [N, M], with N known when it is recorded",
         input->sizes().str());
  int64_t rows = input->size(0);
  if (rows < 2)
    return ingot::zeros({0}, input->options());
  Tensor all = cdist(input, input, p);
  std::vector<Tensor> above;
  for (int64_t row = 0; row + 1 < rows; ++row)
    above.push_back(all.select(0, row).narrow(0, row + 1, rows - row - 1));
  return ingot::cat(above);
}

} // namespace nn::functional
} // namespace ingot
