#include "ir/ops/Infer.h"
#include "ir/ops/Ops.h"
#include "ir/ops/ScalarValue.h"
#include "ir/ops/TensorValue.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;
using namespace ingot;
using namespace ingot::ir;

//===--- gather -------------------------------------------------------------------------------------------------===//

/// The sizes of `whole` where the dimensions `dims` have those of `index`; `dim` is the one that may differ.
static FailureOr<std::vector<sizes::Expr>> indexedSizes(StringRef who, std::optional<Location> loc,
                                                        Type whole, Type index, int64_t dim,
                                                        ArrayRef<int64_t> dims) {
  auto sizes = sizesOf(whole), positions = sizesOf(index);
  if (failed(checkDims(who, loc, dims, sizes.size())))
    return failure();
  if (!llvm::is_contained(dims, dim))
    return emitOptionalError(loc, "ingot.", who, ": dims must contain the dimension ", dim, ", got [", dims,
                             "]");
  bool fits = positions.size() == dims.size();
  for (size_t i = 0; fits && i < dims.size(); ++i) {
    fits = dims[i] == dim || positions[i] == sizes[dims[i]];
    sizes[dims[i]] = positions[i];
  }
  if (!fits)
    return emitOptionalError(loc, "ingot.", who, ": index must have the sizes of ", describe(whole),
                             " in the dimensions [", dims, "], but for ", dim, ", got ", describe(index));
  return sizes;
}

LogicalResult GatherOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
                                         SmallVectorImpl<Type> &types) {
  Type x = adaptor.getX().getType();
  auto sizes =
      indexedSizes("gather", loc, x, adaptor.getIndex().getType(), adaptor.getDim(), adaptor.getDims());
  if (failed(sizes))
    return failure();
  types.push_back(tensorOf(*sizes, getElementTypeOrSelf(x)));
  return success();
}

LogicalResult GatherOp::buildVjp(OpBuilder &b, ValueRange cotangents, SmallVectorImpl<Value> &grads) {
  Value zeros = fullOf(b, getLoc(), cast<RankedTensorType>(getX().getType()), 0);
  grads.push_back(ScatterOp::create(b, getLoc(), zeros, getIndex(), cotangents[0], "add", getDim(), getDims(),
                                    getInbounds()));
  grads.push_back(nullptr);
  return success();
}

FailureOr<SmallVector<Value>> GatherOp::lowerToLinalg(OpBuilder &b, ValueRange in, SizeBuilder &size) {
  Type type = getY().getType();
  unsigned rank = cast<RankedTensorType>(type).getRank();
  SmallVector<AffineExpr> positions;
  for (int64_t dim : getDims())
    positions.push_back(b.getAffineDimExpr(dim));
  SmallVector<AffineMap> maps = {AffineMap::get(rank, 0, positions, b.getContext()),
                                 b.getMultiDimIdentityMap(rank)};
  SmallVector<utils::IteratorType> loops(rank, utils::IteratorType::parallel);
  auto body = [&](OpBuilder &b, Location loc, ValueRange args) {
    SmallVector<Value> at;
    for (unsigned dim = 0; dim < rank; ++dim)
      at.push_back(dim == getDim() ? Value(arith::IndexCastOp::create(b, loc, b.getIndexType(), args[0]))
                                   : Value(linalg::IndexOp::create(b, loc, dim)));
    linalg::YieldOp::create(b, loc, tensor::ExtractOp::create(b, loc, in[0], at).getResult());
  };
  Value init = size.empty(b, getLoc(), type);
  return SmallVector<Value>{
      linalg::GenericOp::create(b, getLoc(), init.getType(), in[1], init, maps, loops, body).getResult(0)};
}

//===--- scatter ------------------------------------------------------------------------------------------------===//

