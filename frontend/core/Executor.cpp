#include "frontend/core/Executor.h"
#include "frontend/core/Backend.h"
#include "frontend/core/Compilations.h"
#include "frontend/core/Element.h"
#include "frontend/core/Recorder.h"
#include "ir/dialect/Origin.h"
#include "ir/ops/Ops.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/IRMapping.h"
#include "llvm/ADT/Hashing.h"
#include <list>
#include <unordered_map>

using namespace mlir;

namespace ingot::detail {
namespace {

using Key = std::vector<const void *>;
struct KeyHash {
  size_t operator()(const Key &key) const { return llvm::hash_combine_range(key.begin(), key.end()); }
};

/// The ops that compute `results` from values that are there.
class Needed {
public:
  Needed(const Pending &pending, const llvm::DenseMap<Value, BufferRef> &results) : pending(pending) {
    for (auto &[value, buffer] : results)
      if (!buffer)
        add(value, false);
    while (!work.empty())
      visit(work.pop_back_val());
  }
  bool contains(Operation *op) const { return ops.contains(op); }
  bool hasGradients() const { return gradients; }

private:
  /// `path`: a gradient goes through the value, so that it takes its op, even if its elements are there.
  void add(Value value, bool path) {
    Operation *op = value.getDefiningOp();
    path = path && pending.hasHistory(value);
    if (!op || (!path && pending.elements(value)))
      return;
    auto [known, isNew] = ops.try_emplace(op, path);
    if (isNew || (path && !known->second))
      known->second |= path, work.push_back(op);
  }
  void visit(Operation *op) {
    bool path = ops[op] && !isa<ir::DetachOp>(op);
    auto gradient = dyn_cast<ir::GradientOp>(op);
    gradients |= gradient != nullptr;
    for (Value operand : op->getOperands())
      add(operand, path || (gradient && llvm::is_contained(gradient.getYs(), operand)));
  }

  const Pending &pending;
  llvm::DenseMap<Operation *, bool> ops; ///< and whether a gradient goes through
  llvm::SmallVector<Operation *> work;
  bool gradients = false;
};

/// What is pending as a function: the values it starts from and returns, in canonical order, and what identifies it.
struct Structure {
  Structure(const Pending &pending, const llvm::DenseMap<Value, BufferRef> &results) {
    Needed needed(pending, results);
    for (Operation &op : pending.block)
      if (needed.contains(&op))
        add(op, needed.hasGradients());
    for (Operation *op : ops)
      for (Value value : op->getResults())
        if (auto result = results.find(value); result != results.end() && !result->second) {
          outputs.push_back(value);
          key.push_back(reinterpret_cast<const void *>(numbers[value]));
        }
  }

  void add(Operation &op, bool hasGradients) {
    ops.push_back(&op);
    for (Value operand : op.getOperands())
      if (auto [at, isNew] = numbers.try_emplace(operand, numbers.size()); isNew) {
        inputs.push_back(operand);
        key.push_back(operand.getType().getAsOpaquePointer());
      }
    if (isa<ir::DetachOp>(op) && !hasGradients) {
      size_t operand = numbers[op.getOperand(0)];
      numbers[op.getResult(0)] = operand;
      return;
    }
    addIdentity(op);
  }

  /// What an op of known operands computes.
  void addIdentity(Operation &op) {
    key.push_back(op.getName().getAsOpaquePointer());
    if (op.getPropertiesStorageSize())
      key.push_back(op.getPropertiesAsAttribute().getAsOpaquePointer());
    for (Value operand : op.getOperands())
      key.push_back(reinterpret_cast<const void *>(numbers[operand]));
    addValues(op.getResults());
    for (Region &region : op.getRegions())
      addBody(region.front());
  }

  void addValues(ValueRange values) {
    for (Value value : values) {
      key.push_back(value.getType().getAsOpaquePointer());
      numbers.try_emplace(value, numbers.size());
    }
  }

  /// A body uses nothing from outside. Its length tells what follows from what is in it.
  void addBody(Block &body) {
    key.push_back(reinterpret_cast<const void *>(body.getOperations().size()));
    addValues(body.getArguments());
    for (Operation &op : body)
      addIdentity(op);
  }

