#include "ir/sizes/Expr.h"
#include <algorithm>
#include <charconv>
#include <limits>
#include <numeric>
#include <set>
#include <stdexcept>
#include <utility>

namespace ingot::sizes {
namespace {

using Node = Expr::Node;
using Kind = Node::Kind;
using Atom = Expr::Atom;
using Term = Expr::Term;

constexpr int64_t kMaxDepth = 64, kMaxSize = 16384;
constexpr int64_t kLowest = std::numeric_limits<int64_t>::min(),
                  kHighest = std::numeric_limits<int64_t>::max();

//===-- Checked integers ------------------------------===//

[[noreturn]] void overflow(const char *what) {
  throw std::overflow_error(std::string("ingot::sizes::Expr: ") + what);
}
int64_t plus(int64_t a, int64_t b) {
  int64_t result;
  return __builtin_add_overflow(a, b, &result) ? overflow("a sum exceeds 64 bits"), 0 : result;
}
int64_t times(int64_t a, int64_t b) {
  int64_t result;
  return __builtin_mul_overflow(a, b, &result) ? overflow("a product exceeds 64 bits"), 0 : result;
}
int64_t floorQuotient(int64_t a, int64_t b) {
  if (b == 0)
    throw std::domain_error("ingot::sizes::Expr: division by zero");
  if (b == -1)
    return times(a, -1);
  return a / b - (a % b != 0 && (a < 0) != (b < 0));
}

int64_t floorRemainder(int64_t a, int64_t b) {
  floorQuotient(a, b == -1 ? 1 : b); // b is not 0
  int64_t remainder = b == -1 ? 0 : a % b;
  return remainder != 0 && (remainder < 0) != (b < 0) ? remainder + b : remainder;
}

//===-- The order of atoms, products and expressions ------------------------------===//

std::strong_ordering order(const Atom &a, const Atom &b) {
  if (a == b)
    return std::strong_ordering::equal;
  if (auto c = a->kind <=> b->kind; c != 0)
    return c;
  if (auto c = a->name <=> b->name; c != 0)
    return c;
  return a->operands <=> b->operands;
}

bool before(const Atom &a, const Atom &b) { return order(a, b) < 0; }

int64_t degree(const Term &term) {
  int64_t sum = 0;
  for (const Atom &atom : term.atoms)
    sum += atom->degree;
  return sum;
}

/// Greater means leading. Compatible with multiplication, as polynomial division requires.
std::strong_ordering order(const Term &a, const Term &b) {
  if (auto c = degree(a) <=> degree(b); c != 0)
    return c;
  if (auto c = a.atoms.size() <=> b.atoms.size(); c != 0)
    return c;
  for (size_t i = 0; i < a.atoms.size(); ++i)
    if (auto c = order(b.atoms[i], a.atoms[i]); c != 0)
      return c;
  return std::strong_ordering::equal;
}
bool leads(const Term &a, const Term &b) { return order(a, b) > 0; }

size_t mix(size_t seed, size_t value) { return (seed ^ value) * 0x9e3779b97f4a7c15u + (seed >> 7); }

Expr expr(const Atom &atom) { return Expr::sum({{1, {atom}}}, 0); }
Atom makeNode(Kind kind, std::vector<Expr> operands) {
  return std::make_shared<const Node>(kind, "", std::move(operands));
}

} // namespace

struct Expr::Rep {
  explicit Rep(std::vector<Term> sorted) : terms(std::move(sorted)) {
    for (const Term &term : terms) {
      degree = std::max(degree, sizes::degree(term));
      hash = mix(hash, size_t(term.coefficient));
      for (const Atom &atom : term.atoms) {
        depth = std::max(depth, atom->depth);
        size += atom->size;
        hash = mix(hash, atom->hash);
      }
    }
    if (depth > kMaxDepth || size > kMaxSize)
      overflow("the expression is too large");
  }
  std::vector<Term> terms;
  int64_t degree = 0, depth = 0, size = 0;
  size_t hash = 1;
};

Expr::Node::Node(Kind kind, std::string name, std::vector<Expr> operands)
    : kind(kind), name(std::move(name)), operands(std::move(operands)), degree(kind == Kind::Dim), depth(0),
      size(1), hash(mix(size_t(kind), std::hash<std::string>()(this->name))) {
  auto degreeOf = [](const Expr &e) { return e.rep ? e.rep->degree : 0; };
  for (const Expr &e : this->operands) {
    depth = std::max(depth, 1 + (e.rep ? e.rep->depth : 0));
    size += e.rep ? e.rep->size : 1;
    hash = mix(hash, e.hash());
    bool first = &e == &this->operands[0];
    degree = first                    ? degreeOf(e)
             : kind == Kind::FloorDiv ? std::max<int64_t>(degree - degreeOf(e), 0)
             : kind == Kind::Max      ? std::max(degree, degreeOf(e))
                                      : std::min(degree, degreeOf(e));
  }
}

const std::vector<Term> &Expr::terms() const {
  static const std::vector<Term> none;
  return rep ? rep->terms : none;
}

Expr Expr::sum(std::vector<Term> terms, int64_t offset) {
  if (!std::is_sorted(terms.begin(), terms.end(), leads))
    std::sort(terms.begin(), terms.end(), leads);
  std::vector<Term> merged;
  for (Term &term : terms) {
    if (term.atoms.empty())
      offset = plus(offset, term.coefficient);
    else if (!merged.empty() && order(merged.back(), term) == 0)
      merged.back().coefficient = plus(merged.back().coefficient, term.coefficient);
    else
      merged.push_back(std::move(term));
  }
  std::erase_if(merged, [](const Term &term) { return term.coefficient == 0; });
  Expr result(offset);
  if (!merged.empty())
    result.rep = std::make_shared<const Rep>(std::move(merged));
  return result;
}

std::strong_ordering Expr::operator<=>(const Expr &other) const {
  if (rep != other.rep) {
    if (!rep || !other.rep)
      return bool(rep) <=> bool(other.rep);
    if (auto c = rep->degree <=> other.rep->degree; c != 0)
      return c;
    const std::vector<Term> &a = terms(), &b = other.terms();
    for (size_t i = 0; i < a.size() || i < b.size(); ++i) {
      auto lead = i == a.size()   ? std::strong_ordering::less
                  : i == b.size() ? std::strong_ordering::greater
                                  : order(a[i], b[i]);
      int64_t left = lead >= 0 ? a[i].coefficient : 0, right = lead <= 0 ? b[i].coefficient : 0;
      if (left != right)
        return left <=> right;
    }
  }
  return value <=> other.value;
}

size_t Expr::hash() const { return mix(rep ? rep->hash : 0, size_t(value)); }

int64_t Expr::constant() const {
  if (rep)
    throw std::logic_error("ingot::sizes::Expr::constant: requires a constant, got " + str());
  return value;
}

//===-- The polynomial ring ------------------------------===//

Expr operator+(const Expr &a, const Expr &b) {
  Expr result = a.rep ? a : b;
  if (a.rep && b.rep) {
    std::vector<Term> terms;
    std::merge(a.terms().begin(), a.terms().end(), b.terms().begin(), b.terms().end(),
               std::back_inserter(terms), leads);
    result = Expr::sum(std::move(terms), 0);
  }
  result.value = plus(a.value, b.value);
  return result;
}

Expr operator-(const Expr &a, const Expr &b) { return a + b * -1; }

Expr operator*(const Expr &a, const Expr &b) {
  if (a.isConstant() && b.isConstant())
    return times(a.value, b.value);
  if (a == 1 || b == 1)
    return a == 1 ? b : a;
  if (times(int64_t(a.terms().size()), int64_t(b.terms().size())) > kMaxSize)
    overflow("the expression is too large");
  std::vector<Term> terms;
  for (const Term &s : a.terms()) {
    for (const Term &t : b.terms()) {
      Term product{times(s.coefficient, t.coefficient), {}};
      std::merge(s.atoms.begin(), s.atoms.end(), t.atoms.begin(), t.atoms.end(),
                 std::back_inserter(product.atoms), before);
      terms.push_back(std::move(product));
    }
    terms.push_back({times(s.coefficient, b.value), s.atoms});
  }
  for (const Term &t : b.terms())
    terms.push_back({times(a.value, t.coefficient), t.atoms});
  return Expr::sum(std::move(terms), times(a.value, b.value));
}

namespace {

Term leadingTerm(const Expr &e) { return e.isConstant() ? Term{e.offset(), {}} : e.terms().front(); }

/// a = q*b + r with no term of r divisible by the leading term of b: coefficients are divided rounding down.
std::pair<Expr, Expr> divide(const Expr &a, const Expr &b) {
  const Term divisor = leadingTerm(b);
  Expr quotient, remainder;
  for (Expr rest = a; rest != 0;) {
    Term term = leadingTerm(rest);
    if (std::includes(term.atoms.begin(), term.atoms.end(), divisor.atoms.begin(), divisor.atoms.end(),
                      before)) {
      Term factor{floorQuotient(term.coefficient, divisor.coefficient), {}};
      std::set_difference(term.atoms.begin(), term.atoms.end(), divisor.atoms.begin(), divisor.atoms.end(),
                          std::back_inserter(factor.atoms), before);
      Expr step = Expr::sum({factor}, 0);
      quotient = quotient + step;
      rest = rest - step * b;
      term.coefficient -= factor.coefficient * divisor.coefficient;
    }
    Expr kept = Expr::sum({std::move(term)}, 0);
    remainder = remainder + kept;
    rest = rest - kept;
  }
  return {quotient, remainder};
}

/// A common divisor of `seed` and the coefficients of e: the greatest, but that INT64_MIN counts as its half.
int64_t commonDivisor(int64_t seed, const Expr &e, bool withOffset) {
  auto gcd = [](int64_t a, int64_t b) { return std::gcd(a, std::max(b, kLowest / 2)); };
  for (const Term &term : e.terms())
    seed = gcd(seed, term.coefficient);
  return withOffset ? gcd(seed, e.offset()) : seed;
}

/// e with numerator / denominator in place of `atom`; nullopt where that leaves a fraction.
std::optional<Expr> substitute(const Expr &e, const Atom &atom, const Expr &numerator,
                               const Expr &denominator) {
  std::vector<std::vector<Term>> byPower(1);
  for (Term term : e.terms()) {
    size_t power = std::erase_if(term.atoms, [&](const Atom &other) { return order(atom, other) == 0; });
    byPower.resize(std::max(byPower.size(), power + 1));
    byPower[power].push_back(std::move(term));
  }
  Expr result = Expr::sum(std::move(byPower[0]), e.offset()), above = 1, below = 1;
  for (size_t power = 1; power < byPower.size(); ++power) {
    above = above * numerator;
    below = below * denominator;
    std::optional<Expr> factor = Expr::exactDiv(Expr::sum(std::move(byPower[power]), 0), below);
    if (!factor)
      return std::nullopt;
    result = result + *factor * above;
  }
  return result;
}

//===-- Intervals ------------------------------===//

/// Inclusive; the extreme integers stand for infinity.
struct Interval {
  int64_t lo, hi;
};
constexpr Interval kAnything{kLowest, kHighest};

bool infinite(int64_t a) { return a == kLowest || a == kHighest; }
int64_t infinity(bool negative) { return negative ? kLowest : kHighest; }

int64_t extendedSum(int64_t a, int64_t b, int64_t absorbing) {
  int64_t result;
  if (a == absorbing || b == absorbing)
    return absorbing;
  return __builtin_add_overflow(a, b, &result) ? infinity(a < 0) : result;
}
int64_t extendedProduct(int64_t a, int64_t b) {
  int64_t result;
  if (a == 0 || b == 0)
    return 0;
  return infinite(a) || infinite(b) || __builtin_mul_overflow(a, b, &result) ? infinity((a < 0) != (b < 0))
                                                                             : result;
}
int64_t extendedQuotient(int64_t a, int64_t b) {
  if (infinite(b))
    return a == 0 || (a < 0) == (b < 0) ? 0 : -1;
  return infinite(a) ? infinity((a < 0) != (b < 0)) : floorQuotient(a, b);
}
/// A finite sum or product beyond 64 bits must not be taken for infinity on the wrong side.
Interval clip(int64_t lo, int64_t hi) { return {std::min(lo, kHighest - 1), std::max(hi, kLowest + 1)}; }

template <class Function> Interval corners(Interval a, Interval b, Function f) {
  auto [lo, hi] = std::minmax({f(a.lo, b.lo), f(a.lo, b.hi), f(a.hi, b.lo), f(a.hi, b.hi)});
  return clip(lo, hi);
}

Interval interval(const Expr &e, const Ranges &ranges);

Interval interval(const Node &node, const Ranges &ranges) {
  if (node.kind == Kind::Dim) {
    auto range = ranges.find(node.name);
    return range == ranges.end() ? Interval{0, kHighest}
                                 : Interval{range->second.min, range->second.max.value_or(kHighest)};
  }
  Interval a = interval(node.operands[0], ranges), b = interval(node.operands[1], ranges);
  switch (node.kind) {
  case Kind::FloorDiv:
    b = {b.lo == 0 ? 1 : b.lo, b.hi == 0 ? -1 : b.hi}; // a divisor is not 0
    return b.lo > 0 || b.hi < 0 ? corners(a, b, extendedQuotient) : kAnything;
  case Kind::Mod: {
    int64_t lo = b.lo >= 0 ? 0 : b.lo == kLowest ? kLowest : b.lo + 1;
    int64_t hi = b.hi <= 0 ? 0 : b.hi == kHighest ? kHighest : b.hi - 1;
    return {lo, a.lo >= 0 && b.lo >= 0 ? std::min(hi, a.hi) : hi};
  }
  default:
    for (size_t i = 1; i < node.operands.size(); ++i) {
      b = interval(node.operands[i], ranges);
      a = node.kind == Kind::Min ? Interval{std::min(a.lo, b.lo), std::min(a.hi, b.hi)}
                                 : Interval{std::max(a.lo, b.lo), std::max(a.hi, b.hi)};
    }
    return a;
  }
}

/// Of this very spelling of a polynomial.
Interval intervalAsSpelled(const Expr &e, const Ranges &ranges) {
  Interval sum = clip(e.offset(), e.offset());
  for (const Term &term : e.terms()) {
    Interval product{term.coefficient, term.coefficient};
    for (const Atom &atom : term.atoms)
      product = corners(product, interval(*atom, ranges), extendedProduct);
    sum = clip(extendedSum(sum.lo, product.lo, kLowest), extendedSum(sum.hi, product.hi, kHighest));
  }
  return sum;
}

/// The value of floordiv(a, b) where its bounds leave one; otherwise the atom.
Expr quotientAtom(const Expr &a, const Expr &b) {
  Atom node = makeNode(Kind::FloorDiv, {a, b});
  Interval bounds = interval(*node, {});
  return bounds.lo == bounds.hi ? Expr(bounds.lo) : expr(node);
}
Expr modAtom(const Expr &a, const Expr &b) { return expr(makeNode(Kind::Mod, {a, b})); }

//===-- Quotients ------------------------------===//

/// floordiv(y, c) == -(q + floordiv(m, c)): {q, m}.
std::pair<Expr, Expr> mirror(const Expr &y, int64_t c) { return divide(c - 1 - y, c); }

bool isConstantQuotient(const Atom &atom) {
  return atom->kind == Kind::FloorDiv && atom->operands[1].isConstant();
}

/// Whether `atom` alone is a term of e with a negative coefficient.
bool subtracts(const Expr &e, const Atom &atom) {
  return std::any_of(e.terms().begin(), e.terms().end(), [&](const Term &term) {
    return term.coefficient < 0 && term.atoms.size() == 1 && order(term.atoms[0], atom) == 0;
  });
}

/// x floordiv c with x = ±floordiv(y, d) + p is (p*d ± y) floordiv c*d, with d - 1 added for a minus sign. Where c is 2
/// the signs are one coefficient, and what has left for the quotient tells them apart.
bool joinNested(Expr &quotient, Expr &x, int64_t &c) {
  for (const Term &term : x.terms()) {
    int64_t joined;
    if (term.atoms.size() != 1 || !isConstantQuotient(term.atoms[0]) ||
        (term.coefficient != 1 && term.coefficient != c - 1))
      continue;
    const Expr inner = expr(term.atoms[0]), y = term.atoms[0]->operands[0];
    int64_t d = term.atoms[0]->operands[1].constant();
    if (__builtin_mul_overflow(c, d, &joined))
      continue;
    if (term.coefficient == 1 && !(c == 2 && subtracts(quotient, term.atoms[0]))) {
      x = (x - inner) * d + y;
    } else {
      x = (x - inner * term.coefficient) * d - y + (d - 1);
      quotient = quotient + inner;
    }
    c = joined;
    return true;
  }
  return false;
}

/// floordiv(x, c) for c > 0.
Expr divideByConstant(Expr x, int64_t c) {
  // Whole multiples of c leave first: what remains may be known to lie between two multiples.
  std::vector<Term> whole, rest;
  for (const Term &term : x.terms())
    (term.coefficient % c ? rest : whole).push_back(term);
  Expr quotient = divide(Expr::sum(whole, 0), c).first;
  x = Expr::sum(rest, x.offset());
  Interval bounds = interval(x, {});
  if (int64_t lo = extendedQuotient(bounds.lo, c); lo == extendedQuotient(bounds.hi, c))
    return quotient + lo;
  do {
    auto [q, r] = divide(x, c);
    quotient = quotient + q;
    int64_t common = commonDivisor(c, r, /*withOffset=*/false);
    x = divide(r, common).first;
    c /= common;
    if (c == 1)
      return quotient + x;
  } while (joinNested(quotient, x, c));
  auto [q, m] = mirror(x, c);
  Expr direct = quotientAtom(x, c), mirrored = quotientAtom(m, c);
  return direct.isConstant() || (!mirrored.isConstant() && x <= m) ? quotient + direct
                                                                   : quotient - q - mirrored;
}

//===-- Minima and maxima ------------------------------===//

/// e as the operands of a minimum (maximum): those of k*min(a, b) + c are k*a + c and k*b + c.
std::vector<Expr> operandsOf(const Expr &e, Kind kind) {
  if (e.terms().size() != 1 || e.terms()[0].atoms.size() != 1)
    return {e};
  const auto &[coefficient, atoms] = e.terms()[0];
  if (atoms[0]->kind != (coefficient > 0 ? kind : kind == Kind::Min ? Kind::Max : Kind::Min))
    return {e};
  std::vector<Expr> operands = atoms[0]->operands;
  for (Expr &operand : operands)
    operand = operand * coefficient + e.offset();
  return operands;
}

Expr extremum(Kind kind, const Expr &a, const Expr &b) {
  auto loses = [&](const Expr &x, const Expr &y) {
    return interval(kind == Kind::Min ? x - y : y - x, {}).lo >= 0;
  };
  auto dropLosers = [&](std::vector<Expr> &from, const std::vector<Expr> &to) {
    std::erase_if(from, [&](const Expr &x) {
      return std::any_of(to.begin(), to.end(), [&](auto &y) { return loses(x, y); });
    });
  };
  std::vector<Expr> operands = operandsOf(a, kind), others = operandsOf(b, kind);
  dropLosers(others, operands);
  dropLosers(operands, others);
  operands.insert(operands.end(), others.begin(), others.end());
  if (operands.size() == 1)
    return operands[0];
  Expr sum;
  for (const Expr &operand : operands)
    sum = sum + operand;
  const bool mirrored = sum.isConstant() ? kind == Kind::Min : leadingTerm(sum).coefficient < 0;
  const int64_t sign = mirrored ? -1 : 1;
  for (Expr &operand : operands)
    operand = operand * sign;
  if (mirrored)
    kind = kind == Kind::Min ? Kind::Max : Kind::Min;
  std::sort(operands.begin(), operands.end(), std::greater<>());
  int64_t offset = operands[0].offset(), factor = 0;
  for (Expr &operand : operands)
    factor = commonDivisor(factor, operand = operand - offset, /*withOffset=*/true);
  for (Expr &operand : operands)
    operand = divide(operand, factor).first;
  return (expr(makeNode(kind, std::move(operands))) * factor + offset) * sign;
}

} // namespace

Expr floordiv(const Expr &a, const Expr &b) {
  if (b == 0 || (a.isConstant() && b.isConstant()))
    return floorQuotient(a.offset(), b.offset());
  if (leadingTerm(b).coefficient < 0)
    return floordiv(a * -1, b * -1);
  if (b.isConstant())
    return divideByConstant(a, b.constant());
  auto [quotient, rest] = divide(a, b);
  if (rest == 0)
    return quotient;
  int64_t common = commonDivisor(commonDivisor(0, rest, true), b, true);
  return quotient + quotientAtom(divide(rest, common).first, divide(b, common).first);
}

Expr mod(const Expr &a, const Expr &b) { return a - b * floordiv(a, b); }
Expr min(const Expr &a, const Expr &b) { return extremum(Kind::Min, a, b); }
Expr max(const Expr &a, const Expr &b) { return extremum(Kind::Max, a, b); }

std::optional<Expr> Expr::exactDiv(const Expr &a, const Expr &b) {
  if (b == 0)
    return std::nullopt;
  auto [quotient, rest] = divide(a, b);
  return rest == 0 ? std::optional(quotient) : std::nullopt;
}

Expr Expr::dim(std::string_view name) {
  auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
  auto character = [&](char c) { return letter(c) || (c >= '0' && c <= '9'); };
  bool reserved = name == "floordiv" || name == "mod" || name == "min" || name == "max";
  if (reserved || name.empty() || !letter(name[0]) || !std::all_of(name.begin(), name.end(), character))
    throw std::invalid_argument("ingot::sizes::Expr::dim: requires an identifier, got '" + std::string(name) +
                                "'");
  return expr(std::make_shared<const Node>(Kind::Dim, std::string(name), std::vector<Expr>{}));
}

//===-- Spelling ------------------------------===//

Expr Expr::spelled() const {
  auto cost = [](const Expr &e) {
    size_t negative =
        std::count_if(e.terms().begin(), e.terms().end(), [](auto &term) { return term.coefficient < 0; });
    return std::pair(e.terms().size() + (e.value != 0), negative + (e.value < 0));
  };
  std::vector<Atom> quotients;
  for (const Term &term : terms())
    for (const Atom &atom : term.atoms)
      if (atom->kind == Kind::FloorDiv &&
          std::find(quotients.begin(), quotients.end(), atom) == quotients.end())
        quotients.push_back(atom);
  Expr best = *this;
  for (const Atom &atom : quotients) {
    const Expr base = best, &y = atom->operands[0], &c = atom->operands[1];
    auto consider = [&](const Expr &numerator, const Expr &denominator) {
      std::optional<Expr> other = substitute(base, atom, numerator, denominator);
      if (other && cost(*other) < cost(best))
        best = *other;
    };
    const bool constant = c.isConstant();
    auto [q, m] = constant ? mirror(y, c.value) : std::pair<Expr, Expr>();
    if (constant)
      consider(Expr(0) - q - sizes::expr(makeNode(Kind::FloorDiv, {m, c})), 1);
    consider(y - modAtom(y, c), c);
    if (constant)
      consider(y - (c - 1) + modAtom(m, c), c);
  }
  return best;
}

namespace {

Interval interval(const Expr &e, const Ranges &ranges) { return intervalAsSpelled(e.spelled(), ranges); }

struct Evaluator {
  const Values &values;
  int64_t constant(int64_t c) { return c; }
  int64_t dim(const std::string &name) {
    auto value = values.find(name);
    if (value == values.end())
      throw std::out_of_range("ingot::sizes::Expr::evaluate: requires a value of the dimension " + name);
    return value->second;
  }
  int64_t add(int64_t a, int64_t b) { return plus(a, b); }
  int64_t mul(int64_t a, int64_t b) { return times(a, b); }
  int64_t floordiv(int64_t a, int64_t b) { return floorQuotient(a, b); }
  int64_t mod(int64_t a, int64_t b) { return floorRemainder(a, b); }
  int64_t min(int64_t a, int64_t b) { return std::min(a, b); }
  int64_t max(int64_t a, int64_t b) { return std::max(a, b); }
};

void collectDims(const Expr &e, std::set<std::string> &names) {
  for (const Term &term : e.terms()) {
    for (const Atom &atom : term.atoms) {
      if (atom->kind == Kind::Dim)
        names.insert(atom->name);
      for (const Expr &operand : atom->operands)
        collectDims(operand, names);
    }
  }
}

} // namespace

//===-- Questions ------------------------------===//

std::vector<std::string> Expr::dims() const {
  std::set<std::string> names;
  collectDims(*this, names);
  return {names.begin(), names.end()};
}

int64_t Expr::evaluate(const Values &values) const { return visit<int64_t>(Evaluator{values}); }

Range Expr::bounds(const Ranges &ranges) const {
  if (isConstant())
    return {value, value};
  Interval best = interval(*this, ranges);
  // c*floordiv(y, c) is y - (y mod c), which may cancel against other terms: bounds of a multiple of the
  // expression.
  try {
    Expr multiple = *this;
    int64_t scale = 1;
    auto nextQuotient = [&]() -> Atom {
      for (const Term &term : multiple.terms())
        if (auto atom = std::find_if(term.atoms.begin(), term.atoms.end(), isConstantQuotient);
            atom != term.atoms.end())
          return *atom;
      return nullptr;
    };
    while (Atom atom = nextQuotient()) {
      const Expr &y = atom->operands[0], &c = atom->operands[1];
      std::optional<Expr> replaced;
      while (!(replaced = substitute(multiple, atom, y - modAtom(y, c), c))) {
        multiple = multiple * c;
        scale = times(scale, c.value);
      }
      multiple = *replaced;
      Interval i = intervalAsSpelled(multiple, ranges);
      best.lo = std::max(best.lo, i.lo == kLowest ? kLowest : -floorQuotient(-i.lo, scale));
      best.hi = std::min(best.hi, extendedQuotient(i.hi, scale));
    }
  } catch (const std::overflow_error &) { // the bounds so far hold
  }
  return {best.lo, best.hi == kHighest ? std::nullopt : std::optional(best.hi)};
}

std::optional<bool> Expr::lessEqual(const Expr &a, const Expr &b, const Ranges &ranges) {
  Range difference = (b - a).bounds(ranges);
  if (difference.min >= 0)
    return true;
  return difference.max && *difference.max < 0 ? std::optional(false) : std::nullopt;
}

std::optional<bool> Expr::equal(const Expr &a, const Expr &b, const Ranges &ranges) {
  Range difference = (b - a).bounds(ranges);
  if (difference == Range{0, 0})
    return true;
  return difference.min > 0 || (difference.max && *difference.max < 0) ? std::optional(false) : std::nullopt;
}

//===-- Text ------------------------------===//

namespace {

/// `text` as an operand: in parentheses unless it is one word or call.
std::string grouped(const std::string &text) {
  int depth = 0;
  for (char c : text) {
    depth += (c == '(') - (c == ')');
    if (depth == 0 && (c == ' ' || c == '*' || c == '-'))
      return "(" + text + ")";
  }
  return text;
}

std::string joined(const std::vector<std::string> &parts, const char *separator) {
  std::string text;
  for (const std::string &part : parts)
    text += (text.empty() ? "" : separator) + part;
  return text;
}

/// A sum in the notation common to canonical text and C; `function` writes the atoms that differ.
template <class Function> std::string sumText(const Expr &e, Function function) {
  std::string text;
  auto append = [&](int64_t coefficient, const std::string &product) {
    bool negative = coefficient < 0 && coefficient != kLowest;
    int64_t size = negative ? -coefficient : coefficient;
    std::string number = size == kLowest ? "(-9223372036854775807 - 1)" : std::to_string(size); // as C has it
    text += text.empty() ? (negative ? "-" : "") : negative ? " - " : " + ";
    text += product.empty() ? number : size == 1 ? product : product + "*" + number;
  };
  for (const Term &term : e.terms()) {
    std::vector<std::string> factors;
    for (const Atom &atom : term.atoms)
      factors.push_back(atom->kind == Kind::Dim ? atom->name : function(*atom));
    append(
        term.coefficient, term.coefficient == 1 && factors.size() == 1 ? factors[0] : [&] {
          for (std::string &factor : factors)
            factor = grouped(factor);
          return joined(factors, "*");
        }());
  }
  if (e.offset() != 0 || text.empty())
    append(e.offset(), "");
  return text;
}

std::string cFunction(const Node &node) {
  std::vector<std::string> x;
  for (const Expr &operand : node.operands)
    x.push_back(grouped(operand.cSource()));
  if (node.kind == Kind::Min || node.kind == Kind::Max) {
    std::string text = "(";
    for (size_t i = 0; i + 1 < x.size(); ++i) {
      std::vector<std::string> wins;
      for (size_t j = i + 1; j < x.size(); ++j)
        wins.push_back(x[i] + (node.kind == Kind::Min ? " <= " : " >= ") + x[j]);
      text += joined(wins, " && ") + " ? " + x[i] + " : ";
    }
    return text + x.back() + ")";
  }
  // C rounds towards zero: a remainder of the wrong sign costs one.
  const std::string remainder = x[0] + "%" + x[1];
  bool positiveDivisor = interval(node.operands[1], {}).lo >= 0,
       exact = positiveDivisor && interval(node.operands[0], {}).lo >= 0;
  std::string wrong = positiveDivisor
                          ? "(" + remainder + " < 0)"
                          : "(" + remainder + " != 0 && (" + remainder + " < 0) != (" + x[1] + " < 0))";
  if (node.kind == Kind::FloorDiv)
    return "(" + x[0] + "/" + x[1] + (exact ? ")" : " - " + wrong + ")");
  return "(" + remainder + (exact ? ")" : " + " + wrong + "*" + x[1] + ")");
}

std::string textFunction(const Node &node) {
  std::vector<std::string> operands;
  for (const Expr &operand : node.operands)
    operands.push_back(operand.str());
  if (node.kind == Kind::Min || node.kind == Kind::Max)
    return (node.kind == Kind::Min ? "min(" : "max(") + joined(operands, ", ") + ")";
  return grouped(operands[0]) + (node.kind == Kind::FloorDiv ? " floordiv " : " mod ") + grouped(operands[1]);
}

/// sum := product (('+' | '-') product)*
/// product := factor (('*' | 'floordiv' | 'mod') factor)*
/// factor := number | dimension | '-' factor | '(' sum ')' | ('min' | 'max') '(' sum (',' sum)+ ')'
class Parser {
public:
  explicit Parser(std::string_view text) : rest(text) {}

