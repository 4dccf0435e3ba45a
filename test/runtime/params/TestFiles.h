// Weights files for tests, put together byte by byte.
#pragma once
#include <cstdint>
#include <string>

namespace ingot::test {

/// A file with this header and this data; `length` overrides what it says about the header's length.
inline std::string fileOf(const std::string &header, const std::string &data, int64_t length = -1) {
  std::string file;
  auto size = length < 0 ? uint64_t(header.size()) : uint64_t(length);
  for (int i = 0; i < 8; ++i)
    file += char(size >> (8 * i) & 0xFF);
  return file + header + data;
}

} // namespace ingot::test
