#include "codegen/lowering/ArenaPlan.h"
#include <algorithm>
#include <array>
#include <numeric>
#include <stdexcept>
#include <unordered_map>
#include <utility>

namespace ingot::codegen {
using sizes::Expr;

namespace {

constexpr size_t sampleCount = 4;

/// The values of a size for a few choices of the dimensions, the first one a middling one. Proving a comparison of
/// expressions is dear; most that do not hold fail on one of these.
using Samples = std::array<int64_t, sampleCount>;

Samples operator+(Samples a, const Samples &b) {
  for (size_t i = 0; i < sampleCount; ++i)
    if (__builtin_add_overflow(a[i], b[i], &a[i]))
      a[i] = INT64_MAX;
  return a;
}

/// Whether a <= b for the samples: where this is false, it does not hold for all sizes.
bool mayLessEqual(const Samples &a, const Samples &b) {
  return std::equal(a.begin(), a.end(), b.begin(), std::less_equal<>());
}

struct Bytes {
  Expr expr;
  Samples values{};

  friend Bytes operator+(const Bytes &a, const Bytes &b) { return {a.expr + b.expr, a.values + b.values}; }
};

/// Factors in all terms.
int64_t lengthOf(const Expr &expr) {
  int64_t length = 0;
  for (const Expr::Term &term : expr.terms())
    for (const Expr::Atom &atom : term.atoms)
      length += atom->size;
  return length;
}

class Comparison {
public:
  Comparison(const std::vector<ArenaBuffer> &buffers, const sizes::Ranges &ranges) : ranges(ranges) {
    constexpr int64_t even[] = {64, 0, 1024, 3}, odd[] = {64, 0, 3, 1024};
    sizes::Values first;
    for (const ArenaBuffer &buffer : buffers)
      for (const std::string &dim : buffer.bytes.dims())
        first.emplace(dim, 0);
    for (size_t i = 0; i < sampleCount; ++i) {
      bool isOdd = false;
      for (auto &[dim, value] : first) {
        value = clip(dim, (isOdd ? odd : even)[i]);
        isOdd = !isOdd;
      }
      dimensions[i] = first;
    }
  }

  Bytes aligned(const Expr &bytes) const {
    return evaluated(floordiv(bytes + (arenaAlignment - 1), arenaAlignment) * arenaAlignment);
  }

  /// Whether a <= b is known for all sizes.
  bool lessEqual(const Bytes &a, const Bytes &b) {
    if (!mayLessEqual(a.values, b.values))
      return false;
    if (a.expr.isConstant() && b.expr.isConstant())
      return true;
    auto [known, isNew] = proofs.try_emplace(b.expr - a.expr, false);
    if (isNew)
      known->second = isNonNegative(known->first);
    return known->second;
  }

  /// An upper bound of both: the maximum unless it has grown long. Maxima within maxima could double its length each time;
  /// then a polynomial with the larger coefficient of each term does.
  Bytes upperBound(const Bytes &a, const Bytes &b) {
    constexpr int64_t longest = 128;
    if (lessEqual(a, b))
      return b;
    if (lessEqual(b, a))
      return a;
    Bytes result = a;
    for (size_t i = 0; i < sampleCount; ++i)
      result.values[i] = std::max(a.values[i], b.values[i]);
    if (lengthOf(a.expr) + lengthOf(b.expr) <= longest) {
      result.expr = max(a.expr, b.expr);
      return result;
    }
    return evaluated(covering(withoutMaxima(a.expr), withoutMaxima(b.expr)));
  }

private:
  struct Hash {
    size_t operator()(const Expr &expr) const { return expr.hash(); }
  };

  /// At least a and b: a, and what b has more, term by term.
  Expr covering(const Expr &a, const Expr &b) const {
    const Expr more = b - a;
    std::vector<Expr::Term> added;
    for (const Expr::Term &term : more.terms())
      if (Expr::lessEqual(Expr::sum({term}, 0), 0, ranges) != true)
        added.push_back(term);
    return a + Expr::sum(added, std::max<int64_t>(more.offset(), 0));
  }

  /// At least `expr`: each maximum is replaced by what covers its operands. Of maxima that differ in one operand nothing
  /// would cancel.
  Expr withoutMaxima(const Expr &expr) const {
    Expr result = expr.offset();
    for (const Expr::Term &term : expr.terms()) {
      using Kind = Expr::Node::Kind;
      bool isMaximum =
          term.atoms.size() == 1 && term.atoms[0]->kind == (term.coefficient > 0 ? Kind::Max : Kind::Min);
      if (!isMaximum) {
        result = result + Expr::sum({term}, 0);
        continue;
      }
      std::optional<Expr> cover;
      for (const Expr &operand : term.atoms[0]->operands) {
        const Expr each = withoutMaxima(operand * term.coefficient);
        cover = cover ? covering(*cover, each) : each;
      }
      result = result + *cover;
    }
    return result;
  }

