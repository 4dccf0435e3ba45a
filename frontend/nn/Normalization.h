// Normalization layers; functional/Normalization.h says what they compute.
#pragma once
#include "ingot/core/Module.h"
#include "ingot/nn/options/Normalization.h"

namespace ingot::nn {

/// In training mode it normalizes by the batch's statistics and updates the running ones; in evaluation mode
/// by the running ones, if it tracks them.
template <size_t D, class Derived> class BatchNormImpl : public Cloneable<Derived> {
public:
  explicit BatchNormImpl(const BatchNormOptions &options);
  void reset() override;
  void reset_parameters();
  void reset_running_stats();
  void pretty_print(std::ostream &stream) const override;
  /// [N, C, S...]; BatchNorm1d also takes [N, C].
  Tensor forward(const Arg &input);

  BatchNormOptions options;
  Tensor weight, bias;              ///< [C], undefined unless affine
  Tensor running_mean, running_var; ///< [C], undefined unless tracked
  Tensor num_batches_tracked;       ///< int64, undefined unless tracked
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

extern template class BatchNormImpl<1, BatchNorm1dImpl>;
extern template class BatchNormImpl<2, BatchNorm2dImpl>;
extern template class BatchNormImpl<3, BatchNorm3dImpl>;

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

} // namespace ingot::nn
