#include "ir/ops/ScalarValue.h"
#include "ir/dialect/ScalarOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;
using namespace ingot::ir;

namespace ingot::ir {
namespace {

template <class Op, class... Args> ScalarValue build(ScalarValue a, Args... args) {
  return {*a.builder, a.loc, Op::create(*a.builder, a.loc, args...)};
}

/// One op for floats, one for integers; bool has its own.
template <class Float, class Integer, class Bool> ScalarValue arithmetic(ScalarValue a, ScalarValue b) {
  if (a.isFloat())
    return build<Float>(a, a.value, b.value);
  return a.isBool() ? build<Bool>(a, a.value, b.value) : build<Integer>(a, a.value, b.value);
}

} // namespace

ScalarValue ScalarValue::like(double number) const {
  TypedAttr attr = isFloat() ? TypedAttr(builder->getFloatAttr(type(), number))
                             : TypedAttr(builder->getIntegerAttr(type(), static_cast<int64_t>(number)));
  return {*builder, loc, arith::ConstantOp::create(*builder, loc, attr)};
}

ScalarValue compare(Relation relation, ScalarValue a, ScalarValue b) {
  using F = arith::CmpFPredicate;
  using I = arith::CmpIPredicate;
  static constexpr F floats[] = {F::OEQ, F::UNE, F::OLT, F::OLE, F::OGT, F::OGE};
  static constexpr I integers[] = {I::eq, I::ne, I::slt, I::sle, I::sgt, I::sge};
  static constexpr I bools[] = {I::eq, I::ne, I::ult, I::ule, I::ugt, I::uge};
  int i = static_cast<int>(relation);
  if (a.isFloat())
    return build<arith::CmpFOp>(a, floats[i], a.value, b.value);
  return build<arith::CmpIOp>(a, a.isBool() ? bools[i] : integers[i], a.value, b.value);
}

/// The instruction traps on zero, and on the least number over -1, whose quotient wraps. Bool: a where b is true.
static ScalarValue divideIntegers(ScalarValue a, ScalarValue b) {
  if (a.isBool())
    return a & b;
  ScalarValue special = (b == b.like(0)) | (b == b.like(-1));
  ScalarValue quotient = build<arith::DivSIOp>(a, a.value, select(special, b.like(1), b).value);
  return select(special, a * b, quotient); // a * 0 and a * -1
}

ScalarValue operator+(ScalarValue a, ScalarValue b) {
  return arithmetic<arith::AddFOp, arith::AddIOp, arith::OrIOp>(a, b);
}
ScalarValue operator-(ScalarValue a, ScalarValue b) {
  return arithmetic<arith::SubFOp, arith::SubIOp, arith::XOrIOp>(a, b);
}
ScalarValue operator*(ScalarValue a, ScalarValue b) {
  return arithmetic<arith::MulFOp, arith::MulIOp, arith::AndIOp>(a, b);
}
ScalarValue operator/(ScalarValue a, ScalarValue b) {
  return a.isFloat() ? build<arith::DivFOp>(a, a.value, b.value) : divideIntegers(a, b);
}
ScalarValue operator&(ScalarValue a, ScalarValue b) { return build<arith::AndIOp>(a, a.value, b.value); }
ScalarValue operator|(ScalarValue a, ScalarValue b) { return build<arith::OrIOp>(a, a.value, b.value); }
ScalarValue operator^(ScalarValue a, ScalarValue b) { return build<arith::XOrIOp>(a, a.value, b.value); }

ScalarValue operator-(ScalarValue a) {
  return a.isFloat() ? build<arith::NegFOp>(a, a.value) : a.like(0) - a;
}

ScalarValue max(ScalarValue a, ScalarValue b) {
  return arithmetic<arith::MaximumFOp, arith::MaxSIOp, arith::OrIOp>(a, b);
}
ScalarValue min(ScalarValue a, ScalarValue b) {
  return arithmetic<arith::MinimumFOp, arith::MinSIOp, arith::AndIOp>(a, b);
}
ScalarValue fmax(ScalarValue a, ScalarValue b) {
  return arithmetic<arith::MaxNumFOp, arith::MaxSIOp, arith::OrIOp>(a, b);
}
ScalarValue fmin(ScalarValue a, ScalarValue b) {
  return arithmetic<arith::MinNumFOp, arith::MinSIOp, arith::AndIOp>(a, b);
}

ScalarValue fmod(ScalarValue a, ScalarValue b) {
  return a.isFloat() ? build<arith::RemFOp>(a, a.value, b.value) : a - divideIntegers(a, b) * b;
}

ScalarValue remainder(ScalarValue a, ScalarValue b) {
  ScalarValue r = fmod(a, b);
  ScalarValue otherSign = a.isFloat() ? (r < 0.0) ^ (b < 0.0) : ((r ^ b) < 0.0);
  return select((r != 0.0) & otherSign, r + b, r);
}

ScalarValue pow(ScalarValue a, ScalarValue b) {
  return a.isFloat() ? build<math::PowFOp>(a, a.value, b.value) : build<math::IPowIOp>(a, a.value, b.value);
}
ScalarValue atan2(ScalarValue a, ScalarValue b) { return build<math::Atan2Op>(a, a.value, b.value); }
ScalarValue copysign(ScalarValue a, ScalarValue b) { return build<math::CopySignOp>(a, a.value, b.value); }

ScalarValue select(ScalarValue condition, ScalarValue a, ScalarValue b) {
  return build<arith::SelectOp>(a, condition.value, a.value, b.value);
}

ScalarValue convert(ScalarValue a, Type type) {
  Type from = a.type();
  if (from == type)
    return a;
  if (type.isInteger(1))
    return a != 0.0;
  bool toFloat = isa<FloatType>(type);
  unsigned bits = from.getIntOrFloatBitWidth(), wanted = type.getIntOrFloatBitWidth();
  if (a.isFloat() && toFloat) {
    if (bits == wanted) // bf16 <-> f16
      return convert(convert(a, a.builder->getF32Type()), type);
    return wanted > bits ? build<arith::ExtFOp>(a, type, a.value) : build<arith::TruncFOp>(a, type, a.value);
  }
  if (a.isFloat())
    return build<arith::FPToSIOp>(a, type, a.value);
  if (a.isBool())
    return toFloat ? build<arith::UIToFPOp>(a, type, a.value) : build<arith::ExtUIOp>(a, type, a.value);
  if (toFloat)
    return build<arith::SIToFPOp>(a, type, a.value);
  return wanted > bits ? build<arith::ExtSIOp>(a, type, a.value) : build<arith::TruncIOp>(a, type, a.value);
}

ScalarValue abs(ScalarValue x) {
  return x.isFloat() ? build<math::AbsFOp>(x, x.value) : build<math::AbsIOp>(x, x.value);
}
// exp(-x) overflows to infinity for very negative x, and 1 / infinity is the right 0.
ScalarValue sigmoid(ScalarValue x) { return 1.0 / (1.0 + exp(-x)); }
ScalarValue sign(ScalarValue x) { return select(x > 0.0, x.like(1), select(x < 0.0, x.like(-1), x.like(0))); }
ScalarValue isnan(ScalarValue x) { return x != x; }
ScalarValue logical_not(ScalarValue x) { return x == x.like(0); }
ScalarValue lgamma(ScalarValue x) { return build<ScalarLgammaOp>(x, x.value); }
ScalarValue digamma(ScalarValue x) { return build<ScalarDigammaOp>(x, x.value); }
ScalarValue polygamma(int64_t n, ScalarValue x) { return build<ScalarPolygammaOp>(x, x.value, n); }
ScalarValue erfinv(ScalarValue x) { return build<ScalarErfinvOp>(x, x.value); }

#define INGOT_SCALAR_UNARY(name)
#define INGOT_SCALAR_MATH(name, Op)                                                                          \
  ScalarValue name(ScalarValue x) { return build<math::Op>(x, x.value); }
#include "ir/ops/ScalarUnary.inc"

} // namespace ingot::ir
