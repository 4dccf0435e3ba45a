// RUN: ingot-opt %s --ingot-save-residuals --ingot-prune-scans | FileCheck %s

!h = tensor<2x4xf32>
!hs = tensor<8x2x4xf32>

// The backward loop reads tanh instead of computing it and the product again; what is cheap it computes.
// CHECK-LABEL: func.func @backward
func.func @backward(%h0: !h, %w: tensor<4x4xf32>, %g0: !h) -> (!h, !h) {
  // CHECK: %[[F:.*]]:2 = ingot.scan carry(%[[H:.*]] = %arg0 : tensor<2x4xf32>) with(%[[W:.*]] = %arg1 : tensor<4x4xf32>) steps [8]
  // CHECK: %[[T:.*]] = ingot.tanh
  // CHECK: %[[N:.*]] = ingot.neg %[[T]]
  // CHECK: ingot.yield %[[N]], %[[T]]
  %0:2 = ingot.scan carry(%h = %h0 : !h) with(%r = %w : tensor<4x4xf32>) steps [8] -> (!h, !hs) {
    %1 = ingot.matmul %h, %r : !h, tensor<4x4xf32>
    %2 = ingot.tanh %1 : !h
    %3 = ingot.neg %2 : !h
    ingot.yield %3, %h : !h, !h
  }
  // CHECK: ingot.scan carry(%[[G:.*]] = %arg2 : tensor<2x4xf32>) over(%[[R:.*]] = %[[F]]#1 : tensor<8x2x4xf32>) steps [8] reverse
  // CHECK-NEXT: %[[M:.*]] = ingot.neg %[[R]]
  // CHECK-NEXT: %[[P:.*]] = ingot.mul %[[G]], %[[M]]
  // CHECK-NEXT: ingot.yield %[[P]]
  %4 = ingot.scan carry(%g = %g0 : !h) over(%h = %0#1 : !hs) with(%r = %w : tensor<4x4xf32>) steps [8] reverse -> !h {
    %5 = ingot.matmul %h, %r : !h, tensor<4x4xf32>
    %6 = ingot.tanh %5 : !h
    %7 = ingot.neg %6 : !h
    %8 = ingot.mul %g, %7 : !h
    ingot.yield %8 : !h
  }
  return %0#0, %4 : !h, !h
}

// Another weight: another value.
// CHECK-LABEL: func.func @other
func.func @other(%h0: !h, %w: tensor<4x4xf32>, %v: tensor<4x4xf32>, %g0: !h) -> (!h, !h) {
  %0:2 = ingot.scan carry(%h = %h0 : !h) with(%r = %w : tensor<4x4xf32>) steps [8] -> (!h, !hs) {
    %1 = ingot.matmul %h, %r : !h, tensor<4x4xf32>
    ingot.yield %1, %h : !h, !h
  }
  // CHECK: steps [8] reverse
  // CHECK-NEXT: ingot.matmul
  %4 = ingot.scan carry(%g = %g0 : !h) over(%h = %0#1 : !hs) with(%r = %v : tensor<4x4xf32>) steps [8] reverse -> !h {
    %5 = ingot.matmul %h, %r : !h, tensor<4x4xf32>
    %8 = ingot.mul %g, %5 : !h
    ingot.yield %8 : !h
  }
  return %0#0, %4 : !h, !h
}
