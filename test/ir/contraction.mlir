// RUN: ingot-opt %s | ingot-opt | FileCheck %s
// RUN: ingot-opt %s --mlir-print-op-generic | ingot-opt | FileCheck %s

// CHECK-LABEL: func.func @matmul
func.func @matmul(%a: tensor<?x4xf32, #ingot.sizes<[N, 4]>>, %b: tensor<4x2xf32>) -> tensor<?x2xf32, #ingot.sizes<[N, 2]>> {
  // CHECK: ingot.matmul %{{.*}}, %{{.*}} : tensor<?x4xf32, #ingot.sizes<[N, 4]>>, tensor<4x2xf32>
  %0 = ingot.matmul %a, %b : tensor<?x4xf32, #ingot.sizes<[N, 4]>>, tensor<4x2xf32>
  return %0 : tensor<?x2xf32, #ingot.sizes<[N, 2]>>
}

// CHECK-LABEL: func.func @transposed
func.func @transposed(%a: tensor<5x?x4xi32, #ingot.sizes<[5, T, 4]>>, %b: tensor<5x2x?xi32, #ingot.sizes<[5, 2, T]>>) -> tensor<5x4x2xi32> {
  // CHECK: ingot.matmul %{{.*}} transposed, %{{.*}} transposed : tensor<5x?x4xi32, #ingot.sizes<[5, T, 4]>>, tensor<5x2x?xi32, #ingot.sizes<[5, 2, T]>>
  %0 = ingot.matmul %a transposed, %b transposed : tensor<5x?x4xi32, #ingot.sizes<[5, T, 4]>>, tensor<5x2x?xi32, #ingot.sizes<[5, 2, T]>>
  return %0 : tensor<5x4x2xi32>
}

// A sum over nothing.
// CHECK-LABEL: func.func @empty
func.func @empty(%a: tensor<3x0xf64>, %b: tensor<0x2xf64>) -> tensor<3x2xf64> {
  %0 = ingot.matmul %a, %b : tensor<3x0xf64>, tensor<0x2xf64>
  return %0 : tensor<3x2xf64>
}

!image = tensor<?x4x9x?xf32, #ingot.sizes<[N, 4, 9, W]>>
!result = tensor<?x6x4x?xf32, #ingot.sizes<[N, 6, 4, W - 4]>>

// CHECK-LABEL: func.func @conv
func.func @conv(%x: !image, %w: tensor<6x2x3x3xf32>) -> !result {
  // CHECK: ingot.conv %{{.*}}, %{{.*}} strides [2, 1] dilations [1, 2] groups 2 : tensor<?x4x9x?xf32, #ingot.sizes<[N, 4, 9, W]>>, tensor<6x2x3x3xf32>
  %0 = ingot.conv %x, %w strides [2, 1] dilations [1, 2] groups 2 : !image, tensor<6x2x3x3xf32>
  // CHECK: ingot.conv %{{.*}}, %{{.*}} flipped strides
  %1 = ingot.conv %x, %w flipped strides [2, 1] dilations [1, 2] groups 2 : !image, tensor<6x2x3x3xf32>
  return %0 : !result
}

// CHECK-LABEL: func.func @conv_weight
func.func @conv_weight(%x: !image, %g: !result) -> tensor<6x2x3x3xf32> {
  // CHECK: ingot.conv_weight %{{.*}}, %{{.*}} kernel [3, 3] strides [2, 1] dilations [1, 2] groups 2
  %0 = ingot.conv_weight %x, %g kernel [3, 3] strides [2, 1] dilations [1, 2] groups 2 : !image, !result
  return %0 : tensor<6x2x3x3xf32>
}

// CHECK-LABEL: func.func @dimensions
func.func @dimensions(%x1: tensor<1x2x7xf64>, %w1: tensor<3x2x7xf64>, %x3: tensor<2x1x4x4x4xbf16>, %w3: tensor<5x1x1x2x3xbf16>)
    -> (tensor<1x3x1xf64>, tensor<2x5x4x3x2xbf16>) {
  %0 = ingot.conv %x1, %w1 strides [1] dilations [1] groups 1 : tensor<1x2x7xf64>, tensor<3x2x7xf64>
  %1 = ingot.conv %x3, %w3 strides [1, 1, 1] dilations [1, 1, 1] groups 1 : tensor<2x1x4x4x4xbf16>, tensor<5x1x1x2x3xbf16>
  return %0, %1 : tensor<1x3x1xf64>, tensor<2x5x4x3x2xbf16>
}
