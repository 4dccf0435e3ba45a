#include "frontend/core/GradMode.h"
#include "frontend/functional/factories.h"
#include "frontend/functional/ops.h"
#include "frontend/nn/utils/ClipGrad.h"
#include "frontend/nn/utils/ConvertParameters.h"
#include <cmath>

namespace ingot::nn::utils {
namespace {

std::vector<Tensor> gradientsOf(const std::vector<Tensor> &parameters) {
  std::vector<Tensor> gradients;
  for (const Tensor &parameter : parameters)
    if (parameter.grad().defined())
      gradients.push_back(parameter.grad());
  return gradients;
}

} // namespace

Number clip_grad_norm_(const std::vector<Tensor> &parameters, double max_norm, double norm_type,
                       bool error_if_nonfinite, const Where &at) {
  AutoGradMode noGrad(false);
  ingot::detail::OpScope scope("clip_grad_norm_", at);
  std::vector<Tensor> gradients = gradientsOf(parameters);
  if (gradients.empty())
    return Number(ingot::zeros({}));
  Scalar order = Scalar::constant(norm_type);
  std::vector<Tensor> norms;
  for (const Tensor &gradient : gradients)
    norms.push_back(ingot::norm(gradient, order));
  // Of order 0 it is the number of gradients that are not zero.
  Tensor total = norms.size() == 1 && norm_type != 0 ? norms[0] : ingot::norm(ingot::stack(norms), order);
  if (error_if_nonfinite && !std::isfinite(total.item(at).toDouble()))
    ingot::detail::fail("clip_grad_norm_", at, "the norm of all gradients must be finite",
                        std::to_string(total.item(at).toDouble()));
  Tensor factor = ingot::clamp_max(max_norm / (total + Scalar::constant(1e-6)), Scalar::constant(1));
  for (const Tensor &gradient : gradients)
    gradient.mul_(factor);
  return Number(total);
}

Number clip_grad_norm_(const Tensor &parameter, double max_norm, double norm_type, bool error_if_nonfinite,
                       const Where &at) {
  return clip_grad_norm_(std::vector<Tensor>{parameter}, max_norm, norm_type, error_if_nonfinite, at);
}

void clip_grad_value_(const std::vector<Tensor> &parameters, double clip_value, const Where &at) {
  AutoGradMode noGrad(false);
  ingot::detail::OpScope scope("clip_grad_value_", at);
  for (const Tensor &gradient : gradientsOf(parameters))
    gradient.clamp_(-clip_value, clip_value);
}

void clip_grad_value_(const Tensor &parameter, double clip_value, const Where &at) {
  clip_grad_value_(std::vector<Tensor>{parameter}, clip_value, at);
}

Tensor parameters_to_vector(const std::vector<Tensor> &parameters, const Where &at) {
  ingot::detail::OpScope scope("parameters_to_vector", at);
  std::vector<Tensor> flat;
  for (const Tensor &parameter : parameters)
    flat.push_back(parameter.view({-1}));
  return ingot::cat(flat);
}

void vector_to_parameters(const Tensor &vec, const std::vector<Tensor> &parameters, const Where &at) {
  AutoGradMode noGrad(false);
  ingot::detail::OpScope scope("vector_to_parameters", at);
  Size count = 0;
  for (const Tensor &parameter : parameters)
    count += parameter.numel();
  if (vec.dim() != 1 || vec.size(0) != count)
    ingot::detail::fail("vector_to_parameters", at,
                        "the vector must be [" + count.str() + "], an element for each of the parameters'",
                        vec.sizes().str());
  Size start = 0;
  for (const Tensor &parameter : parameters) {
    parameter.copy_(vec.narrow(0, start, parameter.numel()).view(parameter.sizes()));
    start += parameter.numel();
  }
}

} // namespace ingot::nn::utils
