// codegen/lowering/ArenaPlan: random programs, at random sizes.
#include "codegen/lowering/ArenaPlan.h"
#include <array>
#include <gtest/gtest.h>
#include <random>

namespace ingot::codegen {
namespace {
using sizes::Expr;

const Expr N = Expr::dim("N"), T = Expr::dim("T");

class Programs {
public:
  explicit Programs(unsigned seed) : random(seed) {}

  int64_t number(int64_t low, int64_t high) {
    return std::uniform_int_distribution<int64_t>(low, high)(random);
  }

  Expr size() {
    switch (number(0, 7)) {
    case 0: return number(0, 2000);
    case 1: return N * number(1, 40) * 4;
    case 2: return T * number(1, 40) * 4;
    case 3: return N * T * number(1, 8) * 4;
    case 4: return (N * number(1, 9) + number(0, 99)) * T;
    case 5: return floordiv(N + 1, 2) * floordiv(T * 3, 4) * 4;
    case 6: return max(N, T) * 20 + min(N, 7) * 64;
    default: return number(1, 20) * 64;
    }
  }

  /// Some values live shortly, some are kept for a way back.
  std::vector<ArenaBuffer> program(int64_t length) {
    std::vector<ArenaBuffer> buffers;
    for (int64_t i = 0; i < length; ++i) {
      int64_t last = number(0, 3) ? i + number(0, 3) : 2 * length - i;
      buffers.push_back({size(), i, last});
    }
    return buffers;
  }

private:
  std::mt19937 random;
};

bool liveTogether(const ArenaBuffer &a, const ArenaBuffer &b) {
  return a.first <= b.last && b.first <= a.last;
}

void expectValid(const std::vector<ArenaBuffer> &buffers, const ArenaPlan &plan,
                 const sizes::Values &values) {
  ASSERT_EQ(plan.offsets.size(), buffers.size());
  std::vector<int64_t> begin, end;
  for (size_t i = 0; i < buffers.size(); ++i) {
    begin.push_back(plan.offsets[i].evaluate(values));
    end.push_back(begin[i] + buffers[i].bytes.evaluate(values));
    EXPECT_GE(begin[i], 0);
    EXPECT_EQ(begin[i] % arenaAlignment, 0) << plan.offsets[i].str();
    EXPECT_LE(end[i], plan.total.evaluate(values));
  }
  for (size_t i = 0; i < buffers.size(); ++i)
    for (size_t j = 0; j < i; ++j)
      if (liveTogether(buffers[i], buffers[j]) && begin[i] < end[i] && begin[j] < end[j])
        EXPECT_TRUE(end[i] <= begin[j] || end[j] <= begin[i])
            << "buffers " << i << " and " << j << ": " << plan.offsets[i].str() << ", "
            << plan.offsets[j].str();
  EXPECT_GE(plan.total.evaluate(values), maxLiveBytes(buffers, values));
}

TEST(ArenaPlan, NoTwoLiveBuffersOverlap) {
  for (unsigned seed = 0; seed < 60; ++seed) {
    Programs programs(seed);
    std::vector<ArenaBuffer> buffers = programs.program(programs.number(1, 14));
    sizes::Ranges ranges = {{"N", {0, std::nullopt}}, {"T", {0, std::nullopt}}};
    if (seed % 2)
      ranges = {{"N", {1, 64}}, {"T", {2, 1000}}};
    ArenaPlan plan = planArena(buffers, ranges);
    for (int64_t n : {0, 1, 2, 17, 64})
      for (int64_t t : {0, 2, 33, 1000})
        if (seed % 2 == 0 || (n >= 1 && t >= 2))
          expectValid(buffers, plan, {{"N", n}, {"T", t}});
  }
}

TEST(ArenaPlan, TheSameInputGivesTheSamePlan) {
  std::vector<ArenaBuffer> buffers = Programs(3).program(12);
  ArenaPlan a = planArena(buffers, {}), b = planArena(buffers, {});
  EXPECT_EQ(a.offsets, b.offsets);
  EXPECT_EQ(a.total, b.total);
}

TEST(ArenaPlan, StaticBuffersHaveConstantOffsets) {
  for (unsigned seed = 0; seed < 20; ++seed) {
    std::vector<ArenaBuffer> buffers = Programs(seed).program(10);
    ArenaPlan plan = planArena(buffers, {});
    for (size_t i = 0; i < buffers.size(); ++i)
      if (buffers[i].bytes.isConstant())
        EXPECT_TRUE(plan.offsets[i].isConstant()) << plan.offsets[i].str();
  }
}

TEST(ArenaPlan, Empty) {
  EXPECT_EQ(planArena({}, {}).total, 0);
  EXPECT_EQ(planArena({{0, 0, 4}, {0, 2, 5}}, {}).total, 0);
}

// A chain of layers needs two buffers at a time, whatever the batch is.
TEST(ArenaPlan, ChainsReuseMemory) {
  std::vector<ArenaBuffer> buffers;
  for (int64_t i = 0; i < 10; ++i)
    buffers.push_back({N * 6400, i, i + 1});
  EXPECT_EQ(planArena(buffers, {}).total.str(), "N*12800");
}

// The third buffer lies behind the first two, which are not live at the same time.
TEST(ArenaPlan, ComparesByTheDeclaredRanges) {
  std::vector<ArenaBuffer> buffers = {{N * 64 + 640, 0, 1}, {N * 128, 2, 3}, {N * 64, 0, 3}};
  EXPECT_EQ(planArena(buffers, {{"N", {0, 10}}}).total.str(), (N * 128 + 640).str());
  EXPECT_EQ(planArena(buffers, {}).total.str(), (N * 64 + max(N * 128, N * 64 + 640)).str());
}

// The ends of buffers that cannot be compared are maxima, which lie within each other: they must not grow without bound.
TEST(ArenaPlan, IncomparableSizes) {
  std::vector<ArenaBuffer> buffers;
  for (int64_t i = 0; i < 120; ++i)
    buffers.push_back({(i % 2 ? N : T) * (64 * (i % 7 + 1)), i, i + 1 + i % 5});
  ArenaPlan plan = planArena(buffers, {});
  EXPECT_LT(plan.total.str().size(), 4000u);
  for (int64_t n : {0, 1, 50})
    for (int64_t t : {0, 3, 50})
      expectValid(buffers, plan, {{"N", n}, {"T", t}});
}

// As of a step of a transformer: what is nearly the same size, in panels of rows or of columns, is not known to be less.
TEST(ArenaPlan, NearlyEqualSizes) {
  std::vector<ArenaBuffer> buffers;
  const Expr panels = floordiv(N * T + 7, 8) * 512, columns = N * floordiv(T + 7, 8) * 512,
             tiles = floordiv(N * T + 15, 16) * 1088, rows = T * 512;
  for (int64_t i = 0; i < 24; ++i) {
    buffers.push_back({N * T * 64 * (1 + i % 3), i, 48 - i});
    buffers.push_back({std::array{panels, columns, tiles, rows}[i % 4], i, i + 1});
    buffers.push_back({std::array{columns, rows, panels, tiles}[i % 4], 48 - i, 49 - i});
  }
  ArenaPlan plan = planArena(buffers, {});
  for (const sizes::Values &values : {sizes::Values{{"N", 64}, {"T", 64}}, {{"N", 7}, {"T", 100}}}) {
    expectValid(buffers, plan, values);
    EXPECT_LE(plan.total.evaluate(values), maxLiveBytes(buffers, values) * 3 / 2);
  }
}

TEST(ArenaPlan, LargeSizes) {
  EXPECT_THROW(planArena({{INT64_MAX, 0, 1}, {INT64_MAX, 0, 1}}, {}), std::overflow_error);
  EXPECT_EQ(planArena({{N * T * (int64_t(1) << 50), 0, 0}}, {}).total.str(),
            (N * T * (int64_t(1) << 50)).str());
}

} // namespace
} // namespace ingot::codegen
