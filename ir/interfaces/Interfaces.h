// The op interfaces of ingot, and what they exchange.
#pragma once
#include "ir/dialect/Sizes.h"
#include "mlir/IR/AffineMap.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/OpDefinition.h"

namespace ingot::ir {

/// The iteration domain of a contraction: which dimensions are summed over, how operands and result are indexed.
/// Operands and result are seen under `*Sizes`, which split dimensions of the op's own tensors (channels into groups).
struct Contraction {
  llvm::SmallVector<bool> reduction; // whether a dimension of the domain is summed over
  mlir::AffineMap lhs, rhs, out;
  std::vector<sizes::Expr> lhsSizes, rhsSizes, outSizes;
  /// From the domain to indices of the op's result, whose dimensions `outSizes` may split.
  mlir::AffineMap result;
};

/// What an op needs to build tensors with run-time sizes while it is lowered.
class SizeBuilder {
public:
  virtual ~SizeBuilder() = default;
  /// A size as an attribute (constant) or an index value computed from the function's dimension arguments.
  virtual mlir::OpFoldResult size(mlir::OpBuilder &b, mlir::Location loc, const sizes::Expr &size) = 0;
  /// The lowered type of an ingot tensor type: no encoding, bool as i8.
  virtual mlir::RankedTensorType lowered(mlir::Type type) = 0;

  /// tensor.empty of the lowered type; `element` replaces its element type.
  mlir::Value empty(mlir::OpBuilder &b, mlir::Location loc, mlir::Type type, mlir::Type element = {});
  /// All sizes of an ingot tensor type.
  llvm::SmallVector<mlir::OpFoldResult> sizes(mlir::OpBuilder &b, mlir::Location loc, mlir::Type type);
};

} // namespace ingot::ir

#include "ir/interfaces/Interfaces.h.inc"

namespace ingot::ir {

/// The map from result to operand indices of an op that only moves elements; null for any other op.
mlir::AffineMap indexMapOf(mlir::Operation *op);

} // namespace ingot::ir
