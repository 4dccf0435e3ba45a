// Normalization layers; functional/Normalization.h says what they compute.
#pragma once
#include "ingot/core/Module.h"
#include "ingot/nn/options/Normalization.h"

namespace ingot::nn {

/// What BatchNorm and InstanceNorm have.
template <size_t D, class Derived, class Options> class NormImplBase : public Cloneable<Derived> {
public:
  explicit NormImplBase(const Options &options);
  void reset() override;
  void reset_parameters();
  void reset_running_stats();

  Options options;
  Tensor weight, bias;              ///< [C], undefined unless affine
  Tensor running_mean, running_var; ///< [C], undefined unless tracked
  Tensor num_batches_tracked;       ///< int64, undefined unless tracked

protected:
  void print(std::ostream &stream, const char *name) const;
};

/// In training mode it normalizes by the batch's statistics and updates the running ones; in evaluation mode
/// by the running ones, if it tracks them.
template <size_t D, class Derived> class BatchNormImpl : public NormImplBase<D, Derived, BatchNormOptions> {
public:
  explicit BatchNormImpl(const BatchNormOptions &options);
  void pretty_print(std::ostream &stream) const override;
  /// [N, C, S...]; BatchNorm1d also takes [N, C].
  Tensor forward(const Arg &input);
};

class BatchNorm1dImpl : public BatchNormImpl<1, BatchNorm1dImpl> {
public:
  explicit BatchNorm1dImpl(int64_t num_features);
  explicit BatchNorm1dImpl(const BatchNorm1dOptions &options);
};
INGOT_MODULE(BatchNorm1d);

class BatchNorm2dImpl : public BatchNormImpl<2, BatchNorm2dImpl> {
public:
  explicit BatchNorm2dImpl(int64_t num_features);
  explicit BatchNorm2dImpl(const BatchNorm2dOptions &options);
};
INGOT_MODULE(BatchNorm2d);

class BatchNorm3dImpl : public BatchNormImpl<3, BatchNorm3dImpl> {
public:
  explicit BatchNorm3dImpl(int64_t num_features);
  explicit BatchNorm3dImpl(const BatchNorm3dOptions &options);
};
INGOT_MODULE(BatchNorm3d);

/// Normalizes each sample's channels by their own statistics; in evaluation mode by running ones, if it
/// tracks them.
template <size_t D, class Derived>
class InstanceNormImpl : public NormImplBase<D, Derived, InstanceNormOptions> {
public:
  explicit InstanceNormImpl(const InstanceNormOptions &options);
  void pretty_print(std::ostream &stream) const override;
  /// [N, C, S...], or [C, S...].
  Tensor forward(const Arg &input);
};

class InstanceNorm1dImpl : public InstanceNormImpl<1, InstanceNorm1dImpl> {
public:
  explicit InstanceNorm1dImpl(int64_t num_features);
  explicit InstanceNorm1dImpl(const InstanceNorm1dOptions &options);
};
INGOT_MODULE(InstanceNorm1d);

class InstanceNorm2dImpl : public InstanceNormImpl<2, InstanceNorm2dImpl> {
public:
  explicit InstanceNorm2dImpl(int64_t num_features);
  explicit InstanceNorm2dImpl(const InstanceNorm2dOptions &options);
};
INGOT_MODULE(InstanceNorm2d);

class InstanceNorm3dImpl : public InstanceNormImpl<3, InstanceNorm3dImpl> {
public:
  explicit InstanceNorm3dImpl(int64_t num_features);
  explicit InstanceNorm3dImpl(const InstanceNorm3dOptions &options);
};
INGOT_MODULE(InstanceNorm3d);

extern template class NormImplBase<1, BatchNorm1dImpl, BatchNormOptions>;
extern template class NormImplBase<2, BatchNorm2dImpl, BatchNormOptions>;
extern template class NormImplBase<3, BatchNorm3dImpl, BatchNormOptions>;
extern template class BatchNormImpl<1, BatchNorm1dImpl>;
extern template class BatchNormImpl<2, BatchNorm2dImpl>;
extern template class BatchNormImpl<3, BatchNorm3dImpl>;
extern template class NormImplBase<1, InstanceNorm1dImpl, InstanceNormOptions>;
extern template class NormImplBase<2, InstanceNorm2dImpl, InstanceNormOptions>;
extern template class NormImplBase<3, InstanceNorm3dImpl, InstanceNormOptions>;
extern template class InstanceNormImpl<1, InstanceNorm1dImpl>;
extern template class InstanceNormImpl<2, InstanceNorm2dImpl>;
extern template class InstanceNormImpl<3, InstanceNorm3dImpl>;

class LayerNormImpl : public Cloneable<LayerNormImpl> {
public:
  explicit LayerNormImpl(std::vector<int64_t> normalized_shape);
  explicit LayerNormImpl(LayerNormOptions options);
  void reset() override;
  void reset_parameters();
  void pretty_print(std::ostream &stream) const override;
  Tensor forward(const Arg &input);

  LayerNormOptions options;
  Tensor weight, bias; ///< normalized_shape, undefined unless elementwise_affine
};
INGOT_MODULE(LayerNorm);

class GroupNormImpl : public Cloneable<GroupNormImpl> {
public:
  GroupNormImpl(int64_t num_groups, int64_t num_channels);
  explicit GroupNormImpl(const GroupNormOptions &options);
  void reset() override;
  void reset_parameters();
  void pretty_print(std::ostream &stream) const override;
  Tensor forward(const Arg &input);

  GroupNormOptions options;
  Tensor weight, bias; ///< [num_channels], undefined unless affine
};
INGOT_MODULE(GroupNorm);

class RMSNormImpl : public Cloneable<RMSNormImpl> {
public:
  explicit RMSNormImpl(std::vector<int64_t> normalized_shape);
  explicit RMSNormImpl(RMSNormOptions options);
  void reset() override;
  void reset_parameters();
  void pretty_print(std::ostream &stream) const override;
  Tensor forward(const Arg &input);

  RMSNormOptions options;
  Tensor weight; ///< normalized_shape, undefined unless elementwise_affine
};
INGOT_MODULE(RMSNorm);

class LocalResponseNormImpl : public Cloneable<LocalResponseNormImpl> {
public:
  LocalResponseNormImpl(int64_t size) : LocalResponseNormImpl(LocalResponseNormOptions(size)) {}
  explicit LocalResponseNormImpl(const LocalResponseNormOptions &options);
  void reset() override;
  void pretty_print(std::ostream &stream) const override;
  Tensor forward(const Arg &input);

  LocalResponseNormOptions options;
};
INGOT_MODULE(LocalResponseNorm);

/// x / (k + alpha / size * the sum of squares of (size - 1) / 2 channels to each side)^beta; input [N, C, H,
/// W]. As in PyTorch, the first channel counts in all later sums, too.
class CrossMapLRN2dImpl : public Cloneable<CrossMapLRN2dImpl> {
public:
  CrossMapLRN2dImpl(int64_t size) : CrossMapLRN2dImpl(CrossMapLRN2dOptions(size)) {}
  explicit CrossMapLRN2dImpl(const CrossMapLRN2dOptions &options);
  void reset() override;
  void pretty_print(std::ostream &stream) const override;
  Tensor forward(const Arg &input);

  CrossMapLRN2dOptions options;
};
INGOT_MODULE(CrossMapLRN2d);

} // namespace ingot::nn
