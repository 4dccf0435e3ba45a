#include "codegen/vector/LinalgBody.h"
#include "ir/dialect/Dialect.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;

namespace ingot::codegen {

LinalgBody::LinalgBody(Block &block, unsigned inputs, const DenseMap<Value, View> &memrefs)
    : block(block), inputs(inputs), memrefs(memrefs) {}

static bool isDivision(Operation &op) {
  return isa<arith::DivSIOp, arith::DivUIOp, arith::RemSIOp, arith::RemUIOp, arith::FloorDivSIOp,
             arith::CeilDivSIOp, arith::CeilDivUIOp>(op);
}

/// Integer division traps on what lanes beyond the end hold, unless the divisor is known; no vector unit has it.
static bool mayTrap(Operation &op) {
  APInt divisor;
  bool known = isDivision(op) && matchPattern(op.getOperand(1), m_ConstantInt(&divisor));
  return isDivision(op) && (!known || divisor.isZero() || divisor.isAllOnes());
}

/// Whether an index that grows by one from lane to lane stays so, given that the other operands are uniform.
static bool keepsSteps(Operation &op, unsigned operand) {
  return isa<arith::AddIOp, arith::IndexCastOp>(op) || (isa<arith::SubIOp>(op) && operand == 0);
}

//===-- Analysis ----------------------------------------------------------------------------------===//

SmallVector<bool> LinalgBody::indexedLoops(unsigned loops) {
  SmallVector<bool> indexed(loops);
  block.walk([&](linalg::IndexOp op) { indexed[op.getDim()] = true; });
  return indexed;
}

Operation *LinalgBody::combiner(unsigned output) {
  BlockArgument accumulator = block.getArgument(inputs + output);
  Value yielded = block.getTerminator()->getOperand(output);
  Operation *op = yielded.getDefiningOp();
  if (!op || op->getBlock() != &block || !yielded.hasOneUse() || !accumulator.hasOneUse() ||
      *accumulator.user_begin() != op)
    return nullptr;
  return isa<arith::AddFOp, arith::MulFOp, arith::MaximumFOp, arith::MinimumFOp, arith::MaxNumFOp,
             arith::MinNumFOp, arith::AddIOp, arith::MulIOp, arith::AndIOp, arith::OrIOp, arith::XOrIOp,
             arith::MaxSIOp, arith::MinSIOp, arith::MaxUIOp, arith::MinUIOp>(op)
             ? op
             : nullptr;
}

static int64_t costOf(Operation &op) {
  if (isa<arith::ConstantOp, linalg::IndexOp>(op))
    return 0;
  if (isa<math::AbsFOp, math::CopySignOp, math::FloorOp, math::FmaOp>(op))
    return 1;
  if (isa<arith::MaximumFOp, arith::MinimumFOp>(op))
    return 3;
  if (isa<math::MathDialect, ir::IngotDialect>(op.getDialect()))
    return 16;
  return isa<arith::DivFOp>(op) || isDivision(op) ? 8 : 1;
}

PointBody::Shape LinalgBody::shapeAlong(unsigned loop, ArrayRef<bool> uniform) {
  Shape shape;
  // Values that differ from lane to lane; of those, the ones that grow by one.
  DenseSet<Value> varying, stepping;
  for (auto [argument, isUniform] : llvm::zip_equal(block.getArguments(), uniform))
    if (!isUniform)
      varying.insert(argument);
  for (Operation &op : block.without_terminator()) {
    shape.cost += costOf(op);
    if (auto index = dyn_cast<linalg::IndexOp>(op);
        index && loopOf[index.getDim()] == static_cast<int>(loop)) {
      varying.insert(index.getResult());
      stepping.insert(index.getResult());
    }
    SmallVector<unsigned> vectors;
    for (OpOperand &operand : op.getOpOperands())
      if (varying.contains(operand.get()))
        vectors.push_back(operand.getOperandNumber());
    if (vectors.empty())
      continue;
    bool steps = vectors.size() == 1 && stepping.contains(op.getOperand(vectors[0]));
    if (auto load = dyn_cast<memref::LoadOp>(op)) {
      bool contiguous =
          steps && getConstantIntValue(memrefs.lookup(load.getMemRef()).strides[vectors[0] - 1]) == 1;
      shape.cost += contiguous ? 0 : 32;
    } else if (!OpTrait::hasElementwiseMappableTraits(&op) || mayTrap(op)) {
      shape.vectorizable = false;
    } else if (steps && keepsSteps(op, vectors[0])) {
      stepping.insert(op.getResult(0));
    }
    for (Value result : op.getResults()) {
      varying.insert(result);
      if (!result.getType().isInteger(1) && !result.getType().isIndex() && !stepping.contains(result))
        shape.widest = std::max(shape.widest, elementBytes(result.getType()));
    }
  }
  return shape;
}

//===-- Emission ----------------------------------------------------------------------------------===//

/// One copy of the body.
class LinalgBody::Emission {
public:
  Emission(LinalgBody &body, KernelBuilder &k, const PointState &state) : body(body), k(k), state(state) {}

