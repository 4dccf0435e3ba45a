// Element types: their names here, in safetensors files and in C. The only table of them.
#pragma once
#include "runtime/abi/abi.h"
#include "runtime/core/Span.h"
#include <cstdint>
#include <string>
#include <string_view>

namespace ingot_rt {
inline namespace v1 {

/// A row of the table.
struct DType {
  std::string_view name;  ///< "f32"
  std::string_view file;  ///< in a safetensors file: "F32"
  std::string_view c;     ///< in the C interface: "float"; empty where objects do not take the type
  std::int32_t abi;       ///< an ingot_dtype; 0 where objects do not take the type
  std::int32_t size;      ///< bytes an element
  std::int32_t alignment; ///< bytes
};

/// Every type that a safetensors file may hold, in the order in which write_safetensors() stores them: by falling
/// alignment, so that each tensor lies aligned with no gap between.
inline constexpr DType dtypes[] = {
    {"f64", "F64", "double", INGOT_F64, 8, 8},
    {"i64", "I64", "int64_t", INGOT_I64, 8, 8},
    {"u64", "U64", "", 0, 8, 8},
    {"c64", "C64", "", 0, 8, 4},
    {"f32", "F32", "float", INGOT_F32, 4, 4},
    {"i32", "I32", "int32_t", INGOT_I32, 4, 4},
    {"u32", "U32", "", 0, 4, 4},
    {"bf16", "BF16", "ingot_bf16", INGOT_BF16, 2, 2},
    {"f16", "F16", "ingot_f16", INGOT_F16, 2, 2},
    {"i16", "I16", "int16_t", INGOT_I16, 2, 2},
    {"u16", "U16", "", 0, 2, 2},
    {"i8", "I8", "int8_t", INGOT_I8, 1, 1},
    {"u8", "U8", "uint8_t", INGOT_U8, 1, 1},
    {"bool", "BOOL", "bool", INGOT_BOOL, 1, 1},
    {"f8_e5m2", "F8_E5M2", "", 0, 1, 1},
    {"f8_e4m3", "F8_E4M3", "", 0, 1, 1},
    {"f8_e8m0", "F8_E8M0", "", 0, 1, 1},
};

/// The row with this name ("f32"), file name ("F32") or ingot_dtype; null if there is none.
inline const DType *dtype_named(std::string_view name) {
  for (const DType &row : dtypes)
    if (row.name == name)
      return &row;
  return nullptr;
}
inline const DType *dtype_in_file(std::string_view file) {
  for (const DType &row : dtypes)
    if (row.file == file)
      return &row;
  return nullptr;
}
inline const DType *dtype_of_abi(std::int32_t abi) {
  for (const DType &row : dtypes)
    if (row.abi == abi && abi != 0)
      return &row;
  return nullptr;
}

/// "f32 [6, 1, 5, 5]"
inline std::string type_text(const DType &dtype, Span<const std::int64_t> shape) {
  std::string text(dtype.name);
  text += " [";
  for (std::size_t i = 0; i < shape.size(); ++i)
    text += (i ? ", " : "") + std::to_string(shape[i]);
  return text + "]";
}

} // namespace v1
} // namespace ingot_rt
