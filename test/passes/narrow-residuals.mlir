// RUN: ingot-opt %s --ingot-narrow-residuals --split-input-file | FileCheck %s
// RUN: ingot-opt %s --ingot-narrow-residuals --ingot-fuse --split-input-file | FileCheck %s --check-prefix=FUSED

// Dropout after relu: the random numbers and relu's result are read again by comparisons alone. What is cheaply made of a
// comparison is made again, under the sizes of its late reader.
// CHECK-LABEL: func.func @dropout
// CHECK: %[[Y:.*]] = ingot.relu
// CHECK: %[[DEAD:.*]] = ingot.le %[[Y]], %{{.*}} : tensor<2x4x8xf32>
// CHECK-NEXT: %[[KEPT_DEAD:.*]] = ingot.barrier %[[DEAD]] : tensor<2x4x8xi1>
// CHECK: %[[R:.*]] = ingot.random
// CHECK: %[[C:.*]] = ingot.lt %[[R]]
// CHECK-NEXT: %[[KEPT:.*]] = ingot.barrier %[[C]] : tensor<2x4x8xi1>
// CHECK: %[[EARLY:.*]] = ingot.cast %[[C]]
// CHECK: %[[G:.*]] = ingot.matmul %{{.*}}, %arg2 transposed
// CHECK: %[[FLAT:.*]] = ingot.reshape %[[KEPT]] : tensor<2x4x8xi1> to tensor<8x8xi1>
// CHECK: %[[LATE:.*]] = ingot.cast %[[FLAT]] : tensor<8x8xi1> to tensor<8x8xf32>
// CHECK: %[[FACTOR:.*]] = ingot.mul %[[LATE]]
// CHECK: %[[DROPPED:.*]] = ingot.mul %[[G]], %[[FACTOR]]
// CHECK: %[[MASK:.*]] = ingot.reshape %[[KEPT_DEAD]]
// CHECK: ingot.select %[[MASK]]
//
// The kernel of the dropout stores both.
// FUSED-LABEL: func.func @dropout
// FUSED: ingot.fusion {{.*}} -> (tensor<2x4x8xf32>, tensor<2x4x8xi1>, tensor<2x4x8xi1>)
func.func @dropout(%x: tensor<2x4x8xf32>, %state: tensor<2xi64>, %w: tensor<8x8xf32>)
    -> (tensor<8x8xf32>, tensor<8x8xf32>) {
  %zero = ingot.constant dense<0.0> : tensor<f32>
  %half = ingot.constant dense<0.5> : tensor<f32>
  %two = ingot.constant dense<2.0> : tensor<f32>
  %y = ingot.relu %x : tensor<2x4x8xf32>
  %r = ingot.random "uniform" %state : tensor<2xi64> to tensor<2x4x8xf32>
  %p = ingot.broadcast %half : tensor<f32> to tensor<2x4x8xf32>
  %c = ingot.lt %r, %p : tensor<2x4x8xf32>
  %k = ingot.cast %c : tensor<2x4x8xi1> to tensor<2x4x8xf32>
  %twos = ingot.broadcast %two : tensor<f32> to tensor<2x4x8xf32>
  %f = ingot.mul %k, %twos : tensor<2x4x8xf32>
  %d = ingot.mul %y, %f : tensor<2x4x8xf32>
  %flat = ingot.reshape %d : tensor<2x4x8xf32> to tensor<8x8xf32>
  %z = ingot.matmul %flat, %w : tensor<8x8xf32>, tensor<8x8xf32>
  // Backward.
  %dw = ingot.matmul %flat transposed, %z : tensor<8x8xf32>, tensor<8x8xf32>
  %g = ingot.matmul %z, %w transposed : tensor<8x8xf32>, tensor<8x8xf32>
  %f2 = ingot.reshape %f : tensor<2x4x8xf32> to tensor<8x8xf32>
  %g1 = ingot.mul %g, %f2 : tensor<8x8xf32>
  %zeros = ingot.broadcast %zero : tensor<f32> to tensor<2x4x8xf32>
  %dead = ingot.le %y, %zeros : tensor<2x4x8xf32>
  %dead2 = ingot.reshape %dead : tensor<2x4x8xi1> to tensor<8x8xi1>
  %zeros2 = ingot.broadcast %zero : tensor<f32> to tensor<8x8xf32>
  %g2 = ingot.select %dead2, %zeros2, %g1 : tensor<8x8xi1>, tensor<8x8xf32>
  return %dw, %g2 : tensor<8x8xf32>, tensor<8x8xf32>
}

