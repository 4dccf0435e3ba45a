#include "ir/ops/TensorValue.h"
#include "ir/ops/Ops.h"

using namespace mlir;

namespace ingot::ir {
namespace {
template <class Op, class... Args> TensorValue build(TensorValue a, Args &&...args) {
  return {*a.builder, a.loc, Op::create(*a.builder, a.loc, std::forward<Args>(args)...)};
}
} // namespace

Value fullOf(OpBuilder &b, Location loc, RankedTensorType type, double number) {
  Type element = type.getElementType();
  Attribute value = isa<FloatType>(element)
                        ? Attribute(b.getFloatAttr(element, number))
                        : Attribute(b.getIntegerAttr(element, static_cast<int64_t>(number)));
  Value scalar =
      ConstantOp::create(b, loc, DenseElementsAttr::get(RankedTensorType::get({}, element), value));
  return type.getRank() ? BroadcastOp::create(b, loc, type, scalar).getResult() : scalar;
}

TensorValue TensorValue::like(double number) const {
  return {*builder, loc, fullOf(*builder, loc, type(), number)};
}

#define INGOT_BINARY(name, Op)                                                                               \
  TensorValue name(TensorValue a, TensorValue b) { return build<Op>(a, a.value, b.value); }
INGOT_BINARY(operator+, AddOp)
INGOT_BINARY(operator-, SubOp)
INGOT_BINARY(operator*, MulOp)
INGOT_BINARY(operator/, DivOp)
INGOT_BINARY(operator&, BitwiseAndOp)
INGOT_BINARY(operator|, BitwiseOrOp)
INGOT_BINARY(operator==, EqOp)
INGOT_BINARY(operator!=, NeOp)
INGOT_BINARY(operator<, LtOp)
INGOT_BINARY(operator<=, LeOp)
INGOT_BINARY(operator>, GtOp)
INGOT_BINARY(operator>=, GeOp)
INGOT_BINARY(pow, PowOp)
INGOT_BINARY(max, MaximumOp)
INGOT_BINARY(min, MinimumOp)
#undef INGOT_BINARY

#define INGOT_UNARY(name, Op)                                                                                \
  TensorValue name(TensorValue x) { return build<Op>(x, x.value); }
INGOT_UNARY(operator-, NegOp)
INGOT_UNARY(abs, AbsOp)
INGOT_UNARY(ceil, CeilOp)
INGOT_UNARY(cos, CosOp)
INGOT_UNARY(cosh, CoshOp)
INGOT_UNARY(digamma, DigammaOp)
INGOT_UNARY(erf, ErfOp)
INGOT_UNARY(exp, ExpOp)
INGOT_UNARY(floor, FloorOp)
INGOT_UNARY(log, LogOp)
INGOT_UNARY(logical_not, LogicalNotOp)
INGOT_UNARY(rsqrt, RsqrtOp)
INGOT_UNARY(sigmoid, SigmoidOp)
INGOT_UNARY(sign, SignOp)
INGOT_UNARY(sin, SinOp)
INGOT_UNARY(sinh, SinhOp)
INGOT_UNARY(sqrt, SqrtOp)
INGOT_UNARY(tanh, TanhOp)
INGOT_UNARY(trunc, TruncOp)
#undef INGOT_UNARY

TensorValue select(TensorValue condition, TensorValue a, TensorValue b) {
  return build<SelectOp>(a, condition.value, a.value, b.value);
}

TensorValue polygamma(int64_t n, TensorValue x) { return build<PolygammaOp>(x, x.value, n); }

TensorValue convert(TensorValue a, Type element) {
  if (a.type().getElementType() == element)
    return a;
  return build<CastOp>(a, withElement(a.type(), element), a.value);
}

TensorValue broadcast(TensorValue x, ArrayRef<sizes::Expr> sizes) {
  RankedTensorType type = tensorOf(sizes, x.type().getElementType());
  return type == x.type() ? x : build<BroadcastOp>(x, type, x.value);
}

TensorValue reshape(TensorValue x, ArrayRef<sizes::Expr> sizes) {
  RankedTensorType type = tensorOf(sizes, x.type().getElementType());
  return type == x.type() ? x : build<ReshapeOp>(x, type, x.value);
}

TensorValue transpose(TensorValue x, ArrayRef<int64_t> permutation) {
  return build<TransposeOp>(x, x.value, x.builder->getDenseI64ArrayAttr(permutation));
}

TensorValue sum(TensorValue x, ArrayRef<int64_t> dims, bool keepdim) {
  return dims.empty() ? x : build<SumOp>(x, x.value, dims, keepdim);
}

TensorValue amax(TensorValue x, ArrayRef<int64_t> dims, bool keepdim) {
  return dims.empty() ? x : build<AmaxOp>(x, x.value, dims, keepdim);
}

TensorValue matmul(TensorValue a, TensorValue b, bool transposeLhs, bool transposeRhs) {
  return build<MatmulOp>(a, a.value, b.value, transposeLhs, transposeRhs);
}

} // namespace ingot::ir
