// RUN: ingot-opt %s -ingot-elide-copies -verify-each -allow-unregistered-dialect | FileCheck %s

#id = affine_map<(d0, d1) -> (d0, d1)>
#turned = affine_map<(d0, d1) -> (d1, d0)>
#lhs = affine_map<(m, n, k) -> (m, k)>
#rhs = affine_map<(m, n, k) -> (k, n)>
#out = affine_map<(m, n, k) -> (m, n)>

// CHECK-LABEL: func.func @output
// CHECK-SAME: (%[[X:.*]]: memref<4x8xf32>, %[[Y:.*]]: memref<4x8xf32>)
// CHECK-NEXT: linalg.exp ins(%[[X]] : memref<4x8xf32>) outs(%[[Y]] : memref<4x8xf32>)
// CHECK-NEXT: return
func.func @output(%x: memref<4x8xf32>, %y: memref<4x8xf32>) {
  %0 = memref.alloc() : memref<4x8xf32>
  linalg.exp ins(%x : memref<4x8xf32>) outs(%0 : memref<4x8xf32>)
  memref.copy %0, %y : memref<4x8xf32> to memref<4x8xf32>
  return
}

// A reshape of the value is what is returned.
// CHECK-LABEL: func.func @reshaped
// CHECK-SAME: (%[[X:.*]]: memref<?x8xf32>, %[[N:.*]]: index, %[[Y:.*]]: memref<?xf32>)
// CHECK-NEXT: %[[ROWS:.*]] = memref.expand_shape %[[Y]] {{\[\[}}0, 1]] output_shape [%[[N]], 8]
// CHECK-NEXT: linalg.exp ins(%[[X]] : memref<?x8xf32>) outs(%[[ROWS]] : memref<?x8xf32>)
// CHECK-NEXT: return
func.func @reshaped(%x: memref<?x8xf32>, %n: index, %y: memref<?xf32>) {
  %0 = memref.alloc(%n) : memref<?x8xf32>
  linalg.exp ins(%x : memref<?x8xf32>) outs(%0 : memref<?x8xf32>)
  %1 = memref.collapse_shape %0 [[0, 1]] : memref<?x8xf32> into memref<?xf32>
  memref.copy %1, %y : memref<?xf32> to memref<?xf32>
  return
}

// The parts of a concatenation are computed in their places, and that in the output.
// CHECK-LABEL: func.func @concat
// CHECK-SAME: (%[[X:.*]]: memref<4x8xf32>, %[[Y:.*]]: memref<8x8xf32>)
// CHECK-NEXT: %[[FIRST:.*]] = memref.subview %[[Y]][0, 0] [4, 8] [1, 1]
// CHECK-NEXT: linalg.exp ins(%[[X]] : memref<4x8xf32>) outs(%[[FIRST]] : {{.*}})
// CHECK-NEXT: %[[SECOND:.*]] = memref.subview %[[Y]][4, 0] [4, 8] [1, 1]
// CHECK-NEXT: linalg.abs ins(%[[X]] : memref<4x8xf32>) outs(%[[SECOND]] : {{.*}})
// CHECK-NEXT: return
func.func @concat(%x: memref<4x8xf32>, %y: memref<8x8xf32>) {
  %0 = memref.alloc() : memref<4x8xf32>
  linalg.exp ins(%x : memref<4x8xf32>) outs(%0 : memref<4x8xf32>)
  %1 = memref.alloc() : memref<4x8xf32>
  linalg.abs ins(%x : memref<4x8xf32>) outs(%1 : memref<4x8xf32>)
  %2 = memref.alloc() : memref<8x8xf32>
  %3 = memref.subview %2[0, 0] [4, 8] [1, 1] : memref<8x8xf32> to memref<4x8xf32, strided<[8, 1]>>
  memref.copy %0, %3 : memref<4x8xf32> to memref<4x8xf32, strided<[8, 1]>>
  %4 = memref.subview %2[4, 0] [4, 8] [1, 1] : memref<8x8xf32> to memref<4x8xf32, strided<[8, 1], offset: 32>>
  memref.copy %1, %4 : memref<4x8xf32> to memref<4x8xf32, strided<[8, 1], offset: 32>>
  memref.copy %2, %y : memref<8x8xf32> to memref<8x8xf32>
  return
}

