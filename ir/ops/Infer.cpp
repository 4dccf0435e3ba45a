#include "ir/ops/Infer.h"
#include <stdexcept>

using namespace mlir;
using namespace ingot;
using namespace ingot::ir;

// The arithmetic of ir/sizes throws; MLIR's frames above cannot be unwound.
LogicalResult ir::checkSizes(StringRef who, std::optional<Location> loc, function_ref<LogicalResult()> rule) {
  try {
    return rule();
  } catch (const std::exception &error) {
    return emitOptionalError(loc, who, ": sizes are out of range: ", error.what());
  }
}

LogicalResult ir::inferChecked(StringRef who, std::optional<Location> loc, ValueRange operands,
                               function_ref<LogicalResult()> rule) {
  for (auto [i, operand] : llvm::enumerate(operands))
    if (!isDescribed(operand.getType()))
      return emitOptionalError(loc, who, ": operand ", i,
                               " must be a tensor with static sizes or #ingot.sizes, got ",
                               operand.getType());
  return checkSizes(who, loc, rule);
}

LogicalResult ir::checkDims(StringRef who, std::optional<Location> loc, ArrayRef<int64_t> dims,
                            int64_t rank) {
  for (auto [i, dim] : llvm::enumerate(dims))
    if (dim < 0 || dim >= rank || (i && dims[i - 1] >= dim))
      return emitOptionalError(loc, "ingot.", who, ": dimensions must be increasing and within [0, ", rank,
                               "), got [", dims, "]");
  return success();
}

LogicalResult ir::checkWindow(StringRef who, std::optional<Location> loc, StringRef what,
                              ArrayRef<int64_t> values, int64_t rank, int64_t least) {
  if (int64_t(values.size()) != rank || llvm::any_of(values, [&](int64_t v) { return v < least; }))
    return emitOptionalError(loc, "ingot.", who, ": ", what, " must have ", rank, " values of at least ",
                             least, ", got [", values, "]");
  return success();
}

sizes::Expr ir::windowExtent(int64_t kernel, int64_t dilation) {
  return sizes::Expr(dilation) * (kernel - 1) + 1;
}

sizes::Expr ir::windowPositions(const sizes::Expr &size, int64_t kernel, int64_t stride, int64_t dilation) {
  return floordiv(size - windowExtent(kernel, dilation), stride) + 1;
}
