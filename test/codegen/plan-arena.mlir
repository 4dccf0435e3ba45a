// RUN: ingot-opt %s -ingot-plan-arena -split-input-file -verify-diagnostics | FileCheck %s

// A chain: each buffer is live with the next one only. All offsets are constants.
// CHECK-LABEL: func.func @static
// CHECK-SAME: (%[[X:.*]]: memref<10xf32>, %[[ARENA:.*]]: memref<?xi8> {ingot.arena}) attributes {ingot.workspace = "128"}
// CHECK: %[[C0:.*]] = arith.constant 0
// CHECK: %[[A:.*]] = memref.view %[[ARENA]][%[[C0]]][] : memref<?xi8> to memref<10xf32>
// CHECK: linalg.exp ins(%[[X]] : {{.*}}) outs(%[[A]] :
// CHECK: %[[C64:.*]] = arith.constant 64
// CHECK: %[[B:.*]] = memref.view %[[ARENA]][%[[C64]]][]
// CHECK: linalg.exp ins(%[[A]] : {{.*}}) outs(%[[B]] :
// CHECK: %[[AGAIN:.*]] = arith.constant 0
// CHECK: %[[C:.*]] = memref.view %[[ARENA]][%[[AGAIN]]][]
// CHECK: linalg.exp ins(%[[B]] : {{.*}}) outs(%[[C]] :
// CHECK-NOT: memref.alloc
// CHECK-NOT: memref.dealloc
func.func @static(%x: memref<10xf32>) {
  %0 = memref.alloc() : memref<10xf32>
  linalg.exp ins(%x : memref<10xf32>) outs(%0 : memref<10xf32>)
  %1 = memref.alloc() : memref<10xf32>
  linalg.exp ins(%0 : memref<10xf32>) outs(%1 : memref<10xf32>)
  memref.dealloc %0 : memref<10xf32>
  %2 = memref.alloc() : memref<10xf32>
  linalg.exp ins(%1 : memref<10xf32>) outs(%2 : memref<10xf32>)
  return
}

// -----

