// Emits the loops of a scheduled nest.
//
//   for (outer parallel loops)
//     vectorized loop parallel:     for (strips of it)  acc = start; for (reductions) acc = body(acc); store acc
//     vectorized loop a reduction:  lanes = neutral; for (reductions) for (strips) lanes = body(lanes);
//                                   store combine(start, combine of all lanes)
#include "codegen/vector/LoopNest.h"
#include "mlir/IR/IRMapping.h"
#include "llvm/ADT/SmallBitVector.h"
#include <limits>

using namespace mlir;

namespace ingot::codegen {
namespace {

using Size = OpFoldResult;

/// The value that `op` combines with x to x, bit by bit.
Value neutralOf(Operation *op, Type type, KernelBuilder &k) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  if (isa<arith::AddFOp>(op))
    return k.constant(type, -0.0);
  if (isa<arith::MulFOp, arith::MulIOp>(op))
    return k.constant(type, 1);
  if (isa<arith::MaximumFOp, arith::MinimumFOp>(op))
    return k.constant(type, isa<arith::MaximumFOp>(op) ? -infinity : infinity);
  // A number wins over NaN.
  if (isa<arith::MaxNumFOp, arith::MinNumFOp>(op))
    return k.constant(type, std::numeric_limits<double>::quiet_NaN());
  unsigned width = getElementTypeOrSelf(type).getIntOrFloatBitWidth();
  APInt bits = isa<arith::MaxSIOp>(op)                  ? APInt::getSignedMinValue(width)
               : isa<arith::MinSIOp>(op)                ? APInt::getSignedMaxValue(width)
               : isa<arith::MinUIOp, arith::AndIOp>(op) ? APInt::getAllOnes(width)
                                                        : APInt::getZero(width);
  TypedAttr attribute = k.b.getIntegerAttr(getElementTypeOrSelf(type), bits);
  if (auto vector = dyn_cast<VectorType>(type))
    attribute = SplatElementsAttr::get(vector, attribute);
  return arith::ConstantOp::create(k.b, k.loc, attribute);
}

Type withShapeOf(Value value, Type element) {
  auto vector = dyn_cast<VectorType>(value.getType());
  return vector ? Type(VectorType::get(vector.getShape(), element)) : element;
}

/// One vector of points.
struct Unit {
  int64_t lanes = 1;
  /// Lanes that are points and their number; no mask if all are.
  Value mask;
  Size count;
};

/// Consecutive iterations of the vectorized loop: `units` vectors of `lanes` points, the last of them `last`.
struct Strip {
  int64_t units = 1;
  Unit last;

  int64_t lanes() const { return last.lanes; }
  Unit unit(int64_t index) const { return index + 1 == units ? last : Unit{last.lanes, {}, {}}; }
};

class NestEmitter {
public:
  NestEmitter(const LoopNest &nest, const Schedule &plan, KernelBuilder &k) : nest(nest), plan(plan), k(k) {
    for (auto [loop, properties] : llvm::enumerate(nest.loops))
      if (static_cast<int>(loop) != plan.vectorLoop)
        (properties.reduction ? reductions : outer).push_back(loop);
  }

  void run() {
    Cursor start;
    for (auto [index, access] : llvm::enumerate(nest.accesses)) {
      bool needed = access.isMemory() && (access.used || index >= nest.inputs);
      start.pointers.push_back(needed ? k.advance(access.view, access.view.base, access.view.offset)
                                      : Value());
      start.values.push_back(access.scalar);
    }
    start.indices.assign(nest.loops.size(), k.index(0));
    start.open.resize(nest.loops.size(), true);
    hoist(start);
    runOuter(0, start);
  }

private:
  /// Where the operands stand at an iteration of the loops that have been entered.
  struct Cursor {
    SmallVector<Value> pointers;
    /// Inputs that no open loop moves, loaded.
    SmallVector<Value> values;
    SmallVector<Size> indices;
    llvm::SmallBitVector open;
  };

