// zipOf: the bytes of a zip archive with stored entries, for tests that change what is in one.
#pragma once
#include <cstdint>
#include <string>
#include <utility>
#include <vector>
#include <zlib.h>

namespace ingot::test {

inline std::string littleEndian(uint64_t value, int bytes) {
  std::string text;
  for (int i = 0; i < bytes; ++i, value >>= 8)
    text += char(value & 0xff);
  return text;
}

inline std::string zipOf(const std::vector<std::pair<std::string, std::string>> &entries) {
  std::string archive, directory;
  for (const auto &[name, contents] : entries) {
    uint32_t checksum =
        uint32_t(crc32_z(0, reinterpret_cast<const Bytef *>(contents.data()), contents.size()));
    std::string common = littleEndian(0, 8) + littleEndian(checksum, 4) + littleEndian(contents.size(), 4) +
                         littleEndian(contents.size(), 4) + littleEndian(name.size(), 2) + littleEndian(0, 2);
    std::string version = littleEndian(20, 2);
    directory +=
        "PK\1\2" + version + version + common + littleEndian(0, 10) + littleEndian(archive.size(), 4) + name;
    archive += "PK\3\4" + version + common + name + contents;
  }
  return archive + directory + "PK\5\6" + littleEndian(0, 4) + littleEndian(entries.size(), 2) +
         littleEndian(entries.size(), 2) + littleEndian(directory.size(), 4) +
         littleEndian(archive.size(), 4) + littleEndian(0, 2);
}

} // namespace ingot::test
