// The random number generator of the process. Not a public header.
#pragma once
#include <cstdint>

namespace ingot::detail {

/// The name of its state in a program.
inline constexpr const char *generatorName = "generator";

/// As the operand of ingot.random lies in memory.
struct GeneratorState {
  int64_t seed = 67280421310721; // PyTorch's default
  int64_t offset = 0;
};
/// Guarded by RecordLock.
GeneratorState &generator();

} // namespace ingot::detail
