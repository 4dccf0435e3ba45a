#include "ir/ops/Infer.h"
#include "ir/ops/Ops.h"
#include "ir/ops/ScalarValue.h"
#include "ir/ops/TensorValue.h"

using namespace mlir;
using namespace ingot;
using namespace ingot::ir;

namespace {

LogicalResult inferReduction(StringRef who, std::optional<Location> loc, Type x, ArrayRef<int64_t> dims,
                             bool keepdim, SmallVectorImpl<Type> &types) {
  auto sizes = sizesOf(x);
  if (failed(checkDims(who, loc, dims, sizes.size())))
    return failure();
  std::vector<sizes::Expr> result;
  for (int64_t i = 0; i < int64_t(sizes.size()); ++i) {
    bool reduced = llvm::is_contained(dims, i);
    if (!reduced || keepdim)
      result.push_back(reduced ? sizes::Expr(1) : sizes[i]);
  }
  types.push_back(tensorOf(result, getElementTypeOrSelf(x)));
  return success();
}

/// The least and the greatest value of an element type, and constants of it.
struct Limits {
  explicit Limits(Type type) : type(type) {
    if (isa<FloatType>(type))
      highest = std::numeric_limits<double>::infinity(), lowest = -highest;
  }
  TypedAttr attr(double value) const {
    if (isa<FloatType>(type))
      return FloatAttr::get(type, value);
    unsigned bits = type.getIntOrFloatBitWidth();
    if (value != highest && value != lowest)
      return IntegerAttr::get(type, static_cast<int64_t>(value));
    bool isHigh = value == highest;
    if (bits == 1)
      return IntegerAttr::get(type, isHigh ? 1 : 0);
    return IntegerAttr::get(type, isHigh ? APInt::getSignedMaxValue(bits) : APInt::getSignedMinValue(bits));
  }
  Type type;
  double highest = 1e300, lowest = -1e300; // of integers: markers that attr() replaces
};

/// A reduced tensor repeated to the sizes of `like`.
TensorValue spread(TensorValue reduced, TensorValue like, ArrayRef<int64_t> dims) {
  auto kept = like.sizes();
  for (int64_t dim : dims)
    kept[dim] = 1;
  return broadcast(reshape(reduced, kept), like.sizes());
}

TensorValue shareEvenly(TensorValue g, TensorValue chosen, ArrayRef<int64_t> dims) {
  TensorValue weights = convert(chosen, g.type().getElementType());
  return g * weights / spread(sum(weights, dims), g, dims);
}

/// The product of the other elements: right, too, where one or more elements are zero.
TensorValue prodDerivative(TensorValue g, TensorValue x, ArrayRef<int64_t> dims) {
  TensorValue isZero = x == 0.0, nonZero = select(isZero, 1.0, x);
  TensorValue ones = convert(isZero, x.type().getElementType());
  TensorValue product(*x.builder, x.loc,
                      ProdOp::create(*x.builder, x.loc, nonZero.value, dims, /*keepdim=*/false));
  TensorValue others = spread(product, x, dims) / nonZero;
  TensorValue zerosElsewhere = spread(sum(ones, dims), x, dims) - ones;
  return g * select(zerosElsewhere == 0.0, others, 0.0);
}

} // namespace

//===--- softmax ------------------------------------------------------------------------------------------------===//

// Each is one function: of 16-bit elements it is computed in float32, and rounded once.

static TensorValue widened(OpBuilder &b, Location loc, Value x) {
  TensorValue value(b, loc, x);
  Type element = value.type().getElementType();
  return element.getIntOrFloatBitWidth() < 32 ? convert(value, b.getF32Type()) : value;
}

static Value roundedLike(Value x, TensorValue result) {
  return convert(result, cast<RankedTensorType>(x.getType()).getElementType()).value;
}

// y * (g - sum(g * y))
LogicalResult SoftmaxOp::buildVjp(OpBuilder &b, ValueRange cotangents, SmallVectorImpl<Value> &grads) {
  TensorValue g = widened(b, getLoc(), cotangents[0]), y = widened(b, getLoc(), getY());
  SmallVector<int64_t> dims = {int64_t(getDim())};
  grads.push_back(roundedLike(getX(), y * (g - spread(sum(g * y, dims), y, dims))));
  return success();
}

// A row's sum is at least 1: its reciprocal is as good as a division of each element, and one a row.
Value SoftmaxOp::decompose(OpBuilder &b) {
  TensorValue x = widened(b, getLoc(), getX());
  SmallVector<int64_t> dims = {int64_t(getDim())};
  TensorValue e = exp(x - spread(amax(x, dims), x, dims));
  return roundedLike(getX(), e * spread(1.0 / sum(e, dims), x, dims));
}

// g - exp(y) * sum(g)
LogicalResult LogSoftmaxOp::buildVjp(OpBuilder &b, ValueRange cotangents, SmallVectorImpl<Value> &grads) {
  TensorValue g = widened(b, getLoc(), cotangents[0]), y = widened(b, getLoc(), getY());
  SmallVector<int64_t> dims = {int64_t(getDim())};
  grads.push_back(roundedLike(getX(), g - exp(y) * spread(sum(g, dims), y, dims)));
  return success();
}

Value LogSoftmaxOp::decompose(OpBuilder &b) {
  TensorValue x = widened(b, getLoc(), getX());
  SmallVector<int64_t> dims = {int64_t(getDim())};
  TensorValue shifted = x - spread(amax(x, dims), x, dims);
  return roundedLike(getX(), shifted - spread(log(sum(exp(shifted), dims)), x, dims));
}

#define GET_OP_CLASSES
#include "ir/ops/Reduce.cpp.inc"

void IngotDialect::registerReduceOps() {
  addOperations<
#define GET_OP_LIST
#include "ir/ops/Reduce.cpp.inc"
      >();
}
