#ifndef INGOT_PASSES_PASSES_TD
#define INGOT_PASSES_PASSES_TD

include "mlir/Pass/PassBase.td"

//===--- autodiff -----------------------------------------------------------------------------------------------===//

def ExpandGradients : Pass<"ingot-expand-gradients"> {
  let summary = "replace gradients by the ops that compute them";
  let description = [{
    Every `ingot.gradient` becomes reverse-mode differentiation of the ops before it, by DifferentiableOpInterface: from
    the seeds back, the cotangents of the operands of each op, those of a value with several readers added up. A zero is
    no op. Gradients flow through floating-point values only. In program order, so that gradients of gradients are
    gradients of what the inner ones became. An op without a derivative on the way is an error at that op. `ingot.detach`,
    which only gradients tell from its operand, goes at the end.

    ```mlir
    %y = ingot.mul %x, %w : tensor<4xf32>
    %z = ingot.exp %y : tensor<4xf32>
    %g = ingot.gradient %z seeds(%s : tensor<4xf32>) of(%w) : tensor<4xf32> -> tensor<4xf32>
    ```
    ==>
    ```mlir
    %y = ingot.mul %x, %w : tensor<4xf32>
    %z = ingot.exp %y : tensor<4xf32>
    %0 = ingot.mul %s, %z : tensor<4xf32>
    %g = ingot.mul %0, %x : tensor<4xf32>
    ```
  }];
}

//===--- fusion -------------------------------------------------------------------------------------------------===//

def Fuse : Pass<"ingot-fuse", "mlir::func::FuncOp"> {
  let summary = "group ops into kernels";
  let description = [{
    Ops that move or compute elements join the kernel of those that read them, by interface alone:
      1. a contraction, then pointwise ops on its result (the epilogue) with whatever else these read; its factors and the
         result may have their dimensions exchanged, which costs nothing in the kernel;
      2. pointwise ops and index maps, then a reduction;
      3. pointwise ops and index maps; several results where one is an intermediate value that others read, too.
    A value that several kernels read is computed in each of them if that costs no more than storing it and reading it
    back (passes/fusion/Cost.h); otherwise one of them stores it. Scalar constants are part of every kernel that uses them.

    ```mlir
    %0 = ingot.matmul %x, %w : tensor<8x4xf32>, tensor<4x2xf32>
    %1 = ingot.broadcast %bias : tensor<2xf32> to tensor<8x2xf32>
    %2 = ingot.add %0, %1 : tensor<8x2xf32>
    %3 = ingot.relu %2 : tensor<8x2xf32>
    ```
    ==>
    ```mlir
    %3 = ingot.fusion (%a = %x : tensor<8x4xf32>, %b = %w : tensor<4x2xf32>, %c = %bias : tensor<2xf32>) -> tensor<8x2xf32> {
      %0 = ingot.matmul %a, %b : tensor<8x4xf32>, tensor<4x2xf32>
      %1 = ingot.broadcast %c : tensor<2xf32> to tensor<8x2xf32>
      %2 = ingot.add %0, %1 : tensor<8x2xf32>
      %r = ingot.relu %2 : tensor<8x2xf32>
      ingot.yield %r : tensor<8x2xf32>
    }
    ```
  }];
  let dependentDialects = ["mlir::arith::ArithDialect", "mlir::math::MathDialect"];
}

//===--- simplify -----------------------------------------------------------------------------------------------===//

def Decompose : Pass<"ingot-decompose"> {
  let summary = "replace ops that stand for a composition of others";
  let description = [{
    Every op with DecomposableOpInterface is replaced by what its `decompose` builds, until none is left. It runs after
    gradients were expanded: a derivative may be shorter, or more accurate, for the whole op.

    ```mlir
    %y = ingot.softmax %x along 1 : tensor<2x3xf32>
    ```
    ==>
    ```mlir
    %0 = ingot.amax %x [1] : tensor<2x3xf32>
    %1 = ingot.reshape %0 : tensor<2xf32> to tensor<2x1xf32>
    %2 = ingot.broadcast %1 : tensor<2x1xf32> to tensor<2x3xf32>
    %3 = ingot.sub %x, %2 : tensor<2x3xf32>
    %4 = ingot.exp %3 : tensor<2x3xf32>
    %5 = ingot.sum %4 [1] : tensor<2x3xf32>
    %6 = ingot.reshape %5 : tensor<2xf32> to tensor<2x1xf32>
    %7 = ingot.broadcast %6 : tensor<2x1xf32> to tensor<2x3xf32>
    %y = ingot.div %4, %7 : tensor<2x3xf32>
    ```
  }];
}

def Simplify : Pass<"ingot-simplify"> {
  let summary = "algebra that leaves every bit of the results as it is";
  let description = [{
    - `broadcast(broadcast(x)) => broadcast(x)`
    - `f(broadcast(x), broadcast(y)) => broadcast(f(x, y))` for a pointwise f, where x and y have the same sizes or are
      scalars: fewer elements are computed
    - `f(reshape(c), x) => reshape(f(c, reshape(x)))` for a pointwise f, where c is a contraction or its epilogue: f can be
      fused with it
    - `matmul(transpose(x), y) => matmul(x transposed, y)` where the last two dimensions are exchanged, and so for y
    - `transpose(x) => reshape(x)` where only dimensions of size 1 change places
    - `pad(x) => x` where nothing is added
    - `x * 1 => x`
    and the folds of the ops.
  }];
}

#endif