// The frame of zeros is made before the picture.
// CHECK-LABEL: func.func @pad
// CHECK-SAME: (%[[X:.*]]: memref<4x8xf32>, %[[Y:.*]]: memref<6x10xf32>)
// CHECK: linalg.fill ins(%{{.*}}) outs(%[[Y]] : memref<6x10xf32>)
// CHECK: linalg.exp ins(%[[X]] : memref<4x8xf32>) outs(%{{.*}} : memref<4x8xf32, strided<[10, 1], offset: 11>>)
// CHECK-NEXT: return
func.func @pad(%x: memref<4x8xf32>, %y: memref<6x10xf32>) {
  %zero = arith.constant 0.0 : f32
  %0 = memref.alloc() : memref<4x8xf32>
  linalg.exp ins(%x : memref<4x8xf32>) outs(%0 : memref<4x8xf32>)
  linalg.fill ins(%zero : f32) outs(%y : memref<6x10xf32>)
  %1 = memref.subview %y[1, 1] [4, 8] [1, 1] : memref<6x10xf32> to memref<4x8xf32, strided<[10, 1], offset: 11>>
  memref.copy %0, %1 : memref<4x8xf32> to memref<4x8xf32, strided<[10, 1], offset: 11>>
  return
}

// A step of an optimizer, where the weights lie.
// CHECK-LABEL: func.func @update
// CHECK-SAME: (%[[STATE:.*]]: memref<?xi8> {ingot.state_block}, %[[G:.*]]: memref<4x8xf32>)
// CHECK: %[[W:.*]] = memref.view %[[STATE]][%c0][]
// CHECK-NEXT: %[[M:.*]] = memref.view %[[STATE]][%c128][]
// CHECK-NEXT: linalg.generic {{.*}} ins(%[[W]], %[[M]], %[[G]] : {{.*}}) outs(%[[W]], %[[M]] :
// CHECK-NOT: memref.copy
func.func @update(%state: memref<?xi8> {ingot.state_block}, %g: memref<4x8xf32>) {
  %c0 = arith.constant 0 : index
  %c128 = arith.constant 128 : index
  %w = memref.view %state[%c0][] : memref<?xi8> to memref<4x8xf32>
  %m = memref.view %state[%c128][] : memref<?xi8> to memref<4x8xf32>
  %0 = memref.alloc() : memref<4x8xf32>
  %1 = memref.alloc() : memref<4x8xf32>
  linalg.generic {indexing_maps = [#id, #id, #id, #id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%w, %m, %g : memref<4x8xf32>, memref<4x8xf32>, memref<4x8xf32>) outs(%0, %1 : memref<4x8xf32>, memref<4x8xf32>) {
  ^bb0(%a: f32, %b: f32, %c: f32, %o: f32, %p: f32):
    %3 = arith.addf %b, %c : f32
    %4 = arith.subf %a, %3 : f32
    linalg.yield %4, %3 : f32, f32
  }
  memref.copy %0, %w : memref<4x8xf32> to memref<4x8xf32>
  memref.copy %1, %m : memref<4x8xf32> to memref<4x8xf32>
  return
}

// The gradient's contraction has the update as epilogue; weights that another op reads later keep their old value so long.
// CHECK-LABEL: func.func @epilogue
// CHECK-SAME: (%[[W:.*]]: memref<4x8xf32>, %[[V:.*]]: memref<4x8xf32>, %[[D:.*]]: memref<4x3xf32>, %[[X:.*]]: memref<3x8xf32>,
// CHECK: kernel.contract ins(%[[D]], %[[X]], %[[W]] : {{.*}}) outs(%[[W]] : memref<4x8xf32>)
// CHECK: kernel.contract ins(%[[D]], %[[X]], %[[V]] : {{.*}}) outs(%[[NEW:.*]] : memref<4x8xf32>)
// CHECK: linalg.exp ins(%[[V]]
// CHECK: memref.copy %[[NEW]], %[[V]]
func.func @epilogue(%w: memref<4x8xf32>, %v: memref<4x8xf32>, %d: memref<4x3xf32>, %x: memref<3x8xf32>, %y: memref<4x8xf32>) {
  %0 = memref.alloc() : memref<4x8xf32>
  kernel.contract ins(%d, %x, %w : memref<4x3xf32>, memref<3x8xf32>, memref<4x8xf32>) outs(%0 : memref<4x8xf32>)
      maps [#lhs, #rhs, #out, #out] {
  ^bb0(%acc: f32, %old: f32):
    %2 = arith.subf %old, %acc : f32
    kernel.yield %2 : f32
  }
  %1 = memref.alloc() : memref<4x8xf32>
  kernel.contract ins(%d, %x, %v : memref<4x3xf32>, memref<3x8xf32>, memref<4x8xf32>) outs(%1 : memref<4x8xf32>)
      maps [#lhs, #rhs, #out, #out] {
  ^bb0(%acc: f32, %old: f32):
    %2 = arith.subf %old, %acc : f32
    kernel.yield %2 : f32
  }
  linalg.exp ins(%v : memref<4x8xf32>) outs(%y : memref<4x8xf32>)
  memref.copy %0, %w : memref<4x8xf32> to memref<4x8xf32>
  memref.copy %1, %v : memref<4x8xf32> to memref<4x8xf32>
  return
}

// Reading at another element than the one that is written needs both.
// CHECK-LABEL: func.func @turned
// CHECK: %[[NEW:.*]] = memref.alloc
// CHECK: linalg.generic {{.*}} ins(%[[W:.*]] : memref<8x8xf32>) outs(%[[NEW]] : memref<8x8xf32>)
// CHECK: memref.copy %[[NEW]], %[[W]]
func.func @turned(%w: memref<8x8xf32>) {
  %0 = memref.alloc() : memref<8x8xf32>
  linalg.generic {indexing_maps = [#turned, #id], iterator_types = ["parallel", "parallel"]}
      ins(%w : memref<8x8xf32>) outs(%0 : memref<8x8xf32>) {
  ^bb0(%a: f32, %o: f32):
    linalg.yield %a : f32
  }
  memref.copy %0, %w : memref<8x8xf32> to memref<8x8xf32>
  return
}

// Two states exchange their values: one of them waits in a buffer.
// CHECK-LABEL: func.func @exchange
// CHECK-SAME: (%[[A:.*]]: memref<8xf32>, %[[B:.*]]: memref<8xf32>)
// CHECK: memref.copy %[[A]], %[[OLD:.*]] :
// CHECK-NEXT: memref.copy %[[B]], %[[A]]
// CHECK-NEXT: memref.copy %[[OLD]], %[[B]]
// CHECK-NEXT: return
func.func @exchange(%a: memref<8xf32>, %b: memref<8xf32>) {
  %0 = memref.alloc() : memref<8xf32>
  memref.copy %a, %0 : memref<8xf32> to memref<8xf32>
  %1 = memref.alloc() : memref<8xf32>
  memref.copy %b, %1 : memref<8xf32> to memref<8xf32>
  memref.copy %1, %a : memref<8xf32> to memref<8xf32>
  memref.copy %0, %b : memref<8xf32> to memref<8xf32>
  return
}

// Pointwise in place, as long as the operand has no later reader.
// CHECK-LABEL: func.func @in_place
// CHECK: %[[A:.*]] = memref.alloc() : memref<4x8xf32>
// CHECK-NEXT: linalg.exp ins(%{{.*}}) outs(%[[A]] :
// CHECK-NEXT: linalg.abs ins(%[[A]] : {{.*}}) outs(%[[A]] :
// CHECK-NEXT: %[[B:.*]] = memref.alloc() : memref<4x8xf32>
// CHECK-NEXT: linalg.sqrt ins(%[[A]] : {{.*}}) outs(%[[B]] :
// CHECK-NEXT: linalg.add ins(%[[A]], %[[B]] : {{.*}}) outs(%{{.*}} :
func.func @in_place(%x: memref<4x8xf32>, %y: memref<4x8xf32>) {
  %0 = memref.alloc() : memref<4x8xf32>
  linalg.exp ins(%x : memref<4x8xf32>) outs(%0 : memref<4x8xf32>)
  %1 = memref.alloc() : memref<4x8xf32>
  linalg.abs ins(%0 : memref<4x8xf32>) outs(%1 : memref<4x8xf32>)
  %2 = memref.alloc() : memref<4x8xf32>
  linalg.sqrt ins(%1 : memref<4x8xf32>) outs(%2 : memref<4x8xf32>)
  linalg.add ins(%1, %2 : memref<4x8xf32>, memref<4x8xf32>) outs(%y : memref<4x8xf32>)
  return
}

// A body that reads elsewhere in the operand is not pointwise.
// CHECK-LABEL: func.func @gather
// CHECK: linalg.generic {{.*}} ins(%[[I:.*]] : memref<4xi64>) outs(%[[NEW:.*]] : memref<4xi64>)
// CHECK: memref.copy %[[NEW]], %[[I]]
func.func @gather(%i: memref<4xi64>) {
  %0 = memref.alloc() : memref<4xi64>
  linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]}
      ins(%i : memref<4xi64>) outs(%0 : memref<4xi64>) {
  ^bb0(%a: i64, %o: i64):
    %at = arith.index_cast %a : i64 to index
    %b = memref.load %i[%at] : memref<4xi64>
    linalg.yield %b : i64
  }
  memref.copy %0, %i : memref<4xi64> to memref<4xi64>
  return
}

// States change after the last check only: what is not known may fail.
// CHECK-LABEL: func.func @check
// CHECK: linalg.exp ins(%{{.*}}) outs(%[[NEW:.*]] : memref<4xf32>)
// CHECK: "test.check"
// CHECK: memref.copy %[[NEW]], %{{.*}}
func.func @check(%x: memref<4xf32>, %w: memref<4xf32>) {
  %0 = memref.alloc() : memref<4xf32>
  linalg.exp ins(%x : memref<4xf32>) outs(%0 : memref<4xf32>)
  "test.check"() : () -> ()
  memref.copy %0, %w : memref<4xf32> to memref<4xf32>
  return
}

// Places with run-time sizes: the second part begins where the first one ends.
// CHECK-LABEL: func.func @concat_dynamic
// CHECK-SAME: (%[[X:.*]]: memref<?x8xf32>{{.*}}, %[[Y:.*]]: memref<?x8xf32>{{.*}}, %[[N:.*]]: index
// CHECK: linalg.exp ins(%[[X]] : memref<?x8xf32>) outs(%[[FIRST:.*]] : memref<?x8xf32, strided<[8, 1]>>)
// CHECK: linalg.abs ins(%[[X]] : memref<?x8xf32>) outs(%[[SECOND:.*]] : memref<?x8xf32, strided<[8, 1], offset: ?>>)
// CHECK-NEXT: return
func.func @concat_dynamic(%x: memref<?x8xf32> {ingot.sizes = #ingot.sizes<[N, 8]>}, %y: memref<?x8xf32> {ingot.sizes = #ingot.sizes<[N*2, 8]>},
                          %n: index {ingot.dim = "N"}) {
  %0 = memref.alloc(%n) : memref<?x8xf32>
  linalg.exp ins(%x : memref<?x8xf32>) outs(%0 : memref<?x8xf32>)
  %2 = memref.alloc(%n) : memref<?x8xf32>
  linalg.abs ins(%x : memref<?x8xf32>) outs(%2 : memref<?x8xf32>)
  %1 = memref.subview %y[0, 0] [%n, 8] [1, 1] : memref<?x8xf32> to memref<?x8xf32, strided<[8, 1]>>
  memref.copy %0, %1 : memref<?x8xf32> to memref<?x8xf32, strided<[8, 1]>>
  %3 = memref.subview %y[%n, 0] [%n, 8] [1, 1] : memref<?x8xf32> to memref<?x8xf32, strided<[8, 1], offset: ?>>
  memref.copy %2, %3 : memref<?x8xf32> to memref<?x8xf32, strided<[8, 1], offset: ?>>
  return
}

// A part of a state is replaced where the state lies: what was copied to be changed comes back to where it was.
// CHECK-LABEL: func.func @put
// CHECK-SAME: (%[[STATE:.*]]: memref<256x16xf32>, %[[ROW:.*]]: memref<1x16xf32>, %[[AT:.*]]: index, %[[SUM:.*]]: memref<256xf32>)
// CHECK-NEXT: %[[PLACE:.*]] = memref.subview %[[STATE]][%[[AT]], 0] [1, 16] [1, 1]
// CHECK-NEXT: memref.copy %[[ROW]], %[[PLACE]]
// CHECK-NEXT: linalg.reduce { arith.addf } ins(%[[STATE]] : memref<256x16xf32>) outs(%[[SUM]] : memref<256xf32>)
// CHECK-NEXT: return
func.func @put(%state: memref<256x16xf32>, %row: memref<1x16xf32>, %at: index, %sum: memref<256xf32>) {
  %0 = memref.alloc() : memref<256x16xf32>
  memref.copy %state, %0 : memref<256x16xf32> to memref<256x16xf32>
  %1 = memref.subview %0[%at, 0] [1, 16] [1, 1] : memref<256x16xf32> to memref<1x16xf32, strided<[16, 1], offset: ?>>
  memref.copy %row, %1 : memref<1x16xf32> to memref<1x16xf32, strided<[16, 1], offset: ?>>
  linalg.reduce { arith.addf } ins(%0 : memref<256x16xf32>) outs(%sum : memref<256xf32>) dimensions = [1]
  memref.copy %0, %state : memref<256x16xf32> to memref<256x16xf32>
  return
}

// Where the old value is read afterwards there must be a copy.
// CHECK-LABEL: func.func @old_value
// CHECK-SAME: (%[[STATE:.*]]: memref<256x16xf32>
// CHECK: %[[NEW:.*]] = memref.alloc
// CHECK: memref.copy %[[STATE]], %[[NEW]]
// CHECK: memref.copy %[[NEW]], %[[STATE]]
func.func @old_value(%state: memref<256x16xf32>, %row: memref<1x16xf32>, %at: index, %sum: memref<256xf32>) {
  %0 = memref.alloc() : memref<256x16xf32>
  memref.copy %state, %0 : memref<256x16xf32> to memref<256x16xf32>
  %1 = memref.subview %0[%at, 0] [1, 16] [1, 1] : memref<256x16xf32> to memref<1x16xf32, strided<[16, 1], offset: ?>>
  memref.copy %row, %1 : memref<1x16xf32> to memref<1x16xf32, strided<[16, 1], offset: ?>>
  linalg.reduce { arith.addf } ins(%state : memref<256x16xf32>) outs(%sum : memref<256xf32>) dimensions = [1]
  memref.copy %0, %state : memref<256x16xf32> to memref<256x16xf32>
  return
}

// What comes back as it was is not copied; the old value stays for who reads it after the change.
// CHECK-LABEL: func.func @unchanged
// CHECK-SAME: (%[[STATE:.*]]: memref<16xf32>, %[[Y:.*]]: memref<16xf32>)
// CHECK: %[[OLD:.*]] = memref.alloc
// CHECK-NEXT: memref.copy %[[STATE]], %[[OLD]]
// CHECK-NEXT: linalg.exp ins(%[[STATE]] : memref<16xf32>) outs(%[[STATE]] : memref<16xf32>)
// CHECK-NEXT: linalg.abs ins(%[[OLD]] : memref<16xf32>) outs(%[[Y]] : memref<16xf32>)
// CHECK-NEXT: return
func.func @unchanged(%state: memref<16xf32>, %y: memref<16xf32>) {
  %0 = memref.alloc() : memref<16xf32>
  memref.copy %state, %0 : memref<16xf32> to memref<16xf32>
  memref.copy %0, %state : memref<16xf32> to memref<16xf32>
  linalg.exp ins(%state : memref<16xf32>) outs(%state : memref<16xf32>)
  linalg.abs ins(%0 : memref<16xf32>) outs(%y : memref<16xf32>)
  return
}
