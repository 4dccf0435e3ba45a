// How rows of tensor functions are written: ROW("relu", relu(in[0].tensor())) in a function with a `table`.
#pragma once
#include "ingot/core/Options.h"
#include "tools/conformance/Targets.h"

/// A row: `in` holds the arguments, the value is the result.
#define ROW(name, ...) table[name] = [](Inputs &in) { return runOf(__VA_ARGS__); }
/// A row whose call depends on which arguments there are.
#define ROW_CHOICE(name, ...) table[name] = [](Inputs & in)->Run __VA_ARGS__

namespace ingot::conformance {

/// The type that an argument asks for.
inline std::optional<Dtype> typeOf(Inputs &in) { return in.get("dtype", std::optional<Dtype>()); }
/// The options of what is made anew.
inline TensorOptions optionsOf(Inputs &in) {
  std::optional<Dtype> type = typeOf(in);
  return type ? TensorOptions(*type) : TensorOptions();
}

/// Functions by position, sorting, along a dimension; IndexFunctions.cpp.
void addIndexFunctions(TargetTable &table);
/// Methods that write to their object; InPlaceFunctions.cpp.
void addInPlaceFunctions(TargetTable &table);
/// Linear algebra, norms, and pointwise functions with options; LinalgFunctions.cpp.
void addLinalgFunctions(TargetTable &table);

} // namespace ingot::conformance
