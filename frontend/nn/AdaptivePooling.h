// Pooling layers whose windows are given by the result; functional/Pooling.h says what they compute.
#pragma once
#include "ingot/core/Module.h"
#include "ingot/nn/options/Pooling.h"

namespace ingot::nn {

template <size_t D, class Derived> class AdaptiveMaxPoolImpl : public Cloneable<Derived> {
public:
  explicit AdaptiveMaxPoolImpl(const AdaptivePoolOptions<D> &options);
  void reset() override;
  void pretty_print(std::ostream &stream) const override;
  Tensor forward(const Arg &input);
  /// Also the flat index over the spatial dimensions of each maximum.
  std::tuple<Tensor, Tensor> forward_with_indices(const Arg &input);

  AdaptivePoolOptions<D> options;
};

class AdaptiveMaxPool1dImpl : public AdaptiveMaxPoolImpl<1, AdaptiveMaxPool1dImpl> {
public:
  explicit AdaptiveMaxPool1dImpl(const AdaptiveMaxPool1dOptions &options);
};
INGOT_MODULE(AdaptiveMaxPool1d);

class AdaptiveMaxPool2dImpl : public AdaptiveMaxPoolImpl<2, AdaptiveMaxPool2dImpl> {
public:
  explicit AdaptiveMaxPool2dImpl(const AdaptiveMaxPool2dOptions &options);
};
INGOT_MODULE(AdaptiveMaxPool2d);

class AdaptiveMaxPool3dImpl : public AdaptiveMaxPoolImpl<3, AdaptiveMaxPool3dImpl> {
public:
  explicit AdaptiveMaxPool3dImpl(const AdaptiveMaxPool3dOptions &options);
};
INGOT_MODULE(AdaptiveMaxPool3d);

template <size_t D, class Derived> class AdaptiveAvgPoolImpl : public Cloneable<Derived> {
public:
  explicit AdaptiveAvgPoolImpl(const AdaptivePoolOptions<D> &options);
  void reset() override;
  void pretty_print(std::ostream &stream) const override;
  Tensor forward(const Arg &input);

  AdaptivePoolOptions<D> options;
};

class AdaptiveAvgPool1dImpl : public AdaptiveAvgPoolImpl<1, AdaptiveAvgPool1dImpl> {
public:
  explicit AdaptiveAvgPool1dImpl(const AdaptiveAvgPool1dOptions &options);
};
INGOT_MODULE(AdaptiveAvgPool1d);

class AdaptiveAvgPool2dImpl : public AdaptiveAvgPoolImpl<2, AdaptiveAvgPool2dImpl> {
public:
  explicit AdaptiveAvgPool2dImpl(const AdaptiveAvgPool2dOptions &options);
};
INGOT_MODULE(AdaptiveAvgPool2d);

class AdaptiveAvgPool3dImpl : public AdaptiveAvgPoolImpl<3, AdaptiveAvgPool3dImpl> {
public:
  explicit AdaptiveAvgPool3dImpl(const AdaptiveAvgPool3dOptions &options);
};
INGOT_MODULE(AdaptiveAvgPool3d);

template <size_t D, class Derived> class FractionalMaxPoolImpl : public Cloneable<Derived> {
public:
  explicit FractionalMaxPoolImpl(FractionalMaxPoolOptions<D> options);
  void reset() override;
  void pretty_print(std::ostream &stream) const override;
  Tensor forward(const Arg &input);
  /// Also the flat index over the spatial dimensions of each maximum.
  std::tuple<Tensor, Tensor> forward_with_indices(const Arg &input);

  FractionalMaxPoolOptions<D> options;
  Tensor _random_samples; ///< a buffer; undefined: drawn at each call
};

class FractionalMaxPool2dImpl : public FractionalMaxPoolImpl<2, FractionalMaxPool2dImpl> {
public:
  explicit FractionalMaxPool2dImpl(FractionalMaxPool2dOptions options);
};
INGOT_MODULE(FractionalMaxPool2d);

class FractionalMaxPool3dImpl : public FractionalMaxPoolImpl<3, FractionalMaxPool3dImpl> {
public:
  explicit FractionalMaxPool3dImpl(FractionalMaxPool3dOptions options);
};
INGOT_MODULE(FractionalMaxPool3d);

extern template class AdaptiveMaxPoolImpl<1, AdaptiveMaxPool1dImpl>;
extern template class AdaptiveMaxPoolImpl<2, AdaptiveMaxPool2dImpl>;
extern template class AdaptiveMaxPoolImpl<3, AdaptiveMaxPool3dImpl>;
extern template class AdaptiveAvgPoolImpl<1, AdaptiveAvgPool1dImpl>;
extern template class AdaptiveAvgPoolImpl<2, AdaptiveAvgPool2dImpl>;
extern template class AdaptiveAvgPoolImpl<3, AdaptiveAvgPool3dImpl>;
extern template class FractionalMaxPoolImpl<2, FractionalMaxPool2dImpl>;
extern template class FractionalMaxPoolImpl<3, FractionalMaxPool3dImpl>;

} // namespace ingot::nn
