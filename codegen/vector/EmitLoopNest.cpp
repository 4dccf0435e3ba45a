// Emits the loops of a scheduled nest.
//
//   for (outer parallel loops)
//     vectorized loop parallel:     for (strips of it)  acc = start; for (reductions) acc = body(acc); store acc
//     vectorized loop a reduction:  lanes = neutral; for (reductions) for (strips) lanes = body(lanes);
//                                   store combine(start, combine of all lanes)
#include "codegen/vector/NestMemory.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/IR/IRMapping.h"
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

/// Consecutive iterations of the vectorized loop: `units` vectors of `lanes` points, the last of them `last`.
struct Strip {
  int64_t units = 1;
  Unit last;

  int64_t lanes() const { return last.lanes; }
  Unit unit(int64_t index) const { return index + 1 == units ? last : Unit{last.lanes, {}, {}}; }
};

class NestEmitter {
public:
  NestEmitter(const LoopNest &nest, const Schedule &plan, KernelBuilder &k)
      : nest(nest), plan(plan), k(k), memory(nest, plan, k) {
    for (auto [loop, properties] : llvm::enumerate(nest.loops))
      if (static_cast<int>(loop) != plan.vectorLoop && static_cast<int>(loop) != plan.transposedLoop)
        (properties.reduction ? reductions : outer).push_back(loop);
  }

  void run() { runOuter(0, memory.start()); }

private:
  void runOuter(size_t position, const NestCursor &cursor) {
    if (position == outer.size())
      return runVectorLoop(cursor);
    unsigned loop = outer[position];
    k.forLoop(k.index(0), nest.loops[loop].extent, k.index(1),
              [&](Size iv) { runOuter(position + 1, memory.enter(cursor, loop, iv)); });
  }

  void runVectorLoop(const NestCursor &cursor) {
    if (plan.vectorLoop < 0)
      return runBlock(cursor, Strip());
    if (nest.loops[plan.vectorLoop].reduction)
      return runLanes(cursor);
    if (plan.transposedLoop >= 0)
      return runTransposed(cursor);
    runPoints(cursor);
  }