// -----

// The result of relu is the input of the next layer, which its gradient needs: it is compared there.
// CHECK-LABEL: func.func @live
// CHECK-NOT: ingot.barrier
func.func @live(%x: tensor<8x8xf32>, %w: tensor<8x8xf32>) -> (tensor<8x8xf32>, tensor<8x8xf32>) {
  %zero = ingot.constant dense<0.0> : tensor<f32>
  %zeros = ingot.broadcast %zero : tensor<f32> to tensor<8x8xf32>
  %y = ingot.relu %x : tensor<8x8xf32>
  %z = ingot.matmul %y, %w : tensor<8x8xf32>, tensor<8x8xf32>
  %dw = ingot.matmul %y transposed, %z : tensor<8x8xf32>, tensor<8x8xf32>
  %g = ingot.matmul %z, %w transposed : tensor<8x8xf32>, tensor<8x8xf32>
  %dead = ingot.le %y, %zeros : tensor<8x8xf32>
  %dx = ingot.select %dead, %zeros, %g : tensor<8x8xi1>, tensor<8x8xf32>
  return %dw, %dx : tensor<8x8xf32>, tensor<8x8xf32>
}

// -----

// What is made of several comparisons is kept, not each of them.
// CHECK-LABEL: func.func @interval
// CHECK: %[[X:.*]] = ingot.exp
// CHECK-DAG: %[[LOW:.*]] = ingot.gt %[[X]]
// CHECK-DAG: %[[HIGH:.*]] = ingot.lt %[[X]]
// CHECK: %[[IN:.*]] = ingot.bitwise_and %[[LOW]], %[[HIGH]]
// CHECK-NEXT: %[[KEPT:.*]] = ingot.barrier %[[IN]]
// CHECK-NOT: ingot.barrier
// CHECK: ingot.matmul
// CHECK: ingot.select %[[KEPT]]
func.func @interval(%x: tensor<8x8xf32>, %w: tensor<8x8xf32>) -> tensor<8x8xf32> {
  %one = ingot.constant dense<1.0> : tensor<f32>
  %ones = ingot.broadcast %one : tensor<f32> to tensor<8x8xf32>
  %two = ingot.constant dense<2.0> : tensor<f32>
  %twos = ingot.broadcast %two : tensor<f32> to tensor<8x8xf32>
  %e = ingot.exp %x : tensor<8x8xf32>
  %y = ingot.maximum %e, %ones : tensor<8x8xf32>
  %z = ingot.matmul %y, %w : tensor<8x8xf32>, tensor<8x8xf32>
  %low = ingot.gt %e, %ones : tensor<8x8xf32>
  %high = ingot.lt %e, %twos : tensor<8x8xf32>
  %in = ingot.bitwise_and %low, %high : tensor<8x8xi1>
  %dx = ingot.select %in, %z, %ones : tensor<8x8xi1>, tensor<8x8xf32>
  return %dx : tensor<8x8xf32>
}

// -----

// Read in one go: nothing is kept.
// CHECK-LABEL: func.func @near
// CHECK-NOT: ingot.barrier
func.func @near(%x: tensor<8x8xf32>) -> tensor<8x8xf32> {
  %one = ingot.constant dense<1.0> : tensor<f32>
  %ones = ingot.broadcast %one : tensor<f32> to tensor<8x8xf32>
  %e = ingot.exp %x : tensor<8x8xf32>
  %c = ingot.gt %e, %ones : tensor<8x8xf32>
  %y = ingot.select %c, %e, %ones : tensor<8x8xi1>, tensor<8x8xf32>
  return %y : tensor<8x8xf32>
}
