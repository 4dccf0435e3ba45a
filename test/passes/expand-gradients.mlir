// RUN: ingot-opt %s --ingot-expand-gradients | FileCheck %s

// The example of the pass's description.
// CHECK-LABEL: func.func @seeded
// CHECK-SAME: %[[X:.*]]: tensor<4xf32>, %[[W:.*]]: tensor<4xf32>, %[[S:.*]]: tensor<4xf32>
// CHECK-NEXT: %[[Y:.*]] = ingot.mul %[[X]], %[[W]]
// CHECK-NEXT: %[[Z:.*]] = ingot.exp %[[Y]]
// CHECK-NEXT: %[[GY:.*]] = ingot.mul %[[S]], %[[Z]]
// CHECK-NEXT: %[[GW:.*]] = ingot.mul %[[GY]], %[[X]]
// CHECK-NEXT: return %[[GW]]
func.func @seeded(%x: tensor<4xf32>, %w: tensor<4xf32>, %s: tensor<4xf32>) -> tensor<4xf32> {
  %y = ingot.mul %x, %w : tensor<4xf32>
  %z = ingot.exp %y : tensor<4xf32>
  %g = ingot.gradient %z seeds(%s : tensor<4xf32>) of(%w) : tensor<4xf32> -> tensor<4xf32>
  return %g : tensor<4xf32>
}

// A value with several readers, one of them twice: cotangents are added. A single value is seeded with one.
// CHECK-LABEL: func.func @sum
// CHECK-SAME: %[[X:.*]]: tensor<f32>
// CHECK-NEXT: %[[S:.*]] = ingot.mul %[[X]], %[[X]]
// CHECK-NEXT: ingot.add %[[S]], %[[X]]
// CHECK-NEXT: %[[ONE:.*]] = ingot.constant dense<1.000000e+00> : tensor<f32>
// CHECK-NEXT: %[[A:.*]] = ingot.mul %[[ONE]], %[[X]]
// CHECK-NEXT: %[[B:.*]] = ingot.mul %[[ONE]], %[[X]]
// CHECK-NEXT: %[[AB:.*]] = ingot.add %[[ONE]], %[[A]]
// CHECK-NEXT: %[[G:.*]] = ingot.add %[[AB]], %[[B]]
// CHECK-NEXT: return %[[G]]
func.func @sum(%x: tensor<f32>) -> tensor<f32> {
  %s = ingot.mul %x, %x : tensor<f32>
  %y = ingot.add %s, %x : tensor<f32>
  %g = ingot.gradient %y of(%x) : tensor<f32> -> tensor<f32>
  return %g : tensor<f32>
}

// With respect to a value that depends on another: each gets its whole derivative.
// CHECK-LABEL: func.func @intermediate
// CHECK-SAME: %[[X:.*]]: tensor<4xf32>, %[[S:.*]]: tensor<4xf32>
// CHECK: %[[Y:.*]] = ingot.exp %[[X]]
// CHECK: %[[COS:.*]] = ingot.cos %[[Y]]
// CHECK: %[[GY:.*]] = ingot.mul %[[S]], %[[COS]]
// CHECK: %[[GX:.*]] = ingot.mul %[[GY]], %[[Y]]
// CHECK: return %[[GY]], %[[GX]]
func.func @intermediate(%x: tensor<4xf32>, %s: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  %y = ingot.exp %x : tensor<4xf32>
  %z = ingot.sin %y : tensor<4xf32>
  %g:2 = ingot.gradient %z seeds(%s : tensor<4xf32>) of(%y, %x) : tensor<4xf32> -> tensor<4xf32>, tensor<4xf32>
  return %g#0, %g#1 : tensor<4xf32>, tensor<4xf32>
}

// A value is its own gradient's seed; what does not reach the result has a zero, and that is the only one.
// CHECK-LABEL: func.func @zero
// CHECK-SAME: %[[X:.*]]: tensor<4xf32>, %[[W:.*]]: tensor<2xf64>, %[[S:.*]]: tensor<4xf32>
// CHECK-NEXT: %[[ZERO:.*]] = ingot.constant dense<0.000000e+00> : tensor<f64>
// CHECK-NEXT: %[[GW:.*]] = ingot.broadcast %[[ZERO]] : tensor<f64> to tensor<2xf64>
// CHECK-NEXT: return %[[S]], %[[GW]]
func.func @zero(%x: tensor<4xf32>, %w: tensor<2xf64>, %s: tensor<4xf32>) -> (tensor<4xf32>, tensor<2xf64>) {
  %g:2 = ingot.gradient %x seeds(%s : tensor<4xf32>) of(%x, %w) : tensor<4xf32> -> tensor<4xf32>, tensor<2xf64>
  return %g#0, %g#1 : tensor<4xf32>, tensor<2xf64>
}

