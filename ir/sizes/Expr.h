// Arithmetic on tensor sizes that are known only at run time.
//
//   Expr       a size: an integer polynomial over named dimensions, with floordiv, mod, min and max, in canonical form
//   Range      the declared bounds of a named dimension
//   Ranges     dimension name -> Range
//
//   Expr n = Expr::dim("N");
//   (n * 2 + 2).str() == "N*2 + 2";   floordiv(n * 4, 2) == n * 2;   (n + 1) * (n - 1) == n * n - 1
//
// Canonical form makes equal sizes equal objects: the types of MLIR tensors compare them by their text (ir/dialect).
// This library includes neither MLIR nor LLVM: the frontend, shape inference, the arena plan and header emission share it.
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

/// An immutable size expression; cheap to copy. Thread-safe.
class Expr {
public:
  /// A constant.
  Expr(int64_t value = 0);
  /// The dimension `name` ([A-Za-z_][A-Za-z0-9_]*).
  static Expr dim(std::string_view name);
  /// Reads what str() writes; nullopt if `text` is not an expression.
  static std::optional<Expr> parse(std::string_view text);

  bool isConstant() const;
  /// The value of a constant expression; must be constant.
  int64_t constant() const;
  /// The names of the dimensions it depends on, sorted, without repetition.
  std::vector<std::string> dims() const;
  /// Canonical text: "N*2 + 2", "(N + 1) floordiv 2", "N mod 4", "min(N, 4)", "N*N - 1". Equal expressions have equal text.
  std::string str() const;
  /// The same arithmetic as C source (int64_t operands, N >= 0), e.g. for a header.
  std::string cSource() const;

  /// Its value; every dimension must be in `values`.
  int64_t evaluate(const Values &values) const;
  /// Bounds implied by the ranges of its dimensions (a dimension that is not listed is >= 0).
  Range bounds(const Ranges &ranges) const;
  /// Whether a == b, a <= b for all values in the ranges: true, false, or nullopt when that depends.
  static std::optional<bool> equal(const Expr &a, const Expr &b, const Ranges &ranges);
  static std::optional<bool> lessEqual(const Expr &a, const Expr &b, const Ranges &ranges);

  friend Expr operator+(const Expr &a, const Expr &b);
  friend Expr operator-(const Expr &a, const Expr &b);
  friend Expr operator*(const Expr &a, const Expr &b);
  /// Division rounding towards minus infinity, and its remainder; `b` must not be the constant 0.
  friend Expr floordiv(const Expr &a, const Expr &b);
  friend Expr mod(const Expr &a, const Expr &b);
  friend Expr min(const Expr &a, const Expr &b);
  friend Expr max(const Expr &a, const Expr &b);
  /// Exact quotient a / b when b divides a as a polynomial; nullopt otherwise. For view(-1).
  static std::optional<Expr> exactDiv(const Expr &a, const Expr &b);

  bool operator==(const Expr &other) const;
  /// A total order (constants first, then degree, then coefficients) used to sort buffers.
  std::strong_ordering operator<=>(const Expr &other) const;
  size_t hash() const;

  /// Walks the canonical form bottom-up, so that a lowering can build its own arithmetic. `Visitor` has
  ///   T constant(int64_t), T dim(const std::string &), T add(T, T), T mul(T, T), T floordiv(T, T), T mod(T, T), T min(T, T), T max(T, T).
  template <class T, class Visitor> T visit(Visitor &&visitor) const;

  struct Node;
  /// One product of the polynomial: coefficient * atoms.
  struct Term {
    int64_t coefficient;
    std::vector<std::shared_ptr<const Node>> atoms; // sorted
  };
  /// An indivisible factor: a dimension, or a function of two expressions.
  struct Node {
    enum class Kind { Dim, FloorDiv, Mod, Min, Max } kind;
    std::string name;        // Dim
    std::vector<Expr> operands; // the others: two
  };
  const std::vector<Term> &terms() const;

private:
  struct Rep;
  std::shared_ptr<const Rep> rep;
  int64_t value = 0; // when rep is null
};

template <class T, class Visitor> T Expr::visit(Visitor &&v) const {
  if (isConstant())
    return v.constant(constant());
  std::optional<T> sum;
  for (const Term &term : terms()) {
    std::optional<T> product;
    for (const auto &atom : term.atoms) {
      T factor = [&]() -> T {
        if (atom->kind == Node::Kind::Dim)
          return v.dim(atom->name);
        T a = atom->operands[0].template visit<T>(v), b = atom->operands[1].template visit<T>(v);
        switch (atom->kind) {
        case Node::Kind::FloorDiv: return v.floordiv(a, b);
        case Node::Kind::Mod: return v.mod(a, b);
        case Node::Kind::Min: return v.min(a, b);
        default: return v.max(a, b);
        }
      }();
      product = product ? v.mul(*product, factor) : factor;
    }
    if (!product)
      product = v.constant(term.coefficient);
    else if (term.coefficient != 1)
      product = v.mul(*product, v.constant(term.coefficient));
    sum = sum ? v.add(*sum, *product) : *product;
  }
  return *sum;
}

} // namespace ingot::sizes
