#include "frontend/functional/factories.h"
#include "frontend/core/Element.h"
#include "frontend/core/Error.h"
#include "frontend/core/Promotion.h"
#include "frontend/functional/ops.h"
#include <algorithm>
#include <cmath>
#include <cstring>
#include <numeric>

using namespace mlir;

namespace ingot {

using detail::Site;

static void checkSizes(const Site &site, const Shape &sizes) {
  for (const Size &size : sizes)
    if (size.isNumber() && size < 0)
      detail::fail(site.op, site.where, "sizes must not be negative", sizes.str());
}

static Tensor finished(Tensor tensor, const TensorOptions &options) {
  return options.requires_grad() ? tensor.set_requires_grad(true) : tensor;
}

static Tensor filled(const Site &site, const Shape &sizes, const Scalar &value, Dtype type,
                     const TensorOptions &options) {
  checkSizes(site, sizes);
  detail::RecordLock lock;
  Value number = detail::Recorder::current()->number(site, value, type);
  return finished(detail::wrap(site, detail::broadcastTo(site, number, sizes)), options);
}

Tensor zeros(const Shape &sizes, const TensorOptions &options, const Where &at) {
  return filled({"zeros", at}, sizes, Scalar::constant(0), options.dtype(), options);
}
Tensor ones(const Shape &sizes, const TensorOptions &options, const Where &at) {
  return filled({"ones", at}, sizes, Scalar::constant(1), options.dtype(), options);
}
Tensor empty(const Shape &sizes, const TensorOptions &options, const Where &at) {
  return filled({"empty", at}, sizes, Scalar::constant(0), options.dtype(), options);
}

static Dtype typeOf(const Scalar &value) {
  return value.isFloatingPoint() ? get_default_dtype() : value.isBoolean() ? kBool : kInt64;
}

Tensor full(const Shape &sizes, const Scalar &value, const TensorOptions &options, const Where &at) {
  return filled({"full", at}, sizes, value, options.dtypeOr(typeOf(value)), options);
}
Tensor scalar_tensor(const Scalar &value, const TensorOptions &options, const Where &at) {
  return filled({"scalar_tensor", at}, {}, value, options.dtype(), options);
}

Tensor zeros_like(const Arg &x, const TensorOptions &options) {
  return filled({"zeros_like", x.where}, x->sizes(), Scalar::constant(0), options.dtypeOr(x->dtype()),
                options);
}
Tensor ones_like(const Arg &x, const TensorOptions &options) {
  return filled({"ones_like", x.where}, x->sizes(), Scalar::constant(1), options.dtypeOr(x->dtype()),
                options);
}
Tensor empty_like(const Arg &x, const TensorOptions &options) { return zeros_like(x, options); }
Tensor full_like(const Arg &x, const Scalar &value, const TensorOptions &options) {
  return filled({"full_like", x.where}, x->sizes(), value, options.dtypeOr(x->dtype()), options);
}

//===--- sequences ----------------------------------------------------------------------------------------------===//

static Tensor iota(const Site &site, const Size &size, Dtype type) {
  return detail::recordOp(site, "ingot.iota", {}, detail::attr("dim", int64_t(0)),
                          detail::typeOf(size, type));
}

Tensor arange(const Scalar &end, const TensorOptions &options, const Where &at) {
  return arange(0, end, 1, options, at);
}
Tensor arange(const Scalar &start, const Scalar &end, const TensorOptions &options, const Where &at) {
  return arange(start, end, 1, options, at);
}

/// Of sizes, which may be known at run time only.
static Size countOf(const Site &site, const Scalar &start, const Scalar &end, const Scalar &step) {
  bool symbolic = end.kind() == Scalar::Kind::Size;
  if (symbolic && start.toDouble() == 0 && step.toDouble() == 1)
    return end.size();
  double count = symbolic ? -1 : std::ceil((end.toDouble() - start.toDouble()) / step.toDouble());
  if (symbolic || step.toDouble() == 0 || !(count >= 0))
    detail::fail(site.op, site.where, "the step must lead from start to end in finitely many steps");
  return static_cast<int64_t>(count);
}

Tensor arange(const Scalar &start, const Scalar &end, const Scalar &step, const TensorOptions &options,
              const Where &at) {
  Site site{"arange", at};
  detail::OpScope scope(site.op, site.where);
  bool isFloat = start.isFloatingPoint() || end.isFloatingPoint() || step.isFloatingPoint();
  Dtype type = options.dtypeOr(isFloat ? get_default_dtype() : kInt64);
  if (isFloat && !isFloatingType(type)) { // integers count from an integer in steps of an integer
    Tensor index = iota(site, countOf(site, start, end, step), kInt64);
    return finished((index * Scalar(step.toLong()) + Scalar(start.toLong())).to(type, at), options);
  }
  Dtype compute = type == kFloat32 || type == kFloat64 || type == kInt64 ? type : isFloat ? kFloat32 : kInt64;
  Tensor result = iota(site, countOf(site, start, end, step), compute);
  if (step.toDouble() != 1)
    result = result * Scalar(step);
  if (start.toDouble() != 0)
    result = result + Scalar(start);
  return finished(result.to(type, at), options);
}

// From both ends to the middle, as PyTorch computes it, so that the last element is `end`.
Tensor linspace(const Scalar &start, const Scalar &end, int64_t steps, const TensorOptions &options,
                const Where &at) {
  Site site{"linspace", at};
  detail::OpScope scope(site.op, site.where);
  checkSizes(site, steps);
  Dtype type = options.dtype(), compute = type == kFloat64 ? kFloat64 : kFloat32;
  if (steps < 2)
    return filled(site, steps, start, type, options);
  Tensor index = iota(site, steps, compute);
  double step = (end.toDouble() - start.toDouble()) / static_cast<double>(steps - 1);
  Tensor low = index * step + start.toDouble();
  Tensor high = end.toDouble() - (static_cast<double>(steps - 1) - index) * step;
  return finished(where(index < static_cast<double>(steps / 2), low, high).to(type, at), options);
}

Tensor eye(int64_t n, const TensorOptions &options, const Where &at) { return eye(n, n, options, at); }
Tensor eye(int64_t n, int64_t m, const TensorOptions &options, const Where &at) {
  Site site{"eye", at};
  detail::OpScope scope(site.op, site.where);
  checkSizes(site, {n, m});
  Tensor same = iota(site, n, kInt64).unsqueeze(1) == iota(site, m, kInt64).unsqueeze(0);
  return finished(same.to(options.dtype(), at), options);
}

//===--- given elements -----------------------------------------------------------------------------------------===//

TensorData::TensorData(std::initializer_list<TensorData> list) : sizes{static_cast<int64_t>(list.size())} {
  const TensorData *first = list.begin();
  if (first != list.end())
    sizes.insert(sizes.end(), first->sizes.begin(), first->sizes.end());
  for (const TensorData &each : list) {
    if (each.sizes != first->sizes)
      throw Error("tensor: the lists of one level must have equal lengths, got " + Shape(first->sizes).str() +
                  " and " + Shape(each.sizes).str());
    numbers.insert(numbers.end(), each.numbers.begin(), each.numbers.end());
  }
}

static Tensor ofBuffer(detail::BufferRef buffer, const Shape &sizes, Dtype type) {
  auto storage = std::make_shared<detail::Storage>(detail::typeOf(sizes, type));
  storage->buffer = std::move(buffer);
  auto tensorType = storage->type;
  return Tensor(std::make_shared<detail::TensorImpl>(std::move(storage), tensorType));
}

Tensor tensor(const TensorData &data, const TensorOptions &options, const Where &) {
  Dtype type = data.numbers.empty() ? get_default_dtype() : kBool;
  for (const Scalar &number : data.numbers)
    type = detail::promote(type, typeOf(number));
  type = options.dtypeOr(type);
  size_t size = elementSize(type);
  auto buffer = std::make_shared<detail::Buffer>(data.numbers.size() * size);
  for (size_t i = 0; i < data.numbers.size(); ++i)
    std::memcpy(static_cast<char *>(buffer->data) + i * size,
                detail::storeElement(data.numbers[i], type).data(), size);
  return finished(ofBuffer(std::move(buffer), data.sizes, type), options);
}

static Tensor ofMemory(const Site &site, detail::BufferRef memory, const Shape &sizes,
                       const TensorOptions &options) {
  checkSizes(site, sizes);
  Tensor result = ofBuffer(std::move(memory), sizes, options.dtype());
  result.unwrap()->storage->pinned = true;
  return finished(result, options);
}

Tensor from_blob(void *data, const Shape &sizes, const TensorOptions &options, const Where &at) {
  return from_blob(data, sizes, std::function<void(void *)>(), options, at);
}

Tensor from_blob(void *data, const Shape &sizes, const std::function<void(void *)> &deleter,
                 const TensorOptions &options, const Where &at) {
  size_t bytes = static_cast<size_t>(int64_t(sizes.numel()) * elementSize(options.dtype()));
  auto release = [deleter](detail::Buffer *buffer) {
    void *memory = buffer->data;
    delete buffer;
    if (deleter)
      deleter(memory);
  };
  return ofMemory({"from_blob", at}, {new detail::Buffer(data, bytes), release}, sizes, options);
}

Tensor from_blob(void *data, const Shape &sizes, const Shape &strides, const TensorOptions &options,
                 const Where &at) {
  return from_blob(data, sizes, strides, std::function<void(void *)>(), options, at);
}

Tensor from_blob(void *data, const Shape &sizes, const Shape &strides,
                 const std::function<void(void *)> &deleter, const TensorOptions &options, const Where &at) {
  Site site{"from_blob", at};
  if (sizes.size() != strides.size())
    detail::fail(site.op, at, "there must be a stride for each size", sizes.str() + " and " + strides.str());
  std::vector<int64_t> extents = sizes.vec(), steps = strides.vec(), order(extents.size()),
                       inverse(order.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](int64_t a, int64_t b) {
    return std::pair(steps[size_t(a)], extents[size_t(a)]) > std::pair(steps[size_t(b)], extents[size_t(b)]);
  });
  std::vector<int64_t> inMemory(order.size());
  int64_t stride = 1, last = 0;
  bool dense = true;
  for (size_t i = order.size(); i-- > 0;) {
    auto dim = static_cast<size_t>(order[i]);
    inverse[dim] = static_cast<int64_t>(i);
    inMemory[i] = extents[dim];
    dense &= extents[dim] == 1 || steps[dim] == stride;
    stride *= extents[dim];
    last += std::max<int64_t>(extents[dim] - 1, 0) * steps[dim];
  }
  if (dense)
    return from_blob(data, inMemory, deleter, options, at).permute(inverse, at);
  Tensor places = zeros({}, kInt64);
  for (size_t i = 0; i < extents.size(); ++i)
    places = places.unsqueeze(-1) + arange(extents[i]) * steps[i];
  return from_blob(data, {last + 1}, deleter, options, at).take(places);
}

} // namespace ingot
