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

#endif // INGOT_CODEGEN_VECTOR_PASSES_TD
