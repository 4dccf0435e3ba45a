#include "frontend/core/Recorder.h"
#include "frontend/core/EagerRecorder.h"
#include "frontend/core/Element.h"
#include "frontend/core/GradientNode.h"
#include "frontend/core/Scope.h"
#include "frontend/core/SymbolicSize.h"
#include "ir/dialect/Dialect.h"
#include "ir/dialect/Origin.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/Interfaces/InferTypeOpInterface.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;

namespace ingot::detail {

std::recursive_mutex &RecordLock::mutex() {
  static auto *instance = new std::recursive_mutex; // tensors of static storage outlive it otherwise
  return *instance;
}

//===--- held values --------------------------------------------------------------------------------------------===//

void Held::set(std::shared_ptr<Recorder> to, Value newValue) {
  RecordLock lock;
  to->hold(newValue);
  clear();
  recorder = std::move(to);
  value = newValue;
  computed = false;
  next = recorder->held;
  if (next)
    next->previous = this;
  recorder->held = this;
}

void Held::clear() {
  if (!recorder)
    return;
  RecordLock lock;
  (previous ? previous->next : recorder->held) = next;
  if (next)
    next->previous = previous;
  previous = next = nullptr;
  if (value)
    recorder->release(value);
  value = nullptr;
  recorder.reset();
}

void Recorder::hold(Value value) {
  if (Operation *op = value.getDefiningOp())
    ++holders[op];
}

void Recorder::release(Value value) {
  Operation *op = value.getDefiningOp();
  if (!op)
    return;
  auto count = holders.find(op);
  if (--count->second)
    return;
  holders.erase(count);
  eraseDead(op);
}

void Recorder::replaceHeld(Value from, Value to, llvm::ArrayRef<const Storage *> except) {
  llvm::SmallVector<Held *> replaced;
  for (Held *each = held; each; each = each->next)
    if (each->value == from && each->owner && each->owner->hasHistory &&
        !llvm::is_contained(except, each->owner))
      replaced.push_back(each);
  for (Held *each : replaced)
    each->set(shared_from_this(), to);
}

void Recorder::eraseDead(Operation *op) {
  // An op enters the list when its last use goes, which happens once.
  llvm::SmallVector<Operation *> dead;
  auto addIfDead = [&](Operation *candidate) {
    if (candidate->use_empty() && !holders.contains(candidate))
      dead.push_back(candidate);
  };
  addIfDead(op);
  while (!dead.empty()) {
    Operation *next = dead.pop_back_val();
    llvm::SmallSetVector<Operation *, 4> producers;
    for (Value operand : next->getOperands())
      if (Operation *producer = operand.getDefiningOp())
        producers.insert(producer);
    for (Value result : next->getResults())
      if (auto history = histories.find(result); history != histories.end()) {
        if (history->second.node)
          retired.push_back(std::move(history->second.node));
        histories.erase(history);
      }
    next->erase();
    --opCount;
    llvm::for_each(producers, addIfDead);
  }
}

void Recorder::dropRetired() {
  while (!retired.empty())
    std::exchange(retired, {}).clear();
}

void Recorder::clearBlock() {
  for (auto &[value, history] : histories)
    if (history.node)
      retired.push_back(std::move(history.node));
  holders.clear();
  histories.clear();
  while (!block.empty()) {
    block.back().dropAllUses();
    block.back().erase();
  }
  block.eraseArguments(0, block.getNumArguments());
  opCount = 0;
}

Recorder::~Recorder() { clearBlock(); }

//===--- recording ----------------------------------------------------------------------------------------------===//

static thread_local std::shared_ptr<Recorder> innermost;

const std::shared_ptr<Recorder> &Recorder::current() {
  static thread_local std::shared_ptr<Recorder> eager = std::make_shared<EagerRecorder>();
  return innermost ? innermost : eager;
}

RecorderScope::RecorderScope(std::shared_ptr<Recorder> recorder) : outer(std::move(innermost)) {
  innermost = std::move(recorder);
}
RecorderScope::~RecorderScope() { innermost = std::move(outer); }

Location Recorder::location(const Site &site, llvm::StringRef op) {
  const Composite call = currentComposite().op ? currentComposite() : Composite{site.op, site.where};
  const Where &where = call.where;
  ir::Origin origin{FileLineColLoc::get(&context(), where.file_name(), where.line(), where.column()), {}, {}};
  if (currentComposite().op || (!op.empty() && op != call.op))
    origin.function = StringAttr::get(&context(), call.op);
  if (std::string path = pathOf(currentModule()); !path.empty())
    origin.path = StringAttr::get(&context(), path);
  return origin.location();
}

Value Recorder::record(const Site &site, llvm::StringRef name, ValueRange operands,
                       llvm::ArrayRef<NamedAttribute> attributes, Type result) {
  RecordLock lock;
  Diagnostics diagnostics;
  OperationName opName(name, &context());
  // The type of an inferred result is a stand-in until the op's properties exist, which inference reads.
  Type type = result ? result : operands.empty() ? Type(NoneType::get(&context())) : operands[0].getType();
  Operation *op = Operation::create(location(site, opName.stripDialect()), opName, type, operands,
                                    NamedAttrList(attributes), OpaqueProperties(nullptr));
  LogicalResult ok = success();
  if (!result) {
    auto *inference = opName.getInterface<InferTypeOpInterface>();
    llvm::SmallVector<Type, 1> types;
    ok = inference->inferReturnTypes(&context(), op->getLoc(), operands, op->getDiscardableAttrDictionary(),
                                     op->getPropertiesStorage(), op->getRegions(), types);
    if (succeeded(ok))
      op->getResult(0).setType(types.front());
  }
  if (failed(ok) || failed(opName.verifyInvariants(op))) {
    op->destroy();
    failWith(site, diagnostics.text());
  }
  append(op);
  return op->getResult(0);
}

//===--- history ------------------------------------------------------------------------------------------------===//

History *Recorder::historyOf(Value value) {
  auto found = histories.find(value);
  return found == histories.end() ? nullptr : &found->second;
}

void Recorder::append(Operation *op) {
  block.push_back(op);
  ++opCount;
  dropRetired();
  if (histories.empty() || op->getName().getStringRef() == "ingot.detach" ||
      llvm::none_of(op->getOperands(), [&](Value operand) { return historyOf(operand); }))
    return;
  for (Value result : op->getResults())
    if (isa<FloatType>(getElementTypeOrSelf(result)))
      histories.try_emplace(result);
}

Value Recorder::detach(const Site &site, Value value) {
  return record(site, "ingot.detach", value, {}, value.getType());
}

Value Recorder::startHistory(const Site &site, const std::shared_ptr<TensorImpl> &leaf, Value value) {
  Value start = detach(site, value);
  histories[start].targets.push_back(leaf);
  return start;
}

Value Recorder::startHistory(const Site &site, std::shared_ptr<GradientNode> node, size_t output,
                             Value value) {
  Value start = detach(site, value);
  histories[start] = {.node = std::move(node), .output = output};
  return start;
}

//===--- constants ----------------------------------------------------------------------------------------------===//

Value Recorder::constant(const Site &site, const Scalar &number, Dtype type) {
  RecordLock lock;
  Builder b(&context());
  auto scalar = RankedTensorType::get({}, elementType(type));
  if (number.kind() == Scalar::Kind::Size) {
    auto size = ir::SizesAttr::get(&context(), {SizeAccess::expr(number.size())});
    return record(site, "ingot.size", {}, b.getNamedAttr("size", size), scalar);
  }
  auto value = DenseElementsAttr::get(scalar, elementAttr(number, type));
  return record(site, "ingot.constant", {}, b.getNamedAttr("value", value));
}

} // namespace ingot::detail