  Cursor step(const Cursor &cursor, unsigned loop, Size count) {
    Cursor result = cursor;
    for (auto [pointer, value, access] : llvm::zip_equal(result.pointers, result.values, nest.accesses))
      if (pointer && !value)
        pointer = k.advance(access.view, pointer, k.mul(count, access.strides[loop]));
    result.indices[loop] = k.add(result.indices[loop], count);
    return result;
  }

  Cursor enter(const Cursor &cursor, unsigned loop, Size iv) {
    Cursor result = step(cursor, loop, iv);
    result.open.reset(loop);
    hoist(result);
    return result;
  }

  /// Loads the inputs that stay the same in all loops that are still to come.
  void hoist(Cursor &cursor) {
    for (unsigned input = 0; input < nest.inputs; ++input) {
      const Access &access = nest.accesses[input];
      if (cursor.values[input] || !cursor.pointers[input])
        continue;
      bool moves = plan.lanes > 1 && !access.isInvariant(plan.vectorLoop);
      for (unsigned loop : cursor.open.set_bits())
        moves |= !access.isInvariant(loop);
      if (!moves)
        cursor.values[input] = loadScalar(cursor, access, cursor.pointers[input], 0);
    }
  }

  void runOuter(size_t position, const Cursor &cursor) {
    if (position == outer.size())
      return runVectorLoop(cursor);
    unsigned loop = outer[position];
    k.forLoop(k.index(0), nest.loops[loop].extent, k.index(1),
              [&](Size iv) { runOuter(position + 1, enter(cursor, loop, iv)); });
  }

  void runVectorLoop(const Cursor &cursor) {
    if (plan.vectorLoop < 0)
      return runBlock(cursor, Strip());
    if (nest.loops[plan.vectorLoop].reduction)
      return runLanes(cursor);
    overStrips({}, [&](Size iv, const Strip &strip, ValueRange) {
      runBlock(enter(cursor, plan.vectorLoop, iv), strip);
      return SmallVector<Value>();
    });
  }

  using StripBody = llvm::function_ref<SmallVector<Value>(Size iv, const Strip &strip, ValueRange carried)>;
  /// Cuts the vectorized loop into turns of `unroll` vectors and a rest: single vectors, and a tail.
  SmallVector<Value> overStrips(ValueRange init, StripBody body) {
    Size extent = nest.loops[plan.vectorLoop].extent;
    SmallVector<Value> carried(init);
    auto run = [&](Size from, Size to, int64_t step, const Strip &strip) {
      carried = k.forLoop(from, to, k.index(step), carried,
                          [&](Size iv, ValueRange values) { return body(iv, strip, values); });
      return to;
    };
    auto whole = [&](int64_t units) { return Strip{units, {plan.lanes, {}, {}}}; };
    Size done = run(k.index(0), k.alignDown(extent, plan.unroll * plan.lanes), plan.unroll * plan.lanes,
                    whole(plan.unroll));
    if (std::optional<Strip> rest = constantRest()) {
      if (rest->units)
        carried = body(done, *rest, carried);
      done = k.alignDown(extent, plan.maskedTail ? 1 : plan.lanes);
    } else {
      done = run(done, k.alignDown(extent, plan.lanes), plan.lanes, whole(1));
    }
    if (!plan.maskedTail) {
      run(done, extent, 1, Strip());
      return carried;
    }
    // At most one turn.
    return k.forLoop(done, extent, k.index(plan.lanes), carried, [&](Size iv, ValueRange values) {
      Size count = k.sub(extent, iv);
      return body(iv, {1, {plan.lanes, k.mask(plan.lanes, count), count}}, values);
    });
  }

  /// What the turns of a loop of known size leave, as one block: its vectors run side by side. Reductions across lanes add
  /// up in the same order for run-time sizes, where this is not known.
  std::optional<Strip> constantRest() {
    const Loop &loop = nest.loops[plan.vectorLoop];
    std::optional<int64_t> extent = getConstantIntValue(loop.extent);
    if (!extent || loop.reduction)
      return std::nullopt;
    int64_t points = *extent % (plan.unroll * plan.lanes), tail = points % plan.lanes;
    Strip rest{points / plan.lanes, {plan.lanes, {}, {}}};
    if (plan.maskedTail && tail) {
      ++rest.units;
      rest.last = {plan.lanes, k.mask(plan.lanes, k.index(tail)), k.index(tail)};
    }
    return rest;
  }

