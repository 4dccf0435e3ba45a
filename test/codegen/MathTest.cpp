// The elementary functions, compiled and run: largest error against libm in double precision, over samples of all 2^32
// arguments, special values and the neighbourhoods where cancellation lurks.
#include "codegen/vector/Passes.h"
#include "test/codegen/Jit.h"
#include <algorithm>
#include <bit>
#include <chrono>
#include <cmath>
#include <fstream>
#include <functional>
#include <gtest/gtest.h>
#include <limits>
#include <map>
#include <random>
#include <vector>

using namespace ingot;

namespace {

using Reference = std::function<double(double, double)>;
struct Function {
  const char *name, *op;
  int arguments;
  Reference reference;
};

void PrintTo(const Function &function, std::ostream *stream) { *stream << function.name; }

Reference of(double (*f)(double)) {
  return [f](double x, double) { return f(x); };
}

constexpr long double pi = 3.14159265358979323846264338327950288L;

/// The digamma function (order 0) and its derivative: 40 steps of the recurrence, then the asymptotic series.
long double polygamma(int order, long double x) {
  if (x == 0)
    return order ? HUGE_VAL : std::copysign(HUGE_VAL, -double(x));
  if (x < 0) {
    long double r = x - std::nearbyint(x), sine = std::sin(pi * r);
    if (r == 0 || x == -HUGE_VAL)
      return order ? HUGE_VAL : std::nan("");
    return order ? pi * pi / (sine * sine) - polygamma(1, 1 - x)
                 : polygamma(0, 1 - x) - pi * std::cos(pi * r) / sine;
  }
  long double sum = 0;
  for (; x < 40; ++x)
    sum += order ? 1 / (x * x) : -1 / x;
  long double z = 1 / (x * x);
  if (order)
    return sum + 1 / x + z / 2 + z / x * (1.0L / 6 - z * (1.0L / 30 - z * (1.0L / 42 - z / 30)));
  return sum + std::log(x) - 0.5L / x - z * (1.0L / 12 - z * (1.0L / 120 - z * (1.0L / 252 - z / 240)));
}

/// By Newton's method.
double inverseErf(double x) {
  long double a = std::abs((long double)x), y = 0;
  if (!(a < 1))
    return a == 1 ? std::copysign(HUGE_VAL, x) : std::nan("");
  for (int i = 0; i < 40; ++i) // from 0 on it does not overshoot
    y += (a < 0.5L ? a - std::erf(y) : std::erfc(y) - (1 - a)) * std::sqrt(pi) / 2 * std::exp(y * y);
  return std::copysign(double(y), x);
}

const Function functions[] = {
    {"acos", "math.acos", 1, of(std::acos)},
    {"acosh", "math.acosh", 1, of(std::acosh)},
    {"asin", "math.asin", 1, of(std::asin)},
    {"asinh", "math.asinh", 1, of(std::asinh)},
    {"atan", "math.atan", 1, of(std::atan)},
    {"atan2", "math.atan2", 2, [](double y, double x) { return std::atan2(y, x); }},
    {"atanh", "math.atanh", 1, of(std::atanh)},
    {"cbrt", "math.cbrt", 1, of(std::cbrt)},
    {"cos", "math.cos", 1, of(std::cos)},
    {"cosh", "math.cosh", 1, of(std::cosh)},
    {"digamma", "ingot.scalar_digamma", 1, [](double x, double) { return double(polygamma(0, x)); }},
    {"erf", "math.erf", 1, of(std::erf)},
    {"erfc", "math.erfc", 1, of(std::erfc)},
    {"erfinv", "ingot.scalar_erfinv", 1, of(inverseErf)},
    {"exp", "math.exp", 1, of(std::exp)},
    {"exp2", "math.exp2", 1, of(std::exp2)},
    {"expm1", "math.expm1", 1, of(std::expm1)},
    {"fmod", "arith.remf", 2, [](double x, double y) { return std::fmod(x, y); }},
    {"lgamma", "ingot.scalar_lgamma", 1, of(std::lgamma)},
    {"log", "math.log", 1, of(std::log)},
    {"log10", "math.log10", 1, of(std::log10)},
    {"log1p", "math.log1p", 1, of(std::log1p)},
    {"log2", "math.log2", 1, of(std::log2)},
    {"polygamma", "ingot.scalar_polygamma 1 of", 1, [](double x, double) { return double(polygamma(1, x)); }},
    {"pow", "math.powf", 2, [](double x, double y) { return std::pow(x, y); }},
    {"rsqrt", "math.rsqrt", 1, [](double x, double) { return 1 / std::sqrt(x); }},
    {"sin", "math.sin", 1, of(std::sin)},
    {"sinh", "math.sinh", 1, of(std::sinh)},
    {"tan", "math.tan", 1, of(std::tan)},
    {"tanh", "math.tanh", 1, of(std::tanh)},
};
const Function roundings[] = {
    {"floor", "math.floor", 1, of(std::floor)},
    {"ceil", "math.ceil", 1, of(std::ceil)},
    {"trunc", "math.trunc", 1, of(std::trunc)},
    {"round", "math.round", 1, of(std::round)},
    {"roundeven", "math.roundeven", 1, of(std::nearbyint)},
};

const std::map<std::string, double> bounds = {
#define INGOT_MATH_BOUND(name, ulp) {#name, ulp},
#include "codegen/vector/MathBounds.inc"
};

/// `f(in, in2, out, n)` applies the op to n elements, a multiple of `lanes`, on vectors of that many lanes.
std::string kernelText(const Function &function, const std::string &cpu, int lanes) {
  std::string type = lanes == 1 ? "f32" : "vector<" + std::to_string(lanes) + "xf32>";
  std::string operands = function.arguments == 1 ? "%x" : "%x, %y";
  return "module attributes {ingot.cpu = \"" + cpu + R"("} {
    func.func @f(%in: !llvm.ptr, %in2: !llvm.ptr, %out: !llvm.ptr, %n: i64) {
      %zero = arith.constant 0 : i64
      %step = arith.constant )" +
         std::to_string(lanes) + R"( : i64
      scf.for %i = %zero to %n step %step : i64 {
        %px = llvm.getelementptr %in[%i] : (!llvm.ptr, i64) -> !llvm.ptr, f32
        %py = llvm.getelementptr %in2[%i] : (!llvm.ptr, i64) -> !llvm.ptr, f32
        %pz = llvm.getelementptr %out[%i] : (!llvm.ptr, i64) -> !llvm.ptr, f32
        %x = llvm.load %px {alignment = 4 : i64} : !llvm.ptr -> )" +
         type + R"(
        %y = llvm.load %py {alignment = 4 : i64} : !llvm.ptr -> )" +
         type + "\n        %z = " + function.op + " " + operands + " : " + type + R"(
        llvm.store %z, %pz {alignment = 4 : i64} : )" +
         type + R"(, !llvm.ptr
      }
      return
    }
  })";
}