  /// Whether `expr` is known to be >= 0. A maximum is one of its operands, and at least each of them.
  bool isNonNegative(const Expr &expr, int depth = 4) const {
    if (Expr::lessEqual(0, expr, ranges) == true)
      return true;
    auto isMaximum = [](const Expr::Term &term) {
      return term.atoms.size() == 1 && term.atoms[0]->kind == Expr::Node::Kind::Max;
    };
    std::vector<Expr::Term> rest = expr.terms();
    auto maximum = std::find_if(rest.begin(), rest.end(), isMaximum);
    if (maximum == rest.end() || depth == 0)
      return false;
    const Expr::Term term = std::move(*maximum);
    rest.erase(maximum);
    const Expr others = Expr::sum(rest, expr.offset());
    const std::vector<Expr> &operands = term.atoms[0]->operands;
    auto holds = [&](const Expr &operand) {
      return isNonNegative(others + operand * term.coefficient, depth - 1);
    };
    return term.coefficient < 0 ? std::all_of(operands.begin(), operands.end(), holds)
                                : std::any_of(operands.begin(), operands.end(), holds);
  }

  Bytes evaluated(const Expr &expr) const {
    Bytes result{expr, {}};
    for (size_t i = 0; i < sampleCount; ++i) {
      try {
        result.values[i] = expr.evaluate(dimensions[i]);
      } catch (const std::overflow_error &) {
        result.values[i] = INT64_MAX;
      }
    }
    return result;
  }

  int64_t clip(const std::string &dim, int64_t value) const {
    auto range = ranges.find(dim);
    if (range == ranges.end())
      return value;
    return std::min(std::max(value, range->second.min), range->second.max.value_or(INT64_MAX));
  }

  const sizes::Ranges &ranges;
  std::array<sizes::Values, sampleCount> dimensions;
  std::unordered_map<Expr, bool, Hash> proofs; // difference -> whether it is known to be >= 0
};

struct Place {
  Bytes begin, end;
};

/// Which buffers are known to end before which begin, for all sizes. What follows from earlier proofs needs none of its own.
class Order {
public:
  explicit Order(size_t count) : lower(count, Set((count + 63) / 64)) {}

  bool isBelow(size_t a, size_t b) const { return lower[b][a / 64] >> a % 64 & 1; }
  /// Whether `b` is one of `all`, or begins above the end of one.
  bool isAtOrAbove(size_t b, const std::vector<size_t> &all) const {
    return std::any_of(all.begin(), all.end(), [&](size_t a) { return a == b || isBelow(a, b); });
  }

  /// a, and all below it, is below b.
  void putBelow(size_t a, size_t b) {
    for (size_t i = 0; i < lower[b].size(); ++i)
      lower[b][i] |= lower[a][i];
    lower[b][a / 64] |= uint64_t(1) << a % 64;
  }
  void putBelow(size_t a, const std::vector<size_t> &all) {
    for (size_t b = 0; b < lower.size(); ++b)
      if (isAtOrAbove(b, all))
        putBelow(a, b);
  }
  void putAtBottom(size_t a) { std::fill(lower[a].begin(), lower[a].end(), 0); }

private:
  using Set = std::vector<uint64_t>;
  std::vector<Set> lower; // of each buffer, a bit for each that is below it
};

struct Plan {
  std::vector<Place> places; // of each buffer
  Bytes total;
};

class Planner {
public:
  Planner(const std::vector<ArenaBuffer> &buffers, const sizes::Ranges &ranges)
      : buffers(buffers), comparison(buffers, ranges) {
    for (const ArenaBuffer &buffer : buffers)
      bytes.push_back(comparison.aligned(buffer.bytes));
  }

  ArenaPlan run() {
    std::vector<int64_t> size, breadth = breadths(/*ofRuntimeSizes=*/false);
    for (const Bytes &each : bytes)
      size.push_back(each.values[0]);
    std::vector<int64_t> runtime = breadths(/*ofRuntimeSizes=*/true);
    Plan plans[] = {place(inOrder([&](size_t i) { return std::pair(size[i], breadth[i]); })),
                    place(inOrder([&](size_t i) { return std::pair(breadth[i], size[i]); })),
                    place(inOrder([&](size_t i) { return std::pair(runtime[i], size[i]); }))};
    const Plan &best =
        *std::min_element(std::begin(plans), std::end(plans),
                          [](const Plan &a, const Plan &b) { return a.total.values[0] < b.total.values[0]; });
    ArenaPlan plan{{}, best.total.expr};
    for (const Place &place : best.places)
      plan.offsets.push_back(place.begin.expr);
    return plan;
  }

private:
  /// For each buffer, the most bytes that are live at one time with it: of all buffers, or of those of run-time sizes.
  std::vector<int64_t> breadths(bool ofRuntimeSizes) const {
    std::vector<int64_t> live(buffers.size()),
        breadth(buffers.size()); // some buffer starts where the most are live
    for (size_t at = 0; at < buffers.size(); ++at)
      for (size_t i = 0; i < buffers.size(); ++i)
        if (buffers[i].first <= buffers[at].first && buffers[at].first <= buffers[i].last &&
            !(ofRuntimeSizes && buffers[i].bytes.isConstant()))
          live[at] += std::min(bytes[i].values[0], INT64_MAX - live[at]);
    for (size_t i = 0; i < buffers.size(); ++i)
      for (size_t at = 0; at < buffers.size(); ++at)
        if (buffers[i].first <= buffers[at].first && buffers[at].first <= buffers[i].last)
          breadth[i] = std::max(breadth[i], live[at]);
    return breadth;
  }

