#include "frontend/core/Value.h"
#include "frontend/core/Element.h"
#include "frontend/core/GradMode.h"
#include "frontend/core/GradientNode.h"
#include "frontend/core/View.h"
#include "ir/dialect/Sizes.h"
#include "mlir/IR/Builders.h"
#include <algorithm>

using namespace mlir;

namespace ingot::detail {

static Value valueOf(const Site &site, const std::shared_ptr<TensorImpl> &tensor, bool history);

/// The value as it stands, whatever its history; of a view with `history`, that of its base is that for gradients.
static Value bareValue(const Site &site, TensorImpl &tensor, bool history) {
  const std::shared_ptr<Recorder> &recorder = Recorder::current();
  if (!tensor.base)
    return recorder->read(site, tensor.storage);
  Value base = valueOf(site, tensor.base, history && tensor.requiresGrad && !tensor.isLeaf);
  Held &cached = tensor.cached;
  if (cached.recorder == recorder && cached.value && cached.value.getDefiningOp()->getOperand(0) == base)
    return cached.value;
  Value value = applyView(site, tensor.step, base, tensor.type);
  if (value == base && history && tensor.requiresGrad && !tensor.isLeaf)
    value = copyOf(site, value);
  if (value != base)
    cached.set(recorder, value);
  return value;
}

/// Where a leaf's gradients end, for its value now.
static Value startOf(const Site &site, const std::shared_ptr<TensorImpl> &leaf, Value value) {
  const std::shared_ptr<Recorder> &recorder = Recorder::current();
  Held &start = leaf->start;
  if (start.recorder != recorder || !start.value || start.value.getDefiningOp()->getOperand(0) != value)
    start.set(recorder, recorder->startHistory(site, leaf, value));
  return start.value;
}

/// Where the gradients of a result with hooks end; what it becomes by changes in place has none.
static Value hookedOf(const Site &site, TensorImpl &tensor, Value value) {
  if (tensor.storage->version != tensor.hookedVersion || tensor.hooked->inputs.empty())
    return value;
  const std::shared_ptr<Recorder> &recorder = Recorder::current();
  Held &start = tensor.start;
  if (start.recorder != recorder || !start.value || start.value.getDefiningOp()->getOperand(0) != value)
    start.set(recorder, recorder->startHistory(site, tensor.hooked, 0, value));
  return start.value;
}

void followBase(TensorImpl &view) {
  if (!view.base || view.isDetached || view.requiresGrad)
    return;
  followBase(*view.base);
  if (view.base->requiresGrad && !view.base->isLeaf)
    view.requiresGrad = true, view.isLeaf = false;
}

static Value valueOf(const Site &site, const std::shared_ptr<TensorImpl> &tensor, bool history) {
  if (history)
    followBase(*tensor);
  if (Value captured = Recorder::current()->capture(site, tensor, history))
    return captured;
  Value value = bareValue(site, *tensor, history);
  if (!history)
    return value;
  if (!tensor->requiresGrad)
    return Recorder::current()->historyOf(value) ? Recorder::current()->detach(site, value) : value;
  if (tensor->isLeaf)
    return startOf(site, tensor, value);
  return tensor->hooked ? hookedOf(site, *tensor, value) : value;
}

Value valueOf(const Site &site, const Tensor &tensor) {
  typeOf(site, tensor);
  RecordLock lock;
  return valueOf(site, tensor.unwrap(), GradMode::is_enabled());
}

Tensor wrap(const Site &site, Value value) {
  auto type = cast<RankedTensorType>(value.getType());
  auto storage = std::make_shared<Storage>(type);
  std::shared_ptr<Recorder> recorder = Recorder::current();
  storage->pending.set(recorder, value);
  storage->hasHistory = GradMode::is_enabled() && recorder->historyOf(value);
  auto impl = std::make_shared<TensorImpl>(std::move(storage), type);
  impl->requiresGrad = impl->storage->hasHistory;
  impl->isLeaf = !impl->requiresGrad;
  Tensor result(std::move(impl));
  recorder->recorded(site);
  return result;
}

Tensor snapshot(const Site &site, const Tensor &tensor) { return wrap(site, valueOf(site, tensor)); }

Tensor wrapOutput(const Site &site, Value value, std::shared_ptr<GradientNode> node, size_t output) {
  return wrap(site, Recorder::current()->startHistory(site, std::move(node), output, value));
}

Tensor recordOp(const Site &site, llvm::StringRef name, llvm::ArrayRef<Value> operands,
                llvm::ArrayRef<NamedAttribute> attributes, Type result) {
  return wrap(site, Recorder::current()->record(site, name, operands, attributes, result));
}

Value copyOf(const Site &site, Value value) {
  Recorder &recorder = *Recorder::current();
  bool shared = GradMode::is_enabled() && recorder.historyOf(value);
  return shared ? recorder.record(site, "ingot.reshape", value, {}, value.getType()) : value;
}

Tensor makeView(const Tensor &base, ViewStep step, RankedTensorType type) {
  auto impl = std::make_shared<TensorImpl>(base.unwrap()->storage, type);
  impl->base = base.unwrap();
  impl->step = std::move(step);
  impl->requiresGrad = base.requires_grad() && GradMode::is_enabled();
  impl->isDetached = base.requires_grad() && !GradMode::is_enabled();
  impl->isLeaf = !impl->requiresGrad;
  return Tensor(std::move(impl));
}

/// What lies before a result that was changed where gradients do not look: while they are not recorded, or by way of
/// detach(). They pass as if it had not been.
class UnseenChange final : public GradientNode {
public:
  explicit UnseenChange(Tensor before) : GradientNode({std::move(before)}) {}
  std::vector<Continuation> backward(const Site &, const TensorList &, TensorList &cotangents) override {
    return {{inputs[0], cotangents[0]}};
  }
};

/// The new value of a storage, with the history of the old one. All such changes of a result share one node: they may go on
/// for ever.
static Value withOldHistory(const Site &site, Storage &storage, Value value) {
  const std::shared_ptr<Recorder> &recorder = Recorder::current();
  Recorder::Whole whole(*recorder);
  if (storage.pending.recorder != recorder)
    return value;
  History *old = recorder->historyOf(storage.pending.value);
  if (!old || old->freed)
    return value;
  std::shared_ptr<GradientNode> node = std::dynamic_pointer_cast<UnseenChange>(old->node);
  if (!node) {
    AutoGradMode history(true);
    node = std::make_shared<UnseenChange>(wrap(site, storage.pending.value));
  }
  return recorder->startHistory(site, std::move(node), 0, value);
}

/// Gives a tensor, and what it is a view of, a new value; where gradients see that, they get its history.
static void rebind(const Site &site, TensorImpl &tensor, Value value, bool isSeen) {
  bool history = isSeen && Recorder::current()->historyOf(value);
  if (tensor.isDetached && tensor.base->requiresGrad) {
    if (history)
      fail(site.op, site.where,
           "what detach() gives, or a view that was made without gradients, shares its elements with a "
           "tensor that "
           "requires grad, and cannot get values that require grad from others: clone() it");
    isSeen = false;
  }
  if (isSeen && !(tensor.isLeaf && tensor.requiresGrad))
    tensor.requiresGrad = history, tensor.isLeaf = !history;
  if (tensor.base) {
    Value base = valueOf(site, tensor.base, isSeen);
    return rebind(site, *tensor.base, writeView(site, tensor.step, base, value), isSeen);
  }
  Storage &storage = *tensor.storage;
  bool keepsHistory = storage.hasHistory && !isSeen;
  if (keepsHistory)
    value = withOldHistory(site, storage, value);
  storage.hasHistory = history || keepsHistory;
  ++storage.version;
  Recorder::current()->write(site, tensor.storage, value);
}

static void setTarget(History &history, const std::shared_ptr<TensorImpl> &tensor, bool isOn) {
  llvm::erase_if(history.targets, [&](const auto &each) { return each.lock() == tensor; });
  if (isOn)
    history.targets.push_back(tensor);
}

/// A leaf's gradient is that of the elements that the user gave it.
static void refuseLeaf(const Site &site, const TensorImpl *tensor) {
  for (; tensor && tensor->requiresGrad; tensor = tensor->base.get())
    if (tensor->isLeaf)
      fail(site.op, site.where,
           "a leaf that requires grad cannot be changed in place while gradients are recorded: use "
           "NoGradGuard");
}

/// What retains its gradient, retains that of its last value.
static void retain(const Site &site, TensorImpl *tensor, bool isOn) {
  for (; tensor; tensor = tensor->base.get())
    if (tensor->retainsGrad && tensor->requiresGrad)
      if (History *history = Recorder::current()->historyOf(valueOf(site, tensor->shared_from_this(), true)))
        setTarget(*history, tensor->shared_from_this(), isOn);
}

void assign(const Site &site, const Tensor &target, const Tensor &source) {
  typeOf(site, target);
  RecordLock lock;
  if (GradMode::is_enabled())
    refuseLeaf(site, target.unwrap().get());
  TensorImpl &tensor = *target.unwrap();
  Value value = valueOf(site, source);
  retain(site, &tensor, false);
  rebind(site, tensor, value, GradMode::is_enabled());
  retain(site, &tensor, true);
}

RankedTensorType typeOf(const Site &site, const Tensor &tensor) {
  if (!tensor.defined())
    fail(site.op, site.where, "a defined tensor is required",
         "an undefined one (a default-constructed Tensor, or a .grad() before backward() has made it)");
  return tensor.unwrap()->type;
}

RankedTensorType typeOf(const Shape &sizes, Dtype type) {
  RecordLock lock;
  return ir::tensorOf(exprsOf(sizes), elementType(type));
}

Shape shapeOf(RankedTensorType type) {
  Shape result;
  const sizes::Ranges &ranges = Recorder::current()->ranges();
  for (const sizes::Expr &size : ir::sizesOf(type))
    result.push_back(SizeAccess::make(size, ranges));
  return result;
}

std::string describe(const Tensor &tensor) {
  return tensor.defined() ? toString(tensor.dtype()) + tensor.sizes().str() : "undefined";
}

TensorImpl::TensorImpl(std::shared_ptr<Storage> storage, RankedTensorType type)
    : storage(std::move(storage)), type(type), sizes(shapeOf(type)) {}

NamedAttribute attr(llvm::StringRef name, llvm::ArrayRef<int64_t> values) {
  Builder b(&context());
  return b.getNamedAttr(name, b.getDenseI64ArrayAttr(values));
}
NamedAttribute attr(llvm::StringRef name, int64_t value) {
  Builder b(&context());
  return b.getNamedAttr(name, b.getI64IntegerAttr(value));
}
NamedAttribute attr(llvm::StringRef name, llvm::StringRef value) {
  Builder b(&context());
  return b.getNamedAttr(name, b.getStringAttr(value));
}
NamedAttribute attr(llvm::StringRef name, const std::vector<Size> &sizes) {
  return Builder(&context()).getNamedAttr(name, ir::SizesAttr::get(&context(), exprsOf(Shape(sizes))));
}
NamedAttribute unitAttr(llvm::StringRef name) {
  Builder b(&context());
  return b.getNamedAttr(name, b.getUnitAttr());
}

int64_t wrapDim(const Site &site, int64_t dim, int64_t rank) {
  int64_t most = std::max<int64_t>(rank, 1); // PyTorch lets a number have dimensions 0 and -1
  if (dim < -most || dim >= most)
    fail(site.op, site.where,
         "the dimension must be in [" + std::to_string(-most) + ", " + std::to_string(most - 1) + "]",
         std::to_string(dim));
  return dim < 0 ? dim + most : dim;
}

std::vector<int64_t> wrapDims(const Site &site, const Shape &dims, int64_t rank) {
  std::vector<int64_t> result;
  for (int64_t dim : dims.vec())
    result.push_back(wrapDim(site, dim, rank));
  std::ranges::sort(result);
  if (std::ranges::adjacent_find(result) != result.end())
    fail(site.op, site.where, "each dimension may be given once", dims.str());
  if (result.empty() || rank == 0) {
    result.resize(rank);
    for (int64_t i = 0; i < rank; ++i)
      result[i] = i;
  }
  return result;
}

} // namespace ingot::detail
