// ir/sizes: random expressions against the same arithmetic on plain integers, and the questions asked of them.
#include "ir/sizes/Expr.h"
#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <gtest/gtest.h>
#include <random>
#include <stdexcept>

namespace ingot::sizes {
namespace {

int64_t floorQuotient(int64_t a, int64_t b) { return a / b - (a % b != 0 && (a < 0) != (b < 0)); }

const char *const names[] = {"N", "M", "T"};

/// An expression and the arithmetic that it stands for, done step by step.
struct Sample {
  Expr expr;
  std::function<int64_t(const Values &)> plain;
};

class Samples {
public:
  explicit Samples(unsigned seed) : random(seed) {}

  int64_t number(int64_t low, int64_t high) {
    return std::uniform_int_distribution<int64_t>(low, high)(random);
  }

  Sample make(int depth) {
    if (depth == 0)
      return leaf();
    Sample a = make(depth - 1), b = make(number(0, depth - 1));
    switch (number(0, 6)) {
    case 0: return {a.expr + b.expr, [=](const Values &v) { return a.plain(v) + b.plain(v); }};
    case 1: return {a.expr - b.expr, [=](const Values &v) { return a.plain(v) - b.plain(v); }};
    case 2: return {a.expr * b.expr, [=](const Values &v) { return a.plain(v) * b.plain(v); }};
    case 3: return {min(a.expr, b.expr), [=](const Values &v) { return std::min(a.plain(v), b.plain(v)); }};
    case 4: return {max(a.expr, b.expr), [=](const Values &v) { return std::max(a.plain(v), b.plain(v)); }};
    case 5: {
      int64_t c = divisor();
      return {floordiv(a.expr, c), [=](const Values &v) { return floorQuotient(a.plain(v), c); }};
    }
    default: {
      int64_t c = divisor();
      return {mod(a.expr, c), [=](const Values &v) { return a.plain(v) - c * floorQuotient(a.plain(v), c); }};
    }
    }
  }

  /// Of at most three terms of degree 0 to 2.
  Expr polynomial() {
    Expr sum = number(-9, 9);
    for (int64_t term = number(0, 2); term > 0; --term)
      sum = sum + leaf().expr * leaf().expr * number(-9, 9);
    return sum;
  }

  Values values() {
    Values values;
    for (const char *name : names)
      values[name] = number(0, 1) ? number(0, 4) : number(0, 200);
    return values;
  }

private:
  Sample leaf() {
    if (number(0, 2) == 0) {
      int64_t c = number(-5, 9);
      return {c, [=](const Values &) { return c; }};
    }
    const char *name = names[number(0, 2)];
    return {Expr::dim(name), [=](const Values &v) { return v.at(name); }};
  }
  int64_t divisor() { return number(0, 3) ? number(1, 8) : -number(1, 4); }

