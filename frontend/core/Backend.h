// How the frontend has recorded functions compiled; codegen/jit implements it. Not a public header.
//
//   CompiledFunction   a function that runs in this process
//   StateTensor        a parameter or buffer of an exported module, with its data
//   Backend            compiles for this process, and runs the command line of an exporting program
//
//   auto f = backend().compile(module);       // one public function, all sizes static
//   f->call(slots);                           // arguments, results, workspace, value of a failed check
#pragma once
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/MLIRContext.h"
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace ingot::detail {

/// A run-time check that failed. The op, whose location has the name `place`, requires what `required` says of a value; or,
/// where that is empty, positions below `size`.
struct FailedCheck {
  std::string op, place, required;
  int64_t size = 0;
};

/// A function compiled for this process. Const: any thread may call it at any time, each with its own slots.
class CompiledFunction {
public:
  virtual ~CompiledFunction() = default;
  /// Size of the 64-byte aligned block that the caller passes as the last slot.
  virtual int64_t workspaceBytes() const = 0;
  /// Runs it. `slots` has one pointer an argument in order, one a result in order, the workspace, and an int64_t that
  /// receives the value that a failed check found;
  /// tensors are row-major and 64-byte aligned, and no result overlaps anything. Returns a status, 0 for
  /// success.
  virtual int32_t call(void *const *slots) const = 0;
  /// What a status other than 0 means.
  virtual FailedCheck failedCheck(int32_t status) const = 0;
};

/// A state (parameter or buffer) of an exported module, in canonical row-major layout.
struct StateTensor {
  std::string name;                 ///< PyTorch's state_dict name
  mlir::RankedTensorType type;      ///< static sizes
  const void *data;                 ///< borrowed for the call
  std::vector<std::string> aliases; ///< further names of the same storage (tied parameters)
};

class Backend {
public:
  virtual ~Backend() = default;
  /// Whether compile() fuses and optimizes. Tests turn it off, before anything has been compiled.
  bool optimizes = true;
  /// Loads the dialects and interfaces that compiling needs. Called once, before `context` is shared between
  /// threads.
  virtual void prepareContext(mlir::MLIRContext &context) = 0;
  /// Compiles the one public function of `module`, which may be rewritten but stays the caller's. Throws
  /// ingot::Error.
  virtual std::shared_ptr<CompiledFunction> compile(mlir::ModuleOp module) = 0;
  /// The command line of an exporting program: reads the flags, compiles `module` (its public functions are
  /// the programs), writes the files. Returns the exit status of main.
  virtual int exportMain(int argc, char **argv, mlir::ModuleOp module,
                         const std::vector<StateTensor> &states) = 0;
};

/// The process's backend; defined in codegen/jit.
Backend &backend();

} // namespace ingot::detail
