// Batches that worker threads make ahead of the one who takes them.
//
//   detail::Prefetcher<std::vector<size_t>, Example<>> ahead({make, make}, {.ordered = true});
//   ahead.request({0, 1});
//   ahead.request({2, 3});
//   Example<> batch = ahead.take().get();   // that of 0 and 1
//
// For one thread that requests and takes. What a worker records is computed there, before anybody else sees it.
#pragma once
#include "ingot/core/Error.h"
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <exception>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

namespace ingot::data {

/// What a data set, or a transform, has thrown in a worker thread; thrown again where the batch is taken.
class WorkerException : public Error {
public:
  explicit WorkerException(std::exception_ptr original);
  std::exception_ptr original_exception;
};

namespace detail {

/// Computes all that this thread has recorded.
void computePending();

struct PrefetchOptions {
  /// Whether batches come in the order of their requests, or as they are ready.
  bool ordered = true;
  /// How long one who takes a batch waits for it before an Error.
  std::optional<std::chrono::milliseconds> timeout;
};

/// A batch, or what went wrong.
template <class Batch> class Made {
public:
  Made() = default;
  explicit Made(Batch batch) : batch(std::move(batch)) {}
  explicit Made(std::exception_ptr problem) : problem(std::move(problem)) {}
  /// WorkerException if it could not be made.
  Batch get() {
    if (problem)
      throw WorkerException(problem);
    return std::move(*batch);
  }

private:
  std::optional<Batch> batch;
  std::exception_ptr problem;
};

template <class Request, class Batch> class Prefetcher {
public:
  using Make = std::function<Batch(Request)>;

  /// Starts a thread for each of `workers`.
  Prefetcher(std::vector<Make> workers, const PrefetchOptions &options) : options(options) {
    computePending(); // what the data sets hold, this thread has recorded
    for (Make &make : workers)
      threads.emplace_back([this, make = std::move(make)] { work(make); });
  }
  /// Waits for the batches that have been begun.
  ~Prefetcher() {
    {
      std::lock_guard lock(mutex);
      stopping = true;
    }
    requested.notify_all();
    for (std::thread &thread : threads)
      thread.join();
  }
  Prefetcher(const Prefetcher &) = delete;
  Prefetcher &operator=(const Prefetcher &) = delete;

  void request(Request request) {
    {
      std::lock_guard lock(mutex);
      requests.emplace_back(asked++, std::move(request));
    }
    requested.notify_one();
  }

  /// How many have been requested and not taken.
  size_t pending() const { return static_cast<size_t>(asked - taken); }

  /// The next batch, of those that are pending.
  Made<Batch> take() {
    std::unique_lock lock(mutex);
    auto isReady = [&] { return !made.empty() && (!options.ordered || made.begin()->first == taken); };
    if (!options.timeout)
      ready.wait(lock, isReady);
    else if (!ready.wait_for(lock, *options.timeout, isReady))
      throw Error("DataLoader: a batch must be ready within the timeout of " +
                  std::to_string(options.timeout->count()) + " ms");
    ++taken;
    return std::move(made.extract(made.begin()).mapped());
  }

  /// Forgets what is pending; waits for what has been begun.
  void drop() {
    std::map<uint64_t, Made<Batch>> dropped; // destroyed after the lock is released
    std::unique_lock lock(mutex);
    requests.clear();
    ready.wait(lock, [&] { return running == 0; });
    dropped.swap(made);
    taken = asked;
  }

private:
  void work(const Make &make) {
    std::unique_lock lock(mutex);
    while (true) {
      requested.wait(lock, [&] { return stopping || !requests.empty(); });
      if (stopping)
        return;
      auto [number, request] = std::move(requests.front());
      requests.pop_front();
      ++running;
      lock.unlock();
      Made<Batch> result = run(make, std::move(request));
      lock.lock();
      --running;
      made.emplace(number, std::move(result));
      ready.notify_all();
    }
  }

  static Made<Batch> run(const Make &make, Request request) {
    try {
      Made<Batch> result(make(std::move(request)));
      computePending();
      return result;
    } catch (...) {
      return Made<Batch>(std::current_exception());
    }
  }

  const PrefetchOptions options;
  std::mutex
      mutex; ///< over all but `options` and `threads`; `asked` and `taken` change in the consumer alone
  std::condition_variable requested, ready;
  std::deque<std::pair<uint64_t, Request>> requests;
  std::map<uint64_t, Made<Batch>> made; ///< by the number of the request
  uint64_t asked = 0, taken = 0;
  size_t running = 0;
  bool stopping = false;
  std::vector<std::thread> threads;
};

} // namespace detail
} // namespace ingot::data
