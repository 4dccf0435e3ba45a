// kernel.relayout as a loop nest; used by EmitKernels.cpp.
#pragma once
#include "codegen/kernel/KernelDialect.h"
#include "codegen/vector/KernelBuilder.h"

namespace ingot::codegen {

mlir::LogicalResult emitRelayout(kernel::RelayoutOp op, const View &source, const View &out,
                                 KernelBuilder &k);

} // namespace ingot::codegen
