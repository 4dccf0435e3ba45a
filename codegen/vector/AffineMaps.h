// Questions about the maps of contractions.
#pragma once
#include "mlir/IR/AffineMap.h"
#include <optional>

namespace ingot::codegen {

/// Whether each result is a dimension of its own, or zero: what no window walks.
inline bool isPlain(mlir::AffineMap map) { return map.isProjectedPermutation(/*allowZeroInResults=*/true); }

/// The result that is this dimension and nothing else; nullopt if there is none.
inline std::optional<unsigned> resultOf(mlir::AffineMap map, unsigned dim) {
  return map.getResultPosition(mlir::getAffineDimExpr(dim, map.getContext()));
}

} // namespace ingot::codegen
