// RUN: ingot-opt %s | ingot-opt | FileCheck %s
// RUN: ingot-opt %s --mlir-print-op-generic | ingot-opt | FileCheck %s

!nx = tensor<?x3xf32, #ingot.sizes<[N, 3]>>

// CHECK-LABEL: func.func @broadcast
func.func @broadcast(%x: tensor<3xf32>, %y: tensor<1x3xf32>, %s: tensor<f32>) {
  // CHECK: ingot.broadcast %{{.*}} : tensor<3xf32> to tensor<?x3xf32, #ingot.sizes<[N, 3]>>
  %0 = ingot.broadcast %x : tensor<3xf32> to !nx
  // CHECK: ingot.broadcast %{{.*}} : tensor<1x3xf32> to tensor<?x3xf32, #ingot.sizes<[N, 3]>>
  %1 = ingot.broadcast %y : tensor<1x3xf32> to !nx
  // CHECK: ingot.broadcast %{{.*}} : tensor<f32> to tensor<2x0xf32>
  %2 = ingot.broadcast %s : tensor<f32> to tensor<2x0xf32>
  return
}

// CHECK-LABEL: func.func @reshape
func.func @reshape(%x: !nx, %s: tensor<f32>) {
  // CHECK: ingot.reshape %{{.*}} : tensor<?x3xf32, #ingot.sizes<[N, 3]>> to tensor<?xf32, #ingot.sizes<[N*3]>>
  %0 = ingot.reshape %x : !nx to tensor<?xf32, #ingot.sizes<[N * 3]>>
  // CHECK: ingot.reshape %{{.*}} : tensor<f32> to tensor<1x1xf32>
  %1 = ingot.reshape %s : tensor<f32> to tensor<1x1xf32>
  return
}

// CHECK-LABEL: func.func @order
func.func @order(%x: !nx) -> tensor<3x?xf32, #ingot.sizes<[3, N]>> {
  // CHECK: ingot.transpose %{{.*}} [1, 0] : tensor<?x3xf32, #ingot.sizes<[N, 3]>>
  %0 = ingot.transpose %x [1, 0] : !nx
  // CHECK: ingot.reverse %{{.*}} [0, 1] : tensor<3x?xf32, #ingot.sizes<[3, N]>>
  %1 = ingot.reverse %0 [0, 1] : tensor<3x?xf32, #ingot.sizes<[3, N]>>
  return %1 : tensor<3x?xf32, #ingot.sizes<[3, N]>>
}

// CHECK-LABEL: func.func @slice
func.func @slice(%x: tensor<8x?xf32, #ingot.sizes<[8, N]>>, %i: tensor<i64>) {
  // CHECK: ingot.slice %{{.*}} from [1, N - 1] step [2, 1] : tensor<8x?xf32, #ingot.sizes<[8, N]>> to tensor<4x1xf32>
  %0 = ingot.slice %x from [1, N - 1] step [2, 1] : tensor<8x?xf32, #ingot.sizes<[8, N]>> to tensor<4x1xf32>
  // CHECK: ingot.slice %{{.*}} from [0, 0] step [1, 1] at %{{.*}}, %{{.*}} : {{.*}} to tensor<1x1xf32>
  %1 = ingot.slice %x from [0, 0] step [1, 1] at %i, %i : tensor<8x?xf32, #ingot.sizes<[8, N]>> to tensor<1x1xf32>
  // CHECK: ingot.insert_slice %{{.*}} into %{{.*}} from [1, N - 1] step [2, 1] : tensor<4x1xf32>, tensor<8x?xf32, #ingot.sizes<[8, N]>>
  %2 = ingot.insert_slice %0 into %x from [1, N - 1] step [2, 1] : tensor<4x1xf32>, tensor<8x?xf32, #ingot.sizes<[8, N]>>
  return
}

// CHECK-LABEL: func.func @pad
func.func @pad(%x: !nx, %v: tensor<f32>) -> tensor<?x6xf32, #ingot.sizes<[N*2, 6]>> {
  // CHECK: ingot.pad %{{.*}}, %{{.*}} low [0, 1] high [N, 2] : tensor<?x3xf32, #ingot.sizes<[N, 3]>>, tensor<f32>
  %0 = ingot.pad %x, %v low [0, 1] high [N, 2] : !nx, tensor<f32>
  return %0 : tensor<?x6xf32, #ingot.sizes<[N*2, 6]>>
}

// CHECK-LABEL: func.func @concat
func.func @concat(%x: !nx, %y: tensor<2x3xf32>) -> tensor<?x3xf32, #ingot.sizes<[N*2 + 2, 3]>> {
  // CHECK: ingot.concat %{{.*}}, %{{.*}}, %{{.*}} along 0 : tensor<?x3xf32, #ingot.sizes<[N, 3]>>, tensor<2x3xf32>, tensor<?x3xf32, #ingot.sizes<[N, 3]>>
  %0 = ingot.concat %x, %y, %x along 0 : !nx, tensor<2x3xf32>, !nx
  return %0 : tensor<?x3xf32, #ingot.sizes<[N*2 + 2, 3]>>
}
