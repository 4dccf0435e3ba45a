// Where a memref's elements lie, once memrefs are gone.
//
//   View       a base pointer, an element type and strided sizes: what memref<4x?xf32, strided<...>> was
//
//   View row = ...;                       // sizes [N, 10], strides [10, 1]
//   k.isRowMajor(row);                   // KernelBuilder: contiguous, in the order of its dimensions
#pragma once
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/Value.h"
#include "llvm/ADT/SmallVector.h"
#include <cstdint>

namespace ingot::codegen {

/// A strided view of memory. Sizes, strides and offset count elements; each is an index attribute or an
/// `index` value that dominates every use of the view.
struct View {
  /// !llvm.ptr; the first element lies `offset` elements after it.
  mlir::Value base;
  /// Element type in memory: bool is i8; i1 are bits, eight of them a byte, the lowest first.
  mlir::Type element;
  mlir::OpFoldResult offset;
  llvm::SmallVector<mlir::OpFoldResult> sizes, strides;
  /// Known alignment of `base` in bytes.
  int64_t alignment = 1;
  /// Identity of the memory: inside one kernel, views of different buffers do not overlap. In-place pairs
  /// share a buffer.
  unsigned buffer = 0;

  int64_t rank() const { return static_cast<int64_t>(sizes.size()); }
};

} // namespace ingot::codegen
