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

def ChooseResiduals : Pass<"ingot-choose-residuals"> {
  let summary = "keep less of the forward computation for the backward one";
  let description = [{
    What a derivative needs of the forward computation is kept until then. Where something smaller tells the same, that is
    kept instead:
    - The gradient of `max_pool` needs which element of each window is its maximum. That is found together with the maximum,
      and takes a byte a window; what was pooled is not kept.
    - `select(x <= 0, 0, scatter(g))`, the gradient of a relu before the pool: the scatter meets maxima only, so that the
      mask can be that of the pool's result, before it.
    - The sum over all positions of what was scattered is the sum of what was there before: the gradient of a bias.

    The sum's order is another one then; all else keeps every bit. Pointwise values are left to ingot-fuse, which computes
    them again where that costs less than to keep them.

    ```mlir
    %x = ingot.relu %0 : tensor<1x1x4x4xf32>
    %y = ingot.max_pool %x kernel [2, 2] strides [2, 2] dilations [1, 1] : tensor<1x1x4x4xf32>
    ...
    %_, %at = ingot.max_pool_argmax %x kernel [2, 2] strides [2, 2] dilations [1, 1] : tensor<1x1x4x4xf32>
    %1 = ingot.window_scatter %g, %at kernel [2, 2] strides [2, 2] dilations [1, 1] : ...
    %2 = ingot.le %x, %zero : tensor<1x1x4x4xf32>
    %3 = ingot.select %2, %zero, %1 : tensor<1x1x4x4xi1>, tensor<1x1x4x4xf32>
    ```
    ==>
    ```mlir
    %x = ingot.relu %0 : tensor<1x1x4x4xf32>
    %y, %at = ingot.max_pool_argmax %x kernel [2, 2] strides [2, 2] dilations [1, 1] : tensor<1x1x4x4xf32>
    ...
    %1 = ingot.le %y, %zero : tensor<1x1x2x2xf32>
    %2 = ingot.select %1, %zero, %g : tensor<1x1x2x2xi1>, tensor<1x1x2x2xf32>
    %3 = ingot.window_scatter %2, %at kernel [2, 2] strides [2, 2] dilations [1, 1] : ...
    ```
  }];
}

def NarrowResiduals : Pass<"ingot-narrow-residuals", "mlir::func::FuncOp"> {
  let summary = "keep what a comparison found instead of what it compared";
  let description = [{
    The gradients of relu, dropout, clamp or where need one bit of each element of the forward computation. Where a value is
    kept for comparisons alone, their results are kept in its place, which ingot-pack-bools makes bits. Where it is kept for
    something else, too, say as the input of the next layer, it is compared when it is needed: that costs no memory at all.

    A reader is late, and what it reads a residual, if it waits for another reader by way of a kernel: a contraction, a
    reduction. It then reads a copy behind a barrier, so that ingot-fuse does not compare again. What is cheaply computed of
    the comparison (the factor of dropout) is computed again of that.

    ```mlir
    %r = ingot.random "uniform" %state : tensor<2xi64> to tensor<8x8xf32>
    %c = ingot.lt %r, %p : tensor<8x8xf32>
    %0 = ingot.select %c, %x, %zeros : tensor<8x8xi1>, tensor<8x8xf32>
    %1 = ingot.matmul %0, %w : ...
    ...
    %3 = ingot.select %c, %2, %zeros : tensor<8x8xi1>, tensor<8x8xf32>
    ```
    ==>
    ```mlir
    %r = ingot.random "uniform" %state : tensor<2xi64> to tensor<8x8xf32>
    %c = ingot.lt %r, %p : tensor<8x8xf32>
    %kept = ingot.barrier %c : tensor<8x8xi1>
    %0 = ingot.select %c, %x, %zeros : tensor<8x8xi1>, tensor<8x8xf32>
    %1 = ingot.matmul %0, %w : ...
    ...
    %3 = ingot.select %kept, %2, %zeros : tensor<8x8xi1>, tensor<8x8xf32>
    ```
  }];
  let dependentDialects = ["mlir::arith::ArithDialect", "mlir::math::MathDialect"];
}

