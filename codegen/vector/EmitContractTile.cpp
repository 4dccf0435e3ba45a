#include "codegen/vector/EmitContractTile.h"
#include "codegen/vector/EmitContract.h"
#include "ir/dialect/Dialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"

using namespace mlir;
using namespace ingot;
using namespace ingot::codegen;

void TileEmitter::emit(const RegisterTile &tile, const Cursor &cursor) {
  finish(tile, cursor, reduce(tile, 0, cursor, start(tile, cursor)));
}

/// Zeros, or the sums of the parts before this one.
SmallVector<Value> TileEmitter::start(const RegisterTile &tile, const Cursor &cursor) {
  Type element = op.getAccumulatorType();
  Value zero = k.zero(tile.lanes == 1 ? element : VectorType::get(tile.lanes, element));
  SmallVector<Value> accumulators(tile.rows * tile.columns * tile.vectors, zero);
  if (!part.upper)
    return accumulators;
  Value first =
      arith::CmpIOp::create(k.b, k.loc, arith::CmpIPredicate::eq, k.value(part.lower), k.value(k.index(0)));
  Loaded loaded;
  unsigned next = 0;
  for (int64_t row = 0; row < tile.rows; ++row)
    for (int64_t column = 0; column < tile.columns; ++column)
      for (int64_t vector = 0; vector < tile.vectors; ++vector, ++next) {
        Value before =
            operandAt(tile, domain.out(), cursor.pointers.back(), {row, column, vector}, loaded, element);
        accumulators[next] = arith::SelectOp::create(k.b, k.loc, first, zero, before);
      }
  return accumulators;
}

SmallVector<Value> TileEmitter::reduce(const RegisterTile &tile, unsigned level, const Cursor &cursor,
                                       ValueRange accumulators) {
  if (level == domain.reduction.size())
    return step(tile, cursor, accumulators);
  unsigned dim = domain.reduction[level];
  // A short window is written out.
  constexpr int64_t maxSteps = 8, maxOps = 160;
  bool innermost = level + 1 == domain.reduction.size();
  int64_t steps = innermost ? std::min<int64_t>(maxSteps, maxOps / accumulators.size()) : 1;
  bool isPart = level == 0 && part.upper;
  return k.forLoop(
      isPart ? part.lower : k.index(0), isPart ? part.upper : domain.sizes[dim], k.index(1), accumulators,
      [&](Size index, ValueRange carried) {
        return reduce(tile, level + 1, cursor.at(domain, dim, index), carried);
      },
      steps);
}

/// One product a accumulator. Vectors are loaded first; broadcasting all scalars first would need more
/// registers than there are.
SmallVector<Value> TileEmitter::step(const RegisterTile &tile, const Cursor &cursor,
                                     ValueRange accumulators) {
  Loaded loaded[2];
  SmallVector<Value> result(accumulators);
  auto operand = [&](unsigned index, Position at) {
    return operandAt(tile, domain.accesses[index], cursor.pointers[index], at, loaded[index],
                     op.getAccumulatorType());
  };
  for (unsigned index : {0u, 1u})
    if (plan.vector && domain.accesses[index].dependsOn(*plan.vector) &&
        !(plan.rows && domain.accesses[index].dependsOn(*plan.rows)))
      for (int64_t column = 0; column < tile.columns; ++column)
        for (int64_t vector = 0; vector < tile.vectors; ++vector)
          operand(index, {0, column, vector});
  if (tile.ahead)
    prefetch(tile, cursor);
  unsigned next = 0;
  for (int64_t row = 0; row < tile.rows; ++row)
    for (int64_t column = 0; column < tile.columns; ++column)
      for (int64_t vector = 0; vector < tile.vectors; ++vector, ++next) {
        Position at = {row, column, vector};
        Value x = operand(0, at), y = operand(1, at);
        result[next] = multiplyAdd(x, y, result[next]);
      }
  return result;
}

