// Data sets: examples by their number.
//
//   Dataset          what a user derives: get(index), size()
//   BatchDataset     examples that come as batches: get_batch(indices), size()
//   MapDataset       a data set and a transform: dataset.map(transform)
//   StreamDataset    examples without numbers, of which a number is asked for: get_batch(size), with samplers::StreamSampler
//   StatefulDataset  the same, to an end that it knows itself; with reset(), save() and load() of how far it is
//   TensorDataset    the slices of a tensor
//   MNIST            images and labels in IDX files (Mnist.h)
//
//   struct Squares : data::Dataset<Squares> {
//     data::Example<> get(size_t i) override { return {torch::tensor(double(i)), torch::tensor(double(i * i))}; }
//     std::optional<size_t> size() const override { return 100; }
//   };
#pragma once
#include "ingot/data/Transforms.h"
#include "ingot/io/archive.h"
#include <optional>
#include <vector>

namespace ingot::data::datasets {

template <class Source, class Applied> class MapDataset;

template <class Self, class Batch = std::vector<Example<>>, class BatchRequest = std::vector<size_t>>
class BatchDataset {
public:
  using SelfType = Self;
  using BatchType = Batch;
  using BatchRequestType = BatchRequest;
  static constexpr bool is_stateful = false;

  virtual ~BatchDataset() = default;
  virtual Batch get_batch(BatchRequest request) = 0;
  /// Nothing where it is not known.
  virtual std::optional<size_t> size() const = 0;

  template <class Applied> MapDataset<Self, Applied> map(Applied transform) & {
    return {static_cast<Self &>(*this), std::move(transform)};
  }
  template <class Applied> MapDataset<Self, Applied> map(Applied transform) && {
    return {std::move(static_cast<Self &>(*this)), std::move(transform)};
  }
};

template <class Self, class Batch = std::vector<Example<>>>
using StreamDataset = BatchDataset<Self, Batch, size_t>;

/// A loader begins each epoch with reset(), and asks for batches until there is none. With several workers they share the
/// data set, whose get_batch must then be safe to call from several threads.
template <class Self, class Batch = std::vector<Example<>>, class BatchRequest = size_t>
class StatefulDataset : public BatchDataset<Self, std::optional<Batch>, BatchRequest> {
public:
  static constexpr bool is_stateful = true;
  virtual void reset() = 0;
  virtual void save(serialize::OutputArchive &archive) const = 0;
  virtual void load(serialize::InputArchive &archive) = 0;
};

template <class Source>
concept Stateful = requires { requires Source::is_stateful; };

template <class Self, class SingleExample = Example<>>
class Dataset : public BatchDataset<Self, std::vector<SingleExample>> {
public:
  using ExampleType = SingleExample;
  virtual SingleExample get(size_t index) = 0;
  std::vector<SingleExample> get_batch(std::vector<size_t> indices) override {
    std::vector<SingleExample> batch;
    batch.reserve(indices.size());
    for (size_t index : indices)
      batch.push_back(get(index));
    return batch;
  }
};

/// What a data set gives, and a transform makes of it: with an end, if the data set has one.
template <class Source, class Output>
using MappedBatch = std::conditional_t<Stateful<Source>, std::optional<Output>, Output>;

template <class Source, class Applied>
class MapDataset
    : public BatchDataset<MapDataset<Source, Applied>, MappedBatch<Source, typename Applied::OutputBatchType>,
                          typename Source::BatchRequestType> {
public:
  static constexpr bool is_stateful = Stateful<Source>;
  using DatasetType = Source;
  using TransformType = Applied;
  using OutputBatchType = MappedBatch<Source, typename Applied::OutputBatchType>;

  MapDataset(Source source, Applied transform) : source(std::move(source)), applied(std::move(transform)) {}
  OutputBatchType get_batch(typename Source::BatchRequestType request) override {
    auto batch = source.get_batch(std::move(request));
    if constexpr (!is_stateful)
      return applied.apply_batch(std::move(batch));
    else if (batch)
      return applied.apply_batch(std::move(*batch));
    else
      return std::nullopt;
  }
  void reset()
    requires is_stateful
  {
    source.reset();
  }
  std::optional<size_t> size() const override { return source.size(); }
  const Source &dataset() const { return source; }
  const Applied &transform() const { return applied; }

private:
  Source source;
  Applied applied;
};

/// Example i is tensor[i].
class TensorDataset : public Dataset<TensorDataset, TensorExample> {
public:
  explicit TensorDataset(Tensor tensor) : tensor(std::move(tensor)) {}
  TensorExample get(size_t index) override { return tensor[int64_t(index)]; }
  std::optional<size_t> size() const override { return size_t(int64_t(tensor.size(0))); }
  Tensor tensor;
};

} // namespace ingot::data::datasets

namespace ingot::data {
using datasets::BatchDataset;
using datasets::Dataset;
using datasets::StatefulDataset;
using datasets::StreamDataset;
} // namespace ingot::data
