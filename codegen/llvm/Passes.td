#ifndef INGOT_CODEGEN_LLVM_PASSES_TD
#define INGOT_CODEGEN_LLVM_PASSES_TD

include "mlir/Pass/PassBase.td"

def ConvertToLlvm : Pass<"ingot-convert-to-llvm", "mlir::ModuleOp"> {
  let summary = "loops, vectors and arithmetic into the LLVM dialect";
  let description = [{
    One conversion for scf, cf, arith, math, vector and func. Functions become internal. Pointers do not alias (the interface
    asks for that), state and arena are aligned to 64 bytes, all else to its elements.

    ```mlir
    func.func @f(%x: !llvm.ptr {ingot.input = "x"}, %N: index {ingot.dim = "N"}, %arena: !llvm.ptr {ingot.arena})
    ```
    ==>
    ```mlir
    llvm.func internal @f(%x: !llvm.ptr {llvm.noalias, llvm.noundef}, %N: i64,
                          %arena: !llvm.ptr {llvm.align = 64 : i64, llvm.noalias, llvm.noundef})
    ```
  }];
  let dependentDialects = ["mlir::LLVM::LLVMDialect", "mlir::cf::ControlFlowDialect"];
}

#endif // INGOT_CODEGEN_LLVM_PASSES_TD