constexpr double infinity = std::numeric_limits<double>::infinity();

/// Distance of `got` from the exact result in f32 units of its last place; infinite where they differ in kind or in the sign
/// of a zero.
double ulpError(float got, double exact) {
  float nearest = static_cast<float>(exact);
  if (std::isnan(nearest) || std::isnan(got))
    return std::isnan(nearest) && std::isnan(got) ? 0 : infinity;
  if (exact == 0)
    return got == 0 && std::signbit(got) == std::signbit(exact) ? 0 : infinity;
  if (std::isinf(nearest) && std::isinf(got))
    return std::signbit(got) == std::signbit(nearest) ? 0 : infinity;
  double value = std::isinf(got) ? std::copysign(0x1p128, got) : got;
  if (std::isinf(exact))
    return infinity;
  return std::abs(value - exact) / std::ldexp(1.0, std::clamp(std::ilogb(exact), -126, 127) - 23);
}

struct Samples {
  std::vector<float> x, y;
};

const float specials[] = {0.0f,
                          0x1p-149f,
                          0x1p-127f,
                          0x1.fffffep-127f,
                          0x1p-126f,
                          1e-20f,
                          1e-7f,
                          0.25f,
                          0.5f,
                          0x1.fffffep-1f,
                          1.0f,
                          0x1.000002p+0f,
                          1.5f,
                          2.0f,
                          2.5f,
                          3.0f,
                          10.0f,
                          88.72284f,
                          103.97f,
                          127.5f,
                          8388607.5f,
                          8388609.0f,
                          16777215.0f,
                          16777216.0f,
                          131071.99f,
                          131072.0f,
                          1e10f,
                          1e22f,
                          0x1.fffffep127f,
                          std::numeric_limits<float>::infinity(),
                          std::numeric_limits<float>::quiet_NaN()};

