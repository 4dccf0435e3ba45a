// Compares the results of a case with what PyTorch computes.
#pragma once
#include "tools/conformance/Targets.h"

namespace ingot::conformance {

/// Compares results, and with `gradients` those. Throws Failure with the first difference: which result, where, expected and got. Returns the largest error of all, as a share
/// of what the tolerance allows. Reading the results computes them.
double compare(const Case &c, const Run &run, bool gradients = true);

} // namespace ingot::conformance
