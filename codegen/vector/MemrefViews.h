// The memrefs of one function, as Views of the pointers that replace them.
//
//   MemrefViews       memref value -> View; follows view, subview, expand_shape, ... at compile time
//
//   MemrefViews views(function, sizes);
//   views.bindArgument(memrefArgument, pointer, attributes);
//   views.trace(subviewOp, k);                            // no code but index arithmetic
//   SmallVector<View> operands = views.of({a, b, c});      // buffer ids are set for these three
#pragma once
#include "codegen/vector/KernelBuilder.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/IR/SymbolTable.h"

namespace ingot::codegen {

/// The type in which an element lies in memory: i64 for index, else the type itself.
mlir::Type storageType(mlir::Type element);

/// Borrows the size arithmetic of the function.
class MemrefViews {
public:
  explicit MemrefViews(SizeArithmetic &sizes) : sizes(sizes) {}

  /// A memref argument is what lies at `pointer`. `attributes` are those of the argument: `ingot.sizes` gives the sizes of
  /// a type with `?`; an arena or a state block has none and can only be cut by memref.view.
  mlir::LogicalResult bindArgument(mlir::BlockArgument argument, mlir::Value pointer,
                                   mlir::DictionaryAttr attributes);
  /// Whether trace() knows the op: it makes a memref out of another one, or of a global.
  static bool isView(mlir::Operation *op);
  /// Computes the view of its result, emitting index and pointer arithmetic at k's insertion point. Reports what it
  /// cannot express.
  mlir::LogicalResult trace(mlir::Operation *op, KernelBuilder &k);

  /// The views of the memrefs among `operands`, default-constructed for other values. Memrefs that may overlap get one
  /// buffer, others different ones; the numbers mean something inside this list only.
  llvm::SmallVector<View> of(mlir::ValueRange operands) const;
  /// False for a memref that comes from an op which trace() has not seen.
  bool knows(mlir::Value memref) const { return memrefs.contains(memref); }
  bool mayOverlap(mlir::Value a, mlir::Value b) const;
  /// Whether the two are the same elements in the same order.
  bool same(mlir::Value a, mlir::Value b) const;

private:
  /// Bytes of one argument or global; all of it where the range is unknown.
  struct Memory {
    unsigned root;
    struct Bytes {
      sizes::Expr begin, end;
    };
    std::optional<Bytes> range;
  };
  struct Memref {
    View view;
    Memory memory;
  };

  bool mayOverlap(const Memory &a, const Memory &b) const;
  mlir::FailureOr<Memref> derive(mlir::Operation *op, KernelBuilder &k);
  mlir::FailureOr<Memref> viewOf(mlir::memref::ViewOp op, KernelBuilder &k);
  View subview(mlir::memref::SubViewOp op, View view, KernelBuilder &k);
  View expand(mlir::memref::ExpandShapeOp op, View view, KernelBuilder &k);
  View collapse(mlir::memref::CollapseShapeOp op, View view, KernelBuilder &k);
  Memref global(mlir::memref::GetGlobalOp op, KernelBuilder &k);

  SizeArithmetic &sizes;
  llvm::DenseMap<mlir::Value, Memref> memrefs;
  llvm::DenseMap<mlir::Attribute, unsigned> globals;
  unsigned roots = 0;
};

} // namespace ingot::codegen
