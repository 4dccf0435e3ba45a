#include "ir/ops/Blocks.h"
#include "ir/ops/Infer.h"
#include "ir/ops/Ops.h"
#include "ir/ops/TensorValue.h"

using namespace mlir;
using namespace ingot;
using namespace ingot::ir;

//===--- types --------------------------------------------------------------------------------------------------===//

namespace {

/// The sizes of the scores, [..., S, L].
std::vector<sizes::Expr> scoreSizes(Type q, Type k) {
  auto sizes = sizesOf(q);
  sizes.back() = sizesOf(k).end()[-2];
  return sizes;
}

LogicalResult checkMask(std::optional<Location> loc, Type mask, ArrayRef<sizes::Expr> scores, Type element) {
  Type type = getElementTypeOrSelf(mask);
  if (!type.isInteger(1) && type != element)
    return emitOptionalError(loc, "ingot.attention: a mask must be of bool or of the type of the query, ",
                             element, ", got ", describe(mask));
  auto sizes = sizesOf(mask);
  bool fits = sizes.size() == scores.size();
  for (size_t d = 0; fits && d < sizes.size(); ++d)
    fits = sizes[d] == scores[d] || sizes[d] == sizes::Expr(1);
  if (!fits)
    return emitOptionalError(loc, "ingot.attention: a mask must have the sizes of the scores, ",
                             describe(tensorOf(scores, type)), ", or 1 instead, got ", describe(mask));
  return success();
}

} // namespace

LogicalResult AttentionOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
                                            SmallVectorImpl<Type> &types) {
  Type qType = adaptor.getQ().getType(), kType = adaptor.getK().getType(), vType = adaptor.getV().getType();
  auto q = sizesOf(qType), k = sizesOf(kType), v = sizesOf(vType);
  Type element = getElementTypeOrSelf(qType);
  bool fits = q.size() >= 2 && q.size() == k.size() && q.size() == v.size() &&
              element == getElementTypeOrSelf(kType) && element == getElementTypeOrSelf(vType) &&
              std::equal(q.begin(), q.end() - 2, k.begin()) &&
              std::equal(k.begin(), k.end() - 1, v.begin()) && q.back() == k.back();
  if (!fits)
    return emitOptionalError(
        loc,
        "ingot.attention: operands must be q [..., S, E], k [..., L, E] and v [..., L, V] "
        "of one element type, got ",
        describe(qType), ", ", describe(kType), " and ", describe(vType));
  for (Value mask : adaptor.getMasks())
    if (failed(checkMask(loc, mask.getType(), scoreSizes(qType, kType), element)))
      return failure();
  q.back() = v.back();
  types.push_back(tensorOf(q, element));
  return success();
}

//===--- composition --------------------------------------------------------------------------------------------===//

