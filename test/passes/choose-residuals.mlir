// RUN: ingot-opt %s --ingot-choose-residuals --split-input-file | FileCheck %s

// The gradient of relu and pool: what is pooled is read in the forward computation only.
// CHECK-LABEL: func.func @pool
// CHECK: %[[X:.*]] = ingot.relu
// CHECK: %[[Y:.*]], %[[AT:.*]] = ingot.max_pool_argmax %[[X]] kernel [2, 2]
// CHECK-NOT: %[[X]]
// CHECK: ingot.exp %[[Y]]
// CHECK: %[[DEAD:.*]] = ingot.le %[[Y]], %{{.*}} : tensor<1x1x2x2xf32>
// CHECK: %[[G:.*]] = ingot.select %[[DEAD]], %{{.*}}, %arg1
// CHECK: %[[WIDE:.*]] = ingot.window_scatter %[[G]], %[[AT]]
// CHECK: %[[BIAS:.*]] = ingot.sum %[[G]] [0, 2, 3]
// CHECK: return %{{.*}}, %[[WIDE]], %[[BIAS]]
func.func @pool(%x: tensor<1x1x4x4xf32>, %g: tensor<1x1x2x2xf32>)
    -> (tensor<1x1x2x2xf32>, tensor<1x1x4x4xf32>, tensor<1xf32>) {
  %0 = ingot.relu %x : tensor<1x1x4x4xf32>
  %1 = ingot.max_pool %0 kernel [2, 2] strides [2, 2] dilations [1, 1] : tensor<1x1x4x4xf32>
  %2 = ingot.exp %1 : tensor<1x1x2x2xf32>
  %y, %at = ingot.max_pool_argmax %0 kernel [2, 2] strides [2, 2] dilations [1, 1] : tensor<1x1x4x4xf32>
  %3 = ingot.window_scatter %g, %at kernel [2, 2] strides [2, 2] dilations [1, 1] : tensor<1x1x2x2xf32>, tensor<1x1x2x2xi8> to tensor<1x1x4x4xf32>
  %zero = ingot.constant dense<0.0> : tensor<f32>
  %zeros = ingot.broadcast %zero : tensor<f32> to tensor<1x1x4x4xf32>
  %4 = ingot.le %0, %zeros : tensor<1x1x4x4xf32>
  %5 = ingot.select %4, %zeros, %3 : tensor<1x1x4x4xi1>, tensor<1x1x4x4xf32>
  %6 = ingot.sum %5 [0, 2, 3] : tensor<1x1x4x4xf32>
  return %2, %5, %6 : tensor<1x1x2x2xf32>, tensor<1x1x4x4xf32>, tensor<1xf32>
}

// -----

// Other windows, another mask, a sum that keeps positions: all stay.
// CHECK-LABEL: func.func @others
// CHECK: ingot.max_pool %
// CHECK: ingot.max_pool_argmax
// CHECK: %[[WIDE:.*]] = ingot.window_scatter
// CHECK: ingot.select %{{.*}}, %{{.*}}, %[[WIDE]]
// CHECK: ingot.sum %{{.*}} [0, 2] : tensor<1x1x4x4xf32>
func.func @others(%x: tensor<1x1x4x4xf32>, %mask: tensor<1x1x4x4xf32>, %g: tensor<1x1x2x2xf32>)
    -> (tensor<1x1x3x3xf32>, tensor<1x4xf32>) {
  %0 = ingot.max_pool %x kernel [2, 2] strides [1, 1] dilations [1, 1] : tensor<1x1x4x4xf32>
  %y, %at = ingot.max_pool_argmax %x kernel [2, 2] strides [2, 2] dilations [1, 1] : tensor<1x1x4x4xf32>
  %1 = ingot.window_scatter %g, %at kernel [2, 2] strides [2, 2] dilations [1, 1] : tensor<1x1x2x2xf32>, tensor<1x1x2x2xi8> to tensor<1x1x4x4xf32>
  %zero = ingot.constant dense<0.0> : tensor<f32>
  %zeros = ingot.broadcast %zero : tensor<f32> to tensor<1x1x4x4xf32>
  %2 = ingot.le %mask, %zeros : tensor<1x1x4x4xf32>
  %3 = ingot.select %2, %zeros, %1 : tensor<1x1x4x4xi1>, tensor<1x1x4x4xf32>
  %4 = ingot.sum %3 [0, 2] : tensor<1x1x4x4xf32>
  return %0, %4 : tensor<1x1x3x3xf32>, tensor<1x4xf32>
}
