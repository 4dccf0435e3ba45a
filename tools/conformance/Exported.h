// Runs cases as an application runs an exported model.
//
// A case is traced with the gradients that it has, and exported to files; the program is loaded and called by its C
// interface (ExportedProgram.h).
#pragma once
#include "tools/conformance/Targets.h"
#include <optional>

namespace ingot::conformance {

struct ExportOptions {
  bool optimized = true;             ///< without, -O0
  std::optional<int64_t> runTimeDim; ///< of the first input: its size is known in the call only
};

/// What `target` gives for the case of `in`, computed by an export; the gradients are in `after`. Throws Failure, and
/// Unsupported where what is computed depends on values that a trace has not, or on the size that it is not to know.
Run runExported(Inputs &in, const Target &target, const ExportOptions &options);

} // namespace ingot::conformance
