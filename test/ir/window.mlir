// RUN: ingot-opt %s | ingot-opt | FileCheck %s
// RUN: ingot-opt %s --mlir-print-op-generic | ingot-opt | FileCheck %s

!x = tensor<?x3x8x?xf32, #ingot.sizes<[N, 3, 8, W]>>
!y = tensor<?x3x4x?xf32, #ingot.sizes<[N, 3, 4, W - 2]>>
!element = tensor<?x3x4x?xi8, #ingot.sizes<[N, 3, 4, W - 2]>>
!index = tensor<?x3x4x?xi64, #ingot.sizes<[N, 3, 4, W - 2]>>

// CHECK-LABEL: func.func @pool
func.func @pool(%x: !x) -> (!y, !index, !y, !y, !element) {
  // CHECK: %[[MAX:.*]] = ingot.max_pool %{{.*}} kernel [2, 2] strides [2, 1] dilations [1, 2] : tensor<?x3x8x?xf32, #ingot.sizes<[N, 3, 8, W]>>
  %0 = ingot.max_pool %x kernel [2, 2] strides [2, 1] dilations [1, 2] : !x
  // CHECK: %[[INDEX:.*]] = ingot.max_pool_index %{{.*}} kernel [2, 2] strides [2, 1] dilations [1, 2]
  %1 = ingot.max_pool_index %x kernel [2, 2] strides [2, 1] dilations [1, 2] : !x
  // CHECK: %[[SUM:.*]] = ingot.window_sum %{{.*}} kernel [2, 2] strides [2, 1] dilations [1, 2]
  %2 = ingot.window_sum %x kernel [2, 2] strides [2, 1] dilations [1, 2] : !x
  // CHECK: %y, %element = ingot.max_pool_argmax %{{.*}} kernel [2, 2] strides [2, 1] dilations [1, 2]
  %3, %4 = ingot.max_pool_argmax %x kernel [2, 2] strides [2, 1] dilations [1, 2] : !x
  // CHECK: return {{.*}} tensor<?x3x4x?xf32, #ingot.sizes<[N, 3, 4, W - 2]>>, tensor<?x3x4x?xi8, #ingot.sizes<[N, 3, 4, W - 2]>>
  return %0, %1, %2, %3, %4 : !y, !index, !y, !y, !element
}

// CHECK-LABEL: func.func @move
func.func @move(%x: !x, %y: !y, %element: !element) {
  // CHECK: ingot.window_gather %{{.*}}, %{{.*}} kernel [2, 2] strides [2, 1] dilations [1, 2] : {{.*}} to tensor<?x3x4x?xf32, #ingot.sizes<[N, 3, 4, W - 2]>>
  %0 = ingot.window_gather %x, %element kernel [2, 2] strides [2, 1] dilations [1, 2] : !x, !element to !y
  // CHECK: ingot.window_scatter %{{.*}}, %{{.*}} kernel [2, 2] strides [2, 1] dilations [1, 2] : {{.*}} to tensor<?x3x8x?xf32, #ingot.sizes<[N, 3, 8, W]>>
  %1 = ingot.window_scatter %y, %element kernel [2, 2] strides [2, 1] dilations [1, 2] : !y, !element to !x
  return
}

// CHECK-LABEL: func.func @integers
func.func @integers(%x: tensor<1x1x4xi32>) -> tensor<1x1x2xi32> {
  %0 = ingot.max_pool %x kernel [3] strides [1] dilations [1] : tensor<1x1x4xi32>
  return %0 : tensor<1x1x2xi32>
}

// More elements than a byte counts.
// CHECK-LABEL: func.func @large
func.func @large(%x: tensor<1x1x200xf32>) -> tensor<1x1x1xi64> {
  %y, %element = ingot.max_pool_argmax %x kernel [200] strides [1] dilations [1] : tensor<1x1x200xf32>
  return %element : tensor<1x1x1xi64>
}
