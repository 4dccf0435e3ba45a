#ifndef INGOT_CODEGEN_VECTOR_PASSES_TD
#define INGOT_CODEGEN_VECTOR_PASSES_TD

include "mlir/Pass/PassBase.td"

def ExpandMath : Pass<"ingot-expand-math", "mlir::ModuleOp"> {
  let summary = "replace math on f32 by polynomials, so that no call of libm remains";
  let description = [{
    Ops of the math dialect and `arith.remf` on f32, scalars or vectors, become strict arithmetic; on f16 and bf16 they are
    computed in f32 and rounded. Errors are at most those of docs/math.md. Ops on f64 stay. It must run before control flow is
    lowered: sin, cos and tan of large arguments and the remainder make `scf` loops and branches.

    `math.fma` becomes multiply and add where the target of the module (see Target.h) has no such instruction, and rounding to
    integers becomes arithmetic where it has none.

    ```mlir
    %y = math.rsqrt %x : vector<16xf32>
    ```
    ==>
    ```mlir
    %root = math.sqrt %x : vector<16xf32>
    %y = arith.divf %one, %root : vector<16xf32>
    ```
  }];
  let dependentDialects = ["mlir::arith::ArithDialect", "mlir::math::MathDialect", "mlir::scf::SCFDialect",
                           "mlir::vector::VectorDialect"];
}

def PackContractions : Pass<"ingot-pack-contractions", "mlir::ModuleOp"> {
  let summary = "lay out the operands of contractions as their register tiles read them";
  let description = [{
    The operand of a `kernel.contract` from which vectors are loaded is copied into panels as wide as the register tile of the
    module's target: `[ceil(N/width)][K][width]`, padded with zeros. This happens where

    - the operand is a constant or a state that no function writes: `ingot-assign-state-layout` makes the copy a part of the
      prepared state, so that no call pays for it;
    - its elements along the vector are apart (the weights of a linear layer, y = x W^T) and there are more rows than one tile;
    - rows of it are far apart, and there are so many products that they pay for the copy.

    Images under a convolution's window are read as they lie. The order of sums does not change.

    ```mlir
    %y = kernel.contract ins(%x, %w : tensor<?x400xf32>, tensor<120x400xf32>) outs(%e : tensor<?x120xf32>)
        maps [(m, n, k) -> (m, k), (m, n, k) -> (n, k), (m, n, k) -> (m, n)] ...
    ```
    ==>
    ```mlir
    %0 = tensor.empty() : tensor<2x400x64xf32>
    %p = kernel.relayout ins(%w : tensor<120x400xf32>) outs(%0 : tensor<2x400x64xf32>)
        map (p, k, r) -> (p * 64 + r, k) -> tensor<2x400x64xf32>
    %y = kernel.contract ins(%x, %p : tensor<?x400xf32>, tensor<2x400x64xf32>) outs(%e : tensor<?x120xf32>)
        maps [(m, n, k) -> (m, k), (m, n, k) -> (n floordiv 64, k, n mod 64), (m, n, k) -> (m, n)] ...
    ```
  }];
  let dependentDialects = ["mlir::arith::ArithDialect", "mlir::tensor::TensorDialect"];
}

#endif // INGOT_CODEGEN_VECTOR_PASSES_TD
