#include "codegen/vector/MemrefViews.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include <numeric>

using namespace mlir;

namespace ingot::codegen {
using sizes::Expr;

/// What `P_host` and the arena plan guarantee for state blocks, arenas and globals.
static constexpr int64_t blockAlignment = 64;

Type storageType(Type element) {
  return element.isIndex() ? IntegerType::get(element.getContext(), 64) : element;
}

static SmallVector<OpFoldResult> rowMajorStrides(ArrayRef<OpFoldResult> sizes, KernelBuilder &k) {
  SmallVector<OpFoldResult> strides(sizes.size());
  OpFoldResult stride = k.index(1);
  for (size_t d = sizes.size(); d-- > 0;) {
    strides[d] = stride;
    stride = k.mul(stride, sizes[d]);
  }
  return strides;
}

LogicalResult MemrefViews::bindArgument(BlockArgument argument, Value pointer, DictionaryAttr attributes) {
  auto type = cast<MemRefType>(argument.getType());
  auto has = [&](StringRef name) { return attributes && attributes.contains(name); };
  auto fail = [&]() {
    return emitError(argument.getLoc()) << "argument " << argument.getArgNumber() << " of type " << type;
  };
  if (!type.getLayout().isIdentity())
    return fail() << " must be contiguous";
  if (type.getElementType().isInteger(1))
    return fail() << " must have a byte an element";
  bool isBlock = has("ingot.arena") || has("ingot.state_block");
  View view;
  view.base = pointer;
  view.element = storageType(type.getElementType());
  view.offset = Builder(argument.getContext()).getIndexAttr(0);
  view.alignment = isBlock ? blockAlignment : elementBytes(view.element);
  if (!isBlock) {
    FailureOr<SmallVector<Expr>> shape =
        SizeArithmetic::sizesOf(type, attributes ? attributes.get("ingot.sizes") : Attribute());
    if (failed(shape))
      return fail() << " must name its run-time sizes in the attribute 'ingot.sizes'";
    Expr stride = 1;
    view.strides.resize(shape->size());
    for (const Expr &size : *shape)
      view.sizes.push_back(sizes.emit(size));
    for (size_t d = shape->size(); d-- > 0;) {
      view.strides[d] = sizes.emit(stride);
      stride = stride * (*shape)[d];
    }
  }
  memrefs[argument] = {view, {roots++, std::nullopt}};
  return success();
}

bool MemrefViews::isView(Operation *op) {
  return isa<memref::ViewOp, memref::SubViewOp, memref::ExpandShapeOp, memref::CollapseShapeOp,
             memref::CastOp, memref::ReinterpretCastOp, memref::GetGlobalOp>(op);
}

LogicalResult MemrefViews::trace(Operation *op, KernelBuilder &k) {
  FailureOr<Memref> memref = derive(op, k);
  if (failed(memref))
    return failure();
  memrefs[op->getResult(0)] = *memref;
  return success();
}

FailureOr<MemrefViews::Memref> MemrefViews::derive(Operation *op, KernelBuilder &k) {
  if (auto global = dyn_cast<memref::GetGlobalOp>(op))
    return this->global(global, k);
  auto source = memrefs.find(op->getOperand(0));
  if (source == memrefs.end())
    return op->emitOpError("has a memref that is neither an argument nor a global nor a view of one");
  if (auto view = dyn_cast<memref::ViewOp>(op))
    return viewOf(view, k);
  Memref result = source->second;
  View &view = result.view;
  if (static_cast<int64_t>(view.sizes.size()) != cast<MemRefType>(op->getOperand(0).getType()).getRank())
    return op->emitOpError("of a block of bytes, which only memref.view can cut");
  if (auto subview = dyn_cast<memref::SubViewOp>(op)) {
    view = this->subview(subview, view, k);
  } else if (auto expand = dyn_cast<memref::ExpandShapeOp>(op)) {
    view = this->expand(expand, view, k);
  } else if (auto collapse = dyn_cast<memref::CollapseShapeOp>(op)) {
    view = this->collapse(collapse, view, k);
  } else if (auto reinterpret = dyn_cast<memref::ReinterpretCastOp>(op)) {
    view.offset = reinterpret.getMixedOffsets()[0];
    view.sizes = reinterpret.getMixedSizes();
    view.strides = reinterpret.getMixedStrides();
  } else if (!isa<memref::CastOp>(op)) {
    return op->emitOpError("cannot be followed to the memory that it views");
  }
  return result;
}

FailureOr<MemrefViews::Memref> MemrefViews::viewOf(memref::ViewOp op, KernelBuilder &k) {
  Memref result = memrefs.lookup(op.getSource());
  View &view = result.view;
  auto type = cast<MemRefType>(op.getType());
  OpFoldResult begin = getAsOpFoldResult(op.getByteShift());
  view.base = k.advance(view, view.base, begin);
  std::optional<int64_t> constant = getConstantIntValue(begin);
  view.element = storageType(type.getElementType());
  // A run-time offset into an arena is a multiple of the arena's alignment by plan.
  if (constant && *constant)
    view.alignment = std::gcd(view.alignment, *constant);
  view.sizes = getMixedValues(type.getShape(), op.getSizes(), k.b);
  view.strides = rowMajorStrides(view.sizes, k);
  std::optional<Expr> first = sizes.exprOf(begin), count = sizes.exprOf(k.elements(view));
  if (first && count)
    result.memory.range = Memory::Bytes{*first, *first + bytesOf(*count, view.element)};
  return result;
}

View MemrefViews::subview(memref::SubViewOp op, View view, KernelBuilder &k) {
  View result = view;
  result.sizes.clear();
  result.strides.clear();
  llvm::SmallBitVector dropped = op.getDroppedDims();
  SmallVector<OpFoldResult> offsets = op.getMixedOffsets(), extents = op.getMixedSizes(),
                            steps = op.getMixedStrides();
  for (int64_t d = 0; d < view.rank(); ++d) {
    result.offset = k.add(result.offset, k.mul(offsets[d], view.strides[d]));
    if (dropped.test(d))
      continue;
    result.sizes.push_back(extents[d]);
    result.strides.push_back(k.mul(steps[d], view.strides[d]));
  }
  return result;
}

View MemrefViews::expand(memref::ExpandShapeOp op, View view, KernelBuilder &k) {
  View result = view;
  result.sizes = getMixedValues(op.getStaticOutputShape(), op.getOutputShape(), k.b);
  result.strides.resize(result.sizes.size());
  for (auto [d, group] : llvm::enumerate(op.getReassociationIndices())) {
    OpFoldResult stride = view.strides[d];
    for (int64_t inner : llvm::reverse(group)) {
      result.strides[inner] = stride;
      stride = k.mul(stride, result.sizes[inner]);
    }
  }
  // A scalar has no group: all dimensions are 1.
  if (view.rank() == 0)
    result.strides.assign(result.sizes.size(), k.index(1));
  return result;
}

View MemrefViews::collapse(memref::CollapseShapeOp op, View view, KernelBuilder &k) {
  View result = view;
  result.sizes.clear();
  result.strides.clear();
  for (const ReassociationIndices &group : op.getReassociationIndices()) {
    OpFoldResult size = k.index(1), stride = view.strides[group.back()];
    bool found = false;
    for (int64_t d : llvm::reverse(group)) {
      size = k.mul(size, view.sizes[d]);
      // The stride of a dimension of size 1 says nothing.
      if (!found && getConstantIntValue(view.sizes[d]) != 1) {
        stride = view.strides[d];
        found = true;
      }
    }
    result.sizes.push_back(size);
    result.strides.push_back(stride);
  }
  return result;
}

MemrefViews::Memref MemrefViews::global(memref::GetGlobalOp op, KernelBuilder &k) {
  auto type = cast<MemRefType>(op.getType());
  auto [it, isNew] = globals.try_emplace(op.getNameAttr(), roots);
  roots += isNew;
  View view;
  view.base =
      LLVM::AddressOfOp::create(k.b, op.getLoc(), LLVM::LLVMPointerType::get(op.getContext()), op.getName());
  view.element = storageType(type.getElementType());
  view.offset = k.index(0);
  view.sizes = getMixedValues(type.getShape(), {}, k.b);
  view.strides = rowMajorStrides(view.sizes, k);
  view.alignment = blockAlignment;
  return {view, {it->second, std::nullopt}};
}

bool MemrefViews::mayOverlap(const Memory &a, const Memory &b) const {
  if (a.root != b.root)
    return false;
  if (!a.range || !b.range)
    return true;
  return Expr::lessEqual(a.range->end, b.range->begin, {}) != true &&
         Expr::lessEqual(b.range->end, a.range->begin, {}) != true;
}

bool MemrefViews::mayOverlap(Value a, Value b) const {
  return mayOverlap(memrefs.lookup(a).memory, memrefs.lookup(b).memory);
}

bool MemrefViews::same(Value a, Value b) const {
  if (a == b)
    return true;
  const View x = memrefs.lookup(a).view, y = memrefs.lookup(b).view;
  auto equal = [&](ArrayRef<OpFoldResult> p, ArrayRef<OpFoldResult> q) {
    return p.size() == q.size() && llvm::all_of(llvm::zip(p, q), [&](auto pair) {
             return sizes.equal(std::get<0>(pair), std::get<1>(pair));
           });
  };
  return x.base && x.base == y.base && x.element == y.element && sizes.equal(x.offset, y.offset) &&
         equal(x.sizes, y.sizes) && equal(x.strides, y.strides);
}

SmallVector<View> MemrefViews::of(ValueRange operands) const {
  SmallVector<View> views;
  SmallVector<const Memory *> memories;
  unsigned buffers = 0;
  for (Value operand : operands) {
    auto it = memrefs.find(operand);
    if (it == memrefs.end()) {
      views.emplace_back();
      memories.push_back(nullptr);
      continue;
    }
    View view = it->second.view;
    view.buffer = buffers++;
    const Memory &memory = it->second.memory;
    // Overlap joins buffers, and with them whatever they were joined to before.
    for (size_t other = 0; other < views.size(); ++other)
      if (memories[other] && views[other].buffer != view.buffer && mayOverlap(memory, *memories[other])) {
        unsigned joined = views[other].buffer;
        for (View &earlier : views)
          if (earlier.base && earlier.buffer == view.buffer)
            earlier.buffer = joined;
        view.buffer = joined;
      }
    views.push_back(view);
    memories.push_back(&memory);
  }
  return views;
}

} // namespace ingot::codegen
