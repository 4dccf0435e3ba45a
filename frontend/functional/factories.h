// Functions that make tensors.
//
//   ingot::zeros({2, n});   ingot::tensor({{1.0, 2.0}, {3.0, 4.0}});   ingot::randn({3}, ingot::kFloat64);
//
// Random numbers are those of a counter-based generator (Philox): the same on every machine for one seed.
#pragma once
#include "ingot/core/Tensor.h"
#include <functional>

namespace ingot {

Tensor zeros(const Shape &sizes, const TensorOptions &options = {}, const Where &at = Where::current());
Tensor ones(const Shape &sizes, const TensorOptions &options = {}, const Where &at = Where::current());
/// The elements are those of zeros.
Tensor empty(const Shape &sizes, const TensorOptions &options = {}, const Where &at = Where::current());
/// Of the value's own type unless the options say one: float32, int64 or bool.
Tensor full(const Shape &sizes, const Scalar &value, const TensorOptions &options = {},
            const Where &at = Where::current());
Tensor scalar_tensor(const Scalar &value, const TensorOptions &options = {},
                     const Where &at = Where::current());
/// int64 if all arguments are integers, else float32.
Tensor arange(const Scalar &end, const TensorOptions &options = {}, const Where &at = Where::current());
Tensor arange(const Scalar &start, const Scalar &end, const TensorOptions &options = {},
              const Where &at = Where::current());
Tensor arange(const Scalar &start, const Scalar &end, const Scalar &step, const TensorOptions &options = {},
              const Where &at = Where::current());
Tensor linspace(const Scalar &start, const Scalar &end, int64_t steps, const TensorOptions &options = {},
                const Where &at = Where::current());
Tensor eye(int64_t n, const TensorOptions &options = {}, const Where &at = Where::current());
Tensor eye(int64_t n, int64_t m, const TensorOptions &options = {}, const Where &at = Where::current());
Tensor zeros_like(const Arg &x, const TensorOptions &options = {});
Tensor ones_like(const Arg &x, const TensorOptions &options = {});
Tensor empty_like(const Arg &x, const TensorOptions &options = {});
Tensor full_like(const Arg &x, const Scalar &value, const TensorOptions &options = {});

/// What tensor() takes: a number, a list of numbers, lists of lists of equal lengths, or a vector.
class TensorData {
public:
  template <class T>
    requires std::is_arithmetic_v<T>
  TensorData(T number) : numbers{Scalar(number)}, scalar(true) {}
  TensorData(const Scalar &number) : numbers{number}, scalar(true) {}
  TensorData(const Size &number) : TensorData(Scalar(number)) {}
  /// A number that is yet to be read, such as clip_grad_norm_'s.
  template <class T>
    requires(!std::is_arithmetic_v<T> && !std::is_base_of_v<Size, T> && std::is_convertible_v<T, double>)
  TensorData(const T &number) : TensorData(Scalar(static_cast<double>(number))) {}
  TensorData(std::initializer_list<TensorData> list);
  TensorData(const Shape &list) : TensorData(list.vec()) {}
  template <class T>
    requires std::is_arithmetic_v<T>
  TensorData(const std::vector<T> &list) : sizes{static_cast<int64_t>(list.size())} {
    for (T number : list)
      numbers.emplace_back(number);
  }

  std::vector<int64_t> sizes;
  std::vector<Scalar> numbers;
  bool scalar = false;
};
/// A tensor of given elements: float32, int64 or bool unless the options say a type.
Tensor tensor(const TensorData &data, const TensorOptions &options = {}, const Where &at = Where::current());
inline Tensor tensor(std::initializer_list<TensorData> data, const TensorOptions &options = {},
                     const Where &at = Where::current()) {
  return tensor(TensorData(data), options, at);
}
/// A tensor on the caller's memory, row-major, which must live as long as the tensor. What is recorded on it uses the
/// elements that are there at that time; in-place members write there.
Tensor from_blob(void *data, const Shape &sizes, const TensorOptions &options = {},
                 const Where &at = Where::current());
/// `deleter` is called with the memory when nothing uses it any more.
Tensor from_blob(void *data, const Shape &sizes, const std::function<void(void *)> &deleter,
                 const TensorOptions &options = {}, const Where &at = Where::current());
/// With strides, in elements: those of a row-major tensor with its dimensions in another order. Others make a copy.
Tensor from_blob(void *data, const Shape &sizes, const Shape &strides, const TensorOptions &options = {},
                 const Where &at = Where::current());
Tensor from_blob(void *data, const Shape &sizes, const Shape &strides,
                 const std::function<void(void *)> &deleter, const TensorOptions &options = {},
                 const Where &at = Where::current());

/// Uniform in [0, 1).
Tensor rand(const Shape &sizes, const TensorOptions &options = {}, const Where &at = Where::current());
/// Standard normal.
Tensor randn(const Shape &sizes, const TensorOptions &options = {}, const Where &at = Where::current());
/// Uniform integers in [low, high), int64 unless the options say a type.
Tensor randint(int64_t low, int64_t high, const Shape &sizes, const TensorOptions &options = {},
               const Where &at = Where::current());
Tensor randint(int64_t high, const Shape &sizes, const TensorOptions &options = {},
               const Where &at = Where::current());
Tensor rand_like(const Arg &x, const TensorOptions &options = {});
Tensor randn_like(const Arg &x, const TensorOptions &options = {});
/// 1 with probability p, 0 otherwise; p is a tensor of probabilities, or one number for the sizes of x.
Tensor bernoulli(const Arg &p);
Tensor bernoulli(const Arg &x, double p);
/// Seeds the generator of the process.
void manual_seed(uint64_t seed);

} // namespace ingot
