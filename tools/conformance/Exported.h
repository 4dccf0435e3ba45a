// Runs cases as an application runs an exported model.
//
// A case is traced and exported to files; its object is loaded by LLVM's linker from the bytes of its file, its weights by
// the loader of the header, and the program is called by the C interface.
#pragma once
#include "tools/conformance/Targets.h"

namespace ingot::conformance {

/// What `target` gives for the case of `in`, computed by an export. `optimized` is that of the export (-O0). Throws Failure,
/// and Unsupported where what is computed depends on values that a trace has not.
Run runExported(Inputs &in, const Target &target, bool optimized);

} // namespace ingot::conformance
