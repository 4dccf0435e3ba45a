// The language of scalar bodies in op records.
//
//   let scalar = [{ x * sigmoid(x) }];
//   let scalar = [{ select(x > 0.0, x, a * expm1(x)) }];
//
// A ScalarValue is an SSA value with the builder that made it. Operators dispatch on the element type, so one body serves
// every float width and, where the function makes sense there, integers and bool. Numbers take the type of the other side.
#pragma once
#include "mlir/IR/Builders.h"

namespace ingot::ir {

class ScalarValue {
public:
  ScalarValue(mlir::OpBuilder &b, mlir::Location loc, mlir::Value value)
      : builder(&b), loc(loc), value(value) {}

  mlir::Type type() const { return value.getType(); }
  bool isFloat() const { return llvm::isa<mlir::FloatType>(type()); }
  bool isBool() const { return type().isInteger(1); }
  /// A constant of this value's type.
  ScalarValue like(double number) const;

  mlir::OpBuilder *builder;
  mlir::Location loc;
  mlir::Value value;
};

/// Which relation `compare` tests. Comparisons with NaN are false, `ne` is true.
enum class Relation { eq, ne, lt, le, gt, ge };
ScalarValue compare(Relation relation, ScalarValue a, ScalarValue b);

// Arithmetic: integer division truncates as in C and gives 0 where the divisor is 0; on bool + is "or", * is "and".
ScalarValue operator+(ScalarValue a, ScalarValue b);
ScalarValue operator-(ScalarValue a, ScalarValue b);
ScalarValue operator*(ScalarValue a, ScalarValue b);
ScalarValue operator/(ScalarValue a, ScalarValue b);
ScalarValue operator-(ScalarValue a);
ScalarValue operator&(ScalarValue a, ScalarValue b);
ScalarValue operator|(ScalarValue a, ScalarValue b);
ScalarValue operator^(ScalarValue a, ScalarValue b);

// max and min give NaN if either is; fmax and fmin prefer the number.
ScalarValue max(ScalarValue a, ScalarValue b);
ScalarValue min(ScalarValue a, ScalarValue b);
ScalarValue fmax(ScalarValue a, ScalarValue b);
ScalarValue fmin(ScalarValue a, ScalarValue b);
/// The divisor's sign (Python's %), and the dividend's (C's fmod). Integers leave a where the divisor is 0.
ScalarValue remainder(ScalarValue a, ScalarValue b);
ScalarValue fmod(ScalarValue a, ScalarValue b);
ScalarValue pow(ScalarValue a, ScalarValue b);
/// The n-th derivative of digamma, n > 0.
ScalarValue polygamma(int64_t n, ScalarValue x);
ScalarValue atan2(ScalarValue a, ScalarValue b);
ScalarValue copysign(ScalarValue a, ScalarValue b);
ScalarValue select(ScalarValue condition, ScalarValue a, ScalarValue b);
/// Conversion as PyTorch converts: to bool by != 0, float to integer truncates.
ScalarValue convert(ScalarValue a, mlir::Type type);

#define INGOT_SCALAR_UNARY(name) ScalarValue name(ScalarValue x);
#include "ir/ops/ScalarUnary.inc"

// NOLINTBEGIN(bugprone-macro-parentheses)
#define INGOT_SCALAR_NUMBER(result, op)                                                                      \
  inline result operator op(ScalarValue a, double b) { return a op a.like(b); }                              \
  inline result operator op(double a, ScalarValue b) { return b.like(a) op b; }
// NOLINTEND(bugprone-macro-parentheses)
INGOT_SCALAR_NUMBER(ScalarValue, +)
INGOT_SCALAR_NUMBER(ScalarValue, -)
INGOT_SCALAR_NUMBER(ScalarValue, *)
INGOT_SCALAR_NUMBER(ScalarValue, /)
#define INGOT_SCALAR_RELATION(op, relation)                                                                  \
  inline ScalarValue operator op(ScalarValue a, ScalarValue b) { return compare(Relation::relation, a, b); } \
  inline ScalarValue operator op(ScalarValue a, double b) {                                                  \
    return compare(Relation::relation, a, a.like(b));                                                        \
  }
INGOT_SCALAR_RELATION(==, eq)
INGOT_SCALAR_RELATION(!=, ne)
INGOT_SCALAR_RELATION(<, lt)
INGOT_SCALAR_RELATION(<=, le)
INGOT_SCALAR_RELATION(>, gt)
INGOT_SCALAR_RELATION(>=, ge)
#undef INGOT_SCALAR_NUMBER
#undef INGOT_SCALAR_RELATION
inline ScalarValue max(ScalarValue a, double b) { return max(a, a.like(b)); }
inline ScalarValue min(ScalarValue a, double b) { return min(a, a.like(b)); }
inline ScalarValue select(ScalarValue c, ScalarValue a, double b) { return select(c, a, a.like(b)); }
inline ScalarValue select(ScalarValue c, double a, ScalarValue b) { return select(c, b.like(a), b); }

} // namespace ingot::ir
