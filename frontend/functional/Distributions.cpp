// Random draws that are made of uniform and normal numbers.
#include "frontend/core/Element.h"
#include "frontend/core/Value.h"
#include "frontend/functional/Pointwise.h"
#include "frontend/functional/aliases.h"
#include <numbers>

namespace ingot {

using detail::Site;

namespace {

/// Uniform in (0, 1].
Tensor positiveUniform(const Tensor &like) { return 1.0 - rand_like(like); }

/// Integers up to here are exact in the type; one more is the end of random_().
int64_t exactRange(Dtype type) {
  switch (type) {
  case Dtype::Bool: return 2;
  case Dtype::UInt8: return 256;
  case Dtype::Int8: return 128;
  case Dtype::Int16: return int64_t(1) << 15;
  case Dtype::Int32: return int64_t(1) << 31;
  case Dtype::BFloat16: return 256;
  case Dtype::Float16: return 2048;
  case Dtype::Float32: return int64_t(1) << 24;
  default: return int64_t(1) << 53;
  }
}

} // namespace

Tensor Tensor::bernoulli(const Where &at) const { return ingot::bernoulli(Arg(*this, at)); }

Tensor &Tensor::random_(int64_t from, int64_t to, const Where &at) const {
  Site site{"random_", at};
  detail::OpScope scope(site.op, at);
  return detail::writeResult(site, *this, randint(from, to, sizes(), kInt64, at).to(dtype(), at));
}
Tensor &Tensor::random_(const Where &at) const { return random_(0, exactRange(dtype()), at); }

Tensor &Tensor::exponential_(double lambda, const Where &at) const {
  detail::OpScope scope("exponential_", at);
  return detail::writeResult({"exponential_", at}, *this, positiveUniform(*this).log() * (-1 / lambda));
}

Tensor &Tensor::geometric_(double p, const Where &at) const {
  Site site{"geometric_", at};
  detail::OpScope scope(site.op, at);
  if (!(p > 0 && p < 1))
    detail::fail(site.op, at, "p must lie between 0 and 1", std::to_string(p));
  Tensor count = (positiveUniform(zeros(sizes())).log() / std::log1p(-p)).ceil().maximum(1.0);
  return detail::writeResult(site, *this, count.to(dtype(), at));
}

Tensor &Tensor::log_normal_(double mean, double std, const Where &at) const {
  detail::OpScope scope("log_normal_", at);
  return detail::writeResult({"log_normal_", at}, *this, (randn_like(*this) * std + mean).exp());
}

Tensor &Tensor::cauchy_(double median, double sigma, const Where &at) const {
  detail::OpScope scope("cauchy_", at);
  Tensor angle = (rand_like(*this) - 0.5) * std::numbers::pi;
  return detail::writeResult({"cauchy_", at}, *this, angle.tan() * sigma + median);
}

// With replacement by the inverse of the cumulative distribution; without it the largest of p / e with e exponential
// (Efraimidis and Spirakis 2006).
Tensor Tensor::multinomial(int64_t num_samples, bool replacement, const Where &at) const {
  Site site{"multinomial", at};
  detail::OpScope scope(site.op, at);
  detail::typeOf(site, *this);
  if (!is_floating_point() || dim() < 1 || dim() > 2)
    detail::fail(site.op, at, "probabilities must be a list or rows of floating-point numbers",
                 detail::describe(*this));
  int64_t categories = size(-1);
  if (num_samples < 1 || (!replacement && num_samples > categories))
    detail::fail(site.op, at,
                 "the number of samples must lie between 1 and that of the categories, " +
                     std::to_string(categories) + ", unless they are replaced",
                 std::to_string(num_samples));
  Tensor p = detach().to(kFloat64);
  if (!replacement)
    return std::get<1>((p / (-positiveUniform(p).log())).topk(num_samples));
  Tensor sums = p.cumsum(-1);
  std::vector<Size> drawn(sizes().begin(), sizes().end());
  drawn.back() = num_samples;
  Tensor level = rand(drawn, kFloat64) * sums.narrow(-1, categories - 1, 1);
  return searchsorted(sums, level, false, true).minimum(categories - 1);
}

Tensor randperm(int64_t n, const TensorOptions &options, const Where &at) {
  detail::OpScope scope("randperm", at);
  return rand({n}, kFloat64, at).argsort().to(options.dtypeOr(kInt64), at);
}

Tensor normal(double mean, double std, const Shape &sizes, const TensorOptions &options, const Where &at) {
  detail::OpScope scope("normal", at);
  Tensor result = randn(sizes, options.dtype(), at) * std + mean;
  return options.requires_grad() ? result.detach().set_requires_grad(true) : result;
}
Tensor normal(const Tensor &mean, const Arg &std) {
  detail::OpScope scope("normal", std.where);
  return randn_like(std.isTensor() ? mean + *std : mean) * std + mean;
}

} // namespace ingot