/// All arguments `stride` apart in their bits, each special value, and dense samples where functions are steep or cancel.
Samples samplesOf(const Function &function, uint32_t stride) {
  Samples s;
  std::mt19937 random(7);
  std::vector<float> points;
  for (float special : specials)
    points.insert(points.end(), {special, -special});
  if (function.arguments == 1) {
    s.x = points;
    for (uint64_t bits = 0; bits < (uint64_t(1) << 32); bits += stride)
      s.x.push_back(std::bit_cast<float>(static_cast<uint32_t>(bits)));
    std::uniform_real_distribution<float> wide(-110, 110), near(-1.5f, 1.5f), one(0.9f, 1.1f);
    for (uint32_t i = 0; i < (uint32_t(1) << 26) / stride; ++i)
      s.x.insert(s.x.end(), {wide(random), near(random), one(random)});
    for (int k = 1; k < 4000; ++k) { // next to multiples of pi/2
      float multiple = static_cast<float>(k * 1.5707963267948966);
      s.x.insert(s.x.end(), {multiple, std::nextafter(multiple, 0.0f), std::nextafter(multiple, 1e30f)});
    }
    s.y.assign(s.x.size(), 0);
  } else {
    for (float x : points)
      for (float y : points) {
        s.x.push_back(x);
        s.y.push_back(y);
      }
    std::uniform_real_distribution<float> base(0, 4), exponent(-60, 60);
    for (uint64_t i = 0; i < (uint64_t(1) << 32) / stride; ++i) {
      bool anything = i % 4 == 0, integer = i % 8 == 1;
      s.x.push_back(anything  ? std::bit_cast<float>(uint32_t(random()))
                    : integer ? -base(random)
                              : base(random));
      s.y.push_back(anything  ? std::bit_cast<float>(uint32_t(random()))
                    : integer ? std::round(exponent(random))
                              : exponent(random));
    }
  }
  while (s.x.size() % 16) {
    s.x.push_back(1);
    s.y.push_back(1);
  }
  return s;
}

struct Worst {
  double ulp = 0;
  float x = 0, y = 0, got = 0;
};

/// With INGOT_MATH_REPORT set, prints the time an element takes on arguments of ordinary size.
using Kernel = void(const float *, const float *, float *, int64_t);
void reportTime(const Function &function, Kernel *kernel) {
  alignas(64) float x[4096], y[4096], z[4096];
  for (int i = 0; i < 4096; ++i) {
    x[i] = 0.1f + static_cast<float>(i) * 2e-4f;
    y[i] = 0.75f;
  }
  double best = 1e9;
  for (int round = 0; round < 20; ++round) {
    auto start = std::chrono::steady_clock::now();
    for (int i = 0; i < 50; ++i)
      kernel(x, y, z, 4096);
    std::chrono::duration<double, std::nano> time = std::chrono::steady_clock::now() - start;
    best = std::min(best, time.count() / (50 * 4096));
  }
  std::printf("%-10s %.3f ns an element\n", function.name, best);
}

Worst measure(const Function &function, const std::string &cpu, int lanes, uint32_t stride) {
  test::Jit jit(kernelText(function, cpu, lanes),
                [](mlir::OpPassManager &pm) { pm.addPass(codegen::createExpandMath()); });
  Samples s = samplesOf(function, stride);
  std::vector<float> out(s.x.size());
  Kernel *kernel = jit.get<Kernel>("f");
  kernel(s.x.data(), s.y.data(), out.data(), static_cast<int64_t>(out.size()));
  if (std::getenv("INGOT_MATH_REPORT"))
    reportTime(function, kernel);
  Worst worst;
  for (size_t i = 0; i < out.size(); ++i) {
    double ulp = ulpError(out[i], function.reference(s.x[i], s.y[i]));
    if (ulp > worst.ulp)
      worst = {ulp, s.x[i], s.y[i], out[i]};
  }
  return worst;
}

void expectWithin(const Function &function, double bound, const std::string &cpu, int lanes,
                  uint32_t stride) {
  Worst worst = measure(function, cpu, lanes, stride);
  EXPECT_LE(worst.ulp, bound) << function.name << "(" << worst.x << ", " << worst.y << ") on " << cpu
                              << " by " << lanes << " lanes is " << worst.got << ", exactly "
                              << function.reference(worst.x, worst.y);
  if (std::getenv("INGOT_MATH_REPORT"))
    std::printf("%-10s %-10s %2d lanes: %.3f ulp at %.9g, %.9g\n", function.name, cpu.c_str(), lanes,
                worst.ulp, worst.x, worst.y);
}

