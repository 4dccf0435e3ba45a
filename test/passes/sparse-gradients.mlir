// RUN: ingot-opt %s --ingot-sparse-gradients --split-input-file -verify-each | FileCheck %s

// A step of SGD with gradients that are clipped by their norm: rows alone, those of one place added up.
// CHECK-LABEL: func.func @clipped
// CHECK: %[[OWN:.*]] = ingot.iota 0 : tensor<?xi64, #ingot.sizes<[T]>>
// CHECK: %[[ENTERED:.*]] = ingot.scatter "set" %[[OWN]] into %{{.*}} at %arg2 along 0 dims [0] : {{.*}}, tensor<8192xi64>
// CHECK-NEXT: %[[AT:.*]] = ingot.gather %[[ENTERED]] at %arg2 along 0 dims [0] inbounds
// CHECK: %[[G:.*]] = ingot.scatter "add" %arg1 into %{{.*}} at %[[AT]] along 0 dims [0] inbounds : tensor<?x64xf32, #ingot.sizes<[T, 64]>>, tensor<?x64xf32
// CHECK: %[[SQUARES:.*]] = ingot.square %[[G]] : tensor<?x64xf32
// CHECK: %[[NORM:.*]] = ingot.sum %[[SQUARES]] [0, 1]
// CHECK: %[[SCALE:.*]] = ingot.rsqrt %[[NORM]]
// CHECK: %[[SCALES:.*]] = ingot.broadcast %[[SCALE]] : tensor<f32> to tensor<?x64xf32
// CHECK: %[[STEP:.*]] = ingot.mul %[[G]], %[[SCALES]] : tensor<?x64xf32
// CHECK: %[[CHANGE:.*]] = ingot.neg %[[STEP]]
// CHECK: %[[W:.*]] = ingot.scatter "add" %[[CHANGE]] into %arg0 at %arg2 along 0 dims [0] inbounds : {{.*}}, tensor<8192x64xf32>
// CHECK-NOT: tensor<8192x64xf32>
// CHECK: return %[[W]]
func.func @clipped(%w: tensor<8192x64xf32>, %g: tensor<?x64xf32, #ingot.sizes<[T, 64]>>,
                   %i: tensor<?xi64, #ingot.sizes<[T]>>) -> tensor<8192x64xf32> {
  %zero = ingot.constant dense<0.0> : tensor<f32>
  %zeros = ingot.broadcast %zero : tensor<f32> to tensor<8192x64xf32>
  %0 = ingot.scatter "add" %g into %zeros at %i along 0 dims [0]
      : tensor<?x64xf32, #ingot.sizes<[T, 64]>>, tensor<8192x64xf32>, tensor<?xi64, #ingot.sizes<[T]>>
  %1 = ingot.square %0 : tensor<8192x64xf32>
  %2 = ingot.sum %1 [0, 1] : tensor<8192x64xf32>
  %3 = ingot.rsqrt %2 : tensor<f32>
  %4 = ingot.broadcast %3 : tensor<f32> to tensor<8192x64xf32>
  %5 = ingot.mul %0, %4 : tensor<8192x64xf32>
  %6 = ingot.sub %w, %5 : tensor<8192x64xf32>
  return %6 : tensor<8192x64xf32>
}

// -----

// A momentum is not zero where the gradient is.
// CHECK-LABEL: func.func @momentum
// CHECK: ingot.scatter "add" %arg2 into %{{.*}} at %arg3 {{.*}} tensor<8192x64xf32>
// CHECK-NOT: ingot.scatter
func.func @momentum(%w: tensor<8192x64xf32>, %m: tensor<8192x64xf32>, %g: tensor<4x64xf32>, %i: tensor<4xi64>)
    -> (tensor<8192x64xf32>, tensor<8192x64xf32>) {
  %zero = ingot.constant dense<0.0> : tensor<f32>
  %zeros = ingot.broadcast %zero : tensor<f32> to tensor<8192x64xf32>
  %0 = ingot.scatter "add" %g into %zeros at %i along 0 dims [0] : tensor<4x64xf32>, tensor<8192x64xf32>, tensor<4xi64>
  %1 = ingot.add %m, %0 : tensor<8192x64xf32>
  %2 = ingot.sub %w, %1 : tensor<8192x64xf32>
  %3 = ingot.sub %w, %0 : tensor<8192x64xf32>
  %4 = ingot.mul %2, %3 : tensor<8192x64xf32>
  %5 = ingot.exp %0 : tensor<8192x64xf32>
  %6 = ingot.add %4, %5 : tensor<8192x64xf32>
  return %6, %1 : tensor<8192x64xf32>, tensor<8192x64xf32>
}

// -----

// Nor is a table that is hardly larger than what is looked up, one that something is added to, or a sum over columns alone,
// which is a value a row.
// CHECK-LABEL: func.func @stay
// CHECK-COUNT-3: ingot.scatter
// CHECK-NOT: ingot.scatter
func.func @stay(%w: tensor<96x64xf32>, %b: tensor<8192x64xf32>, %g: tensor<?x64xf32, #ingot.sizes<[T, 64]>>,
                %i: tensor<?xi64, #ingot.sizes<[T]>>) -> (tensor<96x64xf32>, tensor<8192x64xf32>, tensor<8192xf32>) {
  %zero = ingot.constant dense<0.0> : tensor<f32>
  %few = ingot.broadcast %zero : tensor<f32> to tensor<96x64xf32>
  %0 = ingot.scatter "add" %g into %few at %i along 0 dims [0]
      : tensor<?x64xf32, #ingot.sizes<[T, 64]>>, tensor<96x64xf32>, tensor<?xi64, #ingot.sizes<[T]>>
  %1 = ingot.sub %w, %0 : tensor<96x64xf32>
  %2 = ingot.scatter "add" %g into %b at %i along 0 dims [0]
      : tensor<?x64xf32, #ingot.sizes<[T, 64]>>, tensor<8192x64xf32>, tensor<?xi64, #ingot.sizes<[T]>>
  %3 = ingot.sub %b, %2 : tensor<8192x64xf32>
  %zeros = ingot.broadcast %zero : tensor<f32> to tensor<8192x64xf32>
  %4 = ingot.scatter "add" %g into %zeros at %i along 0 dims [0]
      : tensor<?x64xf32, #ingot.sizes<[T, 64]>>, tensor<8192x64xf32>, tensor<?xi64, #ingot.sizes<[T]>>
  %5 = ingot.sum %4 [1] : tensor<8192x64xf32>
  return %1, %3, %5 : tensor<96x64xf32>, tensor<8192x64xf32>, tensor<8192xf32>
}
