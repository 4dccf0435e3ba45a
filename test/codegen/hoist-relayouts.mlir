// RUN: ingot-opt %s -ingot-hoist-relayouts | FileCheck %s

#transpose = affine_map<(i, j) -> (j, i)>
#copy = affine_map<(i, j) -> (i, j)>

// Out of both loops; the layout in which nothing reads the weights any more is not passed on.
// CHECK-LABEL: func.func @f
// CHECK: %[[W:.*]] = bufferization.to_tensor %arg0
// CHECK: %[[T:.*]] = kernel.relayout ins(%[[W]] : tensor<?x4xf32>) outs(%{{.*}} : tensor<4x?xf32>)
// CHECK: kernel.loop @outer steps %{{.*}} carry(%{{.*}} : tensor<4xf32>) with(%[[T]] : tensor<4x?xf32>) dims(%{{.*}})
func.func @f(%w: memref<?x4xf32> {ingot.input = "w", ingot.sizes = #ingot.sizes<[N, 4]>}, %h: memref<4xf32>,
             %n: index {ingot.dim = "N"}, %y: memref<4xf32>) attributes {ingot.dims = [#ingot.dim<"N", 0, -1>]} {
  %0 = bufferization.to_tensor %w restrict : memref<?x4xf32> to tensor<?x4xf32>
  %1 = bufferization.to_tensor %h restrict : memref<4xf32> to tensor<4xf32>
  %2 = tensor.empty() : tensor<4xf32>
  %3 = tensor.empty() : tensor<4xf32>
  %4:2 = kernel.loop @outer steps %n carry(%1 : tensor<4xf32>) with(%0 : tensor<?x4xf32>) dims(%n)
      finals(%2 : tensor<4xf32>) scratch(%3 : tensor<4xf32>) -> tensor<4xf32>, tensor<4xf32>
  bufferization.materialize_in_destination %4#0 in restrict writable %y : (tensor<4xf32>, memref<4xf32>) -> ()
  return
}

// CHECK: func.func private @outer(%{{.*}}: memref<4xf32>, %[[T:.*]]: memref<4x?xf32> {ingot.input = "arg2.packed", ingot.sizes = #ingot.sizes<[4, N]>}, %{{.*}}: index {ingot.dim = "N"}, %{{.*}}: memref<4xf32>)
// CHECK: %[[R:.*]] = bufferization.to_tensor %[[T]]
// CHECK: kernel.loop @inner steps %{{.*}} carry(%{{.*}} : tensor<4xf32>) with(%[[R]] : tensor<4x?xf32>)
func.func private @outer(%h: memref<4xf32>, %w: memref<?x4xf32> {ingot.sizes = #ingot.sizes<[N, 4]>},
                         %n: index {ingot.dim = "N"}, %y: memref<4xf32>) attributes {ingot.body} {
  %0 = bufferization.to_tensor %w restrict : memref<?x4xf32> to tensor<?x4xf32>
  %1 = bufferization.to_tensor %h restrict : memref<4xf32> to tensor<4xf32>
  %2 = tensor.empty() : tensor<4xf32>
  %3 = tensor.empty() : tensor<4xf32>
  %4:2 = kernel.loop @inner steps %n carry(%1 : tensor<4xf32>) with(%0 : tensor<?x4xf32>) dims(%n)
      finals(%2 : tensor<4xf32>) scratch(%3 : tensor<4xf32>) -> tensor<4xf32>, tensor<4xf32>
  bufferization.materialize_in_destination %4#0 in restrict writable %y : (tensor<4xf32>, memref<4xf32>) -> ()
  return
}

// What is carried stays inside, and is turned in every step.
// CHECK: func.func private @inner(%[[H:.*]]: memref<4xf32>, %[[T:.*]]: memref<4x?xf32> {{.*}}, %{{.*}}: index {ingot.dim = "N"}, %{{.*}}: memref<4xf32>)
// CHECK-DAG: %[[R:.*]] = bufferization.to_tensor %[[T]]
// CHECK-DAG: %[[C:.*]] = bufferization.to_tensor %[[H]]
// CHECK-DAG: %[[X:.*]] = tensor.expand_shape %[[C]]
// CHECK: kernel.relayout ins(%[[X]] : tensor<2x2xf32>)
// CHECK: linalg.generic {{.*}} ins(%{{.*}}, %[[R]] : tensor<4xf32>, tensor<4x?xf32>)
func.func private @inner(%h: memref<4xf32>, %w: memref<?x4xf32> {ingot.sizes = #ingot.sizes<[N, 4]>},
                         %n: index {ingot.dim = "N"}, %y: memref<4xf32>) attributes {ingot.body} {
  %0 = bufferization.to_tensor %w restrict : memref<?x4xf32> to tensor<?x4xf32>
  %1 = tensor.empty(%n) : tensor<4x?xf32>
  %2 = kernel.relayout ins(%0 : tensor<?x4xf32>) outs(%1 : tensor<4x?xf32>) map #transpose -> tensor<4x?xf32>
  %3 = bufferization.to_tensor %h restrict : memref<4xf32> to tensor<4xf32>
  %4 = tensor.expand_shape %3 [[0, 1]] output_shape [2, 2] : tensor<4xf32> into tensor<2x2xf32>
  %5 = tensor.empty() : tensor<2x2xf32>
  %6 = kernel.relayout ins(%4 : tensor<2x2xf32>) outs(%5 : tensor<2x2xf32>) map #transpose -> tensor<2x2xf32>
  %7 = tensor.collapse_shape %6 [[0, 1]] : tensor<2x2xf32> into tensor<4xf32>
  %8 = tensor.empty() : tensor<4xf32>
  %9 = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i)>, #copy, affine_map<(i, j) -> (i)>],
                       iterator_types = ["parallel", "reduction"]}
      ins(%7, %2 : tensor<4xf32>, tensor<4x?xf32>) outs(%8 : tensor<4xf32>) {
  ^bb0(%a: f32, %b: f32, %acc: f32):
    %10 = arith.mulf %a, %b : f32
    %11 = arith.addf %acc, %10 : f32
    linalg.yield %11 : f32
  } -> tensor<4xf32>
  bufferization.materialize_in_destination %9 in restrict writable %y : (tensor<4xf32>, memref<4xf32>) -> ()
  return
}

// What the layout's size was computed from is erased once, though two ways lead to it.
// CHECK-LABEL: func.func @g
// CHECK: %[[T:.*]] = kernel.relayout
// CHECK: kernel.loop @shared_size steps %{{.*}} carry(%{{.*}} : tensor<4xf32>) with(%[[T]] : tensor<4x?xf32>)
func.func @g(%w: memref<?x4xf32> {ingot.input = "w", ingot.sizes = #ingot.sizes<[N, 4]>}, %h: memref<4xf32>,
             %n: index {ingot.dim = "N"}, %y: memref<4xf32>) attributes {ingot.dims = [#ingot.dim<"N", 0, -1>]} {
  %0 = bufferization.to_tensor %w restrict : memref<?x4xf32> to tensor<?x4xf32>
  %1 = bufferization.to_tensor %h restrict : memref<4xf32> to tensor<4xf32>
  %2 = tensor.empty() : tensor<4xf32>
  %3 = tensor.empty() : tensor<4xf32>
  %4:2 = kernel.loop @shared_size steps %n carry(%1 : tensor<4xf32>) with(%0 : tensor<?x4xf32>) dims(%n)
      finals(%2 : tensor<4xf32>) scratch(%3 : tensor<4xf32>) -> tensor<4xf32>, tensor<4xf32>
  bufferization.materialize_in_destination %4#0 in restrict writable %y : (tensor<4xf32>, memref<4xf32>) -> ()
  return
}

// CHECK: func.func private @shared_size
// CHECK-NOT: arith
// CHECK: linalg.reduce
func.func private @shared_size(%h: memref<4xf32>, %w: memref<?x4xf32> {ingot.sizes = #ingot.sizes<[N, 4]>},
                               %n: index {ingot.dim = "N"}, %y: memref<4xf32>) attributes {ingot.body} {
  %c1 = arith.constant 1 : index
  %0 = bufferization.to_tensor %w restrict : memref<?x4xf32> to tensor<?x4xf32>
  %more = arith.addi %n, %c1 : index
  %twice = arith.addi %more, %more : index
  %size = arith.subi %twice, %more : index
  %less = arith.subi %size, %c1 : index
  %1 = tensor.empty(%less) : tensor<4x?xf32>
  %2 = kernel.relayout ins(%0 : tensor<?x4xf32>) outs(%1 : tensor<4x?xf32>) map #transpose -> tensor<4x?xf32>
  %3 = tensor.empty() : tensor<4xf32>
  %4 = linalg.reduce {arith.addf} ins(%2 : tensor<4x?xf32>) outs(%3 : tensor<4xf32>) dimensions = [1]
  bufferization.materialize_in_destination %4 in restrict writable %y : (tensor<4xf32>, memref<4xf32>) -> ()
  return
}
