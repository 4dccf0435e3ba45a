// Which ops become one kernel.
//
//   Group          the members of one kernel, and which of their values it stores
//   formGroups     all groups of a block
//
// Walking the block backwards, each op meets the groups of those that read it, and joins one (or, computed anew, several)
// or founds its own. The groups never depend on one another in a cycle: an op that joins is read by that group alone, or
// is found not to reach it by another way.
#pragma once
#include "mlir/IR/Block.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/SmallVector.h"
#include <memory>

namespace ingot::passes {

struct Group {
  enum class Kind { pointwise, reduction, contraction };
  /// How a kernel reads a value: at its own index; with dimensions exchanged, but for the last; elsewhere; more than once
  /// an element; as a factor of its contraction.
  enum class Access { same, permuted, moved, repeated, factor };

  Kind kind;
  /// Each member with how its result is read inside the group; in the order of joining, which is backwards.
  llvm::MapVector<mlir::Operation *, Access> members;
  /// Those whose results are stored.
  llvm::SmallVector<mlir::Operation *> results;

  bool contains(mlir::Operation *op) const { return members.contains(op); }
};

/// The groups of the ops in `block` that compute or move elements. An op may be in several; scalar constants are in none.
std::vector<std::unique_ptr<Group>> formGroups(mlir::Block &block);

} // namespace ingot::passes
