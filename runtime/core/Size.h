// Size: an int64_t that remembers that it overflowed, so that a size computed from hostile dimensions fits no buffer.
#pragma once
#include <cstdint>

namespace ingot_rt {
inline namespace v1 {

/// Arithmetic on sizes. Once a result does not fit, it and all that is computed from it is `overflowed()`.
class Size {
public:
  constexpr Size(std::int64_t value) : value_(value) {}

  constexpr bool overflowed() const { return overflowed_; }
  /// Meaningless where it overflowed.
  constexpr std::int64_t value() const { return value_; }

  friend constexpr Size operator+(Size a, Size b) {
    bool over = b.value_ > 0 ? a.value_ > INT64_MAX - b.value_ : a.value_ < INT64_MIN - b.value_;
    return over ? overflow() : make(a, b, a.value_ + b.value_);
  }
  friend constexpr Size operator*(Size a, Size b) {
    return product_overflows(a.value_, b.value_) ? overflow() : make(a, b, a.value_ * b.value_);
  }
  /// Division rounding towards minus infinity, and its remainder; an overflow where b is 0.
  static constexpr Size floordiv(Size a, Size b) {
    if (b.value_ == 0 || (a.value_ == INT64_MIN && b.value_ == -1))
      return overflow();
    std::int64_t quotient = a.value_ / b.value_, remainder = a.value_ % b.value_;
    return make(a, b, quotient - (remainder != 0 && (remainder < 0) != (b.value_ < 0)));
  }
  static constexpr Size mod(Size a, Size b) {
    if (b.value_ == 0 || b.value_ == -1)
      return b.value_ == 0 ? overflow() : make(a, b, 0);
    std::int64_t remainder = a.value_ % b.value_;
    return make(a, b, remainder != 0 && (remainder < 0) != (b.value_ < 0) ? remainder + b.value_ : remainder);
  }
  static constexpr Size min(Size a, Size b) { return make(a, b, a.value_ < b.value_ ? a.value_ : b.value_); }
  static constexpr Size max(Size a, Size b) { return make(a, b, a.value_ > b.value_ ? a.value_ : b.value_); }

private:
  static constexpr Size overflow() {
    Size size = 0;
    size.overflowed_ = true;
    return size;
  }
  static constexpr Size make(Size a, Size b, std::int64_t value) {
    Size size = value;
    size.overflowed_ = a.overflowed_ || b.overflowed_;
    return size;
  }
  static constexpr bool product_overflows(std::int64_t a, std::int64_t b) {
    if (a == 0 || b == 0)
      return false;
    if (a == -1 || b == -1)
      return a == INT64_MIN || b == INT64_MIN;
    bool negative = (a < 0) != (b < 0);
    return negative ? (a < 0 ? a < INT64_MIN / b : b < INT64_MIN / a)
                    : (a > 0 ? a > INT64_MAX / b : a < INT64_MAX / b);
  }

  std::int64_t value_;
  bool overflowed_ = false;
};

} // namespace v1
} // namespace ingot_rt