/// Into the second-level cache, for reading.
void TileEmitter::prefetch(const RegisterTile &tile, const Cursor &cursor) {
  const OperandAccess &access = plan.vectorSide(domain);
  int64_t width = access.panelOf(*plan.vector)->width;
  // Each step of the sum moves the panel by its width.
  Size offset = k.index(0);
  for (unsigned dim : domain.reduction)
    offset =
        k.add(offset, k.mul(cursor.point[dim], k.index(*getConstantIntValue(access.strides[dim]) / width)));
  offset = k.mul(offset, k.index(tile.fetched));
  constexpr int reading = 0, secondLevel = 2, data = 1;
  LLVM::Prefetch::create(k.b, k.loc, k.advance(access.view, tile.ahead, offset), reading, secondLevel, data);
}

Value TileEmitter::multiplyAdd(Value x, Value y, Value sum) {
  if (isa<FloatType>(getElementTypeOrSelf(sum)))
    return math::FmaOp::create(k.b, k.loc, x, y, sum);
  return arith::AddIOp::create(k.b, k.loc, sum, arith::MulIOp::create(k.b, k.loc, x, y));
}

/// Written out once for each accumulator, an epilogue with elementary functions would be most of the code of a tile.
static bool isLong(kernel::ContractOp op) {
  return llvm::any_of(op.getEpilogue().front(), [](Operation &inner) {
    return isa_and_nonnull<math::MathDialect, ir::IngotDialect>(inner.getDialect()) &&
           !isa<math::AbsFOp, math::CeilOp, math::CopySignOp, math::FloorOp, math::FmaOp, math::RoundEvenOp,
                math::SqrtOp, math::TruncOp>(inner);
  });
}

bool TileEmitter::finishesRowByRow(const RegisterTile &tile) {
  auto stepsEvenly = [&](const OperandAccess &access) {
    return !access.panelOf(*plan.rows) && !access.isIrregular(*plan.rows);
  };
  return tile.rows > 1 && plan.rows && isLong(op) && stepsEvenly(domain.out()) &&
         llvm::all_of(domain.epilogue(), stepsEvenly);
}

void TileEmitter::finish(const RegisterTile &tile, const Cursor &cursor, ValueRange accumulators) {
  if (!finishesRowByRow(tile))
    return finishRows(tile, cursor, accumulators);
  // Through the stack, which a loop can index as it cannot registers.
  Type type = accumulators.front().getType();
  Value stack = allocateOnStack(type, accumulators.size());
  auto slot = [&](Value index) -> Value {
    Value wide = arith::IndexCastOp::create(k.b, k.loc, k.b.getI64Type(), index);
    return LLVM::GEPOp::create(k.b, k.loc, stack.getType(), type, stack, ValueRange{wide});
  };
  for (auto [index, value] : llvm::enumerate(accumulators))
    LLVM::StoreOp::create(k.b, k.loc, value, slot(k.value(k.index(index))));
  int64_t inRow = tile.columns * tile.vectors;
  RegisterTile oneRow = tile;
  oneRow.rows = 1;
  k.forLoop(k.index(0), k.index(tile.rows), k.index(1), [&](Size row) {
    Cursor at = cursor;
    for (auto [access, pointer] : llvm::zip_equal(domain.accesses, at.pointers))
      if (access.dependsOn(*plan.rows))
        pointer = k.advance(access.view, pointer, k.mul(row, domain.stride(access, *plan.rows)));
    SmallVector<Value> values;
    for (int64_t i = 0; i < inRow; ++i)
      values.push_back(LLVM::LoadOp::create(k.b, k.loc, type,
                                            slot(k.value(k.add(k.mul(row, k.index(inRow)), k.index(i))))));
    finishRows(oneRow, at, values);
  });
}

Value TileEmitter::allocateOnStack(Type type, int64_t count) {
  OpBuilder::InsertionGuard guard(k.b);
  k.b.setInsertionPointToStart(&op->getParentOfType<func::FuncOp>().getBody().front());
  Value size = arith::ConstantOp::create(k.b, k.loc, k.b.getI64IntegerAttr(count));
  return LLVM::AllocaOp::create(k.b, k.loc, LLVM::LLVMPointerType::get(k.b.getContext()), type, size,
                                /*alignment=*/64);
}

