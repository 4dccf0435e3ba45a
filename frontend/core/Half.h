// The C++ types of 16-bit floating-point elements, for data_ptr and item: they hold bits and convert to float and back.
//
//   const Half *elements = x.data_ptr<Half>();   // of a tensor of kFloat16
//   float first = elements[0];
#pragma once
#include <cstdint>
#include <iosfwd>

namespace ingot {

/// IEEE 754 binary16.
struct Half {
  Half() = default;
  Half(float value);
  operator float() const;
  uint16_t x = 0; ///< the bits
};

/// The upper half of a float.
struct BFloat16 {
  BFloat16() = default;
  BFloat16(float value);
  operator float() const;
  uint16_t x = 0; ///< the bits
};

} // namespace ingot
