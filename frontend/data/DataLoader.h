// Batches of a data set, in the order of a sampler.
//
//   auto loader = data::make_data_loader<data::samplers::RandomSampler>(
//       std::move(dataset), data::DataLoaderOptions().batch_size(64).drop_last(true));
//   for (data::Example<> &batch : *loader)
//     ...
//
// Each `begin` is a new epoch, for which the sampler is reset. Batches are made when they are asked for, in the thread
// that asks.
#pragma once
#include "ingot/core/Error.h"
#include "ingot/data/Dataset.h"
#include "ingot/data/Samplers.h"
#include "ingot/nn/options/Common.h"
#include <chrono>
#include <cstddef>
#include <iterator>
#include <memory>
#include <optional>

namespace ingot::data {

/// `workers`, `max_jobs`, `timeout` and `enforce_ordering` are there for programs that set them, and change nothing: batches
/// come in order from the calling thread.
struct DataLoaderOptions {
  DataLoaderOptions() = default;
  DataLoaderOptions(size_t batch_size) : batch_size_(batch_size) {}
  INGOT_ARG(size_t, batch_size) = 1;
  /// Leaves out a last batch that is smaller than the others.
  INGOT_ARG(bool, drop_last) = false;
  INGOT_ARG(size_t, workers) = 0;
  INGOT_ARG(std::optional<size_t>, max_jobs);
  INGOT_ARG(std::optional<std::chrono::milliseconds>, timeout);
  INGOT_ARG(bool, enforce_ordering) = true;
};

template <class Source, class Order> class DataLoader {
public:
  using BatchType = typename Source::BatchType;

  /// One pass over the batches; the current one can be changed.
  class Iterator {
  public:
    using iterator_category = std::input_iterator_tag;
    using value_type = BatchType;
    using difference_type = std::ptrdiff_t;
    using pointer = BatchType *;
    using reference = BatchType &;

    explicit Iterator(DataLoader *loader = nullptr) : loader(loader) { advance(); }
    reference operator*() { return *batch; }
    pointer operator->() { return &*batch; }
    Iterator &operator++() { return advance(), *this; }
    friend bool operator==(const Iterator &a, const Iterator &b) { return a.loader == b.loader; }

  private:
    void advance() {
      if (loader)
        batch = loader->next();
      if (!batch)
        loader = nullptr;
    }
    DataLoader *loader; ///< null at the end
    std::optional<BatchType> batch;
  };

  DataLoader(Source dataset, Order sampler, DataLoaderOptions options)
      : dataset(std::move(dataset)), sampler(std::move(sampler)), chosen(std::move(options)) {
    if (chosen.batch_size() == 0)
      throw Error("make_data_loader: batch_size must be positive, got 0");
  }
  Iterator begin() {
    sampler.reset();
    return Iterator(this);
  }
  Iterator end() { return Iterator(); }
  const DataLoaderOptions &options() const { return chosen; }

private:
  std::optional<BatchType> next() {
    auto request = sampler.next(chosen.batch_size());
    if (!request || (chosen.drop_last() && request->size() < chosen.batch_size()))
      return std::nullopt;
    return dataset.get_batch(std::move(*request));
  }

  Source dataset;
  Order sampler;
  DataLoaderOptions chosen;
};

template <class Source, class Order>
  requires requires(Order sampler) { sampler.reset(); }
std::unique_ptr<DataLoader<Source, Order>> make_data_loader(Source dataset, Order sampler,
                                                            DataLoaderOptions options = {}) {
  return std::make_unique<DataLoader<Source, Order>>(std::move(dataset), std::move(sampler),
                                                     std::move(options));
}

/// Error if the size of the data set is not known: then pass a sampler.
template <class Order = samplers::RandomSampler, class Source>
std::unique_ptr<DataLoader<Source, Order>> make_data_loader(Source dataset, DataLoaderOptions options = {}) {
  std::optional<size_t> size = dataset.size();
  if (!size)
    throw Error("make_data_loader: the data set must know its size, or a sampler be given");
  return std::make_unique<DataLoader<Source, Order>>(std::move(dataset), Order(*size), std::move(options));
}

} // namespace ingot::data
