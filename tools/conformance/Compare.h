// Compares the results of a case with what PyTorch computes.
#pragma once
#include "tools/conformance/Targets.h"

namespace ingot::conformance {

/// Compares all results that the case has; the gradients are computed here, but those of an `exported` run, which it gives
/// with its results. Throws Failure with the first difference: which result, where, expected and got. Returns the largest
/// error of all, as a share of what the tolerance allows. Reading the results computes them.
double compare(const Case &c, const Run &run, bool exported);

} // namespace ingot::conformance
