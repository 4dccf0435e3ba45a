// How much this process has compiled, for tests. Not a public header.
#pragma once
#include <cstdint>

namespace ingot::detail {

/// The number of functions that eager code has made the backend compile.
int64_t compilationCount();

} // namespace ingot::detail
