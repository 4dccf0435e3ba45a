// Linalg ops after each other that can be run together, row by row: each finds in cache what the ones before it touched.
//
//   RowGroup     collects them while nothing forbids it, and says whether it pays
//
//   max[r] = max over c of x[r, c]                         for r:  max[r] = max over c of x[r, c]
//   sum[r] = sum over c of exp(x[r, c] - max[r])     ==>           sum[r] = ...
//   y[r, c] = exp(x[r, c] - max[r]) / sum[r]                       y[r, :] = ...
//
// Rows are one or more leading dimensions, which no op sums over. Two ops that meet the same memory, one of them to write,
// must meet the same rows of it at the same time.
#pragma once
#include "codegen/vector/MemrefViews.h"
#include "codegen/vector/Target.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"

namespace ingot::codegen {

/// Borrows its arguments; `views` must know all memrefs of the ops that are added.
class RowGroup {
public:
  struct Member {
    mlir::linalg::LinalgOp op;
    /// For each output the value that it starts from, null: what lies in memory.
    llvm::SmallVector<mlir::Value> initial;
  };

  RowGroup(const MemrefViews &views, SizeArithmetic &sizes, const Target &target)
      : views(views), sizes(sizes), target(target) {}

  /// Appends an op; false, and no change, if it cannot be run row by row with the others.
  bool add(Member member);
  /// Whether memory that does not stay in cache between the ops is met more than once.
  bool pays() const;
  llvm::ArrayRef<Member> members() const { return list; }
  /// The sizes of the dimensions that make up the rows.
  llvm::ArrayRef<mlir::OpFoldResult> extents() const { return rows; }

private:
  bool meetsRows(mlir::linalg::LinalgOp op, mlir::Value memref, size_t count) const;
  bool isIndependent(mlir::linalg::LinalgOp op, mlir::linalg::LinalgOp earlier, size_t count) const;
  bool isWorthKeeping(mlir::Value memref) const;

  const MemrefViews &views;
  SizeArithmetic &sizes;
  const Target &target;
  llvm::SmallVector<Member> list;
  llvm::SmallVector<mlir::OpFoldResult> rows;
};

} // namespace ingot::codegen
