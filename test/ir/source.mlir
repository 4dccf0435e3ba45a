// RUN: ingot-opt %s | ingot-opt | FileCheck %s
// RUN: ingot-opt %s --mlir-print-op-generic | ingot-opt | FileCheck %s

// CHECK-LABEL: func.func @constant
func.func @constant() -> (tensor<2xf32>, tensor<i64>, tensor<3xi1>, tensor<0xf64>) {
  // CHECK: ingot.constant dense<[1.000000e+00, 2.000000e+00]> : tensor<2xf32>
  %0 = ingot.constant dense<[1.0, 2.0]> : tensor<2xf32>
  // CHECK: ingot.constant dense<7> : tensor<i64>
  %1 = ingot.constant dense<7> : tensor<i64>
  // CHECK: ingot.constant dense<true> : tensor<3xi1>
  %2 = ingot.constant dense<true> : tensor<3xi1>
  // CHECK: ingot.constant dense<> : tensor<0xf64>
  %3 = ingot.constant dense<> : tensor<0xf64>
  return %0, %1, %2, %3 : tensor<2xf32>, tensor<i64>, tensor<3xi1>, tensor<0xf64>
}

// CHECK-LABEL: func.func @sizes
func.func @sizes() {
  // CHECK: ingot.iota 1 : tensor<2x?xi64, #ingot.sizes<[2, N]>>
  %0 = ingot.iota 1 : tensor<2x?xi64, #ingot.sizes<[2, N]>>
  // CHECK: ingot.size [N*2] : tensor<f32>
  %1 = ingot.size [N * 2] : tensor<f32>
  return
}

// CHECK-LABEL: func.func @random
func.func @random(%state: tensor<2xi64>) {
  // CHECK: ingot.random "uniform" %{{.*}} : tensor<2xi64> to tensor<?x3xf32, #ingot.sizes<[N, 3]>>
  %0 = ingot.random "uniform" %state : tensor<2xi64> to tensor<?x3xf32, #ingot.sizes<[N, 3]>>
  // CHECK: ingot.random "normal" %{{.*}} : tensor<2xi64> to tensor<f64>
  %1 = ingot.random "normal" %state : tensor<2xi64> to tensor<f64>
  return
}
