// The iteration space of a contraction, and where each operand's element lies at a point of it.
//
//   OperandAccess             an operand's offset as a function of the dimensions: linear, by panels, or irregular
//   ContractDomain     sizes, kinds and accesses of a kernel.contract, simplified
//   Cursor             a partly fixed point, with one pointer an operand
//
//   rhs: (m, n, k) -> (n floordiv 64, k, n mod 64) of memref<2x400x64xf32>
//     strides {0, 0, 64}, panels {dimension n, width 64, quotient 25600, remainder 1}
//
// Dimensions of size one are gone, and neighbours that move every operand like one dimension are merged: the
// pixels of a 1x1 convolution, batch and rows of a linear layer.
#pragma once
#include "codegen/kernel/KernelDialect.h"
#include "codegen/vector/KernelBuilder.h"
#include "llvm/ADT/SmallBitVector.h"

namespace ingot::codegen {

/// The offset of an element from the base of `view`, as a sum over the dimensions.
struct OperandAccess {
  using Size = mlir::OpFoldResult;
  /// Contributes (d floordiv width) * quotient + (d mod width) * remainder.
  struct Panel {
    unsigned dim;
    int64_t width;
    Size quotient, remainder;
    /// Two dimensions that were joined, and no packed layout: vectors may cross from one panel into the next.
    bool joined = false;
  };
  /// Any other expression, times a stride.
  struct Term {
    mlir::AffineExpr expr;
    Size stride;
  };

  View view;
  Size offset;
  /// What a step in each dimension adds, apart from panels and irregular terms.
  llvm::SmallVector<Size> strides;
  llvm::SmallVector<Panel> panels;
  llvm::SmallVector<Term> irregular;

  bool dependsOn(unsigned dim) const;
  bool isIrregular(unsigned dim) const;
  const Panel *panelOf(unsigned dim) const;
  /// Whether tiles of `extent` of the `size` elements along `dim`, aligned to the tile, start where a panel does or lie in one.
  bool allowsTile(unsigned dim, int64_t extent, int64_t size) const;
  /// Whether `dim` steps through packed panels only, so that memory covers its last panel whole.
  bool isPadded(unsigned dim) const;
};

class ContractDomain {
public:
  using Size = mlir::OpFoldResult;

  /// `views` has one entry an operand of `op`, in order.
  ContractDomain(kernel::ContractOp op, llvm::ArrayRef<View> views, KernelBuilder &builder);

  KernelBuilder &k;
  llvm::SmallVector<Size> sizes;
  /// The dimensions that remain, in their order.
  llvm::SmallVector<unsigned> parallel, reduction;
  /// In the order of the operands: lhs, rhs, epilogue operands, out.
  llvm::SmallVector<OperandAccess, 0> accesses;

  const OperandAccess &lhs() const { return accesses[0]; }
  const OperandAccess &rhs() const { return accesses[1]; }
  const OperandAccess &out() const { return accesses.back(); }
  llvm::ArrayRef<OperandAccess> epilogue() const {
    return llvm::ArrayRef(accesses).drop_front(2).drop_back();
  }

  /// What a step in `dim` adds inside an aligned tile.
  Size stride(const OperandAccess &access, unsigned dim);
  /// What `step` steps from the origin of a tile that starts a panel, or lies in one, add.
  Size offsetWithin(const OperandAccess &access, unsigned dim, int64_t step);
  /// The size of a dimension where it is a constant, else `guess`.
  int64_t sizeOr(unsigned dim, int64_t guess) const;
  /// Makes one dimension, `inner`, of two of constant size along which out is contiguous; an operand that is not steps from row
  /// to row like a panel. False, and no change, where that cannot be.
  bool join(unsigned outer, unsigned inner);

private:
  OperandAccess accessOf(const View &view, mlir::AffineMap map);
  void accumulate(OperandAccess &access, mlir::AffineExpr expr, Size stride);
  bool movesAsOne(const OperandAccess &access, unsigned outer, unsigned inner);
  bool mergeable(unsigned outer, unsigned inner);
  void merge(llvm::SmallVectorImpl<unsigned> &dims, bool neighboursOnly);
};

/// A point whose fixed coordinates have moved the pointers. A value: loops copy it.
struct Cursor {
  llvm::SmallVector<mlir::OpFoldResult> point;
  llvm::SmallBitVector fixed;
  llvm::SmallVector<mlir::Value> pointers;

  /// The start, where only dimensions that the domain dropped are fixed.
  explicit Cursor(ContractDomain &domain);
  /// With `dim` fixed at `index`.
  Cursor at(ContractDomain &domain, unsigned dim, mlir::OpFoldResult index) const;

private:
  mlir::OpFoldResult irregularOffset(ContractDomain &domain, const OperandAccess &access,
                                     const llvm::SmallBitVector &before) const;
};

} // namespace ingot::codegen
