// RUN: ingot-opt %s --ingot-sink-from-scans --ingot-prune-scans | FileCheck %s

// Gradients of a weight (given transposed) and of a bias: one product, and one sum of what is stored for it.
// CHECK-LABEL: func.func @sums
// CHECK-SAME: (%[[G0:.*]]: tensor<2x4xf32>, %[[XS:.*]]: tensor<9x2x3xf32>, %[[S0:.*]]: tensor<4x3xf32>)
func.func @sums(%g0: tensor<2x4xf32>, %xs: tensor<9x2x3xf32>, %s0: tensor<4x3xf32>) -> (tensor<4x3xf32>, tensor<4xf32>) {
  %zero = ingot.constant dense<0.0> : tensor<f32>
  %b0 = ingot.broadcast %zero : tensor<f32> to tensor<4xf32>
  // CHECK: %[[R:.*]]:2 = ingot.scan carry(%{{.*}} = %[[G0]] : tensor<2x4xf32>) steps [9] reverse -> (tensor<2x4xf32>, tensor<9x2x4xf32>)
  // CHECK-NEXT: %[[Z:.*]] = ingot.tanh
  // CHECK-NEXT: ingot.yield %[[Z]], %[[Z]]
  // CHECK-DAG: %[[X:.*]] = ingot.reshape %[[XS]] : tensor<9x2x3xf32> to tensor<18x3xf32>
  // CHECK-DAG: %[[Y:.*]] = ingot.reshape %[[R]]#1 : tensor<9x2x4xf32> to tensor<18x4xf32>
  // CHECK: %[[P:.*]] = ingot.matmul %[[X]] transposed, %[[Y]]
  // CHECK: %[[T:.*]] = ingot.transpose %[[P]] [1, 0]
  // CHECK: %[[S:.*]] = ingot.add %[[S0]], %[[T]]
  // CHECK: %[[B:.*]] = ingot.sum %[[R]]#1 [0, 1]
  // CHECK: return %[[S]], %[[B]]
  %0:3 = ingot.scan carry(%g = %g0 : tensor<2x4xf32>, %s = %s0 : tensor<4x3xf32>, %b = %b0 : tensor<4xf32>)
      over(%x = %xs : tensor<9x2x3xf32>) steps [9] reverse -> (tensor<2x4xf32>, tensor<4x3xf32>, tensor<4xf32>) {
    %1 = ingot.tanh %g : tensor<2x4xf32>
    %2 = ingot.matmul %x transposed, %1 : tensor<2x3xf32>, tensor<2x4xf32>
    %3 = ingot.transpose %2 [1, 0] : tensor<3x4xf32>
    %4 = ingot.add %s, %3 : tensor<4x3xf32>
    %5 = ingot.sum %1 [0] : tensor<2x4xf32>
    %6 = ingot.add %b, %5 : tensor<4xf32>
    ingot.yield %1, %4, %6 : tensor<2x4xf32>, tensor<4x3xf32>, tensor<4xf32>
  }
  return %0#1, %0#2 : tensor<4x3xf32>, tensor<4xf32>
}

// CHECK-LABEL: func.func @projection
func.func @projection(%h0: tensor<2x4xf32>, %w: tensor<4x5xf32>, %b: tensor<5xf32>) -> (tensor<2x4xf32>, tensor<9x2x5xf32>) {
  // CHECK: %[[R:.*]]:2 = ingot.scan carry(%{{.*}} = %arg0 : tensor<2x4xf32>) steps [9] -> (tensor<2x4xf32>, tensor<9x2x4xf32>)
  // CHECK-NEXT: %[[H:.*]] = ingot.tanh
  // CHECK-NEXT: ingot.yield %[[H]], %[[H]]
  // CHECK: %[[ROWS:.*]] = ingot.reshape %[[R]]#1 : tensor<9x2x4xf32> to tensor<18x4xf32>
  // CHECK: %[[P:.*]] = ingot.matmul %[[ROWS]], %arg1
  // CHECK: %[[ALL:.*]] = ingot.reshape %[[P]] : tensor<18x5xf32> to tensor<9x2x5xf32>
  // CHECK: %[[Y:.*]] = ingot.add %[[ALL]], %{{.*}} : tensor<9x2x5xf32>
  // CHECK: return %[[R]]#0, %[[Y]]
  %0:2 = ingot.scan carry(%h = %h0 : tensor<2x4xf32>) with(%v = %w : tensor<4x5xf32>, %c = %b : tensor<5xf32>) steps [9]
      -> (tensor<2x4xf32>, tensor<9x2x5xf32>) {
    %1 = ingot.tanh %h : tensor<2x4xf32>
    %2 = ingot.matmul %1, %v : tensor<2x4xf32>, tensor<4x5xf32>
    %3 = ingot.broadcast %c : tensor<5xf32> to tensor<2x5xf32>
    %4 = ingot.add %2, %3 : tensor<2x5xf32>
    ingot.yield %1, %4 : tensor<2x4xf32>, tensor<2x5xf32>
  }
  return %0#0, %0#1 : tensor<2x4xf32>, tensor<9x2x5xf32>
}

// A product that the next step needs, and a sum that something else reads, stay.
// CHECK-LABEL: func.func @needed
func.func @needed(%h0: tensor<4x4xf32>, %s0: tensor<4x4xf32>) -> (tensor<4x4xf32>, tensor<4x4xf32>, tensor<9x4x4xf32>) {
  // CHECK-NEXT: ingot.scan
  // CHECK-NEXT: ingot.matmul
  // CHECK-NEXT: ingot.matmul
  // CHECK-NEXT: ingot.add
  %0:3 = ingot.scan carry(%h = %h0 : tensor<4x4xf32>, %s = %s0 : tensor<4x4xf32>) with(%v = %h0 : tensor<4x4xf32>) steps [9]
      -> (tensor<4x4xf32>, tensor<4x4xf32>, tensor<9x4x4xf32>) {
    %1 = ingot.matmul %h, %v : tensor<4x4xf32>, tensor<4x4xf32>
    %2 = ingot.matmul %h transposed, %1 : tensor<4x4xf32>, tensor<4x4xf32>
    %3 = ingot.add %s, %2 : tensor<4x4xf32>
    ingot.yield %1, %3, %s : tensor<4x4xf32>, tensor<4x4xf32>, tensor<4x4xf32>
  }
  return %0#0, %0#1, %0#2 : tensor<4x4xf32>, tensor<4x4xf32>, tensor<9x4x4xf32>
}
