#include "fashion_mnist.h"
#include <algorithm>
#include <memory>
#include <stdexcept>
#include <string_view>
#include <zlib.h>

namespace fashion {
namespace {

constexpr int64_t fileSide = 28;
constexpr int64_t border = (side - fileSide) / 2;

/// An IDX file: a magic number whose last byte is the rank, the sizes (big-endian), then bytes.
struct Idx {
  std::vector<uint32_t> sizes;
  std::vector<uint8_t> data;
};

/// The whole content of `path`, or of `path`.gz where the former does not exist; decompressed.
std::vector<uint8_t> readAll(std::string &path) {
  gzFile file = gzopen(path.c_str(), "rb");
  if (!file) {
    path += ".gz";
    file = gzopen(path.c_str(), "rb");
  }
  if (!file)
    throw std::runtime_error(
        "cannot open " + path +
        " (the Debian package dataset-fashion-mnist installs it; --data names its folder)");
  std::unique_ptr<gzFile_s, int (*)(gzFile)> closer(file, gzclose);
  std::vector<uint8_t> content;
  std::array<uint8_t, 1 << 16> chunk;
  int got = 0;
  while ((got = gzread(file, chunk.data(), chunk.size())) > 0)
    content.insert(content.end(), chunk.begin(), chunk.begin() + got);
  if (int code = Z_OK; got < 0)
    throw std::runtime_error(path + ": " + gzerror(file, &code));
  return content;
}

Idx readIdx(std::string path, uint32_t rank) {
  std::vector<uint8_t> content = readAll(path);
  auto word = [&](size_t index) {
    const uint8_t *p = content.data() + 4 * index;
    return uint32_t(p[0]) << 24 | uint32_t(p[1]) << 16 | uint32_t(p[2]) << 8 | uint32_t(p[3]);
  };
  size_t header = 4 * (1 + size_t(rank));
  if (content.size() < header || word(0) != (0x0800u | rank))
    throw std::runtime_error(path + ": not an IDX file of unsigned bytes with " + std::to_string(rank) +
                             " dimensions");
  Idx idx;
  uint64_t bytes = 1;
  for (uint32_t dim = 0; dim < rank; ++dim) {
    idx.sizes.push_back(word(1 + dim));
    bytes *= std::min<uint64_t>(idx.sizes.back(), 1u << 20); // no file of this data set comes near
  }
  if (content.size() - header != bytes)
    throw std::runtime_error(path + ": " + std::to_string(bytes) + " bytes of data expected, " +
                             std::to_string(content.size() - header) + " found");
  idx.data.assign(content.begin() + static_cast<std::ptrdiff_t>(header), content.end());
  return idx;
}

} // namespace

Dataset load(const std::string &folder, const std::string &part) {
  Idx images = readIdx(folder + "/" + part + "-images-idx3-ubyte", 3);
  Idx labels = readIdx(folder + "/" + part + "-labels-idx1-ubyte", 1);
  if (images.sizes[0] != labels.sizes[0] || images.sizes[1] != fileSide || images.sizes[2] != fileSide)
    throw std::runtime_error(folder + ": expected as many 28x28 images as labels, got " +
                             std::to_string(images.sizes[0]) + " images of " +
                             std::to_string(images.sizes[1]) + "x" + std::to_string(images.sizes[2]) +
                             " and " + std::to_string(labels.sizes[0]) + " labels");
  if (std::any_of(labels.data.begin(), labels.data.end(),
                  [](uint8_t label) { return label >= classNames.size(); }))
    throw std::runtime_error(folder + ": a label of " + part + " is not in [0, 9]");
  Dataset set;
  set.labels = std::move(labels.data);
  set.images.resize(set.labels.size() * side * side);
  const uint8_t *pixel = images.data.data();
  for (int64_t n = 0; n < set.count(); ++n)
    for (int64_t y = 0; y < fileSide; ++y)
      for (int64_t x = 0; x < fileSide; ++x)
        set.images[(n * side + y + border) * side + x + border] = static_cast<float>(*pixel++) / 255.0f;
  return set;
}

std::array<std::string, textLines> asText(const float *image) {
  constexpr std::string_view ramp = " .:-=+*#%@";
  std::array<std::string, textLines> lines;
  for (size_t line = 0; line < textLines; ++line)
    for (size_t column = 0; column < textColumns; ++column) {
      const float *pixel =
          image + (border + 2 * line) * side + border + column; // a character is as high as two
      float brightness = (pixel[0] + pixel[side]) / 2;
      lines[line] += ramp[static_cast<size_t>(brightness * static_cast<float>(ramp.size() - 1) + 0.5f)];
    }
  return lines;
}

} // namespace fashion