  /// Static buffers first: what is placed on top of a run-time size has an offset that is computed at run time.
  template <class Key> std::vector<size_t> inOrder(Key key) const {
    std::vector<size_t> order(buffers.size());
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) {
      bool aStatic = buffers[a].bytes.isConstant(), bStatic = buffers[b].bytes.isConstant();
      return aStatic != bStatic ? aStatic : key(a) > key(b);
    });
    return order;
  }

  Plan place(const std::vector<size_t> &order) {
    places.assign(buffers.size(), {});
    known = Order(buffers.size());
    for (auto next = order.begin(); next != order.end(); ++next) {
      std::vector<size_t> neighbors;
      std::copy_if(order.begin(), next, std::back_inserter(neighbors), [&](size_t other) {
        return buffers[*next].first <= buffers[other].last && buffers[other].first <= buffers[*next].last;
      });
      Bytes begin = lowestGap(*next, neighbors);
      places[*next] = {begin, begin + bytes[*next]};
    }
    return {places, endOf(order)};
  }

  /// The lowest place for a buffer among the placed `neighbors`, at the bottom or at the end of one of them.
  Bytes lowestGap(size_t index, std::vector<size_t> &neighbors) {
    if (fits(index, {}, neighbors))
      return {};
    std::vector<size_t> candidates = neighbors;
    std::stable_sort(candidates.begin(), candidates.end(),
                     [&](size_t a, size_t b) { return places[a].end.values[0] < places[b].end.values[0]; });
    for (size_t candidate : candidates) {
      known.putBelow(candidate, index);
      if (fits(index, places[candidate].end, neighbors))
        return places[candidate].end;
      known.putAtBottom(index);
    }
    for (size_t neighbor : neighbors)
      known.putBelow(neighbor, index);
    return endOf(candidates);
  }

  /// Whether there is room for a buffer at `begin`. What that proves is known from then on.
  bool fits(size_t index, const Bytes &begin, std::vector<size_t> &neighbors) {
    const Samples endValues = begin.values + bytes[index].values;
    for (size_t &neighbor : neighbors) {
      const Place &place = places[neighbor];
      if (mayLessEqual(place.end.values, begin.values) || mayLessEqual(endValues, place.begin.values))
        continue;
      std::swap(neighbor, neighbors.front()); // it is likely to be in the way of the next candidate, too
      return false;
    }
    const Bytes end = begin + bytes[index];
    std::vector<size_t> above;
    for (size_t neighbor : neighbors) {
      const Place &place = places[neighbor];
      if (known.isBelow(neighbor, index) || known.isAtOrAbove(neighbor, above))
        continue;
      if (comparison.lessEqual(place.end, begin))
        known.putBelow(neighbor, index);
      else if (comparison.lessEqual(end, place.begin))
        above.push_back(neighbor);
      else
        return false;
    }
    known.putBelow(index, above);
    return true;
  }

  /// An upper bound of the ends of some placed buffers. What lies below others need not be compared.
  Bytes endOf(const std::vector<size_t> &placed) {
    Bytes end;
    for (size_t i : placed)
      if (std::none_of(placed.begin(), placed.end(), [&](size_t other) { return known.isBelow(i, other); }))
        end = comparison.upperBound(end, places[i].end);
    return end;
  }

  const std::vector<ArenaBuffer> &buffers;
  Comparison comparison;
  std::vector<Bytes> bytes; // of each buffer, aligned
  std::vector<Place> places;
  Order known{0};
};

} // namespace

int64_t maxLiveBytes(const std::vector<ArenaBuffer> &buffers, const sizes::Values &values) {
  int64_t most = 0;
  for (const ArenaBuffer &at : buffers) { // some buffer starts where the most are live
    int64_t live = 0;
    for (const ArenaBuffer &other : buffers)
      if (other.first <= at.first && at.first <= other.last)
        live += (other.bytes.evaluate(values) + arenaAlignment - 1) / arenaAlignment * arenaAlignment;
    most = std::max(most, live);
  }
  return most;
}

ArenaPlan planArena(const std::vector<ArenaBuffer> &buffers, const sizes::Ranges &ranges) {
  return Planner(buffers, ranges).run();
}

} // namespace ingot::codegen
