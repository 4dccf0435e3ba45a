// RUN: ingot-opt %s -split-input-file -ingot-emit-kernels -canonicalize -cse | FileCheck %s

module attributes {ingot.cpu = "x86-64-v4"} {

// Along a dimension that is not the last one, lines run side by side in the lanes of a vector, and one by one at the end.
// CHECK-LABEL: func.func @columns
// CHECK: scf.for %{{.*}} = %c0 to %c32 step %c16
// CHECK: scf.for {{.*}} iter_args(%{{.*}} = %{{.*}}) -> (vector<16xf32>)
// CHECK: arith.addf {{.*}} : vector<16xf32>
// CHECK: llvm.store {{.*}} : vector<16xf32>, !llvm.ptr
// CHECK: scf.for {{.*}} iter_args(%{{.*}} = %{{.*}}) -> (f32)
func.func @columns(%x: memref<8x35xf32>, %y: memref<8x35xf32>) {
  kernel.scan ins(%x : memref<8x35xf32>) outs(%y : memref<8x35xf32>) along 0 from [0.0 : f32] {
  ^bb0(%a: f32, %i: i64, %acc: f32):
    %s = arith.addf %acc, %a : f32
    kernel.yield %s, %s : f32, f32
  }
  return
}

// Whole rows are added as vectors: the position is read once a row.
// CHECK-LABEL: func.func @rows
// CHECK: scf.for
// CHECK: llvm.load {{.*}} -> i64
// CHECK-NOT: -> i64
// CHECK: llvm.load {{.*}} -> vector<16xf32>
// CHECK: llvm.load {{.*}} -> vector<16xf32>
// CHECK: arith.addf {{.*}} : vector<16xf32>
// CHECK: llvm.store {{.*}} : vector<16xf32>, !llvm.ptr
func.func @rows(%i: memref<8xi64>, %x: memref<8x64xf32>, %t: memref<100x64xf32>) {
  kernel.scatter ins(%i, %x : memref<8xi64>, memref<8x64xf32>) outs(%t : memref<100x64xf32>) along 0 dims [0] {
  ^bb0(%old: f32, %new: f32):
    %s = arith.addf %old, %new : f32
    kernel.yield %s : f32
  }
  return
}
}

// -----

module attributes {ingot.cpu = "x86-64-v4"} {

// A check ends the function: it returns its number, a position that is out of range, and the size.
// CHECK: ingot.sites = [{loc = #{{.*}}, op = "gather", size = 100 : i64}, {loc = #{{.*}}, op = "scatter", size = 9223372036854775807 : i64}, {{.*}}]
// CHECK-LABEL: func.func @checked
// CHECK-SAME: -> (i32, i64, i64)
// CHECK: %[[GREATEST:.*]] = scf.for
// CHECK: arith.maxui
// CHECK: %[[INSIDE:.*]] = arith.cmpi ult, %[[GREATEST]], %c100_i64
// CHECK: cf.cond_br %[[INSIDE]], ^bb1, ^[[LEAVE:bb[0-9]+]](%c0_i32, %[[GREATEST]], %c100_i64 : i32, i64, i64)
// CHECK: cf.cond_br %{{.*}}, ^bb2, ^[[LEAVE]](%c1_i32, %{{.*}}, %{{.*}} : i32, i64, i64)
// CHECK: return %c-1_i32, %c0_i64, %c0_i64 : i32, i64, i64
// CHECK: ^[[LEAVE]](%[[SITE:.*]]: i32, %[[VALUE:.*]]: i64, %[[SIZE:.*]]: i64):
// CHECK: return %[[SITE]], %[[VALUE]], %[[SIZE]] : i32, i64, i64
func.func @checked(%i: memref<8xi64>, %n: index {ingot.dim = "N"}, %y: memref<8xi64>) {
  %c100 = arith.constant 100 : index
  kernel.check_index "gather" %i below %c100 : memref<8xi64>
  kernel.check_index "scatter" %i below %n : memref<8xi64>
  memref.copy %i, %y : memref<8xi64> to memref<8xi64>
  return
}

// Nothing is checked in an empty list.
// CHECK-LABEL: func.func @empty
// CHECK-NOT: cf.cond_br
func.func @empty(%i: memref<0xi64>, %y: memref<8xi64>) {
  %c0 = arith.constant 0 : index
  kernel.check_index "gather" %i below %c0 : memref<0xi64>
  return
}
}
