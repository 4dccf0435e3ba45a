// RUN: ingot-opt %s | ingot-opt | FileCheck %s
// RUN: ingot-opt %s --mlir-print-op-generic | ingot-opt | FileCheck %s

!h = tensor<?x4xf32, #ingot.sizes<[N, 4]>>
!xs = tensor<?x?x3xf32, #ingot.sizes<[T, N, 3]>>
!x = tensor<?x3xf32, #ingot.sizes<[N, 3]>>
!ys = tensor<?x?x4xf32, #ingot.sizes<[T, N, 4]>>

// CHECK-LABEL: func.func @rnn
func.func @rnn(%h0: !h, %xs: !xs, %w: tensor<3x4xf32>) -> (!h, !ys) {
  // CHECK: %{{.*}}:2 = ingot.scan carry(%[[H:.*]] = %{{.*}} : tensor<?x4xf32, #ingot.sizes<[N, 4]>>)
  // CHECK-SAME: over(%[[X:.*]] = %{{.*}} : tensor<?x?x3xf32, #ingot.sizes<[T, N, 3]>>)
  // CHECK-SAME: with(%[[W:.*]] = %{{.*}} : tensor<3x4xf32>)
  // CHECK-SAME: steps [T] reverse -> (tensor<?x4xf32, #ingot.sizes<[N, 4]>>, tensor<?x?x4xf32, #ingot.sizes<[T, N, 4]>>) {
  // CHECK-NEXT: %[[A:.*]] = ingot.matmul %[[X]], %[[W]] : tensor<?x3xf32, #ingot.sizes<[N, 3]>>, tensor<3x4xf32>
  // CHECK-NEXT: %[[B:.*]] = ingot.add %[[H]], %[[A]]
  // CHECK-NEXT: ingot.yield %[[B]], %[[H]]
  %0:2 = ingot.scan carry(%h = %h0 : !h) over(%x = %xs : !xs) with(%c = %w : tensor<3x4xf32>) steps [T] reverse -> (!h, !ys) {
    %a = ingot.matmul %x, %c : !x, tensor<3x4xf32>
    %b = ingot.add %h, %a : !h
    ingot.yield %b, %h : !h, !h
  }
  return %0#0, %0#1 : !h, !ys
}

// A scan may lack each of the three kinds of operands.
// CHECK-LABEL: func.func @kinds
func.func @kinds(%h0: tensor<f32>, %xs: tensor<5xf32>) -> (tensor<f32>, tensor<5xf32>) {
  // CHECK: ingot.scan carry(%{{.*}} = %{{.*}} : tensor<f32>) steps [5] attributes {note} -> tensor<f32> {
  %0 = ingot.scan carry(%h = %h0 : tensor<f32>) steps [5] attributes {note} -> tensor<f32> {
    ingot.yield %h : tensor<f32>
  }
  // CHECK: ingot.scan over(%{{.*}} = %{{.*}} : tensor<5xf32>) steps [5] -> tensor<5xf32> {
  %1 = ingot.scan over(%x = %xs : tensor<5xf32>) steps [5] -> tensor<5xf32> {
    ingot.yield %x : tensor<f32>
  }
  return %0, %1 : tensor<f32>, tensor<5xf32>
}

func.func private @step(%h: !h, %x: !x, %w: tensor<3x4xf32>) -> (!h, !h) {
  %0 = ingot.matmul %x, %w : !x, tensor<3x4xf32>
  return %0, %h : !h, !h
}

// CHECK-LABEL: func.func @loop
func.func @loop(%h0: !h, %xs: !xs, %w: tensor<3x4xf32>) -> (!h, !ys) {
  // CHECK: %{{.*}}:2 = ingot.loop @step carry(%{{.*}} : tensor<?x4xf32, #ingot.sizes<[N, 4]>>)
  // CHECK-SAME: over(%{{.*}} : tensor<?x?x3xf32, #ingot.sizes<[T, N, 3]>>) with(%{{.*}} : tensor<3x4xf32>) steps [T] reverse
  // CHECK-SAME: -> tensor<?x4xf32, #ingot.sizes<[N, 4]>>, tensor<?x?x4xf32, #ingot.sizes<[T, N, 4]>>
  %0:2 = ingot.loop @step carry(%h0 : !h) over(%xs : !xs) with(%w : tensor<3x4xf32>) steps [T] reverse -> !h, !ys
  return %0#0, %0#1 : !h, !ys
}
