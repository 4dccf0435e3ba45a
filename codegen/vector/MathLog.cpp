// Logarithms, inverse hyperbolic functions and roots. Polynomials by tools/dev/minimax.py.
#include "codegen/vector/MathFunctions.h"
#include <limits>

namespace ingot::codegen::f32 {

static constexpr double infinity = std::numeric_limits<double>::infinity();
static constexpr double nan = std::numeric_limits<double>::quiet_NaN();

/// `y` where x is positive and finite, else what a logarithm is there.
static Num logAtEdges(Num x, Num y) {
  Num edge = select(x == 0.0, -infinity, literal(x, nan));
  return select(x == infinity, infinity, select(x > 0.0, y, edge));
}

Num log(Num x) {
  Num subnormal = x < 0x1p-126;
  Num bits = bitsOf(select(subnormal, x * 0x1p23, x));
  // x = 2^e m, sqrt(1/2) <= m < sqrt(2)
  Num root = bitsOf(literal(x, 0x1.6a09e6p-1));
  Num offset = bits - root;
  Num e = i32ToF32(offset >> 23) - select(subnormal, 23, literal(x, 0));
  Num f = fromBits((offset & x.m->integer(offset.type(), 0x007fffff)) + root) - 1.0;
  Num square = f * f;
  Num p = horner(f, {0.333333105, -0.249999881, 0.200022295, -0.16669181, 0.142185017, -0.123854317,
                     0.118753552, -0.117843471, 0.0690320954});
  Num y = fma(e, -0x1.bd0106p-13, f * square * p);
  y = f + fma(square, -0.5, y);
  return logAtEdges(x, fma(e, 0x1.63p-1, y));
}

/// log(2^e (1 + f)) for the u = 2^e (1 + f) nearest to 1; `exact`, where given, is u - 1 without its rounding.
static Num logOf(Num u, const Num *exact) {
  Num root = bitsOf(literal(u, 0x1.6a09e667f3bcdp-1));
  Num offset = bitsOf(u) - root;
  Num e = offset >> 52;
  Num f = fromBits((offset & u.m->integer(offset.type(), 0x000fffffffffffff)) + root) - 1.0;
  if (exact)
    f = select(e == 0.0, *exact, f);
  // The low bits of 1.5 * 2^52 + e are those of e.
  Num magic = literal(u, 0x1.8p52);
  Num exponent = fromBits(bitsOf(magic) + e) - magic;
  Num s = f / (f + 2.0), z = s * s;
  Num p = horner(z, {0.66666666666661967, 0.4000000001142846, 0.2857142407233062, 0.22222869080706545,
                     0.18139909654328701, 0.166259505350905});
  return exponent * 0x1.62e42fefa39efp-1 + (s * 2.0 + s * z * p);
}

Num logF64(Num u) { return logOf(u, nullptr); }
Num log1pF64(Num x) { return logOf(x + 1.0, &x); }

Num log2(Num x) { return logAtEdges(x, toF32(logF64(toF64(x)) * 0x1.71547652b82fep+0)); }
Num log10(Num x) { return logAtEdges(x, toF32(logF64(toF64(x)) * 0x1.bcb7b1526e50ep-2)); }

Num log1p(Num x) {
  Num y = toF32(log1pF64(toF64(x)));
  Num edge = select(x == -1.0, -infinity, literal(x, nan));
  return select((x == infinity) | (x == 0.0), x, select(x > -1.0, y, edge));
}

Num asinh(Num x) {
  Num a = toF64(abs(x)), square = a * a;
  Num y = toF32(log1pF64(a + square / (sqrt(square + 1.0) + 1.0)));
  return select(abs(x) < infinity, copySign(y, x), x);
}

Num acosh(Num x) {
  Num t = toF64(x) - 1.0;
  Num y = toF32(log1pF64(t + sqrt(t * (t + 2.0))));
  return select(x == infinity, infinity, select(x >= 1.0, y, literal(x, nan)));
}

Num atanh(Num x) {
  Num a = abs(x), wide = toF64(a);
  Num y = toF32(log1pF64(wide * 2.0 / (1.0 - wide)) * 0.5);
  Num edge = select(a == 1.0, infinity, literal(x, nan));
  return copySign(select(a < 1.0, y, edge), x);
}

Num rsqrt(Num x) { return 1.0 / sqrt(x); }

Num cbrt(Num x) {
  Num a = abs(x), subnormal = a < 0x1p-126;
  // A third of the exponent and of the mantissa's bits: 4 % off. Two steps of Halley's iteration make it 1e-13.
  Num third = i32ToF32(bitsOf(select(subnormal, a * 0x1p24, a))) * (1.0 / 3);
  Num guess = fromBits(truncToI32(third, 0, 0x1p30) + 709958130.0);
  Num wide = toF64(a), y = toF64(select(subnormal, guess * 0x1p-8, guess));
  for (int step = 0; step < 2; ++step) {
    Num cube = y * y * y;
    y = y * (cube + wide * 2.0) / (cube * 2.0 + wide);
  }
  return select((a > 0.0) & (a < infinity), copySign(toF32(y), x), x);
}

} // namespace ingot::codegen::f32