def SparseGradients : Pass<"ingot-sparse-gradients", "mlir::func::FuncOp"> {
  let summary = "do not spread the gradient of an embedding over the table";
  let description = [{
    The gradient of a lookup is as large as the table, and zero but for the rows that were looked up. Where all that is made of
    it keeps rows of zeros such (scaling, squares), adds it up (the norm that clips it) or adds it to an argument (SGD), only
    the rows are computed, and added to those of the argument. Rows of one place are added up in one of them first, so that
    each weight gets the same number as before; only the order of a sum is another one. A factor that is no finite number
    reaches the rows that were looked up alone.

    Where the gradient is small, the rows are many (the dimensions of the call count as 64), or something else reads it, as
    the moments of Adam do, it stays.

    ```mlir
    %0 = ingot.scatter "add" %g into %zeros at %i along 0 dims [0] : tensor<?x64xf32, ...>, tensor<8192x64xf32>, ...
    %1 = ingot.mul %0, %lr : tensor<8192x64xf32>
    %2 = ingot.sub %w, %1 : tensor<8192x64xf32>
    ```
    ==>
    ```mlir
    %entered = ingot.scatter "set" %own into %none at %i along 0 dims [0] : tensor<?xi64, ...>, tensor<8192xi64>, ...
    %at = ingot.gather %entered at %i along 0 dims [0] inbounds : ...
    %0 = ingot.scatter "add" %g into %zeros at %at along 0 dims [0] inbounds : tensor<?x64xf32, ...>, ...
    %1 = ingot.mul %0, %lr : tensor<?x64xf32, ...>
    %change = ingot.neg %1 : tensor<?x64xf32, ...>
    %2 = ingot.scatter "add" %change into %w at %i along 0 dims [0] inbounds : tensor<?x64xf32, ...>, tensor<8192x64xf32>, ...
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
    A kernel is where the last of its results was, but a contraction where its epilogue can first be computed: what it reads
    need not live on.

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

def Rematerialize : Pass<"ingot-rematerialize", "mlir::func::FuncOp"> {
  let summary = "make again what is read again late";
  let description = [{
    A value that was stored for the forward computation, and that the backward one reads again, takes memory all the while.
    Where it is made by pointwise ops and index maps of values that are live then anyway (a GELU or a layer norm of what was
    normalized, heads that were copied out of a projection), it is made again before its late readers: while a kernel can be
    found so, the live value that takes most goes from the step at which most is live, where all dimensions are 64. What it is
    made of is made again on the way where it is gone, as an activation that was only padded is. All of that together costs no
    more than an elementary function an element (passes/fusion/Cost.h). It runs after ingot-fuse, when all kernels are known,
    and changes no bit of a result.

    ```mlir
    %h = ingot.gelu %x : tensor<64x64xf32>
    %y = ingot.matmul %h, %w : ...
    ...
    %dw = ingot.matmul %h transposed, %dy : ...
    %dx = ingot.fusion (%x, %dh) { ... }
    ```
    ==>
    ```mlir
    %h = ingot.gelu %x : tensor<64x64xf32>
    %y = ingot.matmul %h, %w : ...
    ...
    %again = ingot.gelu %x : tensor<64x64xf32>
    %dw = ingot.matmul %again transposed, %dy : ...
    %dx = ingot.fusion (%x, %dh) { ... }
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

def HoistFromScans : Pass<"ingot-hoist-from-scans", "mlir::ModuleOp"> {
  let summary = "compute before a loop what its steps need not compute one by one";
  let description = [{
    What depends on invariants alone, unless it is as cheap as reading it, is computed once. Contractions of slices with an
    invariant become one contraction for all steps, of T times the rows, with what is computed of its result and of slices
    alone: the input projections of recurrent layers.

    ```mlir
    %h = ingot.scan carry(%c = %h0 : tensor<2x4xf32>) over(%x = %xs : tensor<?x2x3xf32, #ingot.sizes<[T, 2, 3]>>)
        with(%v = %w : tensor<3x4xf32>) steps [T] -> tensor<2x4xf32> {
      %0 = ingot.matmul %x, %v : tensor<2x3xf32>, tensor<3x4xf32>
      %1 = ingot.add %c, %0 : tensor<2x4xf32>
      ingot.yield %1 : tensor<2x4xf32>
    }
    ```
    ==>
    ```mlir
    %0 = ingot.reshape %xs : ... to tensor<?x3xf32, #ingot.sizes<[T*2, 3]>>
    %1 = ingot.matmul %0, %w : ...
    %2 = ingot.reshape %1 : ... to tensor<?x2x4xf32, #ingot.sizes<[T, 2, 4]>>
    %h = ingot.scan carry(%c = %h0 : tensor<2x4xf32>) over(%y = %2 : ...) steps [T] -> tensor<2x4xf32> {
      %3 = ingot.add %c, %y : tensor<2x4xf32>
      ingot.yield %3 : tensor<2x4xf32>
    }
    ```
  }];
  let dependentDialects = ["mlir::arith::ArithDialect", "mlir::math::MathDialect"];
}

def PruneScans : Pass<"ingot-prune-scans", "mlir::ModuleOp"> {
  let summary = "drop what loops take, carry and make for nobody";
  let description = [{
    - sequences that are made and not read, made twice, or known without the loop (slices as they came, invariants)
    - carried values that no result depends on; those that no step changes become invariants
    - slices of a repeated value: the value is an invariant
    - operands that are given twice, and those that nothing in the body reads; ops of the body that no result depends on

    ```mlir
    %0:2 = ingot.scan carry(%a = %a0 : tensor<f32>, %n = %n0 : tensor<f32>) over(%x = %xs : tensor<9xf32>) steps [9]
        -> (tensor<f32>, tensor<f32>) {
      %1 = ingot.mul %x, %n : tensor<f32>
      %2 = ingot.add %a, %1 : tensor<f32>
      ingot.yield %2, %n : tensor<f32>, tensor<f32>
    }
    ```
    ==>
    ```mlir
    %0 = ingot.scan carry(%a = %a0 : tensor<f32>) over(%x = %xs : tensor<9xf32>) with(%n = %n0 : tensor<f32>) steps [9]
        -> tensor<f32> {
      %1 = ingot.mul %x, %n : tensor<f32>
      %2 = ingot.add %a, %1 : tensor<f32>
      ingot.yield %2 : tensor<f32>
    }
    ```
  }];
}

def SaveResiduals : Pass<"ingot-save-residuals", "mlir::ModuleOp"> {
  let summary = "store in the forward loop what the backward loop would compute again";
  let description = [{
    The derivative of a loop goes through its steps from behind, and computes of each step again what it needs. A scan that
    reads sequences of an earlier one is compared with it: ops on the same slices, invariants and values have the same
    results in step t. Where such a result is dear (a contraction, a reduction, an elementary function) the earlier
    scan stores it, and the later one reads it. What is cheap is computed again, and so is all in scans over the blocks of one
    computation (`ingot.blocks`).

    ```mlir
    %0:2 = ingot.scan carry(%h = %h0 : ...) with(%r = %w : ...) steps [T] -> (...) {
      %1 = ingot.matmul %h, %r : ...
      %2 = ingot.tanh %1 : ...
      ingot.yield %2, %h : ...
    }
    %3 = ingot.scan carry(%g = %g0 : ...) over(%h = %0#1 : ...) with(%r = %w : ...) steps [T] reverse -> ... {
      %4 = ingot.matmul %h, %r : ...
      %5 = ingot.tanh %4 : ...
      ...
    ```
    ==>
    ```mlir
    %0:3 = ingot.scan carry(%h = %h0 : ...) with(%r = %w : ...) steps [T] -> (...) {
      %1 = ingot.matmul %h, %r : ...
      %2 = ingot.tanh %1 : ...
      ingot.yield %2, %h, %2 : ...
    }
    %3 = ingot.scan carry(%g = %g0 : ...) over(%h = %0#1 : ..., %5 = %0#2 : ...) with(%r = %w : ...) steps [T] reverse -> ... {
      ...
    ```
  }];
  let dependentDialects = ["mlir::arith::ArithDialect", "mlir::math::MathDialect"];
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
    - `transpose(matmul(x, y)) => matmul(y transposed, x transposed)` where the last two dimensions are exchanged and
      nothing else reads the product
    - `transpose(x) => reshape(x)` where only dimensions of size 1 change places
    - `pad(x) => x` where nothing is added
    - `slice(conv(x, w)) => conv(slice(x), w)` and `slice(insert_slice(x, y)) => insert_slice(slice(x), slice(y))`: the gradient
      of a padded convolution is not computed on the border
    - `x * 1 => x`
    - `insert_slice(x, 0) + insert_slice(y, 0) => concat(x, y)` where both, or more, fill the whole: the gradient of what was
      split. Only the sign of a zero may differ.
    and the folds of the ops.
  }];
}

def SinkFromScans : Pass<"ingot-sink-from-scans", "mlir::ModuleOp"> {
  let summary = "compute after a loop what its steps need not compute one by one";
  let description = [{
    - A carried value to which each step adds a product that contracts the rows, and that nothing else reads, is one
      contraction over the rows of all steps: the gradients of weights. Sums over values that are stored anyway come along:
      the gradients of biases.
    - A sequence of products with an invariant is one product with it: output projections, and the gradients of inputs.

    The order of a sum is another one then.

    ```mlir
    %g = ingot.scan carry(%s = %zero : tensor<3x4xf32>) over(%x = %xs : tensor<9x2x3xf32>, %y = %ys : tensor<9x2x4xf32>)
        steps [9] -> tensor<3x4xf32> {
      %0 = ingot.matmul %x transposed, %y : tensor<2x3xf32>, tensor<2x4xf32>
      %1 = ingot.add %s, %0 : tensor<3x4xf32>
      ingot.yield %1 : tensor<3x4xf32>
    }
    ```
    ==>
    ```mlir
    %0 = ingot.reshape %xs : tensor<9x2x3xf32> to tensor<18x3xf32>
    %1 = ingot.reshape %ys : tensor<9x2x4xf32> to tensor<18x4xf32>
    %2 = ingot.matmul %0 transposed, %1 : tensor<18x3xf32>, tensor<18x4xf32>
    %g = ingot.add %zero, %2 : tensor<3x4xf32>
    ```
  }];
}

#endif
