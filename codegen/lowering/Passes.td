#ifndef INGOT_CODEGEN_LOWERING_PASSES_TD
#define INGOT_CODEGEN_LOWERING_PASSES_TD

include "mlir/Pass/PassBase.td"

def AssignStateLayout : Pass<"ingot-assign-state-layout", "mlir::ModuleOp"> {
  let summary = "lay out all states of a module in one block, packed as its kernels read them";
  let description = [{
    The state arguments of each function become one block of bytes, its first argument, and views of it. A
    `kernel.relayout` of a state is done once, when the model is loaded, and again by each function that computes all of the
    state anew, at its end (a training step): its result lies in the block. A state that no function writes and that is
    read in no other form is not stored in its own. Every buffer starts at a multiple of 64 bytes.

    The functions `@ingot.prepare` (block from canonical tensors, in the order of `ingot.states`) and `@ingot.unprepare`
    (canonical tensors from the block) are made here and take the rest of the pipeline. The module's attributes say how
    large the block is (`ingot.state_bytes`), and for each state (`ingot.states`) its name, type and the offset of its
    canonical copy, -1 if it has none. A function that writes states has `ingot.writes_state`.

    ```mlir
    func.func @f(%w: memref<120x400xf32> {ingot.state = "weight"}, ...) {
      %0 = bufferization.to_tensor %w restrict : memref<120x400xf32> to tensor<120x400xf32>
      %1 = tensor.empty() : tensor<2x400x64xf32>
      %2 = kernel.relayout ins(%0 : tensor<120x400xf32>) outs(%1 : tensor<2x400x64xf32>)
          map affine_map<(p, k, r) -> (p * 64 + r, k)> -> tensor<2x400x64xf32>
    ```
    ==>
    ```mlir
    func.func @f(%state: memref<?xi8> {ingot.state_block}, ...) {
      %c0 = arith.constant 0 : index
      %0 = memref.view %state[%c0][] : memref<?xi8> to memref<2x400x64xf32>
      %2 = bufferization.to_tensor %0 restrict : memref<2x400x64xf32> to tensor<2x400x64xf32>
    ```
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::bufferization::BufferizationDialect",
                           "::ingot::kernel::KernelDialect", "::mlir::memref::MemRefDialect", "::mlir::tensor::TensorDialect"];
}

def Bufferize : Pass<"ingot-bufferize", "mlir::ModuleOp"> {
  let summary = "give every tensor a buffer: in place first, straight into the outputs where possible";
  let description = [{
    Upstream's elimination of empty tensors and one-shot bufferization. Arguments are memrefs already: what is read is a
    `to_tensor`, which is never written, an output is the destination of a `materialize_in_destination`. Tensors that cannot
    take another one's buffer become `memref.alloc`s, for ingot-plan-arena to place. Buffers that nothing reads are dropped.

    ```mlir
    %0 = bufferization.to_tensor %x restrict : memref<8xf32> to tensor<8xf32>
    %1 = tensor.empty() : tensor<8xf32>
    %2 = linalg.exp ins(%0 : tensor<8xf32>) outs(%1 : tensor<8xf32>) -> tensor<8xf32>
    bufferization.materialize_in_destination %2 in restrict writable %y : (tensor<8xf32>, memref<8xf32>) -> ()
    ```
    ==>
    ```mlir
    linalg.exp ins(%x : memref<8xf32>) outs(%y : memref<8xf32>)
    ```
  }];
  let dependentDialects = ["::mlir::bufferization::BufferizationDialect", "::mlir::memref::MemRefDialect"];
}

def ElideCopies : Pass<"ingot-elide-copies", "mlir::func::FuncOp"> {
  let summary = "compute values where they are copied to, and in place of those they replace";
  let description = [{
    On the straight-line code that bufferization leaves:
    - a buffer that is copied to an output, a state, or its place in a concatenation is that place from the start, if nobody
      else uses the place in between. A pointwise op may read the old value of a state that it computes the new one of,
      and a state that is copied, changed in part and copied back is changed where it is.
    - a pointwise result, or that of a contraction with a residual, takes the buffer of an operand that is read last by it.

    Fills and copies that prepare a target are brought forward where that makes room for the first.

    ```mlir
    %0 = memref.alloc() : memref<4x8xf32>
    linalg.exp ins(%x : memref<4x8xf32>) outs(%0 : memref<4x8xf32>)
    %1 = memref.subview %y[4, 0] [4, 8] [1, 1] : memref<8x8xf32> to memref<4x8xf32, strided<[8, 1], offset: 32>>
    memref.copy %0, %1 : memref<4x8xf32> to memref<4x8xf32, strided<[8, 1], offset: 32>>
    ```
    ==>
    ```mlir
    %1 = memref.subview %y[4, 0] [4, 8] [1, 1] : memref<8x8xf32> to memref<4x8xf32, strided<[8, 1], offset: 32>>
    linalg.exp ins(%x : memref<4x8xf32>) outs(%1 : memref<4x8xf32, strided<[8, 1], offset: 32>>)
    ```
  }];
  let dependentDialects = ["::mlir::memref::MemRefDialect"];
}

def HoistRelayouts : Pass<"ingot-hoist-relayouts", "mlir::ModuleOp"> {
  let summary = "lay out what all steps of a loop read before the first of them";
  let description = [{
    A `kernel.relayout` of an argument that a loop's function gets unchanged in every step goes to before the loop, and its
    result becomes such an argument; one that nothing else reads is dropped. Inner functions come first, so that it goes out
    of all loops, and that weights which are states become a part of the prepared state.

    ```mlir
    func.func @f(...) {
      %h, %y = kernel.loop @step steps %t ... with(%w : tensor<256x64xf32>) ...
    func.func private @step(..., %w: memref<256x64xf32>, ...) {
      %0 = bufferization.to_tensor %w restrict : memref<256x64xf32> to tensor<256x64xf32>
      %1 = tensor.empty() : tensor<4x64x64xf32>
      %p = kernel.relayout ins(%0 : tensor<256x64xf32>) outs(%1 : tensor<4x64x64xf32>) map #panels -> tensor<4x64x64xf32>
    ```
    ==>
    ```mlir
    func.func @f(...) {
      %0 = tensor.empty() : tensor<4x64x64xf32>
      %p = kernel.relayout ins(%w : tensor<256x64xf32>) outs(%0 : tensor<4x64x64xf32>) map #panels -> tensor<4x64x64xf32>
      %h, %y = kernel.loop @step steps %t ... with(%p : tensor<4x64x64xf32>) ...
    func.func private @step(..., %w: memref<4x64x64xf32>, ...) {
      %p = bufferization.to_tensor %w restrict : memref<4x64x64xf32> to tensor<4x64x64xf32>
    ```
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::bufferization::BufferizationDialect",
                           "::ingot::kernel::KernelDialect", "::mlir::tensor::TensorDialect"];
}

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

def OutlineScans : Pass<"ingot-outline-scans", "mlir::ModuleOp"> {
  let summary = "make the step of each scan a function";
  let description = [{
    The region of each `ingot.scan` becomes a private function, marked `ingot.body`, and the scan an `ingot.loop` that calls
    it; inner ones first. All passes behind this one see straight-line functions.

    ```mlir
    func.func @f(%h0: tensor<4xf32>, %xs: tensor<9x4xf32>) -> tensor<4xf32> {
      %h = ingot.scan carry(%c = %h0 : tensor<4xf32>) over(%x = %xs : tensor<9x4xf32>) steps [9] -> tensor<4xf32> {
        %0 = ingot.add %c, %x : tensor<4xf32>
        ingot.yield %0 : tensor<4xf32>
      }
    ```
    ==>
    ```mlir
    func.func @f(%h0: tensor<4xf32>, %xs: tensor<9x4xf32>) -> tensor<4xf32> {
      %h = ingot.loop @f.scan carry(%h0 : tensor<4xf32>) over(%xs : tensor<9x4xf32>) steps [9] -> tensor<4xf32>
    func.func private @f.scan(%c: tensor<4xf32>, %x: tensor<4xf32>) -> tensor<4xf32> attributes {ingot.body} {
      %0 = ingot.add %c, %x : tensor<4xf32>
      return %0 : tensor<4xf32>
    ```
  }];
}

def PackBools : Pass<"ingot-pack-bools", "mlir::func::FuncOp"> {
  let summary = "keep bools that kernels make for each other as bits";
  let description = [{
    A buffer of bools that kernels write and read along its rows becomes one of bits, `memref<...xi1>`: the mask of a dropout
    or a relu then waits for the backward computation in an eighth of the memory, and a vector of it is a word, or a mask
    register. Bits of a row that one kernel writes at once begin at a byte, with a gap behind the row before if need be. All
    other bools are bytes: those of arguments, results and states, what a loop takes or makes (masks that it stores step by
    step, too), what is copied, filled or read at computed positions, and what a kernel goes through across the rows.

    ```mlir
    %0 = memref.alloc() : memref<64x100xi8>
    linalg.generic {...} ins(%x, %bias : memref<64x100xf32>, memref<100xf32>) outs(%0 : memref<64x100xi8>) {
    ^bb0(%a: f32, %b: f32, %out: i8):
      %1 = arith.cmpf ogt, %a, %b : f32
      %2 = arith.extui %1 : i1 to i8
      linalg.yield %2 : i8
    }
    ```
    ==>
    ```mlir
    %0 = memref.alloc() : memref<6656xi1>
    %1 = memref.reinterpret_cast %0 to offset: [0], sizes: [64, 100], strides: [104, 1]
        : memref<6656xi1> to memref<64x100xi1, strided<[104, 1]>>
    linalg.generic {...} ins(%x, %bias : memref<64x100xf32>, memref<100xf32>) outs(%1 : memref<64x100xi1, strided<[104, 1]>>) {
    ^bb0(%a: f32, %b: f32, %out: i1):
      %2 = arith.cmpf ogt, %a, %b : f32
      linalg.yield %2 : i1
    }
    ```
  }];
  let dependentDialects = ["::mlir::memref::MemRefDialect"];
}

def PlanArena : Pass<"ingot-plan-arena", "mlir::ModuleOp"> {
  let summary = "place every buffer of a function in one arena, which the caller provides";
  let description = [{
    `memref.alloc`s at the top of the function become views of a new last argument, `ingot.arena`. Buffers that are not live
    at the same time share memory. Offsets are multiples of 64: constants where sizes are, else arithmetic on the function's
    dimensions. The attribute `ingot.workspace` says how many bytes the arena needs, in the words of ir/sizes. The arena of a
    function that a `kernel.loop` calls is a buffer of the caller, live at the loop.

    ```mlir
    func.func @f(%x: memref<?xf32>, %N: index {ingot.dim = "N"}) {
      %0 = memref.alloc(%N) : memref<?xf32>
    ```
    ==>
    ```mlir
    func.func @f(%x: memref<?xf32>, %N: index {ingot.dim = "N"}, %arena: memref<?xi8> {ingot.arena})
        attributes {ingot.workspace = "((N*4 + 63) floordiv 64)*64"} {
      %c0 = arith.constant 0 : index
      %0 = memref.view %arena[%c0][%N] : memref<?xi8> to memref<?xf32>
    ```
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::memref::MemRefDialect"];
}

def Schedule : Pass<"ingot-schedule", "mlir::func::FuncOp"> {
  let summary = "do early what frees memory";
  let description = [{
    An op that is the last to touch more bytes of buffers than it is the first to touch moves up to the op that it depends on.
    A step of training so updates each weight when its gradient is known, and does not keep the gradients of all.

    ```mlir
    kernel.contract ins(%d2, %h1 : ...) outs(%g2 : memref<64x64xf32>) ...
    kernel.contract ins(%d1, %x : ...) outs(%g1 : memref<64x64xf32>) ...
    linalg.sub ins(%w1, %g1 : ...) outs(%w1 : memref<64x64xf32>)
    linalg.sub ins(%w2, %g2 : ...) outs(%w2 : memref<64x64xf32>)
    ```
    ==>
    ```mlir
    kernel.contract ins(%d2, %h1 : ...) outs(%g2 : memref<64x64xf32>) ...
    linalg.sub ins(%w2, %g2 : ...) outs(%w2 : memref<64x64xf32>)
    kernel.contract ins(%d1, %x : ...) outs(%g1 : memref<64x64xf32>) ...
    linalg.sub ins(%w1, %g1 : ...) outs(%w1 : memref<64x64xf32>)
    ```
  }];
}

#endif