  std::mt19937 random;
};

constexpr int rounds = 2000;

TEST(Sizes, EvaluatesAsWritten) {
  Samples samples(1);
  for (int round = 0; round < rounds; ++round) {
    Sample s = samples.make(int(samples.number(0, 4)));
    for (int i = 0; i < 5; ++i) {
      Values v = samples.values();
      ASSERT_EQ(s.expr.evaluate(v), s.plain(v))
          << s.expr.str() << " at N=" << v["N"] << " M=" << v["M"] << " T=" << v["T"];
    }
  }
}

TEST(Sizes, TextReadsBack) {
  Samples samples(2);
  for (int round = 0; round < rounds; ++round) {
    Expr e = samples.make(4).expr;
    std::optional<Expr> read = Expr::parse(e.str());
    ASSERT_TRUE(read) << e.str();
    EXPECT_EQ(*read, e) << e.str() << " became " << read->str();
    EXPECT_EQ(read->str(), e.str());
    EXPECT_EQ(read->hash(), e.hash());
  }
}

TEST(Sizes, EqualIfAndOnlyIfSameText) {
  Samples samples(3);
  std::vector<Expr> all;
  for (int i = 0; i < 200; ++i)
    all.push_back(samples.make(2).expr);
  for (const Expr &a : all)
    for (const Expr &b : all) {
      EXPECT_EQ(a == b, a.str() == b.str()) << a.str() << " and " << b.str();
      EXPECT_EQ(a<b, b> a);
    }
}

TEST(Sizes, RingIdentities) {
  Samples samples(4);
  for (int round = 0; round < rounds; ++round) {
    Expr a = samples.make(2).expr, b = samples.make(2).expr, c = samples.make(1).expr;
    EXPECT_EQ(a + b, b + a);
    EXPECT_EQ((a + b) + c, a + (b + c));
    EXPECT_EQ(a * b, b * a);
    EXPECT_EQ((a * b) * c, a * (b * c));
    EXPECT_EQ(a * (b + c), a * b + a * c);
    EXPECT_EQ(a - a, 0);
    EXPECT_EQ(a + 0, a);
    EXPECT_EQ(a * 1, a);
    EXPECT_EQ(min(a, b), min(b, a));
    EXPECT_EQ(max(a, b), max(b, a));
    EXPECT_EQ(min(a, a), a) << a.str() << " became " << min(a, a).str();
    EXPECT_EQ(Expr::exactDiv(a * b, b), b == 0 ? std::nullopt : std::optional(a))
        << a.str() << ", " << b.str();
  }
}

TEST(Sizes, QuotientIdentities) {
  Samples samples(5);
  for (int round = 0; round < rounds; ++round) {
    Expr a = samples.polynomial(), b = samples.polynomial();
    int64_t c = samples.number(1, 9), d = samples.number(1, 9);
    EXPECT_EQ(floordiv(a * c, c), a);
    EXPECT_EQ(floordiv(a + b * c, c), floordiv(a, c) + b) << a.str() << ", " << b.str() << ", " << c;
    EXPECT_EQ(floordiv(a * d, c * d), floordiv(a, c)) << a.str() << ", " << c << ", " << d;
    EXPECT_EQ(floordiv(floordiv(a, c), d), floordiv(a, c * d)) << a.str() << ", " << c << ", " << d;
    EXPECT_EQ(floordiv(a, c) * c + mod(a, c), a) << a.str() << ", " << c;
  }
}

TEST(Sizes, BoundsHold) {
  Samples samples(6);
  for (int round = 0; round < rounds; ++round) {
    Sample s = samples.make(3);
    Ranges ranges;
    for (const char *name : names) {
      int64_t low = samples.number(0, 5);
      ranges[name] = {low, samples.number(0, 2) ? std::optional(low + samples.number(0, 20)) : std::nullopt};
    }
    Range bounds = s.expr.bounds(ranges);
    for (int i = 0; i < 10; ++i) {
      Values v;
      for (const char *name : names)
        v[name] = samples.number(ranges[name].min, ranges[name].max.value_or(100));
      int64_t value = s.plain(v);
      ASSERT_GE(value, bounds.min) << s.expr.str();
      ASSERT_TRUE(!bounds.max || value <= *bounds.max) << s.expr.str();
    }
  }
}

TEST(Sizes, DecisionsHold) {
  Samples samples(7);
  int decided = 0;
  for (int round = 0; round < rounds; ++round) {
    Sample a = samples.make(2), b = samples.make(2);
    std::optional<bool> less = Expr::lessEqual(a.expr, b.expr, {}), same = Expr::equal(a.expr, b.expr, {});
    decided += less.has_value();
    for (int i = 0; i < 10; ++i) {
      Values v = samples.values();
      if (less)
        ASSERT_EQ(*less, a.plain(v) <= b.plain(v)) << a.expr.str() << " <= " << b.expr.str();
      if (same)
        ASSERT_EQ(*same, a.plain(v) == b.plain(v)) << a.expr.str() << " == " << b.expr.str();
    }
  }
  EXPECT_GT(decided, rounds / 4);
}

// The header of an exported model computes sizes in C.
TEST(Sizes, CSourceComputesTheSame) {
  Samples samples(8);
  std::string folder = testing::TempDir(), name = folder + "/sizes_test";
  std::vector<int64_t> wanted;
  {
    std::ofstream c(name + ".c");
    c << "#include <stdint.h>\n#include <stdio.h>\n";
    std::string calls;
    for (int i = 0; i < 300; ++i) {
      Sample s = samples.make(3);
      Values v = samples.values();
      wanted.push_back(s.plain(v));
      c << "static int64_t f" << i << "(int64_t N, int64_t M, int64_t T) { (void)N; (void)M; (void)T; return "
        << s.expr.cSource() << "; }\n";
      calls += "  printf(\"%lld\\n\", (long long)f" + std::to_string(i) + "(" + std::to_string(v["N"]) +
               ", " + std::to_string(v["M"]) + ", " + std::to_string(v["T"]) + "));\n";
    }
    c << "int main(void) {\n" << calls << "  return 0;\n}\n";
  }
  std::string command = INGOT_CC " -std=c11 -Wall -Wextra -Wpedantic -Werror -o '" + name + "' '" + name +
                        ".c' && '" + name + "' > '" + name + ".txt'";
  ASSERT_EQ(std::system(command.c_str()), 0);
  std::ifstream results(name + ".txt");
  for (int64_t value : wanted) {
    int64_t got = 0;
    ASSERT_TRUE(results >> got);
    EXPECT_EQ(got, value);
  }
}

TEST(Sizes, Canonical) {
  Expr n = Expr::dim("N"), m = Expr::dim("M");
  EXPECT_EQ((n * 2 + 2).str(), "N*2 + 2");
  EXPECT_EQ(floordiv(n * 4, 2), n * 2);
  EXPECT_EQ((n + 1) * (n - 1), n * n - 1);
  EXPECT_EQ(max(n, 0), n);
  EXPECT_EQ(floordiv(n * m, m), n);
  EXPECT_EQ(mod(n, 4).str(), "N mod 4");
  EXPECT_EQ(floordiv(n + 3, 4).str(), "(N + 3) floordiv 4");
  EXPECT_EQ((n * m).dims(), (std::vector<std::string>{"M", "N"}));
  EXPECT_EQ(Expr::exactDiv(n * m + n, m + 1), std::optional(n));
  EXPECT_EQ(Expr::exactDiv(n + 1, 2), std::nullopt);
}

// Static sizes are placed before run-time ones, those by how they grow.
TEST(Sizes, Order) {
  Expr n = Expr::dim("N");
  EXPECT_LT(Expr(1000000), n);
  EXPECT_LT(n * 100, n * n);
  EXPECT_LT(n * 2, n * 3);
}

TEST(Sizes, Errors) {
  constexpr int64_t big = INT64_MAX;
  Expr n = Expr::dim("N");
  EXPECT_THROW(Expr::dim("min"), std::invalid_argument);
  EXPECT_THROW(Expr::dim("1N"), std::invalid_argument);
  EXPECT_THROW(Expr::dim(""), std::invalid_argument);
  EXPECT_THROW(floordiv(n, 0), std::domain_error);
  EXPECT_THROW(mod(n, 0), std::domain_error);
  EXPECT_THROW(Expr(big) + 1, std::overflow_error);
  EXPECT_THROW(n * big * 2, std::overflow_error);
  EXPECT_THROW((n * big).evaluate({{"N", 2}}), std::overflow_error);
  EXPECT_THROW(n.evaluate({}), std::out_of_range);
  EXPECT_THROW((floordiv(8, n + 0)).evaluate({{"N", 0}}), std::domain_error);
  for (const char *text : {"", "N +", "(N", "N N", "min(N", "4 floordiv 0", "N..", "99999999999999999999"})
    EXPECT_EQ(Expr::parse(text), std::nullopt) << text;
  EXPECT_EQ(Expr::parse(std::string(100000, '(')), std::nullopt);
  EXPECT_EQ(Expr::parse(std::string(100000, '-') + "N"), std::nullopt);
}

} // namespace
} // namespace ingot::sizes
