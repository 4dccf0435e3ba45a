// Reading zip archives, such as torch.save writes. Not a public header.
//
//   FileError    why a file is not what it must be; without the file's name
//   ZipArchive   the entries of an archive in memory, by name
//
//   ZipArchive archive({bytes, size}, inflated);
//   if (const ZipEntry *entry = archive.find("model/data.pkl"))
//     std::span<const std::byte> contents = archive.read(*entry);
#pragma once
#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

namespace ingot::detail {

struct FileError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// What the directory of an archive says of a file in it.
struct ZipEntry {
  uint64_t headerOffset = 0, packedSize = 0, size = 0;
  uint32_t checksum = 0;
  uint16_t method = 0; ///< 0: stored, 8: deflated
};

/// An archive, zip64 included. What it says of itself is checked against its bytes before it is used; throws FileError.
class ZipArchive {
public:
  /// Whether bytes begin as an archive does.
  static bool matches(std::span<const std::byte> bytes);

  /// Reads the directory. `bytes` are borrowed; `inflated` receives the contents of entries that are compressed.
  ZipArchive(std::span<const std::byte> bytes, std::vector<std::vector<std::byte>> &inflated);

  const std::map<std::string, ZipEntry> &entries() const { return entryMap; }
  /// Null if there is none of this name.
  const ZipEntry *find(const std::string &name) const;
  /// The contents, with their checksum verified. They live as long as `bytes` and `inflated`.
  std::span<const std::byte> read(const ZipEntry &entry);

private:
  std::span<const std::byte> part(uint64_t offset, uint64_t size) const;
  void readDirectory(uint64_t offset, uint64_t size, uint64_t count);
  uint64_t readEntry(std::span<const std::byte> directory);

  std::span<const std::byte> bytes;
  std::map<std::string, ZipEntry> entryMap;
  std::vector<std::vector<std::byte>> &inflated;
  uint64_t packedBytes = 0; ///< of the compressed entries that were read
};

} // namespace ingot::detail
