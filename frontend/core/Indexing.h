// Indexing, as PyTorch's `x[1:3, None, ..., 0]` and `x[rows, columns]`.
//
//   using namespace ingot::indexing;
//   x.index({Slice(1, 3), None, Ellipsis, 0});
//   x.index({rows, Slice(), x.sum(1) > 0});    // tensors of positions, or masks
#pragma once
#include "ingot/core/Size.h"
#include <initializer_list>
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

/// start:stop:step; negative bounds count from the end, the step is positive.
class Slice {
public:
  /// A bound, or None.
  struct Bound {
    Bound(NoneType) {}
    Bound(const Size &size) : size(size) {}
    template <std::integral T> Bound(T size) : size(Size(size)) {}
    std::optional<Size> size;
  };
  Slice(Bound start = None, Bound stop = None, int64_t step = 1)
      : start(std::move(start)), stop(std::move(stop)), step(step) {}

  Bound start, stop;
  int64_t step;
};

class TensorIndex {
public:
  enum class Kind : uint8_t { None, Ellipsis, Integer, Slice, Tensor };
  TensorIndex(NoneType) : kind(Kind::None) {}
  TensorIndex(EllipsisType) : kind(Kind::Ellipsis) {}
  TensorIndex(const char *ellipsis); // "..."
  TensorIndex(const Size &at) : kind(Kind::Integer), integer(at) {}
  template <std::integral T>
    requires(!std::same_as<T, bool>)
  TensorIndex(T at) : kind(Kind::Integer), integer(at) {}
  TensorIndex(Slice slice) : kind(Kind::Slice), slice(std::move(slice)) {}
  /// Positions (int64), or a mask (bool) of as many dimensions as it has.
  TensorIndex(const ingot::Tensor &tensor);

  Kind kind;
  Size integer;
  Slice slice;
  std::shared_ptr<const ingot::Tensor> tensor;
};
using TensorIndexList = std::vector<TensorIndex>;

} // namespace ingot::indexing
