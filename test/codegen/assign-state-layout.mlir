// RUN: ingot-opt %s -ingot-assign-state-layout -canonicalize -split-input-file -verify-diagnostics | FileCheck %s

// Two functions that read the same panels share them; a second layout of the same state is a second copy. A state that is
// read in no other form is not stored in its own.

// CHECK-DAG: #[[$PANELS:.*]] = affine_map<(d0, d1, d2) -> (d0 * 8 + d2, d1)>
// CHECK-DAG: #[[$TURN:.*]] = affine_map<(d0, d1) -> (d1, d0)>
// CHECK-DAG: #[[$UNPACK:.*]] = affine_map<(d0, d1) -> (d0 floordiv 8, d1, d0 mod 8)>
// CHECK: module attributes {ingot.state_bytes = 1280 : i64, ingot.states = [
// CHECK-SAME: {name = "weight", offset = -1 : i64, type = tensor<20x6xf32>},
// CHECK-SAME: {name = "kernel", offset = -1 : i64, type = tensor<2x3x4xf32>},
// CHECK-SAME: {dtype = "bool", name = "mask", offset = 1216 : i64, type = tensor<4xi8>}]}

#panels = affine_map<(p, k, r) -> (p * 8 + r, k)>
#turn = affine_map<(k, n) -> (n, k)>

// CHECK-LABEL: func.func @infer(
// CHECK-SAME: %[[STATE:.*]]: memref<?xi8> {ingot.state_block}, %{{.*}}: memref<3x6x8xf32> {ingot.output = "y"}, %{{.*}}: memref<12x2xf32> {ingot.output = "z"}, %{{.*}}: memref<4xi8> {ingot.output = "o"}) {
// CHECK-DAG: memref.view %[[STATE]][%c1216][] : memref<?xi8> to memref<4xi8>
// CHECK-DAG: memref.view %[[STATE]][%c1088][] : memref<?xi8> to memref<12x2xf32>
// CHECK-DAG: %[[W:.*]] = memref.view %[[STATE]][%c0][] : memref<?xi8> to memref<3x6x8xf32>
// CHECK-DAG: %[[T:.*]] = bufferization.to_tensor %[[W]] restrict
// CHECK: bufferization.materialize_in_destination %[[T]] in
// CHECK-NOT: kernel.relayout
// CHECK: return
func.func @infer(%w: memref<20x6xf32> {ingot.state = "weight"}, %k: memref<2x3x4xf32> {ingot.state = "kernel"},
                 %m: memref<4xi8> {ingot.state = "mask", ingot.dtype = "bool"},
                 %y: memref<3x6x8xf32> {ingot.output = "y"}, %z: memref<12x2xf32> {ingot.output = "z"}, %o: memref<4xi8> {ingot.output = "o"}) {
  %0 = bufferization.to_tensor %w restrict : memref<20x6xf32> to tensor<20x6xf32>
  %1 = tensor.empty() : tensor<3x6x8xf32>
  %2 = kernel.relayout ins(%0 : tensor<20x6xf32>) outs(%1 : tensor<3x6x8xf32>) map #panels -> tensor<3x6x8xf32>
  bufferization.materialize_in_destination %2 in restrict writable %y : (tensor<3x6x8xf32>, memref<3x6x8xf32>) -> ()
  %3 = bufferization.to_tensor %k restrict : memref<2x3x4xf32> to tensor<2x3x4xf32>
  %4 = tensor.collapse_shape %3 [[0], [1, 2]] : tensor<2x3x4xf32> into tensor<2x12xf32>
  %5 = tensor.empty() : tensor<12x2xf32>
  %6 = kernel.relayout ins(%4 : tensor<2x12xf32>) outs(%5 : tensor<12x2xf32>) map #turn -> tensor<12x2xf32>
  bufferization.materialize_in_destination %6 in restrict writable %z : (tensor<12x2xf32>, memref<12x2xf32>) -> ()
  %7 = bufferization.to_tensor %m restrict : memref<4xi8> to tensor<4xi8>
  bufferization.materialize_in_destination %7 in restrict writable %o : (tensor<4xi8>, memref<4xi8>) -> ()
  return
}

