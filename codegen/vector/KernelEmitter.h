// How ops of other dialects become loops in the `ingot-emit-kernels` pass.
//
//   KernelEmitter     a dialect interface; the pass asks the dialect of every op on memrefs that it does not
//   know
//
//   struct Emitters : KernelEmitter {
//     using KernelEmitter::KernelEmitter;
//     LogicalResult emit(Operation *op, ArrayRef<View> operands, KernelBuilder &k) const override { ... }
//   };
//   registry.addExtension(+[](MLIRContext *, kernel::KernelDialect *dialect) {
//   dialect->addInterfaces<Emitters>(); });
#pragma once
#include "codegen/vector/KernelBuilder.h"
#include "mlir/IR/DialectInterface.h"

namespace ingot::codegen {

class KernelEmitter : public mlir::DialectInterface::Base<KernelEmitter> {
public:
  using Base::Base;
  /// Emits loops that do what `op` does, at k's insertion point. `operands` has one entry an operand of `op`,
  /// in order; the view of an operand that is not a memref is default-constructed. The pass erases `op`
  /// afterwards. On failure a diagnostic has been emitted.
  virtual mlir::LogicalResult emit(mlir::Operation *op, llvm::ArrayRef<View> operands,
                                   KernelBuilder &k) const = 0;
};

} // namespace ingot::codegen
