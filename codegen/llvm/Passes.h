// The passes of codegen/llvm; Passes.td describes them.
#pragma once
#include "mlir/Pass/Pass.h"

namespace ingot::codegen {

#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "codegen/llvm/Passes.h.inc"

} // namespace ingot::codegen