// CHECK-LABEL: func.func @encode(
// CHECK-SAME: %[[STATE:.*]]: memref<?xi8> {ingot.state_block}
// CHECK-NOT: kernel.relayout
// CHECK-DAG: memref.view %[[STATE]][%c0][] : memref<?xi8> to memref<3x6x8xf32>
// CHECK-DAG: memref.view %[[STATE]][%c576][] : memref<?xi8> to memref<6x20xf32>
func.func @encode(%w: memref<20x6xf32> {ingot.state = "weight"}, %y: memref<3x6x8xf32> {ingot.output = "y"},
                  %z: memref<6x20xf32> {ingot.output = "z"}) {
  %0 = bufferization.to_tensor %w restrict : memref<20x6xf32> to tensor<20x6xf32>
  %1 = tensor.empty() : tensor<3x6x8xf32>
  %2 = kernel.relayout ins(%0 : tensor<20x6xf32>) outs(%1 : tensor<3x6x8xf32>) map #panels -> tensor<3x6x8xf32>
  bufferization.materialize_in_destination %2 in restrict writable %y : (tensor<3x6x8xf32>, memref<3x6x8xf32>) -> ()
  %3 = tensor.empty() : tensor<6x20xf32>
  %4 = kernel.relayout ins(%0 : tensor<20x6xf32>) outs(%3 : tensor<6x20xf32>) map #turn -> tensor<6x20xf32>
  bufferization.materialize_in_destination %4 in restrict writable %z : (tensor<6x20xf32>, memref<6x20xf32>) -> ()
  return
}

// A function without states takes the block, too.
// CHECK-LABEL: func.func @other(%{{.*}}: memref<?xi8> {ingot.state_block}, %{{.*}}: memref<4xf32> {ingot.input = "x"})
func.func @other(%x: memref<4xf32> {ingot.input = "x"}) {
  return
}

// CHECK-LABEL: func.func private @ingot.prepare(
// CHECK-SAME: %[[STATE:.*]]: memref<?xi8> {ingot.state_block}, %[[WEIGHT:.*]]: memref<20x6xf32> {ingot.canonical = "weight"}, %[[KERNEL:.*]]: memref<2x3x4xf32> {ingot.canonical = "kernel"}, %[[MASK:.*]]: memref<4xi8> {ingot.canonical = "mask"})
// CHECK: %[[PANELS:.*]] = memref.view %[[STATE]][%c0][] : memref<?xi8> to memref<3x6x8xf32>
// CHECK: kernel.relayout ins(%[[WEIGHT]] : {{.*}}) outs(%[[PANELS]] : {{.*}}) map #[[$PANELS]]
// CHECK: %[[TURNED:.*]] = memref.view %[[STATE]][%c576][] : memref<?xi8> to memref<6x20xf32>
// CHECK: kernel.relayout ins(%[[WEIGHT]] : {{.*}}) outs(%[[TURNED]] : {{.*}}) map #[[$TURN]]
// CHECK: %[[FLAT:.*]] = memref.collapse_shape %[[KERNEL]] {{\[\[}}0], [1, 2]]
// CHECK: %[[TURNED:.*]] = memref.view %[[STATE]][%c1088][] : memref<?xi8> to memref<12x2xf32>
// CHECK: kernel.relayout ins(%[[FLAT]] : memref<2x12xf32>) outs(%[[TURNED]] : {{.*}}) map #[[$TURN]]
// CHECK: %[[TO:.*]] = memref.view %[[STATE]][%c1216][] : memref<?xi8> to memref<4xi8>
// CHECK: memref.copy %[[MASK]], %[[TO]]

// CHECK-LABEL: func.func private @ingot.unprepare(
// CHECK-SAME: %[[STATE:.*]]: memref<?xi8> {ingot.state_block}, %[[WEIGHT:.*]]: memref<20x6xf32> {{.*}}, %[[KERNEL:.*]]: memref<2x3x4xf32> {{.*}}, %[[MASK:.*]]: memref<4xi8>
// CHECK: %[[PANELS:.*]] = memref.view %[[STATE]][%c0][] : memref<?xi8> to memref<3x6x8xf32>
// CHECK: kernel.relayout ins(%[[PANELS]] : {{.*}}) outs(%[[WEIGHT]] : {{.*}}) map #[[$UNPACK]]
// CHECK: %[[FLAT:.*]] = memref.collapse_shape %[[KERNEL]] {{\[\[}}0], [1, 2]]
// CHECK: %[[TURNED:.*]] = memref.view %[[STATE]][%c1088][] : memref<?xi8> to memref<12x2xf32>
// CHECK: kernel.relayout ins(%[[TURNED]] : {{.*}}) outs(%[[FLAT]] : memref<2x12xf32>) map #[[$TURN]]
// CHECK: memref.copy %{{.*}}, %[[MASK]]

// -----

// What a function writes without computing all of it stays as it is, in all functions. What is packed without a way back is
// kept, and so is what nobody reads.

// CHECK: ingot.state_bytes = 576 : i64
// CHECK-SAME: {name = "w", offset = 0 : i64,
// CHECK-SAME: {name = "lossy", offset = 128 : i64,
// CHECK-SAME: {name = "unread", offset = 384 : i64,

