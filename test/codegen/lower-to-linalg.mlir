// RUN: ingot-opt %s -ingot-decompose -ingot-fuse -ingot-lower-to-linalg -verify-each | FileCheck %s

// The maps of @heads: a batch b, a head h, rows i and j, features f are d0, d1, d2, d3, d4.
// CHECK-DAG: affine_map<(d0, d1, d2, d3, d4) -> (d0, d2, d1, d4)>
// CHECK-DAG: affine_map<(d0, d1, d2, d3, d4) -> (d0, d3, d1, d4)>
// CHECK-DAG: affine_map<(d0, d1, d2, d3, d4) -> (d0, d2, d1, d3)>
// CHECK-DAG: affine_map<(d0, d1, d2, d3, d4) -> (d1, d3)>

// The whole contract of a lowered function: states, inputs, dimensions, outputs; a new value of a state is copied last.
// CHECK-LABEL: func.func @interface
// CHECK-SAME: (%[[A:[^:]*]]: memref<4xf32> {ingot.state = "a"}, %[[M:[^:]*]]: memref<4xf32> {ingot.state = "m", ingot.written},
// CHECK-SAME: %[[X:[^:]*]]: memref<?x4xf32> {ingot.input = "x", ingot.sizes = #ingot.sizes<[N, 4]>},
// CHECK-SAME: %[[N:[^:]*]]: index {ingot.dim = "N"}, %[[UNUSED:[^:]*]]: index {ingot.dim = "M"},
// CHECK-SAME: %[[Y:[^:]*]]: memref<?x4xf32> {ingot.output = "y", ingot.sizes = #ingot.sizes<[N, 4]>})
// CHECK-SAME: attributes {ingot.dims = [#ingot.dim<"N", 0, -1>, #ingot.dim<"M", 1, 8>]}
// CHECK-NEXT: %[[TA:.*]] = bufferization.to_tensor %[[A]] restrict
// CHECK-NEXT: %[[TX:.*]] = bufferization.to_tensor %[[X]] restrict : memref<?x4xf32> to tensor<?x4xf32>
// CHECK-NEXT: %[[E:.*]] = tensor.empty(%[[N]]) : tensor<?x4xf32>
// CHECK-NEXT: %[[SUM:.*]] = linalg.generic {indexing_maps = [#[[ID:.*]], #[[ROW:.*]], #[[ID]]], iterator_types = ["parallel", "parallel"]}
// CHECK-SAME: ins(%[[TX]], %[[TA]] : tensor<?x4xf32>, tensor<4xf32>) outs(%[[E]] : tensor<?x4xf32>)
// CHECK-NEXT: ^bb0(%[[IX:.*]]: f32, %[[IA:.*]]: f32, %{{.*}}: f32):
// CHECK-NEXT: %[[S:.*]] = arith.addf %[[IX]], %[[IA]] : f32
// CHECK-NEXT: linalg.yield %[[S]] : f32
// CHECK: bufferization.materialize_in_destination %[[SUM]] in restrict writable %[[Y]]
// CHECK-NEXT: %[[NEW:.*]] = bufferization.to_buffer %{{.*}} : tensor<4xf32> to memref<4xf32>
// CHECK-NEXT: memref.copy %[[NEW]], %[[M]] : memref<4xf32> to memref<4xf32>
// CHECK-NEXT: return
func.func @interface(%a: tensor<4xf32> {ingot.state = "a"}, %m: tensor<4xf32> {ingot.state = "m"},
                     %x: tensor<?x4xf32, #ingot.sizes<[N, 4]>> {ingot.input = "x"})
    -> (tensor<4xf32> {ingot.state = "m"}, tensor<?x4xf32, #ingot.sizes<[N, 4]>> {ingot.output = "y"})
    attributes {ingot.dims = [#ingot.dim<"N", 0, -1>, #ingot.dim<"M", 1, 8>]} {
  %0 = ingot.broadcast %a : tensor<4xf32> to tensor<?x4xf32, #ingot.sizes<[N, 4]>>
  %1 = ingot.add %x, %0 : tensor<?x4xf32, #ingot.sizes<[N, 4]>>
  %2 = ingot.neg %m : tensor<4xf32>
  return %2, %1 : tensor<4xf32>, tensor<?x4xf32, #ingot.sizes<[N, 4]>>
}

// Without names. An output may be an argument, and the same value twice.
// CHECK-LABEL: func.func @unnamed
// CHECK-SAME: (%[[X:[^:]*]]: memref<2xf32> {ingot.input = "arg0"}, %{{.*}}: memref<f32> {ingot.input = "arg1"},
// CHECK-SAME: %[[Y:[^:]*]]: memref<2xf32> {ingot.output = "out0"}, %[[Z:[^:]*]]: memref<2xf32> {ingot.output = "out1"})
// CHECK: %[[T:.*]] = bufferization.to_tensor %[[X]]
// CHECK-NEXT: bufferization.materialize_in_destination %[[T]] in restrict writable %[[Y]]
// CHECK-NEXT: bufferization.materialize_in_destination %[[T]] in restrict writable %[[Z]]
func.func @unnamed(%x: tensor<2xf32>, %unused: tensor<f32>) -> (tensor<2xf32>, tensor<2xf32>) {
  return %x, %x : tensor<2xf32>, tensor<2xf32>
}

// Two states change places: their old values are saved before either is written. The third is as it was.
// CHECK-LABEL: func.func @exchange
// CHECK-SAME: %[[A:[^:]*]]: memref<4xf32> {ingot.state = "a", ingot.written}, %[[B:[^:]*]]: memref<4xf32> {ingot.state = "b", ingot.written},
// CHECK-SAME: memref<4xf32> {ingot.state = "c"})
// CHECK: %[[OLD_B:.*]] = bufferization.to_tensor %[[B]]
// CHECK: %[[SAVED_B:.*]] = bufferization.alloc_tensor() copy(%[[OLD_B]])
// CHECK: %[[OLD_A:.*]] = bufferization.to_tensor %[[A]]
// CHECK: %[[SAVED_A:.*]] = bufferization.alloc_tensor() copy(%[[OLD_A]])
// CHECK: %[[NEW_A:.*]] = bufferization.to_buffer %[[SAVED_B]]
// CHECK-NEXT: memref.copy %[[NEW_A]], %[[A]]
// CHECK-NEXT: %[[NEW_B:.*]] = bufferization.to_buffer %[[SAVED_A]]
// CHECK-NEXT: memref.copy %[[NEW_B]], %[[B]]
// CHECK-NEXT: return
func.func @exchange(%a: tensor<4xf32> {ingot.state = "a"}, %b: tensor<4xf32> {ingot.state = "b"},
                    %c: tensor<4xf32> {ingot.state = "c"})
    -> (tensor<4xf32> {ingot.state = "a"}, tensor<4xf32> {ingot.state = "b"}, tensor<4xf32> {ingot.state = "c"}) {
  return %b, %a, %c : tensor<4xf32>, tensor<4xf32>, tensor<4xf32>
}

//===--- contractions -------------------------------------------------------------------------------------------===//

// CHECK-LABEL: func.func @linear
// CHECK: kernel.contract ins(%{{.*}}, %{{.*}}, %{{.*}} : tensor<?x3xf32>, tensor<5x3xf32>, tensor<5xf32>) outs(%{{.*}} : tensor<?x5xf32>)
// CHECK-SAME: maps [#[[MK:.*]], #[[NK:.*]], #[[MN:.*]], #[[BIAS:.*]]] {
// CHECK-NEXT: ^bb0(%[[ACC:.*]]: f32, %[[B:.*]]: f32):
// CHECK-NEXT: %[[S:.*]] = arith.addf %[[ACC]], %[[B]]
// CHECK-NEXT: %[[ZERO:.*]] = arith.constant 0.0
// CHECK-NEXT: %[[R:.*]] = arith.maximumf %[[S]], %[[ZERO]]
// CHECK-NEXT: kernel.yield %[[R]] : f32
func.func @linear(%x: tensor<?x3xf32, #ingot.sizes<[N, 3]>>, %w: tensor<5x3xf32>, %b: tensor<5xf32>)
    -> tensor<?x5xf32, #ingot.sizes<[N, 5]>> attributes {ingot.dims = [#ingot.dim<"N", 0, -1>]} {
  %0 = ingot.matmul %x, %w transposed : tensor<?x3xf32, #ingot.sizes<[N, 3]>>, tensor<5x3xf32>
  %1 = ingot.broadcast %b : tensor<5xf32> to tensor<?x5xf32, #ingot.sizes<[N, 5]>>
  %2 = ingot.add %0, %1 : tensor<?x5xf32, #ingot.sizes<[N, 5]>>
  %3 = ingot.relu %2 : tensor<?x5xf32, #ingot.sizes<[N, 5]>>
  return %3 : tensor<?x5xf32, #ingot.sizes<[N, 5]>>
}

// CHECK-LABEL: func.func @batched
// CHECK: kernel.contract
// CHECK-SAME: tensor<?x5x4xf32>, tensor<?x6x5xf32>
// CHECK-SAME: outs(%{{.*}} : tensor<?x4x6xf32>)
func.func @batched(%a: tensor<?x5x4xf32, #ingot.sizes<[N, 5, 4]>>, %b: tensor<?x6x5xf32, #ingot.sizes<[N, 6, 5]>>)
    -> tensor<?x4x6xf32, #ingot.sizes<[N, 4, 6]>> attributes {ingot.dims = [#ingot.dim<"N", 0, -1>]} {
  %0 = ingot.matmul %a transposed, %b transposed : tensor<?x5x4xf32, #ingot.sizes<[N, 5, 4]>>, tensor<?x6x5xf32, #ingot.sizes<[N, 6, 5]>>
  return %0 : tensor<?x4x6xf32, #ingot.sizes<[N, 4, 6]>>
}

// Channels are seen as [group, channel]; the bias is read at group * 3 + channel.
// CHECK-LABEL: func.func @grouped_conv
// CHECK-SAME: %[[N:[^:]*]]: index
// CHECK: %[[X:.*]] = tensor.expand_shape %{{.*}} {{\[\[}}0], [1, 2], [3], [4]] output_shape [%[[N]], 4, 2, 9, 9]
// CHECK: %[[W:.*]] = tensor.expand_shape %{{.*}} {{\[\[}}0, 1], [2], [3], [4]]
// CHECK: %[[Y:.*]] = kernel.contract ins(%[[X]], %[[W]], %{{.*}} : tensor<?x4x2x9x9xf32>, tensor<4x3x2x3x3xf32>, tensor<12xf32>)
// CHECK-SAME: outs(%{{.*}} : tensor<?x4x3x3x3xf32>)
// CHECK: tensor.collapse_shape %[[Y]] {{\[\[}}0], [1, 2], [3], [4]] : tensor<?x4x3x3x3xf32> into tensor<?x12x3x3xf32>
func.func @grouped_conv(%x: tensor<?x8x9x9xf32, #ingot.sizes<[N, 8, 9, 9]>>, %w: tensor<12x2x3x3xf32>, %b: tensor<12xf32>)
    -> tensor<?x12x3x3xf32, #ingot.sizes<[N, 12, 3, 3]>> attributes {ingot.dims = [#ingot.dim<"N", 0, -1>]} {
  %0 = ingot.conv %x, %w strides [2, 2] dilations [2, 2] groups 4 : tensor<?x8x9x9xf32, #ingot.sizes<[N, 8, 9, 9]>>, tensor<12x2x3x3xf32>
  %1 = ingot.reshape %b : tensor<12xf32> to tensor<12x1x1xf32>
  %2 = ingot.broadcast %1 : tensor<12x1x1xf32> to tensor<?x12x3x3xf32, #ingot.sizes<[N, 12, 3, 3]>>
  %3 = ingot.add %0, %2 : tensor<?x12x3x3xf32, #ingot.sizes<[N, 12, 3, 3]>>
  return %3 : tensor<?x12x3x3xf32, #ingot.sizes<[N, 12, 3, 3]>>
}

// Exchanged dimensions of factors and result are in the maps.
// CHECK-LABEL: func.func @heads
// CHECK: kernel.contract ins(%{{.*}}, %{{.*}}, %{{.*}} : tensor<2x7x3x4xf32>, tensor<2x7x3x4xf32>, tensor<3x7xf32>)
// CHECK-SAME: outs(%{{.*}} : tensor<2x7x3x7xf32>) maps [#[[Q:.*]], #[[K:.*]], #[[S:.*]], #[[MASK:.*]]] {
// CHECK: arith.addf
func.func @heads(%q: tensor<2x7x3x4xf32>, %k: tensor<2x7x3x4xf32>, %m: tensor<3x7xf32>) -> tensor<2x7x3x7xf32> {
  %0 = ingot.transpose %q [0, 2, 1, 3] : tensor<2x7x3x4xf32>
  %1 = ingot.transpose %k [0, 2, 1, 3] : tensor<2x7x3x4xf32>
  %2 = ingot.matmul %0, %1 transposed : tensor<2x3x7x4xf32>, tensor<2x3x7x4xf32>
  %3 = ingot.transpose %2 [0, 2, 1, 3] : tensor<2x3x7x7xf32>
  %4 = ingot.broadcast %m : tensor<3x7xf32> to tensor<2x7x3x7xf32>
  %5 = ingot.add %3, %4 : tensor<2x7x3x7xf32>
  return %5 : tensor<2x7x3x7xf32>
}

// CHECK-LABEL: func.func @conv_weight
// CHECK: kernel.contract ins(%{{.*}}, %{{.*}} : tensor<?x3x9xf32>, tensor<?x4x7xf32>) outs(%{{.*}} : tensor<4x3x3xf32>)
func.func @conv_weight(%x: tensor<?x3x9xf32, #ingot.sizes<[N, 3, 9]>>, %g: tensor<?x4x7xf32, #ingot.sizes<[N, 4, 7]>>)
    -> tensor<4x3x3xf32> attributes {ingot.dims = [#ingot.dim<"N", 0, -1>]} {
  %0 = ingot.conv_weight %x, %g kernel [3] strides [1] dilations [1] groups 1 : tensor<?x3x9xf32, #ingot.sizes<[N, 3, 9]>>, tensor<?x4x7xf32, #ingot.sizes<[N, 4, 7]>>
  return %0 : tensor<4x3x3xf32>
}

//===--- reductions ---------------------------------------------------------------------------------------------===//

// CHECK-LABEL: func.func @softmax
// CHECK: %[[MAX:.*]] = linalg.generic {{.*}} iterator_types = ["parallel", "reduction"]
// CHECK: arith.maximumf
// CHECK: %[[SUM:.*]] = linalg.generic {{.*}} iterator_types = ["parallel", "reduction"]} ins(%[[X:.*]], %[[MAX]] : tensor<?x10xf32>, tensor<?xf32>)
// CHECK: math.exp
// CHECK-NEXT: arith.addf
// CHECK: %[[RECIPROCAL:.*]] = linalg.generic {{.*}} iterator_types = ["parallel"]} ins(%[[SUM]] : tensor<?xf32>)
// CHECK: arith.divf
// CHECK: linalg.generic {{.*}} iterator_types = ["parallel", "parallel"]} ins(%[[X]], %[[MAX]], %[[RECIPROCAL]] : tensor<?x10xf32>, tensor<?xf32>, tensor<?xf32>)
// CHECK: math.exp
// CHECK-NEXT: arith.mulf
func.func @softmax(%x: tensor<?x10xf32, #ingot.sizes<[N, 10]>>) -> tensor<?x10xf32, #ingot.sizes<[N, 10]>>
    attributes {ingot.dims = [#ingot.dim<"N", 0, -1>]} {
  %0 = ingot.softmax %x along 1 : tensor<?x10xf32, #ingot.sizes<[N, 10]>>
  return %0 : tensor<?x10xf32, #ingot.sizes<[N, 10]>>
}

// CHECK-LABEL: func.func @keepdim
// CHECK: %[[ONE:.*]] = arith.constant 1.0
// CHECK: linalg.fill ins(%[[ONE]] : f32) outs(%{{.*}} : tensor<2x4xf32>)
// CHECK: %[[P:[0-9a-z]*]] = linalg.generic {{.*}} iterator_types = ["parallel", "reduction", "parallel"]
// CHECK: tensor.expand_shape %[[P]] {{\[\[}}0], [1, 2]] output_shape [2, 1, 4] : tensor<2x4xf32> into tensor<2x1x4xf32>
func.func @keepdim(%x: tensor<2x3x4xf32>) -> tensor<2x1x4xf32> {
  %0 = ingot.prod %x [1] keepdim : tensor<2x3x4xf32>
  return %0 : tensor<2x1x4xf32>
}

// No input tells the size of the dimension that is summed over: an unread tensor does.
// CHECK-LABEL: func.func @sum_of_broadcast
// CHECK-SAME: %[[N:[^:]*]]: index
// CHECK: %[[SIZE:.*]] = tensor.empty(%[[N]]) : tensor<?xi8>
// CHECK: linalg.generic {{.*}} ins(%{{.*}}, %[[SIZE]] : tensor<4xf32>, tensor<?xi8>)
func.func @sum_of_broadcast(%x: tensor<4xf32>) -> tensor<4xf32> attributes {ingot.dims = [#ingot.dim<"N", 0, -1>]} {
  %0 = ingot.broadcast %x : tensor<4xf32> to tensor<?x4xf32, #ingot.sizes<[N, 4]>>
  %1 = ingot.sum %0 [0] : tensor<?x4xf32, #ingot.sizes<[N, 4]>>
  return %1 : tensor<4xf32>
}

//===--- index maps, pointwise ----------------------------------------------------------------------------------===//

// One value under two maps is two operands.
// CHECK-LABEL: func.func @two_maps
// CHECK: linalg.generic {indexing_maps = [#[[ID:.*]], #[[T:.*]], #[[ID]]]
// CHECK-SAME: ins(%[[X:.*]], %[[X]] : tensor<3x3xf32>, tensor<3x3xf32>)
func.func @two_maps(%x: tensor<3x3xf32>) -> tensor<3x3xf32> {
  %0 = ingot.transpose %x [1, 0] : tensor<3x3xf32>
  %1 = ingot.add %x, %0 : tensor<3x3xf32>
  return %1 : tensor<3x3xf32>
}

// CHECK-LABEL: func.func @alone
// CHECK: linalg.generic {indexing_maps = [#{{.*}}, #{{.*}}], iterator_types = ["parallel", "parallel"]}
// CHECK-SAME: ins(%{{.*}} : tensor<3x2xf32>) outs(%{{.*}} : tensor<2x3xf32>)
func.func @alone(%x: tensor<3x2xf32>) -> tensor<2x3xf32> {
  %0 = ingot.transpose %x [1, 0] : tensor<3x2xf32>
  return %0 : tensor<2x3xf32>
}

// CHECK-LABEL: func.func @two_results
// CHECK: linalg.generic {{.*}} outs(%{{.*}}, %{{.*}} : tensor<8xf32>, tensor<8xf32>)
// CHECK: linalg.yield %{{.*}}, %{{.*}} : f32, f32
func.func @two_results(%p: tensor<8xf32>, %g: tensor<8xf32>) -> (tensor<8xf32>, tensor<8xf32>) {
  %0 = ingot.add %p, %g : tensor<8xf32>
  %1 = ingot.sub %p, %0 : tensor<8xf32>
  return %1, %0 : tensor<8xf32>, tensor<8xf32>
}
