// Exponentials, hyperbolic functions, pow and the error function. Polynomials by tools/dev/minimax.py.
#include "codegen/vector/MathFunctions.h"
#include <limits>

namespace ingot::codegen::f32 {

static constexpr double infinity = std::numeric_limits<double>::infinity();
static constexpr double nan = std::numeric_limits<double>::quiet_NaN();

/// ln 2 as a sum; the first part has so few bits that its products with small integers are exact.
static constexpr double log2e = 0x1.715476p+0, ln2High = 0x1.63p-1, ln2Low = -0x1.bd0106p-13;

/// 2^k as f32, -126 <= k <= 127.
static Num powerOfTwo(Num k) { return fromBits((k + 127.0) << 23); }

/// x * 2^k with one rounding, -252 <= k <= 254.
static Num scale(Num x, Rounded power) {
  if (std::optional<Num> scaled = scaleByPowerOfTwo(x, power.real))
    return *scaled;
  Num k = power.integer;
  Num half = k >> 1;
  return x * powerOfTwo(half) * powerOfTwo(k - half);
}

/// Scores that a mask hides are infinitely far below the others. Their zeros are selected, not computed: results below the
/// normal numbers take a processor a hundred times as long as others.
Num exp(Num x) {
  Num vanishes = x < -104.0;
  Num limited = select(vanishes, 0.0, select(x > 89.0, 89.0, x));
  Rounded n = roundSmall(limited * log2e);
  Num r = fma(n.real, -ln2Low, fma(n.real, -ln2High, limited));
  Num q = horner(r, {0.49999994, 0.166665211, 0.0416682847, 0.00836870167, 0.0013819196});
  return select(vanishes, 0.0, scale(fma(r * r, q, r) + 1.0, n));
}

Num exp2(Num x) {
  x = clamp(x, -150, 128.5);
  Rounded n = roundSmall(x);
  Num r = x - n.real;
  Num q = horner(r, {0.693147182, 0.240226477, 0.0555035919, 0.00961849838, 0.00133911881, 0.000153299945});
  return scale(fma(r, q, literal(r, 1.0)), n);
}

Num expm1(Num x) {
  Num limited = clamp(x, -30, 89);
  auto [n, k] = roundSmall(limited * log2e);
  Num r = fma(n, -ln2Low, fma(n, -ln2High, limited));
  Num q = horner(r, {0.5, 0.166666672, 0.0416664854, 0.00833319314, 0.00139330444, 0.000199576476});
  Num small = fma(r * r, q, r);
  // 2^k (1 + small) - 1, halved so that k = 128 does not overflow early.
  Num power = powerOfTwo(k - 1.0);
  Num y = fma(small, power, power - 0.5) * 2.0;
  return select(x == 0.0, x, y);
}

Num expF64(Num x) {
  auto [n, k] = roundSmall(x * 0x1.71547652b82fep+0);
  Num r = x - n * 0x1.62e42feep-1 - n * 0x1.a39ef35793c76p-33;
  Num p = horner(r, {1.0000000000000135, 1.0000000000000118, 0.49999999999434891, 0.16666666666498386,
                     0.04166666704256948, 0.0083333334024929089, 0.0013888801425279117,
                     0.00019841151575394317, 2.4884616789352209e-5, 2.764710174993043e-6});
  return fromBits(bitsOf(p) + (k << 52));
}

/// Whether y is an integer, and whether an odd one. From 2^24 on, every f32 is an even integer.
struct Parity {
  Num integer, odd;
};
static Parity parityOf(Num y) {
  Num a = abs(y), n = truncToI32(a, 0, 0x1p24), one = literal(n, 1);
  return {(a >= 0x1p24) | (i32ToF32(n) == a), (a < 0x1p24) & (i32ToF32(n) == a) & ((n & one) == one)};
}

Num pow(Num x, Num y) {
  Num a = abs(x);
  Num log = logF64(toF64(select(a > 0.0, a, 1.0)));
  log = select(a == 0.0, -infinity, select(a == infinity, infinity, log));
  Num z = toF32(expF64(clamp(toF64(y) * log, -300, 300)));
  auto [integer, odd] = parityOf(y);
  z = select(signBit(x) & odd, -z, z);
  z = select((x < 0.0) & (a < infinity) & !integer, nan, z);
  z = select((x == 1.0) | (y == 0.0) | ((x == -1.0) & (abs(y) == infinity)), 1.0, z);
  Num undefined = ((x != x) & (y != 0.0)) | ((y != y) & (x != 1.0));
  return select(undefined, nan, z);
}

Num sinh(Num x) {
  Num a = toF64(clamp(abs(x), 0, 100)), square = a * a;
  Num e = expF64(a);
  Num series = a + a * square *
                       horner(square, {0.16666666666698482, 0.008333333317440423, 0.00019841282542010775,
                                       2.7553768369044776e-6, 2.5456800996726794e-8});
  return copySign(toF32(select(a < 1.0, series, (e - 1.0 / e) * 0.5)), x);
}

Num cosh(Num x) {
  Num e = expF64(toF64(clamp(abs(x), 0, 100)));
  return toF32((e + 1.0 / e) * 0.5);
}

Num tanh(Num x) {
  Num a = abs(x), square = a * a;
  Num q =
      horner(square, {-0.333333313, 0.133332223, -0.053948462, 0.0217087511, -0.00819509756, 0.00215765228});
  Num small = fma(square * a, q, a);
  Num large = 1.0 - 2.0 / (exp(a + a) + 1.0);
  return copySign(select(a < 0.625, small, large), x);
}

Num erf(Num x) {
  Num a = clamp(abs(x), 0, 4), square = x * x;
  Num q = horner(square, {0.128379166, -0.376126289, 0.112836242, -0.0268555861, 0.00519193523,
                          -0.000804358453, 7.9680598e-5});
  Num tail = horner(a, {0.000153412737, -1.12939727, -0.633626699, -0.107906714, 0.0248138048, -0.00401402637,
                        0.000385024206, -1.23801528e-5, -6.58340696e-7});
  return select(a < 0.92, fma(x, q, x), copySign(1.0 - exp(tail), x));
}

Num erfc(Num x) {
  Num a = toF64(clamp(abs(x), 0, 10.5));
  Num t = (a - 2.0) / (a + 2.0);
  Num p = horner(t, {1.2769783818237883, -0.092763828393159664, -0.16603043282298635, 0.16405134717785916,
                     -0.054219236977173006, -0.0080345333905266596, 0.0087164184122594732,
                     0.001271271612406972, -0.001433510288922272, -0.00044266722721752729,
                     0.00016736776978127526, 0.00011404558661940756, 1.664715987637099e-5});
  Num y = expF64(-(a * a)) * p / (a * 2.0 + 1.0);
  return toF32(select(x < 0.0, 2.0 - y, y));
}

} // namespace ingot::codegen::f32
