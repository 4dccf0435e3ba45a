// Activation layers; functional/Activation.h says what they compute. But for PReLU they have no parameters.
#pragma once
#include "ingot/core/Module.h"
#include "ingot/nn/options/Activation.h"

namespace ingot::nn {

/// max(0, x).
class ReLUImpl : public Cloneable<ReLUImpl> {
public:
  explicit ReLUImpl(const ReLUOptions &options = {});
  void reset() override;
  void pretty_print(std::ostream &stream) const override;
  Tensor forward(const Arg &input);

  ReLUOptions options;
};
INGOT_MODULE(ReLU);

/// min(max(0, x), 6).
class ReLU6Impl : public Cloneable<ReLU6Impl> {
public:
  explicit ReLU6Impl(const ReLU6Options &options = {});
  void reset() override;
  void pretty_print(std::ostream &stream) const override;
  Tensor forward(const Arg &input);

  ReLU6Options options;
};
INGOT_MODULE(ReLU6);

/// x, below 0 alpha * (exp(x) - 1).
class ELUImpl : public Cloneable<ELUImpl> {
public:
  explicit ELUImpl(const ELUOptions &options = {});
  void reset() override;
  void pretty_print(std::ostream &stream) const override;
  Tensor forward(const Arg &input);

  ELUOptions options;
};
INGOT_MODULE(ELU);

/// elu scaled so that means and variances are kept.
class SELUImpl : public Cloneable<SELUImpl> {
public:
  explicit SELUImpl(const SELUOptions &options = {});
  void reset() override;
  void pretty_print(std::ostream &stream) const override;
  Tensor forward(const Arg &input);

  SELUOptions options;
};
INGOT_MODULE(SELU);

/// x, below 0 alpha * (exp(x / alpha) - 1).
class CELUImpl : public Cloneable<CELUImpl> {
public:
  explicit CELUImpl(const CELUOptions &options = {});
  void reset() override;
  void pretty_print(std::ostream &stream) const override;
  Tensor forward(const Arg &input);

  CELUOptions options;
};
INGOT_MODULE(CELU);

/// x times the normal distribution function of x.
class GELUImpl : public Cloneable<GELUImpl> {
public:
  explicit GELUImpl(const GELUOptions &options = {});
  void reset() override;
  void pretty_print(std::ostream &stream) const override;
  Tensor forward(const Arg &input);

  GELUOptions options;
};
INGOT_MODULE(GELU);

/// The first half along a dimension times the sigmoid of the second.
class GLUImpl : public Cloneable<GLUImpl> {
public:
  explicit GLUImpl(int64_t dim);
  explicit GLUImpl(const GLUOptions &options = {});
  void reset() override;
  void pretty_print(std::ostream &stream) const override;
  Tensor forward(const Arg &input);

  GLUOptions options;
};
INGOT_MODULE(GLU);

/// x, below 0 negative_slope * x.
class LeakyReLUImpl : public Cloneable<LeakyReLUImpl> {
public:
  explicit LeakyReLUImpl(const LeakyReLUOptions &options = {});
  void reset() override;
  void pretty_print(std::ostream &stream) const override;
  Tensor forward(const Arg &input);

  LeakyReLUOptions options;
};
INGOT_MODULE(LeakyReLU);

/// leaky_relu with random slopes in training mode, with their mean else.
class RReLUImpl : public Cloneable<RReLUImpl> {
public:
  explicit RReLUImpl(const RReLUOptions &options = {});
  void reset() override;
  void pretty_print(std::ostream &stream) const override;
  Tensor forward(const Arg &input);

  RReLUOptions options;
};
INGOT_MODULE(RReLU);

/// x * sigmoid(x).
class SiLUImpl : public Cloneable<SiLUImpl> {
public:
  SiLUImpl();
  void reset() override;
  void pretty_print(std::ostream &stream) const override;
  Tensor forward(const Arg &input);
};
INGOT_MODULE(SiLU);

/// x * tanh(softplus(x)).
class MishImpl : public Cloneable<MishImpl> {
public:
  MishImpl();
  void reset() override;
  void pretty_print(std::ostream &stream) const override;
  Tensor forward(const Arg &input);
};
INGOT_MODULE(Mish);

/// 1 / (1 + exp(-x)).
class SigmoidImpl : public Cloneable<SigmoidImpl> {
public:
  SigmoidImpl();
  void reset() override;
  void pretty_print(std::ostream &stream) const override;
  Tensor forward(const Arg &input);
};
INGOT_MODULE(Sigmoid);

/// The hyperbolic tangent.
class TanhImpl : public Cloneable<TanhImpl> {
public:
  TanhImpl();
  void reset() override;
  void pretty_print(std::ostream &stream) const override;
  Tensor forward(const Arg &input);
};
INGOT_MODULE(Tanh);

/// log(sigmoid(x)).
class LogSigmoidImpl : public Cloneable<LogSigmoidImpl> {
public:
  LogSigmoidImpl();
  void reset() override;
  void pretty_print(std::ostream &stream) const override;
  Tensor forward(const Arg &input);
};
INGOT_MODULE(LogSigmoid);

/// log(1 + exp(beta * x)) / beta.
class SoftplusImpl : public Cloneable<SoftplusImpl> {
public:
  explicit SoftplusImpl(const SoftplusOptions &options = {});
  void reset() override;
  void pretty_print(std::ostream &stream) const override;
  Tensor forward(const Arg &input);

