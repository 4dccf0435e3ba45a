// The ingot dialect: registration, attributes (#ingot.sizes, #ingot.dim).
#pragma once
#include "ir/sizes/Expr.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/DialectImplementation.h"
#include "mlir/IR/TensorEncoding.h"

namespace ingot::ir::detail {
struct SizesAttrStorage;
} // namespace ingot::ir::detail

#include "ir/dialect/Dialect.h.inc"
#define GET_ATTRDEF_CLASSES
#include "ir/dialect/Attributes.h.inc"
