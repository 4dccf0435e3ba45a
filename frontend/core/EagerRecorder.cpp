#include "frontend/core/EagerRecorder.h"
#include "frontend/core/Element.h"
#include "frontend/core/Executor.h"
#include "frontend/core/Generator.h"
#include "frontend/core/GradMode.h"
#include "ir/dialect/Sizes.h"
#include "ir/ops/Ops.h"
#include "mlir/IR/Builders.h"
#include <cstring>

using namespace mlir;

namespace ingot {
namespace detail {

// A program that records without reading must not grow without end.
constexpr int64_t mostPendingOps = 4096;

static BufferRef copyOf(const Buffer &buffer) {
  auto copy = std::make_shared<Buffer>(buffer.bytes);
  std::memcpy(copy->data, buffer.data, buffer.bytes);
  return copy;
}

void settle(const Site &site, Storage &storage) {
  if (storage.pending && !storage.pending.computed)
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

/// The elements of pinned memory as they are now: one copy for as long as they stay the same, so that a leaf that is used
/// twice has one value.
static BufferRef elementsNow(Storage &storage) {
  BufferRef copy = storage.copied.lock();
  size_t bytes = storage.buffer->bytes;
  if (!copy || copy->bytes != bytes || std::memcmp(copy->data, storage.buffer->data, bytes) != 0)
    storage.copied = copy = copyOf(*storage.buffer);
  return copy;
}

Value EagerRecorder::read(const Site &site, const std::shared_ptr<Storage> &storage) {
  RecordLock lock;
  if (storage->pending.recorder.get() == this)
    return storage->pending.value;
  settle(site, *storage);
  return leaf(storage->pinned ? elementsNow(*storage) : storage->buffer, storage->type);
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
  if (!whole && opCount > keptOps + mostPendingOps)
    flush(site);
}

void EagerRecorder::cut(const Site &site) {
  if (!whole)
    flush(site);
}

void EagerRecorder::dropCachedValues() {
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
  keptOps = 0;
  dropRetired();
}

BufferRef EagerRecorder::elementsOf(Value value) {
  if (auto argument = dyn_cast<BlockArgument>(value))
    return leaves[argument.getArgNumber()];
  History *history = historyOf(value);
  return history ? history->buffer : nullptr;
}

void EagerRecorder::dropUnusedLeaves() {
  std::vector<BufferRef> used;
  known.clear();
  for (BlockArgument argument : block.getArguments())
    if (BufferRef &buffer = leaves[argument.getArgNumber()]; !argument.use_empty()) {
      known[{buffer.get(), argument.getType()}] = argument;
      used.push_back(std::move(buffer));
    }
  block.eraseArguments([](BlockArgument argument) { return argument.use_empty(); });
  leaves = std::move(used);
}

/// The value where gradients end needs no more than its elements.
void EagerRecorder::startFrom(ir::DetachOp start, Value elements) {
  Operation *producer = start.getX().getDefiningOp();
  start.getXMutable().assign(elements);
  if (producer)
    eraseDead(producer);
}

void EagerRecorder::keepHistory(llvm::DenseMap<Value, BufferRef> &results) {
  auto isKept = [&](const Held &each) {
    History *history = historyOf(each.value);
    return each.owner->hasHistory && !each.owner->pinned && history && !history->freed;
  };
  bool any = false;
  for (Held *each = held; each; each = each->next)
    any |= isKept(*each);
  if (!any)
    return abandon();
  // What is kept starts from what has been computed: only gradients go further back.
  for (auto &[value, buffer] : results) {
    if (isa<BlockArgument>(value))
      continue;
    bool history = historyOf(value);
    if (!value.use_empty())
      value.replaceUsesWithIf(leaf(buffer, value.getType()),
                              [&](OpOperand &use) { return !history || isa<ir::DetachOp>(use.getOwner()); });
    if (auto detach = value.getDefiningOp<ir::DetachOp>())
      startFrom(detach, leaf(buffer, value.getType()));
  }
  for (Held *each = held; each;) {
    Held *following = each->next;
    if (isKept(*each)) {
      each->computed = true;
      historyOf(each->value)->buffer = results[each->value];
    } else {
      each->clear();
    }
    each = following;
  }
  dropRetired();
  dropUnusedLeaves();
  keptOps = opCount;
}

/// A value that has the same elements.
static Value withoutDetach(Value value) {
  while (auto detach = value.getDefiningOp<ir::DetachOp>())
    value = detach.getX();
  return value;
}

void EagerRecorder::flush(const Site &site) {
  RecordLock lock;
  auto self = shared_from_this(); // the values may be all that keeps it
  dropCachedValues();
  llvm::DenseMap<Value, BufferRef> results;
  for (Held *each = held; each; each = each->next)
    results[each->value] = elementsOf(withoutDetach(each->value));
  try {
    auto elements = [&](Value value) { return elementsOf(value); };
    auto hasHistory = [&](Value value) { return historyOf(value) != nullptr; };
    execute(site, {block, elements, hasHistory}, results);
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
  keepHistory(results);
}

} // namespace detail

NoGradGuard::~NoGradGuard() noexcept(false) {
  if (before && std::uncaught_exceptions() == exceptions)
    detail::Recorder::current()->cut({"NoGradGuard", where});
}

} // namespace ingot
