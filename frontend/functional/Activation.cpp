#include "frontend/functional/Activation.h"
#include "frontend/functional/Structured.h"
#include "frontend/functional/factories.h"
#include "frontend/functional/ops.h"

namespace ingot::nn::functional {
using ingot::detail::OpScope;

namespace {

/// An option: a number that is compiled in.
Scalar constant(double number) { return Scalar::constant(number); }

/// An option as a number of the input's kind.
Scalar constantLike(const Tensor &input, double number) {
  return input.is_floating_point() ? constant(number) : Scalar::constant(static_cast<int64_t>(number));
}

/// The input, which must be of a floating-point type.
const Tensor &floating(const char *op, const Arg &input) {
  if (!input->is_floating_point())
    ingot::detail::fail(op, input.where, "input must be of a floating-point type", toString(input->dtype()));
  return *input;
}

/// The result, or with `inplace` the input that has become the result.
Tensor finish(const Arg &input, Tensor result, bool inplace) {
  return inplace ? input->copy_(result) : result;
}

/// x where positive, else scale * (exp(x / divisor) - 1); x is kept from overflowing where it is not used.
Tensor exponentialBelowZero(const Tensor &x, double scale, double divisor) {
  Tensor positive = x > constant(0);
  Tensor below = ingot::where(positive, constant(0), x);
  if (divisor != 1)
    below = below / constant(divisor);
  return ingot::where(positive, x, ingot::expm1(below) * constant(scale));
}

/// log(1 + exp(x)).
Tensor logOnePlusExp(const Tensor &x) { return -ingot::logsigmoid(-x); }

} // namespace

Tensor relu(const Arg &input, const ReLUFuncOptions &options) {
  return finish(input, ingot::relu(input), options.inplace());
}

Tensor relu6(const Arg &input, const ReLU6FuncOptions &options) {
  OpScope scope("relu6", input.where);
  return finish(input, ingot::clamp(input, constantLike(*input, 0), constantLike(*input, 6)),
                options.inplace());
}

Tensor elu(const Arg &input, const ELUFuncOptions &options) {
  OpScope scope("elu", input.where);
  return finish(input, exponentialBelowZero(floating("elu", input), options.alpha(), 1), options.inplace());
}

Tensor selu(const Arg &input, const SELUFuncOptions &options) {
  constexpr double alpha = 1.6732632423543772848170429916717;
  constexpr double scale = 1.0507009873554804934193349852946;
  OpScope scope("selu", input.where);
  return finish(input, exponentialBelowZero(floating("selu", input), alpha, 1) * constant(scale),
                options.inplace());
}

Tensor celu(const Arg &input, const CELUFuncOptions &options) {
  OpScope scope("celu", input.where);
  if (options.alpha() == 0)
    ingot::detail::fail("celu", input.where, "alpha must not be zero");
  return finish(input, exponentialBelowZero(floating("celu", input), options.alpha(), options.alpha()),
                options.inplace());
}

Tensor leaky_relu(const Arg &input, const LeakyReLUFuncOptions &options) {
  OpScope scope("leaky_relu", input.where);
  const Tensor &x = floating("leaky_relu", input);
  return finish(input, ingot::where(x > constant(0), x, x * constant(options.negative_slope())),
                options.inplace());
}

Tensor prelu(const Arg &input, const Arg &weight) {
  OpScope scope("prelu", input.where);
  const Tensor &x = floating("prelu", input);
  Size channels = x.dim() > 1 ? x.size(1) : Size(1);
  if (weight->numel() != 1 && weight->numel() != channels)
    ingot::detail::fail("prelu", input.where, "weight must have one element, or one a channel of input",
                        weight->sizes().str() + " (input " + x.sizes().str() + ")");
  std::vector<Size> sizes(static_cast<size_t>(x.dim()), Size(1));
  if (x.dim() > 1)
    sizes[1] = weight->numel();
  return ingot::where(x > constant(0), x, x * weight->view(Shape(sizes)));
}

Tensor rrelu(const Arg &input, const RReLUFuncOptions &options) {
  OpScope scope("rrelu", input.where);
  const Tensor &x = floating("rrelu", input);
  double lower = options.lower(), upper = options.upper();
  if (!(lower <= upper))
    ingot::detail::fail("rrelu", input.where, "lower must not exceed upper",
                        std::to_string(lower) + " and " + std::to_string(upper));
  Tensor below = options.training() ? x * (ingot::rand_like(x) * constant(upper - lower) + constant(lower))
                                    : x * constant((lower + upper) / 2);
  return finish(input, ingot::where(x > constant(0), x, below), options.inplace());
}

Tensor gelu(const Arg &input, const GELUFuncOptions &options) {
  if (options.approximate() == "none")
    return ingot::detail::recordGelu(input, /*tanh=*/false);
  if (options.approximate() == "tanh")
    return ingot::detail::recordGelu(input, /*tanh=*/true);
  ingot::detail::fail("gelu", input.where, "approximate must be \"none\" or \"tanh\"",
                      "\"" + options.approximate() + "\"");
}

Tensor silu(const Arg &input) { return ingot::silu(input); }

Tensor mish(const Arg &input) {
  OpScope scope("mish", input.where);
  const Tensor &x = floating("mish", input);
  return x * ingot::tanh(logOnePlusExp(x));
}

Tensor glu(const Arg &input, const GLUFuncOptions &options) {
  OpScope scope("glu", input.where);
  int64_t dim = options.dim();
  if (dim < -input->dim() || dim >= input->dim())
    ingot::detail::fail("glu", input.where, "dim must be a dimension of input",
                        std::to_string(dim) + " (input " + input->sizes().str() + ")");
  Size size = input->size(dim);
  if (size % 2 != 0)
    ingot::detail::fail("glu", input.where, "dimension " + std::to_string(dim) + " must have an even size",
                        size.str() + " (input " + input->sizes().str() + ")");
  return input->narrow(dim, 0, size / 2) * ingot::sigmoid(input->narrow(dim, size / 2, size / 2));
}

Tensor softplus(const Arg &input, const SoftplusFuncOptions &options) {
  OpScope scope("softplus", input.where);
  const Tensor &x = floating("softplus", input);
  Tensor scaled = x * constant(options.beta());
  return ingot::where(scaled > constant(options.threshold()), x,
                      logOnePlusExp(scaled) / constant(options.beta()));
}

Tensor softshrink(const Arg &input, const SoftshrinkFuncOptions &options) {
  OpScope scope("softshrink", input.where);
  const Tensor &x = floating("softshrink", input);
  double lambda = options.lambda();
  if (!(lambda >= 0))
    ingot::detail::fail("softshrink", input.where, "lambda must not be negative", std::to_string(lambda));
  Tensor below = ingot::where(x < constant(-lambda), x + constant(lambda), x * constant(0));
  return ingot::where(x > constant(lambda), x - constant(lambda), below);
}

Tensor hardshrink(const Arg &input, const HardshrinkFuncOptions &options) {
  OpScope scope("hardshrink", input.where);
  const Tensor &x = floating("hardshrink", input);
  Tensor within = (x >= constant(-options.lambda())) & (x <= constant(options.lambda()));
  return ingot::where(within, constant(0), x);
}

Tensor hardtanh(const Arg &input, const HardtanhFuncOptions &options) {
  OpScope scope("hardtanh", input.where);
  if (!(options.min_val() <= options.max_val()))
    ingot::detail::fail("hardtanh", input.where, "min_val must not exceed max_val",
                        std::to_string(options.min_val()) + " and " + std::to_string(options.max_val()));
  return finish(
      input,
      ingot::clamp(input, constantLike(*input, options.min_val()), constantLike(*input, options.max_val())),
      options.inplace());
}

Tensor hardswish(const Arg &input) { return ingot::hardswish(input); }

Tensor hardsigmoid(const Arg &input) { return ingot::hardsigmoid(input); }

Tensor softsign(const Arg &input) { return ingot::softsign(input); }

Tensor tanhshrink(const Arg &input) {
  OpScope scope("tanhshrink", input.where);
  return *input - ingot::tanh(input);
}

Tensor threshold(const Arg &input, const ThresholdFuncOptions &options) {
  OpScope scope("threshold", input.where);
  const Tensor &x = *input;
  return finish(input, ingot::where(x <= constant(options.threshold()), constantLike(x, options.value()), x),
                options.inplace());
}

Tensor logsigmoid(const Arg &input) { return ingot::logsigmoid(input); }

Tensor sigmoid(const Arg &input) { return ingot::sigmoid(input); }

Tensor tanh(const Arg &input) { return ingot::tanh(input); }

Tensor softmax(const Arg &input, const SoftmaxFuncOptions &options) {
  return input->softmax(options.dim(), options.dtype(), input.where);
}

Tensor softmin(const Arg &input, const SoftminFuncOptions &options) {
  OpScope scope("softmin", input.where);
  return (-*input).softmax(options.dim(), options.dtype());
}

Tensor gumbel_softmax(const Arg &logits, const GumbelSoftmaxFuncOptions &options) {
  OpScope scope("gumbel_softmax", logits.where);
  const Tensor &x = floating("gumbel_softmax", logits);
  if (!(options.tau() > 0))
    ingot::detail::fail("gumbel_softmax", logits.where, "tau must be positive",
                        std::to_string(options.tau()));
  constexpr double least = 1e-30; // for uniform numbers: the logarithm of 0 is infinite
  Tensor uniform = ingot::clamp_min(ingot::rand(x.sizes(), kFloat32), constant(least));
  Tensor noise = -ingot::log(-ingot::log(uniform));
  Tensor soft = ((x + noise.to(x.dtype())) / constant(options.tau())).softmax(options.dim());
  if (!options.hard() || x.dim() == 0)
    return soft;
  Shape places(std::vector<Size>(static_cast<size_t>(x.dim()), Size(1)));
  int64_t dim = options.dim() < 0 ? options.dim() + x.dim() : options.dim();
  places[static_cast<size_t>(dim)] = x.size(dim);
  Tensor place = ingot::arange(x.size(dim), kInt64).view(places);
  Tensor hard = (place == soft.argmax(dim, true)).to(x.dtype());
  return hard + (soft - soft.detach());
}

Tensor log_softmax(const Arg &input, const LogSoftmaxFuncOptions &options) {
  return input->log_softmax(options.dim(), options.dtype(), input.where);
}

} // namespace ingot::nn::functional