// Integers and bool carry no gradient.
// CHECK-LABEL: func.func @integers
// CHECK: %[[C:.*]] = ingot.gt
// CHECK: %[[I:.*]] = ingot.cast {{.*}} to tensor<4xi64>
// CHECK: %[[F:.*]] = ingot.cast %[[I]]
// CHECK: ingot.select %[[C]]
// CHECK: %[[GA:.*]] = ingot.select %[[C]], %{{.*}}, %{{.*}}
// CHECK-NOT: ingot.add
// CHECK: return %[[GA]]
func.func @integers(%x: tensor<4xf32>, %s: tensor<4xf32>) -> tensor<4xf32> {
  %c = ingot.gt %x, %s : tensor<4xf32>
  %i = ingot.cast %x : tensor<4xf32> to tensor<4xi64>
  %f = ingot.cast %i : tensor<4xi64> to tensor<4xf32>
  %y = ingot.select %c, %x, %f : tensor<4xi1>, tensor<4xf32>
  %g = ingot.gradient %y seeds(%s : tensor<4xf32>) of(%x) : tensor<4xf32> -> tensor<4xf32>
  return %g : tensor<4xf32>
}

// A linear layer over a run-time batch.
// CHECK-LABEL: func.func @linear
// CHECK-SAME: %[[W:.*]]: tensor<2x3xf32>, %[[B:.*]]: tensor<2xf32>, %[[X:[^:]*]]: tensor<?x3xf32
// CHECK: %[[S:.*]] = ingot.sum %{{.*}} [0, 1]
// CHECK: %[[ONE:.*]] = ingot.constant dense<1.000000e+00> : tensor<f32>
// CHECK: %[[GY:.*]] = ingot.broadcast %{{.*}} to tensor<?x2xf32, #ingot.sizes<[N, 2]>>
// CHECK: %[[GB:.*]] = ingot.sum %[[GY]] [0]
// CHECK: %[[GW:.*]] = ingot.matmul %[[GY]] transposed, %[[X]] : tensor<?x2xf32, #ingot.sizes<[N, 2]>>, tensor<?x3xf32, #ingot.sizes<[N, 3]>>
// CHECK-NOT: ingot.matmul
// CHECK: return %[[GW]], %[[GB]] : tensor<2x3xf32>, tensor<2xf32>
func.func @linear(%w: tensor<2x3xf32>, %b: tensor<2xf32>, %x: tensor<?x3xf32, #ingot.sizes<[N, 3]>>) -> (tensor<2x3xf32>, tensor<2xf32>) {
  %p = ingot.matmul %x, %w transposed : tensor<?x3xf32, #ingot.sizes<[N, 3]>>, tensor<2x3xf32>
  %r = ingot.broadcast %b : tensor<2xf32> to tensor<?x2xf32, #ingot.sizes<[N, 2]>>
  %y = ingot.add %p, %r : tensor<?x2xf32, #ingot.sizes<[N, 2]>>
  %s = ingot.sum %y [0, 1] : tensor<?x2xf32, #ingot.sizes<[N, 2]>>
  %g:2 = ingot.gradient %s of(%w, %b) : tensor<f32> -> tensor<2x3xf32>, tensor<2xf32>
  return %g#0, %g#1 : tensor<2x3xf32>, tensor<2xf32>
}

// The second derivative of x * x * x is 6 x, here as a sum of products.
// CHECK-LABEL: func.func @second
// CHECK-NOT: ingot.gradient
// CHECK: return
func.func @second(%x: tensor<f64>) -> tensor<f64> {
  %s = ingot.mul %x, %x : tensor<f64>
  %y = ingot.mul %s, %x : tensor<f64>
  %g = ingot.gradient %y of(%x) : tensor<f64> -> tensor<f64>
  %h = ingot.gradient %g of(%x) : tensor<f64> -> tensor<f64>
  return %h : tensor<f64>
}

// An op without derivative that no gradient passes is no error.
// CHECK-LABEL: func.func @aside
// CHECK-NOT: ingot.gradient
func.func private @unknown(tensor<f32>) -> tensor<f32>
func.func @aside(%x: tensor<f32>, %z: tensor<f32>) -> tensor<f32> {
  %a = call @unknown(%x) : (tensor<f32>) -> tensor<f32>
  %b = call @unknown(%z) : (tensor<f32>) -> tensor<f32>
  %y = ingot.mul %x, %b : tensor<f32>
  %g = ingot.gradient %y of(%x) : tensor<f32> -> tensor<f32>
  return %g : tensor<f32>
}

