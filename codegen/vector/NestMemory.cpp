#include "codegen/vector/NestMemory.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"

using namespace mlir;

namespace ingot::codegen {

//===-- Element types -----------------------------------------------------------------------------===//

static Type withShapeOf(Value value, Type element) {
  auto vector = dyn_cast<VectorType>(value.getType());
  return vector ? Type(VectorType::get(vector.getShape(), element)) : element;
}

Value fromStorage(KernelBuilder &k, Value value, Type type) {
  if (getElementTypeOrSelf(value.getType()) == type)
    return value;
  return arith::IndexCastOp::create(k.b, k.loc, withShapeOf(value, type), value);
}

Value toStorage(KernelBuilder &k, Value value, Type element) {
  if (getElementTypeOrSelf(value.getType()) == element)
    return value;
  return arith::IndexCastOp::create(k.b, k.loc, withShapeOf(value, element), value);
}

//===-- Cursors -----------------------------------------------------------------------------------===//

NestCursor NestMemory::start() {
  NestCursor result;
  for (auto [index, access] : llvm::enumerate(nest.accesses)) {
    bool needed = access.isMemory() && (access.used || index >= nest.inputs);
    result.pointers.push_back(needed ? k.advance(access.view, access.view.base, access.view.offset)
                                     : Value());
    result.values.push_back(access.scalar);
  }
  result.indices.assign(nest.loops.size(), k.index(0));
  result.open.resize(nest.loops.size(), true);
  hoist(result);
  return result;
}

NestCursor NestMemory::step(const NestCursor &cursor, unsigned loop, Size count) {
  NestCursor result = cursor;
  for (auto [pointer, value, access] : llvm::zip_equal(result.pointers, result.values, nest.accesses))
    if (pointer && !value)
      pointer = k.advance(access.view, pointer, k.mul(count, access.strides[loop]));
  result.indices[loop] = k.add(result.indices[loop], count);
  return result;
}

NestCursor NestMemory::enter(const NestCursor &cursor, unsigned loop, Size iv) {
  NestCursor result = step(cursor, loop, iv);
  result.open.reset(loop);
  hoist(result);
  return result;
}

/// Loads the inputs that stay the same in all loops that are still to come.
void NestMemory::hoist(NestCursor &cursor) {
  for (unsigned input = 0; input < nest.inputs; ++input) {
    const Access &access = nest.accesses[input];
    if (cursor.values[input] || !cursor.pointers[input])
      continue;
    // Vectors, and the rows of a block, come from one position of the cursor.
    bool moves = plan.lanes > 1 && !access.isInvariant(plan.vectorLoop);
    moves |= plan.transposedLoop >= 0 && !access.isInvariant(plan.transposedLoop);
    for (unsigned loop : cursor.open.set_bits())
      moves |= !access.isInvariant(loop);
    if (!moves)
      cursor.values[input] = loadScalar(access, cursor.pointers[input], cursor.indices);
  }
}

OpFoldResult NestMemory::evaluate(AffineExpr expr, Indices indices) {
  if (auto number = dyn_cast<AffineConstantExpr>(expr))
    return k.index(number.getValue());
  if (auto dim = dyn_cast<AffineDimExpr>(expr))
    return indices[dim.getPosition()];
  auto binary = cast<AffineBinaryOpExpr>(expr);
  Size x = evaluate(binary.getLHS(), indices), y = evaluate(binary.getRHS(), indices);
  switch (expr.getKind()) {
  case AffineExprKind::Add: return k.add(x, y);
  case AffineExprKind::Mul: return k.mul(x, y);
  case AffineExprKind::FloorDiv: return k.floorDiv(x, y);
  case AffineExprKind::CeilDiv: return k.ceilDiv(x, y);
  default: return k.mod(x, y);
  }
}

/// Adds what is not linear to a pointer that has moved with the loops.
Value NestMemory::elementPointer(const Access &access, Value pointer, Indices indices) {
  for (const Access::Rest &part : access.rest)
    pointer = k.advance(access.view, pointer, k.mul(evaluate(part.expr, indices), part.stride));
  return pointer;
}

/// The lane, or the last one that is a point.
OpFoldResult NestMemory::safeLane(const Unit &unit, int64_t lane) {
  return unit.mask ? k.min(k.index(lane), k.sub(unit.count, k.index(1))) : k.index(lane);
}

/// Pointer and indices of one lane.
std::pair<Value, SmallVector<OpFoldResult>> NestMemory::laneOf(const NestCursor &cursor, unsigned operand,
                                                               Size lane) {
  const Access &access = nest.accesses[operand];
  SmallVector<Size> indices = cursor.indices;
  indices[plan.vectorLoop] = k.add(indices[plan.vectorLoop], lane);
  Value pointer =
      k.advance(access.view, cursor.pointers[operand], k.mul(lane, access.strides[plan.vectorLoop]));
  return {pointer, indices};
}

//===-- Loads -------------------------------------------------------------------------------------===//

Value NestMemory::shuffle(Value a, Value c, ArrayRef<int64_t> lanes) {
  return vector::ShuffleOp::create(k.b, k.loc, a, c, lanes);
}

Value NestMemory::loadScalar(const Access &access, Value pointer, Indices indices) {
  Value element = loadWhere(inside(access, indices), access.view.element, [&]() {
    return k.load(access.view, elementPointer(access, pointer, indices), access.view.element);
  });
  return fromStorage(k, element, access.type);
}

Value NestMemory::load(const NestCursor &cursor, unsigned operand, const Unit &unit) {
  const Access &access = nest.accesses[operand];
  if (cursor.values[operand])
    return cursor.values[operand];
  Value pointer = cursor.pointers[operand];
  if (unit.lanes == 1 || access.isInvariant(plan.vectorLoop))
    return loadScalar(access, pointer, cursor.indices);
  std::optional<int64_t> stride = access.constantStride(plan.vectorLoop),
                         repetitions = access.repetitionsAlong(plan.vectorLoop);
  // Vectors start at a multiple of their lanes.
  if (repetitions && unit.lanes % *repetitions == 0 && access.guards.empty())
    return fromStorage(
        k, loadRepeated(access, elementPointer(access, pointer, cursor.indices), *repetitions, unit),
        access.type);
  if (!stride || (std::abs(*stride) != 1 && (*stride < 1 || *stride > maxStridedLoad)))
    return loadLanes(cursor, operand, unit);
  auto type = VectorType::get(unit.lanes, access.view.element);
  Value value = loadWhere(inside(access, cursor.indices, plan.vectorLoop), type, [&]() {
    Value first = elementPointer(access, pointer, cursor.indices);
    if (*stride == 1)
      return loadContiguous(access, first, type,
                            maskOf(access, cursor.indices, plan.vectorLoop, unit.lanes, unit.mask));
    return *stride == -1 ? loadReversed(access, first, unit) : loadStrided(access, first, *stride, unit);
  });
  return fromStorage(k, value, access.type);
}

Value NestMemory::loadContiguous(const Access &access, Value pointer, VectorType type, Value mask) {
  return mask ? k.loadMasked(access.view, pointer, type, mask) : k.load(access.view, pointer, type);
}

Value NestMemory::loadReversed(const Access &access, Value pointer, const Unit &unit) {
  assert(!unit.mask && "the schedule masks no reversed access");
  pointer = k.advance(access.view, pointer, k.index(1 - unit.lanes));
  Value value = k.load(access.view, pointer, VectorType::get(unit.lanes, access.view.element));
  SmallVector<int64_t> lanes;
  for (int64_t lane = unit.lanes; lane-- > 0;)
    lanes.push_back(lane);
  return shuffle(value, value, lanes);
}

/// Every `stride`-th element: `stride` vectors that cover them and nothing beyond the last, then a selection.
Value NestMemory::loadStrided(const Access &access, Value pointer, int64_t stride, const Unit &unit) {
  auto type = VectorType::get(unit.lanes, access.view.element);
  int64_t lanes = unit.lanes;
  Value result;
  for (int64_t part = 0; part < stride; ++part) {
    // The last vector ends with the last element, if that is known to be there.
    int64_t first = part * lanes - (part == stride - 1 && !unit.mask ? stride - 1 : 0);
    Value from = k.advance(access.view, pointer, k.index(first)), mask;
    if (unit.mask)
      mask = k.mask(lanes, k.sub(k.mul(unit.count, k.index(stride)), k.index(stride - 1 + first)));
    Value loaded = loadContiguous(access, from, type, mask);
    SmallVector<int64_t> selection;
    for (int64_t lane = 0; lane < lanes; ++lane) {
      bool here = lane * stride >= part * lanes && lane * stride < (part + 1) * lanes;
      selection.push_back(here ? lanes + lane * stride - first : lane);
    }
    result = shuffle(result ? result : loaded, loaded, selection);
  }
  return result;
}

/// Few elements, each in several lanes.
Value NestMemory::loadRepeated(const Access &access, Value pointer, int64_t repetitions, const Unit &unit) {
  auto type = VectorType::get(unit.lanes / repetitions, access.view.element);
  Value mask;
  if (unit.mask)
    mask = k.mask(unit.lanes / repetitions, k.ceilDiv(unit.count, k.index(repetitions)));
  Value loaded = loadContiguous(access, pointer, type, mask);
  SmallVector<int64_t> lanes;
  for (int64_t lane = 0; lane < unit.lanes; ++lane)
    lanes.push_back(lane / repetitions);
  return shuffle(loaded, loaded, lanes);
}

/// One scalar load a lane.
Value NestMemory::loadLanes(const NestCursor &cursor, unsigned operand, const Unit &unit) {
  const Access &access = nest.accesses[operand];
  auto type = VectorType::get(unit.lanes, access.type);
  // One branch for all lanes, if they share the guards.
  bool shared = !access.isGuarded(plan.vectorLoop);
  return loadWhere(shared ? inside(access, cursor.indices) : Value(), type, [&]() {
    SmallVector<Value> elements;
    for (int64_t lane = 0; lane < unit.lanes; ++lane) {
      auto [pointer, indices] = laneOf(cursor, operand, safeLane(unit, lane));
      Value element =
          shared ? fromStorage(
                       k, k.load(access.view, elementPointer(access, pointer, indices), access.view.element),
                       access.type)
                 : loadScalar(access, pointer, indices);
      elements.push_back(element);
    }
    return vector::FromElementsOp::create(k.b, k.loc, type, elements).getResult();
  });
}

SmallVector<Value> NestMemory::loadTransposed(const NestCursor &cursor, unsigned operand, const Unit &unit,
                                              int64_t rows) {
  const Access &access = nest.accesses[operand];
  auto type = VectorType::get(unit.lanes, access.view.element);
  Value rowMask = rows < unit.lanes ? k.mask(unit.lanes, k.index(rows)) : Value();
  std::optional<int64_t> count = unit.mask ? getConstantIntValue(unit.count) : unit.lanes;
  SmallVector<Value> vectors;
  for (int64_t lane = 0; lane < unit.lanes; ++lane) {
    if (count && lane >= *count) {
      vectors.push_back(k.zero(type));
      continue;
    }
    auto [pointer, indices] = laneOf(cursor, operand, safeLane(unit, lane));
    vectors.push_back(loadWhere(inside(access, indices, plan.transposedLoop), type, [&, pointer = pointer]() {
      return loadContiguous(access, pointer, type,
                            maskOf(access, indices, plan.transposedLoop, unit.lanes, rowMask));
    }));
  }
  // Each round interleaves the first half of the vectors with the second: after log2(lanes) rounds they are turned.
  SmallVector<int64_t> low, high;
  for (int64_t lane = 0; lane < unit.lanes / 2; ++lane) {
    low.append({lane, lane + unit.lanes});
    high.append({lane + unit.lanes / 2, lane + unit.lanes / 2 + unit.lanes});
  }
  for (int64_t round = 1; round < unit.lanes; round *= 2) {
    SmallVector<Value> turned;
    for (int64_t i = 0; i < unit.lanes / 2; ++i) {
      Value a = vectors[i], c = vectors[i + unit.lanes / 2];
      turned.append({shuffle(a, c, low), shuffle(a, c, high)});
    }
    vectors = turned;
  }
  vectors.resize(rows);
  for (Value &vector : vectors)
    vector = fromStorage(k, vector, access.type);
  return vectors;
}

//===-- Stores ------------------------------------------------------------------------------------===//

void NestMemory::store(const NestCursor &cursor, unsigned output, Value value, const Unit &unit) {
  unsigned operand = nest.inputs + output;
  const Access &access = nest.accesses[operand];
  Value pointer = cursor.pointers[operand];
  value = toStorage(k, value, access.view.element);
  if (unit.lanes == 1)
    return storeElement(access, pointer, cursor.indices, value);
  if (access.constantStride(plan.vectorLoop) == 1)
    return storeWhere(inside(access, cursor.indices, plan.vectorLoop), [&]() {
      Value first = elementPointer(access, pointer, cursor.indices);
      Value mask = maskOf(access, cursor.indices, plan.vectorLoop, unit.lanes, unit.mask);
      mask ? k.storeMasked(access.view, first, value, mask) : k.store(access.view, first, value);
    });
  for (int64_t lane = 0; lane < unit.lanes; ++lane) {
    auto [element, indices] = laneOf(cursor, operand, k.index(lane));
    storeElement(access, element, indices,
                 vector::ExtractOp::create(k.b, k.loc, value, ArrayRef<int64_t>{lane}));
  }
}

void NestMemory::storeElement(const Access &access, Value pointer, Indices indices, Value value) {
  storeWhere(inside(access, indices),
             [&]() { k.store(access.view, elementPointer(access, pointer, indices), value); });
}

//===-- Guards ------------------------------------------------------------------------------------===//

Value NestMemory::both(Value a, Value c) {
  return a && c ? arith::AndIOp::create(k.b, k.loc, a, c) : a ? a : c;
}

/// Whether the point at `indices` lies inside by the guards that do not depend on loop `except`. Null for always.
Value NestMemory::inside(const Access &access, Indices indices, int except) {
  Value result;
  auto check = [&](arith::CmpIPredicate predicate, Size x, Size y) {
    result = both(result, arith::CmpIOp::create(k.b, k.loc, predicate, k.value(x), k.value(y)));
  };
  for (const Access::Guard &guard : access.guards) {
    if (except >= 0 && guard.expr.isFunctionOfDim(except))
      continue;
    Size position = evaluate(guard.expr, indices);
    if (guard.lower)
      check(arith::CmpIPredicate::sge, position, k.index(0));
    if (guard.upper)
      check(arith::CmpIPredicate::slt, position, guard.size);
  }
  return result;
}

/// `mask`, without the points along `loop` that lie outside by the guards that depend on it. Null for all.
Value NestMemory::maskOf(const Access &access, Indices indices, unsigned loop, int64_t lanes, Value mask) {
  auto first = [&](Size count) { return k.mask(lanes, k.max(count, k.index(0))); };
  for (const Access::Guard &guard : access.guards) {
    if (!guard.expr.isFunctionOfDim(loop))
      continue;
    Size position = evaluate(guard.expr, indices);
    if (guard.upper)
      mask = both(mask, first(k.sub(guard.size, position)));
    if (guard.lower) {
      Value before = first(k.sub(k.index(0), position));
      mask = both(mask, arith::XOrIOp::create(k.b, k.loc, before, k.constant(before.getType(), 1)));
    }
  }
  return mask;
}

/// `load()` where `condition` holds, else zero; no condition holds always.
Value NestMemory::loadWhere(Value condition, Type type, llvm::function_ref<Value()> load) {
  if (!condition)
    return load();
  auto branch = scf::IfOp::create(k.b, k.loc, type, condition, /*withElseRegion=*/true);
  OpBuilder::InsertionGuard guard(k.b);
  k.b.setInsertionPointToStart(branch.thenBlock());
  scf::YieldOp::create(k.b, k.loc, load());
  k.b.setInsertionPointToStart(branch.elseBlock());
  scf::YieldOp::create(k.b, k.loc, k.zero(type));
  return branch.getResult(0);
}

void NestMemory::storeWhere(Value condition, llvm::function_ref<void()> store) {
  if (!condition)
    return store();
  auto branch = scf::IfOp::create(k.b, k.loc, condition, /*withElseRegion=*/false);
  OpBuilder::InsertionGuard guard(k.b);
  k.b.setInsertionPointToStart(branch.thenBlock());
  store();
}

} // namespace ingot::codegen
