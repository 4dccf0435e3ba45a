#include "ir/interfaces/Interfaces.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;
using namespace ingot;
using namespace ingot::ir;

#include "ir/interfaces/Interfaces.cpp.inc"

SmallVector<OpFoldResult> SizeBuilder::sizes(OpBuilder &b, Location loc, Type type) {
  SmallVector<OpFoldResult> result;
  for (const sizes::Expr &e : sizesOf(type))
    result.push_back(size(b, loc, e));
  return result;
}

Value SizeBuilder::empty(OpBuilder &b, Location loc, Type type, Type element) {
  return tensor::EmptyOp::create(b, loc, sizes(b, loc, type),
                                 element ? element : lowered(type).getElementType());
}

AffineMap ir::indexMapOf(Operation *op) {
  auto moves = dyn_cast_or_null<IndexMapOpInterface>(op);
  return moves ? moves.getIndexMap() : AffineMap();
}
