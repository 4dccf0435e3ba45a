// Transposed convolution layers; functional/Conv.h says what they compute.
#pragma once
#include "ingot/core/Module.h"
#include "ingot/nn/options/Conv.h"
#include <optional>

namespace ingot::nn {

/// weight [in, out / groups, kernel...] and bias [out] begin uniform within 1 / sqrt(fan-in).
template <size_t D, class Derived> class ConvTransposeNdImpl : public Cloneable<Derived> {
public:
  explicit ConvTransposeNdImpl(ConvTransposeOptions<D> options);
  void reset() override;
  void reset_parameters();
  void pretty_print(std::ostream &stream) const override;
  /// [N, in, S...] or [in, S...]. The spatial sizes of the result (alone, or behind batch and channels) may be given
  /// instead of output_padding, within what it allows.
  Tensor forward(const Arg &input, const std::optional<Shape> &output_size = std::nullopt);

  ConvTransposeOptions<D> options;
  Tensor weight;
  Tensor bias; ///< undefined without bias
};

class ConvTranspose1dImpl : public ConvTransposeNdImpl<1, ConvTranspose1dImpl> {
public:
  ConvTranspose1dImpl(int64_t in_channels, int64_t out_channels, ExpandingArray<1> kernel_size);
  explicit ConvTranspose1dImpl(ConvTranspose1dOptions options);
};
INGOT_MODULE(ConvTranspose1d);

class ConvTranspose2dImpl : public ConvTransposeNdImpl<2, ConvTranspose2dImpl> {
public:
  ConvTranspose2dImpl(int64_t in_channels, int64_t out_channels, ExpandingArray<2> kernel_size);
  explicit ConvTranspose2dImpl(ConvTranspose2dOptions options);
};
INGOT_MODULE(ConvTranspose2d);

class ConvTranspose3dImpl : public ConvTransposeNdImpl<3, ConvTranspose3dImpl> {
public:
  ConvTranspose3dImpl(int64_t in_channels, int64_t out_channels, ExpandingArray<3> kernel_size);
  explicit ConvTranspose3dImpl(ConvTranspose3dOptions options);
};
INGOT_MODULE(ConvTranspose3d);

extern template class ConvTransposeNdImpl<1, ConvTranspose1dImpl>;
extern template class ConvTransposeNdImpl<2, ConvTranspose2dImpl>;
extern template class ConvTransposeNdImpl<3, ConvTranspose3dImpl>;

} // namespace ingot::nn