  SoftplusOptions options;
};
INGOT_MODULE(Softplus);

/// x moved towards 0 by lambda, 0 within.
class SoftshrinkImpl : public Cloneable<SoftshrinkImpl> {
public:
  explicit SoftshrinkImpl(double lambda);
  explicit SoftshrinkImpl(const SoftshrinkOptions &options = {});
  void reset() override;
  void pretty_print(std::ostream &stream) const override;
  Tensor forward(const Arg &input);

  SoftshrinkOptions options;
};
INGOT_MODULE(Softshrink);

/// x, 0 within [-lambda, lambda].
class HardshrinkImpl : public Cloneable<HardshrinkImpl> {
public:
  explicit HardshrinkImpl(double lambda);
  explicit HardshrinkImpl(const HardshrinkOptions &options = {});
  void reset() override;
  void pretty_print(std::ostream &stream) const override;
  Tensor forward(const Arg &input);

  HardshrinkOptions options;
};
INGOT_MODULE(Hardshrink);

/// x clamped to [min_val, max_val].
class HardtanhImpl : public Cloneable<HardtanhImpl> {
public:
  explicit HardtanhImpl(const HardtanhOptions &options = {});
  void reset() override;
  void pretty_print(std::ostream &stream) const override;
  Tensor forward(const Arg &input);

  HardtanhOptions options;
};
INGOT_MODULE(Hardtanh);

/// x * relu6(x + 3) / 6.
class HardswishImpl : public Cloneable<HardswishImpl> {
public:
  HardswishImpl();
  void reset() override;
  void pretty_print(std::ostream &stream) const override;
  Tensor forward(const Arg &input);
};
INGOT_MODULE(Hardswish);

/// relu6(x + 3) / 6.
class HardsigmoidImpl : public Cloneable<HardsigmoidImpl> {
public:
  HardsigmoidImpl();
  void reset() override;
  void pretty_print(std::ostream &stream) const override;
  Tensor forward(const Arg &input);
};
INGOT_MODULE(Hardsigmoid);

/// x / (1 + |x|).
class SoftsignImpl : public Cloneable<SoftsignImpl> {
public:
  SoftsignImpl();
  void reset() override;
  void pretty_print(std::ostream &stream) const override;
  Tensor forward(const Arg &input);
};
INGOT_MODULE(Softsign);

/// x - tanh(x).
class TanhshrinkImpl : public Cloneable<TanhshrinkImpl> {
public:
  TanhshrinkImpl();
  void reset() override;
  void pretty_print(std::ostream &stream) const override;
  Tensor forward(const Arg &input);
};
INGOT_MODULE(Tanhshrink);

/// x above the threshold, else value.
class ThresholdImpl : public Cloneable<ThresholdImpl> {
public:
  ThresholdImpl(double threshold, double value);
  explicit ThresholdImpl(const ThresholdOptions &options);
  void reset() override;
  void pretty_print(std::ostream &stream) const override;
  Tensor forward(const Arg &input);

  ThresholdOptions options;
};
INGOT_MODULE(Threshold);

/// exp(x) along a dimension, scaled to sum 1.
class SoftmaxImpl : public Cloneable<SoftmaxImpl> {
public:
  explicit SoftmaxImpl(int64_t dim);
  explicit SoftmaxImpl(const SoftmaxOptions &options);
  void reset() override;
  void pretty_print(std::ostream &stream) const override;
  Tensor forward(const Arg &input);

  SoftmaxOptions options;
};
INGOT_MODULE(Softmax);

/// softmax(-x).
class SoftminImpl : public Cloneable<SoftminImpl> {
public:
  explicit SoftminImpl(int64_t dim);
  explicit SoftminImpl(const SoftminOptions &options);
  void reset() override;
  void pretty_print(std::ostream &stream) const override;
  Tensor forward(const Arg &input);

  SoftminOptions options;
};
INGOT_MODULE(Softmin);

/// log(softmax(x)).
class LogSoftmaxImpl : public Cloneable<LogSoftmaxImpl> {
public:
  explicit LogSoftmaxImpl(int64_t dim);
  explicit LogSoftmaxImpl(const LogSoftmaxOptions &options);
  void reset() override;
  void pretty_print(std::ostream &stream) const override;
  Tensor forward(const Arg &input);

  LogSoftmaxOptions options;
};
INGOT_MODULE(LogSoftmax);

/// softmax over the channels of [N, C, H, W] or [C, H, W].
class Softmax2dImpl : public Cloneable<Softmax2dImpl> {
public:
  Softmax2dImpl();
  void reset() override;
  void pretty_print(std::ostream &stream) const override;
  Tensor forward(const Arg &input);
};
INGOT_MODULE(Softmax2d);

/// x, below 0 weight * x with a learned weight.
class PReLUImpl : public Cloneable<PReLUImpl> {
public:
  explicit PReLUImpl(const PReLUOptions &options = {});
  void reset() override;
  void pretty_print(std::ostream &stream) const override;
  Tensor forward(const Arg &input);

  PReLUOptions options;
  Tensor weight; ///< [num_parameters]
};
INGOT_MODULE(PReLU);

} // namespace ingot::nn
