// The composite function that a thread is in. Not a public header.
#pragma once
#include "frontend/core/Arg.h"

namespace ingot::detail {

/// Set by the outermost OpScope; `op` is null outside.
struct Composite {
  const char *op = nullptr;
  Where where;
};
const Composite &currentComposite();

} // namespace ingot::detail
