// Arithmetic on tensor sizes that are known only at run time.
//
//   Expr       a size: an integer polynomial over named dimensions, with floordiv, mod, min and max, in
//   canonical form Range      the declared bounds of a named dimension Ranges     dimension name -> Range
//
//   Expr n = Expr::dim("N");
//   (n * 2 + 2).str() == "N*2 + 2";   floordiv(n * 4, 2) == n * 2;   (n + 1) * (n - 1) == n * n - 1
//
// Every dimension is >= 0: max(N, 0) == N. Canonical form makes equal sizes equal objects: the types of MLIR
// tensors compare them by their text (ir/dialect). This library includes neither MLIR nor LLVM: the frontend,
// shape inference, the arena plan and header emission share it.
#pragma once
#include <compare>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ingot::sizes {

/// Declared bounds of a dimension, both inclusive. Without a maximum it is unbounded.
struct Range {
  int64_t min = 0;
  std::optional<int64_t> max;
  bool operator==(const Range &) const = default;
};
using Ranges = std::map<std::string, Range, std::less<>>;
/// Dimension name -> value at run time.
using Values = std::map<std::string, int64_t, std::less<>>;

/// An immutable size expression; cheap to copy, constants without allocation. Thread-safe.
///
/// Arithmetic throws std::overflow_error where a coefficient leaves 64 bits or an expression grows beyond any
/// use (16384 factors, 64 nested functions), and std::domain_error on division by zero.
///
/// Canonical form: a polynomial with integer coefficients over atoms, which are dimensions and
///   floordiv(a, b)  a reduced modulo b, b's leading coefficient positive, no common factor; where b is a
///   constant, nested
///                   quotients are joined and of floordiv(a, b) == -floordiv(b - 1 - a, b) the one with the
///                   smaller a is taken
///   min, max(a...)  flat, sorted, no operand known to lose; common positive factors and the first constant
///                   term outside; of min(a...) == -max(-a...) the one whose operands' sum leads with a positive
///                   coefficient, max where they have none
/// `a mod b` is a - b*floordiv(a, b); text, bounds and visit() choose among these spellings the one with the
/// fewest terms.
class Expr {
public:
  /// A constant.
  Expr(int64_t value = 0) : value(value) {}
  /// The dimension `name` ([A-Za-z_][A-Za-z0-9_]*, not one of floordiv, mod, min, max); else
  /// std::invalid_argument.
  static Expr dim(std::string_view name);
  /// Reads what str() writes; nullopt if `text` is not an expression. Spaces and parentheses are free.
  static std::optional<Expr> parse(std::string_view text);

  bool isConstant() const { return !rep; }
  /// The value of a constant expression; must be constant.
  int64_t constant() const;
  /// The names of the dimensions it depends on, sorted, without repetition.
  std::vector<std::string> dims() const;
  /// Canonical text: "N*2 + 2", "(N + 1) floordiv 2", "N mod 4", "min(N, 4)", "N*N - 1". Equal expressions
  /// have equal text.
  std::string str() const;
  /// The same arithmetic as C source, e.g. for a header: the dimensions are int64_t variables >= 0 of the
  /// same names. Binds like a sum: parenthesize it where it becomes an operand.
  std::string cSource() const;

  /// Its value. std::out_of_range if a dimension is not in `values`, std::overflow_error, std::domain_error
  /// as above.
  int64_t evaluate(const Values &values) const;
  /// Bounds implied by the ranges of its dimensions (a dimension that is not listed is >= 0), not always the
  /// tightest. Where no lower bound is known, min is INT64_MIN.
  Range bounds(const Ranges &ranges) const;
  /// Whether a == b, a <= b for all values in the ranges: true, false, or nullopt when that depends (or could
  /// not be decided).
  static std::optional<bool> equal(const Expr &a, const Expr &b, const Ranges &ranges);
  static std::optional<bool> lessEqual(const Expr &a, const Expr &b, const Ranges &ranges);

