// Fashion-MNIST's IDX files: images as the LeNet of this example takes them, and labels.
//
//   fashion::Dataset test = fashion::load("/usr/share/datasets/fashion-mnist", "t10k");
//   test.image(3);       // 32x32 floats
//   test.labels[3];      // 0 to 9
//   fashion::classNames[test.labels[3]];
#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace fashion {

/// Height and width of an image: the 28x28 pixels of the file with a border of 2.
constexpr int64_t side = 32;

constexpr std::array<const char *, 10> classNames = {"T-shirt", "trouser", "pullover", "dress", "coat",
                                                     "sandal",  "shirt",   "sneaker",  "bag",   "ankle boot"};

struct Dataset {
  std::vector<float> images; ///< count x 1 x 32 x 32, pixels in [0, 1], zero border
  std::vector<uint8_t> labels;

  int64_t count() const { return static_cast<int64_t>(labels.size()); }
  const float *image(int64_t index) const { return images.data() + index * side * side; }
};

/// Reads `<folder>/<part>-images-idx3-ubyte` and `<folder>/<part>-labels-idx1-ubyte`, compressed (.gz) or not; `part` is
/// "train" or "t10k". Throws std::runtime_error that names the file and what is wrong with it.
Dataset load(const std::string &folder, const std::string &part);

/// An image without its border as text, brighter pixels as denser characters.
constexpr size_t textLines = 14, textColumns = 28;
std::array<std::string, textLines> asText(const float *image);

} // namespace fashion