namespace {

/// The softmax of the scores as numerators, the sum of each row to divide by.
struct Softmax {
  TensorValue numerators, sums;
};

/// x / sums for each row of x, by one division a row: the sums are at least 1. Halves would be rounded once more.
TensorValue divideRows(TensorValue x, TensorValue sums) {
  bool isHalf = x.type().getElementTypeBitWidth() < 32;
  return isHalf ? x / broadcast(sums, x.sizes()) : x * broadcast(1.0 / sums, x.sizes());
}

/// Whether queries at `positions` are at or after a key: [queries, keys].
TensorValue seesKeys(TensorValue positions, const sizes::Expr &keys) {
  OpBuilder &b = *positions.builder;
  sizes::Expr queries = positions.sizes().front();
  TensorValue key(b, positions.loc,
                  IotaOp::create(b, positions.loc, tensorOf({keys}, b.getI32Type()), uint64_t(0)));
  return broadcast(reshape(positions, {queries, 1}), {queries, keys}) >=
         broadcast(reshape(key, {1, keys}), {queries, keys});
}

Softmax softmaxOfScores(AttentionOp op, OpBuilder &b) {
  Location loc = op.getLoc();
  constexpr double infinity = std::numeric_limits<double>::infinity();
  TensorValue q(b, loc, op.getQ()), k(b, loc, op.getK());
  TensorValue scores = matmul(q, k, false, true) * op.getScale().convertToDouble();
  auto sizes = scores.sizes();
  if (op.getCausal()) {
    TensorValue rows(b, loc,
                     IotaOp::create(b, loc, tensorOf({sizes.end()[-2]}, b.getI32Type()), uint64_t(0)));
    scores = select(broadcast(seesKeys(rows, sizes.back()), sizes), scores, -infinity);
  }
  for (Value mask : op.getMasks()) {
    TensorValue whole = broadcast(TensorValue(b, loc, mask), sizes);
    scores = whole.type().getElementType().isInteger(1) ? select(whole, scores, -infinity) : scores + whole;
  }
  SmallVector<int64_t> keys = {int64_t(sizes.size()) - 1};
  TensorValue highest = amax(scores, keys, /*keepdim=*/true);
  if (op.getMasks().empty() && sizes::Expr::lessEqual(1, sizes.back(), {}) == true) {
    TensorValue e = exp(scores - broadcast(highest, sizes));
    return {e, sum(e, keys, /*keepdim=*/true)};
  }
  // Where a mask hides all keys, or there are none, the numerators are zeros, and any divisor will do.
  TensorValue e = exp(scores - broadcast(select(highest == -infinity, 0.0, highest), sizes));
  TensorValue sums = sum(e, keys, /*keepdim=*/true);
  return {e, select(sums == 0.0, 1.0, sums)};
}

/// A gradient of the sizes of the scores, summed to those of a mask.
TensorValue sumTo(TensorValue g, ArrayRef<sizes::Expr> sizes) {
  auto whole = g.sizes();
  SmallVector<int64_t> dims;
  for (size_t d = 0; d < sizes.size(); ++d)
    if (sizes[d] != whole[d])
      dims.push_back(d);
  return dims.empty() ? g : sum(g, dims, /*keepdim=*/true);
}

} // namespace

//===--- blocks of queries --------------------------------------------------------------------------------------===//

// A loop over blocks of rows of the scores, each of which is computed, used, and forgotten (after Dao et al. 2022): memory
// is linear in the lengths. The derivative is that of the loop: it computes a block again.
namespace {

constexpr int64_t blockRows = 64;
/// Up to so many scores of a query and a key sequence are computed as a whole.
constexpr int64_t wholeScores = 1 << 16;

bool isComputedWhole(AttentionOp op) {
  sizes::Expr queries = sizesOf(op.getQ().getType()).end()[-2], keys = sizesOf(op.getK().getType()).end()[-2];
  auto isBlock = [](const sizes::Expr &e) { return sizes::Expr::lessEqual(e, blockRows, {}) == true; };
  return isBlock(queries) || isBlock(keys) ||
         (queries.isConstant() && keys.isConstant() && queries.constant() * keys.constant() <= wholeScores);
}

class QueryBlocks {
public:
  /// `operands` are q, k, v and masks, in place of the op's own.
  QueryBlocks(OpBuilder &b, AttentionOp op, ValueRange operands)
      : op(op), loc(op.getLoc()), operands(operands), queries(sizesOf(operands[0].getType()).end()[-2]) {
    if (op.getCausal())
      positions = IotaOp::create(b, loc, tensorOf({queries}, b.getI32Type()), uint64_t(0));
  }

  Value build(OpBuilder &b) {
    sizes::Expr blocks = floordiv(queries, blockRows), inBlocks = blocks * blockRows;
    int64_t rank = sizesOf(operands[0].getType()).size();
    auto y = sizesOf(op.getY().getType());
    y.end()[-2] = inBlocks;
    TensorValue whole = reshape(TensorValue(b, loc, loop(b, blocksOf(b, rowsOf(b, 0, inBlocks), blocks))), y);
    if (queries == inBlocks)
      return whole.value;
    Value rest = attend(b, rowsOf(b, inBlocks, queries - inBlocks));
    return ConcatOp::create(b, loc, ValueRange{whole.value, rest}, uint64_t(rank - 2));
  }

private:
  size_t numMasks() const { return operands.size() - 3; }

