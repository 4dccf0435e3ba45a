// From tensors to recorded values and back. Not a public header.
//
//   Site site{"relu", x.where};
//   Tensor y = recordOp(site, "ingot.relu", {valueOf(site, *x)});
//   assign(site, x, y);                       // x's elements become y's: views write through to their base
#pragma once
#include "frontend/core/Recorder.h"
#include "frontend/core/SymbolicSize.h"
#include "mlir/IR/Attributes.h"
#include "mlir/IR/BuiltinTypes.h"

namespace ingot::detail {

/// The value of a tensor here and now, in the current recorder. Valid until the next tensor is made or dropped.
mlir::Value valueOf(const Site &site, const Tensor &tensor);
/// A tensor that holds a value of the current recorder.
Tensor wrap(const Site &site, mlir::Value value);
/// Records one op.
Tensor recordOp(const Site &site, llvm::StringRef name, llvm::ArrayRef<mlir::Value> operands,
                llvm::ArrayRef<mlir::NamedAttribute> attributes = {}, mlir::Type result = {});
/// The same elements with a history of their own, if they have any: hooks and retained gradients tell the two apart.
mlir::Value copyOf(const Site &site, mlir::Value value);
/// A view of `base` with the given type.
Tensor makeView(const Tensor &base, ViewStep step, mlir::RankedTensorType type);
/// Gives `target` the elements of `source`, which has its sizes and type.
void assign(const Site &site, const Tensor &target, const Tensor &source);

/// The type of a defined tensor; fails for one that is not.
mlir::RankedTensorType typeOf(const Site &site, const Tensor &tensor);
mlir::RankedTensorType typeOf(const Shape &sizes, Dtype type);
Shape shapeOf(mlir::RankedTensorType type);
/// "float32[2, 3]".
std::string describe(const Tensor &tensor);

mlir::NamedAttribute attr(llvm::StringRef name, llvm::ArrayRef<int64_t> values);
mlir::NamedAttribute attr(llvm::StringRef name, int64_t value);
mlir::NamedAttribute attr(llvm::StringRef name, llvm::StringRef value);
mlir::NamedAttribute attr(llvm::StringRef name, const std::vector<Size> &sizes);
mlir::NamedAttribute unitAttr(llvm::StringRef name);

/// A dimension counted from the front; fails outside [-rank, rank).
int64_t wrapDim(const Site &site, int64_t dim, int64_t rank);
/// All of them sorted; all dimensions of the rank for none.
std::vector<int64_t> wrapDims(const Site &site, const Shape &dims, int64_t rank);

} // namespace ingot::detail
