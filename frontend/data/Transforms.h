// What is done with the examples of a data set before they are a batch, by `map`.
//
//   Transform        from one example to another
//   BatchTransform   from a vector of examples to something; Collation: to one batch
//   Lambda, TensorLambda, BatchLambda   the same by a function
//   Normalize        (x - mean) / stddev, a number for all channels or one each
//   Stack            examples become one, with a new first dimension
//
//   auto set = data::datasets::MNIST(folder).map(data::transforms::Normalize<>(0.1307, 0.3081))
//                                           .map(data::transforms::Stack<>());
#pragma once
#include "ingot/data/Example.h"
#include <functional>
#include <initializer_list>
#include <vector>

namespace ingot::data {
namespace detail {
/// Computes a tensor now, so that each example is one run of one small function.
void compute(const Tensor &tensor);
/// [C, 1, 1], to broadcast over images.
Tensor channels(const std::vector<double> &values);
/// ingot::stack of tensors that are there, copied as they are. Error where their sizes or types differ.
Tensor stackExamples(const std::vector<Tensor> &tensors);
} // namespace detail

namespace transforms {

template <class Input, class Output> class BatchTransform {
public:
  using InputBatchType = Input;
  using OutputBatchType = Output;
  virtual ~BatchTransform() = default;
  virtual Output apply_batch(Input batch) = 0;
};

template <class Input, class Output>
class Transform : public BatchTransform<std::vector<Input>, std::vector<Output>> {
public:
  using InputType = Input;
  using OutputType = Output;
  virtual Output apply(Input example) = 0;
  std::vector<Output> apply_batch(std::vector<Input> batch) override {
    std::vector<Output> result;
    result.reserve(batch.size());
    for (Input &example : batch)
      result.push_back(apply(std::move(example)));
    return result;
  }
};

template <class Batch, class Examples = std::vector<Batch>> using Collation = BatchTransform<Examples, Batch>;

template <class Input, class Output = Input> class BatchLambda : public BatchTransform<Input, Output> {
public:
  using FunctionType = std::function<Output(Input)>;
  explicit BatchLambda(FunctionType function) : function(std::move(function)) {}
  Output apply_batch(Input batch) override { return function(std::move(batch)); }

private:
  FunctionType function;
};

template <class Input, class Output = Input> class Lambda : public Transform<Input, Output> {
public:
  using FunctionType = std::function<Output(Input)>;
  explicit Lambda(FunctionType function) : function(std::move(function)) {}
  Output apply(Input example) override { return function(std::move(example)); }

private:
  FunctionType function;
};

/// Of the data of an example; the target stays.
template <class Target = Tensor>
class TensorTransform : public Transform<Example<Tensor, Target>, Example<Tensor, Target>> {
public:
  virtual Tensor operator()(Tensor input) = 0;
  Example<Tensor, Target> apply(Example<Tensor, Target> input) override {
    input.data = (*this)(std::move(input.data));
    detail::compute(input.data);
    return input;
  }
};

template <class Target = Tensor> class TensorLambda : public TensorTransform<Target> {
public:
  using FunctionType = std::function<Tensor(Tensor)>;
  explicit TensorLambda(FunctionType function) : function(std::move(function)) {}
  Tensor operator()(Tensor input) override { return function(std::move(input)); }

private:
  FunctionType function;
};

/// A number for all channels, or one for each.
struct PerChannel {
  PerChannel(double value) : values{value} {}
  PerChannel(std::initializer_list<double> values) : values(values) {}
  PerChannel(std::vector<double> values) : values(std::move(values)) {}
  std::vector<double> values;
};

/// (x - mean) / stddev of images [C, H, W].
template <class Target = Tensor> class Normalize : public TensorTransform<Target> {
public:
  Normalize(const PerChannel &mean, const PerChannel &stddev)
      : mean(detail::channels(mean.values)), stddev(detail::channels(stddev.values)) {}
  Tensor operator()(Tensor input) override { return input.sub(mean).div(stddev); }
  Tensor mean, stddev;
};

template <class T = Example<>> class Stack;

template <> class Stack<Example<>> : public Collation<Example<>> {
public:
  Example<> apply_batch(std::vector<Example<>> examples) override;
};

template <> class Stack<TensorExample> : public Collation<TensorExample> {
public:
  TensorExample apply_batch(std::vector<TensorExample> examples) override;
};

} // namespace transforms
} // namespace ingot::data
