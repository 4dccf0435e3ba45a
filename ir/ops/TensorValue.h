// The language of derivatives in op records, and of decompositions: whole tensors instead of scalars.
//
//   let vjp = [{ g * y }];                                  // exp
//   let vjp = [{ select(y <= 0.0, 0.0, g) }];               // relu
//   let vjp = [{ g * b, g * a }];                           // mul: one a operand
//
// A TensorValue builds ingot ops. Both sides of an operator have the same sizes; a number is broadcast to the other side.
// `zero` (a null value) says that a derivative is zero, or does not exist for integers.
#pragma once
#include "ir/dialect/Sizes.h"
#include "mlir/IR/Builders.h"

namespace ingot::ir {

class TensorValue {
public:
  /*implicit*/ TensorValue(std::nullptr_t) : builder(nullptr), loc(nullptr) {}
  TensorValue(mlir::OpBuilder &b, mlir::Location loc, mlir::Value value)
      : builder(&b), loc(loc), value(value) {}

  mlir::RankedTensorType type() const { return llvm::cast<mlir::RankedTensorType>(value.getType()); }
  std::vector<sizes::Expr> sizes() const { return sizesOf(type()); }
  /// The tensor of this one's type with all elements equal to `number`.
  TensorValue like(double number) const;

  mlir::OpBuilder *builder;
  mlir::LocationAttr loc;
  mlir::Value value;
};

/// "No gradient flows here."
inline const TensorValue zero = nullptr;

TensorValue operator+(TensorValue a, TensorValue b);
TensorValue operator-(TensorValue a, TensorValue b);
TensorValue operator*(TensorValue a, TensorValue b);
TensorValue operator/(TensorValue a, TensorValue b);
TensorValue operator-(TensorValue a);
TensorValue operator&(TensorValue a, TensorValue b);
TensorValue operator|(TensorValue a, TensorValue b);
TensorValue operator==(TensorValue a, TensorValue b);
TensorValue operator!=(TensorValue a, TensorValue b);
TensorValue operator<(TensorValue a, TensorValue b);
TensorValue operator<=(TensorValue a, TensorValue b);
TensorValue operator>(TensorValue a, TensorValue b);
TensorValue operator>=(TensorValue a, TensorValue b);
TensorValue select(TensorValue condition, TensorValue a, TensorValue b);
TensorValue pow(TensorValue a, TensorValue b);
TensorValue polygamma(int64_t n, TensorValue x);
TensorValue max(TensorValue a, TensorValue b);
TensorValue min(TensorValue a, TensorValue b);
/// Conversion to another element type.
TensorValue convert(TensorValue a, mlir::Type element);

TensorValue abs(TensorValue x);
TensorValue ceil(TensorValue x);
TensorValue cos(TensorValue x);
TensorValue cosh(TensorValue x);
TensorValue digamma(TensorValue x);
TensorValue exp(TensorValue x);
TensorValue floor(TensorValue x);
TensorValue log(TensorValue x);
TensorValue rsqrt(TensorValue x);
TensorValue sigmoid(TensorValue x);
TensorValue sign(TensorValue x);
TensorValue sin(TensorValue x);
TensorValue sinh(TensorValue x);
TensorValue sqrt(TensorValue x);
TensorValue tanh(TensorValue x);
TensorValue erf(TensorValue x);
TensorValue trunc(TensorValue x);
TensorValue logical_not(TensorValue x);

// Shapes. Sizes and dimensions as in the ops of the same name.
TensorValue broadcast(TensorValue x, llvm::ArrayRef<sizes::Expr> sizes);
TensorValue reshape(TensorValue x, llvm::ArrayRef<sizes::Expr> sizes);
TensorValue transpose(TensorValue x, llvm::ArrayRef<int64_t> permutation);
TensorValue sum(TensorValue x, llvm::ArrayRef<int64_t> dims, bool keepdim = false);
TensorValue amax(TensorValue x, llvm::ArrayRef<int64_t> dims, bool keepdim = false);
TensorValue matmul(TensorValue a, TensorValue b, bool transposeLhs = false, bool transposeRhs = false);

#define INGOT_TENSOR_NUMBER(op)                                                                              \
  inline TensorValue operator op(TensorValue a, double b) { return a op a.like(b); }                         \
  inline TensorValue operator op(double a, TensorValue b) { return b.like(a) op b; }
INGOT_TENSOR_NUMBER(+)
INGOT_TENSOR_NUMBER(-)
INGOT_TENSOR_NUMBER(*)
INGOT_TENSOR_NUMBER(/)
INGOT_TENSOR_NUMBER(==)
INGOT_TENSOR_NUMBER(!=)
INGOT_TENSOR_NUMBER(<)
INGOT_TENSOR_NUMBER(<=)
INGOT_TENSOR_NUMBER(>)
INGOT_TENSOR_NUMBER(>=)
#undef INGOT_TENSOR_NUMBER
inline TensorValue pow(TensorValue a, double b) { return pow(a, a.like(b)); }
inline TensorValue select(TensorValue c, TensorValue a, double b) { return select(c, a, a.like(b)); }
inline TensorValue select(TensorValue c, double a, TensorValue b) { return select(c, b.like(a), b); }

/// A scalar constant, or the broadcast of one, of the given tensor type.
mlir::Value fullOf(mlir::OpBuilder &b, mlir::Location loc, mlir::RankedTensorType type, double number);

} // namespace ingot::ir
