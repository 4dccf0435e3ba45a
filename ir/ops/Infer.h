// Shared pieces of the ops' type rules. An error says who, what was required, what was got.
#pragma once
#include "ir/dialect/Sizes.h"
#include "mlir/IR/OpImplementation.h"

namespace ingot::ir {

/// `[N*2, 10]` in the assembly of an op.
mlir::ParseResult parseSizesList(mlir::OpAsmParser &p, SizesAttr &sizes);
void printSizesList(mlir::OpAsmPrinter &p, mlir::Operation *, SizesAttr sizes);

/// Runs a type rule or verifier that does arithmetic on sizes: an overflow becomes an error of `who` ("ingot.pad").
llvm::LogicalResult checkSizes(llvm::StringRef who, std::optional<mlir::Location> loc,
                               llvm::function_ref<llvm::LogicalResult()> rule);

/// The same for a type rule, which may then rely on operands that are tensors with described sizes.
llvm::LogicalResult inferChecked(llvm::StringRef who, std::optional<mlir::Location> loc,
                                 mlir::ValueRange operands, llvm::function_ref<llvm::LogicalResult()> rule);

/// Dimensions must be sorted, distinct and within [0, rank).
llvm::LogicalResult checkDims(llvm::StringRef who, std::optional<mlir::Location> loc,
                              llvm::ArrayRef<int64_t> dims, int64_t rank);

/// One value a spatial dimension, each at least `least`.
llvm::LogicalResult checkWindow(llvm::StringRef who, std::optional<mlir::Location> loc, llvm::StringRef what,
                                llvm::ArrayRef<int64_t> values, int64_t rank, int64_t least);

/// The elements from the first to the last of a window.
sizes::Expr windowExtent(int64_t kernel, int64_t dilation);

/// The number of window positions: floor((size - dilation * (kernel - 1) - 1) / stride) + 1.
sizes::Expr windowPositions(const sizes::Expr &size, int64_t kernel, int64_t stride, int64_t dilation);

} // namespace ingot::ir
