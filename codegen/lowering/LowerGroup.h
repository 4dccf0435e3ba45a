// A group of ops as one op on tensors.
//
//   GroupLowering     an ingot.fusion, or an op that is a group of its own, as kernel.contract or linalg.generic
//
//   GroupLowering group(builder, sizes, loc);
//   group.setTensor(x, lowered);                 // for each input
//   auto stored = group.lower(results);          // the lowered results
#pragma once
#include "ir/interfaces/Interfaces.h"
#include "llvm/ADT/DenseMap.h"

namespace ingot::codegen {

class GroupLowering {
public:
  GroupLowering(mlir::OpBuilder &b, ir::SizeBuilder &sizes, mlir::Location loc)
      : b(b), sizes(sizes), loc(loc) {}

  /// `value` of the group is read from `tensor`.
  void setTensor(mlir::Value value, mlir::Value tensor) { tensors[value] = tensor; }
  /// Stores `results`, all of the same sizes. `contraction` is that of the group, if it has one. On failure an error has
  /// been emitted.
  mlir::FailureOr<llvm::SmallVector<mlir::Value>> lower(mlir::ValueRange results,
                                                        ir::ContractionOpInterface contraction);

private:
  mlir::FailureOr<mlir::Value> lowerContraction(ir::ContractionOpInterface op, mlir::Value result);
  mlir::FailureOr<mlir::Value> factorOf(ir::ContractionOpInterface op, unsigned index,
                                        llvm::ArrayRef<sizes::Expr> seen, mlir::AffineMap &map);
  mlir::FailureOr<mlir::AffineMap> placeOfSum(ir::ContractionOpInterface op, mlir::Value result);
  mlir::FailureOr<mlir::Value> lowerReduction(ir::ReductionOpInterface op);
  mlir::FailureOr<llvm::SmallVector<mlir::Value>> lowerPointwise(mlir::ValueRange results);

  mlir::Value roundToHalf(mlir::Value wide, mlir::Type type);
  mlir::Value view(mlir::Value tensor, llvm::ArrayRef<sizes::Expr> from, llvm::ArrayRef<sizes::Expr> to);

  mlir::OpBuilder &b;
  ir::SizeBuilder &sizes;
  mlir::Location loc;
  llvm::DenseMap<mlir::Value, mlir::Value> tensors;
};

} // namespace ingot::codegen
