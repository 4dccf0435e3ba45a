// The gamma function's logarithm with its derivatives, and the inverse error function. Polynomials by tools/dev/minimax.py.
//
// All are computed in f64. For f32 they call nothing; for f64 they take logarithms, and erfinv more, from libm.
#include "codegen/vector/MathFunctions.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include <cmath>
#include <limits>
#include <vector>

using namespace mlir;

namespace ingot::codegen::f32 {

static constexpr double infinity = std::numeric_limits<double>::infinity();
static constexpr double nan = std::numeric_limits<double>::quiet_NaN();
static constexpr double pi = 0x1.921fb54442d18p+1;
/// From here on asymptotic series have all digits.
static constexpr double far = 10;

using Function = Num (*)(Num);

template <class Op> static Num library(Num x) { return x.m->wrap(Op::create(x.m->b, x.m->loc, x.value)); }

/// `formula` of a number in f64 and of a logarithm to compute with; x and the result are f32 or f64.
static Num inF64(llvm::function_ref<Num(Num x, Function log)> formula, Num x) {
  return x.element().isF64() ? formula(x, library<math::LogOp>) : toF32(formula(toF64(x), logF64));
}

/// The distance from the nearest integer; 0 beyond 2^50.
static Num fractionOf(Num x) {
  x = clamp(x, -0x1p50, 0x1p50);
  return x - roundSmall(x).real;
}

/// sin(pi r) and cos(pi r), |r| <= 1/2.
static Num sinPi(Num r) {
  return r * horner(r * r, {3.1415926535897931, -5.1677127800499107, 2.5501640398725316, -0.59926452916954565,
                            0.082145884263776711, -0.0073704110756397066, 0.00046620909830669398,
                            -2.1682647357532322e-5, 5.5110647287253073e-7});
}
static Num cosPi(Num r) {
  return horner(r * r, {1.0, -4.9348022005446772, 4.0587121264165065, -1.3352627688433438,
                        0.23533063012416222, -0.025806888669111742, 0.0019295558715924539,
                        -0.00010456540489874534, 4.1482769778926113e-6});
}

/// lgamma on [1, 2], where both ends are zeros.
static Num lgammaOfUnit(Num t) {
  Num p = horner(t - 1.5, {0.48312895054098171, -0.14595989591431527, 0.062911401074044151,
                           -0.03130848749900296, 0.016797098686167657, -0.0094256225776708658,
                           0.0054464556112315179, -0.00321207028226861, 0.0019229614636936873,
                           -0.0011644750090545287, 0.00071100804360783312, -0.00043742797404469711,
                           0.00027467465748141846, -0.00017209033722048194, 9.2766189278172968e-5,
                           -5.5768900651076646e-5, 6.6875810881040861e-5, -4.4588645367088953e-5});
  return (t - 1.0) * (t - 2.0) * p;
}

static Num lgammaF64(Num x, Function log) {
  Num a = abs(x), small = a < 3.0, below = a < 1.0, above = a >= 2.0;
  // a < 3: to [1, 2] by lgamma(a) = lgamma(a + 1) - log(a).
  Num near = lgammaOfUnit(select(below, a + 1.0, select(above, a - 1.0, a)));
  // Else: up to where Stirling's series holds, by the same step.
  Num y = a, product = literal(a, 1);
  for (int i = 0; i < far - 3; ++i) {
    Num step = y < far;
    product = select(step, product * y, product);
    y = select(step, y + 1.0, y);
  }
  Num steps = log(select(small, select(below, a, select(above, a - 1.0, 1.0)), product));
  Num z = 1.0 / y;
  Num series = z * horner(z * z, {1.0 / 12, -1.0 / 360, 1.0 / 1260, -1.0 / 1680, 1.0 / 1188, -691.0 / 360360,
                                  1.0 / 156});
  Num stirling = (y - 0.5) * (log(y) - 1.0) + 0.41893853320467274178 + series;
  Num value = select(small, near + select(below, -steps, steps), stirling - steps);
  // x < 0: gamma(-a) gamma(a) = -pi / (a sin(pi a)). Near 0 gamma is odd.
  Num sine = abs(sinPi(fractionOf(a)));
  Num reflected = select(sine == 0.0, infinity, log(pi / (a * sine)) - value);
  value = select((x < 0.0) & (a > 0x1p-60), reflected, value);
  return select((a == 0.0) | (a == infinity), infinity, value);
}

static Num power(Num x, int64_t n) {
  Num result = x;
  for (int64_t i = 1; i < n; ++i)
    result = result * x;
  return result;
}

/// The sum of 1/(y + k)^n over the steps that take y to the asymptotic region.
struct Steps {
  Num y, sum;
};
static Steps stepUp(Num y, int64_t n) {
  Num numerator = literal(y, 0), denominator = literal(y, 1);
  for (int i = 0; i < far; ++i) {
    Num step = y < far, factor = power(y, n);
    numerator = select(step, numerator * factor + denominator, numerator);
    denominator = select(step, denominator * factor, denominator);
    y = select(step, y + 1.0, y);
  }
  return {y, numerator / denominator};
}

static Num digammaF64(Num x, Function log) {
  Num negative = x < 0.0;
  auto [y, sum] = stepUp(select(negative, 1.0 - x, x), 1);
  Num z = 1.0 / y, z2 = z * z;
  Num series =
      z2 * horner(z2, {1.0 / 12, -1.0 / 120, 1.0 / 252, -1.0 / 240, 1.0 / 132, -691.0 / 32760, 1.0 / 12});
  Num value = select(y == infinity, infinity, log(y) - z * 0.5 - series) - sum;
  // digamma(x) = digamma(1 - x) - pi / tan(pi x), which has no limit at a pole.
  Num r = fractionOf(x);
  Num reflected = select(r == 0.0, nan, value - cosPi(r) * pi / sinPi(r));
  value = select(negative, reflected, value);
  return select(x == 0.0, copySign(literal(x, infinity), -x), value);
}

/// The polynomial P with d^n/dx^n cot(pi x) = pi^n P(cot(pi x)), lowest coefficient first: each derivative of P(c) is
/// -pi (1 + c^2) P'(c).
static std::vector<double> cotangentDerivative(int64_t n) {
  std::vector<double> p = {0, 1};
  for (; n > 0; --n) {
    std::vector<double> next(p.size() + 1);
    for (size_t i = 1; i < p.size(); ++i) {
      next[i - 1] -= double(i) * p[i];
      next[i + 1] -= double(i) * p[i];
    }
    p = std::move(next);
  }
  return p;
}

static Num polygammaF64(int64_t n, Num x) {
  Num negative = x < 0.0;
  auto [y, sum] = stepUp(select(negative, 1.0 - x, x), n + 1);
  // (-1)^(n+1) times the n-th derivative of digamma's series.
  constexpr double bernoulli[] = {1.0 / 6, -1.0 / 30, 1.0 / 42, -1.0 / 30, 5.0 / 66, -691.0 / 2730, 7.0 / 6};
  Num z = 1.0 / y, z2 = z * z, series = literal(y, 0);
  for (int64_t k = 7; k >= 1; --k)
    series = fma(series, z2, literal(y, bernoulli[k - 1] * std::tgamma(2 * k + n) / std::tgamma(2 * k + 1)));
  Num value = power(z, n) * (std::tgamma(n) + z * (std::tgamma(n + 1) * 0.5) + z2 * series) +
              sum * std::tgamma(n + 1);
  double sign = n % 2 ? 1 : -1;
  value = value * sign;
  // polygamma(n, x) = (-1)^n polygamma(n, 1 - x) - pi d^n/dx^n cot(pi x)
  Num r = fractionOf(x), cotangent = cosPi(r) / sinPi(r), slope = literal(x, 0);
  std::vector<double> p = cotangentDerivative(n);
  for (size_t i = p.size(); i-- > 0;)
    slope = fma(slope, cotangent, literal(x, p[i]));
  Num reflected = value * -sign - slope * std::pow(pi, double(n + 1));
  value = select(negative, reflected, value);
  return select((x == 0.0) | (negative & (r == 0.0)), sign * infinity, value);
}

static Num erfinvF64(Num x, Function log) {
  Num a = abs(x), w = -log((1.0 - a) * (1.0 + a));
  Num center = horner(w - 2.5, {1.5014093511301716, 0.24664027672097769, -0.0041773180322573775,
                                -0.0012527077832319884, 0.00021825106242377769, -4.9962775443979935e-6,
                                -3.4173963868524848e-6, 4.788669323163939e-7, 1.377806137820264e-8,
                                -1.0914635052084615e-8, 8.2041011590285798e-10, 1.3084355469945985e-10,
                                -2.0549036823431086e-11, -3.8895082883029435e-13});
  Num tail = horner(sqrt(w) - 4.0, {3.8397838136508193, 1.0094931551906148, 0.0012593914523735062,
                                    -0.00086797303757452419, 0.0003229449297290421, -0.00012106200980499398,
                                    5.266879936376863e-5, -2.8033311648314808e-5, 2.0433859660102688e-5,
                                    -1.2132114825055788e-5, 2.8837883594785279e-6, 7.6218643711919566e-7,
                                    -5.3906759064884589e-7, 7.9128477077031177e-8});
  Num y = a * select(w < 5.0, center, tail);
  if (log != logF64) {
    // The rest of the digits of f64, by a step of Newton's on erf or, for the small differences at its end, erfc.
    Num excess = select(a < 0.5, library<math::ErfOp>(y) - a, (1.0 - a) - library<math::ErfcOp>(y));
    y = y - excess * 0.88622692545275801365 * library<math::ExpOp>(y * y);
  }
  Num edge = select(a == 1.0, infinity, literal(x, nan));
  return copySign(select(a < 1.0, y, edge), x);
}

Num lgamma(Num x) { return inF64(lgammaF64, x); }
Num digamma(Num x) { return inF64(digammaF64, x); }
Num polygamma(int64_t n, Num x) {
  return inF64([n](Num wide, Function) { return polygammaF64(n, wide); }, x);
}
Num erfinv(Num x) { return inF64(erfinvF64, x); }

} // namespace ingot::codegen::f32
