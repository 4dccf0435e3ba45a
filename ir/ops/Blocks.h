// Loops over the blocks of one computation.
#pragma once
#include "llvm/ADT/StringRef.h"

namespace ingot::ir {

/// The attribute of a scan whose steps are blocks of one computation, and of its derivative: what a step computes stays in
/// it, since that of all steps at once would take too much memory.
inline constexpr llvm::StringLiteral blocksAttr = "ingot.blocks";

} // namespace ingot::ir
