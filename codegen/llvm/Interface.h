// What an export offers: the functions, dimensions and state that the header, the object's tables and the weights file
// agree on. Plain data, without MLIR.
//
//   ModuleInfo      an export, symbol prefix `name`
//   FunctionInfo    one of its programs: inputs, dimensions, outputs, in the order of the C signature
//   StateInfo       a parameter or buffer, in the order of the state table and of prepare's canonical[]
//   TensorInfo, DimInfo, SiteInfo
//
//   ModuleInfo lenet{.name = "lenet", .functions = {infer, train}, .states = {...}, .stateBytes = 246'528};
//   std::string header = emitHeader(lenet);   // codegen/llvm/Header.h
#pragma once
#include "ir/sizes/Expr.h"
#include <cstdint>
#include <string>
#include <vector>

namespace ingot::codegen {

/// A tensor of the interface: row-major, element-aligned.
struct TensorInfo {
  std::string name;               ///< as the user gave it ("image", "conv1.weight")
  std::string dtype;              ///< "f32" "f64" "f16" "bf16" "i64" "i32" "i16" "i8" "u8" "bool"
  std::vector<sizes::Expr> shape; ///< over the function's dimensions; constant for state
};

/// A named run-time dimension: an int64_t argument.
struct DimInfo {
  std::string name;
  sizes::Range range;
};

/// A program of the export.
struct FunctionInfo {
  std::string name;
  std::vector<TensorInfo> inputs;
  std::vector<TensorInfo> outputs; ///< results that the caller receives; updated state is not among them
  std::vector<DimInfo> dims;       ///< in the order of the signature
  bool writesState = false;
  sizes::Expr
      workspace; ///< bytes, over the dimensions and, where it depends on the number of workers, "workers"
};

/// A parameter or buffer.
struct StateInfo {
  TensorInfo tensor;
  std::vector<std::string> aliases; ///< further names of the same storage
  int64_t offset =
      -1; ///< of a row-major copy in the prepared block, in bytes; -1 where its layout is another
};

/// A run-time check of an op; its index is the `site` of ingot_error.
struct SiteInfo {
  std::string op, path, file;
  std::string required; ///< what a value must be ("an invertible matrix"); empty where it is a position
  int32_t line = 0;
  int64_t lower = 0, upper = INT64_MAX;
};

/// An export.
struct ModuleInfo {
  std::string name; ///< prefix of every symbol; a C identifier
  std::vector<FunctionInfo> functions;
  std::vector<StateInfo> states;
  std::vector<SiteInfo> sites;
  int64_t stateBytes = 0;       ///< of the prepared block
  bool embeddedWeights = false; ///< the object carries a prepared block in read-only data
};

} // namespace ingot::codegen
