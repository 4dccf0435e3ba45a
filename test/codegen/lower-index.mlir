// RUN: ingot-opt %s -ingot-lower-to-linalg -verify-each | FileCheck %s

// Positions are checked as soon as they are known, once for both ops, before anything is computed.
// CHECK-LABEL: func.func @rows
// CHECK: %[[I:.*]] = bufferization.to_tensor %{{.*}} restrict : memref<8xi64> to tensor<8xi64>
// CHECK-NEXT: %[[SIZE:.*]] = arith.constant 5 : index
// CHECK-NEXT: kernel.check_index "gather" %[[I]] below %[[SIZE]] : tensor<8xi64>
// CHECK-NOT: kernel.check_index
// CHECK: linalg.generic {{.*}} ins(%[[I]] : tensor<8xi64>)
// CHECK: tensor.extract
// CHECK: kernel.scatter ins(%[[I]], %{{.*}} : tensor<8xi64>, tensor<8x3xf32>) outs(%{{.*}} : tensor<5x3xf32>) along 0 dims [0]
func.func @rows(%w: tensor<5x3xf32>, %i: tensor<8xi64>) -> tensor<5x3xf32> {
  %e = ingot.exp %w : tensor<5x3xf32>
  %y = ingot.gather %e at %i along 0 dims [0] : tensor<5x3xf32>, tensor<8xi64>
  %z = ingot.scatter "add" %y into %w at %i along 0 dims [0] : tensor<8x3xf32>, tensor<5x3xf32>, tensor<8xi64>
  return %z : tensor<5x3xf32>
}

// Halves are summed in f32, each element is rounded.
// CHECK-LABEL: func.func @sums
// CHECK: kernel.scan ins(%{{.*}} : tensor<4xbf16>) outs(%{{.*}} : tensor<4xbf16>) along 0 from [0.000000e+00 : f32]
// CHECK-NEXT: ^bb0(%[[X:.*]]: bf16, %{{.*}}: i64, %[[ACC:.*]]: f32):
// CHECK-NEXT: %[[WIDE:.*]] = arith.extf %[[X]] : bf16 to f32
// CHECK-NEXT: %[[SUM:.*]] = arith.addf %[[ACC]], %[[WIDE]] : f32
// CHECK-NEXT: %[[NARROW:.*]] = arith.truncf %[[SUM]] : f32 to bf16
// CHECK: kernel.yield %[[SUM]], %{{.*}} : f32, bf16
func.func @sums(%x: tensor<4xbf16>) -> tensor<4xbf16> {
  %y = ingot.cumsum %x along 0 : tensor<4xbf16>
  return %y : tensor<4xbf16>
}

// CHECK-LABEL: func.func @order
// CHECK: %[[ROOM:.*]] = tensor.empty({{.*}}) : tensor<2x?xi64>
// CHECK: kernel.argsort ins(%{{.*}} : tensor<3x?xf32>) outs(%{{.*}}, %[[ROOM]] : tensor<3x?xi64>, tensor<2x?xi64>) along 1
func.func @order(%x: tensor<3x?xf32, #ingot.sizes<[3, N]>>) -> tensor<3x?xi64, #ingot.sizes<[3, N]>>
    attributes {ingot.dims = [#ingot.dim<"N", 0, -1>]} {
  %y = ingot.argsort %x along 1 : tensor<3x?xf32, #ingot.sizes<[3, N]>>
  return %y : tensor<3x?xi64, #ingot.sizes<[3, N]>>
}
