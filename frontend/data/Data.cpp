// Transforms and samplers.
#include "frontend/core/Error.h"
#include "frontend/core/Recorder.h"
#include "frontend/core/State.h"
#include "frontend/data/DataLoader.h"
#include "frontend/functional/factories.h"
#include "frontend/functional/ops.h"
#include <algorithm>
#include <cstring>
#include <numeric>

namespace ingot::data {

static std::string messageOf(const std::exception_ptr &problem) {
  try {
    std::rethrow_exception(problem);
  } catch (const std::exception &error) {
    return error.what();
  } catch (...) {
    return "what is no std::exception";
  }
}

WorkerException::WorkerException(std::exception_ptr original)
    : Error("DataLoader: a worker thread threw: " + messageOf(original)),
      original_exception(std::move(original)) {}

void detail::computePending() { ingot::detail::Recorder::current()->cut({"DataLoader", {}}); }

void detail::compute(const Tensor &tensor) { ingot::detail::readBytes(tensor); }

Tensor detail::channels(const std::vector<double> &values) {
  Tensor result = empty({int64_t(values.size()), 1, 1});
  std::vector<float> elements(values.begin(), values.end());
  ingot::detail::writeBytes(result, elements.data(), elements.size() * sizeof(float));
  return result;
}

Tensor detail::stackExamples(const std::vector<Tensor> &tensors) {
  if (tensors.empty())
    throw Error("transforms::Stack: at least one example is required, got none");
  const Tensor &first = tensors.front();
  std::vector<int64_t> sizes = first.sizes().vec();
  size_t bytes = size_t(first.element_size() * int64_t(first.numel()));
  std::vector<char> elements(bytes * tensors.size());
  for (size_t i = 0; i < tensors.size(); ++i) {
    const Tensor &each = tensors[i];
    if (each.sizes() != first.sizes() || each.dtype() != first.dtype())
      throw Error("transforms::Stack: examples must have equal sizes and types, got " + first.sizes().str() +
                  " and " + each.sizes().str());
    std::memcpy(elements.data() + i * bytes, ingot::detail::readBytes(each), bytes);
  }
  sizes.insert(sizes.begin(), int64_t(tensors.size()));
  Tensor result = empty(sizes, first.options());
  ingot::detail::writeBytes(result, elements.data(), elements.size());
  return result;
}

Example<> transforms::Stack<Example<>>::apply_batch(std::vector<Example<>> examples) {
  std::vector<Tensor> data, targets;
  for (Example<> &example : examples) {
    data.push_back(std::move(example.data));
    targets.push_back(std::move(example.target));
  }
  return {detail::stackExamples(data), detail::stackExamples(targets)};
}

TensorExample transforms::Stack<TensorExample>::apply_batch(std::vector<TensorExample> examples) {
  std::vector<Tensor> data;
  for (TensorExample &example : examples)
    data.push_back(std::move(example.data));
  return detail::stackExamples(data);
}

namespace samplers {

void SequentialSampler::reset(std::optional<size_t> new_size) {
  size = new_size.value_or(size);
  taken = 0;
}

std::optional<std::vector<size_t>> SequentialSampler::next(size_t batch_size) {
  if (taken >= size)
    return std::nullopt;
  std::vector<size_t> batch(std::min(batch_size, size - taken));
  std::iota(batch.begin(), batch.end(), taken);
  taken += batch.size();
  return batch;
}

RandomSampler::RandomSampler(int64_t size, Dtype) : size(size_t(size)) {}

void RandomSampler::reset(std::optional<size_t> new_size) {
  size = new_size.value_or(size);
  taken = 0;
  Tensor permutation = argsort(rand({int64_t(size)}, kFloat64));
  const auto *first = static_cast<const int64_t *>(ingot::detail::readBytes(permutation));
  order.assign(first, first + size);
}

std::optional<std::vector<size_t>> RandomSampler::next(size_t batch_size) {
  if (order.size() != size)
    reset();
  if (taken >= size)
    return std::nullopt;
  auto first = order.begin() + std::ptrdiff_t(taken);
  taken += std::min(batch_size, size - taken);
  return std::vector<size_t>(first, order.begin() + std::ptrdiff_t(taken));
}

void StreamSampler::reset(std::optional<size_t> new_size) {
  size = new_size.value_or(size);
  taken = 0;
}

std::optional<BatchSize> StreamSampler::next(size_t batch_size) {
  if (taken >= size)
    return std::nullopt;
  BatchSize batch(std::min(batch_size, size - taken));
  taken += batch;
  return batch;
}

} // namespace samplers
} // namespace ingot::data
