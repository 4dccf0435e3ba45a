// Along which dimension of its result a convolution is vectorized best.
//
//   Convolution     a kernel.contract with a window over one operand, as cycles count it
//
//   if (Convolution::is(op))
//     if (auto best = Convolution(op, target).best()) ...   // the channels, and what they save
//
// As an image lies in memory, vectors are along its width: parts of rows, not aligned, and apart where there is a stride.
// Along the channels they are whole and come from the weights, which a kernel can have in any layout.
#pragma once
#include "codegen/kernel/KernelDialect.h"
#include "codegen/vector/Target.h"
#include "mlir/IR/AffineMap.h"

namespace ingot::codegen {

class Convolution {
public:
  Convolution(kernel::ContractOp op, const Target &target);

  /// Whether one operand is walked by a window.
  static bool is(kernel::ContractOp op);

  struct Choice {
    /// Of the domain; nullopt where the last dimension of the result is best.
    std::optional<unsigned> dim;
    /// What it saves against the last one.
    double cycles = 0;
  };
  Choice best() const;

private:
  bool isShared(unsigned dim) const;
  double products() const;
  double cyclesAlong(unsigned dim) const;
  double cyclesAsItLies() const;

  mlir::AffineMap lhs, rhs, out;
  llvm::SmallVector<int64_t> sizes;
  int64_t lanes;
};

} // namespace ingot::codegen