  //===-- Points side by side ------------------------------------------------------------------------===//

  void runBlock(const Cursor &cursor, const Strip &strip) {
    SmallVector<Value> values;
    bool carries = nest.hasReduction();
    for (int64_t unit = 0; unit < strip.units; ++unit) {
      Cursor at = unitOf(cursor, strip, unit);
      for (unsigned output = 0; output < nest.outputs(); ++output)
        values.push_back(carries || nest.outputAccesses()[output].used ? startOf(at, output, strip.unit(unit))
                                                                       : Value());
    }
    values = reduce(0, cursor, values, strip);
    for (int64_t unit = 0; unit < strip.units; ++unit) {
      Cursor at = unitOf(cursor, strip, unit);
      for (unsigned output = 0; output < nest.outputs(); ++output)
        store(at, output, values[unit * nest.outputs() + output], strip.unit(unit));
    }
  }

  Cursor unitOf(const Cursor &cursor, const Strip &strip, int64_t unit) {
    return unit ? step(cursor, plan.vectorLoop, k.index(unit * strip.lanes())) : cursor;
  }

  /// What an output starts from, as a vector of the unit.
  Value startOf(const Cursor &cursor, unsigned output, const Unit &unit) {
    Value start = nest.initial[output] ? nest.initial[output] : load(cursor, nest.inputs + output, unit);
    return widen(start, unit.lanes);
  }

  SmallVector<Value> reduce(size_t position, const Cursor &cursor, ArrayRef<Value> values,
                            const Strip &strip) {
    if (position == reductions.size())
      return computeUnits(cursor, values, strip);
    unsigned loop = reductions[position];
    return k.forLoop(
        k.index(0), nest.loops[loop].extent, k.index(1), values,
        [&](Size iv, ValueRange carried) {
          return reduce(position + 1, enter(cursor, loop, iv), llvm::to_vector(carried), strip);
        },
        plan.flatReductions ? maxFlat : 1);
  }

  /// The computation on each unit of a strip: unit by unit, output by output.
  SmallVector<Value> computeUnits(const Cursor &cursor, ArrayRef<Value> values, const Strip &strip) {
    SmallVector<Value> results;
    for (int64_t number = 0; number < strip.units; ++number) {
      Cursor at = unitOf(cursor, strip, number);
      Unit unit = strip.unit(number);
      SmallVector<Value> inputs;
      for (unsigned input = 0; input < nest.inputs; ++input)
        inputs.push_back(nest.accesses[input].used ? load(at, input, unit) : Value());
      PointState state{at.indices, plan.vectorLoop, unit.lanes, unit.mask};
      for (Value result :
           nest.body->emit(k, inputs, values.slice(number * nest.outputs(), nest.outputs()), state))
        results.push_back(widen(result, unit.lanes));
    }
    return results;
  }

  //===-- Reduction across lanes ---------------------------------------------------------------------===//

  /// Carries, for each output: `unroll` vectors, then one scalar where the tail runs point by point.
  void runLanes(const Cursor &cursor) {
    unsigned outputs = nest.outputs();
    SmallVector<Value> lanes;
    for (int64_t unit = 0; unit < plan.unroll + !plan.maskedTail; ++unit)
      for (unsigned output = 0; output < outputs; ++output) {
        Type type = nest.outputAccesses()[output].type;
        if (unit < plan.unroll)
          type = VectorType::get(plan.lanes, type);
        lanes.push_back(neutralOf(nest.body->combiner(output), type, k));
      }
    lanes = reduceLanes(0, cursor, lanes);
    for (unsigned output = 0; output < outputs; ++output) {
      SmallVector<Value> units;
      for (int64_t unit = 0; unit < plan.unroll; ++unit)
        units.push_back(lanes[unit * outputs + output]);
      Value total = combineLanes(output, combineAll(output, units));
      if (!plan.maskedTail)
        total = combine(output, total, lanes[plan.unroll * outputs + output]);
      store(cursor, output, combine(output, startOf(cursor, output, Unit()), total), Unit());
    }
  }

