// How a contraction is laid on vector registers.
//
//   LaneAccess       how an operand meets the vector dimension: invariant, contiguous, strided, in rows, gathered
//   ContractPlan     vector dimension, register tile and loop order, chosen by a cost model
//
//   plan.vector = n, plan.rows = m, plan.rowTile = 6, plan.vectors = 4, plan.lanes = 16      // 6x64 of f32
//
// The tile has `rowTile` x `columnTile` x `vectors` accumulators. Rows move one operand, the vectors the other,
// and columns either of them; the vectors may move both. A matrix product has
// rows m and vectors along n; a convolution has rows of output channels, columns of output rows, and vectors
// along the output width.
#pragma once
#include "codegen/vector/ContractDomain.h"

namespace ingot::codegen {

/// How the lanes of a vector along a dimension lie in memory.
struct LaneAccess {
  enum Kind { Invariant, Contiguous, Strided, Rows, Gathered } kind;
  /// Elements from lane to lane, of a strided access; the length of contiguous rows of which a vector takes parts.
  int64_t stride = 0;
};

/// Elements between lanes that whole loads and shuffles still serve.
constexpr int64_t maxLaneStride = 4;

LaneAccess laneAccess(ContractDomain &domain, const OperandAccess &access, std::optional<unsigned> vector);

struct ContractPlan {
  /// Two dimensions (outer, inner) that have been joined: rows so short that vectors take parts of several.
  std::optional<std::pair<unsigned, unsigned>> joined;
  /// Absent: scalars.
  std::optional<unsigned> vector;
  std::optional<unsigned> rows, columns;
  int64_t lanes = 1, vectors = 1, rowTile = 1, columnTile = 1;
  /// Tails of the vector dimension are masked; else narrower vectors and scalars make them up.
  bool maskedTails = false;
  /// Rows, in multiples of rowTile, for which one pass is made over all columns; 0 if that is all of them.
  int64_t rowBlock = 0;
  /// Tiles of rows over which the fetch of the next panel is spread; 0 if there is none to fetch.
  int64_t fetchTiles = 0;
  /// One panel meets all that it is multiplied with before the next one comes; else all panels meet one part of that.
  bool panelsOutside = false;

  /// Steps of the first summed dimension after which the sums go to memory, for as much of the operands as stays in cache; 0 if
  /// they are finished in one go.
  int64_t sumBlock = 0;

  /// The operand from which vectors are loaded, the left one if both are; and the other one. Only of a plan with vectors.
  const OperandAccess &vectorSide(const ContractDomain &domain) const;
  const OperandAccess &otherSide(const ContractDomain &domain) const;
  bool isOutside(unsigned dim) const { return vector != dim && rows != dim && columns != dim; }
  /// Whether a dimension outside of the tile is walked inside of the loop over panels.
  bool isInsidePanel(const ContractDomain &domain, unsigned dim) const;
  int64_t width() const { return lanes * vectors; }
};

/// Joins dimensions of the domain where the plan asks for it. `vectorize` false asks for scalars; `resumable`: what is stored
/// are the sums themselves.
ContractPlan planContraction(ContractDomain &domain, const Target &target, mlir::Type accumulator,
                             bool vectorize, bool resumable);

/// Accumulators that the target's registers hold beside the operands of one step.
int64_t accumulatorBudget(const Target &target);
/// Vectors of a register tile's row, by which panels are packed.
int64_t panelVectors(const Target &target);

} // namespace ingot::codegen
