#include "codegen/vector/EmitContract.h"
#include "codegen/vector/ContractPlan.h"
#include "codegen/vector/KernelEmitter.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include <map>

using namespace mlir;
using namespace ingot;
using namespace ingot::codegen;
using Size = OpFoldResult;

namespace {

/// A stretch of a dimension, `length` elements from `lower` on, that is walked in steps of `extent`.
struct Segment {
  Size lower, length;
  int64_t extent;
  /// Of the vector dimension: lanes of a vector, and how many elements of the one step exist if not all do.
  int64_t lanes = 1;
  Size valid = {};
};

/// The register tile that one kernel computes.
struct Tile {
  int64_t rows, columns, vectors, lanes;
  /// Of the last vector: null if all lanes exist.
  Size valid;
  Value mask;
  /// From where to fetch ahead of use, and how many elements further each step of the sum; null if nowhere.
  Value ahead;
  int64_t fetched;
};

class ContractEmitter {
public:
  ContractEmitter(kernel::ContractOp op, ArrayRef<View> views, KernelBuilder &k)
      : op(op), k(k), domain(op, views, k),
        plan(planContraction(domain, k.target, op.getAccumulatorType(), hasVectorizableEpilogue(op))) {}

  void run() {
    SmallVector<unsigned> outer;
    for (unsigned dim : domain.parallel)
      if (plan.vector != dim && plan.rows != dim && plan.columns != dim)
        outer.push_back(dim);
    emitOuter(outer, Cursor(domain));
  }

private:
  // Loops around the tile.
  void emitOuter(ArrayRef<unsigned> dims, const Cursor &cursor);
  void emitTiles(const Cursor &cursor);
  void emitRowBlock(const Cursor &cursor, Size lower, Size length);
  void emitColumnsOfRows(const Segment &rows, const Segment &columns, const Cursor &cursor, Size lower,
                         Size length);
  void fetchNextPanel(Tile &tile, const Segment &part, const Cursor &cursor);
  SmallVector<Segment> segments(std::optional<unsigned> dim, Size lower, Size length, int64_t tile);
  SmallVector<Segment> vectorSegments(Size lower, Size length, int64_t vectors);
  int64_t vectorsFor(int64_t rows, int64_t columns) const;
  void forSegment(const Segment &segment, std::optional<unsigned> dim, const Cursor &cursor,
                  llvm::function_ref<void(const Cursor &)> body);

  // The tile.
  using Loaded = std::map<std::array<int64_t, 3>, Value>;
  void emitKernel(const Tile &tile, const Cursor &cursor);
  SmallVector<Value> reduce(const Tile &tile, unsigned level, const Cursor &cursor, ValueRange accumulators);
  SmallVector<Value> step(const Tile &tile, const Cursor &cursor, ValueRange accumulators);
  void prefetch(const Tile &tile, const Cursor &cursor);
  void finish(const Tile &tile, const Cursor &cursor, ValueRange accumulators);
  Value operandAt(const Tile &tile, const OperandAccess &access, Value pointer, std::array<int64_t, 3> at,
                  Loaded &loaded, Type type);
  Value rowPointer(const OperandAccess &access, Value pointer, std::array<int64_t, 3> at);
  Value lanePointer(const OperandAccess &access, Value pointer, int64_t lane);
  Value loadLanes(const Tile &tile, const OperandAccess &access, Value pointer, int64_t first, bool last);
  Value loadRows(const Tile &tile, const OperandAccess &access, Value pointer, int64_t first, Size valid);
  Value loadStrided(const Tile &tile, const View &view, Value pointer, int64_t stride, Size valid);
  Value gather(const Tile &tile, const OperandAccess &access, Value pointer, int64_t first, Size valid);
  Value extend(Value value, Type element);
  Value multiplyAdd(Value x, Value y, Value sum);
  Type typeOf(const Tile &tile, Type element) {
    return tile.lanes == 1 ? element : VectorType::get(tile.lanes, element);
  }