  /// Some rows of q and of masks that are not the same for all rows; all of k and v; the positions of the rows if needed.
  SmallVector<Value> rowsOf(OpBuilder &b, const sizes::Expr &start, const sizes::Expr &count) {
    auto take = [&](Value x, int64_t fromEnd) -> Value {
      auto sizes = sizesOf(x.getType());
      std::vector<sizes::Expr> starts(sizes.size(), 0);
      starts[sizes.size() - fromEnd] = start, sizes[sizes.size() - fromEnd] = count;
      return SliceOp::create(b, loc, tensorOf(sizes, getElementTypeOrSelf(x)), x, ValueRange{},
                             SizesAttr::get(b.getContext(), starts),
                             b.getDenseI64ArrayAttr(SmallVector<int64_t>(sizes.size(), 1)));
    };
    SmallVector<Value> rows = {take(operands[0], 2), operands[1], operands[2]};
    for (Value mask : operands.drop_front(3))
      rows.push_back(sizesOf(mask.getType()).end()[-2] == sizes::Expr(1) ? mask : take(mask, 2));
    if (positions)
      rows.push_back(take(positions, 1));
    return rows;
  }

  /// The same with the rows as [blocks, rows of a block].
  SmallVector<Value> blocksOf(OpBuilder &b, SmallVector<Value> rows, const sizes::Expr &blocks) {
    auto split = [&](Value &x, int64_t fromEnd) {
      auto sizes = sizesOf(x.getType());
      sizes.insert(sizes.end() - fromEnd, blocks);
      sizes.end()[-fromEnd] = blockRows;
      x = reshape(TensorValue(b, loc, x), sizes).value;
    };
    split(rows[0], 2);
    for (size_t i = 0; i < numMasks(); ++i)
      if (sizesOf(operands[3 + i].getType()).end()[-2] != sizes::Expr(1))
        split(rows[3 + i], 2);
    if (positions)
      split(rows.back(), 1);
    return rows;
  }

  /// Loops over the leading dimensions, then over blocks.
  Value loop(OpBuilder &b, SmallVector<Value> values) {
    bool overBlocks = sizesOf(values[0].getType()).size() == 3;
    SmallVector<Value> sequences, invariants;
    SmallVector<bool> isSequence;
    for (auto [i, value] : llvm::enumerate(values)) {
      auto sizes = sizesOf(value.getType());
      bool isMask = i >= 3 && i < 3 + numMasks(), isPositions = i >= 3 + numMasks();
      bool sliced = overBlocks ? i == 0 || isPositions || (isMask && sizes.size() == 3)
                               : !isPositions && !(isMask && sizes.front() == sizes::Expr(1));
      if (isMask && !sliced && !overBlocks)
        value = reshape(TensorValue(b, loc, value), ArrayRef(sizes).drop_front()).value;
      isSequence.push_back(sliced);
      (sliced ? sequences : invariants).push_back(value);
    }
    auto body = [&](OpBuilder &inner, Location, ValueRange, ValueRange slices,
                    ValueRange invariant) -> SmallVector<Value> {
      SmallVector<Value> step;
      for (bool sliced : isSequence) {
        ValueRange &from = sliced ? slices : invariant;
        step.push_back(from.front());
        from = from.drop_front();
      }
      return {overBlocks ? attend(inner, step) : loop(inner, step)};
    };
    auto scan = ScanOp::create(b, loc, ValueRange{}, sequences, invariants,
                               sizesOf(values[0].getType()).front(), /*reverse=*/false, body);
    scan->setAttr(blocksAttr, b.getUnitAttr());
    return scan.getYs().front();
  }

  /// Attention as a whole; the positions become a mask.
  Value attend(OpBuilder &b, SmallVector<Value> values) {
    if (positions) {
      TensorValue keys(b, loc, values[1]), rows(b, loc, values.back());
      TensorValue mask = seesKeys(rows, keys.sizes().end()[-2]);
      std::vector<sizes::Expr> sizes(sizesOf(values[0].getType()).size() - 2, 1);
      llvm::append_range(sizes, mask.sizes());
      values.back() = reshape(mask, sizes).value;
    }
    return AttentionOp::create(b, loc, values[0], values[1], values[2], ArrayRef(values).drop_front(3),
                               op.getScaleAttr(), UnitAttr());
  }

