#include "frontend/nn/Init.h"
#include "frontend/core/GradMode.h"
#include "frontend/functional/factories.h"
#include "frontend/functional/ops.h"
#include <algorithm>
#include <cmath>

namespace ingot::nn::init {
namespace {

void requireDims(const char *op, const Tensor &tensor, int64_t least, int64_t most, const Where &at) {
  if (tensor.dim() >= least && tensor.dim() <= most)
    return;
  std::string required = "a tensor must have " + std::to_string(least);
  if (most != least)
    required += most == INT64_MAX ? " or more" : " to " + std::to_string(most);
  ingot::detail::fail(op, at, required + " dimensions", tensor.sizes().str());
}

/// The standard deviation of a Kaiming initialization.
double kaimingStd(const Tensor &tensor, double a, const FanModeType &mode,
                  const NonlinearityType &nonlinearity, const Where &at) {
  auto [fanIn, fanOut] = _calculate_fan_in_and_fan_out(tensor, at);
  int64_t fan = std::holds_alternative<enumtype::kFanIn>(mode) ? fanIn : fanOut;
  return calculate_gain(nonlinearity, a) / std::sqrt(double(fan));
}

double xavierStd(const Tensor &tensor, double gain, const Where &at) {
  auto [fanIn, fanOut] = _calculate_fan_in_and_fan_out(tensor, at);
  return gain * std::sqrt(2.0 / double(fanIn + fanOut));
}

/// The distribution function of the standard normal distribution.
double normalCdf(double x) { return (1 + std::erf(x / std::sqrt(2.0))) / 2; }

/// erfinv by Giles (2010), single precision; the argument lies in (-1, 1).
Tensor erfinv(const Tensor &x) {
  auto polynomial = [](const Tensor &w, std::initializer_list<double> coefficients) {
    Tensor p;
    for (double c : coefficients)
      p = p.defined() ? p * w + Scalar::constant(c) : ingot::full_like(w, Scalar::constant(c));
    return p;
  };
  Tensor w = -ingot::log((1 - x) * (1 + x));
  Tensor central =
      polynomial(w - 2.5, {2.81022636e-08, 3.43273939e-07, -3.5233877e-06, -4.39150654e-06, 0.00021858087,
                           -0.00125372503, -0.00417768164, 0.246640727, 1.50140941});
  Tensor tail =
      polynomial(ingot::sqrt(w) - 3, {-0.000200214257, 0.000100950558, 0.00134934322, -0.00367342844,
                                      0.00573950773, -0.0076224613, 0.00943887047, 1.00167406, 2.83297682});
  return x * ingot::where(w < 5, central, tail);
}

} // namespace

double calculate_gain(NonlinearityType nonlinearity, double param) {
  if (std::holds_alternative<enumtype::kTanh>(nonlinearity))
    return 5.0 / 3;
  if (std::holds_alternative<enumtype::kReLU>(nonlinearity))
    return std::sqrt(2.0);
  if (std::holds_alternative<enumtype::kLeakyReLU>(nonlinearity))
    return std::sqrt(2.0 / (1 + param * param));
  return 1;
}

std::pair<int64_t, int64_t> _calculate_fan_in_and_fan_out(const Tensor &tensor, const Where &at) {
  requireDims("init", tensor, 2, INT64_MAX, at);
  int64_t kernel = 1;
  for (int64_t d = 2; d < tensor.dim(); ++d)
    kernel *= tensor.size(d);
  return {tensor.size(1) * kernel, tensor.size(0) * kernel};
}

Tensor constant_(Tensor tensor, const Scalar &value, const Where &at) {
  AutoGradMode noGrad(false);
  return tensor.fill_(Arg(value, at));
}

Tensor ones_(Tensor tensor, const Where &at) { return constant_(std::move(tensor), 1, at); }

Tensor zeros_(Tensor tensor, const Where &at) { return constant_(std::move(tensor), 0, at); }

Tensor eye_(Tensor matrix, const Where &at) {
  AutoGradMode noGrad(false);
  ingot::detail::OpScope scope("eye_", at);
  requireDims("eye_", matrix, 2, 2, at);
  return matrix.copy_(ingot::eye(matrix.size(0), matrix.size(1), matrix.options()));
}

Tensor dirac_(Tensor tensor, const Where &at) {
  AutoGradMode noGrad(false);
  ingot::detail::OpScope scope("dirac_", at);
  requireDims("dirac_", tensor, 3, 5, at);
  tensor.zero_();
  Tensor centre = tensor;
  for (int64_t d = tensor.dim() - 1; d >= 2; --d)
    centre = centre.select(d, tensor.size(d) / 2);
  centre.copy_(ingot::eye(tensor.size(0), tensor.size(1), tensor.options()));
  return tensor;
}

Tensor normal_(Tensor tensor, double mean, double std, const Where &at) {
  AutoGradMode noGrad(false);
  return tensor.normal_(mean, std, at);
}

Tensor uniform_(Tensor tensor, double low, double high, const Where &at) {
  AutoGradMode noGrad(false);
  return tensor.uniform_(low, high, at);
}

Tensor trunc_normal_(Tensor tensor, double mean, double std, double a, double b, const Where &at) {
  AutoGradMode noGrad(false);
  ingot::detail::OpScope scope("trunc_normal_", at);
  if (!(std > 0) || !(a < b))
    ingot::detail::fail("trunc_normal_", at, "std must be positive, and a below b",
                        "std " + std::to_string(std) + ", a " + std::to_string(a) + ", b " +
                            std::to_string(b));
  // Where the distribution function is uniform within its values at a and b, the number is normal within a
  // and b.
  double low = normalCdf((a - mean) / std), high = normalCdf((b - mean) / std);
  tensor.uniform_(2 * low - 1, 2 * high - 1);
  Tensor normal = erfinv(tensor) * (std * std::sqrt(2.0)) + mean;
  return tensor.copy_(ingot::clamp(normal, a, b));
}

Tensor kaiming_normal_(Tensor tensor, double a, FanModeType mode, NonlinearityType nonlinearity,
                       const Where &at) {
  double std = kaimingStd(tensor, a, mode, nonlinearity, at);
  return normal_(std::move(tensor), 0, std, at);
}

Tensor kaiming_uniform_(Tensor tensor, double a, FanModeType mode, NonlinearityType nonlinearity,
                        const Where &at) {
  double bound = std::sqrt(3.0) * kaimingStd(tensor, a, mode, nonlinearity, at);
  return uniform_(std::move(tensor), -bound, bound, at);
}

Tensor xavier_normal_(Tensor tensor, double gain, const Where &at) {
  double std = xavierStd(tensor, gain, at);
  return normal_(std::move(tensor), 0, std, at);
}

Tensor xavier_uniform_(Tensor tensor, double gain, const Where &at) {
  double bound = std::sqrt(3.0) * xavierStd(tensor, gain, at);
  return uniform_(std::move(tensor), -bound, bound, at);
}

} // namespace ingot::nn::init
