// RUN: ingot-opt %s -ingot-plan-arena -verify-each | FileCheck %s

// A copy asks its source for its size: that of an argument, or of a view of one, is an expression of the dimensions.
// CHECK-LABEL: func.func @copies
// CHECK-SAME: ingot.workspace = "((N*3 + 3) floordiv 4)*128"
func.func @copies(%x: memref<?x12xf32> {ingot.input = "x", ingot.sizes = #ingot.sizes<[N, 12]>}, %n: index {ingot.dim = "N"},
                  %y: memref<?x12xf32> {ingot.output = "y", ingot.sizes = #ingot.sizes<[N, 12]>})
    attributes {ingot.dims = [#ingot.dim<"N", 0, -1>]} {
  %c0 = arith.constant 0 : index
  %rows = memref.dim %x, %c0 : memref<?x12xf32>
  %a = memref.alloc(%rows) : memref<?x12xf32>
  memref.copy %x, %a : memref<?x12xf32> to memref<?x12xf32>
  %flat = memref.collapse_shape %x [[0, 1]] : memref<?x12xf32> into memref<?xf32>
  %elements = memref.dim %flat, %c0 : memref<?xf32>
  %b = memref.alloc(%elements) : memref<?xf32>
  memref.copy %flat, %b : memref<?xf32> to memref<?xf32>
  %square = memref.expand_shape %b [[0, 1]] output_shape [%n, 12] : memref<?xf32> into memref<?x12xf32>
  memref.copy %a, %y : memref<?x12xf32> to memref<?x12xf32>
  memref.copy %square, %y : memref<?x12xf32> to memref<?x12xf32>
  return
}
