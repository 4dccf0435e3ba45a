// Indexing, as PyTorch's `x[1:3, None, ..., 0]` and `x[rows, columns]`.
//
//   using namespace ingot::indexing;
//   x.index({Slice(1, 3), None, Ellipsis, 0});
//   x.index({rows, Slice(), x.sum(1) > 0});    // tensors of positions, or masks
#pragma once
#include "ingot/core/Size.h"
#include <initializer_list>
#include <iosfwd>
#include <limits>
#include <memory>
#include <optional>
#include <vector>

namespace ingot {
class Tensor;
}

namespace ingot::indexing {

struct NoneType {};
struct EllipsisType {};
inline constexpr NoneType None{};
inline constexpr EllipsisType Ellipsis{};
/// What an open bound of a slice reads as.
inline constexpr int64_t INDEX_MIN = std::numeric_limits<int64_t>::min();
inline constexpr int64_t INDEX_MAX = std::numeric_limits<int64_t>::max();

/// start:stop:step; negative bounds count from the end, the step is positive.
class Slice {
public:
  /// A bound, or None.
  struct Bound {
    Bound(NoneType) {}
    Bound(std::nullopt_t) {}
    Bound(const Size &size) : size(size) {}
    template <std::integral T> Bound(T size) : size(Size(size)) {}
    std::optional<Size> size;
  };
  /// A step of zero is an Error.
  Slice(Bound start = None, Bound stop = None, Bound step = None);

  Size start() const { return first.value_or(stride < 0 ? INDEX_MAX : 0); }
  Size stop() const { return end.value_or(stride < 0 ? INDEX_MIN : INDEX_MAX); }
  int64_t step() const { return stride; }
  /// As they were given: none for None.
  const std::optional<Size> &givenStart() const { return first; }
  const std::optional<Size> &givenStop() const { return end; }

private:
  std::optional<Size> first, end;
  int64_t stride;
};

class TensorIndex {
public:
  enum class Kind : uint8_t { None, Ellipsis, Integer, Boolean, Slice, Tensor };
  TensorIndex(NoneType) : kind_(Kind::None) {}
  TensorIndex(std::nullopt_t) : kind_(Kind::None) {}
  TensorIndex(EllipsisType) : kind_(Kind::Ellipsis) {}
  TensorIndex(const char *ellipsis); // "..."
  TensorIndex(const Size &at) : kind_(Kind::Integer), integer_(at) {}
  /// A bool is a mask without dimensions: it adds one of size 1, or 0 for false.
  template <std::integral T>
  TensorIndex(T at) : kind_(std::same_as<T, bool> ? Kind::Boolean : Kind::Integer), integer_(at) {}
  TensorIndex(indexing::Slice slice) : kind_(Kind::Slice), slice_(std::move(slice)) {}
  /// Positions (int64), or a mask (bool) of as many dimensions as it has.
  TensorIndex(const ingot::Tensor &tensor);

  Kind kind() const { return kind_; }
  bool is_none() const { return kind_ == Kind::None; }
  bool is_ellipsis() const { return kind_ == Kind::Ellipsis; }
  bool is_integer() const { return kind_ == Kind::Integer; }
  bool is_boolean() const { return kind_ == Kind::Boolean; }
  bool is_slice() const { return kind_ == Kind::Slice; }
  bool is_tensor() const { return kind_ == Kind::Tensor; }
  // Of an index of that kind.
  const Size &integer() const { return integer_; }
  bool boolean() const { return integer_ != 0; }
  const indexing::Slice &slice() const { return slice_; }
  const ingot::Tensor &tensor() const { return *tensor_; }

private:
  Kind kind_;
  Size integer_;
  indexing::Slice slice_;
  std::shared_ptr<const ingot::Tensor> tensor_;
};
using TensorIndexList = std::vector<TensorIndex>;

/// "1:5:2"
std::ostream &operator<<(std::ostream &out, const Slice &slice);
/// "None", "...", "3", "true", "1:5:2", the elements of a tensor
std::ostream &operator<<(std::ostream &out, const TensorIndex &index);
/// "(None, 3)"
std::ostream &operator<<(std::ostream &out, const TensorIndexList &indices);

} // namespace ingot::indexing
