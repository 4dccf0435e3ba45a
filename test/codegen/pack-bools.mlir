// RUN: ingot-opt %s -ingot-pack-bools -split-input-file | FileCheck %s

#id = affine_map<(i, j) -> (i, j)>
#row = affine_map<(i, j) -> (j)>

// Walked as one by the kernel that writes: no gaps, whatever the size of a row. The kernel reads it without the way through
// a byte.
// CHECK-LABEL: func.func @flat
// CHECK: %[[M:.*]] = memref.alloc() : memref<64x100xi1>
// CHECK: linalg.generic {{.*}} outs(%[[M]] : memref<64x100xi1>)
// CHECK-NEXT: ^bb0(%{{.*}}: f32, %{{.*}}: i1):
// CHECK-NEXT: %[[C:.*]] = arith.cmpf
// CHECK-NEXT: linalg.yield %[[C]] : i1
// CHECK: linalg.generic {{.*}} ins(%{{.*}}, %[[M]] : memref<64x100xf32>, memref<64x100xi1>)
// CHECK-NEXT: ^bb0(%[[A:.*]]: f32, %[[B:.*]]: i1, %{{.*}}: f32):
// CHECK-NEXT: arith.select %[[B]], %[[A]],
func.func @flat(%x: memref<64x100xf32>, %y: memref<64x100xf32>) {
  %none = arith.constant 0 : i8
  %zero = arith.constant 0.0 : f32
  %m = memref.alloc() : memref<64x100xi8>
  linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%x : memref<64x100xf32>) outs(%m : memref<64x100xi8>) {
  ^bb0(%a: f32, %o: i8):
    %c = arith.cmpf ogt, %a, %zero : f32
    %e = arith.extui %c : i1 to i8
    linalg.yield %e : i8
  }
  linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%x, %m : memref<64x100xf32>, memref<64x100xi8>) outs(%y : memref<64x100xf32>) {
  ^bb0(%a: f32, %b: i8, %o: f32):
    %c = arith.cmpi ne, %b, %none : i8
    %r = arith.select %c, %a, %zero : f32
    linalg.yield %r : f32
  }
  return
}

// -----

#id = affine_map<(i, j) -> (i, j)>
#row = affine_map<(i, j) -> (j)>
#lhs = affine_map<(m, n, k) -> (m, k)>
#rhs = affine_map<(m, n, k) -> (k, n)>
#out = affine_map<(m, n, k) -> (m, n)>