  SmallVector<Value> reduceLanes(size_t position, const Cursor &cursor, ArrayRef<Value> lanes) {
    if (position < reductions.size())
      return k.forLoop(k.index(0), nest.loops[reductions[position]].extent, k.index(1), lanes,
                       [&](Size iv, ValueRange carried) {
                         return reduceLanes(position + 1, enter(cursor, reductions[position], iv),
                                            llvm::to_vector(carried));
                       });
    unsigned outputs = nest.outputs();
    return overStrips(lanes, [&](Size iv, const Strip &strip, ValueRange carried) {
      SmallVector<Value> result(carried);
      size_t first = strip.lanes() == 1 ? plan.unroll * outputs : 0;
      ArrayRef<Value> old = ArrayRef(result).slice(first, strip.units * outputs);
      SmallVector<Value> next = computeUnits(enter(cursor, plan.vectorLoop, iv), old, strip);
      for (auto [index, value] : llvm::enumerate(next)) {
        Value mask = strip.unit(index / outputs).mask;
        result[first + index] =
            mask ? arith::SelectOp::create(k.b, k.loc, mask, value, result[first + index]) : value;
      }
      return result;
    });
  }

  Value combine(unsigned output, Value a, Value c) {
    Operation *op = nest.body->combiner(output);
    IRMapping mapping;
    mapping.map(op->getOperand(0), a);
    mapping.map(op->getOperand(1), c);
    Operation *combined = k.b.clone(*op, mapping);
    combined->setLoc(k.loc);
    combined->getResult(0).setType(a.getType());
    return combined->getResult(0);
  }

  /// A balanced tree over the values.
  Value combineAll(unsigned output, SmallVector<Value> values) {
    while (values.size() > 1) {
      size_t half = (values.size() + 1) / 2;
      for (size_t i = 0; i + half < values.size(); ++i)
        values[i] = combine(output, values[i], values[i + half]);
      values.resize(half);
    }
    return values[0];
  }

  /// The halves of the vector combined until one lane is left.
  Value combineLanes(unsigned output, Value vector) {
    for (int64_t lanes = plan.lanes; lanes > 1; lanes /= 2) {
      SmallVector<int64_t> low, high;
      for (int64_t lane = 0; lane < lanes / 2; ++lane) {
        low.push_back(lane);
        high.push_back(lane + lanes / 2);
      }
      vector = combine(output, shuffle(vector, vector, low), shuffle(vector, vector, high));
    }
    return vector::ExtractOp::create(k.b, k.loc, vector, ArrayRef<int64_t>{0});
  }

  //===-- Memory -------------------------------------------------------------------------------------===//

  Value shuffle(Value a, Value c, ArrayRef<int64_t> lanes) {
    return vector::ShuffleOp::create(k.b, k.loc, a, c, lanes);
  }

  Value widen(Value value, int64_t lanes) {
    return isa<VectorType>(value.getType()) ? value : k.splat(value, lanes);
  }

