// Programs that were not recorded but written as text: what must hold for them, and data for their states.
//
//   checkPrograms     a module has programs, in the form that compiling starts from
//   ProgramStates     a tensor for each of their states, zero or read from a file
#pragma once
#include "frontend/core/Backend.h"
#include "mlir/IR/BuiltinOps.h"
#include "runtime/core/Buffer.h"
#include "runtime/params/SafeTensors.h"
#include "llvm/Support/LogicalResult.h"
#include <string>
#include <vector>

namespace ingot::codegen {

/// Emits an error where the module has no public function, an argument or result is no tensor or is called as another
/// one is, a dimension of a type is not declared, or a state's size depends on one.
llvm::LogicalResult checkPrograms(mlir::ModuleOp module);

/// Owns the data of the states of a module that passed checkPrograms().
class ProgramStates {
public:
  /// All states, zero.
  explicit ProgramStates(mlir::ModuleOp module);
  /// Takes the data from a safetensors file, which must have every state. Returns what is wrong, or "".
  std::string read(const std::string &file);
  const std::vector<detail::StateTensor> &tensors() const { return states; }

private:
  std::vector<detail::StateTensor> states;
  std::vector<ingot_rt::Buffer> zeros;
  ingot_rt::SafeTensors file;
};

} // namespace ingot::codegen
