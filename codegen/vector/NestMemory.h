// How the loops of a nest meet memory: pointers that move with the loops, and loads and stores of one vector.
//
//   NestCursor        where the operands stand at an iteration
//   NestMemory    moves cursors, loads and stores
//
//   NestCursor at = memory.enter(memory.start(), rowLoop, row);
//   Value x = memory.load(at, 0, unit);
#pragma once
#include "codegen/vector/LoopNest.h"
#include "llvm/ADT/SmallBitVector.h"

namespace ingot::codegen {

/// One vector of points along the vectorized loop.
struct Unit {
  int64_t lanes = 1;
  /// Lanes that are points and their number; no mask if all are.
  mlir::Value mask;
  mlir::OpFoldResult count;
};

/// Where the operands stand at an iteration of the loops that have been entered.
struct NestCursor {
  llvm::SmallVector<mlir::Value> pointers;
  /// Inputs that no open loop moves, loaded.
  llvm::SmallVector<mlir::Value> values;
  llvm::SmallVector<mlir::OpFoldResult> indices;
  llvm::SmallBitVector open;
};

/// Borrows the nest, its schedule and the builder.
class NestMemory {
public:
  NestMemory(const LoopNest &nest, const Schedule &plan, KernelBuilder &k) : nest(nest), plan(plan), k(k) {}

  /// At the first point of all loops.
  NestCursor start();
  /// `count` iterations of the loop further.
  NestCursor step(const NestCursor &cursor, unsigned loop, mlir::OpFoldResult count);
  /// At iteration `iv` of a loop that was open; loads the inputs that stay the same from here on.
  NestCursor enter(const NestCursor &cursor, unsigned loop, mlir::OpFoldResult iv);

  /// One vector of an operand, or one value that all lanes have.
  mlir::Value load(const NestCursor &cursor, unsigned operand, const Unit &unit);
  /// The vectors of `rows` iterations of the schedule's transposed loop: contiguous along that loop in memory, and turned in
  /// registers.
  llvm::SmallVector<mlir::Value> loadTransposed(const NestCursor &cursor, unsigned operand, const Unit &unit,
                                                int64_t rows);
  /// `value` is a scalar for one lane.
  void store(const NestCursor &cursor, unsigned output, mlir::Value value, const Unit &unit);
  mlir::Value shuffle(mlir::Value a, mlir::Value b, llvm::ArrayRef<int64_t> lanes);

private:
  using Size = mlir::OpFoldResult;
  using Indices = llvm::ArrayRef<mlir::OpFoldResult>;

  void hoist(NestCursor &cursor);
  Size evaluate(mlir::AffineExpr expr, Indices indices);
  mlir::Value elementPointer(const Access &access, mlir::Value pointer, Indices indices);
  mlir::Value loadScalar(const Access &access, mlir::Value pointer, Indices indices);
  mlir::Value loadContiguous(const Access &access, mlir::Value pointer, mlir::VectorType type,
                             mlir::Value mask);
  mlir::Value loadReversed(const Access &access, mlir::Value pointer, const Unit &unit);
  mlir::Value loadStrided(const Access &access, mlir::Value pointer, int64_t stride, const Unit &unit);
  mlir::Value loadRepeated(const Access &access, mlir::Value pointer, int64_t repetitions, const Unit &unit);
  mlir::Value loadLanes(const NestCursor &cursor, unsigned operand, const Unit &unit);
  void storeElement(const Access &access, mlir::Value pointer, Indices indices, mlir::Value value);
  Size safeLane(const Unit &unit, int64_t lane);
  std::pair<mlir::Value, llvm::SmallVector<Size>> laneOf(const NestCursor &cursor, unsigned operand,
                                                         Size lane);

  mlir::Value both(mlir::Value a, mlir::Value b);
  mlir::Value inside(const Access &access, Indices indices, int except = -1);
  mlir::Value maskOf(const Access &access, Indices indices, unsigned loop, int64_t lanes, mlir::Value mask);
  mlir::Value loadWhere(mlir::Value condition, mlir::Type type, llvm::function_ref<mlir::Value()> load);
  void storeWhere(mlir::Value condition, llvm::function_ref<void()> store);

  const LoopNest &nest;
  const Schedule &plan;
  KernelBuilder &k;
};

} // namespace ingot::codegen
