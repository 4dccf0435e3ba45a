// Arithmetic on the sizes of one function: `index` values that depend on nothing but its run-time dimensions.
//
//   SizeArithmetic     index values <-> sizes::Expr; emits each distinct expression once, at the function's
//   entry
//
// Two sizes that are equal as polynomials become the same SSA value, so that `size(1) * stride(1) ==
// stride(0)` is a comparison of pointers: contiguity of dynamic shapes is decided at compile time.
#pragma once
#include "ir/sizes/Expr.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/OpDefinition.h"
#include "llvm/ADT/DenseMap.h"
#include <map>
#include <optional>
#include <string>

namespace ingot::codegen {

/// Borrows the function for its lifetime; not thread-safe. Values that it emits are of type `index`.
class SizeArithmetic {
public:
  /// Binds every `index` argument to the dimension that its attribute `ingot.dim` names, or to a name of its
  /// own.
  explicit SizeArithmetic(mlir::func::FuncOp function);

  /// Makes `value` stand for `expr`. It must dominate the uses of everything that is emitted afterwards.
  void bind(mlir::Value value, const sizes::Expr &expr);
  /// The expression of a constant, of arithmetic on bound values or of the size of a memref; nullopt for all else (loop counters,
  /// loaded data).
  std::optional<sizes::Expr> exprOf(mlir::OpFoldResult size);
  /// The value of `expr`: an index attribute if constant, otherwise emitted at the function's entry, once.
  mlir::OpFoldResult emit(const sizes::Expr &expr);
  /// Further entry code goes after `op`, which must lie in the entry block.
  void setEntry(mlir::Operation *op) { entry = op; }

  /// Whether the two are known to be equal for all values of the dimensions.
  bool equal(mlir::OpFoldResult a, mlir::OpFoldResult b);
  /// The sizes of a memref or tensor argument or result, from its type and, where that has `?`, its attribute
  /// `ingot.sizes` (`#ingot.sizes<[N, 10]>`); failure if they are missing or contradict the type.
  static llvm::FailureOr<llvm::SmallVector<sizes::Expr>> sizesOf(mlir::ShapedType type,
                                                                 mlir::Attribute sizes);

private:
  std::optional<sizes::Expr> exprOfOp(mlir::Operation *op);
  std::optional<sizes::Expr> extentOf(mlir::Value memref, int64_t dim);
  mlir::Value emitOp(llvm::StringRef key, llvm::function_ref<mlir::Value(mlir::OpBuilder &)> build);

  mlir::func::FuncOp function;
  mlir::Operation *entry = nullptr;
  llvm::DenseMap<mlir::Value, std::optional<sizes::Expr>> exprs;
  std::map<std::string, mlir::Value, std::less<>> values;
};

/// Bytes that a buffer of so many elements takes.
sizes::Expr bytesOf(const sizes::Expr &elements, mlir::Type element);

} // namespace ingot::codegen
