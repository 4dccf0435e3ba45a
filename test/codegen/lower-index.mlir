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

// Where a part begins is known at run time: that it lies within is checked first, once for both ops.
// CHECK-LABEL: func.func @cache
// CHECK-SAME: %{{.*}}: memref<256x16xf32> {ingot.state = "cache", ingot.written}, %[[ROW:.*]]: memref<2x16xf32> {{.*}}, %[[AT:.*]]: memref<i64>
// CHECK-NEXT: %[[I:.*]] = bufferization.to_tensor %[[AT]] restrict
// CHECK-NEXT: %[[END:.*]] = arith.constant 255 : index
// CHECK-NEXT: kernel.check_index "insert_slice" %[[I]] below %[[END]] : tensor<i64>
// CHECK-NOT: kernel.check_index
// CHECK: tensor.insert_slice %{{.*}} into %{{.*}}[%{{.*}}, 0] [2, 16] [1, 1]
// CHECK: tensor.extract_slice %{{.*}}[%{{.*}}, 0] [2, 16] [1, 1]
func.func @cache(%c: tensor<256x16xf32> {ingot.state = "cache"}, %row: tensor<2x16xf32>, %at: tensor<i64>)
    -> (tensor<2x16xf32>, tensor<256x16xf32> {ingot.state = "cache"}) {
  %zero = ingot.constant dense<0> : tensor<i64>
  %new = ingot.insert_slice %row into %c from [0, 0] step [1, 1] at %at, %zero : tensor<2x16xf32>, tensor<256x16xf32>
  %back = ingot.slice %new from [0, 0] step [1, 1] at %at, %zero : tensor<256x16xf32> to tensor<2x16xf32>
  return %back, %new : tensor<2x16xf32>, tensor<256x16xf32>
}

// A place that depends on dimensions is checked unless their ranges say that it lies within.
// CHECK-LABEL: func.func @places
// CHECK: kernel.check_index "slice"
// CHECK-NOT: kernel.check_index
func.func @places(%x: tensor<256xf32>) -> (tensor<1xf32>, tensor<1xf32>)
    attributes {ingot.dims = [#ingot.dim<"P", 0, 255>, #ingot.dim<"Q", 0, -1>]} {
  %0 = ingot.slice %x from [P] step [1] : tensor<256xf32> to tensor<1xf32>
  %1 = ingot.slice %x from [Q] step [1] : tensor<256xf32> to tensor<1xf32>
  return %0, %1 : tensor<1xf32>, tensor<1xf32>
}

// What does not hold is checked as a position that is out of range; the value itself passes.
// CHECK-LABEL: func.func @require
// CHECK: %[[X:.*]] = bufferization.to_tensor %arg0
// CHECK: %[[VIOLATIONS:.*]] = linalg.generic {{.*}} ins(%{{.*}} : tensor<8xi8>) outs(%{{.*}} : tensor<8xi64>)
// CHECK: linalg.index 0
// CHECK: arith.select %{{.*}}, %c0_i64, %{{.*}} : i64
// CHECK: kernel.check_index "require" %[[VIOLATIONS]] below %{{.*}} requires "an invertible matrix" : tensor<8xi64>
// CHECK: bufferization.materialize_in_destination %[[X]]
func.func @require(%x: tensor<4xf32>, %holds: tensor<8xi1>) -> tensor<4xf32> {
  %y = ingot.require %x if %holds : tensor<8xi1> is "an invertible matrix" : tensor<4xf32>
  return %y : tensor<4xf32>
}
