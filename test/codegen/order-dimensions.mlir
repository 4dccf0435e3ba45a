// RUN: ingot-opt %s --ingot-order-dimensions --split-input-file | FileCheck %s

#image = affine_map<(n, o, h, w, c, k, l) -> (n, c, h + k, w + l)>
#weights = affine_map<(n, o, h, w, c, k, l) -> (o, c, k, l)>
#result = affine_map<(n, o, h, w, c, k, l) -> (n, o, h, w)>
#id = affine_map<(n, c, h, w) -> (n, c, h, w)>
#channel = affine_map<(n, c, h, w) -> (c)>

// What lies between two convolutions has the channels last: the results, what is computed of them, and what they are padded
// into. Arguments and results of the function stay as they are.
// CHECK-DAG: #[[$LAST:.*]] = affine_map<(d0, d1, d2, d3) -> (d0, d2, d3, d1)>
// CHECK-DAG: #[[$WRITE:.*]] = affine_map<(d0, d1, d2, d3, d4, d5, d6) -> (d0, d2, d3, d1)>
// CHECK-DAG: #[[$READ:.*]] = affine_map<(d0, d1, d2, d3, d4, d5, d6) -> (d0, d2 + d5, d3 + d6, d4)>
// CHECK-DAG: #[[$IMAGE:.*]] = affine_map<(d0, d1, d2, d3, d4, d5, d6) -> (d0, d4, d2 + d5, d3 + d6)>
// CHECK-DAG: #[[$BIAS:.*]] = affine_map<(d0, d1, d2, d3) -> (d1)>
// CHECK-LABEL: func.func @chain
// CHECK: %[[E:.*]] = tensor.empty() : tensor<2x12x12x64xf32>
// CHECK: kernel.contract ins(%{{.*}} : tensor<2x3x14x14xf32>, tensor<64x3x3x3xf32>) outs(%[[E]] : tensor<2x12x12x64xf32>)
// CHECK-SAME: maps [#[[$IMAGE]], #{{.*}}, #[[$WRITE]]]
// CHECK: linalg.generic {indexing_maps = [#[[$LAST]], #[[$BIAS]], #[[$LAST]]]
// CHECK: tensor.insert_slice %{{.*}} into %{{.*}}[0, 1, 1, 0] [2, 12, 12, 64] [1, 1, 1, 1] : tensor<2x12x12x64xf32> into tensor<2x14x14x64xf32>
// CHECK: kernel.contract ins(%{{.*}} : tensor<2x14x14x64xf32>, tensor<64x64x3x3xf32>) outs(%{{.*}} : tensor<2x12x12x64xf32>)
// CHECK-SAME: maps [#[[$READ]], #{{.*}}, #[[$WRITE]]]
// CHECK: linalg.generic {indexing_maps = [#[[$LAST]], #[[$BIAS]]]
module attributes {ingot.triple = "x86_64-unknown-linux-gnu", ingot.cpu = "x86-64-v4"} {
func.func @chain(%mx: memref<2x3x14x14xf32>, %mv: memref<64x3x3x3xf32>, %mw: memref<64x64x3x3xf32>, %mb: memref<64xf32>,
                 %y: memref<64xf32>) {
  %x = bufferization.to_tensor %mx restrict : memref<2x3x14x14xf32> to tensor<2x3x14x14xf32>
  %v = bufferization.to_tensor %mv restrict : memref<64x3x3x3xf32> to tensor<64x3x3x3xf32>
  %w = bufferization.to_tensor %mw restrict : memref<64x64x3x3xf32> to tensor<64x64x3x3xf32>
  %b = bufferization.to_tensor %mb restrict : memref<64xf32> to tensor<64xf32>
  %zero = arith.constant 0.0 : f32
  %0 = tensor.empty() : tensor<2x64x12x12xf32>
  %1 = kernel.contract ins(%x, %v : tensor<2x3x14x14xf32>, tensor<64x3x3x3xf32>) outs(%0 : tensor<2x64x12x12xf32>)
      maps [#image, #weights, #result] {
  ^bb0(%acc: f32):
    kernel.yield %acc : f32
  } -> tensor<2x64x12x12xf32>
  %2 = tensor.empty() : tensor<2x64x12x12xf32>
  %3 = linalg.generic {indexing_maps = [#id, #channel, #id], iterator_types = ["parallel", "parallel", "parallel", "parallel"]}
      ins(%1, %b : tensor<2x64x12x12xf32>, tensor<64xf32>) outs(%2 : tensor<2x64x12x12xf32>) {
  ^bb0(%a: f32, %c: f32, %out: f32):
    %s = arith.addf %a, %c : f32
    linalg.yield %s : f32
  } -> tensor<2x64x12x12xf32>
  %4 = tensor.empty() : tensor<2x64x14x14xf32>
  %5 = linalg.fill ins(%zero : f32) outs(%4 : tensor<2x64x14x14xf32>) -> tensor<2x64x14x14xf32>
  %6 = tensor.insert_slice %3 into %5[0, 0, 1, 1] [2, 64, 12, 12] [1, 1, 1, 1]
      : tensor<2x64x12x12xf32> into tensor<2x64x14x14xf32>
  %7 = tensor.empty() : tensor<2x64x12x12xf32>
  %8 = kernel.contract ins(%6, %w : tensor<2x64x14x14xf32>, tensor<64x64x3x3xf32>) outs(%7 : tensor<2x64x12x12xf32>)
      maps [#image, #weights, #result] {
  ^bb0(%acc: f32):
    kernel.yield %acc : f32
  } -> tensor<2x64x12x12xf32>
  %9 = tensor.empty() : tensor<64xf32>
  %10 = linalg.fill ins(%zero : f32) outs(%9 : tensor<64xf32>) -> tensor<64xf32>
  %11 = linalg.generic {indexing_maps = [#id, #channel], iterator_types = ["reduction", "parallel", "reduction", "reduction"]}
      ins(%8 : tensor<2x64x12x12xf32>) outs(%10 : tensor<64xf32>) {
  ^bb0(%a: f32, %out: f32):
    %s = arith.addf %out, %a : f32
    linalg.yield %s : f32
  } -> tensor<64xf32>
  bufferization.materialize_in_destination %11 in restrict writable %y : (tensor<64xf32>, memref<64xf32>) -> ()
  return
}
}

// -----

#image = affine_map<(n, o, h, w, c, k, l) -> (n, c, h + k, w + l)>
#weights = affine_map<(n, o, h, w, c, k, l) -> (o, c, k, l)>
#result = affine_map<(n, o, h, w, c, k, l) -> (n, o, h, w)>

// Six channels would leave most lanes of a vector empty.
// CHECK-LABEL: func.func @few_channels
// CHECK: outs(%{{.*}} : tensor<2x6x12x12xf32>)
// CHECK-NOT: linalg
module attributes {ingot.triple = "x86_64-unknown-linux-gnu", ingot.cpu = "x86-64-v4"} {
func.func @few_channels(%mx: memref<2x3x14x14xf32>, %mv: memref<6x3x3x3xf32>, %y: memref<2x6x12x12xf32>) {
  %x = bufferization.to_tensor %mx restrict : memref<2x3x14x14xf32> to tensor<2x3x14x14xf32>
  %v = bufferization.to_tensor %mv restrict : memref<6x3x3x3xf32> to tensor<6x3x3x3xf32>
  %0 = tensor.empty() : tensor<2x6x12x12xf32>
  %1 = kernel.contract ins(%x, %v : tensor<2x3x14x14xf32>, tensor<6x3x3x3xf32>) outs(%0 : tensor<2x6x12x12xf32>)
      maps [#image, #weights, #result] {
  ^bb0(%acc: f32):
    kernel.yield %acc : f32
  } -> tensor<2x6x12x12xf32>
  bufferization.materialize_in_destination %1 in restrict writable %y : (tensor<2x6x12x12xf32>, memref<2x6x12x12xf32>) -> ()
  return
}
}

// -----

#image = affine_map<(o, c, k, l, n, h, w) -> (n, c, h + k, w + l)>
#gradient = affine_map<(o, c, k, l, n, h, w) -> (n, o, h, w)>
#weights = affine_map<(o, c, k, l, n, h, w) -> (o, c, k, l)>

// The gradient of weights that keep their order: the sums have another one, and the step of the optimizer is an op of its own.
// CHECK-DAG: #[[$LAST:.*]] = affine_map<(d0, d1, d2, d3) -> (d1, d2, d3, d0)>
// CHECK-DAG: #[[$ID:.*]] = affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>
// CHECK-LABEL: func.func @weights
// CHECK: %[[S:.*]] = kernel.contract {{.*}} outs(%{{.*}} : tensor<32x3x3x64xf32>)
// CHECK: linalg.generic {indexing_maps = [#[[$LAST]], #[[$ID]], #[[$ID]]]{{.*}} ins(%[[S]], %{{.*}} : tensor<32x3x3x64xf32>, tensor<64x32x3x3xf32>)
// CHECK: arith.subf
module attributes {ingot.triple = "x86_64-unknown-linux-gnu", ingot.cpu = "x86-64-v4"} {
func.func @weights(%mx: memref<8x32x14x14xf32>, %mg: memref<8x64x12x12xf32>, %mw: memref<64x32x3x3xf32>) {
  %x = bufferization.to_tensor %mx restrict : memref<8x32x14x14xf32> to tensor<8x32x14x14xf32>
  %g = bufferization.to_tensor %mg restrict : memref<8x64x12x12xf32> to tensor<8x64x12x12xf32>
  %w = bufferization.to_tensor %mw restrict : memref<64x32x3x3xf32> to tensor<64x32x3x3xf32>
  %0 = tensor.empty() : tensor<64x32x3x3xf32>
  %1 = kernel.contract ins(%x, %g, %w : tensor<8x32x14x14xf32>, tensor<8x64x12x12xf32>, tensor<64x32x3x3xf32>)
      outs(%0 : tensor<64x32x3x3xf32>) maps [#image, #gradient, #weights, #weights] {
  ^bb0(%acc: f32, %old: f32):
    %new = arith.subf %old, %acc : f32
    kernel.yield %new : f32
  } -> tensor<64x32x3x3xf32>
  bufferization.materialize_in_destination %1 in restrict writable %mw : (tensor<64x32x3x3xf32>, memref<64x32x3x3xf32>) -> ()
  return
}
}

// -----

#image = affine_map<(n, o, h, w, c, k, l) -> (n, c, h + k, w + l)>
#weights = affine_map<(n, o, h, w, c, k, l) -> (o, c, k, l)>
#result = affine_map<(n, o, h, w, c, k, l) -> (n, o, h, w)>
#id = affine_map<(n, c, h, w) -> (n, c, h, w)>
#turned = affine_map<(n, c, h, w) -> (n, h, w, c)>
#row = affine_map<(n, c, h, w) -> (n)>

// The second image has its last dimension in common with the channels of the first one, which gains more than its own channels.
// CHECK-LABEL: func.func @already_last
// CHECK: kernel.contract {{.*}} outs(%{{.*}} : tensor<2x32x12x64xf32>)
// CHECK: kernel.contract {{.*}} outs(%{{.*}} : tensor<2x32x12x64xf32>)
module attributes {ingot.triple = "x86_64-unknown-linux-gnu", ingot.cpu = "x86-64-v4"} {
func.func @already_last(%mx: memref<2x3x34x14xf32>, %mv: memref<64x3x3x3xf32>, %mz: memref<2x1x14x66xf32>,
                        %mw: memref<32x1x3x3xf32>, %y: memref<2xf32>) {
  %x = bufferization.to_tensor %mx restrict : memref<2x3x34x14xf32> to tensor<2x3x34x14xf32>
  %v = bufferization.to_tensor %mv restrict : memref<64x3x3x3xf32> to tensor<64x3x3x3xf32>
  %z = bufferization.to_tensor %mz restrict : memref<2x1x14x66xf32> to tensor<2x1x14x66xf32>
  %w = bufferization.to_tensor %mw restrict : memref<32x1x3x3xf32> to tensor<32x1x3x3xf32>
  %zero = arith.constant 0.0 : f32
  %0 = tensor.empty() : tensor<2x64x32x12xf32>
  %1 = kernel.contract ins(%x, %v : tensor<2x3x34x14xf32>, tensor<64x3x3x3xf32>) outs(%0 : tensor<2x64x32x12xf32>)
      maps [#image, #weights, #result] {
  ^bb0(%acc: f32):
    kernel.yield %acc : f32
  } -> tensor<2x64x32x12xf32>
  %2 = tensor.empty() : tensor<2x32x12x64xf32>
  %3 = kernel.contract ins(%z, %w : tensor<2x1x14x66xf32>, tensor<32x1x3x3xf32>) outs(%2 : tensor<2x32x12x64xf32>)
      maps [#image, #weights, #result] {
  ^bb0(%acc: f32):
    kernel.yield %acc : f32
  } -> tensor<2x32x12x64xf32>
  %4 = tensor.empty() : tensor<2x64x32x12xf32>
  %5 = linalg.generic {indexing_maps = [#id, #turned, #id], iterator_types = ["parallel", "parallel", "parallel", "parallel"]}
      ins(%1, %3 : tensor<2x64x32x12xf32>, tensor<2x32x12x64xf32>) outs(%4 : tensor<2x64x32x12xf32>) {
  ^bb0(%a: f32, %b: f32, %out: f32):
    %s = arith.addf %a, %b : f32
    linalg.yield %s : f32
  } -> tensor<2x64x32x12xf32>
  %6 = tensor.empty() : tensor<2xf32>
  %7 = linalg.fill ins(%zero : f32) outs(%6 : tensor<2xf32>) -> tensor<2xf32>
  %8 = linalg.generic {indexing_maps = [#id, #row], iterator_types = ["parallel", "reduction", "reduction", "reduction"]}
      ins(%5 : tensor<2x64x32x12xf32>) outs(%7 : tensor<2xf32>) {
  ^bb0(%a: f32, %out: f32):
    %s = arith.addf %out, %a : f32
    linalg.yield %s : f32
  } -> tensor<2xf32>
  bufferization.materialize_in_destination %8 in restrict writable %y : (tensor<2xf32>, memref<2xf32>) -> ()
  return
}
}

// -----

#strided = affine_map<(n, o, h, w, c, k, l) -> (n, c, h * 4 + k, w * 4 + l)>
#filters = affine_map<(n, o, h, w, c, k, l) -> (o, c, k, l)>
#result = affine_map<(n, o, h, w, c, k, l) -> (n, o, h, w)>
#image = affine_map<(o, c, k, l, n, h, w) -> (n, c, h + k, w + l)>
#gradient = affine_map<(o, c, k, l, n, h, w) -> (n, o, h, w)>
#weights = affine_map<(o, c, k, l, n, h, w) -> (o, k, l, c)>

// The order of the image decides: sums that keep theirs keep their epilogue, too.
// CHECK-LABEL: func.func @undecided
// CHECK: kernel.contract {{.*}} outs(%{{.*}} : tensor<8x14x14x17xf32>)
// CHECK: kernel.contract {{.*}} outs(%{{.*}} : tensor<64x3x3x17xf32>)
// CHECK: arith.subf
// CHECK: kernel.yield
// CHECK-NOT: linalg.generic
module attributes {ingot.triple = "x86_64-unknown-linux-gnu", ingot.cpu = "x86-64-v4"} {
func.func @undecided(%mz: memref<8x128x55x55xf32>, %mv: memref<17x128x3x3xf32>, %mg: memref<8x64x12x12xf32>,
                     %mw: memref<64x3x3x17xf32>) {
  %z = bufferization.to_tensor %mz restrict : memref<8x128x55x55xf32> to tensor<8x128x55x55xf32>
  %v = bufferization.to_tensor %mv restrict : memref<17x128x3x3xf32> to tensor<17x128x3x3xf32>
  %g = bufferization.to_tensor %mg restrict : memref<8x64x12x12xf32> to tensor<8x64x12x12xf32>
  %w = bufferization.to_tensor %mw restrict : memref<64x3x3x17xf32> to tensor<64x3x3x17xf32>
  %0 = tensor.empty() : tensor<8x17x14x14xf32>
  %x = kernel.contract ins(%z, %v : tensor<8x128x55x55xf32>, tensor<17x128x3x3xf32>) outs(%0 : tensor<8x17x14x14xf32>)
      maps [#strided, #filters, #result] {
  ^bb0(%acc: f32):
    kernel.yield %acc : f32
  } -> tensor<8x17x14x14xf32>
  %1 = tensor.empty() : tensor<64x3x3x17xf32>
  %2 = kernel.contract ins(%x, %g, %w : tensor<8x17x14x14xf32>, tensor<8x64x12x12xf32>, tensor<64x3x3x17xf32>)
      outs(%1 : tensor<64x3x3x17xf32>) maps [#image, #gradient, #weights, #weights] {
  ^bb0(%acc: f32, %old: f32):
    %new = arith.subf %old, %acc : f32
    kernel.yield %new : f32
  } -> tensor<64x3x3x17xf32>
  bufferization.materialize_in_destination %2 in restrict writable %mw : (tensor<64x3x3x17xf32>, memref<64x3x3x17xf32>) -> ()
  return
}
}