// No gradient flows through ingot.detach; two of one value are two values.
// CHECK-LABEL: func.func @detach
// CHECK-SAME: %[[X:.*]]: tensor<4xf32>, %[[S:.*]]: tensor<4xf32>
// CHECK-NEXT: ingot.mul %[[X]], %[[X]]
// CHECK-NEXT: %[[G:.*]] = ingot.mul %[[S]], %[[X]]
// CHECK-NEXT: return %[[G]]
func.func @detach(%x: tensor<4xf32>, %s: tensor<4xf32>) -> tensor<4xf32> {
  %a = ingot.detach %x : tensor<4xf32>
  %b = ingot.detach %x : tensor<4xf32>
  %y = ingot.mul %a, %b : tensor<4xf32>
  %g = ingot.gradient %y seeds(%s : tensor<4xf32>) of(%b) : tensor<4xf32> -> tensor<4xf32>
  return %g : tensor<4xf32>
}

// -----

// What is computed from a barrier is computed again; gradients flow through it.
// CHECK-LABEL: func.func @barrier
// CHECK-SAME: (%[[X:.*]]: tensor<4xf32>, %[[S:.*]]: tensor<4xf32>)
// CHECK: %[[B:.*]] = ingot.barrier %[[X]] after(%[[S]] : tensor<4xf32>) : tensor<4xf32>
// CHECK: %[[Y:.*]] = ingot.exp %[[B]]
// CHECK: %[[G:.*]] = ingot.mul %[[S]], %[[Y]]
// CHECK: return %[[G]]
func.func @barrier(%x: tensor<4xf32>, %s: tensor<4xf32>) -> tensor<4xf32> {
  %b = ingot.barrier %x after(%s : tensor<4xf32>) : tensor<4xf32>
  %y = ingot.exp %b : tensor<4xf32>
  %g = ingot.gradient %y seeds(%s : tensor<4xf32>) of(%x) : tensor<4xf32> -> tensor<4xf32>
  return %g : tensor<4xf32>
}

// -----

// Of a stride of 2, a position of the image meets every second element of the window: four convolutions, one of each kind of
// position, and none that multiplies with zeros.
// CHECK-LABEL: func.func @strided_conv
// CHECK-SAME: (%[[X:.*]]: tensor<1x1x6x6xf32>, %[[W:.*]]: tensor<4x1x3x3xf32>, %[[S:.*]]: tensor<1x4x2x2xf32>)
// CHECK: ingot.slice %[[W]] from [0, 0, 0, 0] step [1, 1, 2, 2] : {{.*}} to tensor<4x1x2x2xf32>
// CHECK: ingot.conv %{{.*}} flipped strides [1, 1]
// CHECK: ingot.insert_slice {{.*}} from [0, 0, 0, 0] step [1, 1, 2, 2] : tensor<1x1x3x3xf32>, tensor<1x1x6x6xf32>
// CHECK: ingot.slice %[[W]] from [0, 0, 0, 1] step [1, 1, 2, 2] : {{.*}} to tensor<4x1x2x1xf32>
// CHECK: ingot.insert_slice {{.*}} from [0, 0, 0, 1] step [1, 1, 2, 2]
// CHECK: ingot.slice %[[W]] from [0, 0, 1, 0] step [1, 1, 2, 2] : {{.*}} to tensor<4x1x1x2xf32>
// CHECK: ingot.slice %[[W]] from [0, 0, 1, 1] step [1, 1, 2, 2] : {{.*}} to tensor<4x1x1x1xf32>
// CHECK: %[[G:.*]] = ingot.insert_slice {{.*}} from [0, 0, 1, 1] step [1, 1, 2, 2]
// CHECK: return %[[G]]
func.func @strided_conv(%x: tensor<1x1x6x6xf32>, %w: tensor<4x1x3x3xf32>, %s: tensor<1x4x2x2xf32>) -> tensor<1x1x6x6xf32> {
  %y = ingot.conv %x, %w strides [2, 2] dilations [1, 1] groups 1 : tensor<1x1x6x6xf32>, tensor<4x1x3x3xf32>
  %g = ingot.gradient %y seeds(%s : tensor<1x4x2x2xf32>) of(%x) : tensor<1x4x2x2xf32> -> tensor<1x1x6x6xf32>
  return %g : tensor<1x1x6x6xf32>
}

// -----

// A stride of 5 along both dimensions would make 25 convolutions: zeros are spread along the second one.
// CHECK-LABEL: func.func @far_strided_conv
// CHECK-COUNT-5: ingot.conv %{{.*}} flipped strides [1, 1] dilations [1, 1]
// CHECK-NOT: ingot.conv
// CHECK: return
func.func @far_strided_conv(%x: tensor<1x1x11x12xf32>, %w: tensor<4x1x6x5xf32>, %s: tensor<1x4x2x2xf32>) -> tensor<1x1x11x12xf32> {
  %y = ingot.conv %x, %w strides [5, 5] dilations [1, 1] groups 1 : tensor<1x1x11x12xf32>, tensor<4x1x6x5xf32>
  %g = ingot.gradient %y seeds(%s : tensor<1x4x2x2xf32>) of(%x) : tensor<1x4x2x2xf32> -> tensor<1x1x11x12xf32>
  return %g : tensor<1x1x11x12xf32>
}