  AttentionOp op;
  Location loc;
  ValueRange operands;
  sizes::Expr queries;
  Value positions; // of the queries, where they see no later keys
};

} // namespace

// As a whole, the rows of the product are divided, not those of the numerators: there are fewer elements.
Value AttentionOp::decompose(OpBuilder &b) {
  if (!isComputedWhole(*this))
    return QueryBlocks(b, *this, getOperands()).build(b);
  Softmax p = softmaxOfScores(*this, b);
  TensorValue y = matmul(p.numerators, TensorValue(b, getLoc(), getV()));
  return divideRows(y, p.sums).value;
}

//===--- derivative ---------------------------------------------------------------------------------------------===//

namespace {

/// The cotangents of the operands, through the blocks.
void buildVjpOfBlocks(AttentionOp op, OpBuilder &b, Value cotangent, SmallVectorImpl<Value> &grads) {
  SmallVector<Value> operands, leaves;
  for (Value operand : op.getOperands()) {
    operands.push_back(DetachOp::create(b, op.getLoc(), operand));
    if (isa<FloatType>(getElementTypeOrSelf(operand)))
      leaves.push_back(operands.back());
  }
  Value y = QueryBlocks(b, op, operands).build(b);
  auto gradient = GradientOp::create(b, op.getLoc(), ValueRange(leaves).getTypes(), ValueRange{y},
                                     ValueRange{cotangent}, leaves);
  ValueRange results = gradient.getGrads();
  for (Value operand : operands) {
    bool isLeaf = isa<FloatType>(getElementTypeOrSelf(operand));
    grads.push_back(isLeaf ? results.front() : Value());
    results = results.drop_front(isLeaf);
  }
}

} // namespace

// With p = softmax(s) and dp = g v^T: dv = p^T g, ds = p * (dp - sum(p * dp)), dq = scale * ds k, dk = scale * ds^T q. The
// sum is that of g * y, too: the one of fewer terms is computed, which is exact where a query sees one key.
LogicalResult AttentionOp::buildVjp(OpBuilder &b, ValueRange cotangents, SmallVectorImpl<Value> &grads) {
  if (!isComputedWhole(*this)) {
    buildVjpOfBlocks(*this, b, cotangents[0], grads);
    return success();
  }
  auto value = [&](Value v) { return TensorValue(b, getLoc(), v); };
  TensorValue q = value(getQ()), k = value(getK()), v = value(getV()), y = value(getY()),
              g = value(cotangents[0]);
  Softmax softmax = softmaxOfScores(*this, b);
  auto sizes = softmax.numerators.sizes();
  TensorValue p = divideRows(softmax.numerators, softmax.sums);
  TensorValue dp = matmul(g, v, false, true);
  SmallVector<int64_t> last = {int64_t(sizes.size()) - 1};
  bool fewKeys = sizes::Expr::lessEqual(sizes.back(), y.sizes().back(), {}) == true;
  TensorValue ds = p * (dp - broadcast(sum(fewKeys ? p * dp : g * y, last, /*keepdim=*/true), sizes));
  double scale = getScale().convertToDouble();
  grads.push_back((matmul(ds, k) * scale).value);
  grads.push_back((matmul(ds, q, true) * scale).value);
  grads.push_back(matmul(p, g, true).value);
  for (Value mask : getMasks()) {
    bool isBool = getElementTypeOrSelf(mask.getType()).isInteger(1);
    grads.push_back(isBool ? Value() : sumTo(ds, sizesOf(mask.getType())).value);
  }
  return success();
}

#define GET_OP_CLASSES
#include "ir/ops/Attention.cpp.inc"

void IngotDialect::registerAttentionOps() {
  addOperations<
#define GET_OP_LIST
#include "ir/ops/Attention.cpp.inc"
      >();
}