#turn = affine_map<(k, n) -> (n, k)>
#sum = affine_map<(i) -> (i, i)>

// CHECK-LABEL: func.func @infer(
// CHECK: kernel.relayout
func.func @infer(%w: memref<4x6xf32> {ingot.state = "w"}, %l: memref<6x6xf32> {ingot.state = "lossy"}, %u: memref<48xf32> {ingot.state = "unread"},
                 %y: memref<6x4xf32> {ingot.output = "y"}, %z: memref<6xf32> {ingot.output = "z"}) {
  %0 = bufferization.to_tensor %w restrict : memref<4x6xf32> to tensor<4x6xf32>
  %1 = tensor.empty() : tensor<6x4xf32>
  %2 = kernel.relayout ins(%0 : tensor<4x6xf32>) outs(%1 : tensor<6x4xf32>) map #turn -> tensor<6x4xf32>
  bufferization.materialize_in_destination %2 in restrict writable %y : (tensor<6x4xf32>, memref<6x4xf32>) -> ()
  %3 = bufferization.to_tensor %l restrict : memref<6x6xf32> to tensor<6x6xf32>
  %4 = tensor.empty() : tensor<6xf32>
  %5 = kernel.relayout ins(%3 : tensor<6x6xf32>) outs(%4 : tensor<6xf32>) map #sum -> tensor<6xf32>
  bufferization.materialize_in_destination %5 in restrict writable %z : (tensor<6xf32>, memref<6xf32>) -> ()
  return
}
// CHECK-LABEL: func.func @train(
// CHECK-SAME: %[[STATE:.*]]: memref<?xi8> {ingot.state_block}, %[[X:.*]]: memref<4x6xf32> {ingot.input = "x"})
// CHECK-SAME: attributes {ingot.writes_state}
// CHECK: %[[W:.*]] = memref.view %[[STATE]][%c0][] : memref<?xi8> to memref<4x6xf32>
// CHECK: memref.copy %[[X]], %[[W]]
func.func @train(%w: memref<4x6xf32> {ingot.state = "w", ingot.written}, %x: memref<4x6xf32> {ingot.input = "x"}) {
  memref.copy %x, %w : memref<4x6xf32> to memref<4x6xf32>
  return
}

// -----

func.func @f(%w: memref<4x6xf32> {ingot.state = "w"}) {
  return
}
// expected-error @below {{state 'w' must have one type in all functions, got 'memref<4x6xf32>' and 'memref<24xf32>'}}
func.func @g(%w: memref<24xf32> {ingot.state = "w"}) {
  return
}

// -----

// expected-error @below {{state 'w' must have constant sizes, got 'memref<?xf32>'}}
func.func @f(%w: memref<?xf32> {ingot.state = "w"}) {
  return
}

// -----

// A training step lays out anew what it has written, in all forms in which functions read it; they read those.

// CHECK: ingot.state_bytes = 256 : i64
// CHECK-SAME: {name = "w", offset = 0 : i64,

#turn = affine_map<(k, n) -> (n, k)>

// CHECK-LABEL: func.func @step(
// CHECK-SAME: %[[STATE:.*]]: memref<?xi8> {ingot.state_block}
// CHECK-DAG: %[[W:.*]] = memref.view %[[STATE]][%c0][] : memref<?xi8> to memref<4x6xf32>
// CHECK-DAG: %[[OLD:.*]] = memref.view %[[STATE]][%c128][] : memref<?xi8> to memref<6x4xf32>
// CHECK: bufferization.to_tensor %[[OLD]]
// CHECK: %[[NEW:.*]] = linalg.add
// CHECK: %[[BUFFER:.*]] = bufferization.to_buffer %[[NEW]]
// CHECK: memref.copy %[[BUFFER]], %[[W]]
// CHECK: %[[TWIN:.*]] = memref.view %[[STATE]][%c128][] : memref<?xi8> to memref<6x4xf32>
// CHECK-NEXT: kernel.relayout ins(%[[W]] : {{.*}}) outs(%[[TWIN]] : {{.*}})
// CHECK-NEXT: return
func.func @step(%w: memref<4x6xf32> {ingot.state = "w", ingot.written}, %y: memref<6x4xf32> {ingot.output = "y"}) {
  %0 = bufferization.to_tensor %w restrict : memref<4x6xf32> to tensor<4x6xf32>
  %1 = tensor.empty() : tensor<6x4xf32>
  %2 = kernel.relayout ins(%0 : tensor<4x6xf32>) outs(%1 : tensor<6x4xf32>) map #turn -> tensor<6x4xf32>
  bufferization.materialize_in_destination %2 in restrict writable %y : (tensor<6x4xf32>, memref<6x4xf32>) -> ()
  %3 = tensor.empty() : tensor<4x6xf32>
  %4 = linalg.add ins(%0, %0 : tensor<4x6xf32>, tensor<4x6xf32>) outs(%3 : tensor<4x6xf32>) -> tensor<4x6xf32>
  %5 = bufferization.to_buffer %4 : tensor<4x6xf32> to memref<4x6xf32>
  memref.copy %5, %w : memref<4x6xf32> to memref<4x6xf32>
  return
}

