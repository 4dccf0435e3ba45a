// Runs straight-line functions on memrefs (the input of ingot-emit-kernels) op by op and element by element: the reference
// that compiled kernels are compared with.
//
//   Interpreter interpreter(function);
//   interpreter.run({pointerOrSize, ...});
#pragma once
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace ingot::test {

/// Scalars are attributes, and an op computes what its folder says.
class Interpreter {
public:
  explicit Interpreter(mlir::func::FuncOp function) : function(function) {}

  /// One number an argument: the address of a memref's first element, or the value of an index. Run-time sizes are looked up
  /// by the names that `ingot.dim` and `ingot.sizes` give. Throws std::runtime_error on an op that it cannot run.
  void run(const std::vector<int64_t> &arguments);
  /// The sizes of a memref argument, given the values of the index arguments.
  static std::vector<int64_t> sizesOf(mlir::func::FuncOp function, unsigned argument,
                                      const std::map<std::string, int64_t, std::less<>> &dims);

private:
  using Point = std::vector<int64_t>;
  struct Memory {
    char *base = nullptr;
    mlir::Type element;
    int64_t offset = 0;
    std::vector<int64_t> sizes, strides;

    /// Elements before the one at `indices`.
    int64_t positionOf(const Point &indices) const;
  };

  mlir::Attribute read(const Memory &memory, const Point &indices);
  void write(const Memory &memory, const Point &indices, mlir::Attribute value);
  void runOp(mlir::Operation &op);
  void runView(mlir::Operation &op);
  void runLinalg(mlir::linalg::LinalgOp op);
  void runRelayout(mlir::Operation &op);
  void runScalar(mlir::Operation &op);
  int64_t integer(mlir::OpFoldResult value);
  Memory rowMajor(char *base, mlir::Type element, std::vector<int64_t> sizes);

  mlir::func::FuncOp function;
  std::map<void *, Memory> memories;
  std::map<void *, mlir::Attribute> scalars;
  std::vector<std::vector<char>> globals;
  Point point;
};

} // namespace ingot::test
