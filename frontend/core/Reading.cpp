// Members that need the elements: they compute what is pending.
#include "frontend/core/Reading.h"
#include "frontend/core/EagerRecorder.h"
#include "frontend/core/Element.h"
#include "frontend/core/Error.h"
#include "frontend/functional/ops.h"
#include <algorithm>
#include <cstring>

namespace ingot {
namespace detail {

static void refuseInTrace(const Site &site) {
  if (Recorder::current()->isTrace())
    Recorder::current()->flush(site); // throws what there is to say
}

BufferRef elementsOf(const Site &site, const Tensor &tensor) {
  typeOf(site, tensor);
  refuseInTrace(site);
  RecordLock lock;
  const std::shared_ptr<TensorImpl> &impl = tensor.unwrap();
  if (!impl->base) {
    settle(site, *impl->storage);
    return impl->storage->buffer;
  }
  Tensor copy = wrap(site, valueOf(site, tensor));
  settle(site, *copy.unwrap()->storage);
  return copy.unwrap()->storage->buffer;
}

const void *readBytes(const Tensor &tensor) {
  BufferRef buffer = elementsOf({"read", {}}, tensor);
  if (tensor.unwrap()->base)
    tensor.unwrap()->readCopy = buffer;
  return buffer->data;
}

void writeBytes(const Tensor &tensor, const void *data, size_t bytes) {
  Site site{"write", {}};
  typeOf(site, tensor);
  refuseInTrace(site);
  RecordLock lock;
  auto buffer = std::make_shared<Buffer>(bytes);
  std::memcpy(buffer->data, data, bytes);
  if (size_t needed = tensor.unwrap()->type.getNumElements() * tensor.element_size(); needed != bytes)
    throw Error("write", "", {}, describe(tensor) + " needs " + std::to_string(needed) + " bytes",
                std::to_string(bytes));
  Storage &storage = *tensor.unwrap()->storage;
  if (tensor.unwrap()->base) {
    auto source = std::make_shared<Storage>(tensor.unwrap()->type);
    source->buffer = buffer;
    return assign(site, tensor, Tensor(std::make_shared<TensorImpl>(source, source->type)));
  }
  storage.pending.clear(); // what was to be computed is overwritten
  if (storage.pinned)
    std::memcpy(storage.buffer->data, data, bytes);
  else
    storage.buffer = buffer;
}

/// Fixes the elements of a whole storage in memory of its own, for writing from outside.
static char *pin(const Site &site, Storage &storage) {
  settle(site, storage);
  if (!storage.pinned && storage.buffer.use_count() > 1) {
    auto own = std::make_shared<Buffer>(storage.buffer->bytes);
    std::memcpy(own->data, storage.buffer->data, own->bytes);
    storage.buffer = own;
  }
  storage.pinned = true;
  return static_cast<char *>(storage.buffer->data);
}

/// Where a view's elements lie in its base's, in elements; nothing if they are not contiguous there.
static std::optional<int64_t> offsetIn(const TensorImpl &tensor) {
  if (!tensor.base)
    return 0;
  std::optional<int64_t> outer = offsetIn(*tensor.base);
  bool isBroadcast = tensor.step.kind == ViewStep::Kind::Broadcast;
  if (!outer || tensor.step.kind == ViewStep::Kind::Reshape ||
      (isBroadcast && tensor.type == tensor.base->type))
    return outer;
  if (tensor.step.kind != ViewStep::Kind::Slice || tensor.step.position.defined())
    return std::nullopt;
  // Dimensions before the first cut one must be 1, those after it whole.
  llvm::ArrayRef<int64_t> whole = tensor.base->type.getShape(), part = tensor.type.getShape();
  int64_t offset = 0, stride = 1;
  bool cut = false;
  for (int64_t dim = int64_t(whole.size()) - 1; dim >= 0; --dim) {
    if (cut && part[dim] != 1)
      return std::nullopt;
    cut |= part[dim] != whole[dim] || tensor.step.steps[dim] != 1;
    if (tensor.step.steps[dim] != 1 && part[dim] > 1)
      return std::nullopt;
    offset += int64_t(tensor.step.starts[dim]) * stride;
    stride *= whole[dim];
  }
  return *outer + offset;
}

} // namespace detail

using detail::Site;

static void requireType(const Site &site, const Tensor &tensor, Dtype type) {
  if (detail::typeOf(site, tensor); tensor.dtype() != type)
    detail::fail(site.op, site.where,
                 std::string("the tensor must have the asked element type, ") + toString(type),
                 detail::describe(tensor));
}

detail::Elements Tensor::pinned(Dtype type, const Where &at, int64_t rank) const {
  Site site{rank < 0 ? "data_ptr" : "accessor", at};
  detail::refuseInTrace(site);
  requireType(site, *this, type);
  if (rank >= 0 && rank != dim())
    detail::fail(site.op, site.where, "the tensor must have " + std::to_string(rank) + " dimensions",
                 detail::describe(*this));
  detail::RecordLock lock;
  std::optional<int64_t> offset = detail::offsetIn(*impl);
  if (!offset)
    detail::fail(site.op, site.where, "the elements of this view do not lie side by side: use clone()");
  return {detail::pin(site, *impl->storage) + *offset * element_size(), sizes().vec()};
}

const void *Tensor::readable(Dtype type, const Where &at) const {
  Site site{"const_data_ptr", at};
  detail::refuseInTrace(site);
  requireType(site, *this, type);
  return detail::readBytes(*this);
}

Scalar Tensor::item(const Where &at) const {
  Site site{"item", at};
  detail::typeOf(site, *this);
  detail::refuseInTrace(site);
  if (int64_t(numel()) != 1)
    detail::fail(site.op, site.where, "the tensor must have exactly one element", detail::describe(*this));
  return detail::loadElement(detail::elementsOf(site, *this)->data, dtype());
}

bool Tensor::equal(const Tensor &other, const Where &at) const {
  detail::OpScope scope("equal", at);
  detail::typeOf({"equal", at}, *this), detail::typeOf({"equal", at}, other);
  if (sizes() != other.sizes() || dtype() != other.dtype())
    return false;
  return ingot::all(eq(other)).item(at).toBool();
}

// |a - b| <= atol + rtol |b|, or equal (infinities are).
bool Tensor::allclose(const Tensor &other, double rtol, double atol, bool equal_nan, const Where &at) const {
  detail::OpScope scope("allclose", at);
  Tensor a = *this, b = other;
  if (!a.is_floating_point())
    a = a.to(kFloat64), b = b.to(kFloat64);
  Tensor close = (a - b).abs() <= atol + rtol * b.abs();
  close = ((a == b) | (close & b.isfinite()));
  if (equal_nan)
    close = close | (a.isnan() & b.isnan());
  return ingot::all(close).item(at).toBool();
}

bool equal(const Tensor &a, const Tensor &b, const Where &at) { return a.equal(b, at); }
bool allclose(const Tensor &a, const Tensor &b, double rtol, double atol, bool equal_nan, const Where &at) {
  return a.allclose(b, rtol, atol, equal_nan, at);
}

} // namespace ingot