  void map(Value from, Value to) {
    if (to)
      mapping.map(from, to);
  }
  Value lookup(Value value) const { return mapping.lookupOrDefault(value); }

  void emit(Operation &op) {
    if (auto index = dyn_cast<linalg::IndexOp>(op))
      return emitIndex(index);
    if (auto load = dyn_cast<memref::LoadOp>(op))
      return map(load.getResult(), emitLoad(load));
    SmallVector<unsigned> vectors;
    for (OpOperand &operand : op.getOpOperands())
      if (isVector(lookup(operand.get())))
        vectors.push_back(operand.getOperandNumber());
    if (vectors.empty()) {
      k.b.clone(op, mapping);
      return;
    }
    Value base = vectors.size() == 1 ? bases.lookup(lookup(op.getOperand(vectors[0]))) : Value();
    if (base && keepsSteps(op, vectors[0]))
      return emitStepping(op, vectors[0], base);
    cloneWide(op);
  }

private:
  static bool isVector(Value value) { return isa<VectorType>(value.getType()); }

  void cloneWide(Operation &op) {
    IRMapping wide;
    for (Value operand : op.getOperands()) {
      Value value = lookup(operand);
      wide.map(operand, isVector(value) ? value : k.splat(value, state.lanes));
    }
    Operation *clone = k.b.clone(op, wide);
    for (auto [from, to] : llvm::zip_equal(op.getResults(), clone->getResults())) {
      to.setType(VectorType::get(state.lanes, from.getType()));
      mapping.map(from, to);
    }
  }

  /// base, base + 1, ...
  Value stepsFrom(Value base) {
    Value steps =
        arith::AddIOp::create(k.b, k.loc, k.splat(base, state.lanes), k.iota(base.getType(), state.lanes));
    bases[steps] = base;
    return steps;
  }

  void emitIndex(linalg::IndexOp op) {
    int loop = body.loopOf[op.getDim()];
    Value index = k.value(loop < 0 ? k.index(0) : state.indices[loop]);
    bool varies = loop >= 0 && loop == state.vectorLoop && state.lanes > 1;
    map(op.getResult(), varies ? stepsFrom(index) : index);
  }

  void emitStepping(Operation &op, unsigned operand, Value base) {
    IRMapping scalar = mapping;
    scalar.map(op.getOperand(operand), base);
    map(op.getResult(0), stepsFrom(k.b.clone(op, scalar)->getResult(0)));
  }

  Value emitLoad(memref::LoadOp op) {
    const View view = body.memrefs.lookup(op.getMemRef());
    Type type = cast<MemRefType>(op.getMemRef().getType()).getElementType();
    SmallVector<Value> indices;
    SmallVector<unsigned> vectors;
    for (auto [position, index] : llvm::enumerate(op.getIndices())) {
      indices.push_back(lookup(index));
      if (isVector(indices.back()))
        vectors.push_back(position);
    }
    Value value;
    if (vectors.empty())
      value = k.load(view, sizesOf(indices), 1);
    else if (Value base = bases.lookup(indices[vectors[0]]);
             vectors.size() == 1 && base && getConstantIntValue(view.strides[vectors[0]]) == 1)
      value = loadContiguous(view, indices, vectors[0], base);
    else
      value = canGather(view) ? gather(view, indices) : loadLanes(view, indices);
    return fromStorage(k, value, type);
  }

