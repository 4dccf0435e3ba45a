// The passes from ingot to ingot; Passes.td describes them.
#pragma once
#include "mlir/Pass/Pass.h"

namespace ingot::passes {

#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "passes/Passes.h.inc"

} // namespace ingot::passes
