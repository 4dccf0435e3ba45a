// What the passes over scans share.
//
//   ScanEdit     a scan with other operands and results
//   Sequences    values of all steps at once, computed before or after the loop
//   isDear       what is worth storing for each step instead of computing it again
#pragma once
#include "ir/ops/Ops.h"
#include "ir/ops/TensorValue.h"
#include "mlir/IR/IRMapping.h"
#include "llvm/ADT/DenseSet.h"

namespace ingot::passes {

/// Changes the block of a scan at once, and the op when it is finished.
class ScanEdit {
public:
  explicit ScanEdit(ir::ScanOp scan);

  /// New arguments of the body, for slices of `sequence` and for `value`. One that is there already serves again.
  mlir::Value addSequence(mlir::Value sequence);
  mlir::Value addInvariant(mlir::Value value);
  /// Makes a sequence of a value of the body; returns its number.
  size_t addY(mlir::Value slice);
  /// Their arguments, or results, must have no uses when the edit is finished.
  void dropCarry(size_t i) { dropped.insert(scan.getCarryArguments()[i]); }
  void dropArgument(mlir::BlockArgument argument) { dropped.insert(argument); }
  void dropY(size_t i) { droppedYs.insert(i); }

  /// The scan that replaces the old one, with its block; its sequences are in the order of their numbers.
  ir::ScanOp finish();

private:
  ir::ScanOp scan;
  mlir::Block &body;
  llvm::SmallVector<mlir::Value> xs, invariants, added; ///< `added` to the sequences made
  llvm::DenseSet<mlir::Value> dropped;
  llvm::DenseSet<size_t> droppedYs;
};

/// Of values of the body of a scan, made of slices and invariants alone, the values of all steps: [T, ...].
class Sequences {
public:
  explicit Sequences(ir::ScanOp scan);

  /// Says that the values of `slice` in all steps are `sequence`.
  void set(mlir::Value slice, mlir::Value sequence) { known[slice] = sequence; }
  bool isKnown(mlir::Value value) const { return known.contains(value); }
  /// Whether the value is the same in every step.
  bool isInvariant(mlir::Value value);
  /// Whether get() can compute it.
  bool canGet(mlir::Value value);
  /// Computes it at the insertion point of `b`, outside of the loop.
  mlir::Value get(mlir::OpBuilder &b, mlir::Value value);
  /// The value of all steps of an invariant value.
  mlir::Value getInvariant(mlir::OpBuilder &b, mlir::Value value);
  /// Whether an op can be computed for all steps at once, given the values of its operands: pointwise ops, ops that move
  /// elements, and contractions with an invariant.
  bool isMappable(mlir::Operation *op);

private:
  mlir::Value compute(mlir::OpBuilder &b, mlir::Operation *op);

  mlir::Location loc;
  sizes::Expr steps;
  llvm::DenseMap<mlir::Value, mlir::Value> known, outer;
  llvm::DenseMap<mlir::Value, bool> invariant, possible;
};

/// Whether a contraction does the same with each row of its first operand, so that it takes those of all steps together: the
/// leading dimension is one of the result, and the second operand has it not (a @ b, the images of a convolution).
bool hasRows(ir::ContractionOpInterface op);
/// Whether it sums over the rows of both operands, so that of the rows of all steps it makes the sum of its results: the
/// leading dimension of both is summed over (transposed a @ b, the gradient of a convolution's weights).
bool sumsRows(ir::ContractionOpInterface op);

/// [T, B, ...] as [T * B, ...].
ir::TensorValue mergeSteps(ir::TensorValue sequence);

/// Whether an op costs more than to store its results in one step and read them in another: contractions, reductions,
/// elementary functions.
bool isDear(mlir::Operation *op);

/// The scans in `root`, those in others' bodies first; not those over blocks of one computation.
llvm::SmallVector<ir::ScanOp> scansIn(mlir::Operation *root);

} // namespace ingot::passes
