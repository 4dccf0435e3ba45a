// RUN: ingot-opt %s -one-shot-bufferize="bufferize-function-boundaries function-boundary-type-conversion=identity-layout-map" | FileCheck %s

#mk = affine_map<(m, n, k) -> (m, k)>
#kn = affine_map<(m, n, k) -> (k, n)>
#mn = affine_map<(m, n, k) -> (m, n)>

// The destination is not read, so that nothing is copied into it.
// CHECK-LABEL: func.func @fresh
// CHECK: %[[C:.*]] = memref.alloc() {{.*}}: memref<4x6xf32>
// CHECK-NOT: memref.copy
// CHECK: kernel.contract ins(%{{.*}}, %{{.*}} : memref<4x8xf32>, memref<8x6xf32>) outs(%[[C]] : memref<4x6xf32>)
// CHECK: kernel.relayout ins(%[[C]] : memref<4x6xf32>) outs(%{{.*}} : memref<6x4xf32>)
func.func @fresh(%a: tensor<4x8xf32>, %b: tensor<8x6xf32>) -> tensor<6x4xf32> {
  %e = tensor.empty() : tensor<4x6xf32>
  %c = kernel.contract ins(%a, %b : tensor<4x8xf32>, tensor<8x6xf32>) outs(%e : tensor<4x6xf32>) maps [#mk, #kn, #mn] {
  ^bb0(%acc: f32):
    kernel.yield %acc : f32
  } -> tensor<4x6xf32>
  %f = tensor.empty() : tensor<6x4xf32>
  %t = kernel.relayout ins(%c : tensor<4x6xf32>) outs(%f : tensor<6x4xf32>) map affine_map<(i, j) -> (j, i)> -> tensor<6x4xf32>
  return %t : tensor<6x4xf32>
}

// A residual is updated in place.
// CHECK-LABEL: func.func @residual
// CHECK-SAME: %{{.*}}: memref<4x8xf32>, %{{.*}}: memref<8x6xf32>, %[[R:.*]]: memref<4x6xf32>
// CHECK-NOT: alloc
// CHECK: kernel.contract ins(%{{.*}}, %{{.*}}, %[[R]] : {{.*}}) outs(%[[R]] : memref<4x6xf32>)
// CHECK: return %[[R]]
func.func @residual(%a: tensor<4x8xf32>, %b: tensor<8x6xf32>,
                    %r: tensor<4x6xf32> {bufferization.writable = true}) -> tensor<4x6xf32> {
  %c = kernel.contract ins(%a, %b, %r : tensor<4x8xf32>, tensor<8x6xf32>, tensor<4x6xf32>) outs(%r : tensor<4x6xf32>)
      maps [#mk, #kn, #mn, #mn] {
  ^bb0(%acc: f32, %old: f32):
    %s = arith.addf %acc, %old : f32
    kernel.yield %s : f32
  } -> tensor<4x6xf32>
  return %c : tensor<4x6xf32>
}

// An operand of the product is not.
// CHECK-LABEL: func.func @square
// CHECK-SAME: %[[A:.*]]: memref<4x4xf32>
// CHECK: %[[C:.*]] = memref.alloc()
// CHECK: kernel.contract ins(%[[A]], %[[A]] : {{.*}}) outs(%[[C]] : memref<4x4xf32>)
func.func @square(%a: tensor<4x4xf32> {bufferization.writable = true}) -> tensor<4x4xf32> {
  %c = kernel.contract ins(%a, %a : tensor<4x4xf32>, tensor<4x4xf32>) outs(%a : tensor<4x4xf32>) maps [#mk, #kn, #mn] {
  ^bb0(%acc: f32):
    kernel.yield %acc : f32
  } -> tensor<4x4xf32>
  return %c : tensor<4x4xf32>
}
