// Padding layers. Lists begin with the last dimension: {left, right, top, bottom, front, back}; one number is
// for all sides.
#pragma once
#include "ingot/core/Module.h"
#include "ingot/nn/options/Padding.h"

namespace ingot::nn {

/// Zeros around the last dimensions.
template <size_t D, class Derived> class ZeroPadImpl : public Cloneable<Derived> {
public:
  explicit ZeroPadImpl(const ZeroPadOptions<D> &options);
  void reset() override;
  void pretty_print(std::ostream &stream) const override;
  Tensor forward(const Arg &input);

  ZeroPadOptions<D> options;
};

class ZeroPad1dImpl : public ZeroPadImpl<1, ZeroPad1dImpl> {
public:
  explicit ZeroPad1dImpl(ExpandingArray<2> padding);
  explicit ZeroPad1dImpl(const ZeroPad1dOptions &options);
};
INGOT_MODULE(ZeroPad1d);

class ZeroPad2dImpl : public ZeroPadImpl<2, ZeroPad2dImpl> {
public:
  explicit ZeroPad2dImpl(ExpandingArray<4> padding);
  explicit ZeroPad2dImpl(const ZeroPad2dOptions &options);
};
INGOT_MODULE(ZeroPad2d);

class ZeroPad3dImpl : public ZeroPadImpl<3, ZeroPad3dImpl> {
public:
  explicit ZeroPad3dImpl(ExpandingArray<6> padding);
  explicit ZeroPad3dImpl(const ZeroPad3dOptions &options);
};
INGOT_MODULE(ZeroPad3d);

/// One value around the last dimensions.
template <size_t D, class Derived> class ConstantPadImpl : public Cloneable<Derived> {
public:
  explicit ConstantPadImpl(const ConstantPadOptions<D> &options);
  void reset() override;
  void pretty_print(std::ostream &stream) const override;
  Tensor forward(const Arg &input);

  ConstantPadOptions<D> options;
};

class ConstantPad1dImpl : public ConstantPadImpl<1, ConstantPad1dImpl> {
public:
  ConstantPad1dImpl(ExpandingArray<2> padding, double value);
  explicit ConstantPad1dImpl(const ConstantPad1dOptions &options);
};
INGOT_MODULE(ConstantPad1d);

class ConstantPad2dImpl : public ConstantPadImpl<2, ConstantPad2dImpl> {
public:
  ConstantPad2dImpl(ExpandingArray<4> padding, double value);
  explicit ConstantPad2dImpl(const ConstantPad2dOptions &options);
};
INGOT_MODULE(ConstantPad2d);

class ConstantPad3dImpl : public ConstantPadImpl<3, ConstantPad3dImpl> {
public:
  ConstantPad3dImpl(ExpandingArray<6> padding, double value);
  explicit ConstantPad3dImpl(const ConstantPad3dOptions &options);
};
INGOT_MODULE(ConstantPad3d);

/// The elements mirrored at the border, which is not repeated.
template <size_t D, class Derived> class ReflectionPadImpl : public Cloneable<Derived> {
public:
  explicit ReflectionPadImpl(const ReflectionPadOptions<D> &options);
  void reset() override;
  void pretty_print(std::ostream &stream) const override;
  Tensor forward(const Arg &input);

  ReflectionPadOptions<D> options;
};

class ReflectionPad1dImpl : public ReflectionPadImpl<1, ReflectionPad1dImpl> {
public:
  explicit ReflectionPad1dImpl(ExpandingArray<2> padding);
  explicit ReflectionPad1dImpl(const ReflectionPad1dOptions &options);
};
INGOT_MODULE(ReflectionPad1d);

class ReflectionPad2dImpl : public ReflectionPadImpl<2, ReflectionPad2dImpl> {
public:
  explicit ReflectionPad2dImpl(ExpandingArray<4> padding);
  explicit ReflectionPad2dImpl(const ReflectionPad2dOptions &options);
};
INGOT_MODULE(ReflectionPad2d);

class ReflectionPad3dImpl : public ReflectionPadImpl<3, ReflectionPad3dImpl> {
public:
  explicit ReflectionPad3dImpl(ExpandingArray<6> padding);
  explicit ReflectionPad3dImpl(const ReflectionPad3dOptions &options);
};
INGOT_MODULE(ReflectionPad3d);

/// The elements at the border repeated.
template <size_t D, class Derived> class ReplicationPadImpl : public Cloneable<Derived> {
public:
  explicit ReplicationPadImpl(const ReplicationPadOptions<D> &options);
  void reset() override;
  void pretty_print(std::ostream &stream) const override;
  Tensor forward(const Arg &input);

  ReplicationPadOptions<D> options;
};

class ReplicationPad1dImpl : public ReplicationPadImpl<1, ReplicationPad1dImpl> {
public:
  explicit ReplicationPad1dImpl(ExpandingArray<2> padding);
  explicit ReplicationPad1dImpl(const ReplicationPad1dOptions &options);
};
INGOT_MODULE(ReplicationPad1d);

class ReplicationPad2dImpl : public ReplicationPadImpl<2, ReplicationPad2dImpl> {
public:
  explicit ReplicationPad2dImpl(ExpandingArray<4> padding);
  explicit ReplicationPad2dImpl(const ReplicationPad2dOptions &options);
};
INGOT_MODULE(ReplicationPad2d);

class ReplicationPad3dImpl : public ReplicationPadImpl<3, ReplicationPad3dImpl> {
public:
  explicit ReplicationPad3dImpl(ExpandingArray<6> padding);
  explicit ReplicationPad3dImpl(const ReplicationPad3dOptions &options);
};
INGOT_MODULE(ReplicationPad3d);

/// The elements of the other end.
template <size_t D, class Derived> class CircularPadImpl : public Cloneable<Derived> {
public:
  explicit CircularPadImpl(const CircularPadOptions<D> &options);
  void reset() override;
  void pretty_print(std::ostream &stream) const override;
  Tensor forward(const Arg &input);

  CircularPadOptions<D> options;
};

class CircularPad1dImpl : public CircularPadImpl<1, CircularPad1dImpl> {
public:
  explicit CircularPad1dImpl(ExpandingArray<2> padding);
  explicit CircularPad1dImpl(const CircularPad1dOptions &options);
};
INGOT_MODULE(CircularPad1d);

class CircularPad2dImpl : public CircularPadImpl<2, CircularPad2dImpl> {
public:
  explicit CircularPad2dImpl(ExpandingArray<4> padding);
  explicit CircularPad2dImpl(const CircularPad2dOptions &options);
};
INGOT_MODULE(CircularPad2d);

class CircularPad3dImpl : public CircularPadImpl<3, CircularPad3dImpl> {
public:
  explicit CircularPad3dImpl(ExpandingArray<6> padding);
  explicit CircularPad3dImpl(const CircularPad3dOptions &options);
};
INGOT_MODULE(CircularPad3d);

extern template class ZeroPadImpl<1, ZeroPad1dImpl>;
extern template class ZeroPadImpl<2, ZeroPad2dImpl>;
extern template class ZeroPadImpl<3, ZeroPad3dImpl>;
extern template class ConstantPadImpl<1, ConstantPad1dImpl>;
extern template class ConstantPadImpl<2, ConstantPad2dImpl>;
extern template class ConstantPadImpl<3, ConstantPad3dImpl>;
extern template class ReflectionPadImpl<1, ReflectionPad1dImpl>;
extern template class ReflectionPadImpl<2, ReflectionPad2dImpl>;
extern template class ReflectionPadImpl<3, ReflectionPad3dImpl>;
extern template class ReplicationPadImpl<1, ReplicationPad1dImpl>;
extern template class ReplicationPadImpl<2, ReplicationPad2dImpl>;
extern template class ReplicationPadImpl<3, ReplicationPad3dImpl>;
extern template class CircularPadImpl<1, CircularPad1dImpl>;
extern template class CircularPadImpl<2, CircularPad2dImpl>;
extern template class CircularPadImpl<3, CircularPad3dImpl>;

} // namespace ingot::nn
