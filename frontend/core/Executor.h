// Compiles and runs what is pending. Not a public header.
#pragma once
#include "frontend/core/Buffer.h"
#include "frontend/core/Context.h"
#include "mlir/IR/Block.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/STLFunctionalExtras.h"

namespace ingot::detail {

/// What is pending.
struct Pending {
  mlir::Block &block;
  /// The elements of a value; null if they have to be computed.
  llvm::function_ref<BufferRef(mlir::Value)> elements;
  /// Whether gradients pass through a value.
  llvm::function_ref<bool(mlir::Value)> hasHistory;
};

/// Computes the keys of `results` whose buffer is null, from values that are there. Functions are cached by structure: ops,
/// attributes, types, and how they are connected; not by elements or locations.
void execute(const Site &site, const Pending &pending, llvm::DenseMap<mlir::Value, BufferRef> &results);

} // namespace ingot::detail
