#include "ir/dialect/ScalarOps.h"
#include "mlir/IR/OpImplementation.h"

using namespace mlir;
using namespace ingot::ir;

#define GET_OP_CLASSES
#include "ir/dialect/ScalarOps.cpp.inc"

void IngotDialect::registerScalarOps() {
  addOperations<
#define GET_OP_LIST
#include "ir/dialect/ScalarOps.cpp.inc"
      >();
}
