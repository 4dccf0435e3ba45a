// Activations. The result has the input's sizes unless said otherwise; floating-point input only, but for
// relu.
#pragma once
#include "ingot/nn/options/Activation.h"

namespace ingot::nn::functional {

/// max(0, x).
Tensor relu(const Arg &input, const ReLUFuncOptions &options = {});
/// min(max(0, x), 6).
Tensor relu6(const Arg &input, const ReLU6FuncOptions &options = {});
/// x, below 0 alpha * (exp(x) - 1).
Tensor elu(const Arg &input, const ELUFuncOptions &options = {});
/// elu scaled so that means and variances are kept (Klambauer et al. 2017).
Tensor selu(const Arg &input, const SELUFuncOptions &options = {});
/// x, below 0 alpha * (exp(x / alpha) - 1).
Tensor celu(const Arg &input, const CELUFuncOptions &options = {});
/// x, below 0 negative_slope * x.
Tensor leaky_relu(const Arg &input, const LeakyReLUFuncOptions &options = {});
/// x, below 0 weight * x; the weight has one element, or one a channel (dimension 1).
Tensor prelu(const Arg &input, const Arg &weight);
/// leaky_relu with slopes drawn from [lower, upper) when training, else with their mean.
Tensor rrelu(const Arg &input, const RReLUFuncOptions &options = {});
/// x times the normal distribution function of x.
Tensor gelu(const Arg &input, const GELUFuncOptions &options = {});
/// x * sigmoid(x).
Tensor silu(const Arg &input);
/// x * tanh(softplus(x)).
Tensor mish(const Arg &input);
/// The first half along a dimension times the sigmoid of the second; the dimension halves.
Tensor glu(const Arg &input, const GLUFuncOptions &options = {});
/// log(1 + exp(beta * x)) / beta; x where beta * x exceeds the threshold.
Tensor softplus(const Arg &input, const SoftplusFuncOptions &options = {});
/// x moved towards 0 by lambda, 0 within.
Tensor softshrink(const Arg &input, const SoftshrinkFuncOptions &options = {});
/// x, 0 within [-lambda, lambda].
Tensor hardshrink(const Arg &input, const HardshrinkFuncOptions &options = {});
/// x clamped to [min_val, max_val].
Tensor hardtanh(const Arg &input, const HardtanhFuncOptions &options = {});
/// x * relu6(x + 3) / 6.
Tensor hardswish(const Arg &input);
/// relu6(x + 3) / 6.
Tensor hardsigmoid(const Arg &input);
/// x / (1 + |x|).
Tensor softsign(const Arg &input);
/// x - tanh(x).
Tensor tanhshrink(const Arg &input);
/// x above the threshold, else value.
Tensor threshold(const Arg &input, const ThresholdFuncOptions &options);
/// log(sigmoid(x)).
Tensor logsigmoid(const Arg &input);
Tensor sigmoid(const Arg &input);
Tensor tanh(const Arg &input);
/// exp(x) along a dimension, scaled to sum 1.
Tensor softmax(const Arg &input, const SoftmaxFuncOptions &options);
/// softmax(-x).
Tensor softmin(const Arg &input, const SoftminFuncOptions &options);
/// Samples of the distribution with these logits along a dimension, made differentiable (Jang et al. 2016).
Tensor gumbel_softmax(const Arg &logits, const GumbelSoftmaxFuncOptions &options = {});
/// log(softmax(x)), computed without forming softmax.
Tensor log_softmax(const Arg &input, const LogSoftmaxFuncOptions &options);

} // namespace ingot::nn::functional
