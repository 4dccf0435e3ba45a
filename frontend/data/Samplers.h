// In which order a loader takes examples.
//
//   SequentialSampler   0, 1, 2 ...
//   RandomSampler       in another order each time, from the generator that ingot::manual_seed sets
//   StreamSampler       no numbers, but how many: for data sets that hand out what comes next (StreamDataset)
#pragma once
#include "ingot/core/Dtype.h"
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace ingot::data::samplers {

template <class BatchRequest = std::vector<size_t>> class Sampler {
public:
  using BatchRequestType = BatchRequest;
  virtual ~Sampler() = default;
  /// Begins anew, of `new_size` examples if that is given.
  virtual void reset(std::optional<size_t> new_size = std::nullopt) = 0;
  /// The next ones, at most `batch_size`; nothing at the end.
  virtual std::optional<BatchRequest> next(size_t batch_size) = 0;
};

class SequentialSampler : public Sampler<> {
public:
  explicit SequentialSampler(size_t size) : size(size) {}
  void reset(std::optional<size_t> new_size = std::nullopt) override;
  std::optional<std::vector<size_t>> next(size_t batch_size) override;
  /// How many have been taken.
  size_t index() const { return taken; }

private:
  size_t size, taken = 0;
};

class RandomSampler : public Sampler<> {
public:
  /// libtorch's parameter; the order does not depend on the type of its numbers.
  explicit RandomSampler(int64_t size, Dtype index_dtype = kInt64);
  void reset(std::optional<size_t> new_size = std::nullopt) override;
  std::optional<std::vector<size_t>> next(size_t batch_size) override;
  size_t index() const { return taken; }

private:
  std::vector<size_t> order;
  size_t size, taken = 0;
};

/// How many examples a StreamDataset is asked for.
struct BatchSize {
  explicit BatchSize(size_t size) : count(size) {}
  size_t size() const { return count; }
  operator size_t() const { return count; }
  size_t count;
};

class StreamSampler : public Sampler<BatchSize> {
public:
  /// Epochs of `epoch_size` examples.
  explicit StreamSampler(size_t epoch_size) : size(epoch_size) {}
  void reset(std::optional<size_t> new_size = std::nullopt) override;
  std::optional<BatchSize> next(size_t batch_size) override;

private:
  size_t size, taken = 0;
};

} // namespace ingot::data::samplers
