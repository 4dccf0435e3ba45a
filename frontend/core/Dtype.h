// Element types.
//
//   Tensor mask = ingot::zeros({4}, ingot::kBool);
#pragma once
#include <cstdint>
#include <iosfwd>
#include <type_traits>

namespace ingot {

enum class Dtype : uint8_t {
  Bool,
  UInt8,
  Int8,
  Int16,
  Int32,
  Int64,
  Float16,
  BFloat16,
  Float32,
  Float64,
  // libtorch's names.
  Byte = UInt8,
  Char = Int8,
  Short = Int16,
  Int = Int32,
  Long = Int64,
  Half = Float16,
  Float = Float32,
  Double = Float64,
};
using ScalarType = Dtype;

inline constexpr Dtype kBool = Dtype::Bool;
inline constexpr Dtype kUInt8 = Dtype::UInt8, kByte = kUInt8;
inline constexpr Dtype kInt8 = Dtype::Int8, kChar = kInt8;
inline constexpr Dtype kInt16 = Dtype::Int16, kShort = kInt16;
inline constexpr Dtype kInt32 = Dtype::Int32, kInt = kInt32;
inline constexpr Dtype kInt64 = Dtype::Int64, kLong = kInt64;
inline constexpr Dtype kFloat16 = Dtype::Float16, kHalf = kFloat16;
inline constexpr Dtype kBFloat16 = Dtype::BFloat16;
inline constexpr Dtype kFloat32 = Dtype::Float32, kFloat = kFloat32;
inline constexpr Dtype kFloat64 = Dtype::Float64, kDouble = kFloat64;

inline constexpr bool isFloatingType(Dtype type) { return type >= Dtype::Float16; }
inline constexpr bool isIntegralType(Dtype type, bool includeBool = false) {
  return !isFloatingType(type) && (includeBool || type != Dtype::Bool);
}
/// The floating-point type of what is made without one, of literals and of integers' quotients: float32 at first, of the whole
/// process.
Dtype get_default_dtype();
void set_default_dtype(Dtype type);
/// Bytes of one element; a bool takes one.
int64_t elementSize(Dtype type);
/// PyTorch's name, e.g. "float32".
const char *toString(Dtype type);
/// The C++ type, as libtorch prints Tensor::dtype(): "float", "long int".
std::ostream &operator<<(std::ostream &out, Dtype type);

struct BFloat16;
struct Half;

namespace detail {
template <class U> constexpr Dtype dtypeOfNumber() {
  static_assert(std::is_arithmetic_v<U> && sizeof(U) <= 8 && !(sizeof(U) == 2 && std::is_unsigned_v<U>),
                "an element type is bool, an integer of 1, 2, 4 or 8 bytes, float or double");
  if constexpr (std::is_same_v<U, bool>)
    return Dtype::Bool;
  else if constexpr (std::is_floating_point_v<U>)
    return sizeof(U) == 4 ? Dtype::Float32 : Dtype::Float64;
  else
    return sizeof(U) == 1   ? (std::is_unsigned_v<U> ? Dtype::UInt8 : Dtype::Int8)
           : sizeof(U) == 2 ? Dtype::Int16
           : sizeof(U) == 4 ? Dtype::Int32
                            : Dtype::Int64;
}
/// The element type whose elements are the C++ type T.
template <class T> constexpr Dtype dtypeOf() {
  using U = std::remove_cv_t<T>;
  if constexpr (std::is_same_v<U, Half>)
    return Dtype::Float16;
  else if constexpr (std::is_same_v<U, BFloat16>)
    return Dtype::BFloat16;
  else
    return dtypeOfNumber<U>();
}
} // namespace detail
} // namespace ingot
