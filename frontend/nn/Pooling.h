// Pooling layers; functional/Pooling.h says what they compute.
#pragma once
#include "ingot/core/Module.h"
#include "ingot/nn/options/Pooling.h"

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

extern template class MaxPoolImpl<1, MaxPool1dImpl>;
extern template class MaxPoolImpl<2, MaxPool2dImpl>;
extern template class MaxPoolImpl<3, MaxPool3dImpl>;
extern template class AvgPoolImpl<1, AvgPool1dImpl>;
extern template class AvgPoolImpl<2, AvgPool2dImpl>;
extern template class AvgPoolImpl<3, AvgPool3dImpl>;

} // namespace ingot::nn
