// MNIST and all that comes in its form (Fashion-MNIST, KMNIST ...): images and labels in IDX files.
//
//   data::datasets::MNIST train("/usr/share/datasets/fashion-mnist");
//   train.get(3).data;     // float [1, 28, 28] in [0, 1]
//   train.get(3).target;   // int64 []
#pragma once
#include "ingot/data/Dataset.h"
#include <string>

namespace ingot::data::datasets {

class MNIST : public Dataset<MNIST> {
public:
  enum class Mode { kTrain, kTest };

  /// Reads train-images-idx3-ubyte and train-labels-idx1-ubyte, or t10k-..., compressed (.gz) or not. A file that is missing,
  /// truncated or something else, and files that do not belong together, are an Error that names them.
  explicit MNIST(const std::string &root, Mode mode = Mode::kTrain, const Where &at = Where::current());

  Example<> get(size_t index) override;
  std::optional<size_t> size() const override { return count; }
  bool is_train() const { return mode == Mode::kTrain; }
  /// [count, 1, height, width].
  const Tensor &images() const { return pictures; }
  /// [count].
  const Tensor &targets() const { return labels; }

private:
  Mode mode;
  size_t count = 0;
  Tensor pictures, labels;
};

} // namespace ingot::data::datasets
