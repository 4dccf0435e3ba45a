#ifndef INGOT_CODEGEN_VECTOR_PASSES_TD
#define INGOT_CODEGEN_VECTOR_PASSES_TD

include "mlir/Pass/PassBase.td"

def EmitKernels : Pass<"ingot-emit-kernels", "mlir::ModuleOp"> {
  let summary = "turn linalg and kernel ops on memrefs into vector loops on pointers";
  let description = [{
    Memref arguments become `!llvm.ptr`, views of them (view, subview, expand_shape ...) address arithmetic that is done here, and
    constant globals private arrays. linalg ops, copies and `kernel.relayout` become loops over scalars and vectors of the module's
    target: loops that all operands walk as one are joined, the cheapest one is vectorized, accumulators of reductions stay in
    registers, tails are masked where the target can. A fill is folded into the op that accumulates upon it.

    linalg ops after each other that go through the same long rows of a tensor which is too large for the cache, as those of a
    softmax do, go through them together, row by row.

    Functions are straight-line code on memrefs that come from arguments and globals. An argument whose type has `?` carries
    `ingot.sizes`, unless it is a block of bytes (`ingot.arena`, `ingot.state_block`), which is only cut by `memref.view`.

    ```mlir
    func.func @f(%x: memref<64xf32>, %y: memref<64xf32>) {
      linalg.generic {...} ins(%x : memref<64xf32>) outs(%y : memref<64xf32>) {
      ^bb0(%a: f32, %out: f32):
        %0 = math.absf %a : f32
        linalg.yield %0 : f32
      }
    ```
    ==>
    ```mlir
    func.func @f(%x: !llvm.ptr, %y: !llvm.ptr) {
      %0 = llvm.load %x {alignment = 4 : i64} : !llvm.ptr -> vector<16xf32>
      %1 = math.absf %0 : vector<16xf32>
      llvm.store %1, %y {alignment = 4 : i64} : vector<16xf32>, !llvm.ptr
      ...
    ```
  }];
  let dependentDialects = ["mlir::arith::ArithDialect", "mlir::cf::ControlFlowDialect", "mlir::math::MathDialect",
                           "mlir::scf::SCFDialect", "mlir::vector::VectorDialect", "mlir::LLVM::LLVMDialect"];
}

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
  let dependentDialects = ["mlir::arith::ArithDialect", "mlir::LLVM::LLVMDialect", "mlir::math::MathDialect",
                           "mlir::scf::SCFDialect", "mlir::vector::VectorDialect"];
}

def Legalize : Pass<"ingot-legalize", "mlir::ModuleOp"> {
  let summary = "expand what LLVM would turn into calls of a run-time library";
  let description = [{
    Conversions between bf16 or f16 and f32 become integer arithmetic (those of f16 stay where the target has an instruction), and
    arithmetic on halves is done in f32 and rounded. `math.ipowi` becomes a loop of squarings; rounding of f64 becomes arithmetic
    where the target has no instruction. `arith.maximumf` and `arith.minimumf` become two comparisons, or one if an operand is a
    constant, which LLVM turns into `maxps` and a blend; the sign of a zero that they return is that of either operand.
    `arith.maxnumf` and `arith.minnumf` become comparisons, too. A bool becomes a number by a selection. Then halves that the
    target cannot convert by an instruction are only moved, and become integers of 16 bits.

    It runs after ingot-expand-math and before control flow is lowered.

    ```mlir
    %y = arith.extf %x : vector<16xbf16> to vector<16xf32>
    %z = arith.maximumf %y, %zero : vector<16xf32>
    ```
    ==>
    ```mlir
    %wide = arith.extui %x : vector<16xi16> to vector<16xi32>
    %shifted = arith.shli %wide, %sixteen : vector<16xi32>
    %y = arith.bitcast %shifted : vector<16xi32> to vector<16xf32>
    %more = arith.cmpf ogt, %zero, %y : vector<16xf32>
    %z = arith.select %more, %zero, %y : vector<16xf32>
    ```
  }];
  let dependentDialects = ["mlir::arith::ArithDialect", "mlir::math::MathDialect", "mlir::scf::SCFDialect",
                           "mlir::vector::VectorDialect"];
}

