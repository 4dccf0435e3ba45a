// RUN: ingot-opt %s -split-input-file -ingot-emit-kernels -canonicalize -cse | FileCheck %s

module attributes {ingot.cpu = "x86-64-v4"} {

// Memrefs become pointers and keep their attributes. Rows join, the bias does not: one loop over N, channels and 64 columns
// are straight-line code.
// CHECK-LABEL: func.func @bias
// CHECK-SAME: (%[[X:.*]]: !llvm.ptr {ingot.input = "x", ingot.sizes = #ingot.sizes<[N, 3, 64]>}, %[[B:.*]]: !llvm.ptr,
// CHECK-SAME:  %[[N:.*]]: index {ingot.dim = "N"}, %[[Y:.*]]: !llvm.ptr
// CHECK: scf.for
// CHECK: scf.for
// CHECK: %[[BIAS:.*]] = llvm.load {{.*}} -> f32
// CHECK-NOT: scf.for
// CHECK-COUNT-4: llvm.store {{.*}} : vector<16xf32>, !llvm.ptr
// CHECK-NOT: llvm.store
// CHECK: return
func.func @bias(%x: memref<?x3x64xf32> {ingot.input = "x", ingot.sizes = #ingot.sizes<[N, 3, 64]>}, %b: memref<3xf32>,
                %N: index {ingot.dim = "N"}, %y: memref<?x3x64xf32> {ingot.sizes = #ingot.sizes<[N, 3, 64]>}) {
  linalg.generic {indexing_maps = [affine_map<(i, c, j) -> (i, c, j)>, affine_map<(i, c, j) -> (c)>,
      affine_map<(i, c, j) -> (i, c, j)>], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%x, %b : memref<?x3x64xf32>, memref<3xf32>) outs(%y : memref<?x3x64xf32>) {
  ^bb0(%a: f32, %c: f32, %o: f32):
    %s = arith.addf %a, %c : f32
    linalg.yield %s : f32
  }
  return
}

// Without the bias all dimensions are one loop; what is left of its last turn is masked.
// CHECK-LABEL: func.func @joined
// CHECK: scf.for
// CHECK-COUNT-4: arith.negf {{.*}} : vector<16xf32>
// CHECK: scf.for
// CHECK: arith.negf {{.*}} : vector<16xf32>
// CHECK: scf.for
// CHECK: %[[MASK:.*]] = arith.cmpi {{.*}} : vector<16xi32>
// CHECK: %[[LOADED:.*]] = llvm.intr.masked.load %{{.*}}, %[[MASK]], %{{.*}} : (!llvm.ptr, vector<16xi1>, vector<16xf32>)
// CHECK: %[[R:.*]] = arith.negf %[[LOADED]] : vector<16xf32>
// CHECK: llvm.intr.masked.store %[[R]], %{{.*}}, %[[MASK]]
// CHECK-NOT: scf.for
// CHECK: return
func.func @joined(%x: memref<?x3x10xf32> {ingot.sizes = #ingot.sizes<[N, 3, 10]>}, %N: index {ingot.dim = "N"},
                  %y: memref<?x3x10xf32> {ingot.sizes = #ingot.sizes<[N, 3, 10]>}) {
  linalg.generic {indexing_maps = [affine_map<(i, c, j) -> (i, c, j)>, affine_map<(i, c, j) -> (i, c, j)>],
      iterator_types = ["parallel", "parallel", "parallel"]} ins(%x : memref<?x3x10xf32>) outs(%y : memref<?x3x10xf32>) {
  ^bb0(%a: f32, %o: f32):
    %s = arith.negf %a : f32
    linalg.yield %s : f32
  }
  return
}

// A sum along rows: four accumulators in registers, one store a row. The fill is folded into the start.
// CHECK-LABEL: func.func @row_sum
// CHECK-NOT: llvm.store
// CHECK: scf.for
// CHECK: %[[LANES:.*]]:4 = scf.for {{.*}} iter_args({{.*}}) -> (vector<16xf32>, vector<16xf32>, vector<16xf32>, vector<16xf32>)
// CHECK-NOT: llvm.store
// CHECK: vector.extract
// CHECK: arith.addf
// CHECK: llvm.store {{.*}} : f32, !llvm.ptr
// CHECK-NOT: llvm.store
// CHECK: return
func.func @row_sum(%x: memref<?x256xf32> {ingot.sizes = #ingot.sizes<[N, 256]>}, %N: index {ingot.dim = "N"},
                   %y: memref<?xf32> {ingot.sizes = #ingot.sizes<[N]>}) {
  %zero = arith.constant 0.0 : f32
  linalg.fill ins(%zero : f32) outs(%y : memref<?xf32>)
  linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i)>],
      iterator_types = ["parallel", "reduction"]} ins(%x : memref<?x256xf32>) outs(%y : memref<?xf32>) {
  ^bb0(%a: f32, %acc: f32):
    %s = arith.addf %acc, %a : f32
    linalg.yield %s : f32
  }
  return
}

// A sum along columns: the columns side by side, the rows one after the other.
// CHECK-LABEL: func.func @column_sum
// CHECK: %[[SUMS:.*]]:2 = scf.for {{.*}} -> (vector<16xf32>, vector<16xf32>)
// CHECK-NOT: llvm.store
// CHECK: scf.yield
// CHECK: llvm.store %[[SUMS]]#0
// CHECK: llvm.store %[[SUMS]]#1
// CHECK: return
func.func @column_sum(%x: memref<?x32xf32> {ingot.sizes = #ingot.sizes<[N, 32]>}, %N: index {ingot.dim = "N"},
                      %y: memref<32xf32>) {
  %zero = arith.constant 0.0 : f32
  linalg.fill ins(%zero : f32) outs(%y : memref<32xf32>)
  linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (j)>],
      iterator_types = ["reduction", "parallel"]} ins(%x : memref<?x32xf32>) outs(%y : memref<32xf32>) {
  ^bb0(%a: f32, %acc: f32):
    %s = arith.addf %acc, %a : f32
    linalg.yield %s : f32
  }
  return
}

// A window that moves by two: every other element comes from two loads and a shuffle, and there is no loop over the window.
// CHECK-LABEL: func.func @max_pool
// CHECK: scf.for
// CHECK-COUNT-8: llvm.intr.masked.load
// CHECK: llvm.intr.masked.store
// CHECK-NOT: scf.for
// CHECK: return
func.func @max_pool(%x: memref<?x28x28xf32> {ingot.sizes = #ingot.sizes<[N, 28, 28]>}, %w: memref<2x2xf32>,
                    %N: index {ingot.dim = "N"}, %y: memref<?x14x14xf32> {ingot.sizes = #ingot.sizes<[N, 14, 14]>}) {
  %low = arith.constant 0xFF800000 : f32
  linalg.fill ins(%low : f32) outs(%y : memref<?x14x14xf32>)
  linalg.generic {indexing_maps = [affine_map<(n, h, w, i, j) -> (n, h * 2 + i, w * 2 + j)>,
      affine_map<(n, h, w, i, j) -> (i, j)>, affine_map<(n, h, w, i, j) -> (n, h, w)>],
      iterator_types = ["parallel", "parallel", "parallel", "reduction", "reduction"]}
      ins(%x, %w : memref<?x28x28xf32>, memref<2x2xf32>) outs(%y : memref<?x14x14xf32>) {
  ^bb0(%a: f32, %unused: f32, %acc: f32):
    %m = arith.maximumf %acc, %a : f32
    linalg.yield %m : f32
  }
  return
}

// Two views of an arena that do not overlap are told apart; the fill of memory that is read in between comes first.
// CHECK-LABEL: func.func @arena
// CHECK: %[[SECOND:.*]] = llvm.getelementptr %arg1[64] : (!llvm.ptr) -> !llvm.ptr, i8
// CHECK: llvm.store %{{.*}}, %[[SECOND]]
// CHECK: llvm.load %arg1 {alias_scopes = [#[[A:.*]]], alignment = 4 : i64, noalias_scopes = [#[[B:.*]]]}
// CHECK: llvm.load %[[SECOND]] {alias_scopes = [#[[B]]], alignment = 4 : i64, noalias_scopes = [#[[A]]]}
// CHECK: return
func.func @arena(%n: memref<16xf32>, %arena: memref<?xi8> {ingot.arena}) {
  %zero = arith.constant 0 : index
  %next = arith.constant 64 : index
  %one = arith.constant 1.0 : f32
  %a = memref.view %arena[%zero][] : memref<?xi8> to memref<16xf32>
  %b = memref.view %arena[%next][] : memref<?xi8> to memref<16xf32>
  linalg.fill ins(%one : f32) outs(%b : memref<16xf32>)
  linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]}
      ins(%b : memref<16xf32>) outs(%a : memref<16xf32>) {
  ^bb0(%x: f32, %o: f32):
    %s = arith.addf %o, %x : f32
    linalg.yield %s : f32
  }
  return
}

// CHECK: llvm.mlir.global private constant @table(dense<[1.000000e+00, 2.000000e+00]> : tensor<2xf32>) {{.*}}alignment = 64 : i64{{.*}} : !llvm.array<2 x f32>
memref.global "private" constant @table : memref<2xf32> = dense<[1.0, 2.0]>
// CHECK-LABEL: func.func @constant
// CHECK: llvm.mlir.addressof @table : !llvm.ptr
func.func @constant(%y: memref<2xf32>) {
  %t = memref.get_global @table : memref<2xf32>
  memref.copy %t, %y : memref<2xf32> to memref<2xf32>
  return
}

// Panels of 16 columns: whole vectors, but for the guard of the last panel.
// CHECK-LABEL: func.func @pack
// CHECK: scf.for
// CHECK: scf.for
// CHECK: llvm.intr.masked.load
// CHECK: llvm.store {{.*}} : vector<16xf32>, !llvm.ptr
// CHECK: return
func.func @pack(%x: memref<400x120xf32>, %y: memref<8x400x16xf32>) {
  kernel.relayout ins(%x : memref<400x120xf32>) outs(%y : memref<8x400x16xf32>) map affine_map<(p, k, r) -> (k, p * 16 + r)>
  return
}

// Contiguous along another loop than the output: blocks of 16 rows by 16 columns, turned by 4 rounds of 16 shuffles.
// CHECK-LABEL: func.func @transpose
// CHECK: scf.for
// CHECK: scf.for
// CHECK-COUNT-16: llvm.load {{.*}} -> vector<16xf32>
// CHECK-COUNT-64: vector.shuffle
// CHECK-COUNT-16: llvm.store {{.*}} : vector<16xf32>, !llvm.ptr
// CHECK-NOT: vector.from_elements
// CHECK: return
func.func @transpose(%x: memref<64x32xf32>, %y: memref<32x64xf32>) {
  linalg.generic {indexing_maps = [affine_map<(i, j) -> (j, i)>, affine_map<(i, j) -> (i, j)>],
      iterator_types = ["parallel", "parallel"]} ins(%x : memref<64x32xf32>) outs(%y : memref<32x64xf32>) {
  ^bb0(%a: f32, %o: f32):
    linalg.yield %a : f32
  }
  return
}

// Each element twice: half a vector is loaded.
// CHECK-LABEL: func.func @repeat
// CHECK: %[[HALF:.*]] = llvm.load {{.*}} -> vector<8xf32>
// CHECK: vector.shuffle %[[HALF]], %[[HALF]] [0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7]
// CHECK: return
func.func @repeat(%x: memref<8xf32>, %y: memref<16xf32>) {
  linalg.generic {indexing_maps = [affine_map<(i) -> (i floordiv 2)>, affine_map<(i) -> (i)>],
      iterator_types = ["parallel"]} ins(%x : memref<8xf32>) outs(%y : memref<16xf32>) {
  ^bb0(%a: f32, %o: f32):
    linalg.yield %a : f32
  }
  return
}

// A row of the table that an index names: its elements are consecutive.
// CHECK-LABEL: func.func @embedding
// CHECK: scf.for
// CHECK: llvm.load {{.*}} -> i64
// CHECK-COUNT-2: llvm.load {{.*}} -> vector<16xf32>
// CHECK-NOT: gather
// CHECK: return
func.func @embedding(%t: memref<100x32xf32>, %k: memref<?xi64> {ingot.sizes = #ingot.sizes<[N]>},
                     %N: index {ingot.dim = "N"}, %y: memref<?x32xf32> {ingot.sizes = #ingot.sizes<[N, 32]>}) {
  linalg.generic {indexing_maps = [affine_map<(i, j) -> (i)>, affine_map<(i, j) -> (i, j)>],
      iterator_types = ["parallel", "parallel"]} ins(%k : memref<?xi64>) outs(%y : memref<?x32xf32>) {
  ^bb0(%row: i64, %o: f32):
    %r = arith.index_cast %row : i64 to index
    %j = linalg.index 1 : index
    %v = memref.load %t[%r, %j] : memref<100x32xf32>
    linalg.yield %v : f32
  }
  return
}

}

// -----

// Without masks the tail runs point by point, in the same kernel.
module attributes {ingot.cpu = "x86-64"} {
// CHECK-LABEL: func.func @no_masks
// CHECK: scf.for
// CHECK: arith.negf {{.*}} : vector<4xf32>
// CHECK: scf.for
// CHECK: arith.negf {{.*}} : f32
// CHECK-NOT: masked
// CHECK: return
func.func @no_masks(%x: memref<?xf32> {ingot.sizes = #ingot.sizes<[N]>}, %N: index {ingot.dim = "N"},
                    %y: memref<?xf32> {ingot.sizes = #ingot.sizes<[N]>}) {
  linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]}
      ins(%x : memref<?xf32>) outs(%y : memref<?xf32>) {
  ^bb0(%a: f32, %o: f32):
    %s = arith.negf %a : f32
    linalg.yield %s : f32
  }
  return
}
}

// -----

#row = affine_map<(i, j) -> (i, j)>
#one = affine_map<(i, j) -> (i)>

module attributes {ingot.cpu = "x86-64-v4"} {

// What goes through the same rows of a large tensor goes through them together, while each is in cache.
// CHECK-LABEL: func.func @rows
// CHECK: scf.for %{{.*}} = %c0 to %c4096 step %c1 {
// CHECK: scf.for
// CHECK: }
// CHECK: scf.for
// CHECK: }
// CHECK: }
// CHECK-NOT: scf.for
// CHECK: return
func.func @rows(%x: memref<4096x1024xf32>, %m: memref<4096xf32>) {
  %zero = arith.constant 0.0 : f32
  linalg.fill ins(%zero : f32) outs(%m : memref<4096xf32>)
  linalg.generic {indexing_maps = [#row, #one], iterator_types = ["parallel", "reduction"]}
      ins(%x : memref<4096x1024xf32>) outs(%m : memref<4096xf32>) {
  ^bb0(%a: f32, %o: f32):
    %r = arith.addf %o, %a : f32
    linalg.yield %r : f32
  }
  linalg.generic {indexing_maps = [#one, #row], iterator_types = ["parallel", "parallel"]}
      ins(%m : memref<4096xf32>) outs(%x : memref<4096x1024xf32>) {
  ^bb0(%c: f32, %o: f32):
    %r = arith.mulf %o, %c : f32
    linalg.yield %r : f32
  }
  return
}

// A tensor that stays in cache as a whole: loop after loop.
// CHECK-LABEL: func.func @small
// CHECK: scf.for %{{.*}} = %c0 to %c64 step %c1 {
// CHECK: scf.for %{{.*}} = %c0 to %c64 step %c1 {
// CHECK: return
func.func @small(%x: memref<64x256xf32>, %m: memref<64xf32>) {
  %zero = arith.constant 0.0 : f32
  linalg.fill ins(%zero : f32) outs(%m : memref<64xf32>)
  linalg.generic {indexing_maps = [#row, #one], iterator_types = ["parallel", "reduction"]}
      ins(%x : memref<64x256xf32>) outs(%m : memref<64xf32>) {
  ^bb0(%a: f32, %o: f32):
    %r = arith.addf %o, %a : f32
    linalg.yield %r : f32
  }
  linalg.generic {indexing_maps = [#one, #row], iterator_types = ["parallel", "parallel"]}
      ins(%m : memref<64xf32>) outs(%x : memref<64x256xf32>) {
  ^bb0(%c: f32, %o: f32):
    %r = arith.mulf %o, %c : f32
    linalg.yield %r : f32
  }
  return
}

}