// Written row by row: each begins at a byte. The epilogue of a contraction reads it under other sizes.
// CHECK-LABEL: func.func @rows
// CHECK-SAME: %[[N:[a-z0-9]*]]: index
// CHECK: %[[BITS:.*]] = memref.alloc(%{{.*}}) : memref<?xi1>
// CHECK: %[[M:.*]] = memref.reinterpret_cast %[[BITS]] to offset: [0], sizes: [%[[N]], 2, 100], strides: [208, 104, 1]
// CHECK: linalg.generic {{.*}} outs(%[[M]] : memref<?x2x100xi1, strided<[208, 104, 1]>>)
// CHECK: %[[FLAT:.*]] = memref.reinterpret_cast %[[BITS]] to offset: [0], sizes: [%{{.*}}, 100], strides: [104, 1]
// CHECK: kernel.contract ins(%{{.*}}, %{{.*}}, %[[FLAT]] : {{.*}}, memref<?x100xi1, strided<[104, 1]>>)
// CHECK-NEXT: ^bb0(%[[SUM:.*]]: f32, %[[B:.*]]: i1):
// CHECK-NEXT: arith.select %[[B]], %[[SUM]],
func.func @rows(%x: memref<?x2x100xf32> {ingot.sizes = #ingot.sizes<[N, 2, 100]>}, %b: memref<100xf32>, %N: index {ingot.dim = "N"},
                %l: memref<?x8xf32> {ingot.sizes = #ingot.sizes<[N*2, 8]>}, %w: memref<8x100xf32>,
                %y: memref<?x100xf32> {ingot.sizes = #ingot.sizes<[N*2, 100]>}) {
  %none = arith.constant 0 : i8
  %zero = arith.constant 0.0 : f32
  %m = memref.alloc(%N) : memref<?x2x100xi8>
  linalg.generic {indexing_maps = [affine_map<(i, j, k) -> (i, j, k)>, affine_map<(i, j, k) -> (k)>, affine_map<(i, j, k) -> (i, j, k)>],
      iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%x, %b : memref<?x2x100xf32>, memref<100xf32>) outs(%m : memref<?x2x100xi8>) {
  ^bb0(%a: f32, %c: f32, %o: i8):
    %d = arith.cmpf ogt, %a, %c : f32
    %e = arith.extui %d : i1 to i8
    linalg.yield %e : i8
  }
  %flat = memref.collapse_shape %m [[0, 1], [2]] : memref<?x2x100xi8> into memref<?x100xi8>
  kernel.contract ins(%l, %w, %flat : memref<?x8xf32>, memref<8x100xf32>, memref<?x100xi8>) outs(%y : memref<?x100xf32>)
      maps [#lhs, #rhs, #out, #out] {
  ^bb0(%acc: f32, %byte: i8):
    %c = arith.cmpi ne, %byte, %none : i8
    %r = arith.select %c, %acc, %zero : f32
    kernel.yield %r : f32
  }
  return
}

// -----

#id = affine_map<(i, j) -> (i, j)>
#turned = affine_map<(i, j) -> (j, i)>

// Bytes: what is read as a number, across its rows, at computed positions or by a copy, and what is small.
// CHECK-LABEL: func.func @bytes
// CHECK-NOT: xi1>
// CHECK: return
func.func @bytes(%x: memref<64x64xf32>, %y: memref<64x64xf32>, %z: memref<64x64xi8>, %at: memref<4x4xindex>, %small: memref<4x4xf32>) {
  %none = arith.constant 0 : i8
  %zero = arith.constant 0.0 : f32
  %number = memref.alloc() : memref<64x64xi8>
  %across = memref.alloc() : memref<64x64xi8>
  %computed = memref.alloc() : memref<64x64xi8>
  %copied = memref.alloc() : memref<64x64xi8>
  %few = memref.alloc() : memref<4x4xi8>
  linalg.generic {indexing_maps = [#id, #id, #id, #id, #id], iterator_types = ["parallel", "parallel"]} ins(%x : memref<64x64xf32>)
      outs(%number, %across, %computed, %copied : memref<64x64xi8>, memref<64x64xi8>, memref<64x64xi8>, memref<64x64xi8>) {
  ^bb0(%a: f32, %o: i8, %p: i8, %q: i8, %r: i8):
    %c = arith.cmpf ogt, %a, %zero : f32
    %e = arith.extui %c : i1 to i8
    linalg.yield %e, %e, %e, %e : i8, i8, i8, i8
  }
  linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]} ins(%number : memref<64x64xi8>) outs(%y : memref<64x64xf32>) {
  ^bb0(%b: i8, %o: f32):
    %r = arith.uitofp %b : i8 to f32
    linalg.yield %r : f32
  }
  linalg.generic {indexing_maps = [#turned, #id], iterator_types = ["parallel", "parallel"]} ins(%across : memref<64x64xi8>) outs(%y : memref<64x64xf32>) {
  ^bb0(%b: i8, %o: f32):
    %c = arith.cmpi ne, %b, %none : i8
    %r = arith.select %c, %o, %zero : f32
    linalg.yield %r : f32
  }
  linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]} ins(%small : memref<4x4xf32>) outs(%few : memref<4x4xi8>) {
  ^bb0(%a: f32, %o: i8):
    %c = arith.cmpf ogt, %a, %zero : f32
    %e = arith.extui %c : i1 to i8
    linalg.yield %e : i8
  }
  linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel"]} ins(%at, %few : memref<4x4xindex>, memref<4x4xi8>) outs(%small : memref<4x4xf32>) {
  ^bb0(%i: index, %f: i8, %o: f32):
    %b = memref.load %computed[%i, %i] : memref<64x64xi8>
    %c = arith.cmpi ne, %b, %none : i8
    %d = arith.cmpi ne, %f, %none : i8
    %e = arith.andi %c, %d : i1
    %r = arith.select %e, %o, %zero : f32
    linalg.yield %r : f32
  }
  memref.copy %copied, %z : memref<64x64xi8> to memref<64x64xi8>
  return
}
