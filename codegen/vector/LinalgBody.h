// The region of a linalg op as the computation of a loop nest.
#pragma once
#include "codegen/vector/LoopNest.h"
#include "mlir/IR/IRMapping.h"

namespace ingot::codegen {

/// Clones the ops of a region, on scalars or on vectors. Borrows the region and the views of the memrefs that it loads from.
class LinalgBody : public PointBody {
public:
  /// The block's arguments are the inputs, then the outputs.
  LinalgBody(mlir::Block &block, unsigned inputs, const llvm::DenseMap<mlir::Value, View> &memrefs);

  llvm::SmallVector<mlir::Value> emit(KernelBuilder &k, mlir::ValueRange inputs,
                                      llvm::ArrayRef<mlir::Value> accumulators,
                                      const PointState &state) override;
  Shape shapeAlong(unsigned loop, llvm::ArrayRef<bool> uniform) override;
  llvm::SmallVector<bool> indexedLoops(unsigned loops) override;
  void renameLoops(llvm::ArrayRef<int> renamed) override { loopOf.assign(renamed.begin(), renamed.end()); }
  mlir::Operation *combiner(unsigned output) override;

private:
  class Emission;

  mlir::Block &block;
  unsigned inputs;
  const llvm::DenseMap<mlir::Value, View> &memrefs;
  /// The loop of each dimension of the op; empty before any was renamed.
  llvm::SmallVector<int> loopOf;
};

} // namespace ingot::codegen
