// Dropout layers; they drop in training mode only. functional/Dropout.h says what they compute.
#pragma once
#include "ingot/core/Module.h"
#include "ingot/nn/options/Dropout.h"

namespace ingot::nn {

/// A probability outside [0, 1] is an error.
template <class Derived> class DropoutNdImpl : public Cloneable<Derived> {
public:
  explicit DropoutNdImpl(const DropoutOptions &options);
  void reset() override;

  DropoutOptions options;
};

class DropoutImpl : public DropoutNdImpl<DropoutImpl> {
public:
  explicit DropoutImpl(double p);
  explicit DropoutImpl(const DropoutOptions &options = {});
  void pretty_print(std::ostream &stream) const override;
  Tensor forward(const Arg &input);
};
INGOT_MODULE(Dropout);

class Dropout2dImpl : public DropoutNdImpl<Dropout2dImpl> {
public:
  explicit Dropout2dImpl(double p);
  explicit Dropout2dImpl(const Dropout2dOptions &options = {});
  void pretty_print(std::ostream &stream) const override;
  Tensor forward(const Arg &input);
};
INGOT_MODULE(Dropout2d);

class Dropout3dImpl : public DropoutNdImpl<Dropout3dImpl> {
public:
  explicit Dropout3dImpl(double p);
  explicit Dropout3dImpl(const Dropout3dOptions &options = {});
  void pretty_print(std::ostream &stream) const override;
  Tensor forward(const Arg &input);
};
INGOT_MODULE(Dropout3d);

class AlphaDropoutImpl : public DropoutNdImpl<AlphaDropoutImpl> {
public:
  explicit AlphaDropoutImpl(double p);
  explicit AlphaDropoutImpl(const AlphaDropoutOptions &options = {});
  void pretty_print(std::ostream &stream) const override;
  Tensor forward(const Arg &input);
};
INGOT_MODULE(AlphaDropout);

class FeatureAlphaDropoutImpl : public DropoutNdImpl<FeatureAlphaDropoutImpl> {
public:
  explicit FeatureAlphaDropoutImpl(double p);
  explicit FeatureAlphaDropoutImpl(const FeatureAlphaDropoutOptions &options = {});
  void pretty_print(std::ostream &stream) const override;
  Tensor forward(const Arg &input);
};
INGOT_MODULE(FeatureAlphaDropout);

} // namespace ingot::nn
