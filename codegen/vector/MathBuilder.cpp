#include "codegen/vector/MathBuilder.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/TypeUtilities.h"

using namespace mlir;

namespace ingot::codegen {

Type Num::element() const { return getElementTypeOrSelf(value.getType()); }

static bool isReal(Num x) { return isa<FloatType>(x.element()); }

/// The type of `like` with another element.
static Type withElement(Type like, Type element) {
  if (auto vector = dyn_cast<VectorType>(like))
    return VectorType::get(vector.getShape(), element, vector.getScalableDims());
  return element;
}

static Num constantOf(MathBuilder &m, Type type, TypedAttr element) {
  TypedAttr attr = element;
  if (auto vector = dyn_cast<VectorType>(type))
    attr = SplatElementsAttr::get(vector, element);
  return m.wrap(arith::ConstantOp::create(m.b, m.loc, attr));
}

Num MathBuilder::real(Type like, double value) {
  return constantOf(*this, like, b.getFloatAttr(getElementTypeOrSelf(like), value));
}

Num MathBuilder::integer(Type like, uint64_t bits) {
  Type element = getElementTypeOrSelf(like);
  APInt value = APInt(64, bits).trunc(element.getIntOrFloatBitWidth());
  return constantOf(*this, like, b.getIntegerAttr(element, value));
}

Num literal(Num like, double value) {
  return isReal(like) ? like.m->real(like.type(), value)
                      : like.m->integer(like.type(), static_cast<uint64_t>(static_cast<int64_t>(value)));
}

template <class Op, class... Args> static Num make(Num like, Args... args) {
  return like.m->wrap(Op::create(like.m->b, like.m->loc, args...));
}
template <class Real, class Integer> static Num binary(Num a, Num b) {
  return isReal(a) ? make<Real>(a, a.value, b.value) : make<Integer>(a, a.value, b.value);
}
static Num compare(Num a, Num b, arith::CmpFPredicate real, arith::CmpIPredicate integer) {
  return isReal(a) ? make<arith::CmpFOp>(a, real, a.value, b.value)
                   : make<arith::CmpIOp>(a, integer, a.value, b.value);
}

Num operator+(Num a, Num b) { return binary<arith::AddFOp, arith::AddIOp>(a, b); }
Num operator-(Num a, Num b) { return binary<arith::SubFOp, arith::SubIOp>(a, b); }
Num operator*(Num a, Num b) { return binary<arith::MulFOp, arith::MulIOp>(a, b); }
Num operator/(Num a, Num b) { return make<arith::DivFOp>(a, a.value, b.value); }
Num operator-(Num a) { return make<arith::NegFOp>(a, a.value); }
Num operator&(Num a, Num b) { return make<arith::AndIOp>(a, a.value, b.value); }
Num operator|(Num a, Num b) { return make<arith::OrIOp>(a, a.value, b.value); }
Num operator^(Num a, Num b) { return make<arith::XOrIOp>(a, a.value, b.value); }
Num operator<<(Num a, int64_t count) { return make<arith::ShLIOp>(a, a.value, literal(a, count).value); }
Num operator>>(Num a, int64_t count) { return make<arith::ShRSIOp>(a, a.value, literal(a, count).value); }

Num operator<(Num a, Num b) { return compare(a, b, arith::CmpFPredicate::OLT, arith::CmpIPredicate::slt); }
Num operator<=(Num a, Num b) { return compare(a, b, arith::CmpFPredicate::OLE, arith::CmpIPredicate::sle); }
Num operator>(Num a, Num b) { return compare(a, b, arith::CmpFPredicate::OGT, arith::CmpIPredicate::sgt); }
Num operator>=(Num a, Num b) { return compare(a, b, arith::CmpFPredicate::OGE, arith::CmpIPredicate::sge); }
Num operator==(Num a, Num b) { return compare(a, b, arith::CmpFPredicate::OEQ, arith::CmpIPredicate::eq); }
Num operator!=(Num a, Num b) { return compare(a, b, arith::CmpFPredicate::UNE, arith::CmpIPredicate::ne); }

Num select(Num condition, Num a, Num b) {
  return make<arith::SelectOp>(a, condition.value, a.value, b.value);
}

Num clamp(Num x, double low, double high) {
  x = select(x > high, high, x);
  return select(x < low, low, x);
}

Num fma(Num a, Num b, Num c) {
  return a.m->target.fma ? make<math::FmaOp>(a, a.value, b.value, c.value) : a * b + c;
}

Num horner(Num x, std::initializer_list<double> coefficients) {
  const double *next = coefficients.end();
  Num sum = literal(x, *--next);
  while (next != coefficients.begin())
    sum = fma(sum, x, literal(x, *--next));
  return sum;
}

Num abs(Num x) { return make<math::AbsFOp>(x, x.value); }
Num copySign(Num magnitude, Num sign) {
  return make<math::CopySignOp>(magnitude, magnitude.value, sign.value);
}
Num sqrt(Num x) { return make<math::SqrtOp>(x, x.value); }
Num signBit(Num x) { return bitsOf(x) < 0.0; }

Num operator!(Num condition) { return condition ^ condition.m->integer(condition.type(), 1); }

Value anyLane(Num condition) {
  auto type = dyn_cast<VectorType>(condition.type());
  if (!type)
    return condition.value;
  MathBuilder &m = *condition.m;
  Value flat = condition.value;
  if (type.getRank() != 1)
    flat = vector::ShapeCastOp::create(m.b, m.loc,
                                       VectorType::get(type.getNumElements(), type.getElementType()), flat);
  return vector::ReductionOp::create(m.b, m.loc, vector::CombiningKind::OR, flat);
}

Num toF64(Num x) { return make<arith::ExtFOp>(x, withElement(x.type(), x.m->b.getF64Type()), x.value); }
Num toF32(Num x) { return make<arith::TruncFOp>(x, withElement(x.type(), x.m->b.getF32Type()), x.value); }

Num bitsOf(Num x) {
  Type element = x.m->b.getIntegerType(x.element().getIntOrFloatBitWidth());
  return make<arith::BitcastOp>(x, withElement(x.type(), element), x.value);
}
Num fromBits(Num x) {
  Type element = x.element().isInteger(64) ? Type(x.m->b.getF64Type()) : Type(x.m->b.getF32Type());
  return make<arith::BitcastOp>(x, withElement(x.type(), element), x.value);
}
Num truncToI32(Num x, double low, double high) {
  x = select(x >= low, x, low);
  x = select(x > high, high, x);
  return make<arith::FPToSIOp>(x, withElement(x.type(), x.m->b.getI32Type()), x.value);
}
Num i32ToF32(Num x) { return make<arith::SIToFPOp>(x, withElement(x.type(), x.m->b.getF32Type()), x.value); }
Num i32ToF64(Num x) { return make<arith::SIToFPOp>(x, withElement(x.type(), x.m->b.getF64Type()), x.value); }
Num resizeInt(Num x, unsigned width) {
  Type type = withElement(x.type(), x.m->b.getIntegerType(width));
  unsigned from = x.element().getIntOrFloatBitWidth();
  if (from == width)
    return x;
  return from < width ? make<arith::ExtSIOp>(x, type, x.value) : make<arith::TruncIOp>(x, type, x.value);
}

std::optional<Num> scaleByPowerOfTwo(Num x, Num n) {
  constexpr int64_t lanes = 16;
  auto type = dyn_cast<VectorType>(x.type());
  if (!x.m->target.scaling || !type || type != VectorType::get(lanes, Float32Type::get(type.getContext())))
    return std::nullopt;
  constexpr int32_t currentRounding = 4;
  OpBuilder &b = x.m->b;
  auto number = [&](IntegerAttr value) -> Value { return arith::ConstantOp::create(b, x.m->loc, value); };
  Value operands[] = {x.value, n.value, x.value, number(b.getI16IntegerAttr(-1)),
                      number(b.getI32IntegerAttr(currentRounding))};
  auto name = b.getStringAttr("llvm.x86.avx512.mask.scalef.ps.512");
  return x.m->wrap(
      LLVM::CallIntrinsicOp::create(b, x.m->loc, Type(type), name, ValueRange(operands)).getResult(0));
}

Rounded roundSmall(Num x) {
  // Adding 1.5 * 2^23 leaves the integer in the low bits of the sum.
  double magic = x.element().isF64() ? 0x1.8p52 : 0x1.8p23;
  Num sum = x + magic;
  return {sum - magic, bitsOf(sum) - bitsOf(literal(x, magic))};
}

} // namespace ingot::codegen
