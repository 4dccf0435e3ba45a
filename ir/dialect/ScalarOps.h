// Elementary functions of one number that the math dialect lacks: ingot.scalar_lgamma and the like, on scalars and vectors.
#pragma once
#include "ir/dialect/Dialect.h"
#include "mlir/Interfaces/InferTypeOpInterface.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

#define GET_OP_CLASSES
#include "ir/dialect/ScalarOps.h.inc"
