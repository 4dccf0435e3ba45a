// What one element of a pointwise op costs, in units of one vector addition, read off the scalar code that it builds.
//
//   CostModel cost;
//   cost.of(exp) == 16;   cost.of(add) == 1;
//
// Storing an element and loading it again costs about as much as one elementary function on f32 (0.14 ns): that is
// `CostModel::memory`, the most that is worth computing twice.
#pragma once
#include "ir/interfaces/Interfaces.h"
#include "llvm/ADT/DenseMap.h"

namespace ingot::passes {

class CostModel {
public:
  static constexpr int64_t arithmetic = 1, division = 4, elementary = 16, libraryCall = 256;
  /// The most that is computed twice to save a store and a load.
  static constexpr int64_t memory = elementary + 8;
  /// The most that is computed for each element of a broadcast instead of once before it.
  static constexpr int64_t repeated = 2;

  int64_t of(ir::PointwiseOpInterface op);

private:
  /// Op, element types of operands and result: an op of that kind costs the same everywhere.
  using Kind = std::pair<mlir::OperationName, mlir::Type>;
  llvm::DenseMap<Kind, int64_t> known;
};

} // namespace ingot::passes
