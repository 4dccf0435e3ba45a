// RUN: ingot-opt %s | ingot-opt | FileCheck %s
// RUN: ingot-opt %s -one-shot-bufferize="bufferize-function-boundaries function-boundary-type-conversion=identity-layout-map" | FileCheck %s --check-prefix=BUFFERS

// A destination that is only written; a line of the input may become the output in place.
// CHECK-LABEL: func.func @scan
// CHECK: kernel.scan ins(%{{.*}} : tensor<4x?xf32>) outs(%{{.*}} : tensor<4x?xf32>) along 1 reverse from [0.000000e+00 : f32]
// BUFFERS-LABEL: func.func @scan
// BUFFERS-NOT: memref.copy
// BUFFERS: kernel.scan ins(%{{.*}} : memref<4x?xf32>) outs(%{{.*}} : memref<4x?xf32>) along 1 reverse from
func.func @scan(%x: tensor<4x?xf32>, %e: tensor<4x?xf32>) -> tensor<4x?xf32> {
  %y = kernel.scan ins(%x : tensor<4x?xf32>) outs(%e : tensor<4x?xf32>) along 1 reverse from [0.0 : f32] {
  ^bb0(%a: f32, %i: i64, %acc: f32):
    %s = arith.addf %acc, %a : f32
    kernel.yield %s, %s : f32, f32
  } -> tensor<4x?xf32>
  return %y : tensor<4x?xf32>
}

// The old elements are read: a tensor that is still needed is copied first.
// CHECK-LABEL: func.func @scatter
// CHECK: kernel.check_index "scatter" %{{.*}} below %{{.*}} : tensor<8xi64>
// CHECK: kernel.scatter ins(%{{.*}}, %{{.*}} : tensor<8xi64>, tensor<8x4xf32>) outs(%{{.*}} : tensor<100x4xf32>) along 0 dims [0]
// BUFFERS-LABEL: func.func @scatter
// BUFFERS: kernel.check_index "scatter" %{{.*}} below %{{.*}} : memref<8xi64>
// BUFFERS: memref.copy %{{.*}}, %[[COPY:.*]] : memref<100x4xf32> to memref<100x4xf32>
// BUFFERS: kernel.scatter ins(%{{.*}}, %{{.*}} : memref<8xi64>, memref<8x4xf32>) outs(%[[COPY]] : memref<100x4xf32>)
func.func @scatter(%i: tensor<8xi64>, %x: tensor<8x4xf32>, %t: tensor<100x4xf32>)
    -> (tensor<100x4xf32>, tensor<100x4xf32>) {
  %c100 = arith.constant 100 : index
  kernel.check_index "scatter" %i below %c100 : tensor<8xi64>
  %y = kernel.scatter ins(%i, %x : tensor<8xi64>, tensor<8x4xf32>) outs(%t : tensor<100x4xf32>) along 0 dims [0] {
  ^bb0(%old: f32, %new: f32):
    %s = arith.addf %old, %new : f32
    kernel.yield %s : f32
  } -> tensor<100x4xf32>
  return %y, %t : tensor<100x4xf32>, tensor<100x4xf32>
}

// CHECK-LABEL: func.func @argsort
// CHECK: kernel.argsort ins(%{{.*}} : tensor<4x9xf32>) outs(%{{.*}}, %{{.*}} : tensor<4x9xi64>, tensor<2x9xi64>) along 1 descending
// BUFFERS-LABEL: func.func @argsort
// BUFFERS-NOT: memref.copy
// BUFFERS: kernel.argsort ins(%{{.*}} : memref<4x9xf32>) outs(%{{.*}}, %{{.*}} : memref<4x9xi64>, memref<2x9xi64>) along 1 descending
func.func @argsort(%x: tensor<4x9xf32>) -> tensor<4x9xi64> {
  %e = tensor.empty() : tensor<4x9xi64>
  %s = tensor.empty() : tensor<2x9xi64>
  %p:2 = kernel.argsort ins(%x : tensor<4x9xf32>) outs(%e, %s : tensor<4x9xi64>, tensor<2x9xi64>) along 1 descending
      -> tensor<4x9xi64>, tensor<2x9xi64>
  return %p#0 : tensor<4x9xi64>
}
