// Span<T>: a pointer and a number of elements; what std::span is in C++20.
#pragma once
#include <cstddef>
#include <type_traits>
#include <utility>

namespace ingot_rt {
inline namespace v1 {

/// A view of `size()` elements that something else owns. Made implicitly from C arrays and from all that has data() and
/// size(): std::vector, std::array, std::span, Buffer; and from {pointer, size}.
template <class T> class Span {
  template <class U> static constexpr bool viewable = std::is_convertible<U (*)[], T (*)[]>::value;
  template <class C> using ElementOf = std::remove_pointer_t<decltype(std::declval<C &>().data())>;

public:
  constexpr Span() = default;
  constexpr Span(T *data, std::size_t size) : data_(data), size_(size) {}
  template <class U, std::size_t N, class = std::enable_if_t<viewable<U>>>
  constexpr Span(U (&array)[N]) : data_(array), size_(N) {}
  template <class C, class = std::enable_if_t<viewable<ElementOf<C>>>,
            class = decltype(std::size_t(std::declval<C &>().size()))>
  constexpr Span(C &&container) : data_(container.data()), size_(container.size()) {}

  constexpr T *data() const { return data_; }
  constexpr std::size_t size() const { return size_; }
  constexpr bool empty() const { return size_ == 0; }
  constexpr T *begin() const { return data_; }
  constexpr T *end() const { return data_ + size_; }
  constexpr T &operator[](std::size_t i) const { return data_[i]; }

private:
  T *data_ = nullptr;
  std::size_t size_ = 0;
};

} // namespace v1
} // namespace ingot_rt
