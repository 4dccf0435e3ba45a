// What options of layers and functionals are made of.
//
//   INGOT_ARG(T, name)     a member with a getter name() and a chained setter name(value)
//   ExpandingArray<D, T>   one value a dimension, given as a list or as one value for all
//   kMean, kZeros, ...     choices: each is a type of its own (enumtype::kMean), held in a std::variant
//
//   nn::Conv2dOptions(3, 8, 5).stride({2, 1}).padding(ingot::kSame).bias(false)
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <iosfwd>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

/// Declares an option in a class; what follows is private up to the next access specifier.
#define INGOT_ARG(T, name)                                                                                   \
public:                                                                                                      \
  auto name(const T &new_##name) -> decltype(*this) {                                                        \
    this->name##_ = new_##name;                                                                              \
    return *this;                                                                                            \
  }                                                                                                          \
  auto name(T &&new_##name) -> decltype(*this) {                                                             \
    this->name##_ = std::move(new_##name);                                                                   \
    return *this;                                                                                            \
  }                                                                                                          \
  const T &name() const noexcept { return this->name##_; }                                                   \
  T &name() noexcept { return this->name##_; }                                                               \
                                                                                                             \
private:                                                                                                     \
  T name##_

namespace ingot {
namespace detail {
[[noreturn]] void throwExpandedSize(size_t required, size_t got);
void printList(std::ostream &stream, const int64_t *values, size_t count);
void printList(std::ostream &stream, const double *values, size_t count);
void printList(std::ostream &stream, const std::optional<int64_t> *values, size_t count);
} // namespace detail

/// D values. A list of another length is an error.
template <size_t D, class T = int64_t> class ExpandingArray {
public:
  ExpandingArray(std::initializer_list<T> list) { assign(list.begin(), list.size()); }
  ExpandingArray(const std::vector<T> &list) { assign(list.data(), list.size()); }
  ExpandingArray(T all) { values_.fill(all); }
  ExpandingArray(const std::array<T, D> &values) : values_(values) {}
  /// From a Shape, whose sizes must be numbers.
  template <class List>
    requires(!std::is_base_of_v<ExpandingArray, List> &&
             requires(const List &list) { list.numel(), list.vec(); })
  ExpandingArray(const List &list) : ExpandingArray(list.vec()) {}

  std::array<T, D> &operator*() { return values_; }
  const std::array<T, D> &operator*() const { return values_; }
  std::array<T, D> *operator->() { return &values_; }
  const std::array<T, D> *operator->() const { return &values_; }
  T operator[](size_t i) const { return values_[i]; }
  size_t size() const { return D; }
  std::vector<T> vec() const { return {values_.begin(), values_.end()}; }

  /// "[5, 3]", and "5" where D is 1.
  friend std::ostream &operator<<(std::ostream &stream, const ExpandingArray &array) {
    detail::printList(stream, array.values_.data(), D);
    return stream;
  }

private:
  void assign(const T *values, size_t count) {
    if (count != D)
      detail::throwExpandedSize(D, count);
    for (size_t i = 0; i < D; ++i)
      values_[i] = values[i];
  }

  std::array<T, D> values_;
};

/// D values, of which some may be left open (std::nullopt).
template <size_t D, class T = int64_t>
class ExpandingArrayWithOptionalElem : public ExpandingArray<D, std::optional<T>> {
public:
  using ExpandingArray<D, std::optional<T>>::ExpandingArray;
  ExpandingArrayWithOptionalElem(std::initializer_list<T> list)
      : ExpandingArrayWithOptionalElem(std::vector<T>(list)) {}
  ExpandingArrayWithOptionalElem(const std::vector<T> &list)
      : ExpandingArray<D, std::optional<T>>(std::vector<std::optional<T>>(list.begin(), list.end())) {}
  ExpandingArrayWithOptionalElem(T all) : ExpandingArray<D, std::optional<T>>(std::optional<T>(all)) {}
  ExpandingArrayWithOptionalElem(const ExpandingArray<D, T> &array)
      : ExpandingArrayWithOptionalElem(array.vec()) {}
};

/// Declares a choice: the type enumtype::k and the constant ingot::k.
#define INGOT_ENUM(k)                                                                                        \
  namespace enumtype {                                                                                       \
  struct k {                                                                                                 \
    static constexpr const char *name = #k;                                                                  \
  };                                                                                                         \
  }                                                                                                          \
  inline constexpr enumtype::k k;

namespace enumtype {
/// The text of the choice that a variant of choices holds, e.g. "kZeros".
template <class Variant> std::string get_enum_name(const Variant &choice) {
  return std::visit([](const auto &value) -> std::string { return value.name; }, choice);
}
} // namespace enumtype

// Non-linearities.
INGOT_ENUM(kLinear)
INGOT_ENUM(kConv1D)
INGOT_ENUM(kConv2D)
INGOT_ENUM(kConv3D)
INGOT_ENUM(kConvTranspose1D)
INGOT_ENUM(kConvTranspose2D)
INGOT_ENUM(kConvTranspose3D)
INGOT_ENUM(kSigmoid)
INGOT_ENUM(kTanh)
INGOT_ENUM(kReLU)
INGOT_ENUM(kGELU)
INGOT_ENUM(kSiLU)
INGOT_ENUM(kMish)
INGOT_ENUM(kLeakyReLU)
// Kinds of recurrent layers.
INGOT_ENUM(kRNN_TANH)
INGOT_ENUM(kRNN_RELU)
INGOT_ENUM(kLSTM)
INGOT_ENUM(kGRU)
// Initialization.
INGOT_ENUM(kFanIn)
INGOT_ENUM(kFanOut)
// Padding.
INGOT_ENUM(kConstant)
INGOT_ENUM(kReflect)
INGOT_ENUM(kReplicate)
INGOT_ENUM(kCircular)
INGOT_ENUM(kZeros)
INGOT_ENUM(kValid)
INGOT_ENUM(kSame)
// Resampling.
INGOT_ENUM(kNearest)
INGOT_ENUM(kNearestExact)
INGOT_ENUM(kBilinear)
INGOT_ENUM(kBicubic)
INGOT_ENUM(kTrilinear)
INGOT_ENUM(kArea)
INGOT_ENUM(kBorder)
INGOT_ENUM(kReflection)
// Reductions of losses and of bags.
INGOT_ENUM(kNone)
INGOT_ENUM(kSum)
INGOT_ENUM(kMean)
INGOT_ENUM(kMax)
INGOT_ENUM(kBatchMean)

} // namespace ingot
