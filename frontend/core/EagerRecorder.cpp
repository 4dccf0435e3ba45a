#include "frontend/core/EagerRecorder.h"
#include "frontend/core/Element.h"
#include "frontend/core/Executor.h"
#include "frontend/core/Generator.h"
#include "ir/dialect/Sizes.h"
#include "mlir/IR/Builders.h"
#include <cstring>

using namespace mlir;

namespace ingot::detail {

// A program that records without reading must not grow without end.
constexpr int64_t mostPendingOps = 4096;

static BufferRef copyOf(const Buffer &buffer) {
  auto copy = std::make_shared<Buffer>(buffer.bytes);
  std::memcpy(copy->data, buffer.data, buffer.bytes);
  return copy;
}

void settle(const Site &site, Storage &storage) {
  if (storage.pending)
    std::shared_ptr(storage.pending.recorder)->flush(site);
  if (!storage.buffer)
    fail(site.op, site.where, "the tensor has no elements: computing them failed before");
}

Value EagerRecorder::leaf(const BufferRef &buffer, Type type) {
  Value &argument = known[{buffer.get(), type}];
  if (!argument) {
    argument = block.addArgument(type, UnknownLoc::get(&context()));
    leaves.push_back(buffer);
  }
  return argument;
}

Value EagerRecorder::read(const Site &site, const std::shared_ptr<Storage> &storage) {
  RecordLock lock;
  if (storage->pending.recorder.get() == this)
    return storage->pending.value;
  settle(site, *storage);
  return leaf(storage->pinned ? copyOf(*storage->buffer) : storage->buffer, storage->type);
}

void EagerRecorder::write(const Site &site, const std::shared_ptr<Storage> &storage, Value value) {
  RecordLock lock;
  if (storage->pending && storage->pending.recorder.get() != this)
    settle(site, *storage);
  storage->pending.set(shared_from_this(), value);
  if (storage->pinned)
    flush(site);
}

Value EagerRecorder::number(const Site &site, const Scalar &number, Dtype type) {
  RecordLock lock;
  if (number.isConstant())
    return constant(site, number, type);
  ElementBytes bytes = storeElement(number, type);
  auto buffer = std::make_shared<Buffer>(bytes.size());
  std::memcpy(buffer->data, bytes.data(), bytes.size());
  return leaf(buffer, RankedTensorType::get({}, elementType(type)));
}

Value EagerRecorder::randomState(const Site &, const Size &count) {
  RecordLock lock;
  auto buffer = std::make_shared<Buffer>(sizeof(GeneratorState));
  std::memcpy(buffer->data, &generator(), sizeof(GeneratorState));
  generator().offset += int64_t(count);
  return leaf(buffer, RankedTensorType::get({2}, elementType(kInt64)));
}

void EagerRecorder::recorded(const Site &site) {
  if (opCount > mostPendingOps)
    flush(site);
}

void EagerRecorder::dropCachedViews() {
  for (Held *each = held; each;) {
    Held *following = each->next;
    if (!each->owner)
      each->clear();
    each = following;
  }
}

void EagerRecorder::abandon() {
  while (held)
    held->clear();
  clearBlock();
  leaves.clear();
  known.clear();
}

void EagerRecorder::flush(const Site &site) {
  RecordLock lock;
  auto self = shared_from_this(); // the values may be all that keeps it
  dropCachedViews();
  llvm::DenseMap<Value, BufferRef> results;
  for (Held *each = held; each; each = each->next)
    if (auto argument = dyn_cast<BlockArgument>(each->value))
      results[each->value] = leaves[argument.getArgNumber()];
    else
      results.try_emplace(each->value);
  try {
    execute(site, block, leaves, results);
  } catch (...) {
    abandon();
    throw;
  }
  for (Held *each = held; each; each = each->next) {
    BufferRef &result = results[each->value];
    if (each->owner->pinned)
      std::memcpy(each->owner->buffer->data, result->data, result->bytes);
    else
      each->owner->buffer = result;
  }
  abandon();
}

} // namespace ingot::detail
