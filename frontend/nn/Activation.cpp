#include "frontend/nn/Activation.h"
#include "frontend/functional/Activation.h"
#include "frontend/functional/factories.h"
#include "frontend/nn/Layer.h"

namespace F = ingot::nn::functional;

namespace ingot::nn {
using ingot::detail::ModuleScope;

namespace {

const char *inplaceText(bool inplace) { return inplace ? ", inplace=true)" : ")"; }

} // namespace

ReLUImpl::ReLUImpl(const ReLUOptions &options) : options(options) {}
void ReLUImpl::reset() {}
void ReLUImpl::pretty_print(std::ostream &stream) const {
  stream << "nn::ReLU(" << (options.inplace() ? "inplace=true)" : ")");
}
Tensor ReLUImpl::forward(const Arg &input) {
  ModuleScope scope(node());
  return F::relu(input, options);
}

ReLU6Impl::ReLU6Impl(const ReLU6Options &options) : options(options) {}
void ReLU6Impl::reset() {}
void ReLU6Impl::pretty_print(std::ostream &stream) const {
  stream << "nn::ReLU6(" << (options.inplace() ? "inplace=true)" : ")");
}
Tensor ReLU6Impl::forward(const Arg &input) {
  ModuleScope scope(node());
  return F::relu6(input, options);
}

ELUImpl::ELUImpl(const ELUOptions &options) : options(options) {}
void ELUImpl::reset() {}
void ELUImpl::pretty_print(std::ostream &stream) const {
  stream << "nn::ELU(alpha=" << options.alpha() << inplaceText(options.inplace());
}
Tensor ELUImpl::forward(const Arg &input) {
  ModuleScope scope(node());
  return F::elu(input, options);
}

SELUImpl::SELUImpl(const SELUOptions &options) : options(options) {}
void SELUImpl::reset() {}
void SELUImpl::pretty_print(std::ostream &stream) const {
  stream << "nn::SELU(" << (options.inplace() ? "inplace=true)" : ")");
}
Tensor SELUImpl::forward(const Arg &input) {
  ModuleScope scope(node());
  return F::selu(input, options);
}

CELUImpl::CELUImpl(const CELUOptions &options) : options(options) {}
void CELUImpl::reset() {}
void CELUImpl::pretty_print(std::ostream &stream) const {
  stream << "nn::CELU(alpha=" << options.alpha() << inplaceText(options.inplace());
}
Tensor CELUImpl::forward(const Arg &input) {
  ModuleScope scope(node());
  return F::celu(input, options);
}

GELUImpl::GELUImpl(const GELUOptions &options) : options(options) {}
void GELUImpl::reset() {}
void GELUImpl::pretty_print(std::ostream &stream) const { stream << "nn::GELU()"; }
Tensor GELUImpl::forward(const Arg &input) {
  ModuleScope scope(node());
  return F::gelu(input, options);
}

GLUImpl::GLUImpl(int64_t dim) : GLUImpl(GLUOptions(dim)) {}
GLUImpl::GLUImpl(const GLUOptions &options) : options(options) {}
void GLUImpl::reset() {}
void GLUImpl::pretty_print(std::ostream &stream) const { stream << "nn::GLU(dim=" << options.dim() << ")"; }
Tensor GLUImpl::forward(const Arg &input) {
  ModuleScope scope(node());
  return F::glu(input, options);
}

LeakyReLUImpl::LeakyReLUImpl(const LeakyReLUOptions &options) : options(options) {}
void LeakyReLUImpl::reset() {}
void LeakyReLUImpl::pretty_print(std::ostream &stream) const {
  stream << "nn::LeakyReLU(negative_slope=" << options.negative_slope() << inplaceText(options.inplace());
}
Tensor LeakyReLUImpl::forward(const Arg &input) {
  ModuleScope scope(node());
  return F::leaky_relu(input, options);
}

RReLUImpl::RReLUImpl(const RReLUOptions &options) : options(options) { RReLUImpl::reset(); }
void RReLUImpl::reset() {
  if (!(options.lower() <= options.upper()))
    detail::refuse("RReLU", "lower must not exceed upper",
                   detail::textOf(options.lower()) + " and " + detail::textOf(options.upper()));
}
void RReLUImpl::pretty_print(std::ostream &stream) const {
  stream << "nn::RReLU(lower=" << options.lower() << ", upper=" << options.upper()
         << inplaceText(options.inplace());
}
Tensor RReLUImpl::forward(const Arg &input) {
  ModuleScope scope(node());
  return F::rrelu(input, F::RReLUFuncOptions()
                             .lower(options.lower())
                             .upper(options.upper())
                             .training(is_training())
                             .inplace(options.inplace()));
}

SiLUImpl::SiLUImpl() = default;
void SiLUImpl::reset() {}
void SiLUImpl::pretty_print(std::ostream &stream) const { stream << "nn::SiLU()"; }
Tensor SiLUImpl::forward(const Arg &input) {
  ModuleScope scope(node());
  return F::silu(input);
}

MishImpl::MishImpl() = default;
void MishImpl::reset() {}
void MishImpl::pretty_print(std::ostream &stream) const { stream << "nn::Mish()"; }
Tensor MishImpl::forward(const Arg &input) {
  ModuleScope scope(node());
  return F::mish(input);
}

SigmoidImpl::SigmoidImpl() = default;
void SigmoidImpl::reset() {}
void SigmoidImpl::pretty_print(std::ostream &stream) const { stream << "nn::Sigmoid()"; }
Tensor SigmoidImpl::forward(const Arg &input) {
  ModuleScope scope(node());
  return F::sigmoid(input);
}

TanhImpl::TanhImpl() = default;
void TanhImpl::reset() {}
void TanhImpl::pretty_print(std::ostream &stream) const { stream << "nn::Tanh()"; }
Tensor TanhImpl::forward(const Arg &input) {
  ModuleScope scope(node());
  return F::tanh(input);
}

LogSigmoidImpl::LogSigmoidImpl() = default;
void LogSigmoidImpl::reset() {}
void LogSigmoidImpl::pretty_print(std::ostream &stream) const { stream << "nn::LogSigmoid()"; }
Tensor LogSigmoidImpl::forward(const Arg &input) {
  ModuleScope scope(node());
  return F::logsigmoid(input);
}

SoftplusImpl::SoftplusImpl(const SoftplusOptions &options) : options(options) {}
void SoftplusImpl::reset() {}
void SoftplusImpl::pretty_print(std::ostream &stream) const {
  stream << "nn::Softplus(beta=" << options.beta() << ", threshold=" << options.threshold() << ")";
}
Tensor SoftplusImpl::forward(const Arg &input) {
  ModuleScope scope(node());
  return F::softplus(input, options);
}

SoftshrinkImpl::SoftshrinkImpl(double lambda) : SoftshrinkImpl(SoftshrinkOptions(lambda)) {}
SoftshrinkImpl::SoftshrinkImpl(const SoftshrinkOptions &options) : options(options) {}
void SoftshrinkImpl::reset() {}
void SoftshrinkImpl::pretty_print(std::ostream &stream) const {
  stream << "nn::Softshrink(" << options.lambda() << ")";
}
Tensor SoftshrinkImpl::forward(const Arg &input) {
  ModuleScope scope(node());
  return F::softshrink(input, options);
}

HardshrinkImpl::HardshrinkImpl(double lambda) : HardshrinkImpl(HardshrinkOptions(lambda)) {}
HardshrinkImpl::HardshrinkImpl(const HardshrinkOptions &options) : options(options) {}
void HardshrinkImpl::reset() {}
void HardshrinkImpl::pretty_print(std::ostream &stream) const {
  stream << "nn::Hardshrink(" << options.lambda() << ")";
}
Tensor HardshrinkImpl::forward(const Arg &input) {
  ModuleScope scope(node());
  return F::hardshrink(input, options);
}

HardtanhImpl::HardtanhImpl(const HardtanhOptions &options) : options(options) { HardtanhImpl::reset(); }
void HardtanhImpl::reset() {
  if (!(options.min_val() < options.max_val()))
    detail::refuse("Hardtanh", "max_val must be greater than min_val",
                   detail::textOf(options.max_val()) + " and " + detail::textOf(options.min_val()));
}
void HardtanhImpl::pretty_print(std::ostream &stream) const {
  stream << "nn::Hardtanh(min_val=" << options.min_val() << ", max_val=" << options.max_val()
         << inplaceText(options.inplace());
}
Tensor HardtanhImpl::forward(const Arg &input) {
  ModuleScope scope(node());
  return F::hardtanh(input, options);
}

HardswishImpl::HardswishImpl() = default;
void HardswishImpl::reset() {}
void HardswishImpl::pretty_print(std::ostream &stream) const { stream << "nn::Hardswish()"; }
Tensor HardswishImpl::forward(const Arg &input) {
  ModuleScope scope(node());
  return F::hardswish(input);
}

HardsigmoidImpl::HardsigmoidImpl() = default;
void HardsigmoidImpl::reset() {}
void HardsigmoidImpl::pretty_print(std::ostream &stream) const { stream << "nn::Hardsigmoid()"; }
Tensor HardsigmoidImpl::forward(const Arg &input) {
  ModuleScope scope(node());
  return F::hardsigmoid(input);
}

SoftsignImpl::SoftsignImpl() = default;
void SoftsignImpl::reset() {}
void SoftsignImpl::pretty_print(std::ostream &stream) const { stream << "nn::Softsign()"; }
Tensor SoftsignImpl::forward(const Arg &input) {
  ModuleScope scope(node());
  return F::softsign(input);
}

TanhshrinkImpl::TanhshrinkImpl() = default;
void TanhshrinkImpl::reset() {}
void TanhshrinkImpl::pretty_print(std::ostream &stream) const { stream << "nn::Tanhshrink()"; }
Tensor TanhshrinkImpl::forward(const Arg &input) {
  ModuleScope scope(node());
  return F::tanhshrink(input);
}

ThresholdImpl::ThresholdImpl(double threshold, double value)
    : ThresholdImpl(ThresholdOptions(threshold, value)) {}
ThresholdImpl::ThresholdImpl(const ThresholdOptions &options) : options(options) {}
void ThresholdImpl::reset() {}
void ThresholdImpl::pretty_print(std::ostream &stream) const {
  stream << "nn::Threshold(threshold=" << options.threshold() << ", value=" << options.value()
         << inplaceText(options.inplace());
}
Tensor ThresholdImpl::forward(const Arg &input) {
  ModuleScope scope(node());
  return F::threshold(input, options);
}

SoftmaxImpl::SoftmaxImpl(int64_t dim) : SoftmaxImpl(SoftmaxOptions(dim)) {}
SoftmaxImpl::SoftmaxImpl(const SoftmaxOptions &options) : options(options) {}
void SoftmaxImpl::reset() {}
void SoftmaxImpl::pretty_print(std::ostream &stream) const {
  stream << "nn::Softmax(dim=" << options.dim() << ")";
}
Tensor SoftmaxImpl::forward(const Arg &input) {
  ModuleScope scope(node());
  return F::softmax(input, options.dim());
}

SoftminImpl::SoftminImpl(int64_t dim) : SoftminImpl(SoftminOptions(dim)) {}
SoftminImpl::SoftminImpl(const SoftminOptions &options) : options(options) {}
void SoftminImpl::reset() {}
void SoftminImpl::pretty_print(std::ostream &stream) const {
  stream << "nn::Softmin(dim=" << options.dim() << ")";
}
Tensor SoftminImpl::forward(const Arg &input) {
  ModuleScope scope(node());
  return F::softmin(input, options.dim());
}

LogSoftmaxImpl::LogSoftmaxImpl(int64_t dim) : LogSoftmaxImpl(LogSoftmaxOptions(dim)) {}
LogSoftmaxImpl::LogSoftmaxImpl(const LogSoftmaxOptions &options) : options(options) {}
void LogSoftmaxImpl::reset() {}
void LogSoftmaxImpl::pretty_print(std::ostream &stream) const {
  stream << "nn::LogSoftmax(dim=" << options.dim() << ")";
}
Tensor LogSoftmaxImpl::forward(const Arg &input) {
  ModuleScope scope(node());
  return F::log_softmax(input, options.dim());
}

Softmax2dImpl::Softmax2dImpl() = default;
void Softmax2dImpl::reset() {}
void Softmax2dImpl::pretty_print(std::ostream &stream) const { stream << "nn::Softmax2d()"; }
Tensor Softmax2dImpl::forward(const Arg &input) {
  ModuleScope scope(node());
  if (input->dim() != 3 && input->dim() != 4)
    ingot::detail::fail("softmax2d", input.where, "input must have 4 dimensions, or 3 without a batch",
                        input->sizes().str());
  return input->softmax(-3, std::nullopt, input.where);
}

PReLUImpl::PReLUImpl(const PReLUOptions &options) : options(options) { PReLUImpl::reset(); }
void PReLUImpl::reset() {
  detail::requirePositive("PReLU", "num_parameters", options.num_parameters());
  weight = register_parameter("weight", full({options.num_parameters()}, options.init()));
}
void PReLUImpl::pretty_print(std::ostream &stream) const {
  stream << "nn::PReLU(num_parameters=" << options.num_parameters() << ")";
}
Tensor PReLUImpl::forward(const Arg &input) {
  ModuleScope scope(node());
  return F::prelu(input, weight);
}

} // namespace ingot::nn
