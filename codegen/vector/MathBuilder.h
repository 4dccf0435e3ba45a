// Formulas on f32 and f64 values, scalars or vectors alike, written as formulas.
//
//   Num               a value and the builder of its expressions: a + b * 2.0, select(x < 0.0, -x, x)
//   MathBuilder       constants, and what the target can do
//
//   MathBuilder m(builder, loc, target);
//   Num x = m.wrap(value);                             // f32, vector<16xf32>, ...
//   Value y = select(x > 0.0, x, exp(x) - 1.0).value;
//
// Every operation is strict IEEE arithmetic in the order written; `fma` alone fuses, and only where the target does it in one
// instruction. Formulas must therefore be accurate both ways.
#pragma once
#include "mlir/IR/Builders.h"
#include "mlir/IR/Value.h"
#include <initializer_list>
#include <optional>

namespace ingot::codegen {

/// What the formulas may use.
struct MathTarget {
  /// Fused multiply-add in one instruction.
  bool fma = false;
  /// floor, ceil, trunc and roundeven in one instruction each (SSE4.1, NEON).
  bool rounding = false;
  /// x * 2^n of 16 f32 in one instruction (AVX-512).
  bool scaling = false;
};

class MathBuilder;

/// A float, integer or boolean value (scalar or vector) inside a formula. Operands of one operation have one type; literals
/// take the type of the other operand. Comparisons are ordered: false if an operand is NaN, except !=, which is true then.
struct Num {
  mlir::Value value;
  MathBuilder *m;

  mlir::Type type() const { return value.getType(); }
  mlir::Type element() const;
};

/// Borrows the builder; all Nums made from it refer to it.
class MathBuilder {
public:
  MathBuilder(mlir::OpBuilder &builder, mlir::Location loc, MathTarget target)
      : b(builder), loc(loc), target(target) {}
  MathBuilder(const MathBuilder &) = delete;

  Num wrap(mlir::Value value) { return {value, this}; }
  /// A float constant of the type of `like`.
  Num real(mlir::Type like, double value);
  /// An integer constant; `bits` is cut to the width.
  Num integer(mlir::Type like, uint64_t bits);

  mlir::OpBuilder &b;
  mlir::Location loc;
  MathTarget target;
};

// Arithmetic. Integers wrap; / is for floats only, >> keeps the sign.
Num operator+(Num a, Num b);
Num operator-(Num a, Num b);
Num operator*(Num a, Num b);
Num operator/(Num a, Num b);
Num operator-(Num a);
Num operator&(Num a, Num b);
Num operator|(Num a, Num b);
Num operator^(Num a, Num b);
Num operator<<(Num a, int64_t count);
Num operator>>(Num a, int64_t count);
Num operator<(Num a, Num b);
Num operator<=(Num a, Num b);
Num operator>(Num a, Num b);
Num operator>=(Num a, Num b);
Num operator==(Num a, Num b);
Num operator!=(Num a, Num b);

/// A literal in the type of `like`, which may be an integer type.
Num literal(Num like, double value);
#define INGOT_LITERAL_OPERATOR(op)                                                                           \
  inline Num operator op(Num a, double c) { return a op literal(a, c); }                                     \
  inline Num operator op(double c, Num a) { return literal(a, c) op a; }
INGOT_LITERAL_OPERATOR(+)
INGOT_LITERAL_OPERATOR(-)
INGOT_LITERAL_OPERATOR(*)
INGOT_LITERAL_OPERATOR(/)
INGOT_LITERAL_OPERATOR(<)
INGOT_LITERAL_OPERATOR(<=)
INGOT_LITERAL_OPERATOR(>)
INGOT_LITERAL_OPERATOR(>=)
INGOT_LITERAL_OPERATOR(==)
INGOT_LITERAL_OPERATOR(!=)
#undef INGOT_LITERAL_OPERATOR

Num select(Num condition, Num a, Num b);
inline Num select(Num condition, double a, Num b) { return select(condition, literal(b, a), b); }
inline Num select(Num condition, Num a, double b) { return select(condition, a, literal(a, b)); }
/// x limited to [low, high]; NaN stays.
Num clamp(Num x, double low, double high);
/// a * b + c, fused where the target can.
Num fma(Num a, Num b, Num c);
inline Num fma(Num a, double b, Num c) { return fma(a, literal(a, b), c); }
/// c[0] + c[1] x + c[2] x^2 + ...
Num horner(Num x, std::initializer_list<double> coefficients);
Num abs(Num x);
/// |magnitude| with the sign of `sign`, zeros and NaN included.
Num copySign(Num magnitude, Num sign);
Num sqrt(Num x);
/// Whether the sign bit is set.
Num signBit(Num x);
Num operator!(Num condition);
/// x * 2^n, rounded once, for whole numbers n, where the target has an instruction for vectors of this type.
std::optional<Num> scaleByPowerOfTwo(Num x, Num n);
/// Whether any lane of a condition holds, as i1.
mlir::Value anyLane(Num condition);

// Conversions keep the shape.
Num toF64(Num x);
Num toF32(Num x);
/// The bits of a float as an integer of its width, and back.
Num bitsOf(Num x);
Num fromBits(Num x);
/// Rounds towards zero after limiting x to [low, high]; NaN gives low.
Num truncToI32(Num x, double low, double high);
/// A signed integer as f32 or f64.
Num i32ToF32(Num x);
Num i32ToF64(Num x);
Num resizeInt(Num x, unsigned width);

/// The nearest integer, ties to even, as a float and as an integer of its width; |x| < 2^22 (f32) or 2^51 (f64), garbage in
/// `integer` otherwise.
struct Rounded {
  Num real, integer;
};
Rounded roundSmall(Num x);

} // namespace ingot::codegen
