// Rounding to integers and the exact remainder.
#include "codegen/vector/MathFunctions.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include <limits>

using namespace mlir;

namespace ingot::codegen::f32 {

/// `rounded`, which holds for |x| < 2^23, beyond which every f32 is an integer; keeps the sign of zero, and NaN.
static Num whereFractional(Num x, Num rounded) { return select(abs(x) < 0x1p23, copySign(rounded, x), x); }

static Num towardsZero(Num x) { return i32ToF32(truncToI32(x, -0x1p23, 0x1p23)); }

Num trunc(Num x) { return whereFractional(x, towardsZero(x)); }

Num floor(Num x) {
  Num t = towardsZero(x);
  return whereFractional(x, select(t > x, t - 1.0, t));
}

Num ceil(Num x) {
  Num t = towardsZero(x);
  return whereFractional(x, select(t < x, t + 1.0, t));
}

Num round(Num x) {
  // The largest f32 below one half: one half itself would carry 0.49999997 to 1.
  return whereFractional(x, towardsZero(abs(x) + 0x1.fffffep-2));
}

Num roundEven(Num x) { return whereFractional(x, (abs(x) + 0x1p23) - 0x1p23); }

/// rest - y q for an integer q of at most 28 significant bits, not above rest / y by more than one: rest - y q is exact.
static Num fmodStep(Num rest, Num y) {
  Num quotient = rest / y;
  Num small = i32ToF64(truncToI32(quotient, 0, 0x1p28));
  Num bits = bitsOf(quotient * (1 - 0x1p-40));
  Num large = fromBits(bits & rest.m->integer(bits.type(), ~((uint64_t(1) << 26) - 1)));
  Num next = rest - select(quotient < 0x1p28, small, large) * y;
  return select(next < 0.0, next + y, next);
}

Num fmod(Num x, Num y) {
  MathBuilder &m = *x.m;
  constexpr double infinity = std::numeric_limits<double>::infinity();
  Num a = toF64(abs(x)), b = toF64(abs(y));
  Num undefined = (a == infinity) | (b == 0.0) | (x != x) | (y != y);
  Num start = select(undefined, std::numeric_limits<double>::quiet_NaN(), a);
  auto loop = scf::WhileOp::create(
      m.b, m.loc, TypeRange{start.type()}, ValueRange{start.value},
      [&](OpBuilder &builder, Location loc, ValueRange args) {
        Num rest = m.wrap(args[0]);
        OpBuilder::InsertionGuard guard(m.b);
        m.b.setInsertionPoint(builder.getInsertionBlock(), builder.getInsertionPoint());
        scf::ConditionOp::create(m.b, loc, anyLane(rest >= b), ValueRange{rest.value});
      },
      [&](OpBuilder &builder, Location loc, ValueRange args) {
        Num rest = m.wrap(args[0]);
        OpBuilder::InsertionGuard guard(m.b);
        m.b.setInsertionPoint(builder.getInsertionBlock(), builder.getInsertionPoint());
        scf::YieldOp::create(m.b, loc, ValueRange{select(rest >= b, fmodStep(rest, b), rest).value});
      });
  return copySign(toF32(m.wrap(loop.getResult(0))), x);
}

} // namespace ingot::codegen::f32