  friend Expr operator+(const Expr &a, const Expr &b);
  friend Expr operator-(const Expr &a, const Expr &b);
  friend Expr operator*(const Expr &a, const Expr &b);
  /// Division rounding towards minus infinity, and its remainder; std::domain_error if `b` is the constant 0.
  /// Where b depends on dimensions it is taken to be other than 0: floordiv(N*M, M) == N.
  friend Expr floordiv(const Expr &a, const Expr &b);
  friend Expr mod(const Expr &a, const Expr &b);
  friend Expr min(const Expr &a, const Expr &b);
  friend Expr max(const Expr &a, const Expr &b);
  /// Exact quotient a / b when b divides a as a polynomial; nullopt otherwise. For view(-1).
  static std::optional<Expr> exactDiv(const Expr &a, const Expr &b);

  bool operator==(const Expr &other) const { return (*this <=> other) == 0; }
  /// A total order used to sort buffers: constants first, then by degree (floordiv(N*N, 2) has degree 2),
  /// then by the coefficient of the leading term in which they differ.
  std::strong_ordering operator<=>(const Expr &other) const;
  size_t hash() const;

  /// Walks the expression bottom-up, so that a lowering can build its own arithmetic. `Visitor` has
  ///   T constant(int64_t), T dim(const std::string &), T add(T, T), T mul(T, T), T floordiv(T, T), T mod(T,
  ///   T), T min(T, T), T max(T, T).
  template <class T, class Visitor> T visit(Visitor &&visitor) const;

  struct Node;
  using Atom = std::shared_ptr<const Node>;
  /// One product of the polynomial: coefficient * atoms.
  struct Term {
    int64_t coefficient;
    std::vector<Atom> atoms; // sorted, not empty
  };
  /// The terms that are not constant, leading term first, and the constant term.
  const std::vector<Term> &terms() const;
  int64_t offset() const { return value; }
  /// The sum of `terms` (whose atoms are those of canonical expressions, in any order) and `offset`.
  static Expr sum(std::vector<Term> terms, int64_t offset);

  /// For readers, no operand of arithmetic: the spelling with the fewest terms, with `mod` and mirrored quotients among its atoms.
  Expr spelled() const;

private:
  struct Rep;

  std::shared_ptr<const Rep> rep; // the terms that are not constant, if any
  int64_t value;                  // the constant term
};

/// An indivisible factor: a dimension, or a function of expressions. Made by Expr only.
struct Expr::Node {
  enum class Kind { Dim, FloorDiv, Mod, Min, Max };
  Node(Kind kind, std::string name, std::vector<Expr> operands);
  Kind kind;
  std::string name;            // Dim
  std::vector<Expr> operands;  // FloorDiv, Mod: two; Min, Max: two or more, sorted
  int64_t degree, depth, size; // how it grows with the dimensions; functions nested; factors in all
  size_t hash;
};

template <class T, class Visitor> T Expr::visit(Visitor &&v) const {
  using Kind = Node::Kind;
  const Expr e = spelled();
  std::optional<T> sum;
  for (const Term &term : e.terms()) {
    std::optional<T> product;
    for (const Atom &atom : term.atoms) {
      std::optional<T> factor;
      if (atom->kind == Kind::Dim)
        factor = v.dim(atom->name);
      for (const Expr &operand : atom->operands) {
        T next = operand.template visit<T>(v);
        factor = !factor                        ? next
                 : atom->kind == Kind::FloorDiv ? v.floordiv(*factor, next)
                 : atom->kind == Kind::Mod      ? v.mod(*factor, next)
                 : atom->kind == Kind::Min      ? v.min(*factor, next)
                                                : v.max(*factor, next);
      }
      product = product ? v.mul(*product, *factor) : *factor;
    }
    if (term.coefficient != 1)
      product = v.mul(*product, v.constant(term.coefficient));
    sum = sum ? v.add(*sum, *product) : *product;
  }
  if (!sum)
    return v.constant(e.offset());
  return e.offset() ? v.add(*sum, v.constant(e.offset())) : *sum;
}

} // namespace ingot::sizes
