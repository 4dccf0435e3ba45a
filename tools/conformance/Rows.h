// How rows of tensor functions are written: ROW("relu", relu(in[0].tensor())) in a function with a `table`.
#pragma once
#include "tools/conformance/Targets.h"

/// A row: `in` holds the arguments, the value is the result.
#define ROW(name, ...) table[name] = [](Inputs &in) { return runOf(__VA_ARGS__); };
/// A row whose call depends on which arguments there are.
#define ROW_CHOICE(name, ...) table[name] = [](Inputs & in)->Run __VA_ARGS__;

namespace ingot::conformance {

/// Functions by position, sorting, along a dimension; IndexFunctions.cpp.
void addIndexFunctions(TargetTable &table);
/// Linear algebra, norms, and pointwise functions with options; LinalgFunctions.cpp.
void addLinalgFunctions(TargetTable &table);

} // namespace ingot::conformance
