// The scalar computation of a group, by walking back from its result.
//
//   ScalarBody     the loads that one element needs, and the code that computes it from them
//
//   ScalarBody body(tensors);
//   body.require(result, identity);                        // result[d0, d1]: collects body.loads()
//   body.enter(b, arguments);                              // in the region of a linalg.generic over body.loads()
//   Value element = body.element(b, result, identity);
//
// An index map between two ops composes with the map that its result is read by; the same value under two maps is two loads.
#pragma once
#include "ir/interfaces/Interfaces.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/SetVector.h"

namespace ingot::codegen {

/// How bodies compute with an element type: bf16 and f16 as f32, all else as it is.
mlir::Type computedType(mlir::Type element);
/// From an element as it lies in memory (bool is i8, halves are halves) to the type that bodies compute in, and back.
/// `element` is the element type of the ingot tensor. Leaving rounds a half.
mlir::Value enterBody(mlir::OpBuilder &b, mlir::Location loc, mlir::Value stored, mlir::Type element);
mlir::Value leaveBody(mlir::OpBuilder &b, mlir::Location loc, mlir::Value computed, mlir::Type element);

class ScalarBody {
public:
  /// A value and the map from loops to its indices.
  using Load = std::pair<mlir::Value, mlir::AffineMap>;

  /// `tensors` holds the values that are loaded; all others are computed. Borrowed.
  explicit ScalarBody(const llvm::DenseMap<mlir::Value, mlir::Value> &tensors) : tensors(tensors) {}

  /// Collects what computing `value` at `map` loads. Fails, after emitting an error, where an op neither computes nor moves
  /// elements one by one.
  mlir::LogicalResult require(mlir::Value value, mlir::AffineMap map);
  llvm::ArrayRef<Load> loads() const { return loadSet.getArrayRef(); }

  /// Starts a body: `elements` are those of the loads in order, as they lie in memory.
  void enter(mlir::OpBuilder &b, mlir::ValueRange elements);
  /// The element of `value` at `map`, in the type that bodies compute in, rounded to its own.
  mlir::Value element(mlir::OpBuilder &b, mlir::Value value, mlir::AffineMap map);

private:
  const llvm::DenseMap<mlir::Value, mlir::Value> &tensors;
  llvm::SetVector<Load> loadSet;
  llvm::DenseSet<Load> visited;
  llvm::DenseMap<Load, mlir::Value> elements;
};

} // namespace ingot::codegen
