#include "codegen/vector/EmitContract.h"
#include "codegen/vector/EmitContractTile.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"

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

/// Whether what is stored are the sums themselves, as they are accumulated.
bool storesSums(kernel::ContractOp op) {
  return op.hasPlainEpilogue() && getElementTypeOrSelf(op.getOut()) == op.getAccumulatorType();
}

class ContractEmitter {
public:
  ContractEmitter(kernel::ContractOp op, ArrayRef<View> views, KernelBuilder &k)
      : op(op), k(k), domain(op, views, k),
        plan(planContraction(domain, k.target, op.getAccumulatorType(), hasVectorizableEpilogue(op),
                             storesSums(op))) {}

  void run() {
    SmallVector<unsigned> outer;
    for (unsigned dim : domain.parallel)
      if (plan.isOutside(dim))
        (plan.isInsidePanel(domain, dim) ? inside : outer).push_back(dim);
    auto emitAll = [&] {
      emitOuter(outer, Cursor(domain), [&](const Cursor &cursor) { emitTiles(cursor); });
    };
    if (!plan.sumBlock)
      return emitAll();
    Size steps = domain.sizes[domain.reduction.front()];
    k.forLoop(k.index(0), steps, k.index(plan.sumBlock), [&](Size lower) {
      sum = {lower, k.min(k.add(lower, k.index(plan.sumBlock)), steps)};
      emitAll();
    });
  }

private:
  void emitOuter(ArrayRef<unsigned> dims, const Cursor &cursor,
                 llvm::function_ref<void(const Cursor &)> body);
  void emitTiles(const Cursor &cursor);
  void emitRowBlock(const Cursor &cursor, Size lower, Size length);
  void emitColumnsOfRows(const Segment &rows, const Segment &columns, const Cursor &cursor, Size lower,
                         Size length);
  void fetchNextPanel(RegisterTile &tile, const Segment &part, const Cursor &cursor);
  SmallVector<Segment> segments(std::optional<unsigned> dim, Size lower, Size length, int64_t tile);
  SmallVector<Segment> vectorSegments(Size lower, Size length, int64_t vectors);
  int64_t vectorsFor(int64_t rows, int64_t columns) const;
  void forSegment(const Segment &segment, std::optional<unsigned> dim, const Cursor &cursor,
                  llvm::function_ref<void(const Cursor &)> body);

  kernel::ContractOp op;
  KernelBuilder &k;
  ContractDomain domain;
  ContractPlan plan;
  /// Dimensions outside of the tile that are walked while one panel is in cache.
  SmallVector<unsigned> inside;
  SumPart sum;
};

void ContractEmitter::emitOuter(ArrayRef<unsigned> dims, const Cursor &cursor,
                                llvm::function_ref<void(const Cursor &)> body) {
  if (dims.empty())
    return body(cursor);
  k.forLoop(k.index(0), domain.sizes[dims.front()], k.index(1),
            [&](Size index) { emitOuter(dims.drop_front(), cursor.at(domain, dims.front(), index), body); });
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
Segment cutSteps(KernelBuilder &k, Size &lower, Size &length, int64_t extent) {
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
    RegisterTile tile{rows.extent, columns.extent, part.extent / part.lanes, part.lanes};
    if (part.valid) {
      tile.valid = k.sub(part.valid, k.index(part.extent - part.lanes));
      tile.mask = k.mask(tile.lanes, tile.valid);
    }
    forSegment(rows, plan.rows, at, [&](const Cursor &inner) {
      fetchNextPanel(tile, part, inner);
      TileEmitter(op, domain, plan, sum).emit(tile, inner);
    });
  };
  if (!plan.vector)
    return kernelOf({k.index(0), k.index(1), 1}, cursor);
  for (const Segment &part : vectorSegments(lower, length, vectorsFor(rows.extent, columns.extent)))
    forSegment(part, plan.vector, cursor, [&](const Cursor &at) { kernelOf(part, at); });
}

/// While all that it is multiplied with passes by one panel, the next one is fetched from memory: each tile of rows fetches a part
/// of it, a little each step of the sum. A burst at the panel's first use would leave the multiply-adds waiting.
void ContractEmitter::fetchNextPanel(RegisterTile &tile, const Segment &part, const Cursor &cursor) {
  if (!plan.fetchTiles || tile.rows != plan.rowTile || part.extent != plan.width() ||
      part.lanes != plan.lanes)
    return;
  unsigned index = domain.lhs().dependsOn(*plan.vector) ? 0 : 1;
  const OperandAccess &access = domain.accesses[index];
  const OperandAccess::Panel *panel = access.panelOf(*plan.vector);
  tile.fetched = llvm::PowerOf2Ceil(llvm::divideCeil(panel->width, plan.fetchTiles));
  // The number of this tile among those that meet the panel.
  Size turn = k.index(0);
  for (unsigned dim : inside)
    turn = k.add(k.mul(turn, domain.sizes[dim]), cursor.point[dim]);
  Value row =
      arith::DivUIOp::create(k.b, k.loc, k.value(cursor.point[*plan.rows]), k.value(k.index(plan.rowTile)));
  turn = k.add(k.mul(turn, k.floorDiv(domain.sizes[*plan.rows], k.index(plan.rowTile))), row);
  Value stretch = arith::RemUIOp::create(k.b, k.loc, k.value(turn),
                                         k.value(k.index(llvm::divideCeil(panel->width, tile.fetched))));
  Size steps = k.index(1);
  for (unsigned dim : domain.reduction)
    steps = k.mul(steps, domain.sizes[dim]);
  Value start = k.advance(access.view, cursor.pointers[index], panel->quotient);
  tile.ahead = k.advance(access.view, start, k.mul(stretch, k.mul(steps, k.index(tile.fetched))));
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
      // One pass over the columns serves all rows, so that what columns move is read from memory once.
      int64_t chunk = 0;
      for (const Segment &rows : rowSegments)
        chunk = std::max(chunk, plan.lanes * vectorsFor(rows.extent, columns.extent));
      auto pass = [&](Size lower, Size extent) {
        emitOuter(inside, at, [&](const Cursor &inner) {
          for (const Segment &rows : rowSegments)
            emitColumnsOfRows(rows, columns, inner, lower, extent);
        });
      };
      if (!plan.vector)
        return pass(k.index(0), k.index(1));
      Size width = domain.sizes[*plan.vector], whole = k.alignDown(width, chunk);
      k.forLoop(k.index(0), whole, k.index(chunk), [&](Size lower) { pass(lower, k.index(chunk)); });
      pass(whole, k.sub(width, whole));
    });
}

} // namespace

LogicalResult codegen::emitContract(kernel::ContractOp op, ArrayRef<View> operands, KernelBuilder &k) {
  ContractEmitter(op, operands, k).run();
  return success();
}
