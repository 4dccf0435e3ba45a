// Where each buffer of a function lies in its arena. Plain arithmetic on sizes, without MLIR.
//
//   ArenaBuffer     bytes, and the steps of the schedule between which it is live
//   ArenaPlan       an offset a buffer, and the size of the arena
//
//   ArenaPlan plan = planArena({{.bytes = N * 800, .first = 0, .last = 1}, {.bytes = 64, .first = 1, .last = 2}}, ranges);
#pragma once
#include "ir/sizes/Expr.h"
#include <vector>

namespace ingot::codegen {

/// The alignment of buffers in the arena, and of the arena.
inline constexpr int64_t arenaAlignment = 64;

struct ArenaBuffer {
  sizes::Expr bytes;
  /// The first and the last step of the schedule that touches it; buffers that share a step never share memory.
  int64_t first = 0, last = 0;
};

struct ArenaPlan {
  std::vector<sizes::Expr> offsets; ///< bytes, multiples of 64, in the order of the buffers
  sizes::Expr total;                ///< bytes
};

/// Places the buffers greedily in three orders and returns the smallest plan: by their size; by the breadth of the widest step
/// that they are live in; by how much of run-time sizes is live with them. Static buffers come first. A
/// buffer goes into the lowest gap that is known to hold it for all sizes within `ranges`; where that cannot be decided, behind
/// all buffers that were placed earlier and live at the same time, at the maximum of their ends. The same input gives the same
/// plan. std::overflow_error where sizes exceed 64 bits.
ArenaPlan planArena(const std::vector<ArenaBuffer> &buffers, const sizes::Ranges &ranges);

/// The most bytes that are live in one step: no plan is smaller. `values` gives the dimensions.
int64_t maxLiveBytes(const std::vector<ArenaBuffer> &buffers, const sizes::Values &values);

} // namespace ingot::codegen
