// Convolution layers; functional/Conv.h says what they compute.
#pragma once
#include "ingot/core/Module.h"
#include "ingot/nn/options/Conv.h"

namespace ingot::nn {

/// weight [out, in / groups, kernel...] and bias [out] begin uniform within 1 / sqrt(fan-in).
template <size_t D, class Derived> class ConvNdImpl : public Cloneable<Derived> {
public:
  explicit ConvNdImpl(ConvOptions<D> options);
  void reset() override;
  void reset_parameters();
  void pretty_print(std::ostream &stream) const override;
  /// [N, in, S...] or [in, S...].
  Tensor forward(const Arg &input);

  ConvOptions<D> options;
  Tensor weight;
  Tensor bias; ///< undefined without bias
};

class Conv1dImpl : public ConvNdImpl<1, Conv1dImpl> {
public:
  Conv1dImpl(int64_t in_channels, int64_t out_channels, ExpandingArray<1> kernel_size);
  explicit Conv1dImpl(Conv1dOptions options);
};
INGOT_MODULE(Conv1d);

class Conv2dImpl : public ConvNdImpl<2, Conv2dImpl> {
public:
  Conv2dImpl(int64_t in_channels, int64_t out_channels, ExpandingArray<2> kernel_size);
  explicit Conv2dImpl(Conv2dOptions options);
};
INGOT_MODULE(Conv2d);

class Conv3dImpl : public ConvNdImpl<3, Conv3dImpl> {
public:
  Conv3dImpl(int64_t in_channels, int64_t out_channels, ExpandingArray<3> kernel_size);
  explicit Conv3dImpl(Conv3dOptions options);
};
INGOT_MODULE(Conv3d);

extern template class ConvNdImpl<1, Conv1dImpl>;
extern template class ConvNdImpl<2, Conv2dImpl>;
extern template class ConvNdImpl<3, Conv3dImpl>;

} // namespace ingot::nn
