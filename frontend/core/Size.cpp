#include "frontend/core/Size.h"
#include "frontend/core/Error.h"
#include "frontend/core/SymbolicSize.h"
#include <ostream>
#include <stdexcept>

namespace ingot {
using detail::SizeAccess;

Size detail::SizeAccess::make(const sizes::Expr &expr, const sizes::Ranges &ranges) {
  if (expr.isConstant())
    return expr.constant();
  auto symbol = std::make_shared<SymbolicSize>(SymbolicSize{expr, {}});
  for (const std::string &name : expr.dims())
    if (auto range = ranges.find(name); range != ranges.end())
      symbol->ranges.insert(*range);
  Size size;
  size.symbol = std::move(symbol);
  return size;
}

const sizes::Ranges &detail::SizeAccess::ranges(const Size &size) {
  static const sizes::Ranges none;
  return size.symbol ? size.symbol->ranges : none;
}

std::vector<sizes::Expr> detail::exprsOf(const Shape &shape) {
  std::vector<sizes::Expr> result;
  for (const Size &size : shape)
    result.push_back(SizeAccess::expr(size));
  return result;
}

static sizes::Ranges rangesOf(const Size &a, const Size &b) {
  sizes::Ranges ranges = SizeAccess::ranges(a);
  for (const auto &[name, range] : SizeAccess::ranges(b))
    if (auto [at, isNew] = ranges.emplace(name, range); !isNew && !(at->second == range))
      throw Error("dimension " + name + " is declared with two different ranges");
  return ranges;
}

int64_t Size::refuse() const {
  throw Error("size " + str() + " is known at run time only: keep it as auto or ingot::Size, not as int64_t");
}

std::string Size::str() const { return SizeAccess::expr(*this).str(); }

Size detail::combine(const Size &a, const Size &b, char op) {
  sizes::Expr x = SizeAccess::expr(a), y = SizeAccess::expr(b);
  try {
    if (x.isConstant() && y.isConstant() && (op == '/' || op == '%') && y.constant() != 0) // as C++ divides
      return op == '/' ? x.constant() / y.constant() : x.constant() % y.constant();
    sizes::Expr result = op == '+'   ? x + y
                         : op == '-' ? x - y
                         : op == '*' ? x * y
                         : op == '/' ? floordiv(x, y)
                         : op == '%' ? mod(x, y)
                         : op == 'm' ? min(x, y)
                                     : max(x, y);
    return SizeAccess::make(result, rangesOf(a, b));
  } catch (const std::logic_error &) {
    throw Error("size " + a.str() + " is divided by zero");
  } catch (const std::overflow_error &) {
    throw Error("sizes " + a.str() + " and " + b.str() + " combine to more than 64 bits");
  }
}

bool detail::decide(const Size &a, const Size &b, char op) {
  sizes::Expr x = SizeAccess::expr(a), y = SizeAccess::expr(b);
  sizes::Ranges ranges = rangesOf(a, b);
  std::optional<bool> known;
  if (op == '=')
    known = sizes::Expr::equal(x, y, ranges);
  else if (op == 'l')
    known = sizes::Expr::lessEqual(x, y, ranges);
  else if (std::optional<bool> reverse = sizes::Expr::lessEqual(y, x, ranges))
    known = !*reverse;
  if (!known)
    throw Error(
        "sizes " + a.str() + " and " + b.str() +
        " cannot be compared before run time: the declared ranges of the dimensions do not decide it (a loop "
        "over as many steps is ingot::scan)");
  return *known;
}

static Size declare(const std::string &name, int64_t min, std::optional<int64_t> max) {
  if (min < 0 || (max && *max < min))
    throw Error("dimension " + name + ": the range must be 0 <= min <= max, got " + std::to_string(min) +
                " to " + std::to_string(max.value_or(min)));
  try {
    return SizeAccess::make(sizes::Expr::dim(name), {{name, {min, max}}});
  } catch (const std::invalid_argument &) {
    throw Error("a dimension's name must be an identifier other than min, max, mod, floordiv, got '" + name +
                "'");
  }
}

Dim::Dim(const std::string &name) : Size(declare(name, 0, std::nullopt)) {}
Dim::Dim(const std::string &name, int64_t max) : Size(declare(name, 0, max)) {}
Dim::Dim(const std::string &name, int64_t min, int64_t max) : Size(declare(name, min, max)) {}

Size min(const Size &a, const Size &b) { return detail::combine(a, b, 'm'); }
Size max(const Size &a, const Size &b) { return detail::combine(a, b, 'M'); }
std::ostream &operator<<(std::ostream &out, const Size &size) { return out << size.str(); }

Size Shape::numel() const {
  Size n = 1;
  for (const Size &size : list)
    n *= size;
  return n;
}

std::string Shape::str() const {
  std::string text = "[";
  for (const Size &size : list)
    text += (text.size() > 1 ? ", " : "") + size.str();
  return text + "]";
}

// Equal only if the expressions are: shapes are compared to look, not to decide.
Shape Shape::slice(size_t first, size_t count) const {
  if (first > size() || count > size() - first)
    throw Error("a slice must lie within the " + std::to_string(size()) + " sizes, got " +
                std::to_string(count) + " from " + std::to_string(first));
  auto start = list.begin() + static_cast<std::ptrdiff_t>(first);
  return std::vector<Size>(start, start + static_cast<std::ptrdiff_t>(count));
}
bool Shape::equals(const Shape &other) const { return *this == other; }

bool operator==(const Shape &a, const Shape &b) { return detail::exprsOf(a) == detail::exprsOf(b); }
std::ostream &operator<<(std::ostream &out, const Shape &shape) { return out << shape.str(); }

} // namespace ingot
