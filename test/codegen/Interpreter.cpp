#include "test/codegen/Interpreter.h"
#include "codegen/kernel/KernelDialect.h"
#include "codegen/vector/SizeArithmetic.h"
#include "codegen/vector/Target.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/IR/SymbolTable.h"
#include <cstring>
#include <numeric>
#include <stdexcept>

using namespace mlir;

namespace ingot::test {
using codegen::elementBytes;

/// Calls `body` for every point of a box, the last index fastest.
static void forEach(const std::vector<int64_t> &sizes,
                    llvm::function_ref<void(const std::vector<int64_t> &)> body) {
  std::vector<int64_t> point(sizes.size());
  if (llvm::is_contained(sizes, 0))
    return;
  while (true) {
    body(point);
    size_t d = sizes.size();
    while (d > 0 && ++point[d - 1] == sizes[d - 1])
      point[--d] = 0;
    if (d == 0)
      return;
  }
}

std::vector<int64_t> Interpreter::sizesOf(func::FuncOp function, unsigned argument,
                                          const std::map<std::string, int64_t, std::less<>> &dims) {
  auto type = cast<MemRefType>(function.getArgument(argument).getType());
  auto exprs = codegen::SizeArithmetic::sizesOf(type, function.getArgAttr(argument, "ingot.sizes"));
  if (failed(exprs))
    throw std::runtime_error("sizes of argument " + std::to_string(argument));
  std::vector<int64_t> sizes;
  for (const sizes::Expr &expr : *exprs)
    sizes.push_back(expr.evaluate(dims));
  return sizes;
}

Interpreter::Memory Interpreter::rowMajor(char *base, Type element, std::vector<int64_t> sizes) {
  Memory memory{base, element, 0, sizes, std::vector<int64_t>(sizes.size())};
  int64_t stride = 1;
  for (size_t d = sizes.size(); d-- > 0; stride *= sizes[d])
    memory.strides[d] = stride;
  return memory;
}

void Interpreter::run(const std::vector<int64_t> &arguments) {
  std::map<std::string, int64_t, std::less<>> dims;
  for (auto [number, argument] : llvm::enumerate(function.getArguments()))
    if (argument.getType().isIndex()) {
      scalars[argument.getAsOpaquePointer()] = Builder(function.getContext()).getIndexAttr(arguments[number]);
      if (auto name = function.getArgAttrOfType<StringAttr>(number, "ingot.dim"))
        dims[name.str()] = arguments[number];
    }
  for (auto [number, argument] : llvm::enumerate(function.getArguments()))
    if (auto type = dyn_cast<MemRefType>(argument.getType())) {
      bool isBlock =
          function.getArgAttr(number, "ingot.arena") || function.getArgAttr(number, "ingot.state_block");
      memories[argument.getAsOpaquePointer()] =
          rowMajor(reinterpret_cast<char *>(arguments[number]), type.getElementType(),
                   isBlock ? std::vector<int64_t>{0} : sizesOf(function, number, dims));
    }
  for (Operation &op : function.getBody().front().without_terminator())
    runOp(op);
}

int64_t Interpreter::integer(OpFoldResult value) {
  if (auto attribute = dyn_cast<Attribute>(value))
    return cast<IntegerAttr>(attribute).getInt();
  return cast<IntegerAttr>(scalars.at(cast<Value>(value).getAsOpaquePointer())).getInt();
}

int64_t Interpreter::Memory::positionOf(const Point &indices) const {
  return std::inner_product(indices.begin(), indices.end(), strides.begin(), offset);
}

Attribute Interpreter::read(const Memory &memory, const Point &indices) {
  uint64_t bits = 0;
  int64_t position = memory.positionOf(indices);
  if (memory.element.isInteger(1))
    return IntegerAttr::get(memory.element, memory.base[position / 8] >> position % 8 & 1);
  std::memcpy(&bits, memory.base + position * elementBytes(memory.element), elementBytes(memory.element));
  if (auto type = dyn_cast<FloatType>(memory.element))
    return FloatAttr::get(type, APFloat(type.getFloatSemantics(), APInt(type.getWidth(), bits)));
  if (memory.element.isIndex())
    return IntegerAttr::get(memory.element, static_cast<int64_t>(bits));
  unsigned width = memory.element.getIntOrFloatBitWidth();
  return IntegerAttr::get(memory.element, APInt(64, bits).trunc(width));
}

void Interpreter::write(const Memory &memory, const Point &indices, Attribute value) {
  APInt integer = isa<FloatAttr>(value) ? cast<FloatAttr>(value).getValue().bitcastToAPInt()
                                        : cast<IntegerAttr>(value).getValue();
  uint64_t bits = integer.getZExtValue();
  int64_t position = memory.positionOf(indices);
  if (memory.element.isInteger(1)) {
    char &byte = memory.base[position / 8];
    byte = static_cast<char>((byte & ~(1 << position % 8)) | bits << position % 8);
    return;
  }
  std::memcpy(memory.base + position * elementBytes(memory.element), &bits, elementBytes(memory.element));
}

void Interpreter::runOp(Operation &op) {
  if (isa<memref::ViewOp, memref::SubViewOp, memref::ExpandShapeOp, memref::CollapseShapeOp, memref::CastOp,
          memref::ReinterpretCastOp, memref::GetGlobalOp>(op))
    return runView(op);
  if (auto linalg = dyn_cast<linalg::LinalgOp>(op))
    return runLinalg(linalg);
  if (isa<kernel::RelayoutOp>(op))
    return runRelayout(op);
  if (auto copy = dyn_cast<memref::CopyOp>(op)) {
    const Memory &from = memories.at(copy.getSource().getAsOpaquePointer());
    const Memory &to = memories.at(copy.getTarget().getAsOpaquePointer());
    return forEach(from.sizes, [&](const Point &point) { write(to, point, read(from, point)); });
  }
  runScalar(op);
}

void Interpreter::runView(Operation &op) {
  Memory &result = memories[op.getResult(0).getAsOpaquePointer()];
  auto type = cast<MemRefType>(op.getResult(0).getType());
  if (auto get = dyn_cast<memref::GetGlobalOp>(op)) {
    auto global = SymbolTable::lookupNearestSymbolFrom<memref::GlobalOp>(&op, get.getNameAttr());
    auto value = cast<ElementsAttr>(global.getInitialValueAttr());
    std::vector<char> &storage =
        globals.emplace_back(value.getNumElements() * elementBytes(type.getElementType()) + 8);
    result = rowMajor(storage.data(), type.getElementType(), type.getShape().vec());
    auto elements = value.getValues<Attribute>();
    int64_t next = 0;
    return forEach(result.sizes, [&](const Point &point) { write(result, point, elements[next++]); });
  }
  const Memory source = memories.at(op.getOperand(0).getAsOpaquePointer());
  auto all = [&](ArrayRef<OpFoldResult> values) {
    return llvm::map_to_vector(values, [&](OpFoldResult value) { return integer(value); });
  };
  auto vec = [](auto values) { return std::vector<int64_t>(values.begin(), values.end()); };
  if (auto view = dyn_cast<memref::ViewOp>(op)) {
    OpBuilder b(&op);
    result = rowMajor(source.base + integer(view.getByteShift()), type.getElementType(),
                      vec(all(getMixedValues(type.getShape(), view.getSizes(), b))));
  } else if (auto sub = dyn_cast<memref::SubViewOp>(op)) {
    result = {source.base, source.element, source.offset, {}, {}};
    llvm::SmallBitVector dropped = sub.getDroppedDims();
    auto offsets = all(sub.getMixedOffsets()), sizes = all(sub.getMixedSizes()),
         steps = all(sub.getMixedStrides());
    for (size_t d = 0; d < offsets.size(); ++d) {
      result.offset += offsets[d] * source.strides[d];
      if (dropped.test(d))
        continue;
      result.sizes.push_back(sizes[d]);
      result.strides.push_back(steps[d] * source.strides[d]);
    }
  } else if (auto reinterpret = dyn_cast<memref::ReinterpretCastOp>(op)) {
    result = {source.base, source.element, integer(reinterpret.getMixedOffsets()[0]),
              vec(all(reinterpret.getMixedSizes())), vec(all(reinterpret.getMixedStrides()))};
  } else if (auto expand = dyn_cast<memref::ExpandShapeOp>(op)) {
    // Tests expand contiguous memory only.
    result = rowMajor(source.base, source.element, vec(all(expand.getMixedOutputShape())));
    result.offset = source.offset;
  } else if (auto collapse = dyn_cast<memref::CollapseShapeOp>(op)) {
    std::vector<int64_t> sizes;
    for (auto &group : collapse.getReassociationIndices()) {
      sizes.push_back(1);
      for (int64_t d : group)
        sizes.back() *= source.sizes[d];
    }
    result = rowMajor(source.base, source.element, sizes);
    result.offset = source.offset;
  } else {
    result = source;
  }
}

void Interpreter::runLinalg(linalg::LinalgOp op) {
  std::vector<int64_t> extents(op.getNumLoops());
  for (OpOperand &operand : op->getOpOperands())
    if (auto it = memories.find(operand.get().getAsOpaquePointer()); it != memories.end())
      for (auto [expr, size] :
           llvm::zip_equal(op.getMatchingIndexingMap(&operand).getResults(), it->second.sizes))
        if (auto dim = dyn_cast<AffineDimExpr>(expr))
          extents[dim.getPosition()] = size;
  auto indicesOf = [&](OpOperand &operand, const Point &point) {
    SmallVector<int64_t> indices = op.getMatchingIndexingMap(&operand).compose(point);
    return Point(indices.begin(), indices.end());
  };
  forEach(extents, [&](const Point &at) {
    point = at;
    for (OpOperand &operand : op->getOpOperands()) {
      auto it = memories.find(operand.get().getAsOpaquePointer());
      scalars[op.getMatchingBlockArgument(&operand).getAsOpaquePointer()] =
          it == memories.end() ? scalars.at(operand.get().getAsOpaquePointer())
                               : read(it->second, indicesOf(operand, at));
    }
    for (Operation &nested : op.getBlock()->without_terminator())
      runScalar(nested);
    for (auto [operand, yielded] :
         llvm::zip_equal(op.getDpsInitsMutable(), op.getBlock()->getTerminator()->getOperands()))
      write(memories.at(operand.get().getAsOpaquePointer()), indicesOf(operand, at),
            scalars.at(yielded.getAsOpaquePointer()));
  });
}

void Interpreter::runRelayout(Operation &op) {
  auto relayout = cast<kernel::RelayoutOp>(op);
  const Memory &source = memories.at(relayout.getSource().getAsOpaquePointer());
  const Memory &out = memories.at(relayout.getOut().getAsOpaquePointer());
  Builder b(op.getContext());
  forEach(out.sizes, [&](const Point &at) {
    SmallVector<int64_t> from = relayout.getMap().compose(at);
    bool inside = true;
    for (auto [index, size] : llvm::zip_equal(from, source.sizes))
      inside &= index >= 0 && index < size;
    write(out, at, inside ? read(source, Point(from.begin(), from.end())) : b.getZeroAttr(out.element));
  });
}

/// What has no folder, or one that refuses some operands; null for all else.
static Attribute compute(Operation &op, ArrayRef<Attribute> operands) {
  if (isa<arith::TruncFOp, arith::ExtFOp>(op)) {
    auto type = cast<FloatType>(op.getResult(0).getType());
    APFloat value = cast<FloatAttr>(operands[0]).getValue();
    bool loses;
    value.convert(type.getFloatSemantics(), APFloat::rmNearestTiesToEven, &loses);
    return FloatAttr::get(type, value);
  }
  if (auto power = dyn_cast<math::IPowIOp>(op)) {
    APInt base = cast<IntegerAttr>(operands[0]).getValue(), one(base.getBitWidth(), 1), result = one;
    int64_t exponent = cast<IntegerAttr>(operands[1]).getInt();
    for (int64_t i = 0; i < std::abs(exponent); ++i)
      result *= base;
    bool isUnit = base.isOne() || base.isAllOnes();
    return IntegerAttr::get(power.getType(),
                            exponent >= 0 || isUnit ? result : APInt::getZero(base.getBitWidth()));
  }
  return {};
}

void Interpreter::runScalar(Operation &op) {
  Attribute &result = scalars[op.getResult(0).getAsOpaquePointer()];
  if (auto index = dyn_cast<linalg::IndexOp>(op)) {
    result = Builder(op.getContext()).getIndexAttr(point[index.getDim()]);
    return;
  }
  if (auto load = dyn_cast<memref::LoadOp>(op)) {
    Point indices;
    for (Value value : load.getIndices())
      indices.push_back(integer(value));
    result = read(memories.at(load.getMemRef().getAsOpaquePointer()), indices);
    return;
  }
  SmallVector<Attribute> operands;
  for (Value operand : op.getOperands())
    operands.push_back(scalars.at(operand.getAsOpaquePointer()));
  result = compute(op, operands);
  if (result)
    return;
  SmallVector<OpFoldResult> folded;
  if (failed(op.fold(operands, folded)) || folded.empty())
    throw std::runtime_error("no folder for " + op.getName().getStringRef().str());
  result = isa<Attribute>(folded[0]) ? cast<Attribute>(folded[0])
                                     : scalars.at(cast<Value>(folded[0]).getAsOpaquePointer());
}

} // namespace ingot::test
