#include "frontend/io/Zip.h"
#include <algorithm>
#include <cstring>
#include <zlib.h>

namespace ingot::detail {
namespace {

constexpr uint32_t localSignature = 0x04034b50, directorySignature = 0x02014b50, endSignature = 0x06054b50;
constexpr uint32_t end64Signature = 0x06064b50, locator64Signature = 0x07064b50;
constexpr size_t localBytes = 30, directoryBytes = 46, endBytes = 22, end64Bytes = 56, locator64Bytes = 20;

/// A little-endian number; the caller has checked that it is there.
template <class T> T number(std::span<const std::byte> bytes, size_t offset) {
  T value = 0;
  for (size_t i = sizeof(T); i-- > 0;)
    value = T(value << 8 | std::to_integer<T>(bytes[offset + i]));
  return value;
}

/// The record at the end of an archive, behind which only its comment lies.
size_t findEnd(std::span<const std::byte> bytes) {
  constexpr size_t longestComment = 65535;
  if (bytes.size() >= endBytes)
    for (size_t comment = 0; comment <= std::min(longestComment, bytes.size() - endBytes); ++comment) {
      size_t at = bytes.size() - endBytes - comment;
      if (number<uint32_t>(bytes, at) == endSignature && number<uint16_t>(bytes, at + 20) == comment)
        return at;
    }
  throw FileError("the directory at the end of the zip archive is missing: the file is truncated or corrupt");
}

/// Sizes that do not fit in 32 bits stand in a field of their own, in this order, where those are all ones.
void readLargeSizes(std::span<const std::byte> extra, ZipEntry &entry) {
  constexpr uint16_t largeSizes = 1;
  while (extra.size() >= 4) {
    auto id = number<uint16_t>(extra, 0);
    size_t size = number<uint16_t>(extra, 2);
    if (size > extra.size() - 4)
      throw FileError("an extra field of the zip directory is longer than its entry");
    std::span<const std::byte> field = extra.subspan(4, size);
    extra = extra.subspan(4 + size);
    if (id != largeSizes)
      continue;
    for (uint64_t *value : {&entry.size, &entry.packedSize, &entry.headerOffset}) {
      if (*value != UINT32_MAX)
        continue;
      if (field.size() < 8)
        throw FileError("a zip64 field is too short");
      *value = number<uint64_t>(field, 0);
      field = field.subspan(8);
    }
  }
}

std::vector<std::byte> inflateAll(std::span<const std::byte> packed, size_t size) {
  std::vector<std::byte> result(size);
  z_stream stream{};
  constexpr int rawDeflate = -15;
  if (inflateInit2(&stream, rawDeflate) != Z_OK)
    throw FileError("zlib cannot start");
  struct End {
    ~End() { inflateEnd(&stream); }
    z_stream &stream;
  } end{stream};
  constexpr size_t most = 1u << 30; // zlib counts in 32 bits
  size_t read = 0, written = 0;
  int status = Z_OK;
  while (status == Z_OK) {
    size_t in = std::min(most, packed.size() - read), out = std::min(most, size - written);
    // zlib wants a place to write to even when nothing is to be written, and takes its input as not const.
    std::byte nowhere;
    stream.next_in = reinterpret_cast<Bytef *>(const_cast<std::byte *>(packed.data() + read));
    stream.next_out = reinterpret_cast<Bytef *>(out ? result.data() + written : &nowhere);
    stream.avail_in = uInt(in), stream.avail_out = uInt(out);
    status = inflate(&stream, Z_NO_FLUSH);
    read += in - stream.avail_in, written += out - stream.avail_out;
  }
  if (status != Z_STREAM_END || written != size)
    throw FileError("a compressed entry of the zip archive is corrupt");
  return result;
}

} // namespace

bool ZipArchive::matches(std::span<const std::byte> bytes) {
  return bytes.size() >= 4 && number<uint32_t>(bytes, 0) == localSignature;
}

ZipArchive::ZipArchive(std::span<const std::byte> bytes, std::vector<std::vector<std::byte>> &inflated)
    : bytes(bytes), inflated(inflated) {
  size_t end = findEnd(bytes);
  uint64_t count = number<uint16_t>(bytes, end + 10), size = number<uint32_t>(bytes, end + 12),
           offset = number<uint32_t>(bytes, end + 16);
  bool isLarge = count == UINT16_MAX || size == UINT32_MAX || offset == UINT32_MAX;
  if (isLarge && end >= locator64Bytes &&
      number<uint32_t>(bytes, end - locator64Bytes) == locator64Signature) {
    std::span<const std::byte> large = part(number<uint64_t>(bytes, end - locator64Bytes + 8), end64Bytes);
    if (number<uint32_t>(large, 0) != end64Signature)
      throw FileError("the zip64 directory is missing");
    count = number<uint64_t>(large, 32), size = number<uint64_t>(large, 40),
    offset = number<uint64_t>(large, 48);
  }
  readDirectory(offset, size, count);
}

std::span<const std::byte> ZipArchive::part(uint64_t offset, uint64_t size) const {
  if (offset > bytes.size() || size > bytes.size() - offset)
    throw FileError("bytes " + std::to_string(offset) + " and the " + std::to_string(size) +
                    " from there are required, the file has " + std::to_string(bytes.size()));
  return bytes.subspan(size_t(offset), size_t(size));
}

void ZipArchive::readDirectory(uint64_t offset, uint64_t size, uint64_t count) {
  std::span<const std::byte> directory = part(offset, size);
  for (uint64_t i = 0; i < count; ++i)
    directory = directory.subspan(readEntry(directory));
}

uint64_t ZipArchive::readEntry(std::span<const std::byte> directory) {
  if (directory.size() < directoryBytes || number<uint32_t>(directory, 0) != directorySignature)
    throw FileError("the directory of the zip archive is corrupt");
  size_t name = number<uint16_t>(directory, 28), extra = number<uint16_t>(directory, 30),
         comment = number<uint16_t>(directory, 32);
  if (directory.size() - directoryBytes < name + extra + comment)
    throw FileError("an entry of the zip directory is longer than the directory");
  ZipEntry entry{.headerOffset = number<uint32_t>(directory, 42),
                 .packedSize = number<uint32_t>(directory, 20),
                 .size = number<uint32_t>(directory, 24),
                 .checksum = number<uint32_t>(directory, 16),
                 .method = number<uint16_t>(directory, 10)};
  readLargeSizes(directory.subspan(directoryBytes + name, extra), entry);
  std::string key(reinterpret_cast<const char *>(directory.data()) + directoryBytes, name);
  if (number<uint16_t>(directory, 8) & 1)
    throw FileError("the zip archive is encrypted");
  if (!entryMap.emplace(std::move(key), entry).second)
    throw FileError("two entries of the zip archive have the same name");
  return directoryBytes + name + extra + comment;
}

const ZipEntry *ZipArchive::find(const std::string &name) const {
  auto found = entryMap.find(name);
  return found == entryMap.end() ? nullptr : &found->second;
}

std::span<const std::byte> ZipArchive::read(const ZipEntry &entry) {
  std::span<const std::byte> header = part(entry.headerOffset, localBytes);
  if (number<uint32_t>(header, 0) != localSignature)
    throw FileError("an entry of the zip archive is not where its directory says");
  uint64_t skipped = localBytes + number<uint16_t>(header, 26) + number<uint16_t>(header, 28);
  std::span<const std::byte> contents = part(entry.headerOffset + skipped, entry.packedSize);
  // What claims more than deflate can do is no reason to allocate memory, and bytes are inflated once.
  constexpr uint64_t bestRatio = 1032;
  if (entry.method == 8 && (packedBytes += entry.packedSize) > bytes.size())
    throw FileError("compressed entries of the zip archive share their bytes");
  if (entry.method == 8 && entry.size / bestRatio <= contents.size())
    contents = inflated.emplace_back(inflateAll(contents, size_t(entry.size)));
  else if (entry.method != 0 && entry.method != 8)
    throw FileError("an entry of the zip archive is compressed by method " + std::to_string(entry.method) +
                    ", required 0 (stored) or 8 (deflated)");
  if (contents.size() != entry.size)
    throw FileError("an entry of the zip archive must have " + std::to_string(entry.size) + " bytes, got " +
                    std::to_string(contents.size()));
  if (crc32_z(0, reinterpret_cast<const Bytef *>(contents.data()), contents.size()) != entry.checksum)
    throw FileError("the checksum of an entry of the zip archive is wrong: the file is corrupt");
  return contents;
}

} // namespace ingot::detail
