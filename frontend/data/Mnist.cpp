#include "frontend/data/Mnist.h"
#include "frontend/core/Error.h"
#include "frontend/core/State.h"
#include "frontend/functional/factories.h"
#include <algorithm>
#include <array>
#include <zlib.h>

namespace ingot::data::datasets {
namespace {

/// A file of bytes: a magic number whose last byte is the rank, the sizes (big-endian), then the elements.
struct Idx {
  std::vector<uint32_t> sizes;
  std::vector<uint8_t> data;
};

class IdxReader {
public:
  IdxReader(std::string path, const Where &at) : path(std::move(path)), at(at) {}

  Idx read(uint32_t rank) {
    std::vector<uint8_t> content = readAll();
    size_t header = 4 * (1 + size_t(rank));
    if (content.size() < header || word(content, 0) != (0x0800u | rank))
      refuse("an IDX file of bytes with " + std::to_string(rank) + " dimensions",
             content.size() < header ? std::to_string(content.size()) + " bytes" : "another magic number");
    Idx idx;
    uint64_t bytes = 1;
    for (uint32_t dim = 0; dim < rank; ++dim) {
      idx.sizes.push_back(word(content, 1 + dim));
      bytes *= std::min<uint64_t>(idx.sizes.back(), 1u << 20); // beyond that no file can have as many
    }
    if (content.size() - header != bytes)
      refuse(std::to_string(bytes) + " bytes of data, as its header says",
             std::to_string(content.size() - header));
    idx.data.assign(content.begin() + std::ptrdiff_t(header), content.end());
    return idx;
  }

private:
  static uint32_t word(const std::vector<uint8_t> &bytes, size_t index) {
    const uint8_t *p = bytes.data() + 4 * index;
    return uint32_t(p[0]) << 24 | uint32_t(p[1]) << 16 | uint32_t(p[2]) << 8 | uint32_t(p[3]);
  }

  /// The contents of the file, or of the compressed one beside it.
  std::vector<uint8_t> readAll() {
    gzFile file = gzopen(path.c_str(), "rb");
    if (!file)
      file = gzopen((path + ".gz").c_str(), "rb");
    if (!file)
      refuse("a file of this name, or with .gz behind it", "none that can be opened");
    std::unique_ptr<gzFile_s, int (*)(gzFile)> closer(file, gzclose);
    std::vector<uint8_t> content;
    std::array<uint8_t, 1 << 16> chunk;
    int got = 0;
    while ((got = gzread(file, chunk.data(), chunk.size())) > 0)
      content.insert(content.end(), chunk.begin(), chunk.begin() + got);
    int code = Z_OK;
    const char *message = gzerror(file, &code);
    if (got < 0 || code != Z_OK) // a truncated stream is no error of the last read
      refuse("a whole compressed file", message);
    return content;
  }

  [[noreturn]] void refuse(const std::string &required, const std::string &got) {
    ingot::detail::fail("MNIST", at, path + ": required " + required, got);
  }

  std::string path;
  Where at;
};

} // namespace

MNIST::MNIST(const std::string &root, Mode mode, const Where &at) : mode(mode) {
  std::string part = root + (is_train() ? "/train" : "/t10k");
  Idx images = IdxReader(part + "-images-idx3-ubyte", at).read(3);
  Idx targets = IdxReader(part + "-labels-idx1-ubyte", at).read(1);
  if (images.sizes[0] != targets.sizes[0])
    ingot::detail::fail("MNIST", at, part + "-*: as many labels as images are required",
                        std::to_string(targets.sizes[0]) + " and " + std::to_string(images.sizes[0]));
  count = images.sizes[0];
  std::vector<float> pixels(images.data.size());
  std::ranges::transform(images.data, pixels.begin(), [](uint8_t byte) { return float(byte) / 255; });
  pictures = empty({int64_t(count), 1, images.sizes[1], images.sizes[2]});
  ingot::detail::writeBytes(pictures, pixels.data(), pixels.size() * sizeof(float));
  std::vector<int64_t> numbers(targets.data.begin(), targets.data.end());
  labels = empty({int64_t(count)}, kInt64);
  ingot::detail::writeBytes(labels, numbers.data(), numbers.size() * sizeof(int64_t));
}

// Copies, so that all examples are alike for the functions that use them.
Example<> MNIST::get(size_t index) {
  if (index >= count)
    throw Error("MNIST: the index must be below " + std::to_string(count) + ", got " + std::to_string(index));
  auto copyOf = [&](const Tensor &all, const Shape &sizes) {
    Tensor one = empty(sizes, all.options());
    size_t bytes = size_t(int64_t(sizes.numel()) * all.element_size());
    const char *first = static_cast<const char *>(ingot::detail::readBytes(all));
    ingot::detail::writeBytes(one, first + index * bytes, bytes);
    return one;
  };
  return {copyOf(pictures, {1, pictures.size(2), pictures.size(3)}), copyOf(labels, {})};
}

} // namespace ingot::data::datasets
