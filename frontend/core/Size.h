// Sizes of tensors, known now or at run time.
//
//   Size   a number, or an expression over named dimensions; usable like int64_t
//   Dim    a named dimension
//
//   Dim N("N", 512);                          // any batch size up to 512, 0 included
//   auto n = x.size(0);                       // keep it as auto or Size
//   x.view({n * 4, x.size(1) / 4});
//   int64_t c = x.size(1);                    // fine for a number; an Error that names the dimension otherwise
//
// A comparison is decided by the declared ranges of the dimensions (N < 1000 is true above); where they do not decide
// it, it is an Error.
#pragma once
#include <concepts>
#include <cstdint>
#include <iosfwd>
#include <memory>
#include <string>
#include <utility>

namespace ingot {
class Size;

namespace detail {
struct SymbolicSize; // an expression of ir/sizes and the ranges of its dimensions; SymbolicSize.h
struct SizeAccess;   // makes and opens them, inside the library
/// op is one of + - * / % and m (min), M (max).
Size combine(const Size &a, const Size &b, char op);
/// op is one of = < and l (<=). Throws Error where the ranges do not decide.
bool decide(const Size &a, const Size &b, char op);
} // namespace detail

class Size {
public:
  Size() = default;
  template <std::integral T> Size(T number) : number(static_cast<int64_t>(number)) {}

  /// Whether it is a number already.
  bool isNumber() const { return !symbol; }
  /// The number; Error for one that is known at run time only.
  operator int64_t() const { return symbol ? refuse() : number; }
  /// "3", "N*2 + 1".
  std::string str() const;

  Size &operator+=(const Size &other) { return *this = detail::combine(*this, other, '+'); }
  Size &operator-=(const Size &other) { return *this = detail::combine(*this, other, '-'); }
  Size &operator*=(const Size &other) { return *this = detail::combine(*this, other, '*'); }
  Size &operator/=(const Size &other) { return *this = detail::combine(*this, other, '/'); }
  Size &operator++() { return *this += 1; }
  Size &operator--() { return *this -= 1; }
  Size operator++(int) { return std::exchange(*this, detail::combine(*this, 1, '+')); }
  Size operator--(int) { return std::exchange(*this, detail::combine(*this, 1, '-')); }

private:
  friend struct detail::SizeAccess;
  int64_t refuse() const;

  int64_t number = 0;
  std::shared_ptr<const detail::SymbolicSize> symbol;
};

/// A dimension that is known at run time: a name ([A-Za-z_][A-Za-z0-9_]*) and its bounds, both inclusive. Equal names are
/// equal sizes. A declared maximum fixes the workspace, and a call above it is refused.
class Dim : public Size {
public:
  explicit Dim(const std::string &name);
  Dim(const std::string &name, int64_t max);
  Dim(const std::string &name, int64_t min, int64_t max);
};

Size min(const Size &a, const Size &b);
Size max(const Size &a, const Size &b);
template <std::integral T> Size min(const Size &a, T b) { return min(a, Size(b)); }
template <std::integral T> Size min(T a, const Size &b) { return min(Size(a), b); }
template <std::integral T> Size max(const Size &a, T b) { return max(a, Size(b)); }
template <std::integral T> Size max(T a, const Size &b) { return max(Size(a), b); }
std::ostream &operator<<(std::ostream &out, const Size &size);

// Both sides may be integers: exact matches for each pair keep the built-in operators out.
#define INGOT_SIZE_OPERATOR(result, op, expression)                                                          \
  inline result operator op(const Size &a, const Size &b) { return expression; }                             \
  template <std::integral T> result operator op(const Size &a, T b) { return a op Size(b); }                 \
  template <std::integral T> result operator op(T a, const Size &b) { return Size(a) op b; }
INGOT_SIZE_OPERATOR(Size, +, detail::combine(a, b, '+'))
INGOT_SIZE_OPERATOR(Size, -, detail::combine(a, b, '-'))
INGOT_SIZE_OPERATOR(Size, *, detail::combine(a, b, '*'))
INGOT_SIZE_OPERATOR(Size, /, detail::combine(a, b, '/'))
INGOT_SIZE_OPERATOR(Size, %, detail::combine(a, b, '%'))
INGOT_SIZE_OPERATOR(bool, ==, detail::decide(a, b, '='))
INGOT_SIZE_OPERATOR(bool, !=, !detail::decide(a, b, '='))
INGOT_SIZE_OPERATOR(bool, <, detail::decide(a, b, '<'))
INGOT_SIZE_OPERATOR(bool, <=, detail::decide(a, b, 'l'))
INGOT_SIZE_OPERATOR(bool, >, detail::decide(b, a, '<'))
INGOT_SIZE_OPERATOR(bool, >=, detail::decide(b, a, 'l'))
#undef INGOT_SIZE_OPERATOR
inline Size operator-(const Size &a) { return detail::combine(0, a, '-'); }
inline bool operator!(const Size &a) { return detail::decide(a, 0, '='); }

} // namespace ingot
