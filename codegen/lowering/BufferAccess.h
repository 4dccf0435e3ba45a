// Which op of a bufferized function touches which memory.
//
//   BufferAccess      straight-line code on memrefs that come from allocs, arguments and globals
//   rootOf            the buffer that a memref is a part of
//
//   BufferAccess buffers(function);
//   for (Access access : buffers.of(rootOf(memref))) ...
#pragma once
#include "codegen/vector/SizeArithmetic.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

namespace ingot::codegen {

/// An op at the top of the function, and a memref that it or an op within it touches.
struct Access {
  mlir::Operation *op;
  mlir::Value memref;
  /// Where this is not known, true.
  bool writes() const;
};

/// The alloc, argument, global or view of a block of bytes that a memref is a part of.
mlir::Value rootOf(mlir::Value memref);

/// Whether the op may make the function fail. A call that fails leaves states as they were, so nothing is written to
/// arguments earlier than the program says.
bool mayFail(mlir::Operation *op);

/// Whether `value` is, or can be, computed before `op` by pure ops and allocs; and that done.
bool canMove(mlir::Value value, mlir::Operation *op);
void move(mlir::Value value, mlir::Operation *op);

/// Borrows the function. Looks at the uses as they are when it is asked.
class BufferAccess {
public:
  explicit BufferAccess(mlir::func::FuncOp function);

  /// Whether distinct roots share no memory: the views that blocks of bytes are cut into are apart.
  bool rootsAreDisjoint();
  /// All that touches `root` or a view of it.
  llvm::SmallVector<Access> of(mlir::Value root);
  /// Whether two memrefs of one root may have an element in common.
  bool mayOverlap(mlir::Value a, mlir::Value b);

  mlir::Block &entry;
  SizeArithmetic arithmetic;

private:
  void collect(mlir::Value memref, llvm::SmallVectorImpl<Access> &accesses);
};

} // namespace ingot::codegen