void TileEmitter::finishRows(const RegisterTile &tile, const Cursor &cursor, ValueRange accumulators) {
  SmallVector<Loaded> loaded(domain.epilogue().size());
  const OperandAccess &out = domain.out();
  unsigned next = 0;
  for (int64_t row = 0; row < tile.rows; ++row)
    for (int64_t column = 0; column < tile.columns; ++column)
      for (int64_t vector = 0; vector < tile.vectors; ++vector, ++next) {
        Position at = {row, column, vector};
        SmallVector<Value> arguments = {accumulators[next]};
        for (auto [index, access] : llvm::enumerate(domain.epilogue()))
          arguments.push_back(
              operandAt(tile, access, cursor.pointers[index + 2], at, loaded[index], access.view.element));
        Value result = emitEpilogue(k, op, arguments, tile.lanes);
        Value pointer = lanePointer(out, rowPointer(out, cursor.pointers.back(), at), vector * tile.lanes);
        bool whole = vector + 1 < tile.vectors || !tile.mask || out.isPadded(*plan.vector);
        if (whole)
          k.store(out.view, pointer, result);
        else
          k.storeMasked(out.view, pointer, result, tile.mask);
      }
}

//===--- operands ---------------------------------------------------------------------------------------------------===//

Value TileEmitter::rowPointer(const OperandAccess &access, Value pointer, Position at) {
  Size offset = k.index(0);
  for (auto [dim, step] : {std::pair(plan.rows, at[0]), std::pair(plan.columns, at[1])})
    if (dim && step)
      offset = k.add(offset, domain.offsetWithin(access, *dim, step));
  return k.advance(access.view, pointer, offset);
}

Value TileEmitter::lanePointer(const OperandAccess &access, Value pointer, int64_t lane) {
  return lane ? k.advance(access.view, pointer, domain.offsetWithin(access, *plan.vector, lane)) : pointer;
}

/// The operand's value at an accumulator, converted to `type` and loaded once for all that share it.
Value TileEmitter::operandAt(const RegisterTile &tile, const OperandAccess &access, Value pointer,
                             Position at, Loaded &loaded, Type type) {
  bool last = at[2] + 1 == tile.vectors;
  for (auto [dim, coordinate] :
       {std::pair(plan.rows, &at[0]), std::pair(plan.columns, &at[1]), std::pair(plan.vector, &at[2])})
    if (!dim || !access.dependsOn(*dim))
      *coordinate = 0;
  Value &value = loaded[at];
  if (!value) {
    value = extend(loadLanes(tile, access, rowPointer(access, pointer, at), at[2] * tile.lanes, last), type);
    if (!isa<VectorType>(value.getType()))
      value = k.splat(value, tile.lanes);
  }
  return value;
}

/// The lanes from `first` on; a scalar if the operand does not depend on the vector dimension.
Value TileEmitter::loadLanes(const RegisterTile &tile, const OperandAccess &access, Value pointer,
                             int64_t first, bool last) {
  LaneAccess lanes = laneAccess(domain, access, plan.vector);
  const View &view = access.view;
  if (lanes.kind == LaneAccess::Invariant)
    return k.load(view, pointer, view.element);
  if (tile.lanes == 1)
    return k.load(view, lanePointer(access, pointer, first), view.element);
  bool partial = last && tile.mask && !access.isPadded(*plan.vector);
  Size valid = partial ? tile.valid : k.index(tile.lanes);
  switch (lanes.kind) {
  case LaneAccess::Contiguous: {
    auto type = VectorType::get(tile.lanes, view.element);
    Value start = lanePointer(access, pointer, first);
    return partial ? k.loadMasked(view, start, type, tile.mask) : k.load(view, start, type);
  }
  case LaneAccess::Rows: return loadRows(tile, access, pointer, first, valid);
  case LaneAccess::Strided:
    if (k.target.hasMaskedMemory(view.element))
      return loadStrided(tile, view, lanePointer(access, pointer, first), lanes.stride, valid);
    break;
  default: break;
  }
  return gather(tile, access, pointer, first, valid);
}

