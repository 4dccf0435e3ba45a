// Trigonometric functions and their inverses. Polynomials by tools/dev/minimax.py.
#include "codegen/vector/MathFunctions.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include <limits>

using namespace mlir;

namespace ingot::codegen::f32 {

static constexpr double infinity = std::numeric_limits<double>::infinity();
static constexpr double nan = std::numeric_limits<double>::quiet_NaN();
/// From here on the product with the parts of pi/2 is no longer exact.
static constexpr double largeArgument = 0x1p17;

/// x = quadrant * pi/2 + rest, |rest| <= pi/4, the quadrant modulo 4 in the low bits.
struct Reduced {
  Num rest;     // f32
  Num quadrant; // i32
};

/// |x| < 2^17, by subtracting a multiple of pi/2 in two parts, of which the first gives exact products.
static Reduced reduceSmall(Num x) {
  Num wide = toF64(x);
  auto [n, k] = roundSmall(wide * 0x1.45f306dc9c883p-1);
  Num rest = wide - n * 0x1.921fb544p+0 - n * 0x1.0b4611a626331p-34;
  return {toF32(rest), resizeInt(k, 32)};
}

static Num shiftLeft(Num a, Num count) {
  return a.m->wrap(arith::ShLIOp::create(a.m->b, a.m->loc, a.value, count.value));
}
static Num shiftRightLogical(Num a, Num count) {
  return a.m->wrap(arith::ShRUIOp::create(a.m->b, a.m->loc, a.value, count.value));
}

/// 64 bits from bit `shift` (0 to 63) on of the 128-bit number high:low.
static Num window(Num high, Num low, Num shift) {
  Num one = literal(shift, 1);
  // Shifting by 64 is poison: the lower word moves in two steps.
  return shiftLeft(high, shift) |
         shiftRightLogical(shiftRightLogical(low, one), shift.m->integer(shift.type(), 63) - shift);
}

/// Any finite x, by the method of Payne and Hanek: x = M 2^E with an integer M of 24 bits, so that only 96 bits of 2/pi
/// matter: those above are multiples of 4 after the product, those below smaller than the result's error.
static Reduced reduceLarge(Num x) {
  MathBuilder &m = *x.m;
  Num bits = resizeInt(bitsOf(abs(x)), 64);
  auto word = [&](uint64_t value) { return m.integer(bits.type(), value); };
  Num mantissa = (bits & word(0x7fffff)) | word(0x800000);
  // M 2^E with E = exponent - 150. The table holds 2/pi behind eight zero bits, so that bit E + 6 of it is
  // the one that 2^E moves to the weight 2; |x| >= 2^17 makes that 0 at least.
  Num start = shiftRightLogical(bits, word(23)) - word(150 - 6);
  Num w0 = word(0x00a2f9836e4e4415), w1 = word(0x29fc2757d1f534dd), w2 = word(0xc0db6295993c4390);
  Num w3 = word(0x41fe5163abdebbc5);
  Num second = start >= word(64), shift = start & word(63);
  Num a = select(second, w1, w0), b = select(second, w2, w1), c = select(second, w3, w2);
  Num high = window(a, b, shift), low = window(b, c, shift);
  // Fixed point with two bits before the point; what lies above falls out of the product.
  Num product = mantissa * high + shiftRightLogical(mantissa * shiftRightLogical(low, word(32)), word(32));
  Num quadrant = shiftRightLogical(product + word(uint64_t(1) << 61), word(62));
  Num fraction = product - (quadrant << 62);
  Num rest =
      m.wrap(arith::SIToFPOp::create(m.b, m.loc, toF64(x).type(), fraction.value)) * 0x1.921fb54442d18p-62;
  Num negative = signBit(x), q = resizeInt(quadrant, 32);
  rest = select(negative, -rest, rest);
  return {select(abs(x) < infinity, toF32(rest), nan), select(negative, literal(q, 0) - q, q)};
}

static Reduced reduce(Num x) {
  MathBuilder &m = *x.m;
  Reduced small = reduceSmall(x);
  Num large = abs(x) >= largeArgument;
  auto branch =
      scf::IfOp::create(m.b, m.loc, TypeRange{small.rest.type(), small.quadrant.type()}, anyLane(large),
                        /*withElseRegion=*/true);
  {
    OpBuilder::InsertionGuard guard(m.b);
    m.b.setInsertionPointToStart(branch.thenBlock());
    Reduced exact = reduceLarge(x);
    scf::YieldOp::create(m.b, m.loc,
                         ValueRange{select(large, exact.rest, small.rest).value,
                                    select(large, exact.quadrant, small.quadrant).value});
    m.b.setInsertionPointToStart(branch.elseBlock());
    scf::YieldOp::create(m.b, m.loc, ValueRange{small.rest.value, small.quadrant.value});
  }
  return {m.wrap(branch.getResult(0)), m.wrap(branch.getResult(1))};
}

static Num hasBit(Num x, double bit) {
  Num mask = literal(x, bit);
  return (x & mask) == mask;
}

/// sin(rest + quadrant pi/2)
static Num sinOf(Num rest, Num quadrant) {
  Num z = rest * rest;
  Num s = fma(z * rest, horner(z, {-0.166666672, 0.00833338033, -0.000198535025, 2.83734448e-6}), rest);
  Num c = fma(z * z, horner(z, {0.0416666679, -0.00138889824, 2.48229662e-5, -2.89740427e-7}),
              fma(z, -0.5, literal(z, 1)));
  Num y = select(hasBit(quadrant, 1), c, s);
  return select(hasBit(quadrant, 2), -y, y);
}

Num sin(Num x) {
  auto [rest, quadrant] = reduce(x);
  return select(x == 0.0, x, sinOf(rest, quadrant));
}

Num cos(Num x) {
  auto [rest, quadrant] = reduce(x);
  return sinOf(rest, quadrant + 1.0);
}

Num tan(Num x) {
  auto [rest, quadrant] = reduce(x);
  Num z = rest * rest;
  Num t = fma(z * rest,
              horner(z, {0.333333313, 0.133334324, 0.0539514907, 0.0220060069, 0.00825412478, 0.00514605269,
                         -0.000753111788, 0.00210636156}),
              rest);
  return select(hasBit(quadrant, 1), -1.0 / t, t);
}

static constexpr double pi = 0x1.921fb6p+1, halfPi = 0x1.921fb6p+0, halfPiLow = -0x1.777a5cp-25;

/// asin of |x|, folded at 1/2: asin(a) = pi/2 - 2 asin(sqrt((1 - a) / 2)). `r` is the arcsine on the small side.
struct Folded {
  Num large, r;
};
static Folded foldAsin(Num x) {
  Num a = abs(x), large = a > 0.5;
  Num z = select(large, (1.0 - a) * 0.5, a * a);
  Num s = select(large, sqrt(z), a);
  Num p = horner(z, {0.166666597, 0.0750052109, 0.04451387, 0.0318319015, 0.0143527379, 0.0376300439});
  return {large, fma(s * z, p, s)};
}

Num asin(Num x) {
  auto [large, r] = foldAsin(x);
  return copySign(select(large, halfPi - (r * 2.0 - halfPiLow), r), x);
}

Num acos(Num x) {
  auto [large, r] = foldAsin(x);
  Num twice = r * 2.0;
  Num folded = select(x < 0.0, pi - (twice - 2 * halfPiLow), twice);
  return select(large, folded, halfPi - (copySign(r, x) - halfPiLow));
}

/// 0 <= t <= 1
static Num atanOfUnit(Num t) {
  Num z = t * t;
  Num p = horner(z, {-0.333333284, 0.199997216, -0.142804697, 0.110622779, -0.0882595032, 0.0677484497,
                     -0.045151528, 0.022927912, -0.00749885896, 0.00114967802});
  return fma(t * z, p, t);
}

Num atan(Num x) {
  Num a = abs(x), inverted = a > 1.0;
  Num r = atanOfUnit(select(inverted, 1.0 / a, a));
  return copySign(select(inverted, halfPi - (r - halfPiLow), r), x);
}

Num atan2(Num y, Num x) {
  Num a = abs(y), b = abs(x), steep = a > b;
  Num low = select(steep, b, a), high = select(steep, a, b);
  Num t = select(high == 0.0, 0.0, select(low == infinity, 1.0, low / high));
  Num r = atanOfUnit(t);
  r = select(steep, halfPi - (r - halfPiLow), r);
  r = select(signBit(x), pi - (r - 2 * halfPiLow), r);
  Num undefined = (x != x) | (y != y);
  return select(undefined, nan, copySign(r, y));
}

} // namespace ingot::codegen::f32
