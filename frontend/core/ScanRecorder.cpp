#include "frontend/core/ScanRecorder.h"
#include "frontend/core/Element.h"
#include "frontend/core/Error.h"
#include "frontend/core/Generator.h"
#include "frontend/core/GradMode.h"
#include "frontend/core/Value.h"

using namespace mlir;

namespace ingot::detail {

ScanRecorder::ScanRecorder(std::shared_ptr<Recorder> outerRecorder)
    : outer(std::move(outerRecorder)), whole(std::in_place, *outer) {
  dimRanges = outer->ranges();
}

Tensor ScanRecorder::addArgument(const Site &site, Type type) {
  RecordLock lock;
  Value argument = block.addArgument(type, location(site));
  if (GradMode::is_enabled() && isa<FloatType>(getElementTypeOrSelf(type)))
    histories.try_emplace(argument);
  return wrap(site, argument);
}

Value ScanRecorder::argumentFor(const Site &site, Value outside) {
  captures.emplace_back(nullptr).set(outer, outside);
  capturedValues.push_back(outside);
  Value argument = block.addArgument(outside.getType(), location(site));
  if (outer->historyOf(outside))
    histories.try_emplace(argument);
  return argument;
}

// Views that were made outside are made again in the body, where they may become part of a kernel: what is taken from
// outside is the tensor that they are views of. But gradients of a view that is a leaf end at it.
Value ScanRecorder::capture(const Site &site, const std::shared_ptr<TensorImpl> &tensor, bool history) {
  bool isOwn = tensor->storage->pending.recorder.get() == this;
  if (isOwn || (tensor->base && !(tensor->requiresGrad && tensor->isLeaf)))
    return nullptr;
  Value &argument = arguments[{tensor, history}];
  if (argument)
    return argument;
  RecorderScope scope(outer);
  AutoGradMode mode(history);
  Value outside = valueOf(site, Tensor(tensor));
  if (!history && outer->historyOf(outside))
    outside = outer->detach(site, outside);
  return argument = argumentFor(site, outside);
}

Value ScanRecorder::read(const Site &, const std::shared_ptr<Storage> &storage) {
  return storage->pending.value; // capture() takes those from outside
}

void ScanRecorder::write(const Site &site, const std::shared_ptr<Storage> &storage, Value value) {
  RecordLock lock;
  if (storage->pending.recorder.get() != this)
    fail(site.op, site.where,
         "the body of a scan cannot change a tensor from outside: carry its value from step to step");
  storage->pending.set(shared_from_this(), value);
}

Value ScanRecorder::number(const Site &site, const Scalar &number, Dtype type) {
  RecordLock lock;
  if (number.isConstant())
    return constant(site, number, type);
  Value outside = outer->number(site, number, type);
  return outside.getDefiningOp() ? constant(site, number, type) : argumentFor(site, outside);
}

void ScanRecorder::addGenerator(const Site &site) {
  RecordLock lock;
  generatorArgument = block.addArgument(RankedTensorType::get({2}, elementType(kInt64)), location(site));
  generatorTensor = wrap(site, generatorArgument);
}

std::optional<Size> ScanRecorder::closeGenerator() {
  RecordLock lock;
  if (!drawn) {
    generatorTensor = Tensor();
    block.eraseArgument(generatorArgument.getArgNumber());
  }
  return drawn;
}

Value ScanRecorder::randomState(const Site &site, const Size &count) {
  RecordLock lock;
  Value before = generatorState(site);
  generatorTensor = wrap(site, advancedState(*this, site, before, count));
  drawn = drawn.value_or(0) + count;
  return before;
}

void ScanRecorder::flush(const Site &site) {
  if (closed)
    fail(site.op, site.where,
         "a tensor that was recorded in the body of a scan cannot be used outside of it: return it as a "
         "carried value or a slice");
  fail(site.op, site.where,
       "in the body of a scan nothing can be read: values exist only when the loop runs");
}

llvm::SmallVector<Value> ScanRecorder::moveTo(OpBuilder &b, ValueRange newArguments, ValueRange results) {
  llvm::SmallVector<Value> moved(results);
  for (auto [from, to] : llvm::zip(block.getArguments(), newArguments)) {
    from.replaceAllUsesWith(to);
    llvm::replace(moved, Value(from), to);
  }
  for (Operation &op : llvm::make_early_inc_range(llvm::reverse(block)))
    if (op.use_empty() &&
        llvm::none_of(op.getResults(), [&](Value v) { return llvm::is_contained(moved, v); }))
      op.erase();
  Block *target = b.getInsertionBlock();
  target->getOperations().splice(b.getInsertionPoint(), block.getOperations());
  return moved;
}

void ScanRecorder::close() {
  RecordLock lock;
  closed = true;
  for (Held *each = held; each; each = each->next)
    each->value = nullptr;
  clearBlock();
  captures.clear();
  arguments.clear();
  generatorTensor = Tensor();
  whole.reset();
}

} // namespace ingot::detail
