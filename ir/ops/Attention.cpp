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

/// Whether a query at or after a key: [S, L].
TensorValue causalMask(OpBuilder &b, Location loc, const sizes::Expr &queries, const sizes::Expr &keys) {
  auto index = [&](const sizes::Expr &size, std::vector<sizes::Expr> column) {
    TensorValue iota(b, loc, IotaOp::create(b, loc, tensorOf({size}, b.getI32Type()), uint64_t(0)));
    return broadcast(reshape(iota, column), {queries, keys});
  };
  return index(queries, {queries, 1}) >= index(keys, {1, keys});
}

Softmax softmaxOfScores(AttentionOp op, OpBuilder &b) {
  Location loc = op.getLoc();
  constexpr double infinity = std::numeric_limits<double>::infinity();
  TensorValue q(b, loc, op.getQ()), k(b, loc, op.getK());
  TensorValue scores = matmul(q, k, false, true) * op.getScale().convertToDouble();
  auto sizes = scores.sizes();
  if (op.getCausal())
    scores = select(broadcast(causalMask(b, loc, sizes.end()[-2], sizes.back()), sizes), scores, -infinity);
  for (Value mask : op.getMasks()) {
    TensorValue whole = broadcast(TensorValue(b, loc, mask), sizes);
    scores = whole.type().getElementType().isInteger(1) ? select(whole, scores, -infinity) : scores + whole;
  }
  SmallVector<int64_t> keys = {int64_t(sizes.size()) - 1};
  TensorValue highest = amax(scores, keys, /*keepdim=*/true);
  if (op.getMasks().empty()) {
    TensorValue e = exp(scores - broadcast(highest, sizes));
    return {e, sum(e, keys, /*keepdim=*/true)};
  }
  // Where a mask hides all keys, the numerators are zeros, and any divisor will do.
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

// The rows of the product are divided, not those of the numerators: there are fewer elements.
Value AttentionOp::decompose(OpBuilder &b) {
  Softmax p = softmaxOfScores(*this, b);
  TensorValue y = matmul(p.numerators, TensorValue(b, getLoc(), getV()));
  return (y / broadcast(p.sums, y.sizes())).value;
}

// With p = softmax(s): dv = p^T g, ds = p * (g v^T - sum(g * y)), dq = scale * ds k, dk = scale * ds^T q.
LogicalResult AttentionOp::buildVjp(OpBuilder &b, ValueRange cotangents, SmallVectorImpl<Value> &grads) {
  auto value = [&](Value v) { return TensorValue(b, getLoc(), v); };
  TensorValue q = value(getQ()), k = value(getK()), v = value(getV()), y = value(getY()),
              g = value(cotangents[0]);
  Softmax softmax = softmaxOfScores(*this, b);
  auto sizes = softmax.numerators.sizes();
  TensorValue p = softmax.numerators / broadcast(softmax.sums, sizes);
  SmallVector<int64_t> last = {int64_t(sizes.size()) - 1};
  TensorValue ds = p * (matmul(g, v, false, true) - broadcast(sum(g * y, last, /*keepdim=*/true), sizes));
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