LogicalResult ScatterOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
                                          SmallVectorImpl<Type> &types) {
  Type into = adaptor.getInto().getType(), x = adaptor.getX().getType();
  auto sizes =
      indexedSizes("scatter", loc, into, adaptor.getIndex().getType(), adaptor.getDim(), adaptor.getDims());
  if (failed(sizes))
    return failure();
  if (x != tensorOf(*sizes, getElementTypeOrSelf(into)))
    return emitOptionalError(loc, "ingot.scatter: what is put into ", describe(into), " must be ",
                             describe(tensorOf(*sizes, getElementTypeOrSelf(into))), ", got ", describe(x));
  if (!llvm::is_contained({"set", "add", "mul", "max", "min"}, adaptor.getKind()))
    return emitOptionalError(loc, "ingot.scatter: kind must be set, add, mul, max or min, got ",
                             adaptor.getKind());
  types.push_back(into);
  return success();
}

Value ScatterOp::buildCombine(OpBuilder &b, Location loc, Value old, Value x) {
  ScalarValue a(b, loc, old), c(b, loc, x);
  StringRef kind = getKind();
  return kind == "add"   ? (a + c).value
         : kind == "mul" ? (a * c).value
         : kind == "max" ? max(a, c).value
         : kind == "min" ? min(a, c).value
                         : x;
}

namespace {

/// The derivatives of a scatter whose kind is not linear.
struct ScatterDerivative {
  ScatterDerivative(ScatterOp op, OpBuilder &b, Value cotangent)
      : op(op), into(b, op.getLoc(), op.getInto()), x(b, op.getLoc(), op.getX()),
        y(b, op.getLoc(), op.getY()), g(b, op.getLoc(), cotangent) {}

  TensorValue gather(TensorValue from) {
    return {*from.builder, from.loc,
            GatherOp::create(*from.builder, from.loc, from.value, op.getIndex(), op.getDim(), op.getDims(),
                             op.getInbounds())};
  }
  TensorValue scatter(TensorValue to, TensorValue what, StringRef kind) {
    return {*to.builder, to.loc,
            ScatterOp::create(*to.builder, to.loc, to.value, op.getIndex(), what.value, kind, op.getDim(),
                              op.getDims(), op.getInbounds())};
  }
  TensorValue number(TensorValue condition) { return convert(condition, g.type().getElementType()); }

  /// Equal extrema share the gradient evenly.
  std::pair<TensorValue, TensorValue> extremum() {
    TensorValue kept = number(into == y), taken = number(x == gather(y));
    TensorValue share = g / scatter(kept, taken, "add");
    return {kept * share, taken * gather(share)};
  }

  /// Each factor's derivative is the product of the others: a factor that is the only zero is taken for 1.
  std::pair<TensorValue, TensorValue> product() {
    TensorValue intoZero = into == 0.0, xZero = x == 0.0;
    TensorValue others = scatter(select(intoZero, 1.0, into), x, "mul") / select(intoZero, 1.0, into);
    TensorValue zeros = gather(scatter(g.like(0.0), number(xZero), "add"));
    TensorValue only = xZero & (zeros == 1.0);
    TensorValue product = scatter(into, select(only, 1.0, x), "mul");
    TensorValue ofX = select(only, gather(g * product), gather(g * y) / select(xZero, 1.0, x));
    return {g * others, ofX};
  }

  ScatterOp op;
  TensorValue into, x, y, g;
};

} // namespace

// Where an element is replaced, nothing of the old one is left.
LogicalResult ScatterOp::buildVjp(OpBuilder &b, ValueRange cotangents, SmallVectorImpl<Value> &grads) {
  ScatterDerivative d(*this, b, cotangents[0]);
  std::pair<TensorValue, TensorValue> derivatives = {d.g, d.gather(d.g)};
  if (getKind() == "set")
    derivatives.first = d.scatter(d.g, d.x.like(0.0), "set");
  else if (getKind() == "mul")
    derivatives = d.product();
  else if (getKind() != "add")
    derivatives = d.extremum();
  grads.append({derivatives.first.value, nullptr, derivatives.second.value});
  return success();
}

//===--- argsort ------------------------------------------------------------------------------------------------===//

namespace {

/// All operands have the sizes and type of the first one; so has the result, but for `element`.
LogicalResult inferScan(StringRef who, std::optional<Location> loc, ValueRange operands, int64_t dim,
                        Type element, SmallVectorImpl<Type> &types) {
  auto type = cast<RankedTensorType>(operands[0].getType());
  if (failed(checkDims(who, loc, dim, type.getRank())))
    return failure();
  for (Value operand : operands)
    if (operand.getType() != type)
      return emitOptionalError(loc, "ingot.", who, ": operands must have one type, got ", describe(type),
                               " and ", describe(operand.getType()));
  types.push_back(element ? withElement(type, element) : type);
  return success();
}

} // namespace

