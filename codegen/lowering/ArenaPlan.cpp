#include "codegen/lowering/ArenaPlan.h"
#include <algorithm>
#include <numeric>
#include <optional>

namespace ingot::codegen {
using sizes::Expr;

namespace {

Expr aligned(const Expr &bytes) {
  return floordiv(bytes + (arenaAlignment - 1), arenaAlignment) * arenaAlignment;
}

/// For comparing expressions where one must be preferred: a middling value for each dimension, within its range.
sizes::Values typicalValues(const std::vector<ArenaBuffer> &buffers, const sizes::Ranges &ranges) {
  sizes::Values values;
  for (const ArenaBuffer &buffer : buffers)
    for (const std::string &dim : buffer.bytes.dims()) {
      auto range = ranges.find(dim);
      int64_t value = 64;
      if (range != ranges.end())
        value = std::min(std::max(value, range->second.min), range->second.max.value_or(INT64_MAX));
      values[dim] = value;
    }
  return values;
}

struct Planner {
  const std::vector<ArenaBuffer> &buffers;
  const sizes::Ranges &ranges;
  std::vector<Expr> bytes; // aligned
  std::vector<Expr> offsets;
  std::vector<size_t> placed;

  bool overlaps(size_t a, size_t b) const {
    return buffers[a].first <= buffers[b].last && buffers[b].first <= buffers[a].last;
  }
  bool known(const Expr &a, const Expr &b) const { return Expr::lessEqual(a, b, ranges) == true; }

  void place(size_t index) {
    std::vector<size_t> neighbors;
    for (size_t other : placed)
      if (overlaps(index, other))
        neighbors.push_back(other);
    auto fits = [&](const Expr &offset) {
      return std::all_of(neighbors.begin(), neighbors.end(), [&](size_t other) {
        return known(offsets[other] + bytes[other], offset) || known(offset + bytes[index], offsets[other]);
      });
    };
    std::optional<Expr> best;
    Expr behind = 0;
    auto consider = [&](const Expr &offset) {
      if ((!best || known(offset, *best)) && fits(offset))
        best = offset;
    };
    consider(0);
    for (size_t other : neighbors) {
      Expr end = offsets[other] + bytes[other];
      behind = max(behind, end);
      consider(end);
    }
    offsets[index] = best.value_or(behind);
    placed.push_back(index);
  }

  ArenaPlan run(const std::vector<size_t> &order) {
    offsets.assign(buffers.size(), 0);
    placed.clear();
    ArenaPlan plan;
    for (size_t index : order) {
      place(index);
      plan.total = max(plan.total, offsets[index] + bytes[index]);
    }
    plan.offsets = offsets;
    return plan;
  }
};

} // namespace

int64_t maxLiveBytes(const std::vector<ArenaBuffer> &buffers, const sizes::Values &values) {
  int64_t most = 0;
  for (const ArenaBuffer &at : buffers) { // some buffer starts where the most are live
    int64_t live = 0;
    for (const ArenaBuffer &other : buffers)
      if (other.first <= at.first && at.first <= other.last)
        live += aligned(other.bytes).evaluate(values);
    most = std::max(most, live);
  }
  return most;
}

ArenaPlan planArena(const std::vector<ArenaBuffer> &buffers, const sizes::Ranges &ranges) {
  sizes::Values typical = typicalValues(buffers, ranges);
  Planner planner{buffers, ranges, {}, {}, {}};
  std::vector<int64_t> size, breadth;
  for (const ArenaBuffer &buffer : buffers) {
    planner.bytes.push_back(aligned(buffer.bytes));
    size.push_back(planner.bytes.back().evaluate(typical));
  }
  for (const ArenaBuffer &buffer : buffers) {
    int64_t widest = 0;
    for (const ArenaBuffer &at : buffers) {
      if (at.first < buffer.first || at.first > buffer.last)
        continue;
      int64_t live = 0;
      for (size_t other = 0; other < buffers.size(); ++other)
        if (buffers[other].first <= at.first && at.first <= buffers[other].last)
          live += size[other];
      widest = std::max(widest, live);
    }
    breadth.push_back(widest);
  }
  // Static buffers first: what is placed on top of a run-time size has an offset that is computed at run time.
  auto inOrder = [&](auto key) {
    std::vector<size_t> order(buffers.size());
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) {
      bool aStatic = buffers[a].bytes.isConstant(), bStatic = buffers[b].bytes.isConstant();
      return aStatic != bStatic ? aStatic : key(a) > key(b);
    });
    return order;
  };
  ArenaPlan bySize = planner.run(inOrder([&](size_t i) { return std::pair(size[i], breadth[i]); }));
  ArenaPlan byBreadth = planner.run(inOrder([&](size_t i) { return std::pair(breadth[i], size[i]); }));
  return byBreadth.total.evaluate(typical) < bySize.total.evaluate(typical) ? byBreadth : bySize;
}

} // namespace ingot::codegen