  void runPoints(const NestCursor &cursor) {
    overStrips({}, [&](Size iv, const Strip &strip, ValueRange) {
      runBlock(memory.enter(cursor, plan.vectorLoop, iv), strip);
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

  void runBlock(const NestCursor &cursor, const Strip &strip) {
    SmallVector<Value> values;
    bool carries = nest.hasReduction();
    for (int64_t unit = 0; unit < strip.units; ++unit) {
      NestCursor at = unitOf(cursor, strip, unit);
      for (unsigned output = 0; output < nest.outputs(); ++output)
        values.push_back(carries || nest.outputAccesses()[output].used ? startOf(at, output, strip.unit(unit))
                                                                       : Value());
    }
    values = reduce(0, cursor, values, strip);
    for (int64_t unit = 0; unit < strip.units; ++unit) {
      NestCursor at = unitOf(cursor, strip, unit);
      for (unsigned output = 0; output < nest.outputs(); ++output)
        memory.store(at, output, values[unit * nest.outputs() + output], strip.unit(unit));
    }
  }

  NestCursor unitOf(const NestCursor &cursor, const Strip &strip, int64_t unit) {
    return unit ? memory.step(cursor, plan.vectorLoop, k.index(unit * strip.lanes())) : cursor;
  }

  /// What an output starts from, as a vector of the unit.
  Value startOf(const NestCursor &cursor, unsigned output, const Unit &unit) {
    Value start =
        nest.initial[output] ? nest.initial[output] : memory.load(cursor, nest.inputs + output, unit);
    return widen(start, unit.lanes);
  }

  SmallVector<Value> reduce(size_t position, const NestCursor &cursor, ArrayRef<Value> values,
                            const Strip &strip) {
    if (position == reductions.size())
      return computeUnits(cursor, values, strip);
    unsigned loop = reductions[position];
    return k.forLoop(
        k.index(0), nest.loops[loop].extent, k.index(1), values,
        [&](Size iv, ValueRange carried) {
          return reduce(position + 1, memory.enter(cursor, loop, iv), llvm::to_vector(carried), strip);
        },
        plan.flatReductions ? maxFlat : 1);
  }

  /// The computation on each unit of a strip: unit by unit, output by output.
  SmallVector<Value> computeUnits(const NestCursor &cursor, ArrayRef<Value> values, const Strip &strip) {
    SmallVector<Value> results;
    for (int64_t number = 0; number < strip.units; ++number) {
      NestCursor at = unitOf(cursor, strip, number);
      Unit unit = strip.unit(number);
      SmallVector<Value> inputs;
      for (unsigned input = 0; input < nest.inputs; ++input)
        inputs.push_back(nest.accesses[input].used ? memory.load(at, input, unit) : Value());
      PointState state{at.indices, plan.vectorLoop, unit.lanes, unit.mask};
      for (Value result :
           nest.body->emit(k, inputs, values.slice(number * nest.outputs(), nest.outputs()), state))
        results.push_back(widen(result, unit.lanes));
    }
    return results;
  }

  //===-- Transposed blocks --------------------------------------------------------------------------===//

  /// Square blocks, then the rows that are left: one flat block if they are counted now, else one by one.
  void runTransposed(const NestCursor &cursor) {
    unsigned loop = plan.transposedLoop;
    Size extent = nest.loops[loop].extent, done = k.alignDown(extent, plan.lanes);
    k.forLoop(k.index(0), done, k.index(plan.lanes),
              [&](Size iv) { runBlocks(memory.enter(cursor, loop, iv), plan.lanes); });
    std::optional<int64_t> rows = getConstantIntValue(k.sub(extent, done));
    if (rows && plan.maskedTail) {
      if (*rows)
        runBlocks(memory.enter(cursor, loop, done), *rows);
      return;
    }
    k.forLoop(done, extent, k.index(1), [&](Size iv) { runPoints(memory.enter(cursor, loop, iv)); });
  }

  void runBlocks(const NestCursor &cursor, int64_t rows) {
    overStrips({}, [&](Size iv, const Strip &strip, ValueRange) {
      NestCursor at = memory.enter(cursor, plan.vectorLoop, iv);
      if (strip.lanes() == 1)
        k.forLoop(k.index(0), k.index(rows), k.index(1),
                  [&](Size row) { runBlock(memory.step(at, plan.transposedLoop, row), strip); });
      else
        runBlockOfRows(at, strip.last, rows);
      return SmallVector<Value>();
    });
  }

  void runBlockOfRows(const NestCursor &cursor, const Unit &unit, int64_t rows) {
    SmallVector<SmallVector<Value>> turned(nest.inputs);
    for (unsigned input = 0; input < nest.inputs; ++input)
      if (plan.transposed[input])
        turned[input] = memory.loadTransposed(cursor, input, unit, rows);
    for (int64_t row = 0; row < rows; ++row) {
      NestCursor at = memory.step(cursor, plan.transposedLoop, k.index(row));
      SmallVector<Value> inputs, values;
      for (unsigned input = 0; input < nest.inputs; ++input)
        inputs.push_back(plan.transposed[input]      ? turned[input][row]
                         : nest.accesses[input].used ? memory.load(at, input, unit)
                                                     : Value());
      for (unsigned output = 0; output < nest.outputs(); ++output)
        values.push_back(nest.outputAccesses()[output].used ? startOf(at, output, unit) : Value());
      PointState state{at.indices, plan.vectorLoop, unit.lanes, unit.mask};
      for (auto [output, value] : llvm::enumerate(nest.body->emit(k, inputs, values, state)))
        memory.store(at, output, widen(value, unit.lanes), unit);
    }
  }

  //===-- Reduction across lanes ---------------------------------------------------------------------===//

  /// Carries, for each output: `unroll` vectors, then one scalar where the tail runs point by point.
  void runLanes(const NestCursor &cursor) {
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
      memory.store(cursor, output, combine(output, startOf(cursor, output, Unit()), total), Unit());
    }
  }

  SmallVector<Value> reduceLanes(size_t position, const NestCursor &cursor, ArrayRef<Value> lanes) {
    if (position < reductions.size())
      return k.forLoop(k.index(0), nest.loops[reductions[position]].extent, k.index(1), lanes,
                       [&](Size iv, ValueRange carried) {
                         return reduceLanes(position + 1, memory.enter(cursor, reductions[position], iv),
                                            llvm::to_vector(carried));
                       });
    unsigned outputs = nest.outputs();
    return overStrips(lanes, [&](Size iv, const Strip &strip, ValueRange carried) {
      SmallVector<Value> result(carried);
      size_t first = strip.lanes() == 1 ? plan.unroll * outputs : 0;
      ArrayRef<Value> old = ArrayRef(result).slice(first, strip.units * outputs);
      SmallVector<Value> next = computeUnits(memory.enter(cursor, plan.vectorLoop, iv), old, strip);
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
      vector = combine(output, memory.shuffle(vector, vector, low), memory.shuffle(vector, vector, high));
    }
    return vector::ExtractOp::create(k.b, k.loc, vector, ArrayRef<int64_t>{0});
  }

  Value widen(Value value, int64_t lanes) {
    return isa<VectorType>(value.getType()) ? value : k.splat(value, lanes);
  }

  /// The most iterations of a loop that flatReductions emits one after the other.
  static constexpr int64_t maxFlat = 16;

  const LoopNest &nest;
  const Schedule &plan;
  KernelBuilder &k;
  NestMemory memory;
  SmallVector<unsigned> outer, reductions;
};

} // namespace

void emitLoopNest(LoopNest &nest, KernelBuilder &k) {
  simplify(nest, k);
  Schedule plan = schedule(nest, k);
  NestEmitter(nest, plan, k).run();
}

} // namespace ingot::codegen