  std::optional<Expr> whole() {
    std::optional<Expr> e = sum();
    skipSpace();
    return rest.empty() ? e : std::nullopt;
  }

private:
  void skipSpace() { rest.remove_prefix(std::min(rest.find_first_not_of(" \t\n\r"), rest.size())); }

  bool take(std::string_view token) {
    skipSpace();
    if (!rest.starts_with(token))
      return false;
    rest.remove_prefix(token.size());
    return true;
  }

  std::string_view word() {
    skipSpace();
    size_t size = 0;
    while (size < rest.size() && (isalnum((unsigned char)rest[size]) || rest[size] == '_'))
      ++size;
    return rest.substr(0, size);
  }

  std::optional<Expr> sum() {
    std::optional<Expr> left = product();
    while (left) {
      bool negative = take("-");
      if (!negative && !take("+"))
        break;
      std::optional<Expr> right = product();
      left = right ? std::optional(negative ? *left - *right : *left + *right) : std::nullopt;
    }
    return left;
  }

  std::optional<Expr> product() {
    std::optional<Expr> left = factor();
    while (left) {
      std::string_view op = take("*") ? "*" : word();
      if (op != "*" && op != "floordiv" && op != "mod")
        break;
      rest.remove_prefix(op == "*" ? 0 : op.size());
      std::optional<Expr> right = factor();
      left = !right             ? std::nullopt
             : op == "*"        ? std::optional(*left * *right)
             : op == "floordiv" ? std::optional(floordiv(*left, *right))
                                : std::optional(mod(*left, *right));
    }
    return left;
  }

