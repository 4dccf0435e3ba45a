// RUN: ingot-opt %s --ingot-hoist-from-scans --ingot-prune-scans | FileCheck %s

!xs = tensor<?x2x3xf32, #ingot.sizes<[T, 2, 3]>>

// The projection of all steps, with its bias; what remains is what depends on the carried value.
// CHECK-LABEL: func.func @projection
// CHECK-SAME: (%[[H0:.*]]: tensor<2x4xf32>, %[[XS:.*]]: tensor<?x2x3xf32, #ingot.sizes<[T, 2, 3]>>, %[[W:.*]]: tensor<3x4xf32>, %[[B:.*]]: tensor<4xf32>)
func.func @projection(%h0: tensor<2x4xf32>, %xs: !xs, %w: tensor<3x4xf32>, %b: tensor<4xf32>) -> tensor<2x4xf32> {
  // CHECK: %[[ROWS:.*]] = ingot.reshape %[[XS]] : {{.*}} to tensor<?x3xf32, #ingot.sizes<[T*2, 3]>>
  // CHECK: %[[P:.*]] = ingot.matmul %[[ROWS]], %[[W]]
  // CHECK: %[[ALL:.*]] = ingot.reshape %[[P]] : {{.*}} to tensor<?x2x4xf32, #ingot.sizes<[T, 2, 4]>>
  // CHECK: %[[ONCE:.*]] = ingot.broadcast %[[B]] : tensor<4xf32> to tensor<2x4xf32>
  // CHECK: %[[BIAS:.*]] = ingot.broadcast %[[ONCE]] : tensor<2x4xf32> to tensor<?x2x4xf32, #ingot.sizes<[T, 2, 4]>>
  // CHECK: %[[Z:.*]] = ingot.add %[[ALL]], %[[BIAS]]
  // CHECK: ingot.scan carry(%[[H:.*]] = %[[H0]] : tensor<2x4xf32>) over(%[[X:.*]] = %[[Z]] : {{.*}}) steps [T]
  // CHECK-NEXT: %[[S:.*]] = ingot.add %[[H]], %[[X]]
  // CHECK-NEXT: ingot.yield %[[S]]
  %0 = ingot.scan carry(%h = %h0 : tensor<2x4xf32>) over(%x = %xs : !xs) with(%v = %w : tensor<3x4xf32>, %c = %b : tensor<4xf32>)
      steps [T] -> tensor<2x4xf32> {
    %1 = ingot.matmul %x, %v : tensor<2x3xf32>, tensor<3x4xf32>
    %2 = ingot.broadcast %c : tensor<4xf32> to tensor<2x4xf32>
    %3 = ingot.add %1, %2 : tensor<2x4xf32>
    %4 = ingot.add %h, %3 : tensor<2x4xf32>
    ingot.yield %4 : tensor<2x4xf32>
  }
  return %0 : tensor<2x4xf32>
}

// What is the same in each step, if it costs more than to read it.
// CHECK-LABEL: func.func @once
func.func @once(%h0: tensor<4xf32>, %w: tensor<4xf32>) -> tensor<4xf32> {
  // CHECK: %[[E:.*]] = ingot.exp %arg1
  // CHECK: ingot.scan carry(%{{.*}} = %arg0 : tensor<4xf32>) with(%[[W:.*]] = %arg1 : tensor<4xf32>, %[[V:.*]] = %[[E]] : tensor<4xf32>)
  // CHECK-NEXT: ingot.neg %[[W]]
  %0 = ingot.scan carry(%h = %h0 : tensor<4xf32>) with(%v = %w : tensor<4xf32>) steps [8] -> tensor<4xf32> {
    %1 = ingot.exp %v : tensor<4xf32>
    %2 = ingot.neg %v : tensor<4xf32>
    %3 = ingot.mul %h, %1 : tensor<4xf32>
    %4 = ingot.add %3, %2 : tensor<4xf32>
    ingot.yield %4 : tensor<4xf32>
  }
  return %0 : tensor<4xf32>
}

// A product with a carried factor stays.
// CHECK-LABEL: func.func @carried
func.func @carried(%h0: tensor<2x2xf32>, %xs: tensor<8x2x2xf32>) -> tensor<2x2xf32> {
  // CHECK-NEXT: ingot.scan
  // CHECK-NEXT: ingot.matmul
  %0 = ingot.scan carry(%h = %h0 : tensor<2x2xf32>) over(%x = %xs : tensor<8x2x2xf32>) steps [8] -> tensor<2x2xf32> {
    %1 = ingot.matmul %x, %h : tensor<2x2xf32>, tensor<2x2xf32>
    ingot.yield %1 : tensor<2x2xf32>
  }
  return %0 : tensor<2x2xf32>
}