  Key key;
  llvm::SmallVector<Operation *> ops;
  llvm::SmallVector<Value> inputs, outputs;

private:
  llvm::DenseMap<Value, size_t> numbers;
};

OwningOpRef<ModuleOp> buildModule(const Structure &structure) {
  OpBuilder b(&context());
  Location loc = b.getUnknownLoc();
  OwningOpRef<ModuleOp> module = ModuleOp::create(loc);
  b.setInsertionPointToStart(module->getBody());
  auto type =
      b.getFunctionType(ValueRange(structure.inputs).getTypes(), ValueRange(structure.outputs).getTypes());
  auto function = func::FuncOp::create(b, loc, "run", type);
  Block *body = function.addEntryBlock();
  IRMapping map;
  map.map(structure.inputs, body->getArguments());
  b.setInsertionPointToStart(body);
  bool hasGradients = llvm::any_of(structure.ops, [](Operation *op) { return isa<ir::GradientOp>(op); });
  // The function serves other values of this structure, too: a location says which op it is, not where it was recorded.
  for (auto [number, op] : llvm::enumerate(structure.ops))
    if (isa<ir::DetachOp>(op) && !hasGradients)
      map.map(op->getResult(0), map.lookup(op->getOperand(0)));
    else
      b.clone(*op, map)->walk([&, place = NameLoc::get(b.getStringAttr(std::to_string(number)))](
                                  Operation *each) { each->setLoc(place); });
  llvm::SmallVector<Value> returned;
  for (Value output : structure.outputs)
    returned.push_back(map.lookup(output));
  func::ReturnOp::create(b, loc, returned);
  return module;
}

/// Compiled functions, the most recently used first. Guarded by RecordLock.
class FunctionCache {
public:
  std::shared_ptr<CompiledFunction> find(const Key &key) {
    auto at = index.find(key);
    if (at == index.end())
      return nullptr;
    entries.splice(entries.begin(), entries, at->second);
    return entries.front().second;
  }
  void add(Key key, std::shared_ptr<CompiledFunction> function) {
    ++added;
    entries.emplace_front(key, std::move(function));
    index.emplace(std::move(key), entries.begin());
    if (entries.size() <= capacity)
      return;
    index.erase(entries.back().first);
    entries.pop_back();
  }

  int64_t added = 0;

private:
  static constexpr size_t capacity = 512;
  std::list<std::pair<Key, std::shared_ptr<CompiledFunction>>> entries;
  std::unordered_map<Key, decltype(entries)::iterator, KeyHash> index;
};

FunctionCache &cache() {
  static auto *instance = new FunctionCache; // compiled code outlives static tensors
  return *instance;
}

size_t bytesOf(Type type) {
  return static_cast<size_t>(cast<RankedTensorType>(type).getNumElements() * elementSize(dtypeOf(type)));
}

/// Throws what a failed check says about the op that it belongs to.
[[noreturn]] void failCheck(const Site &site, const Structure &structure, const FailedCheck &check,
                            int64_t value) {
  std::string who = check.op;
  size_t number = 0;
  if (!llvm::StringRef(check.place).getAsInteger(10, number) && number < structure.ops.size()) {
    ir::Origin origin = ir::Origin::of(structure.ops[number]->getLoc());
    who = origin.nameOr(check.op);
    if (origin.path)
      who += " in " + origin.path.str();
    if (auto line = origin.line)
      who += " at " + line.getFilename().str() + ":" + std::to_string(line.getLine());
  }
  if (!check.required.empty())
    fail(site.op, site.where, who + " requires " + check.required,
         "another at position " + std::to_string(value));
  fail(site.op, site.where, "the positions of " + who + " must be in [0, " + std::to_string(check.size) + ")",
       std::to_string(value));
}

} // namespace

int64_t compilationCount() {
  RecordLock lock;
  return cache().added;
}

void execute(const Site &site, const Pending &pending, llvm::DenseMap<Value, BufferRef> &results) {
  Structure structure(pending, results);
  if (structure.outputs.empty())
    return;
  std::shared_ptr<CompiledFunction> function = cache().find(structure.key);
  if (!function) {
    OwningOpRef<ModuleOp> module = buildModule(structure);
    function = backend().compile(*module);
    cache().add(structure.key, function);
  }
  llvm::SmallVector<void *> slots;
  for (Value input : structure.inputs)
    slots.push_back(pending.elements(input)->data);
  for (Value output : structure.outputs) {
    BufferRef &result = results[output] = std::make_shared<Buffer>(bytesOf(output.getType()));
    slots.push_back(result->data);
  }
  Buffer workspace(static_cast<size_t>(function->workspaceBytes()));
  slots.push_back(workspace.data);
  int64_t outside = 0;
  slots.push_back(&outside);
  if (int32_t status = function->call(slots.data()))
    failCheck(site, structure, function->failedCheck(status), outside);
}

} // namespace ingot::detail
