// RUN: ingot-opt %s | ingot-opt | FileCheck %s
// RUN: ingot-opt %s --mlir-print-op-generic | ingot-opt | FileCheck %s

!x = tensor<?x3xf32, #ingot.sizes<[N, 3]>>
!bool = tensor<?x3xi1, #ingot.sizes<[N, 3]>>

// CHECK-LABEL: func.func @binary
func.func @binary(%a: !x, %b: !x, %i: tensor<2xi64>, %s: tensor<f64>) {
  // CHECK: ingot.add %{{.*}}, %{{.*}} : tensor<?x3xf32, #ingot.sizes<[N, 3]>>
  %0 = ingot.add %a, %b : !x
  // CHECK: ingot.pow %{{.*}}, %{{.*}} : tensor<f64>
  %1 = ingot.pow %s, %s : tensor<f64>
  // CHECK: ingot.bitwise_xor %{{.*}}, %{{.*}} : tensor<2xi64>
  %2 = ingot.bitwise_xor %i, %i : tensor<2xi64>
  return
}

// A comparison gives bool, whatever it compares.
// CHECK-LABEL: func.func @compare
func.func @compare(%a: !x, %b: !x, %i: tensor<2xi64>) -> (!bool, tensor<2xi1>) {
  // CHECK: %[[LT:.*]] = ingot.lt %{{.*}}, %{{.*}} : tensor<?x3xf32, #ingot.sizes<[N, 3]>>
  %0 = ingot.lt %a, %b : !x
  // CHECK: %[[NOT:.*]] = ingot.logical_not %{{.*}} : tensor<2xi64>
  %1 = ingot.logical_not %i : tensor<2xi64>
  // CHECK: return %[[LT]], %[[NOT]] : tensor<?x3xi1, #ingot.sizes<[N, 3]>>, tensor<2xi1>
  return %0, %1 : !bool, tensor<2xi1>
}

// CHECK-LABEL: func.func @ternary
func.func @ternary(%c: !bool, %a: !x, %b: !x) {
  // CHECK: ingot.select %{{.*}}, %{{.*}}, %{{.*}} : tensor<?x3xi1, #ingot.sizes<[N, 3]>>, tensor<?x3xf32, #ingot.sizes<[N, 3]>>
  %0 = ingot.select %c, %a, %b : !bool, !x
  // CHECK: ingot.clamp %{{.*}}, %{{.*}}, %{{.*}} : tensor<?x3xf32, #ingot.sizes<[N, 3]>>
  %1 = ingot.clamp %0, %a, %b : !x
  // CHECK: ingot.lerp %{{.*}}, %{{.*}}, %{{.*}} : tensor<?x3xf32, #ingot.sizes<[N, 3]>>
  %lerp = ingot.lerp %0, %a, %b : !x
  // CHECK: ingot.cast %{{.*}} : tensor<?x3xf32, #ingot.sizes<[N, 3]>> to tensor<?x3xbf16, #ingot.sizes<[N, 3]>>
  %2 = ingot.cast %1 : !x to tensor<?x3xbf16, #ingot.sizes<[N, 3]>>
  return
}

// Every size may be zero, and there may be none.
// CHECK-LABEL: func.func @unary
func.func @unary(%a: tensor<0x4xf16>, %b: tensor<f32>) {
  // CHECK: ingot.relu %{{.*}} : tensor<0x4xf16>
  %0 = ingot.relu %a : tensor<0x4xf16>
  // CHECK: ingot.gelu_tanh %{{.*}} : tensor<f32>
  %1 = ingot.gelu_tanh %b : tensor<f32>
  return
}
