// kernel.loop as a counted loop of calls; used by EmitKernels.cpp.
#pragma once
#include "codegen/kernel/KernelDialect.h"
#include "codegen/vector/KernelBuilder.h"

namespace ingot::codegen {

/// What the checks of all steps came to: the number of the one that failed first, or -1 (i32), the value that is out of
/// range, and the size that it had to be below (i64). Null where the function has none.
struct LoopChecks {
  mlir::Value site, value, size;
};

/// `operands` are the views of the op's operands in order. The function that it calls has been emitted.
LoopChecks emitLoop(kernel::LoopOp op, llvm::ArrayRef<View> operands, KernelBuilder &k);

} // namespace ingot::codegen