  std::optional<Expr> factor() {
    if (depth == 4 * kMaxDepth)
      return std::nullopt;
    ++depth;
    std::optional<Expr> e = nested();
    --depth;
    return e;
  }

  std::optional<Expr> nested() {
    skipSpace();
    int64_t number;
    if (auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), number);
        error == std::errc()) {
      rest.remove_prefix(size_t(end - rest.data()));
      return number;
    }
    if (take("-")) {
      std::optional<Expr> e = factor();
      return e ? std::optional(*e * -1) : std::nullopt;
    }
    if (take("(")) {
      std::optional<Expr> e = sum();
      return take(")") ? e : std::nullopt;
    }
    std::string_view name = word();
    rest.remove_prefix(name.size());
    if (name != "min" && name != "max")
      return Expr::dim(name);
    std::optional<Expr> e = take("(") ? sum() : std::nullopt;
    while (e && take(",")) {
      std::optional<Expr> next = sum();
      e = !next ? std::nullopt : std::optional(name == "min" ? min(*e, *next) : max(*e, *next));
    }
    return e && take(")") ? e : std::nullopt;
  }

  std::string_view rest;
  int64_t depth = 0;
};

} // namespace

std::string Expr::str() const { return sumText(spelled(), textFunction); }
std::string Expr::cSource() const { return sumText(spelled(), cFunction); }

std::optional<Expr> Expr::parse(std::string_view text) {
  try {
    return Parser(text).whole();
  } catch (const std::logic_error &) {    // not a name, division by zero
  } catch (const std::overflow_error &) { // too large
  }
  return std::nullopt;
}

} // namespace ingot::sizes
