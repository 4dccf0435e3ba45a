// RUN: ingot-opt %s -ingot-lower-to-linalg -verify-each | FileCheck %s

// Views where dimensions are merged or split; else two views, through one dimension.
// CHECK-LABEL: func.func @reshape
// CHECK-SAME: %[[N:[^:]*]]: index {ingot.dim = "N"}, %[[M:[^:]*]]: index {ingot.dim = "M"}
// CHECK-DAG: %[[NM:.*]] = arith.muli %[[M]], %[[N]]
// CHECK-DAG: %[[NM2:.*]] = arith.muli %[[NM]], %{{.*}}
// CHECK: tensor.expand_shape %[[X:.*]] {{\[\[}}0], [1], [2, 3]] output_shape [%[[N]], %[[M]], 3, 4]
// CHECK: tensor.collapse_shape %[[X]] {{\[\[}}0, 1], [2]] : tensor<?x?x12xf32> into tensor<?x12xf32>
// CHECK: %[[FLAT:.*]] = tensor.collapse_shape %[[X]] {{\[\[}}0, 1, 2]]
// CHECK: tensor.expand_shape %[[FLAT]] {{\[\[}}0, 1]] output_shape [%[[NM2]], 6] : tensor<?xf32> into tensor<?x6xf32>
func.func @reshape(%x: tensor<?x?x12xf32, #ingot.sizes<[N, M, 12]>>)
    -> (tensor<?x?x3x4xf32, #ingot.sizes<[N, M, 3, 4]>>, tensor<?x12xf32, #ingot.sizes<[N*M, 12]>>,
        tensor<?x6xf32, #ingot.sizes<[N*M*2, 6]>>)
    attributes {ingot.dims = [#ingot.dim<"N", 0, -1>, #ingot.dim<"M", 0, 7>]} {
  %0 = ingot.reshape %x : tensor<?x?x12xf32, #ingot.sizes<[N, M, 12]>> to tensor<?x?x3x4xf32, #ingot.sizes<[N, M, 3, 4]>>
  %1 = ingot.reshape %x : tensor<?x?x12xf32, #ingot.sizes<[N, M, 12]>> to tensor<?x12xf32, #ingot.sizes<[N*M, 12]>>
  %2 = ingot.reshape %x : tensor<?x?x12xf32, #ingot.sizes<[N, M, 12]>> to tensor<?x6xf32, #ingot.sizes<[N*M*2, 6]>>
  return %0, %1, %2 : tensor<?x?x3x4xf32, #ingot.sizes<[N, M, 3, 4]>>, tensor<?x12xf32, #ingot.sizes<[N*M, 12]>>,
                      tensor<?x6xf32, #ingot.sizes<[N*M*2, 6]>>
}

// CHECK-LABEL: func.func @ones
// CHECK: tensor.expand_shape %{{.*}} [] output_shape [1, 1] : tensor<f32> into tensor<1x1xf32>
// CHECK: tensor.collapse_shape %{{.*}} [] : tensor<1xf32> into tensor<f32>
func.func @ones(%x: tensor<f32>, %y: tensor<1xf32>) -> (tensor<1x1xf32>, tensor<f32>) {
  %0 = ingot.reshape %x : tensor<f32> to tensor<1x1xf32>
  %1 = ingot.reshape %y : tensor<1xf32> to tensor<f32>
  return %0, %1 : tensor<1x1xf32>, tensor<f32>
}

// CHECK-LABEL: func.func @slices
// CHECK-SAME: %[[N:[^:]*]]: index
// CHECK: %[[LAST:.*]] = arith.addi %[[N]], %{{.*}}
// CHECK: tensor.extract_slice %{{.*}}[0, 1] [%[[N]], 3] [1, 4] : tensor<?x12xf32> to tensor<?x3xf32>
// CHECK: %[[AT:.*]] = arith.index_cast %{{.*}} : i64 to index
// CHECK: %[[START:.*]] = arith.addi %{{.*}}, %[[AT]]
// CHECK: %[[ROW:.*]] = tensor.extract_slice %{{.*}}[%[[START]], %{{.*}}] [1, 12] [1, 1]
// CHECK: tensor.insert_slice %[[ROW]] into %{{.*}}[%[[LAST]], 0] [1, 12] [1, 1]
func.func @slices(%x: tensor<?x12xf32, #ingot.sizes<[N, 12]>>, %i: tensor<i64>, %zero: tensor<i64>)
    -> (tensor<?x3xf32, #ingot.sizes<[N, 3]>>, tensor<?x12xf32, #ingot.sizes<[N, 12]>>)
    attributes {ingot.dims = [#ingot.dim<"N", 1, -1>]} {
  %0 = ingot.slice %x from [0, 1] step [1, 4] : tensor<?x12xf32, #ingot.sizes<[N, 12]>> to tensor<?x3xf32, #ingot.sizes<[N, 3]>>
  %1 = ingot.slice %x from [0, 0] step [1, 1] at %i, %zero : tensor<?x12xf32, #ingot.sizes<[N, 12]>> to tensor<1x12xf32>
  %2 = ingot.insert_slice %1 into %x from [N - 1, 0] step [1, 1] : tensor<1x12xf32>, tensor<?x12xf32, #ingot.sizes<[N, 12]>>
  return %0, %2 : tensor<?x3xf32, #ingot.sizes<[N, 3]>>, tensor<?x12xf32, #ingot.sizes<[N, 12]>>
}

// CHECK-LABEL: func.func @pad
// CHECK-SAME: %[[N:[^:]*]]: index
// CHECK: %[[PADDED:.*]] = arith.addi %[[N]], %{{.*}}
// CHECK: %[[E:.*]] = tensor.empty(%[[PADDED]]) : tensor<?x6xi8>
// CHECK: %[[FILLED:.*]] = linalg.fill ins(%{{.*}} : i8) outs(%[[E]]
// CHECK: tensor.insert_slice %{{.*}} into %[[FILLED]][1, 2] [%[[N]], 4] [1, 1]
func.func @pad(%x: tensor<?x4xi1, #ingot.sizes<[N, 4]>>) -> tensor<?x6xi1, #ingot.sizes<[N + 2, 6]>>
    attributes {ingot.dims = [#ingot.dim<"N", 0, -1>]} {
  %c = ingot.constant dense<true> : tensor<i1>
  %0 = ingot.pad %x, %c low [1, 2] high [1, 0] : tensor<?x4xi1, #ingot.sizes<[N, 4]>>, tensor<i1>
  return %0 : tensor<?x6xi1, #ingot.sizes<[N + 2, 6]>>
}

// CHECK-LABEL: func.func @concat
// CHECK-SAME: %[[N:[^:]*]]: index
// CHECK: %[[SECOND:.*]] = arith.addi %[[N]], %{{.*}}
// CHECK: %[[A:.*]] = tensor.insert_slice %[[X:.*]] into %{{.*}}[0, 0] [%[[N]], 4]
// CHECK: %[[B:.*]] = tensor.insert_slice %{{.*}} into %[[A]][%[[N]], 0] [3, 4]
// CHECK: tensor.insert_slice %[[X]] into %[[B]][%[[SECOND]], 0] [%[[N]], 4]
func.func @concat(%x: tensor<?x4xf32, #ingot.sizes<[N, 4]>>, %y: tensor<3x4xf32>)
    -> tensor<?x4xf32, #ingot.sizes<[N*2 + 3, 4]>> attributes {ingot.dims = [#ingot.dim<"N", 0, -1>]} {
  %0 = ingot.concat %x, %y, %x along 0 : tensor<?x4xf32, #ingot.sizes<[N, 4]>>, tensor<3x4xf32>, tensor<?x4xf32, #ingot.sizes<[N, 4]>>
  return %0 : tensor<?x4xf32, #ingot.sizes<[N*2 + 3, 4]>>
}

// CHECK-LABEL: func.func @windows
// CHECK: linalg.generic {{.*}} iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction", "reduction"]}
// CHECK-SAME: ins(%{{.*}}, %{{.*}} : tensor<?x3x9x9xf32>, tensor<3x3xf32>) outs(%{{.*}} : tensor<?x3x4x4xf32>)
// CHECK: arith.maximumf
// CHECK: linalg.generic {{.*}} outs(%{{.*}}, %{{.*}} : tensor<?x3x4x4xf32>, tensor<?x3x4x4xi8>)
// CHECK: tensor.extract
// CHECK: linalg.generic {{.*}} outs(%{{.*}} : tensor<?x3x9x9xf32>)
func.func @windows(%x: tensor<?x3x9x9xf32, #ingot.sizes<[N, 3, 9, 9]>>)
    -> (tensor<?x3x4x4xf32, #ingot.sizes<[N, 3, 4, 4]>>, tensor<?x3x4x4xf32, #ingot.sizes<[N, 3, 4, 4]>>,
        tensor<?x3x9x9xf32, #ingot.sizes<[N, 3, 9, 9]>>) attributes {ingot.dims = [#ingot.dim<"N", 0, -1>]} {
  %0 = ingot.max_pool %x kernel [3, 3] strides [2, 2] dilations [1, 1] : tensor<?x3x9x9xf32, #ingot.sizes<[N, 3, 9, 9]>>
  %m, %1 = ingot.max_pool_argmax %x kernel [3, 3] strides [2, 2] dilations [1, 1] : tensor<?x3x9x9xf32, #ingot.sizes<[N, 3, 9, 9]>>
  %2 = ingot.window_gather %x, %1 kernel [3, 3] strides [2, 2] dilations [1, 1] : tensor<?x3x9x9xf32, #ingot.sizes<[N, 3, 9, 9]>>, tensor<?x3x4x4xi8, #ingot.sizes<[N, 3, 4, 4]>> to tensor<?x3x4x4xf32, #ingot.sizes<[N, 3, 4, 4]>>
  %3 = ingot.window_scatter %0, %1 kernel [3, 3] strides [2, 2] dilations [1, 1] : tensor<?x3x4x4xf32, #ingot.sizes<[N, 3, 4, 4]>>, tensor<?x3x4x4xi8, #ingot.sizes<[N, 3, 4, 4]>> to tensor<?x3x9x9xf32, #ingot.sizes<[N, 3, 9, 9]>>
  return %0, %2, %3 : tensor<?x3x4x4xf32, #ingot.sizes<[N, 3, 4, 4]>>, tensor<?x3x4x4xf32, #ingot.sizes<[N, 3, 4, 4]>>,
                      tensor<?x3x9x9xf32, #ingot.sizes<[N, 3, 9, 9]>>
}

// Windows side by side: each element looks into its own.
// CHECK-LABEL: func.func @tiles
// CHECK: linalg.generic {indexing_maps = [#[[WINDOW:.*]], #[[WINDOW]], #{{.*}}], iterator_types = ["parallel", "parallel", "parallel", "parallel"]}
// CHECK-SAME: ins(%{{.*}}, %{{.*}} : tensor<?x3x4x4xf32>, tensor<?x3x4x4xi8>) outs(%{{.*}} : tensor<?x3x8x8xf32>)
// CHECK-NOT: tensor.extract
func.func @tiles(%g: tensor<?x3x4x4xf32, #ingot.sizes<[N, 3, 4, 4]>>, %k: tensor<?x3x4x4xi8, #ingot.sizes<[N, 3, 4, 4]>>)
    -> tensor<?x3x8x8xf32, #ingot.sizes<[N, 3, 8, 8]>> attributes {ingot.dims = [#ingot.dim<"N", 0, -1>]} {
  %0 = ingot.window_scatter %g, %k kernel [2, 2] strides [2, 2] dilations [1, 1] : tensor<?x3x4x4xf32, #ingot.sizes<[N, 3, 4, 4]>>, tensor<?x3x4x4xi8, #ingot.sizes<[N, 3, 4, 4]>> to tensor<?x3x8x8xf32, #ingot.sizes<[N, 3, 8, 8]>>
  return %0 : tensor<?x3x8x8xf32, #ingot.sizes<[N, 3, 8, 8]>>
}

// CHECK-LABEL: func.func @sources
// CHECK-SAME: %[[N:[^:]*]]: index
// CHECK: linalg.index 1
// CHECK: linalg.yield
// CHECK: %[[SIZE:.*]] = arith.index_cast %{{.*}} : index to i64
// CHECK: arith.sitofp %[[SIZE]] : i64 to f32
// CHECK: tensor.extract %{{.*}}[%{{.*}}] : tensor<2xi64>
// CHECK: math.cos
// CHECK: tensor.extract %{{.*}} : tensor<?x4xf32>
// CHECK: arith.constant dense<[1, 0, 1]> : tensor<3xi8>
func.func @sources(%s: tensor<2xi64>)
    -> (tensor<?x4xi64, #ingot.sizes<[N, 4]>>, tensor<f32>, tensor<?x4xf32, #ingot.sizes<[N, 4]>>, tensor<3xi1>)
    attributes {ingot.dims = [#ingot.dim<"N", 0, -1>]} {
  %0 = ingot.iota 1 : tensor<?x4xi64, #ingot.sizes<[N, 4]>>
  %1 = ingot.size [N*4] : tensor<f32>
  %2 = ingot.random "normal" %s : tensor<2xi64> to tensor<?x4xf32, #ingot.sizes<[N, 4]>>
  %3 = ingot.reverse %2 [1] : tensor<?x4xf32, #ingot.sizes<[N, 4]>>
  %4 = ingot.constant dense<[true, false, true]> : tensor<3xi1>
  return %0, %1, %3, %4 : tensor<?x4xi64, #ingot.sizes<[N, 4]>>, tensor<f32>, tensor<?x4xf32, #ingot.sizes<[N, 4]>>, tensor<3xi1>
}
