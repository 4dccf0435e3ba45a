// RUN: ingot-opt %s | ingot-opt | FileCheck %s
// RUN: ingot-opt %s --mlir-print-op-generic | ingot-opt | FileCheck %s

!x = tensor<?x8xf32, #ingot.sizes<[N, 8]>>
!rows = tensor<?xi64, #ingot.sizes<[M]>>
!taken = tensor<?x8xf32, #ingot.sizes<[M, 8]>>
!each = tensor<?x3xi64, #ingot.sizes<[N, 3]>>
!positions = tensor<?x8xi64, #ingot.sizes<[N, 8]>>

// CHECK-LABEL: func.func @by_index
func.func @by_index(%x: !x, %rows: !rows, %each: !each) -> (!taken, !x, !positions) {
  // CHECK: ingot.gather %{{.*}} at %{{.*}} along 0 dims [0] : tensor<?x8xf32, #ingot.sizes<[N, 8]>>, tensor<?xi64, #ingot.sizes<[M]>>
  %0 = ingot.gather %x at %rows along 0 dims [0] : !x, !rows
  // CHECK: %[[EACH:.*]] = ingot.gather %{{.*}} at %{{.*}} along 1 dims [0, 1] inbounds
  %1 = ingot.gather %x at %each along 1 dims [0, 1] inbounds : !x, !each
  // CHECK: ingot.scatter "add" %[[EACH]] into %{{.*}} at %{{.*}} along 1 dims [0, 1]
  %2 = ingot.scatter "add" %1 into %x at %each along 1 dims [0, 1] : tensor<?x3xf32, #ingot.sizes<[N, 3]>>, !x, !each
  // CHECK: ingot.argsort %{{.*}} along 1 descending : tensor<?x8xf32, #ingot.sizes<[N, 8]>>
  %3 = ingot.argsort %2 along 1 descending : !x
  return %0, %2, %3 : !taken, !x, !positions
}

// CHECK-LABEL: func.func @along
func.func @along(%x: !x, %i: !positions) -> (!x, !positions) {
  // CHECK: ingot.cumsum %{{.*}} along 1 : tensor<?x8xf32, #ingot.sizes<[N, 8]>>
  %0 = ingot.cumsum %x along 1 : !x
  // CHECK: ingot.cumprod %{{.*}} along 0 reverse
  %1 = ingot.cumprod %0 along 0 reverse : !x
  // CHECK: ingot.logcumsumexp %{{.*}} along 1
  %2 = ingot.logcumsumexp %1 along 1 : !x
  // CHECK: ingot.linear_recurrence %{{.*}}, %{{.*}} along 1
  %3 = ingot.linear_recurrence %1, %2 along 1 : !x, !x
  // CHECK: ingot.cummax_index %{{.*}} along 1
  %4 = ingot.cummax_index %3 along 1 : !x
  // CHECK: ingot.cummin_index %{{.*}} along 0 : tensor<?x8xi64, #ingot.sizes<[N, 8]>>
  %5 = ingot.cummin_index %i along 0 : !positions
  return %3, %5 : !x, !positions
}
