// Batches of a data set, in the order of a sampler.
//
//   auto loader = data::make_data_loader<data::samplers::RandomSampler>(
//       std::move(dataset), data::DataLoaderOptions().batch_size(64).drop_last(true).workers(2));
//   for (data::Example<> &batch : *loader)
//     ...
//
// Each `begin` is a new epoch, for which the sampler is reset. Without workers a batch is made when it is asked for, in the
// thread that asks. With workers, as many threads make batches ahead, each with a copy of the data set: reading files and
// decoding go on beside training; tensors are computed one thread at a time.
#pragma once
#include "ingot/core/Error.h"
#include "ingot/data/Dataset.h"
#include "ingot/data/Prefetch.h"
#include "ingot/data/Samplers.h"
#include "ingot/nn/options/Common.h"
#include <chrono>
#include <concepts>
#include <cstddef>
#include <iterator>
#include <limits>
#include <memory>
#include <optional>
#include <vector>

namespace ingot::data {

struct DataLoaderOptions {
  DataLoaderOptions() = default;
  DataLoaderOptions(size_t batch_size) : batch_size_(batch_size) {}
  INGOT_ARG(size_t, batch_size) = 1;
  /// Leaves out a last batch that is smaller than the others.
  INGOT_ARG(bool, drop_last) = false;
  /// Threads that make batches; 0 for the calling one.
  INGOT_ARG(size_t, workers) = 0;
  /// How many batches workers are ahead at most; by default two for each.
  INGOT_ARG(std::optional<size_t>, max_jobs);
  /// How long to wait for a batch of a worker before an Error; by default forever.
  INGOT_ARG(std::optional<std::chrono::milliseconds>, timeout);
  /// Whether the batches of workers come in the order of the sampler, or as they are ready.
  INGOT_ARG(bool, enforce_ordering) = true;
};

template <class Source, class Order> class DataLoader {
public:
  static constexpr bool isStateful = datasets::Stateful<Source>;
  using MadeType = typename Source::BatchType;
  using BatchType = typename std::conditional_t<isStateful, MadeType, std::optional<MadeType>>::value_type;
  using BatchRequestType = typename Order::BatchRequestType;

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

  /// Error if the batch size, or the number of batches ahead, is 0, or several workers need copies of a data set that has none.
  DataLoader(Source dataset, Order sampler, DataLoaderOptions options)
      : dataset(std::move(dataset)), sampler(std::move(sampler)), chosen(std::move(options)) {
    if (chosen.batch_size() == 0)
      throw Error("make_data_loader: batch_size must be positive, got 0");
    if (chosen.workers() > 0)
      startWorkers();
  }
  DataLoader(const DataLoader &) = delete;
  DataLoader &operator=(const DataLoader &) = delete;

  /// Begins an epoch. Batches of one that was broken off are dropped.
  Iterator begin() {
    if (ahead)
      ahead->drop();
    sampler.reset();
    if constexpr (isStateful)
      dataset.reset();
    exhausted = false;
    requestAhead();
    return Iterator(this);
  }
  Iterator end() { return Iterator(); }
  const DataLoaderOptions &options() const { return chosen; }

private:
  using Prefetcher = detail::Prefetcher<BatchRequestType, MadeType>;

  void startWorkers() {
    chosen.max_jobs() = chosen.max_jobs().value_or(2 * chosen.workers());
    if (*chosen.max_jobs() == 0)
      throw Error("make_data_loader: max_jobs must be positive, got 0");
    std::vector<typename Prefetcher::Make> workers;
    // The first takes the data set itself: the calling thread makes no batches.
    workers.push_back([this](BatchRequestType request) { return dataset.get_batch(std::move(request)); });
    while (workers.size() < chosen.workers()) {
      if constexpr (isStateful)
        workers.push_back(workers.front());
      else if constexpr (std::copy_constructible<Source>)
        workers.push_back([copy = dataset](BatchRequestType request) mutable {
          return copy.get_batch(std::move(request));
        });
      else
        throw Error("make_data_loader: the data set must be one that can be copied, for each of the " +
                    std::to_string(chosen.workers()) + " workers");
    }
    ahead = std::make_unique<Prefetcher>(
        std::move(workers), detail::PrefetchOptions{chosen.enforce_ordering(), chosen.timeout()});
  }

  std::optional<BatchRequestType> nextRequest() {
    auto request = exhausted ? std::nullopt : sampler.next(chosen.batch_size());
    if (!request || (chosen.drop_last() && request->size() < chosen.batch_size())) {
      exhausted = true;
      return std::nullopt;
    }
    return request;
  }

  void requestAhead() {
    while (ahead && ahead->pending() < *chosen.max_jobs()) {
      auto request = nextRequest();
      if (!request)
        return;
      ahead->request(std::move(*request));
    }
  }

  std::optional<BatchType> next() {
    if (!ahead) {
      auto request = nextRequest();
      return request ? std::optional<BatchType>(dataset.get_batch(std::move(*request))) : std::nullopt;
    }
    while (ahead->pending() > 0) {
      auto made = ahead->take();
      if constexpr (!isStateful) {
        requestAhead();
        return made.get();
      } else {
        // Behind the first worker that came to the end there may be others that came earlier.
        std::optional<BatchType> batch = made.get();
        exhausted |= !batch;
        requestAhead();
        if (batch)
          return batch;
      }
    }
    return std::nullopt;
  }

  Source dataset;
  Order sampler;
  DataLoaderOptions chosen;
  bool exhausted = false;            ///< the sampler, in this epoch
  std::unique_ptr<Prefetcher> ahead; ///< null without workers; its threads use what comes before
};

/// libtorch's name of a loader whose data set has no position of its own.
template <class Source, class Order> using StatelessDataLoader = DataLoader<Source, Order>;

template <class Source, class Order>
  requires requires(Order sampler) { sampler.reset(); }
std::unique_ptr<DataLoader<Source, Order>> make_data_loader(Source dataset, Order sampler,
                                                            DataLoaderOptions options = {}) {
  return std::make_unique<DataLoader<Source, Order>>(std::move(dataset), std::move(sampler),
                                                     std::move(options));
}

/// libtorch's name of a loader whose data set has one.
template <class Source> using StatefulDataLoader = DataLoader<Source, samplers::StreamSampler>;

template <datasets::Stateful Source>
std::unique_ptr<StatefulDataLoader<Source>> make_data_loader(Source dataset, DataLoaderOptions options = {}) {
  samplers::StreamSampler endless(std::numeric_limits<size_t>::max());
  return make_data_loader(std::move(dataset), std::move(endless), std::move(options));
}

/// Error if the size of the data set is not known: then pass a sampler.
template <class Order = samplers::RandomSampler, class Source>
  requires(!datasets::Stateful<Source>)
std::unique_ptr<DataLoader<Source, Order>> make_data_loader(Source dataset, DataLoaderOptions options = {}) {
  std::optional<size_t> size = dataset.size();
  if (!size)
    throw Error("make_data_loader: the data set must know its size, or a sampler be given");
  return std::make_unique<DataLoader<Source, Order>>(std::move(dataset), Order(*size), std::move(options));
}

} // namespace ingot::data
