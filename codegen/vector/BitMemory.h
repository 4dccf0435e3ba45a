// Bits in memory: whole bytes of them, or words that are read, changed in part and written again.
//
//   BitMemory     the bits of a view from a position on
//
//   BitMemory(k, view, position).store(compare);      // vector<16xi1>: a store of i16, if the position is that of a byte
//
// Nothing is read or written but bytes that hold one of the bits. Positions are known to be those of bytes where they are
// sums and products of such numbers and counters of loops over them; elsewhere words are shifted, which is right for any.
#pragma once
#include "codegen/vector/KernelBuilder.h"

namespace ingot::codegen {

/// Borrows the builder and the view.
class BitMemory {
public:
  /// `pointer` is a pointer to a bit (see KernelBuilder), of a view with elements i1.
  BitMemory(KernelBuilder &k, const View &view, mlir::Value pointer);

  /// How many bits a pointer is behind the view's base.
  static mlir::OpFoldResult positionOf(mlir::Value pointer);

  /// i1 or a vector of it; of the lanes that `mask` does not select, zero.
  mlir::Value load(mlir::Type type, mlir::Value mask = {});
  /// All bits of the value, or those that `mask` selects.
  void store(mlir::Value value, mlir::Value mask = {});

private:
  using Size = mlir::OpFoldResult;

  bool isMultipleOf(Size x, int64_t factor);
  Size quotient(Size x, int64_t factor);
  mlir::Value byteOf(Size position);
  mlir::Value shiftIn(mlir::IntegerType word);
  mlir::Value resize(mlir::Value word, mlir::IntegerType type);
  mlir::Value placed(mlir::Value bits, mlir::IntegerType word);
  mlir::Value bitsOf(mlir::Value lanes);
  mlir::Value lanesOf(mlir::Value bits, mlir::Type type);
  mlir::Value loadWord(int64_t count);
  mlir::Value loadBytes(mlir::Value selected);
  bool isInBytes(int64_t count);
  mlir::IntegerType wordOf(int64_t count);

  KernelBuilder &k;
  View bytes;
  Size position;
  bool startsByte;
};

} // namespace ingot::codegen
