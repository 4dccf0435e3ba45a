#ifndef INGOT_CODEGEN_LOWERING_PASSES_TD
#define INGOT_CODEGEN_LOWERING_PASSES_TD

include "mlir/Pass/PassBase.td"

def LowerToLinalg : Pass<"ingot-lower-to-linalg", "mlir::func::FuncOp"> {
  let summary = "lower a program to linalg and kernel ops on tensors, between memrefs";
  let description = [{
    Each group (or op outside one) becomes one op on tensors: a contraction `kernel.contract` with the rest of its group as
    epilogue, all else `linalg.generic`. Index maps become indexing maps, pointwise ops become bodies. bool is i8 in memory
    and i1 in bodies; bf16 and f16 are f32 in bodies and rounded after each op; reductions of halves accumulate in f32.

    The function then returns nothing. Its arguments are states, inputs, dimensions (`index`), outputs; tensors are memrefs
    in row-major order, and each `?` is an expression of the dimensions. A state that gets a new value has `ingot.written`:
    the value is copied into it at the end, after all reads. A bool argument has `ingot.dtype = "bool"`. Without names,
    inputs are called arg0, arg1, ..., outputs out0, out1, ...

    ```mlir
    func.func @f(%x: tensor<?xf32, #ingot.sizes<[N]>> {ingot.input = "x"})
        -> (tensor<?xf32, #ingot.sizes<[N]>> {ingot.output = "y"}) attributes {ingot.dims = [#ingot.dim<"N", 0, -1>]} {
      %0 = ingot.relu %x : tensor<?xf32, #ingot.sizes<[N]>>
      return %0 : tensor<?xf32, #ingot.sizes<[N]>>
    }
    ```
    ==>
    ```mlir
    func.func @f(%x: memref<?xf32> {ingot.input = "x", ingot.sizes = #ingot.sizes<[N]>}, %N: index {ingot.dim = "N"},
                 %y: memref<?xf32> {ingot.output = "y", ingot.sizes = #ingot.sizes<[N]>})
        attributes {ingot.dims = [#ingot.dim<"N", 0, -1>]} {
      %0 = bufferization.to_tensor %x restrict : memref<?xf32> to tensor<?xf32>
      %1 = tensor.empty(%N) : tensor<?xf32>
      %2 = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]}
          ins(%0 : tensor<?xf32>) outs(%1 : tensor<?xf32>) {
      ^bb0(%in: f32, %out: f32):
        %zero = arith.constant 0.0 : f32
        %max = arith.maximumf %in, %zero : f32
        linalg.yield %max : f32
      } -> tensor<?xf32>
      bufferization.materialize_in_destination %2 in restrict writable %y : (tensor<?xf32>, memref<?xf32>) -> ()
      return
    }
    ```
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::bufferization::BufferizationDialect",
                           "::ingot::kernel::KernelDialect", "::mlir::linalg::LinalgDialect", "::mlir::math::MathDialect",
                           "::mlir::memref::MemRefDialect", "::mlir::tensor::TensorDialect"];
}

#endif
