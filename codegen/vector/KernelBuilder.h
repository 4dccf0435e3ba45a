// Emits the inside of a kernel: index arithmetic, addresses, scalar, vector and masked memory accesses,
// loops.
//
//   KernelBuilder     one a kernel, i.e. a linalg op, a copy, or an op of the kernel dialect
//
//   k.forLoop(k.index(0), rows, k.index(1), [&](Value i) {
//     Value x = k.load(in, {i, k.index(0)}, /*lanes=*/16);            // vector<16xf32>
//     k.store(out, {i, k.index(0)}, arith::AddFOp::create(k.b, k.loc, x, x));
//   });
//
// Everything is `scf` loops over arith, math and vector ops, with loads and stores of the LLVM dialect on
// `!llvm.ptr`. Loop counters, sizes and offsets are `index`. Each access carries the element's alignment and
// alias scopes that tell LLVM which of the kernel's buffers are distinct. No op gets fast-math flags: the
// order of operations is the one that is emitted.
#pragma once
#include "codegen/vector/SizeArithmetic.h"
#include "codegen/vector/Target.h"
#include "codegen/vector/View.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/Builders.h"

namespace ingot::codegen {

/// Borrows everything that it is given; lives while one kernel is emitted.
class KernelBuilder {
public:
  using Size = mlir::OpFoldResult;
  using Sizes = llvm::ArrayRef<mlir::OpFoldResult>;

  /// `name` makes the alias scopes of this kernel its own; `operands` are the views that the kernel accesses.
  KernelBuilder(mlir::OpBuilder &builder, mlir::Location loc, const Target &target, SizeArithmetic &sizes,
                llvm::StringRef name, llvm::ArrayRef<View> operands);

  mlir::OpBuilder &b;
  mlir::Location loc;
  const Target &target;
  SizeArithmetic &sizes;

  // Index arithmetic. Constants fold; expressions of the function's dimensions are emitted once, at its
  // entry; all else is emitted here.
  Size index(int64_t value) { return b.getIndexAttr(value); }
  Size add(Size x, Size y);
  Size sub(Size x, Size y);
  Size mul(Size x, Size y);
  Size floorDiv(Size x, Size y);
  Size ceilDiv(Size x, Size y);
  Size mod(Size x, Size y);
  Size min(Size x, Size y);
  Size max(Size x, Size y);
  /// The largest multiple of `step` that is at most x.
  Size alignDown(Size x, int64_t step);
  /// As an `index` value.
  mlir::Value value(Size x);
  bool equal(Size x, Size y) { return sizes.equal(x, y); }
  /// Whether the elements are contiguous in row-major order.
  bool isRowMajor(const View &view);
  /// The product of the sizes.
  Size elements(const View &view);

  // Memory. `indices` has one entry a dimension of the view. A pointer to a bit is an `index`: its place among the view's bits.
  /// Pointer to an element.
  mlir::Value address(const View &view, Sizes indices);
  /// Pointer `elements` elements after `pointer`.
  mlir::Value advance(const View &view, mlir::Value pointer, Size elements);
  /// Reads one value of `type` (the element type or a vector of it, consecutive in memory).
  mlir::Value load(const View &view, mlir::Value pointer, mlir::Type type);
  void store(const View &view, mlir::Value pointer, mlir::Value value);
  /// `lanes` consecutive elements from `indices` on; 1 is a scalar.
  mlir::Value load(const View &view, Sizes indices, int64_t lanes = 1);
  void store(const View &view, Sizes indices, mlir::Value value);
  /// The lanes that `mask` (vector<..xi1>) selects; the others read as `passthru`, or zero. Nothing outside
  /// the mask is touched.
  mlir::Value loadMasked(const View &view, mlir::Value pointer, mlir::VectorType type, mlir::Value mask,
                         mlir::Value passthru = {});
  void storeMasked(const View &view, mlir::Value pointer, mlir::Value value, mlir::Value mask);

  // Values.
  /// A constant of an integer, float or index type, or a vector of one.
  mlir::Value constant(mlir::Type type, double value);
  mlir::Value zero(mlir::Type type) { return constant(type, 0); }
  /// A vector of `lanes` copies; the value itself for one lane.
  mlir::Value splat(mlir::Value scalar, int64_t lanes);
  /// 0, 1, ..., lanes-1 in vector<lanes x element>.
  mlir::Value iota(mlir::Type element, int64_t lanes);
  /// vector<lanes x i1>, true in the first `count` lanes (all if count >= lanes).
  mlir::Value mask(int64_t lanes, Size count);

  // Loops. Nothing is emitted for a loop that is known to run zero times; one that runs once is inlined.
  using Body = llvm::function_ref<void(Size iv)>;
  using CarryingBody = llvm::function_ref<llvm::SmallVector<mlir::Value>(Size iv, mlir::ValueRange carried)>;
  /// for (iv = lower; iv < upper; iv += step), step > 0.
  void forLoop(Size lower, Size upper, Size step, Body body);
  /// The same with values carried in registers; returns their last state. The body may be emitted `unroll`
  /// times in place of a loop if the trip count is a constant at most that large.
  llvm::SmallVector<mlir::Value> forLoop(Size lower, Size upper, Size step, mlir::ValueRange init,
                                         CarryingBody body, int64_t unroll = 1);

private:
  template <class Fold, class Emit> Size arithmetic(Size x, Size y, Fold fold, Emit emit);
  template <class Op> void setAccess(Op op, const View &view);

  struct Scopes {
    mlir::ArrayAttr own, others;
  };
  llvm::SmallDenseMap<unsigned, Scopes> scopes;
};

} // namespace ingot::codegen
