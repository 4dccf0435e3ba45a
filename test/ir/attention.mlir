// RUN: ingot-opt %s -verify-each | ingot-opt -verify-each | FileCheck %s

!q = tensor<?x2x?x4xf32, #ingot.sizes<[B, 2, S, 4]>>
!k = tensor<?x2x?x4xf32, #ingot.sizes<[B, 2, L, 4]>>
!v = tensor<?x2x?x3xf32, #ingot.sizes<[B, 2, L, 3]>>
!y = tensor<?x2x?x3xf32, #ingot.sizes<[B, 2, S, 3]>>

// CHECK-LABEL: func.func @attention
func.func @attention(%q: !q, %k: !k, %v: !v) -> !y {
  // CHECK: ingot.attention %{{.*}}, %{{.*}}, %{{.*}} scale 5.000000e-01 : tensor<?x2x?x4xf32, #ingot.sizes<[B, 2, S, 4]>>
  %0 = ingot.attention %q, %k, %v scale 0.5 : !q, !k, !v
  // CHECK: return %{{.*}} : tensor<?x2x?x3xf32, #ingot.sizes<[B, 2, S, 3]>>
  return %0 : !y
}

// Masks of bool and of floating point, the same for all heads, or for all queries.
// CHECK-LABEL: func.func @masks
func.func @masks(%q: !q, %k: !k, %v: !v, %a: tensor<1x1x?x?xf32, #ingot.sizes<[1, 1, S, L]>>,
                 %p: tensor<?x1x1x?xi1, #ingot.sizes<[B, 1, 1, L]>>) {
  // CHECK: ingot.attention {{.*}} masks(%{{.*}}, %{{.*}} : tensor<1x1x?x?xf32, {{.*}}>, tensor<?x1x1x?xi1, {{.*}}>) scale {{.*}} causal
  %0 = ingot.attention %q, %k, %v masks(%a, %p : tensor<1x1x?x?xf32, #ingot.sizes<[1, 1, S, L]>>,
      tensor<?x1x1x?xi1, #ingot.sizes<[B, 1, 1, L]>>) scale 0.5 causal : !q, !k, !v
  return
}

// Without leading dimensions; no keys.
// CHECK-LABEL: func.func @matrices
func.func @matrices(%q: tensor<3x4xf64>, %k: tensor<0x4xf64>) -> tensor<3x4xf64> {
  // CHECK: ingot.attention
  %0 = ingot.attention %q, %k, %k scale 1.0 : tensor<3x4xf64>, tensor<0x4xf64>, tensor<0x4xf64>
  return %0 : tensor<3x4xf64>
}
