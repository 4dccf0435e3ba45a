#include "frontend/nn/Linear.h"
#include "frontend/functional/Linear.h"
#include "frontend/functional/factories.h"
#include "frontend/nn/Init.h"
#include "frontend/nn/Layer.h"
#include <cmath>

namespace F = ingot::nn::functional;

namespace ingot::nn {
using ingot::detail::ModuleScope;

// ---- Identity

IdentityImpl::IdentityImpl() = default;

void IdentityImpl::reset() {}

void IdentityImpl::pretty_print(std::ostream &stream) const { stream << "nn::Identity()"; }

Tensor IdentityImpl::forward(const Arg &input) { return *input; }

// ---- Linear

LinearImpl::LinearImpl(int64_t in_features, int64_t out_features)
    : LinearImpl(LinearOptions(in_features, out_features)) {}

LinearImpl::LinearImpl(const LinearOptions &options) : options(options) { LinearImpl::reset(); }

void LinearImpl::reset() {
  for (int64_t features : {options.in_features(), options.out_features()})
    if (features < 0)
      detail::refuse("Linear", "in_features and out_features must not be negative", std::to_string(features));
  weight = register_parameter("weight", empty({options.out_features(), options.in_features()}));
  bias = register_parameter("bias", options.bias() ? empty({options.out_features()}) : Tensor());
  reset_parameters();
}

void LinearImpl::reset_parameters() {
  init::kaiming_uniform_(weight, std::sqrt(5.0));
  double bound = options.in_features() ? 1 / std::sqrt(double(options.in_features())) : 0;
  if (bias.defined())
    init::uniform_(bias, -bound, bound);
}

void LinearImpl::pretty_print(std::ostream &stream) const {
  stream << "nn::Linear(in_features=" << options.in_features() << ", out_features=" << options.out_features()
         << ", bias=" << detail::yesNo(options.bias()) << ")";
}

Tensor LinearImpl::forward(const Arg &input) {
  ModuleScope scope(node());
  return F::linear(input, weight, bias);
}

// ---- Bilinear

BilinearImpl::BilinearImpl(int64_t in1_features, int64_t in2_features, int64_t out_features)
    : BilinearImpl(BilinearOptions(in1_features, in2_features, out_features)) {}

BilinearImpl::BilinearImpl(const BilinearOptions &options) : options(options) { BilinearImpl::reset(); }

void BilinearImpl::reset() {
  detail::requirePositive("Bilinear", "in1_features", options.in1_features());
  detail::requirePositive("Bilinear", "in2_features", options.in2_features());
  detail::requirePositive("Bilinear", "out_features", options.out_features());
  weight = register_parameter(
      "weight", empty({options.out_features(), options.in1_features(), options.in2_features()}));
  bias = register_parameter("bias", options.bias() ? empty({options.out_features()}) : Tensor());
  reset_parameters();
}

void BilinearImpl::reset_parameters() {
  double bound = 1 / std::sqrt(double(options.in1_features()));
  init::uniform_(weight, -bound, bound);
  if (bias.defined())
    init::uniform_(bias, -bound, bound);
}

void BilinearImpl::pretty_print(std::ostream &stream) const {
  stream << "nn::Bilinear(in1_features=" << options.in1_features()
         << ", in2_features=" << options.in2_features() << ", out_features=" << options.out_features()
         << ", bias=" << detail::yesNo(options.bias()) << ")";
}

Tensor BilinearImpl::forward(const Arg &input1, const Arg &input2) {
  ModuleScope scope(node());
  return F::bilinear(input1, input2, weight, bias);
}

// ---- Flatten, Unflatten

FlattenImpl::FlattenImpl(const FlattenOptions &options) : options(options) {}

void FlattenImpl::reset() {}

void FlattenImpl::pretty_print(std::ostream &stream) const {
  stream << "nn::Flatten(start_dim=" << options.start_dim() << ", end_dim=" << options.end_dim() << ")";
}

Tensor FlattenImpl::forward(const Arg &input) {
  ModuleScope scope(node());
  return input->flatten(options.start_dim(), options.end_dim(), input.where);
}

UnflattenImpl::UnflattenImpl(int64_t dim, std::vector<int64_t> sizes)
    : UnflattenImpl(UnflattenOptions(dim, std::move(sizes))) {}

UnflattenImpl::UnflattenImpl(UnflattenOptions options) : options(std::move(options)) {}

void UnflattenImpl::reset() {}

void UnflattenImpl::pretty_print(std::ostream &stream) const {
  stream << "nn::Unflatten(dim=" << options.dim() << ", unflattened_size={";
  const char *separator = "";
  for (int64_t size : options.sizes()) {
    stream << separator << size;
    separator = ", ";
  }
  stream << "})";
}

Tensor UnflattenImpl::forward(const Arg &input) {
  ModuleScope scope(node());
  return input->unflatten(options.dim(), options.sizes(), input.where);
}

} // namespace ingot::nn
