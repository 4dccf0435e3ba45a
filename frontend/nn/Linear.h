// Layers that map features linearly, and layers that only change sizes.
#pragma once
#include "ingot/core/Module.h"
#include "ingot/nn/options/Linear.h"

namespace ingot::nn {

/// The input itself. Takes any arguments, as a placeholder for other layers.
class IdentityImpl : public Cloneable<IdentityImpl> {
public:
  IdentityImpl();
  void reset() override;
  void pretty_print(std::ostream &stream) const override;
  Tensor forward(const Arg &input);
};
INGOT_MODULE(Identity);

/// x [..., in_features] -> x weight^T + bias [..., out_features]; weight [out, in] and bias [out] begin
/// uniform within 1 / sqrt(in).
class LinearImpl : public Cloneable<LinearImpl> {
public:
  LinearImpl(int64_t in_features, int64_t out_features);
  explicit LinearImpl(const LinearOptions &options);
  void reset() override;
  void reset_parameters();
  void pretty_print(std::ostream &stream) const override;
  Tensor forward(const Arg &input);

  LinearOptions options;
  Tensor weight;
  Tensor bias; ///< undefined without bias
};
INGOT_MODULE(Linear);

/// y[..., o] = x1[..., i] weight[o, i, j] x2[..., j] + bias[o].
class BilinearImpl : public Cloneable<BilinearImpl> {
public:
  BilinearImpl(int64_t in1_features, int64_t in2_features, int64_t out_features);
  explicit BilinearImpl(const BilinearOptions &options);
  void reset() override;
  void reset_parameters();
  void pretty_print(std::ostream &stream) const override;
  Tensor forward(const Arg &input1, const Arg &input2);

  BilinearOptions options;
  Tensor weight;
  Tensor bias; ///< undefined without bias
};
INGOT_MODULE(Bilinear);

/// Makes one dimension of several, by default of all but the first.
class FlattenImpl : public Cloneable<FlattenImpl> {
public:
  explicit FlattenImpl(const FlattenOptions &options = {});
  void reset() override;
  void pretty_print(std::ostream &stream) const override;
  Tensor forward(const Arg &input);

  FlattenOptions options;
};
INGOT_MODULE(Flatten);

/// Makes several dimensions of one.
class UnflattenImpl : public Cloneable<UnflattenImpl> {
public:
  UnflattenImpl(int64_t dim, std::vector<int64_t> sizes);
  explicit UnflattenImpl(UnflattenOptions options);
  void reset() override;
  void pretty_print(std::ostream &stream) const override;
  Tensor forward(const Arg &input);

  UnflattenOptions options;
};
INGOT_MODULE(Unflatten);

} // namespace ingot::nn
