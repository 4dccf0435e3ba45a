// Compiles and runs what is pending. Not a public header.
#pragma once
#include "frontend/core/Buffer.h"
#include "frontend/core/Context.h"
#include "mlir/IR/Block.h"
#include "llvm/ADT/DenseMap.h"
#include <vector>

namespace ingot::detail {

/// Computes the keys of `results` whose buffer is null. `leaves` are the elements of the block's arguments. Functions are
/// cached by structure: ops, attributes, types, and how they are connected; not by elements or locations.
void execute(const Site &site, mlir::Block &block, const std::vector<BufferRef> &leaves,
             llvm::DenseMap<mlir::Value, BufferRef> &results);

} // namespace ingot::detail