  kernel::ContractOp op;
  KernelBuilder &k;
  ContractDomain domain;
  ContractPlan plan;
};

//===--- loops around the tile ----------------------------------------------------------------------------------===//

void ContractEmitter::emitOuter(ArrayRef<unsigned> dims, const Cursor &cursor) {
  if (dims.empty())
    return emitTiles(cursor);
  k.forLoop(k.index(0), domain.sizes[dims.front()], k.index(1),
            [&](Size index) { emitOuter(dims.drop_front(), cursor.at(domain, dims.front(), index)); });
}

void ContractEmitter::forSegment(const Segment &segment, std::optional<unsigned> dim, const Cursor &cursor,
                                 llvm::function_ref<void(const Cursor &)> body) {
  auto step = [&](Size index) { body(dim ? cursor.at(domain, *dim, index) : cursor); };
  std::optional<int64_t> length = getConstantIntValue(segment.length);
  if (!length || *length > segment.extent)
    return k.forLoop(segment.lower, k.add(segment.lower, segment.length), k.index(segment.extent), step);
  if (*length > 0)
    step(segment.lower);
}

/// Cuts steps of `extent` off the front of [lower, lower + length).
static Segment cutSteps(KernelBuilder &k, Size &lower, Size &length, int64_t extent) {
  Segment segment{lower, k.alignDown(length, extent), extent};
  lower = k.add(lower, segment.length);
  length = k.sub(length, segment.length);
  return segment;
}

/// Whole tiles, then the exact remainder where it is known, else powers of two.
SmallVector<Segment> ContractEmitter::segments(std::optional<unsigned> dim, Size lower, Size length,
                                               int64_t tile) {
  if (!dim)
    return {{k.index(0), k.index(1), 1}};
  SmallVector<Segment> result = {cutSteps(k, lower, length, tile)};
  if (std::optional<int64_t> rest = getConstantIntValue(length)) {
    if (*rest)
      result.push_back({lower, length, *rest});
    return result;
  }
  for (int64_t part = llvm::PowerOf2Ceil(tile) / 2; part >= 1; part /= 2)
    result.push_back(cutSteps(k, lower, length, part));
  return result;
}

SmallVector<Segment> ContractEmitter::vectorSegments(Size lower, Size length, int64_t vectors) {
  int64_t lanes = plan.lanes;
  SmallVector<Segment> result;
  auto cut = [&](int64_t extent, int64_t width) {
    result.push_back(cutSteps(k, lower, length, extent));
    result.back().lanes = width;
  };
  cut(lanes * vectors, lanes);
  std::optional<int64_t> rest = getConstantIntValue(length);
  if (rest && plan.maskedTails) {
    int64_t extent = llvm::alignTo(*rest, lanes);
    if (*rest)
      result.push_back({lower, length, extent, lanes, *rest == extent ? Size() : length});
    return result;
  }
  if (rest && *rest >= lanes)
    cut(*rest / lanes * lanes, lanes);
  else if (!rest && vectors > 1)
    cut(lanes, lanes);
  if (plan.maskedTails) {
    result.push_back({lower, length, lanes, lanes, length});
    return result;
  }
  for (int64_t width = lanes / 2; width >= 1; width /= 2)
    cut(width, width);
  return result;
}

/// More vectors a tile where few rows would leave the multiply-adds waiting for each other.
int64_t ContractEmitter::vectorsFor(int64_t rows, int64_t columns) const {
  constexpr int64_t inFlight = 8;
  int64_t vectors = plan.vectors;
  if (!plan.vector)
    return vectors;
  while (rows * columns * vectors * 2 <= inFlight &&
         domain.sizeOr(*plan.vector, INT64_MAX) > vectors * plan.lanes &&
         llvm::all_of(domain.accesses, [&](const OperandAccess &access) {
           return access.allowsTile(*plan.vector, vectors * 2 * plan.lanes,
                                    domain.sizeOr(*plan.vector, INT64_MAX));
         }))
    vectors *= 2;
  return vectors;
}

void ContractEmitter::emitColumnsOfRows(const Segment &rows, const Segment &columns, const Cursor &cursor,
                                        Size lower, Size length) {
  auto kernelOf = [&](const Segment &part, const Cursor &at) {
    Tile tile{rows.extent, columns.extent, part.extent / part.lanes, part.lanes, {}, {}, {}, 0};
    if (part.valid) {
      tile.valid = k.sub(part.valid, k.index(part.extent - part.lanes));
      tile.mask = k.mask(tile.lanes, tile.valid);
    }
    forSegment(rows, plan.rows, at, [&](const Cursor &inner) {
      fetchNextPanel(tile, part, inner);
      emitKernel(tile, inner);
    });
  };
  if (!plan.vector)
    return kernelOf({k.index(0), k.index(1), 1}, cursor);
  for (const Segment &part : vectorSegments(lower, length, vectorsFor(rows.extent, columns.extent)))
    forSegment(part, plan.vector, cursor, [&](const Cursor &at) { kernelOf(part, at); });
}

/// While a block of rows passes by one panel, the next one is fetched from memory: each tile of rows fetches a part of it, a
/// little each step of the sum. A burst at the panel's first use would leave the multiply-adds waiting.
void ContractEmitter::fetchNextPanel(Tile &tile, const Segment &part, const Cursor &cursor) {
  if (!plan.fetchTiles || tile.rows != plan.rowTile || part.extent != plan.width() ||
      part.lanes != plan.lanes)
    return;
  unsigned index = domain.lhs().dependsOn(*plan.vector) ? 0 : 1;
  const OperandAccess &access = domain.accesses[index];
  const OperandAccess::Panel *panel = access.panelOf(*plan.vector);
  tile.fetched = llvm::PowerOf2Ceil(llvm::divideCeil(panel->width, plan.fetchTiles));
  Value turn = k.value(cursor.point[*plan.rows]);
  turn = arith::DivUIOp::create(k.b, k.loc, turn, k.value(k.index(plan.rowTile)));
  turn = arith::RemUIOp::create(k.b, k.loc, turn,
                                k.value(k.index(llvm::divideCeil(panel->width, tile.fetched))));
  Size stretch = k.mul(domain.sizes[domain.reduction.front()], k.index(tile.fetched));
  Value start = k.advance(access.view, cursor.pointers[index], panel->quotient);
  tile.ahead = k.advance(access.view, start, k.mul(turn, stretch));
}

void ContractEmitter::emitTiles(const Cursor &cursor) {
  Size lower = k.index(0), length = plan.rows ? domain.sizes[*plan.rows] : k.index(1);
  if (plan.rowBlock) {
    Segment blocks = cutSteps(k, lower, length, plan.rowBlock);
    k.forLoop(blocks.lower, blocks.length, k.index(plan.rowBlock),
              [&](Size row) { emitRowBlock(cursor, row, k.index(plan.rowBlock)); });
  }
  emitRowBlock(cursor, lower, length);
}

void ContractEmitter::emitRowBlock(const Cursor &cursor, Size lower, Size length) {
  SmallVector<Segment> rowSegments = segments(plan.rows, lower, length, plan.rowTile);
  Size allColumns = plan.columns ? domain.sizes[*plan.columns] : k.index(1);
  for (const Segment &columns : segments(plan.columns, k.index(0), allColumns, plan.columnTile))
    forSegment(columns, plan.columns, cursor, [&](const Cursor &at) {
      Size width = plan.vector ? domain.sizes[*plan.vector] : k.index(1);
      // One pass over the columns serves all rows, so that what columns move is read from memory once.
      int64_t chunk = 0;
      for (const Segment &rows : rowSegments)
        chunk = std::max(chunk, plan.lanes * vectorsFor(rows.extent, columns.extent));
      Size whole = k.alignDown(width, chunk);
      auto pass = [&](Size lower, Size extent) {
        for (const Segment &rows : rowSegments)
          emitColumnsOfRows(rows, columns, at, lower, extent);
      };
      k.forLoop(k.index(0), whole, k.index(chunk), [&](Size lower) { pass(lower, k.index(chunk)); });
      pass(whole, k.sub(width, whole));
    });
}

//===--- the tile -----------------------------------------------------------------------------------------------===//

void ContractEmitter::emitKernel(const Tile &tile, const Cursor &cursor) {
  Value zero = k.zero(typeOf(tile, op.getAccumulatorType()));
  SmallVector<Value> accumulators(tile.rows * tile.columns * tile.vectors, zero);
  finish(tile, cursor, reduce(tile, 0, cursor, accumulators));
}

SmallVector<Value> ContractEmitter::reduce(const Tile &tile, unsigned level, const Cursor &cursor,
                                           ValueRange accumulators) {
  if (level == domain.reduction.size())
    return step(tile, cursor, accumulators);
  unsigned dim = domain.reduction[level];
  // A short window is written out.
  constexpr int64_t maxSteps = 8, maxOps = 160;
  bool innermost = level + 1 == domain.reduction.size();
  int64_t steps = innermost ? std::min<int64_t>(maxSteps, maxOps / accumulators.size()) : 1;
  return k.forLoop(
      k.index(0), domain.sizes[dim], k.index(1), accumulators,
      [&](Size index, ValueRange carried) {
        return reduce(tile, level + 1, cursor.at(domain, dim, index), carried);
      },
      steps);
}

/// One product a accumulator. Vectors are loaded first; broadcasting all scalars first would need more
/// registers than there are.
SmallVector<Value> ContractEmitter::step(const Tile &tile, const Cursor &cursor, ValueRange accumulators) {
  Loaded loaded[2];
  SmallVector<Value> result(accumulators);
  auto operand = [&](unsigned index, std::array<int64_t, 3> at) {
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
        std::array<int64_t, 3> at = {row, column, vector};
        Value x = operand(0, at), y = operand(1, at);
        result[next] = multiplyAdd(x, y, result[next]);
      }
  return result;
}

/// Into the second-level cache, for reading.
void ContractEmitter::prefetch(const Tile &tile, const Cursor &cursor) {
  const View &view = domain.accesses[domain.lhs().dependsOn(*plan.vector) ? 0 : 1].view;
  Size offset = k.mul(cursor.point[domain.reduction.front()], k.index(tile.fetched));
  constexpr int reading = 0, secondLevel = 2, data = 1;
  LLVM::Prefetch::create(k.b, k.loc, k.advance(view, tile.ahead, offset), reading, secondLevel, data);
}

Value ContractEmitter::multiplyAdd(Value x, Value y, Value sum) {
  if (isa<FloatType>(getElementTypeOrSelf(sum)))
    return math::FmaOp::create(k.b, k.loc, x, y, sum);
  return arith::AddIOp::create(k.b, k.loc, sum, arith::MulIOp::create(k.b, k.loc, x, y));
}

void ContractEmitter::finish(const Tile &tile, const Cursor &cursor, ValueRange accumulators) {
  SmallVector<Loaded> loaded(domain.epilogue().size());
  const OperandAccess &out = domain.out();
  unsigned next = 0;
  for (int64_t row = 0; row < tile.rows; ++row)
    for (int64_t column = 0; column < tile.columns; ++column)
      for (int64_t vector = 0; vector < tile.vectors; ++vector, ++next) {
        std::array<int64_t, 3> at = {row, column, vector};
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

Value ContractEmitter::rowPointer(const OperandAccess &access, Value pointer, std::array<int64_t, 3> at) {
  Size offset = k.index(0);
  for (auto [dim, step] : {std::pair(plan.rows, at[0]), std::pair(plan.columns, at[1])})
    if (dim && step)
      offset = k.add(offset, domain.offsetWithin(access, *dim, step));
  return k.advance(access.view, pointer, offset);
}

Value ContractEmitter::lanePointer(const OperandAccess &access, Value pointer, int64_t lane) {
  return lane ? k.advance(access.view, pointer, domain.offsetWithin(access, *plan.vector, lane)) : pointer;
}

/// The operand's value at an accumulator, converted to `type` and loaded once for all that share it.
Value ContractEmitter::operandAt(const Tile &tile, const OperandAccess &access, Value pointer,
                                 std::array<int64_t, 3> at, Loaded &loaded, Type type) {
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
Value ContractEmitter::loadLanes(const Tile &tile, const OperandAccess &access, Value pointer, int64_t first,
                                 bool last) {
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
Value ContractEmitter::loadRows(const Tile &tile, const OperandAccess &access, Value pointer, int64_t first,
                                Size valid) {
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
Value ContractEmitter::loadStrided(const Tile &tile, const View &view, Value pointer, int64_t stride,
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
Value ContractEmitter::gather(const Tile &tile, const OperandAccess &access, Value pointer, int64_t first,
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

Value ContractEmitter::extend(Value value, Type element) {
  Type from = getElementTypeOrSelf(value);
  if (from == element)
    return value;
  auto vector = dyn_cast<VectorType>(value.getType());
  Type to = vector ? Type(vector.clone(element)) : element;
  if (isa<FloatType>(element))
    return arith::ExtFOp::create(k.b, k.loc, to, value);
  return arith::ExtSIOp::create(k.b, k.loc, to, value);
}

//===--- registration -------------------------------------------------------------------------------------------===//

struct ContractKernelEmitter : KernelEmitter {
  explicit ContractKernelEmitter(Dialect *dialect) : KernelEmitter(dialect) {}
  LogicalResult emit(Operation *op, ArrayRef<View> operands, KernelBuilder &k) const override {
    auto contract = dyn_cast<kernel::ContractOp>(op);
    if (!contract)
      return op->emitOpError("has no kernel emitter");
    ContractEmitter(contract, operands, k).run();
    return success();
  }
};

} // namespace

void codegen::registerContractEmitter(DialectRegistry &registry) {
  registry.addExtension(+[](MLIRContext *context, kernel::KernelDialect *dialect) {
    context->loadDialect<arith::ArithDialect, LLVM::LLVMDialect, math::MathDialect, scf::SCFDialect,
                         vector::VectorDialect>();
    dialect->addInterfaces<ContractKernelEmitter>();
  });
}
