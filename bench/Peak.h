// The machine's multiply-add peak, measured beside the workloads: clocks wander, ratios of one run do not.
#pragma once

namespace ingot::bench {

/// GFLOP/s of one thread that does nothing but f32 multiply-adds in vector registers, the widest that the build
/// machine has; the best of several short runs.
double multiplyAddPeak();

} // namespace ingot::bench
