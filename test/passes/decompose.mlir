// RUN: ingot-opt %s -ingot-decompose -verify-each | FileCheck %s

// CHECK-LABEL: func.func @softmax
// CHECK-SAME: %[[X:.*]]: tensor<?x3xf32
// CHECK: %[[MAX:.*]] = ingot.amax %[[X]] [1]
// CHECK: %[[COLUMN:.*]] = ingot.reshape %[[MAX]] {{.*}} to tensor<?x1xf32, #ingot.sizes<[N, 1]>>
// CHECK: %[[SPREAD:.*]] = ingot.broadcast %[[COLUMN]]
// CHECK: %[[SHIFTED:.*]] = ingot.sub %[[X]], %[[SPREAD]]
// CHECK: %[[E:.*]] = ingot.exp %[[SHIFTED]]
// CHECK: %[[SUM:.*]] = ingot.sum %[[E]] [1]
// CHECK: ingot.div %[[E]], %{{.*}}
// CHECK-NOT: softmax
func.func @softmax(%x: tensor<?x3xf32, #ingot.sizes<[N, 3]>>) -> tensor<?x3xf32, #ingot.sizes<[N, 3]>> {
  %0 = ingot.softmax %x along 1 : tensor<?x3xf32, #ingot.sizes<[N, 3]>>
  return %0 : tensor<?x3xf32, #ingot.sizes<[N, 3]>>
}

// The whole op's users read what it is composed of.
// CHECK-LABEL: func.func @log_softmax
// CHECK: ingot.amax
// CHECK: ingot.exp
// CHECK: ingot.sum
// CHECK: ingot.log
// CHECK: %[[Y:.*]] = ingot.sub
// CHECK: ingot.neg %[[Y]]
func.func @log_softmax(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {
  %0 = ingot.log_softmax %x along 0 : tensor<2x3xf32>
  %1 = ingot.neg %0 : tensor<2x3xf32>
  return %1 : tensor<2x3xf32>
}