// Run-time sizes: static buffers lie at the bottom, and what lies upon a run-time size is computed at entry.
// CHECK-LABEL: func.func @dynamic
// CHECK-SAME: ingot.workspace = "N*2560 + 64"
// CHECK: %[[SIZE:.*]] = arith.muli %{{.*}}, %c1280
// CHECK: %[[ABOVE:.*]] = arith.addi %[[SIZE]], %c64
// CHECK-DAG: memref.view %{{.*}}[%c0{{.*}}][] : memref<?xi8> to memref<f32>
// CHECK-DAG: memref.view %{{.*}}[%c64{{.*}}][%{{.*}}] : memref<?xi8> to memref<?x320xf32>
// CHECK-DAG: memref.view %{{.*}}[%[[ABOVE]]][%{{.*}}] : memref<?xi8> to memref<?x320xf32>
func.func @dynamic(%x: memref<?x320xf32> {ingot.input = "x", ingot.sizes = #ingot.sizes<[N, 320]>}, %n: index {ingot.dim = "N"})
    attributes {ingot.dims = [#ingot.dim<"N", 0, -1>]} {
  %one = arith.constant 1.0 : f32
  %0 = memref.alloc() : memref<f32>
  linalg.fill ins(%one : f32) outs(%0 : memref<f32>)
  %1 = memref.alloc(%n) : memref<?x320xf32>
  linalg.exp ins(%x : memref<?x320xf32>) outs(%1 : memref<?x320xf32>)
  %2 = memref.alloc(%n) : memref<?x320xf32>
  linalg.exp ins(%1 : memref<?x320xf32>) outs(%2 : memref<?x320xf32>)
  linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> ()>], iterator_types = ["reduction", "reduction"]}
      ins(%2 : memref<?x320xf32>) outs(%0 : memref<f32>) {
  ^bb0(%a: f32, %s: f32):
    %3 = arith.addf %a, %s : f32
    linalg.yield %3 : f32
  }
  return
}

// -----

// Which of two buffers is larger depends on the dimensions: the third lies behind both.
// CHECK-LABEL: func.func @maximum
// CHECK-SAME: ingot.workspace = "N*64 + max(N, T)*64"
// CHECK: arith.maxsi
func.func @maximum(%n: index {ingot.dim = "N"}, %t: index {ingot.dim = "T"})
    attributes {ingot.dims = [#ingot.dim<"N", 0, -1>, #ingot.dim<"T", 0, -1>]} {
  %one = arith.constant 1.0 : f32
  %0 = memref.alloc(%n) : memref<?x16xf32>
  %1 = memref.alloc(%t) : memref<?x16xf32>
  %2 = memref.alloc(%n) : memref<?x16xf32>
  linalg.fill ins(%one : f32) outs(%2 : memref<?x16xf32>)
  linalg.exp ins(%2 : memref<?x16xf32>) outs(%0 : memref<?x16xf32>)
  linalg.add ins(%2, %0 : memref<?x16xf32>, memref<?x16xf32>) outs(%2 : memref<?x16xf32>)
  linalg.fill ins(%one : f32) outs(%1 : memref<?x16xf32>)
  linalg.exp ins(%1 : memref<?x16xf32>) outs(%1 : memref<?x16xf32>)
  linalg.exp ins(%2 : memref<?x16xf32>) outs(%2 : memref<?x16xf32>)
  linalg.exp ins(%1 : memref<?x16xf32>) outs(%1 : memref<?x16xf32>)
  return
}

// -----

// A view keeps its buffer alive. What is in no use, or of no size, does not matter.
// CHECK-LABEL: func.func @views
// CHECK-SAME: ingot.workspace = "128"
// CHECK-DAG: memref.view %{{.*}}[%c0{{.*}}][] : memref<?xi8> to memref<4x4xf32>
// CHECK-DAG: memref.view %{{.*}}[%c64{{.*}}][] : memref<?xi8> to memref<16xf32>
func.func @views(%y: memref<16xf32>) {
  %one = arith.constant 1.0 : f32
  %0 = memref.alloc() : memref<4x4xf32>
  %1 = memref.collapse_shape %0 [[0, 1]] : memref<4x4xf32> into memref<16xf32>
  linalg.fill ins(%one : f32) outs(%0 : memref<4x4xf32>)
  %2 = memref.alloc() : memref<16xf32>
  linalg.fill ins(%one : f32) outs(%2 : memref<16xf32>)
  linalg.add ins(%1, %2 : memref<16xf32>, memref<16xf32>) outs(%y : memref<16xf32>)
  %3 = memref.alloc() : memref<0x5xf32>
  linalg.fill ins(%one : f32) outs(%3 : memref<0x5xf32>)
  %4 = memref.alloc() : memref<16xf32>
  return
}

// -----

// CHECK-LABEL: func.func @nothing(
// CHECK-SAME: %{{.*}}: memref<?xi8> {ingot.arena}) attributes {ingot.workspace = "0"}
func.func @nothing() {
  return
}

// -----

func.func @unknown_size(%x: memref<1xindex>) {
  %c0 = arith.constant 0 : index
  %n = memref.load %x[%c0] : memref<1xindex>
  // expected-error @below {{needs sizes that are arithmetic on the function's dimensions}}
  %0 = memref.alloc(%n) : memref<?xf32>
  return
}

// -----

func.func @nested(%n: index {ingot.dim = "N"}) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  scf.for %i = %c0 to %n step %c1 {
    // expected-error @below {{must be at the top of its function to be placed in the arena}}
    %0 = memref.alloc() : memref<4xf32>
  }
  return
}

// -----

// expected-error @below {{function 'large' must need fewer than 2^63 bytes of memory}}
func.func @large() {
  %0 = memref.alloc() : memref<1152921504606846976xf64>
  return
}