/// Parts of one row after another, each loaded to where its lanes are.
Value TileEmitter::loadRows(const RegisterTile &tile, const OperandAccess &access, Value pointer,
                            int64_t first, Size valid) {
  auto type = VectorType::get(tile.lanes, access.view.element);
  int64_t width = access.panelOf(*plan.vector)->width, count = *getConstantIntValue(valid);
  Value result;
  for (int64_t lane = 0, end; lane < count; lane = end) {
    end = std::min(count, ((first + lane) / width + 1) * width - first);
    SmallVector<bool> part(tile.lanes, false);
    std::fill(part.begin() + lane, part.begin() + end, true);
    Size offset = k.sub(domain.offsetWithin(access, *plan.vector, first + lane), k.index(lane));
    Value start = k.advance(access.view, pointer, offset);
    if (end - lane == tile.lanes)
      return k.load(access.view, start, type);
    auto mask = DenseElementsAttr::get(VectorType::get(tile.lanes, k.b.getI1Type()), ArrayRef<bool>(part));
    result = k.loadMasked(access.view, start, type, arith::ConstantOp::create(k.b, k.loc, mask), result);
  }
  return result;
}

/// Every `stride`-th element: consecutive vectors, picked apart. Nothing after the last element is read.
Value TileEmitter::loadStrided(const RegisterTile &tile, const View &view, Value pointer, int64_t stride,
                               Size valid) {
  auto type = VectorType::get(tile.lanes, view.element);
  Size elements = k.add(k.mul(k.sub(valid, k.index(1)), k.index(stride)), k.index(1));
  Value picked;
  for (int64_t part = 0; part < stride; ++part) {
    Size rest = k.sub(elements, k.index(part * tile.lanes));
    Value address = k.advance(view, pointer, k.index(part * tile.lanes));
    bool whole = getConstantIntValue(rest).value_or(0) >= tile.lanes;
    Value chunk =
        whole ? k.load(view, address, type) : k.loadMasked(view, address, type, k.mask(tile.lanes, rest));
    if (!picked) {
      picked = chunk;
      continue;
    }
    // Lanes of earlier parts stay where they are once picked.
    SmallVector<int64_t> order;
    for (int64_t lane = 0; lane < tile.lanes; ++lane) {
      int64_t from = lane * stride;
      if (from / tile.lanes == part)
        order.push_back(tile.lanes + from % tile.lanes);
      else
        order.push_back(part == 1 && from < tile.lanes ? from : lane);
    }
    picked = vector::ShuffleOp::create(k.b, k.loc, picked, chunk, order);
  }
  return picked;
}

/// One by one; lanes that do not exist read one that does.
Value TileEmitter::gather(const RegisterTile &tile, const OperandAccess &access, Value pointer, int64_t first,
                          Size valid) {
  SmallVector<Value> elements;
  const View &view = access.view;
  std::optional<int64_t> count = getConstantIntValue(valid);
  for (int64_t lane = 0; lane < tile.lanes; ++lane) {
    // A count that only run time knows comes with lanes at equal distances.
    Size offset = count ? domain.offsetWithin(access, *plan.vector, first + std::min(lane, *count - 1))
                        : k.add(domain.offsetWithin(access, *plan.vector, first),
                                k.mul(k.min(k.index(lane), k.sub(valid, k.index(1))),
                                      domain.stride(access, *plan.vector)));
    elements.push_back(k.load(view, k.advance(view, pointer, offset), view.element));
  }
  return vector::FromElementsOp::create(k.b, k.loc, VectorType::get(tile.lanes, view.element), elements);
}

Value TileEmitter::extend(Value value, Type element) {
  Type from = getElementTypeOrSelf(value);
  if (from == element)
    return value;
  auto vector = dyn_cast<VectorType>(value.getType());
  Type to = vector ? Type(vector.clone(element)) : element;
  if (isa<FloatType>(element))
    return arith::ExtFOp::create(k.b, k.loc, to, value);
  return arith::ExtSIOp::create(k.b, k.loc, to, value);
}
