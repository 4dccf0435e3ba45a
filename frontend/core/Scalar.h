// A number of any element type, as an operand: `x * 0.5`, `full({2}, 7)`.
//
// Outside trace a number is an argument of the compiled function, so that `x * rate` compiles once for all rates;
// Scalar::constant is one that never varies and is compiled in. Inside trace all numbers are constants.
#pragma once
#include "ingot/core/Dtype.h"
#include "ingot/core/Size.h"

namespace ingot {

class Scalar {
public:
  enum class Kind : uint8_t { Bool, Integer, Float, Size };

  Scalar() : Scalar(0) {}
  template <class T>
    requires std::is_arithmetic_v<T>
  Scalar(T v) {
    if constexpr (std::is_floating_point_v<T>)
      kind_ = Kind::Float, real = static_cast<double>(v);
    else
      kind_ = std::is_same_v<T, bool> ? Kind::Bool : Kind::Integer, integer = static_cast<int64_t>(v);
  }
  /// A size that is known at run time is a number of the program.
  Scalar(const Size &size);
  /// A number that is the same whenever this code runs.
  static Scalar constant(Scalar number) {
    number.constant_ = true;
    return number;
  }

  Kind kind() const { return kind_; }
  bool isFloatingPoint() const { return kind_ == Kind::Float; }
  bool isBoolean() const { return kind_ == Kind::Bool; }
  bool isIntegral(bool includeBool = false) const {
    return kind_ == Kind::Integer || kind_ == Kind::Size || (includeBool && kind_ == Kind::Bool);
  }
  bool isConstant() const { return constant_; }
  /// Of Kind::Size.
  const Size &size() const { return size_; }
  template <class T> T to() const {
    return kind_ == Kind::Float ? static_cast<T>(real) : static_cast<T>(number());
  }
  double toDouble() const { return to<double>(); }
  float toFloat() const { return to<float>(); }
  int64_t toLong() const { return to<int64_t>(); }
  int toInt() const { return to<int>(); }
  bool toBool() const { return kind_ == Kind::Float ? real != 0 : number() != 0; }
  Scalar operator-() const;

private:
  int64_t number() const { return kind_ == Kind::Size ? int64_t(size_) : integer; }

  Kind kind_ = Kind::Integer;
  bool constant_ = false;
  double real = 0;
  int64_t integer = 0;
  Size size_;
};

std::ostream &operator<<(std::ostream &out, const Scalar &number);

} // namespace ingot
