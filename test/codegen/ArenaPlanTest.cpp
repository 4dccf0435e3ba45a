// codegen/lowering/ArenaPlan: random programs, at random sizes.
#include "codegen/lowering/ArenaPlan.h"
#include <ctime>
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

// A gradient as large as a table is live when most activations are not; what is live with both must not keep them apart.
TEST(ArenaPlan, StaticBuffersShareWithRuntimeSizes) {
  std::vector<ArenaBuffer> buffers = {{1 << 20, 3, 5}, {4096, 0, 5}, {N * 6400, 0, 2}, {N * 64, 3, 3}};
  const sizes::Values values = {{"N", 64}};
  ArenaPlan plan = planArena(buffers, {});
  expectValid(buffers, plan, values);
  EXPECT_EQ(plan.total.evaluate(values), maxLiveBytes(buffers, values));
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

// As of a step of a transformer: what is nearly the same size, in panels of rows or of columns, is not known to be less. The
// last buffer lies behind all others, of which no two are live together: too many for the maximum of their ends.
TEST(ArenaPlan, NearlyEqualSizes) {
  std::vector<ArenaBuffer> buffers;
  constexpr int64_t count = 40;
  for (int64_t i = 0; i < count; ++i)
    buffers.push_back({N * T * 4096 + N * (64 * i) + T * (64 * (count - i)), i, i});
  buffers.push_back({N * T * 8, 0, count - 1});
  const sizes::Values values = {{"N", 64}, {"T", 64}};
  ArenaPlan plan = planArena(buffers, {});
  expectValid(buffers, plan, values);
  EXPECT_LE(plan.total.evaluate(values), maxLiveBytes(buffers, values) * 5 / 4);
}

// A step of a deep transformer has as many buffers. What follows from a place need not be proven once more: of most
// pairs, one lies on a buffer that lies on the other.
TEST(ArenaPlan, ManyBuffersPlanInLittleTime) {
  auto floats = [](const Expr &count) { return count * 4; };
  std::vector<ArenaBuffer> buffers;
  constexpr int64_t layers = 48, steps = 14;
  for (int64_t layer = 0; layer < layers; ++layer) {
    const int64_t first = layer * steps, back = (2 * layers - layer) * steps;
    const Expr rows = N * T,
               kept[] = {floats(rows), floats(rows * 256), floats(rows * 768), rows * T, rows * 1024};
    for (int64_t i = 0; const Expr &each : kept)
      buffers.push_back({each, first + i++, back});
    const Expr brief[] = {floats(rows * 256),
                          floats(rows * T * 8),
                          rows * T * 2,
                          floats(rows * 1024),
                          floats(rows * 64 * floordiv(T + 63, 64)),
                          floats(rows + T * 3),
                          floats(rows * 768)};
    for (int64_t i = 0; const Expr &each : brief) {
      buffers.push_back({each, first + i, first + i + 2});
      buffers.push_back({each, back + i, back + i + 1 + i % 3});
      ++i;
    }
    buffers.push_back({256 * 1024 * (layer % 3 + 1), back, back + 1});
  }
  const sizes::Values values = {{"N", 8}, {"T", 96}};
  const std::clock_t start = std::clock();
  ArenaPlan plan = planArena(buffers, {{"N", {0, std::nullopt}}, {"T", {1, 1024}}});
  EXPECT_LT(std::clock() - start, 4 * CLOCKS_PER_SEC);
  expectValid(buffers, plan, values);
  EXPECT_LE(plan.total.evaluate(values), maxLiveBytes(buffers, values) * 11 / 10);
}

TEST(ArenaPlan, LargeSizes) {
  EXPECT_THROW(planArena({{INT64_MAX, 0, 1}, {INT64_MAX, 0, 1}}, {}), std::overflow_error);
  EXPECT_EQ(planArena({{N * T * (int64_t(1) << 50), 0, 0}}, {}).total.str(),
            (N * T * (int64_t(1) << 50)).str());
}

} // namespace
} // namespace ingot::codegen
