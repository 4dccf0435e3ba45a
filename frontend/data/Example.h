// What a data set consists of.
//
//   data::Example<> example = dataset.get(7);   // a tensor and its label
#pragma once
#include "ingot/core/Tensor.h"
#include <utility>

namespace ingot::data {
namespace example {
struct NoTarget {};
} // namespace example

template <class Data = Tensor, class Target = Tensor> struct Example {
  using DataType = Data;
  using TargetType = Target;
  Example() = default;
  Example(Data data, Target target) : data(std::move(data)), target(std::move(target)) {}
  Data data;
  Target target;
};

template <class Data> struct Example<Data, example::NoTarget> {
  using DataType = Data;
  using TargetType = example::NoTarget;
  Example() = default;
  Example(Data data) : data(std::move(data)) {}
  operator Data &() { return data; }
  operator const Data &() const { return data; }
  Data data;
};

using TensorExample = Example<Tensor, example::NoTarget>;

} // namespace ingot::data
