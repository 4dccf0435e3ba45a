// Tensor types whose sizes are expressions: the bridge between ir/sizes and MLIR's types.
#pragma once
#include "ir/dialect/Dialect.h"
#include "mlir/Dialect/Utils/ReshapeOpsUtils.h"

namespace ingot::ir {

/// Whether a type is a tensor that is static or has #ingot.sizes.
bool isDescribed(mlir::Type type);

/// The sizes of a tensor type; every `?` must be described by its encoding.
std::vector<sizes::Expr> sizesOf(mlir::Type type);

/// The tensor type with these sizes: no encoding when all are constant.
mlir::RankedTensorType tensorOf(llvm::ArrayRef<sizes::Expr> sizes, mlir::Type element);

/// The same sizes, another element type.
mlir::RankedTensorType withElement(mlir::Type type, mlir::Type element);

/// The type of one slice of a sequence (the leading dimension goes), and of a sequence of such slices.
mlir::RankedTensorType sliceOf(mlir::Type sequence);
mlir::RankedTensorType sequenceOf(const sizes::Expr &length, mlir::Type slice);

/// The number of elements.
sizes::Expr numElements(llvm::ArrayRef<sizes::Expr> sizes);

/// For each dimension of `coarse` the dimensions of `fine` that it is split into; nullopt if `fine` is no such split.
/// Every tensor reshape of this kind is one tensor.expand_shape, or collapse_shape the other way round.
std::optional<llvm::SmallVector<mlir::ReassociationIndices>> splitOf(llvm::ArrayRef<sizes::Expr> coarse,
                                                                     llvm::ArrayRef<sizes::Expr> fine);

/// "[N, 1, 28, 28]", for messages.
std::string toString(llvm::ArrayRef<sizes::Expr> sizes);
/// "f32[N, 10]", for messages.
std::string describe(mlir::Type type);

} // namespace ingot::ir
