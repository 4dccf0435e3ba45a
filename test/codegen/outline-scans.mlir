// RUN: ingot-opt %s -ingot-outline-scans -split-input-file -verify-diagnostics | FileCheck %s

// The inner scan is outlined first: its function is called by that of the outer one.
// CHECK-LABEL: func.func @f
// CHECK: %[[R:.*]]:2 = ingot.loop @f.scan_0 carry(%{{.*}} : tensor<4xf32>) over(%{{.*}} : tensor<?x9x4xf32, #ingot.sizes<[T, 9, 4]>>)
// CHECK-SAME: with(%{{.*}} : tensor<4xf32>) steps [T] reverse -> tensor<4xf32>, tensor<?x4xf32, #ingot.sizes<[T, 4]>>
// CHECK: return %[[R]]#1
// CHECK: func.func private @f.scan_0(%[[C:.*]]: tensor<4xf32>, %[[X:.*]]: tensor<9x4xf32>, %[[V:.*]]: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>)
// CHECK-SAME: attributes {ingot.body, ingot.dims = [#ingot.dim<"T", 0, -1>]}
// CHECK: %[[S:.*]] = ingot.loop @f.scan carry(%[[C]] : tensor<4xf32>) over(%[[X]] : tensor<9x4xf32>) with(%[[V]] : tensor<4xf32>) steps [9] -> tensor<4xf32>
// CHECK: return %[[S]], %[[C]] : tensor<4xf32>, tensor<4xf32>
// CHECK: func.func private @f.scan(%{{.*}}: tensor<4xf32>, %{{.*}}: tensor<4xf32>, %{{.*}}: tensor<4xf32>) -> tensor<4xf32>
// CHECK-SAME: attributes {ingot.body, ingot.dims = [#ingot.dim<"T", 0, -1>]}
// CHECK-NOT: ingot.scan
func.func @f(%h: tensor<4xf32>, %xs: tensor<?x9x4xf32, #ingot.sizes<[T, 9, 4]>>, %w: tensor<4xf32>)
    -> tensor<?x4xf32, #ingot.sizes<[T, 4]>> attributes {ingot.dims = [#ingot.dim<"T", 0, -1>]} {
  %0:2 = ingot.scan carry(%c = %h : tensor<4xf32>) over(%x = %xs : tensor<?x9x4xf32, #ingot.sizes<[T, 9, 4]>>)
      with(%v = %w : tensor<4xf32>) steps [T] reverse -> (tensor<4xf32>, tensor<?x4xf32, #ingot.sizes<[T, 4]>>) {
    %1 = ingot.scan carry(%d = %c : tensor<4xf32>) over(%y = %x : tensor<9x4xf32>) with(%u = %v : tensor<4xf32>)
        steps [9] -> (tensor<4xf32>) {
      %2 = ingot.mul %y, %u : tensor<4xf32>
      %3 = ingot.add %d, %2 : tensor<4xf32>
      ingot.yield %3 : tensor<4xf32>
    }
    ingot.yield %1, %c : tensor<4xf32>, tensor<4xf32>
  }
  return %0#1 : tensor<?x4xf32, #ingot.sizes<[T, 4]>>
}

// -----

func.func private @f(%h: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error @below {{'ingot.loop' op is what ingot-outline-scans makes of an ingot.scan; programs must have the latter}}
  %0 = ingot.loop @f carry(%h : tensor<4xf32>) steps [3] -> tensor<4xf32>
  return %0 : tensor<4xf32>
}
