// All ops of the dialect.
#pragma once
#include "ir/dialect/Dialect.h"
#include "ir/interfaces/Interfaces.h"
#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/Interfaces/ControlFlowInterfaces.h"
#include "mlir/Interfaces/InferTypeOpInterface.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

#define GET_OP_CLASSES
#include "ir/ops/Attention.h.inc"
#define GET_OP_CLASSES
#include "ir/ops/Contraction.h.inc"
#define GET_OP_CLASSES
#include "ir/ops/Index.h.inc"
#define GET_OP_CLASSES
#include "ir/ops/Pointwise.h.inc"
#define GET_OP_CLASSES
#include "ir/ops/Program.h.inc"
#define GET_OP_CLASSES
#include "ir/ops/Reduce.h.inc"
#define GET_OP_CLASSES
#include "ir/ops/Shape.h.inc"
#define GET_OP_CLASSES
#include "ir/ops/Source.h.inc"
#define GET_OP_CLASSES
#include "ir/ops/Window.h.inc"
