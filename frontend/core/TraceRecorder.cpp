#include "frontend/core/TraceRecorder.h"
#include "frontend/core/EagerRecorder.h"
#include "frontend/core/Element.h"
#include "frontend/core/Error.h"
#include "frontend/core/Generator.h"
#include "frontend/core/Value.h"
#include "ir/dialect/Sizes.h"
#include "ir/ops/Ops.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Builders.h"
#include <algorithm>
#include <cstring>

using namespace mlir;

namespace ingot::detail {

//===--- lifting ------------------------------------------------------------------------------------------------===//

/// Of a storage that is pending in another recorder: one whose values never exist here says so.
static void refuseEscaped(const Site &site, const Storage &storage) {
  if (const std::shared_ptr<Recorder> &recorder = storage.pending.recorder; recorder && recorder->isTrace())
    recorder->flush(site);
}

Value TraceRecorder::constantOf(const Site &site, Storage &storage) {
  Dtype type = dtypeOf(storage.type);
  const Buffer &buffer = *storage.buffer;
  llvm::ArrayRef<char> bytes(static_cast<const char *>(buffer.data),
                             storage.type.getNumElements() * elementSize(type));
  DenseElementsAttr value;
  if (type == kBool) {
    llvm::ArrayRef<bool> bits(static_cast<const bool *>(buffer.data), bytes.size());
    value = DenseElementsAttr::get(storage.type, bits);
  } else {
    value = DenseElementsAttr::getFromRawBuffer(storage.type, bytes);
  }
  return record(site, "ingot.constant", {}, Builder(&context()).getNamedAttr("value", value));
}

TraceRecorder::Lifted &TraceRecorder::lift(const Site &site, const std::shared_ptr<Storage> &storage) {
  if (auto known = lifted.find(storage.get()); known != lifted.end())
    return known->second;
  Lifted entry{.storage = storage, .isState = !storage->names.empty()};
  if (entry.isState) {
    entry.entry = block.addArgument(storage->type, location(site));
  } else {
    if (storage->isParameter)
      fail(site.op, site.where,
           "a parameter must be registered in its module (register_parameter, register_module) before a "
           "trace uses it");
    settle(site, *storage);
    entry.entry = constantOf(site, *storage);
  }
  hold(entry.entry); // read again later, maybe
  entry.current = entry.entry;
  return lifted.insert({storage.get(), std::move(entry)}).first->second;
}

Value TraceRecorder::read(const Site &site, const std::shared_ptr<Storage> &storage) {
  RecordLock lock;
  if (storage->pending.recorder.get() == this)
    return storage->pending.value;
  refuseEscaped(site, *storage);
  return lift(site, storage).current;
}

void TraceRecorder::write(const Site &site, const std::shared_ptr<Storage> &storage, Value value) {
  RecordLock lock;
  if (storage->pending.recorder.get() == this)
    return storage->pending.set(shared_from_this(), value);
  refuseEscaped(site, *storage);
  Lifted &entry = lift(site, storage);
  if (!entry.isState)
    fail(site.op, site.where,
         "a tensor from outside that a trace writes must be registered as a parameter or buffer of a module, "
         "or "
         "as an ingot::State");
  hold(value); // what it replaces is not released: finish() drops what is not used
  entry.current = value;
  entry.written = true;
}

Value TraceRecorder::number(const Site &site, const Scalar &number, Dtype type) {
  return constant(site, number, type);
}

/// The state of the generator in programs: one for all that are exported together, as all code outside of traces shares one.
/// It starts where that one stands when the last program is recorded.
static std::shared_ptr<Storage> exportedGenerator() {
  static const std::shared_ptr<Storage> storage = [] {
    auto made = std::make_shared<Storage>(RankedTensorType::get({2}, elementType(kInt64)));
    made->buffer = std::make_shared<Buffer>(sizeof(GeneratorState));
    made->names.push_back({nullptr, generatorName});
    return made;
  }();
  std::memcpy(storage->buffer->data, &generator(), sizeof(GeneratorState));
  return storage;
}

Value TraceRecorder::randomState(const Site &site, const Size &count) {
  RecordLock lock;
  if (!generatorStorage)
    generatorStorage = exportedGenerator();
  Value before = read(site, generatorStorage);
  write(site, generatorStorage, advancedState(*this, site, before, count));
  return before;
}

// A gradient that is there when the program starts is state: that of its tensor, called "weight.grad".
void TraceRecorder::touchGrad(TensorImpl &tensor) {
  RecordLock lock;
  if (closed || llvm::any_of(gradsBefore, [&](const auto &each) { return each.first.get() == &tensor; }))
    return;
  gradsBefore.emplace_back(tensor.shared_from_this(), tensor.grad);
  if (!tensor.grad.defined())
    return;
  Storage &grad = *tensor.grad.unwrap()->storage;
  if (grad.names.empty())
    for (const StateName &name : tensor.storage->names)
      grad.names.push_back({name.owner, name.key + ".grad"});
}

void TraceRecorder::flush(const Site &site) {
  if (closed)
    fail(site.op, site.where,
         "a tensor that was recorded in trace '" + name + "' cannot be used outside of it");
  fail(site.op, site.where,
       "inside trace nothing can be read: values exist only when the program runs; return the tensor as an "
       "output");
}

//===--- inputs -------------------------------------------------------------------------------------------------===//

void TraceRecorder::declareDims(const Size &size) {
  for (const std::string &dim : SizeAccess::expr(size).dims())
    if (!llvm::is_contained(dimNames, dim))
      dimNames.push_back(dim);
  for (const auto &[dim, range] : SizeAccess::ranges(size))
    if (auto [at, isNew] = dimRanges.emplace(dim, range); !isNew && !(at->second == range))
      throw Error("trace", "", {}, "dimension " + dim + " must have one declared range in a program", "two");
}

Tensor TraceRecorder::addInput(const Site &site, const std::string &inputName, const Shape &sizes,
                               Dtype type) {
  for (const Size &size : sizes) {
    if (size.isNumber() && size < 0)
      fail(site.op, site.where, "the sizes of input '" + inputName + "' must not be negative", sizes.str());
    declareDims(size);
  }
  if (llvm::any_of(inputs, [&](const auto &input) { return input.first == inputName; }))
    fail(site.op, site.where, "inputs must have different names", "'" + inputName + "' twice");
  inputs.emplace_back(inputName, block.addArgument(typeOf(sizes, type), location(site)));
  return wrap(site, inputs.back().second);
}

//===--- the program --------------------------------------------------------------------------------------------===//

void TraceRecorder::close() {
  RecordLock lock;
  closed = true;
  for (Held *each = held; each; each = each->next)
    each->value = nullptr;
  for (auto &[tensor, grad] : gradsBefore)
    tensor->grad = grad;
  gradsBefore.clear();
  lifted.clear();
  inputs.clear();
  clearBlock();
  dropRetired();
}

std::shared_ptr<ProgramImpl> TraceRecorder::finish(const Site &site, const std::vector<Tensor> &outputs,
                                                   const std::vector<std::string> &outputNames) {
  RecordLock lock;
  std::vector<Value> values;
  for (const Tensor &output : outputs)
    values.push_back(valueOf(site, output));
  if (!outputNames.empty() && outputNames.size() != outputs.size())
    fail(site.op, site.where,
         "one name for each of the " + std::to_string(outputs.size()) + " outputs is required",
         std::to_string(outputNames.size()));
  std::vector<std::string> names = outputNames;
  for (size_t i = names.size(); i < outputs.size(); ++i)
    names.push_back(outputs.size() == 1 ? "output" : "output" + std::to_string(i));
  requireOneRoot(site);
  auto program = std::make_shared<ProgramImpl>();
  program->name = name;
  program->outputs = static_cast<int64_t>(outputs.size());
  buildFunction(*program, values, names);
  close(); // the values have moved
  return program;
}

// A module that was not registered would be a root of its own, and lose its place in the names.
void TraceRecorder::requireOneRoot(const Site &site) {
  const StateName *first = nullptr;
  auto rootOf = [](const StateName &name) {
    const ModuleNode *node = name.owner.get();
    while (node && node->parent)
      node = node->parent.get();
    return node;
  };
  for (auto &[storage, entry] : lifted) {
    const StateName *state = entry.isState ? &storage->names.front() : nullptr;
    if (!state || !state->owner) // the generator's state, an ingot::State
      continue;
    const StateName &name = *state;
    if (first && rootOf(name) != rootOf(*first))
      fail(site.op, site.where, "all modules that a trace uses must be registered in one (register_module)",
           "'" + first->path() + "' and '" + name.path() + "' in different ones");
    first = &name;
  }
}

/// Only gradients tell a detached value from its operand.
static void eraseDetached(Block &block) {
  if (!llvm::any_of(block, [](Operation &op) { return isa<ir::GradientOp>(op); }))
    for (Operation &op : block)
      if (auto detach = dyn_cast<ir::DetachOp>(op))
        detach.replaceAllUsesWith(detach.getX());
}

/// Erases what no result needs.
static void eraseUnused(Block &block) {
  for (Operation &op : llvm::make_early_inc_range(llvm::reverse(block)))
    if (op.use_empty() && !op.hasTrait<OpTrait::IsTerminator>())
      op.erase();
}

void TraceRecorder::buildFunction(ProgramImpl &program, const std::vector<Value> &outputs,
                                  const std::vector<std::string> &outputNames) {
  OpBuilder b(&context());
  Location loc = b.getUnknownLoc();
  llvm::SmallVector<Value> results(outputs.begin(), outputs.end());
  for (auto &[storage, entry] : lifted)
    if (entry.written)
      results.push_back(entry.current);
  b.setInsertionPointToEnd(&block);
  func::ReturnOp::create(b, loc, results);
  eraseDetached(block);
  eraseUnused(block);

  llvm::SmallVector<Value> arguments;
  for (auto &[storage, entry] : lifted)
    if (entry.isState && (entry.written || !entry.entry.use_empty())) {
      if (entry.written)
        program.written.push_back(static_cast<int64_t>(arguments.size()));
      arguments.push_back(entry.entry);
      program.states.push_back(entry.storage);
    }
  for (auto &[inputName, value] : inputs)
    arguments.push_back(value);

  program.module = ModuleOp::create(loc);
  b.setInsertionPointToStart(program.module->getBody());
  auto function = func::FuncOp::create(
      b, loc, name, b.getFunctionType(ValueRange(arguments).getTypes(), ValueRange(results).getTypes()));
  Block *body = function.addEntryBlock();
  for (auto [from, to] : llvm::zip(arguments, body->getArguments()))
    from.replaceAllUsesWith(to);
  body->getOperations().splice(body->end(), block.getOperations());

  for (auto [i, input] : llvm::enumerate(inputs))
    function.setArgAttr(program.states.size() + i, "ingot.input", b.getStringAttr(input.first));
  for (auto [i, output] : llvm::enumerate(outputNames))
    function.setResultAttr(i, "ingot.output", b.getStringAttr(output));
  llvm::SmallVector<Attribute> dims;
  for (const std::string &dim : dimNames) {
    sizes::Range range = dimRanges[dim];
    dims.push_back(ir::DimAttr::get(&context(), dim, range.min, range.max.value_or(-1)));
  }
  if (!dims.empty())
    function->setAttr("ingot.dims", b.getArrayAttr(dims));
}

} // namespace ingot::detail
