// The random number generator of the process. Not a public header.
#pragma once
#include <cstdint>

namespace ingot::detail {

/// As the operand of ingot.random lies in memory.
struct GeneratorState {
  int64_t seed = 67280421310721; // PyTorch's default
  int64_t offset = 0;
};
/// Guarded by RecordLock.
GeneratorState &generator();

} // namespace ingot::detail