class MathTest : public ::testing::TestWithParam<Function> {};

TEST_P(MathTest, StaysWithinItsBound) {
  const Function &function = GetParam();
  double bound = bounds.at(function.name);
  expectWithin(function, bound, "x86-64-v4", 16, 2039);
  expectWithin(function, bound, "x86-64", 4, 4093); // without fused multiply-add
  expectWithin(function, bound, "x86-64-v3", 1, 65521);
}

INSTANTIATE_TEST_SUITE_P(Functions, MathTest, ::testing::ValuesIn(functions),
                         [](const auto &info) { return std::string(info.param.name); });

/// The last step of an exponential is one instruction for whole vectors of AVX-512 and several for all else, denormal and
/// overflowing results included.
TEST(MathScaling, OneInstructionGivesTheBitsOfSeveral) {
  for (const Function &function : functions) {
    if (std::string(function.name) != "exp" && std::string(function.name) != "exp2")
      continue;
    Samples s = samplesOf(function, 2039);
    auto results = [&](int lanes) {
      test::Jit jit(kernelText(function, "x86-64-v4", lanes),
                    [](mlir::OpPassManager &pm) { pm.addPass(codegen::createExpandMath()); });
      std::vector<float> out(s.x.size());
      jit.get<Kernel>("f")(s.x.data(), s.y.data(), out.data(), static_cast<int64_t>(out.size()));
      return out;
    };
    std::vector<float> vectors = results(16), scalars = results(1);
    for (size_t i = 0; i < vectors.size(); ++i)
      ASSERT_EQ(std::bit_cast<uint32_t>(vectors[i]), std::bit_cast<uint32_t>(scalars[i]))
          << function.name << "(" << s.x[i] << ")";
  }
}

class RoundingTest : public ::testing::TestWithParam<Function> {};

TEST_P(RoundingTest, IsExactWithAndWithoutTheInstruction) {
  expectWithin(GetParam(), 0, "x86-64-v4", 16, 4093);
  expectWithin(GetParam(), 0, "x86-64", 4, 4093);
}

INSTANTIATE_TEST_SUITE_P(Functions, RoundingTest, ::testing::ValuesIn(roundings),
                         [](const auto &info) { return std::string(info.param.name); });

/// The functions of the gamma function have a form for f64, too.
TEST(MathF64, GammaFunctionsAreNearlyExact) {
  for (const Function &function : functions) {
    if (!std::string(function.name).ends_with("gamma"))
      continue;
    std::string text = kernelText(function, "x86-64-v3", 1);
    for (size_t at; (at = text.find("f32")) != std::string::npos;)
      text.replace(at, 3, "f64");
    test::Jit jit(text, [](mlir::OpPassManager &pm) { pm.addPass(codegen::createExpandMath()); });
    auto *kernel = jit.get<void(const double *, const double *, double *, int64_t)>("f");
    for (int i = 1; i < 20000; ++i) {
      double x = i * 0.0031 - 20.0001, y = 0, got = 0;
      kernel(&x, &y, &got, 1);
      double want = function.reference(x, 0);
      // Next to poles the argument's own rounding counts.
      double slope = std::abs(function.reference(std::nextafter(x, 30), 0) - want);
      if (std::isfinite(want) && std::isfinite(slope))
        EXPECT_NEAR(got, want, 1e-14 * std::max(1.0, std::abs(want)) + 4 * slope)
            << function.name << "(" << x << ")";
    }
  }
}

TEST(MathBounds, AreThoseOfTheDocument) {
  std::ifstream file(INGOT_SOURCE_DIR "/docs/math.md");
  std::string text((std::istreambuf_iterator<char>(file)), {});
  for (const auto &[name, ulp] : bounds) {
    char row[64];
    std::snprintf(row, sizeof row, "| `%s` | %.1f |", name.c_str(), ulp);
    EXPECT_NE(text.find(row), std::string::npos) << "docs/math.md has no row starting with " << row;
  }
  EXPECT_EQ(bounds.size(), std::size(functions));
}

} // namespace
