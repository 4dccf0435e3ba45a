// RUN: ingot-opt %s -ingot-bufferize -canonicalize -cse -split-input-file | FileCheck %s

#id = affine_map<(d0, d1) -> (d0, d1)>
#row = affine_map<(d0, d1) -> (d0)>

// A reduction accumulates in the buffer that was filled for it; arguments that are read stay as they are.
// CHECK-LABEL: func.func @reduction
// CHECK-SAME: (%[[X:.*]]: memref<4x8xf32>, %[[Y:.*]]: memref<4xf32>)
// CHECK: %[[SUM:.*]] = memref.alloc() {{.*}} : memref<4xf32>
// CHECK-NEXT: linalg.fill ins(%{{.*}}) outs(%[[SUM]] : memref<4xf32>)
// CHECK-NEXT: linalg.generic {{.*}} ins(%[[X]] : memref<4x8xf32>) outs(%[[SUM]] : memref<4xf32>)
// CHECK: memref.copy %[[SUM]], %[[Y]]
// CHECK-NOT: memref.copy
func.func @reduction(%x: memref<4x8xf32>, %y: memref<4xf32>) {
  %zero = arith.constant 0.0 : f32
  %0 = bufferization.to_tensor %x restrict : memref<4x8xf32> to tensor<4x8xf32>
  %1 = tensor.empty() : tensor<4xf32>
  %2 = linalg.fill ins(%zero : f32) outs(%1 : tensor<4xf32>) -> tensor<4xf32>
  %3 = linalg.generic {indexing_maps = [#id, #row], iterator_types = ["parallel", "reduction"]}
      ins(%0 : tensor<4x8xf32>) outs(%2 : tensor<4xf32>) {
  ^bb0(%in: f32, %out: f32):
    %4 = arith.addf %out, %in : f32
    linalg.yield %4 : f32
  } -> tensor<4xf32>
  bufferization.materialize_in_destination %3 in restrict writable %y : (tensor<4xf32>, memref<4xf32>) -> ()
  return
}

// A value that is changed while its old self is still read is copied first; an input always is.
// CHECK-LABEL: func.func @insert
// CHECK-SAME: (%[[X:.*]]: memref<4x8xf32>, %[[ROW:.*]]: memref<1x8xf32>, %[[Y:.*]]: memref<4x8xf32>)
// CHECK: %[[NEW:.*]] = memref.alloc() {{.*}} : memref<4x8xf32>
// CHECK-NEXT: memref.copy %[[X]], %[[NEW]]
// CHECK-NEXT: %[[PART:.*]] = memref.subview %[[NEW]][2, 0] [1, 8] [1, 1]
// CHECK-NEXT: memref.copy %[[ROW]], %[[PART]]
// CHECK-NEXT: memref.copy %[[NEW]], %[[Y]]
func.func @insert(%x: memref<4x8xf32>, %row: memref<1x8xf32>, %y: memref<4x8xf32>) {
  %0 = bufferization.to_tensor %x restrict : memref<4x8xf32> to tensor<4x8xf32>
  %1 = bufferization.to_tensor %row restrict : memref<1x8xf32> to tensor<1x8xf32>
  %2 = tensor.insert_slice %1 into %0[2, 0] [1, 8] [1, 1] : tensor<1x8xf32> into tensor<4x8xf32>
  bufferization.materialize_in_destination %2 in restrict writable %y : (tensor<4x8xf32>, memref<4x8xf32>) -> ()
  return
}

// What nobody reads is dropped: the fill of a tensor that only lends its sizes.
// CHECK-LABEL: func.func @unread
// CHECK-NEXT: return
func.func @unread() {
  %zero = arith.constant 0.0 : f32
  %0 = tensor.empty() : tensor<2x2xf32>
  %1 = linalg.fill ins(%zero : f32) outs(%0 : tensor<2x2xf32>) -> tensor<2x2xf32>
  %2 = tensor.extract_slice %1[0, 0] [1, 2] [1, 1] : tensor<2x2xf32> to tensor<1x2xf32>
  return
}

// CHECK-LABEL: func.func @constant
// CHECK: %[[G:.*]] = memref.get_global @[[NAME:.*]] : memref<2xf32>
// CHECK: memref.copy %[[G]], %{{.*}}
func.func @constant(%y: memref<2xf32>) {
  %0 = arith.constant dense<[1.0, 2.0]> : tensor<2xf32>
  bufferization.materialize_in_destination %0 in restrict writable %y : (tensor<2xf32>, memref<2xf32>) -> ()
  return
}
