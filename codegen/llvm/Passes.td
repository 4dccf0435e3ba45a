#ifndef INGOT_CODEGEN_LLVM_PASSES_TD
#define INGOT_CODEGEN_LLVM_PASSES_TD

include "mlir/Pass/PassBase.td"

def AddDebugInfo : Pass<"ingot-add-debug-info", "mlir::ModuleOp"> {
  let summary = "locations as scopes of DWARF";
  let description = [{
    Line tables for debuggers and profilers. A module (a layer) is shown as a function, called by its path, that was inlined
    into the program at the user's line; so `perf report` and `gdb` name layers.

    ```mlir
    llvm.func @infer() {
      %0 = llvm.fadd %a, %b : f32 loc("fc1"("lenet.cpp":20:9))
    } loc("lenet.cpp":30:3)
    ```
    ==>
    ```mlir
    llvm.func @infer() {
      %0 = llvm.fadd %a, %b : f32 loc(callsite(fused<#fc1>["lenet.cpp":20:9] at fused<#infer>["lenet.cpp":20:9]))
    } loc(fused<#infer>["lenet.cpp":30:3])
    ```
    where `#fc1` and `#infer` are `#llvm.di_subprogram`.
  }];
  let dependentDialects = ["mlir::LLVM::LLVMDialect"];
}

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
