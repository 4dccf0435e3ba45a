#include "passes/Constants.h"
#include "ir/ops/Ops.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace ingot;
using namespace ingot::ir;

/// What is repeated, or the value itself.
static Value unrepeated(Value value) {
  auto broadcast = value.getDefiningOp<BroadcastOp>();
  return broadcast ? broadcast.getX() : value;
}

bool passes::isSplatConstant(Operation *op) {
  DenseElementsAttr elements;
  return matchPattern(op, m_Constant(&elements)) && elements.isSplat();
}

bool passes::isSplat(Value value) {
  Operation *producer = unrepeated(value).getDefiningOp();
  return producer && isSplatConstant(producer);
}

bool passes::isZero(Value value) { return matchPattern(unrepeated(value), m_AnyZeroFloat()); }