  Size evaluate(AffineExpr expr, ArrayRef<Size> indices) {
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

  /// The element of lane `lane`; `pointer` is that of lane 0 but for the indices that are not linear.
  Value elementPointer(const Cursor &cursor, const Access &access, Value pointer, int64_t lane) {
    SmallVector<Size> indices = cursor.indices;
    if (lane) {
      pointer = k.advance(access.view, pointer, k.mul(k.index(lane), access.strides[plan.vectorLoop]));
      indices[plan.vectorLoop] = k.add(indices[plan.vectorLoop], k.index(lane));
    }
    for (const Access::Rest &part : access.rest)
      pointer = k.advance(access.view, pointer, k.mul(evaluate(part.expr, indices), part.stride));
    return pointer;
  }

  Value loadScalar(const Cursor &cursor, const Access &access, Value pointer, int64_t lane) {
    Value inside = insideAll(cursor, access, lane);
    Value element = loadWhere(inside, access.view.element, [&]() {
      return k.load(access.view, elementPointer(cursor, access, pointer, lane), access.view.element);
    });
    return fromStorage(k, element, access.type);
  }

  /// One vector of an operand, or one value that all lanes have.
  Value load(const Cursor &cursor, unsigned index, const Unit &unit) {
    const Access &access = nest.accesses[index];
    if (cursor.values[index])
      return cursor.values[index];
    Value pointer = cursor.pointers[index];
    if (unit.lanes == 1 || access.isInvariant(plan.vectorLoop))
      return loadScalar(cursor, access, pointer, 0);
    std::optional<int64_t> stride = access.constantStride(plan.vectorLoop);
    if (stride && (std::abs(*stride) == 1 || (*stride > 1 && *stride <= maxStridedLoad))) {
      auto type = VectorType::get(unit.lanes, access.view.element);
      Value value = loadWhere(insideAll(cursor, access, std::nullopt), type, [&]() {
        Value first = elementPointer(cursor, access, pointer, 0);
        return *stride == 1    ? loadContiguous(access, first, type, maskOf(cursor, access, unit))
               : *stride == -1 ? loadReversed(access, first, unit)
                               : loadStrided(access, first, *stride, unit);
      });
      return fromStorage(k, value, access.type);
    }
    SmallVector<Value> elements;
    for (int64_t lane = 0; lane < unit.lanes; ++lane)
      elements.push_back(loadScalar(cursor, access, pointer, lane));
    return vector::FromElementsOp::create(k.b, k.loc, VectorType::get(unit.lanes, access.type), elements);
  }

  Value loadContiguous(const Access &access, Value pointer, VectorType type, Value mask) {
    return mask ? k.loadMasked(access.view, pointer, type, mask) : k.load(access.view, pointer, type);
  }

  Value loadReversed(const Access &access, Value pointer, const Unit &unit) {
    assert(!unit.mask && "the schedule masks no reversed access");
    pointer = k.advance(access.view, pointer, k.index(1 - unit.lanes));
    Value value = k.load(access.view, pointer, VectorType::get(unit.lanes, access.view.element));
    SmallVector<int64_t> lanes;
    for (int64_t lane = unit.lanes; lane-- > 0;)
      lanes.push_back(lane);
    return shuffle(value, value, lanes);
  }

  /// Every `stride`-th element: `stride` vectors that cover them and nothing beyond the last, then a selection.
  Value loadStrided(const Access &access, Value pointer, int64_t stride, const Unit &unit) {
    auto type = VectorType::get(unit.lanes, access.view.element);
    int64_t lanes = unit.lanes;
    Value result;
    for (int64_t part = 0; part < stride; ++part) {
      // The last vector ends with the last element, if that is known to be there.
      int64_t first = part * lanes - (part == stride - 1 && !unit.mask ? stride - 1 : 0);
      Value from = k.advance(access.view, pointer, k.index(first)), loaded;
      if (unit.mask) {
        Size covered = k.sub(k.mul(unit.count, k.index(stride)), k.index(stride - 1 + first));
        loaded = k.loadMasked(access.view, from, type, k.mask(lanes, covered));
      } else {
        loaded = k.load(access.view, from, type);
      }
      SmallVector<int64_t> selection;
      for (int64_t lane = 0; lane < lanes; ++lane) {
        bool here = lane * stride >= part * lanes && lane * stride < (part + 1) * lanes;
        selection.push_back(here ? lanes + lane * stride - first : lane);
      }
      result = shuffle(result ? result : loaded, loaded, selection);
    }
    return result;
  }

  void store(const Cursor &cursor, unsigned output, Value value, const Unit &unit) {
    const Access &access = nest.outputAccesses()[output];
    Value pointer = cursor.pointers[nest.inputs + output];
    value = toStorage(k, value, access.view.element);
    if (unit.lanes == 1)
      return storeElement(cursor, access, pointer, 0, value);
    if (access.constantStride(plan.vectorLoop) == 1)
      return storeWhere(insideAll(cursor, access, std::nullopt), [&]() {
        Value first = elementPointer(cursor, access, pointer, 0), mask = maskOf(cursor, access, unit);
        mask ? k.storeMasked(access.view, first, value, mask) : k.store(access.view, first, value);
      });
    for (int64_t lane = 0; lane < unit.lanes; ++lane)
      storeElement(cursor, access, pointer, lane,
                   vector::ExtractOp::create(k.b, k.loc, value, ArrayRef<int64_t>{lane}));
  }

  void storeElement(const Cursor &cursor, const Access &access, Value pointer, int64_t lane, Value value) {
    storeWhere(insideAll(cursor, access, lane),
               [&]() { k.store(access.view, elementPointer(cursor, access, pointer, lane), value); });
  }

  //===-- Guards -------------------------------------------------------------------------------------===//

  Value both(Value a, Value c) { return a && c ? arith::AndIOp::create(k.b, k.loc, a, c) : a ? a : c; }

  /// Whether lane `lane` lies inside; without a lane, what the guards that all lanes share say. Null for always.
  Value insideAll(const Cursor &cursor, const Access &access, std::optional<int64_t> lane) {
    SmallVector<Size> indices = cursor.indices;
    if (lane.value_or(0))
      indices[plan.vectorLoop] = k.add(indices[plan.vectorLoop], k.index(*lane));
    Value inside;
    auto check = [&](arith::CmpIPredicate predicate, Size x, Size y) {
      inside = both(inside, arith::CmpIOp::create(k.b, k.loc, predicate, k.value(x), k.value(y)));
    };
    for (const Access::Guard &guard : access.guards) {
      if (!lane && guard.expr.isFunctionOfDim(plan.vectorLoop))
        continue;
      Size position = evaluate(guard.expr, indices);
      if (guard.lower)
        check(arith::CmpIPredicate::sge, position, k.index(0));
      if (guard.upper)
        check(arith::CmpIPredicate::slt, position, guard.size);
    }
    return inside;
  }

  /// The lanes of the unit that lie inside by the guards that differ from lane to lane; null for all.
  Value maskOf(const Cursor &cursor, const Access &access, const Unit &unit) {
    Value mask = unit.mask;
    auto first = [&](Size count) { return k.mask(unit.lanes, k.max(count, k.index(0))); };
    for (const Access::Guard &guard : access.guards) {
      if (!guard.expr.isFunctionOfDim(plan.vectorLoop))
        continue;
      Size position = evaluate(guard.expr, cursor.indices);
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
  Value loadWhere(Value condition, Type type, llvm::function_ref<Value()> load) {
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

  void storeWhere(Value condition, llvm::function_ref<void()> store) {
    if (!condition)
      return store();
    auto branch = scf::IfOp::create(k.b, k.loc, condition, /*withElseRegion=*/false);
    OpBuilder::InsertionGuard guard(k.b);
    k.b.setInsertionPointToStart(branch.thenBlock());
    store();
  }

  /// The most iterations of a loop that flatReductions emits one after the other.
  static constexpr int64_t maxFlat = 16;

  const LoopNest &nest;
  const Schedule &plan;
  KernelBuilder &k;
  SmallVector<unsigned> outer, reductions;
};

} // namespace

Value fromStorage(KernelBuilder &k, Value value, Type type) {
  if (getElementTypeOrSelf(value.getType()) == type)
    return value;
  if (type.isIndex())
    return arith::IndexCastOp::create(k.b, k.loc, withShapeOf(value, type), value);
  return arith::CmpIOp::create(k.b, k.loc, arith::CmpIPredicate::ne, value, k.zero(value.getType()));
}

Value toStorage(KernelBuilder &k, Value value, Type element) {
  if (getElementTypeOrSelf(value.getType()) == element)
    return value;
  if (getElementTypeOrSelf(value.getType()).isIndex())
    return arith::IndexCastOp::create(k.b, k.loc, withShapeOf(value, element), value);
  return arith::ExtUIOp::create(k.b, k.loc, withShapeOf(value, element), value);
}

void emitLoopNest(LoopNest &nest, KernelBuilder &k) {
  simplify(nest, k);
  Schedule plan = schedule(nest, k);
  NestEmitter(nest, plan, k).run();
}

} // namespace ingot::codegen
