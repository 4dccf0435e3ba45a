// Pooling layers; functional/Pooling.h says what they compute.
#pragma once
#include "ingot/core/Module.h"
#include "ingot/nn/options/Pooling.h"
#include <optional>

namespace ingot::nn {

template <size_t D, class Derived> class MaxPoolImpl : public Cloneable<Derived> {
public:
  explicit MaxPoolImpl(const MaxPoolOptions<D> &options);
  void reset() override;
  void pretty_print(std::ostream &stream) const override;
  Tensor forward(const Arg &input);
  /// Also the flat index over the spatial dimensions of each maximum.
  std::tuple<Tensor, Tensor> forward_with_indices(const Arg &input);

  MaxPoolOptions<D> options;
};

class MaxPool1dImpl : public MaxPoolImpl<1, MaxPool1dImpl> {
public:
  explicit MaxPool1dImpl(const MaxPool1dOptions &options);
};
INGOT_MODULE(MaxPool1d);

class MaxPool2dImpl : public MaxPoolImpl<2, MaxPool2dImpl> {
public:
  explicit MaxPool2dImpl(const MaxPool2dOptions &options);
};
INGOT_MODULE(MaxPool2d);

class MaxPool3dImpl : public MaxPoolImpl<3, MaxPool3dImpl> {
public:
  explicit MaxPool3dImpl(const MaxPool3dOptions &options);
};
INGOT_MODULE(MaxPool3d);

template <size_t D, class Derived> class AvgPoolImpl : public Cloneable<Derived> {
public:
  explicit AvgPoolImpl(const AvgPoolOptions<D> &options);
  void reset() override;
  void pretty_print(std::ostream &stream) const override;
  Tensor forward(const Arg &input);

  AvgPoolOptions<D> options;
};

class AvgPool1dImpl : public AvgPoolImpl<1, AvgPool1dImpl> {
public:
  explicit AvgPool1dImpl(const AvgPool1dOptions &options);
};
INGOT_MODULE(AvgPool1d);

class AvgPool2dImpl : public AvgPoolImpl<2, AvgPool2dImpl> {
public:
  explicit AvgPool2dImpl(const AvgPool2dOptions &options);
};
INGOT_MODULE(AvgPool2d);

class AvgPool3dImpl : public AvgPoolImpl<3, AvgPool3dImpl> {
public:
  explicit AvgPool3dImpl(const AvgPool3dOptions &options);
};
INGOT_MODULE(AvgPool3d);

template <size_t D, class Derived> class MaxUnpoolImpl : public Cloneable<Derived> {
public:
  explicit MaxUnpoolImpl(const MaxUnpoolOptions<D> &options);
  void reset() override;
  void pretty_print(std::ostream &stream) const override;
  /// The indices are those of MaxPool's forward_with_indices. The sizes of the result may be given: all or the spatial ones.
  Tensor forward(const Arg &input, const Arg &indices,
                 const std::optional<Shape> &output_size = std::nullopt);

  MaxUnpoolOptions<D> options;
};

class MaxUnpool1dImpl : public MaxUnpoolImpl<1, MaxUnpool1dImpl> {
public:
  explicit MaxUnpool1dImpl(const MaxUnpool1dOptions &options);
};
INGOT_MODULE(MaxUnpool1d);

class MaxUnpool2dImpl : public MaxUnpoolImpl<2, MaxUnpool2dImpl> {
public:
  explicit MaxUnpool2dImpl(const MaxUnpool2dOptions &options);
};
INGOT_MODULE(MaxUnpool2d);

class MaxUnpool3dImpl : public MaxUnpoolImpl<3, MaxUnpool3dImpl> {
public:
  explicit MaxUnpool3dImpl(const MaxUnpool3dOptions &options);
};
INGOT_MODULE(MaxUnpool3d);

template <size_t D, class Derived> class LPPoolImpl : public Cloneable<Derived> {
public:
  explicit LPPoolImpl(const LPPoolOptions<D> &options);
  void reset() override;
  void pretty_print(std::ostream &stream) const override;
  Tensor forward(const Arg &input);

  LPPoolOptions<D> options;
};

class LPPool1dImpl : public LPPoolImpl<1, LPPool1dImpl> {
public:
  LPPool1dImpl(double norm_type, ExpandingArray<1> kernel_size);
  explicit LPPool1dImpl(const LPPool1dOptions &options);
};
INGOT_MODULE(LPPool1d);

class LPPool2dImpl : public LPPoolImpl<2, LPPool2dImpl> {
public:
  LPPool2dImpl(double norm_type, ExpandingArray<2> kernel_size);
  explicit LPPool2dImpl(const LPPool2dOptions &options);
};
INGOT_MODULE(LPPool2d);

class LPPool3dImpl : public LPPoolImpl<3, LPPool3dImpl> {
public:
  LPPool3dImpl(double norm_type, ExpandingArray<3> kernel_size);
  explicit LPPool3dImpl(const LPPool3dOptions &options);
};
INGOT_MODULE(LPPool3d);

extern template class MaxPoolImpl<1, MaxPool1dImpl>;
extern template class MaxPoolImpl<2, MaxPool2dImpl>;
extern template class MaxPoolImpl<3, MaxPool3dImpl>;
extern template class AvgPoolImpl<1, AvgPool1dImpl>;
extern template class AvgPoolImpl<2, AvgPool2dImpl>;
extern template class AvgPoolImpl<3, AvgPool3dImpl>;
extern template class MaxUnpoolImpl<1, MaxUnpool1dImpl>;
extern template class MaxUnpoolImpl<2, MaxUnpool2dImpl>;
extern template class MaxUnpoolImpl<3, MaxUnpool3dImpl>;
extern template class LPPoolImpl<1, LPPool1dImpl>;
extern template class LPPoolImpl<2, LPPool2dImpl>;
extern template class LPPoolImpl<3, LPPool3dImpl>;

} // namespace ingot::nn
