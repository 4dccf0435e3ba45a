#include "frontend/core/ScanRecorder.h"
#include "frontend/core/Element.h"
#include "frontend/core/Error.h"
#include "frontend/core/Generator.h"
#include "frontend/core/GradMode.h"
#include "frontend/core/Value.h"

using namespace mlir;

namespace ingot::detail {

ScanRecorder::Recording::Recording(ScanRecorder &body) : body(body) {
  body.outer = Recorder::current();
  body.whole.emplace(*body.outer);
  body.dimRanges = body.outer->ranges();
  scope.emplace(body.shared_from_this());
}

// The next time, a tensor from outside may have another value.
ScanRecorder::Recording::~Recording() {
  RecordLock lock;
  body.arguments.clear();
  body.generatorTensor = Tensor();
  body.whole.reset();
  body.outer.reset();
}

Value ScanRecorder::addArgument(const Site &site, Type type) {
  RecordLock lock;
  Value argument = block.addArgument(type, location(site));
  if (GradMode::is_enabled() && isa<FloatType>(getElementTypeOrSelf(type)))
    histories.try_emplace(argument);
  return argument;
}

/// Called where `outer` is the current recorder.
Value ScanRecorder::argumentFor(const Site &site, Value outside) {
  Value argument = block.addArgument(outside.getType(), location(site));
  if (outer->historyOf(outside))
    histories.try_emplace(argument);
  captured.push_back({argument, wrap(site, outside)});
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
  RecorderScope scope(outer);
  Value outside = outer->number(site, number, type);
  return outside.getDefiningOp() ? constant(site, number, type) : argumentFor(site, outside);
}

Value ScanRecorder::addGenerator(const Site &site) {
  RecordLock lock;
  drawn.reset();
  generatorArgument = block.addArgument(RankedTensorType::get({2}, elementType(kInt64)), location(site));
  generatorTensor = wrap(site, generatorArgument);
  return generatorArgument;
}

std::optional<Size> ScanRecorder::closeGenerator(TensorList &next) {
  RecordLock lock;
  if (drawn) {
    next.push_back(generatorTensor);
  } else {
    generatorTensor = Tensor();
    block.eraseArgument(generatorArgument.getArgNumber());
  }
  return drawn;
}

Value ScanRecorder::randomState(const Site &site, const Size &count) {
  RecordLock lock;
  Value before = valueOf(site, generatorTensor);
  generatorTensor = wrap(site, advancedState(*this, site, before, count));
  drawn = drawn.value_or(0) + count;
  return before;
}

void ScanRecorder::flush(const Site &site) {
  if (!outer)
    fail(site.op, site.where,
         "a tensor that was recorded in the body of a scan cannot be used outside of it: return it as a "
         "carried value or a slice");
  fail(site.op, site.where,
       "in the body of a scan nothing can be read: values exist only when the loop runs");
}

bool ScanRecorder::hasNodes() const {
  return llvm::any_of(histories, [](const auto &each) { return each.second.node != nullptr; });
}

/// The ops that compute `results` from what is given; nothing if that takes another argument.
static std::optional<llvm::DenseSet<Operation *>> opsBetween(llvm::function_ref<bool(Value)> isGiven,
                                                             ValueRange results) {
  llvm::DenseSet<Operation *> ops;
  llvm::SmallVector<Value> work(results);
  while (!work.empty()) {
    Value value = work.pop_back_val();
    if (isGiven(value))
      continue;
    Operation *op = value.getDefiningOp();
    if (!op)
      return std::nullopt;
    if (ops.insert(op).second)
      work.append(op->operand_begin(), op->operand_end());
  }
  return ops;
}

bool ScanRecorder::isComputedFrom(llvm::ArrayRef<Value> given, Value result) {
  return opsBetween([&](Value value) { return llvm::is_contained(given, value); }, result).has_value();
}

llvm::SmallVector<Value> ScanRecorder::cloneTo(OpBuilder &b, IRMapping map, ValueRange results) {
  auto ops = opsBetween([&](Value value) { return map.contains(value); }, results);
  for (Operation &op : block)
    if (ops->contains(&op))
      b.clone(op, map);
  return llvm::map_to_vector(results, [&](Value result) { return map.lookup(result); });
}

void ScanRecorder::close() {
  RecordLock lock;
  for (Held *each = held; each; each = each->next)
    each->value = nullptr;
  clearBlock();
  dropRetired();
}

} // namespace ingot::detail