  static SmallVector<OpFoldResult> sizesOf(ArrayRef<Value> values) {
    return SmallVector<OpFoldResult>(values.begin(), values.end());
  }

  Value loadContiguous(const View &view, SmallVector<Value> indices, unsigned position, Value base) {
    indices[position] = base;
    if (!state.mask)
      return k.load(view, sizesOf(indices), state.lanes);
    return k.loadMasked(view, k.address(view, sizesOf(indices)), VectorType::get(state.lanes, view.element),
                        state.mask);
  }

  /// Whether the target gathers elements of this width in one instruction that is worth it.
  bool canGather(const View &view) const {
    return k.target.vectorBytes == 64 && k.target.hasMaskedMemory(view.element) &&
           elementBytes(view.element) >= 4;
  }

  Value gather(const View &view, ArrayRef<Value> indices) {
    Value offsets = k.splat(k.value(view.offset), state.lanes);
    for (auto [position, stride] : llvm::zip_equal(indices, view.strides)) {
      Value wide = isVector(position) ? position : k.splat(position, state.lanes);
      Value scaled = arith::MulIOp::create(k.b, k.loc, wide, k.splat(k.value(stride), state.lanes));
      offsets = arith::AddIOp::create(k.b, k.loc, offsets, scaled);
    }
    auto vectorOf = [&](Type element) { return VectorType::get(state.lanes, element); };
    offsets = arith::IndexCastOp::create(k.b, k.loc, vectorOf(k.b.getI64Type()), offsets);
    Type pointers = vectorOf(LLVM::LLVMPointerType::get(k.b.getContext()));
    Value addresses = LLVM::GEPOp::create(k.b, k.loc, pointers, view.element, view.base, ValueRange{offsets});
    VectorType type = vectorOf(view.element);
    Value mask = state.mask ? state.mask : k.constant(vectorOf(k.b.getI1Type()), 1);
    return LLVM::masked_gather::create(k.b, k.loc, type, addresses, mask, k.zero(type),
                                       k.b.getI32IntegerAttr(elementBytes(view.element)));
  }

  /// Lane by lane. Lanes that are no points read what the first one does: their own indices may be out of bounds.
  Value loadLanes(const View &view, ArrayRef<Value> indices) {
    SmallVector<Value> elements;
    for (int64_t lane = 0; lane < state.lanes; ++lane) {
      SmallVector<Value> scalars;
      for (Value index : indices) {
        if (isVector(index)) {
          Value first = extract(index, 0), own = extract(index, lane);
          index = state.mask && lane
                      ? arith::SelectOp::create(k.b, k.loc, extract(state.mask, lane), own, first)
                      : own;
        }
        scalars.push_back(index);
      }
      elements.push_back(k.load(view, sizesOf(scalars), 1));
    }
    return vector::FromElementsOp::create(k.b, k.loc, VectorType::get(state.lanes, view.element), elements);
  }

  Value extract(Value vector, int64_t lane) {
    return vector::ExtractOp::create(k.b, k.loc, vector, ArrayRef<int64_t>{lane});
  }

  LinalgBody &body;
  KernelBuilder &k;
  const PointState &state;
  IRMapping mapping;
  /// The first lane of vectors that grow by one from lane to lane.
  DenseMap<Value, Value> bases;
};

SmallVector<Value> LinalgBody::emit(KernelBuilder &k, ValueRange inputValues, ArrayRef<Value> accumulators,
                                    const PointState &state) {
  Emission emission(*this, k, state);
  for (auto [argument, value] : llvm::zip(block.getArguments(), inputValues))
    emission.map(argument, value);
  for (auto [argument, value] : llvm::zip_equal(block.getArguments().drop_front(inputs), accumulators))
    emission.map(argument, value);
  for (Operation &op : block.without_terminator())
    emission.emit(op);
  SmallVector<Value> results;
  for (Value yielded : block.getTerminator()->getOperands())
    results.push_back(emission.lookup(yielded));
  return results;
}

} // namespace ingot::codegen