// CHECK-LABEL: func.func @infer(
// CHECK-NOT: kernel.relayout
// CHECK: return
func.func @infer(%w: memref<4x6xf32> {ingot.state = "w"}, %y: memref<6x4xf32> {ingot.output = "y"}) {
  %0 = bufferization.to_tensor %w restrict : memref<4x6xf32> to tensor<4x6xf32>
  %1 = tensor.empty() : tensor<6x4xf32>
  %2 = kernel.relayout ins(%0 : tensor<4x6xf32>) outs(%1 : tensor<6x4xf32>) map #turn -> tensor<6x4xf32>
  bufferization.materialize_in_destination %2 in restrict writable %y : (tensor<6x4xf32>, memref<6x4xf32>) -> ()
  return
}

// -----

// An optimizer that is the epilogue of the gradient, under other sizes, computes all of the state just as well.

// CHECK: ingot.state_bytes = 256 : i64

#turn = affine_map<(k, n) -> (n, k)>
#lhs = affine_map<(m, n, k) -> (k, m)>
#rhs = affine_map<(m, n, k) -> (k, n)>
#out = affine_map<(m, n, k) -> (m, n)>

// CHECK-LABEL: func.func @epilogue(
// CHECK: memref.copy %{{.*}}, %[[W:.*]] : memref<4x6x1xf32> to memref<4x6x1xf32>
// CHECK: %[[CANONICAL:.*]] = memref.collapse_shape %[[W]]
// CHECK: kernel.relayout ins(%[[CANONICAL]] : {{.*}}) outs(%{{.*}} : memref<6x4xf32>)
func.func @epilogue(%w: memref<4x6x1xf32> {ingot.state = "w", ingot.written}, %x: memref<8x4xf32> {ingot.input = "x"},
                    %g: memref<8x6xf32> {ingot.input = "g"}) {
  %0 = bufferization.to_tensor %w restrict : memref<4x6x1xf32> to tensor<4x6x1xf32>
  %1 = tensor.collapse_shape %0 [[0], [1, 2]] : tensor<4x6x1xf32> into tensor<4x6xf32>
  %2 = bufferization.to_tensor %x restrict : memref<8x4xf32> to tensor<8x4xf32>
  %3 = bufferization.to_tensor %g restrict : memref<8x6xf32> to tensor<8x6xf32>
  %4 = tensor.empty() : tensor<4x6xf32>
  %5 = kernel.contract ins(%2, %3, %1 : tensor<8x4xf32>, tensor<8x6xf32>, tensor<4x6xf32>) outs(%4 : tensor<4x6xf32>)
      maps [#lhs, #rhs, #out, #out] {
  ^bb0(%acc: f32, %old: f32):
    %new = arith.subf %old, %acc : f32
    kernel.yield %new : f32
  } -> tensor<4x6xf32>
  %6 = tensor.expand_shape %5 [[0], [1, 2]] output_shape [4, 6, 1] : tensor<4x6xf32> into tensor<4x6x1xf32>
  %7 = bufferization.to_buffer %6 : tensor<4x6x1xf32> to memref<4x6x1xf32>
  memref.copy %7, %w : memref<4x6x1xf32> to memref<4x6x1xf32>
  return
}

// CHECK-LABEL: func.func @infer(
// CHECK-NOT: kernel.relayout
// CHECK: return
func.func @infer(%w: memref<4x6x1xf32> {ingot.state = "w"}, %y: memref<6x4xf32> {ingot.output = "y"}) {
  %0 = bufferization.to_tensor %w restrict : memref<4x6x1xf32> to tensor<4x6x1xf32>
  %1 = tensor.collapse_shape %0 [[0], [1, 2]] : tensor<4x6x1xf32> into tensor<4x6xf32>
  %2 = tensor.empty() : tensor<6x4xf32>
  %3 = kernel.relayout ins(%1 : tensor<4x6xf32>) outs(%2 : tensor<6x4xf32>) map #turn -> tensor<6x4xf32>
  bufferization.materialize_in_destination %3 in restrict writable %y : (tensor<6x4xf32>, memref<6x4xf32>) -> ()
  return
}