LogicalResult ArgsortOp::inferReturnTypes(MLIRContext *context, std::optional<Location> loc, Adaptor adaptor,
                                          SmallVectorImpl<Type> &types) {
  return inferScan("argsort", loc, adaptor.getX(), adaptor.getDim(), IntegerType::get(context, 64), types);
}

LogicalResult ArgsortOp::buildVjp(OpBuilder &, ValueRange, SmallVectorImpl<Value> &grads) {
  grads.push_back(nullptr);
  return success();
}

//===--- along a dimension --------------------------------------------------------------------------------------===//

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

/// A constant of a state; an infinity of an integer is its least or greatest value.
TypedAttr stateOf(Type type, double value) {
  if (isa<FloatType>(type))
    return FloatAttr::get(type, value);
  unsigned bits = type.getIntOrFloatBitWidth();
  if (std::isinf(value))
    return IntegerAttr::get(type,
                            value < 0 ? APInt::getSignedMinValue(bits) : APInt::getSignedMaxValue(bits));
  return IntegerAttr::get(type, static_cast<int64_t>(value));
}

/// log(exp(a) + exp(b)), also of infinities.
ScalarValue logAddExp(ScalarValue a, ScalarValue b) {
  ScalarValue most = max(a, b);
  return select(abs(most) == infinity, most, most + log1p(exp(-abs(a - b))));
}

/// A dimension and the direction in which it is gone along.
struct Scanned {
  int64_t dim;
  bool reversed;

  Scanned back() const { return {dim, !reversed}; }
  /// Of each element the one before it in this direction, or after it; `end` where there is none.
  TensorValue previous(TensorValue x, double end) const { return shifted(x, reversed, end); }
  TensorValue next(TensorValue x, double end = 0) const { return shifted(x, !reversed, end); }

  TensorValue cumsum(TensorValue x) const {
    return {*x.builder, x.loc, CumsumOp::create(*x.builder, x.loc, x.value, dim, reversed)};
  }
  TensorValue recurrence(TensorValue a, TensorValue x) const {
    return {*x.builder, x.loc,
            LinearRecurrenceOp::create(*x.builder, x.loc, a.value, x.value, dim, reversed)};
  }

private:
  /// x[i + 1] where `up`, else x[i - 1].
  TensorValue shifted(TensorValue x, bool up, double end) const {
    OpBuilder &b = *x.builder;
    std::vector<sizes::Expr> none(x.sizes().size(), 0), one = none;
    one[dim] = 1;
    Value border = fullOf(b, x.loc, RankedTensorType::get({}, x.type().getElementType()), end);
    auto list = [&](bool some) { return SizesAttr::get(b.getContext(), some ? one : none); };
    Value wide = PadOp::create(b, x.loc, x.value, border, list(!up), list(up));
    SmallVector<int64_t> steps(none.size(), 1);
    return {b, x.loc,
            SliceOp::create(b, x.loc, x.type(), wide, ValueRange(), list(up), b.getDenseI64ArrayAttr(steps))};
  }
};

/// sum over j >= i of g[j] * exp(x[i] - y[j]), as exp(x[i] - y[i]) * s[i] with s[i] = g[i] + exp(y[i] - y[i+1]) * s[i+1]:
/// y does not fall, so no exponential is above 1.
TensorValue logcumsumexpDerivative(Scanned along, TensorValue x, TensorValue y, TensorValue g) {
  TensorValue next = along.next(y, infinity);
  TensorValue ratio = exp(select(next == -infinity, 0.0, y - next));
  return exp(select(y == -infinity, 0.0, x - y)) * along.back().recurrence(ratio, g);
}

} // namespace

#define GET_OP_CLASSES
#include "ir/ops/Index.cpp.inc"

void IngotDialect::registerIndexOps() {
  addOperations<
#define GET_OP_LIST
#include "ir/ops/Index.cpp.inc"
      >();
}
