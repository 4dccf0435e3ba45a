// Element types and single elements, between C++, MLIR and memory. Not a public header.
#pragma once
#include "frontend/core/Scalar.h"
#include "mlir/IR/BuiltinTypes.h"
#include <array>

namespace ingot::detail {

mlir::Type elementType(Dtype type);
Dtype dtypeOf(mlir::Type elementOrTensor);
/// "Float", "Long".
const char *libtorchName(Dtype type);

/// One element as it lies in memory.
using ElementBytes = std::array<char, 8>;
ElementBytes storeElement(const Scalar &number, Dtype type);
Scalar loadElement(const void *from, Dtype type);
/// As a double or, of integers, exactly.
mlir::Attribute elementAttr(const Scalar &number, Dtype type);

} // namespace ingot::detail
