// RUN: ingot-opt %s -ingot-schedule -allow-unregistered-dialect | FileCheck %s

#lhs = affine_map<(m, n, k) -> (k, m)>
#rhs = affine_map<(m, n, k) -> (k, n)>
#out = affine_map<(m, n, k) -> (m, n)>

// Each weight is updated when its gradient is known, and not before the last one that reads it.
// CHECK-LABEL: func.func @update
// CHECK-SAME: (%[[W1:.*]]: memref<8x8xf32>, %[[W2:.*]]: memref<8x8xf32>,
// CHECK: kernel.contract {{.*}} outs(%[[G2:.*]] : memref<8x8xf32>)
// CHECK: linalg.exp ins(%[[W2]] : memref<8x8xf32>)
// CHECK: linalg.sub ins(%[[W2]], %[[G2]] : {{.*}}) outs(%[[W2]] : memref<8x8xf32>)
// CHECK: kernel.contract {{.*}} outs(%[[G1:.*]] : memref<8x8xf32>)
// CHECK: linalg.sub ins(%[[W1]], %[[G1]] : {{.*}}) outs(%[[W1]] : memref<8x8xf32>)
// CHECK-NEXT: return
func.func @update(%w1: memref<8x8xf32>, %w2: memref<8x8xf32>, %x: memref<4x8xf32>, %y: memref<8x8xf32>) {
  %g2 = memref.alloc() : memref<8x8xf32>
  kernel.contract ins(%x, %x : memref<4x8xf32>, memref<4x8xf32>) outs(%g2 : memref<8x8xf32>) maps [#lhs, #rhs, #out] {
  ^bb0(%acc: f32):
    kernel.yield %acc : f32
  }
  linalg.exp ins(%w2 : memref<8x8xf32>) outs(%y : memref<8x8xf32>)
  %g1 = memref.alloc() : memref<8x8xf32>
  kernel.contract ins(%x, %x : memref<4x8xf32>, memref<4x8xf32>) outs(%g1 : memref<8x8xf32>) maps [#lhs, #rhs, #out] {
  ^bb0(%acc: f32):
    kernel.yield %acc : f32
  }
  linalg.sub ins(%w1, %g1 : memref<8x8xf32>, memref<8x8xf32>) outs(%w1 : memref<8x8xf32>)
  linalg.sub ins(%w2, %g2 : memref<8x8xf32>, memref<8x8xf32>) outs(%w2 : memref<8x8xf32>)
  return
}

// Not beyond another reader of what it is the last to read: there it would free nothing, and keep its result for longer.
// CHECK-LABEL: func.func @another_reader
// CHECK: linalg.exp
// CHECK: linalg.abs
func.func @another_reader(%x: memref<8x8xf32>, %y: memref<8x8xf32>, %z: memref<4xf32>) {
  %a = memref.alloc() : memref<8x8xf32>
  linalg.copy ins(%x : memref<8x8xf32>) outs(%a : memref<8x8xf32>)
  linalg.exp ins(%a : memref<8x8xf32>) outs(%y : memref<8x8xf32>)
  %part = memref.subview %a[0, 0] [1, 4] [1, 1] : memref<8x8xf32> to memref<4xf32, strided<[1]>>
  linalg.abs ins(%part : memref<4xf32, strided<[1]>>) outs(%z : memref<4xf32>)
  return
}

// Beyond numbers that others read from memory, not beyond one that it needs itself.
// CHECK-LABEL: func.func @numbers
// CHECK: linalg.copy
// CHECK: memref.load %[[MINE:.*]][]
// CHECK: linalg.generic
// CHECK: memref.load %[[OTHER:.*]][]
func.func @numbers(%x: memref<8xf32>, %y: memref<8xf32>, %z: memref<8xf32>, %mine: memref<f32>, %other: memref<f32>) {
  %a = memref.alloc() : memref<8xf32>
  linalg.copy ins(%x : memref<8xf32>) outs(%a : memref<8xf32>)
  %0 = memref.load %mine[] : memref<f32>
  %1 = memref.load %other[] : memref<f32>
  linalg.fill ins(%1 : f32) outs(%z : memref<8xf32>)
  linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]}
      ins(%a : memref<8xf32>) outs(%y : memref<8xf32>) {
  ^bb0(%in: f32, %out: f32):
    %2 = arith.addf %in, %0 : f32
    linalg.yield %2 : f32
  }
  return
}

// Not beyond what may fail, nor if it makes more than it frees.
// CHECK-LABEL: func.func @stays
// CHECK: "test.check"
// CHECK-NEXT: linalg.sub
// CHECK: linalg.fill
// CHECK: linalg.broadcast
func.func @stays(%w: memref<8xf32>, %x: memref<8xf32>, %y: memref<8x8xf32>) {
  %one = arith.constant 1.0 : f32
  %0 = memref.alloc() : memref<8xf32>
  linalg.exp ins(%x : memref<8xf32>) outs(%0 : memref<8xf32>)
  %1 = memref.alloc() : memref<8xf32>
  linalg.exp ins(%x : memref<8xf32>) outs(%1 : memref<8xf32>)
  "test.check"() : () -> ()
  linalg.sub ins(%w, %0 : memref<8xf32>, memref<8xf32>) outs(%w : memref<8xf32>)
  linalg.fill ins(%one : f32) outs(%y : memref<8x8xf32>)
  %2 = memref.alloc() : memref<8x8xf32>
  linalg.broadcast ins(%1 : memref<8xf32>) outs(%2 : memref<8x8xf32>) dimensions = [1]
  linalg.add ins(%2, %y : memref<8x8xf32>, memref<8x8xf32>) outs(%y : memref<8x8xf32>)
  return
}