def OrderDimensions : Pass<"ingot-order-dimensions", "mlir::ModuleOp"> {
  let summary = "store images with the channels last where convolutions gain by it";
  let description = [{
    Vectors along the width of an image are parts of rows, seldom aligned, and apart where a convolution has a stride; along
    the channels they are whole. Where a rough count of cycles says so, the tensors that a convolution makes are stored with
    another dimension last, and so are those that other kernels walk together with them. The kernels stay as they are but
    for their maps: they compute the same numbers in the same order. What the caller sees, what a reshape flattens, and what
    ops without maps use keeps its order. A convolution that makes one of these, such as the gradient of weights, is split if
    that pays: its sums have the better order, and its epilogue is an op of its own.

    ```mlir
    %0 = tensor.empty() : tensor<1x64x56x56xf32>
    %y = kernel.contract ins(%x, %w : ...) outs(%0 : tensor<1x64x56x56xf32>)
        maps [..., (n, o, h, w, c, k, l) -> (n, o, h, w)] ...
    ```
    ==>
    ```mlir
    %0 = tensor.empty() : tensor<1x56x56x64xf32>
    %y = kernel.contract ins(%x, %w : ...) outs(%0 : tensor<1x56x56x64xf32>)
        maps [..., (n, o, h, w, c, k, l) -> (n, h, w, o)] ...
    ```
  }];
}

def PackContractions : Pass<"ingot-pack-contractions", "mlir::ModuleOp"> {
  let summary = "lay out the operands of contractions as their register tiles read them";
  let description = [{
    The operand of a `kernel.contract` from which vectors are loaded is copied into panels as wide as the register tile of the
    module's target: `[ceil(N/width)][K][width]`, padded with zeros. This happens where

    - the operand is a constant or a state that no function writes: `ingot-assign-state-layout` makes the copy a part of the
      prepared state, so that no call pays for it;
    - it stays the same in all steps of a loop, which `ingot-hoist-relayouts` copies it before, and one of the following holds
      for all steps together;
    - its elements along the vector are apart (the weights of a linear layer, y = x W^T), so that no vector could be loaded;
    - rows of it are far apart, and there are so many products that they pay for the copy.

    The other operand, of which a tile reads a few rows a step, is copied into panels two tiles wide where these rows are
    neighbours, as in the gradient of weights x^T dY: steps of the sum would be far apart, all of them in few sets of the
    caches.

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

def ShareKernels : Pass<"ingot-share-kernels", "mlir::ModuleOp"> {
  let summary = "make one function of loops that compute the same";
  let description = [{
    Loops at the top of their functions that differ in nothing but the values they start from, and in the constants at which
    they end, become calls of one private function: layers of the same shape, updates of parameters, and what several programs
    of a module compute. Compile time and the size of the object then grow with the number of different kernels, not with the
    depth of a network. Loops of a few ops stay. But out of a very large function all loops go, alike or not: LLVM's passes over
    loops take more than linear time. Nothing is known of the function's pointers (`ingot.shared`): some callers may pass one
    buffer twice. Its lines are those of the first of the loops; a profile tells the layers apart by the callers.

    ```mlir
    scf.for %i = %c0 to %n step %c16 { ... %a ... %b ... }
    scf.for %i = %c0 to %n step %c16 { ... %b ... %c ... }
    ```
    ==>
    ```mlir
    func.call @kernel(%n, %a, %b) : (index, !llvm.ptr, !llvm.ptr) -> ()
    func.call @kernel(%n, %b, %c) : (index, !llvm.ptr, !llvm.ptr) -> ()
    ```
  }];
  let options = [Option<"fewestOps", "fewest-ops", "unsigned", "48", "how many ops a loop must have to become a function">,
                 Option<"mostOps", "most-ops", "unsigned", "2000", "how many ops a function may have to keep other loops">];
  let dependentDialects = ["mlir::func::FuncDialect"];
}

#endif // INGOT_CODEGEN_VECTOR_PASSES_TD
