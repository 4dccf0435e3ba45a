// Where an op comes from, as its location tells: the line of the program's source, and around it the function that was
// called there and the path of the module that it belongs to.
//
//   loc("encoder.0.embedding"(fused<"embedding">["model.cpp":12:3]))
#pragma once
#include "mlir/IR/Location.h"

namespace ingot::ir {

struct Origin {
  mlir::FileLineColLoc line; ///< null if unknown
  mlir::StringAttr function; ///< null where the op itself was called
  mlir::StringAttr path;     ///< null outside every module

  /// The first one that a location tells.
  static Origin of(mlir::Location location);
  /// The location that tells it; `line` must be known.
  mlir::Location location() const;
  /// The function that was called, or else the op.
  llvm::StringRef nameOr(llvm::StringRef op) const { return function ? function.strref() : op; }
};

} // namespace ingot::ir
