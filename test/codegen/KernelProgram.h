// Functions on memrefs, compiled by ingot-emit-kernels and run beside the interpreter.
//
//   Program program(functionText, "x86-64-v3");
//   program.check({{"N", 17}});      // a fatal GoogleTest failure where an element differs
#pragma once
#include "test/codegen/Interpreter.h"
#include "test/codegen/Jit.h"
#include <functional>
#include <random>

namespace ingot::test {

using Dims = std::map<std::string, int64_t, std::less<>>;
/// The bits of one random element of a type.
using Fill = std::function<uint64_t(mlir::Type, std::mt19937 &)>;

/// Small whole numbers: sums of them are exact in any order.
uint64_t smallNumber(mlir::Type type, std::mt19937 &random);
/// Every kind of float: half of them around the subnormals, infinities and ties of f16, the others any bits.
uint64_t anyBits(mlir::Type type, std::mt19937 &random);

/// One function @f, compiled for one cpu. Buffers end where readable memory ends, and what lies before them must stay.
class Program {
public:
  Program(const std::string &function, const std::string &cpu);

  /// Runs both on equal random memory and compares all memrefs but arenas: equal bits up to NaNs, or `tolerance` relative to
  /// the expected value.
  void check(const Dims &dims, double tolerance = 0, const Fill &fill = smallNumber);
  /// What the passes made of the function.
  const std::string &ir() const { return jit.ir(); }

private:
  std::string text;
  Jit jit;
  mlir::MLIRContext context;
  mlir::OwningOpRef<mlir::ModuleOp> module;
};

} // namespace ingot::test
