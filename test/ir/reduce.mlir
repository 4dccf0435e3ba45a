// RUN: ingot-opt %s | ingot-opt | FileCheck %s
// RUN: ingot-opt %s --mlir-print-op-generic | ingot-opt | FileCheck %s

!x = tensor<?x3x4xf32, #ingot.sizes<[N, 3, 4]>>

// CHECK-LABEL: func.func @reduce
func.func @reduce(%x: !x) -> (tensor<3xf32>, tensor<?x1x4xf32, #ingot.sizes<[N, 1, 4]>>) {
  // CHECK: %[[SUM:.*]] = ingot.sum %{{.*}} [0, 2] : tensor<?x3x4xf32, #ingot.sizes<[N, 3, 4]>>
  %0 = ingot.sum %x [0, 2] : !x
  // CHECK: %[[MAX:.*]] = ingot.amax %{{.*}} [1] keepdim : tensor<?x3x4xf32, #ingot.sizes<[N, 3, 4]>>
  %1 = ingot.amax %x [1] keepdim : !x
  // CHECK: return %[[SUM]], %[[MAX]] : tensor<3xf32>, tensor<?x1x4xf32, #ingot.sizes<[N, 1, 4]>>
  return %0, %1 : tensor<3xf32>, tensor<?x1x4xf32, #ingot.sizes<[N, 1, 4]>>
}

// Over all dimensions, over none, of a tensor without any; of integers and bool.
// CHECK-LABEL: func.func @extremes
func.func @extremes(%x: !x, %s: tensor<f32>, %i: tensor<0xi64>, %b: tensor<2xi1>) {
  // CHECK: ingot.amin %{{.*}} [0, 1, 2] : tensor<?x3x4xf32, #ingot.sizes<[N, 3, 4]>>
  %0 = ingot.amin %x [0, 1, 2] : !x
  // CHECK: ingot.prod %{{.*}} [] : tensor<f32>
  %1 = ingot.prod %s [] : tensor<f32>
  // CHECK: ingot.sum %{{.*}} [0] : tensor<0xi64>
  %2 = ingot.sum %i [0] : tensor<0xi64>
  // CHECK: ingot.amax %{{.*}} [0] : tensor<2xi1>
  %3 = ingot.amax %b [0] : tensor<2xi1>
  return
}

// CHECK-LABEL: func.func @softmax
func.func @softmax(%x: !x) -> !x {
  // CHECK: ingot.softmax %{{.*}} along 1 : tensor<?x3x4xf32, #ingot.sizes<[N, 3, 4]>>
  %0 = ingot.softmax %x along 1 : !x
  // CHECK: ingot.log_softmax %{{.*}} along 0 : tensor<?x3x4xf32, #ingot.sizes<[N, 3, 4]>>
  %1 = ingot.log_softmax %0 along 0 : !x
  return %1 : !x
}
