// The inside of a contraction: one register tile, from its first product to its stored elements.
//
//   RegisterTile     how many rows, columns and vectors the accumulators of one kernel cover
//   TileEmitter      emits the sum over the reduction dimensions, the epilogue and the stores of a tile
//
//   TileEmitter(op, domain, plan).emit({.rows = 6, .columns = 1, .vectors = 4, .lanes = 16}, cursor);
#pragma once
#include "codegen/vector/ContractPlan.h"
#include <array>
#include <map>

namespace ingot::codegen {

struct RegisterTile {
  int64_t rows, columns, vectors, lanes;
  /// Of the last vector, how many lanes exist, and which; null if all of them do.
  mlir::OpFoldResult valid = {};
  mlir::Value mask = {};
  /// From where to fetch ahead of use, and how many elements further each step of the sum; null if nowhere.
  mlir::Value ahead = {};
  int64_t fetched = 0;
};

/// Steps [lower, upper) of the first summed dimension, upon the sums of those before, which lie in the result; all steps where
/// there are no bounds.
struct SumPart {
  mlir::OpFoldResult lower = {}, upper = {};
};

/// Borrows everything that it is given.
class TileEmitter {
public:
  TileEmitter(kernel::ContractOp op, ContractDomain &domain, const ContractPlan &plan, const SumPart &part)
      : op(op), k(domain.k), domain(domain), plan(plan), part(part) {}

  /// `cursor` is fixed at the tile's first element in all parallel dimensions.
  void emit(const RegisterTile &tile, const Cursor &cursor);

private:
  /// Row, column and vector in the tile.
  using Position = std::array<int64_t, 3>;
  using Loaded = std::map<Position, mlir::Value>;
  using Size = mlir::OpFoldResult;

  llvm::SmallVector<mlir::Value> reduce(const RegisterTile &tile, unsigned level, const Cursor &cursor,
                                        mlir::ValueRange accumulators);
  llvm::SmallVector<mlir::Value> start(const RegisterTile &tile, const Cursor &cursor);
  llvm::SmallVector<mlir::Value> step(const RegisterTile &tile, const Cursor &cursor,
                                      mlir::ValueRange accumulators);
  void prefetch(const RegisterTile &tile, const Cursor &cursor);
  void finish(const RegisterTile &tile, const Cursor &cursor, mlir::ValueRange accumulators);
  bool finishesRowByRow(const RegisterTile &tile);
  void finishRows(const RegisterTile &tile, const Cursor &cursor, mlir::ValueRange accumulators);
  mlir::Value allocateOnStack(mlir::Type type, int64_t count);

  // Operands.
  mlir::Value operandAt(const RegisterTile &tile, const OperandAccess &access, mlir::Value pointer,
                        Position at, Loaded &loaded, mlir::Type type);
  mlir::Value rowPointer(const OperandAccess &access, mlir::Value pointer, Position at);
  mlir::Value lanePointer(const OperandAccess &access, mlir::Value pointer, int64_t lane);
  mlir::Value loadLanes(const RegisterTile &tile, const OperandAccess &access, mlir::Value pointer,
                        int64_t first, bool last);
  mlir::Value loadRows(const RegisterTile &tile, const OperandAccess &access, mlir::Value pointer,
                       int64_t first, Size valid);
  mlir::Value loadStrided(const RegisterTile &tile, const View &view, mlir::Value pointer, int64_t stride,
                          Size valid);
  mlir::Value gather(const RegisterTile &tile, const OperandAccess &access, mlir::Value pointer,
                     int64_t first, Size valid);
  mlir::Value extend(mlir::Value value, mlir::Type element);
  mlir::Value multiplyAdd(mlir::Value x, mlir::Value y, mlir::Value sum);

  kernel::ContractOp op;
  KernelBuilder &k;
  ContractDomain &domain;
  const ContractPlan &plan;
  const SumPart &part;
};

} // namespace ingot::codegen
