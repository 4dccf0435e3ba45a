// RUN: ingot-opt %s --ingot-pack-contractions | FileCheck %s

#mk = affine_map<(m, n, k) -> (m, k)>
#km = affine_map<(m, n, k) -> (k, m)>
#kn = affine_map<(m, n, k) -> (k, n)>
#nk = affine_map<(m, n, k) -> (n, k)>
#mn = affine_map<(m, n, k) -> (m, n)>

// CHECK-DAG: #[[$PACK_NK:.*]] = affine_map<(d0, d1, d2) -> (d0 * 64 + d2, d1)>
// CHECK-DAG: #[[$PACK_KN:.*]] = affine_map<(d0, d1, d2) -> (d1, d0 * 16 + d2)>
// CHECK-DAG: #[[$PANELS:.*]] = affine_map<(d0, d1, d2) -> (d1 floordiv 64, d2, d1 mod 64)>
// CHECK-DAG: #[[$PACK_KM:.*]] = affine_map<(d0, d1, d2) -> (d1, d0 * 12 + d2)>
// CHECK-DAG: #[[$ROWS:.*]] = affine_map<(d0, d1, d2) -> (d0 floordiv 12, d2, d0 mod 12)>
// CHECK-DAG: #[[$NARROW:.*]] = affine_map<(d0, d1, d2) -> (d1 floordiv 16, d2, d1 mod 16)>

module attributes {ingot.triple = "x86_64-unknown-linux-gnu", ingot.cpu = "x86-64-v4"} {

// A linear layer: the weights are packed, when the state is prepared.
// CHECK-LABEL: func.func @linear
// CHECK: %[[W:.*]] = bufferization.to_tensor %arg0
// CHECK: %[[E:.*]] = tensor.empty() : tensor<2x400x64xf32>
// CHECK: %[[P:.*]] = kernel.relayout ins(%[[W]] : tensor<120x400xf32>) outs(%[[E]] : tensor<2x400x64xf32>) map #[[$PACK_NK]]
// CHECK: kernel.contract ins(%{{.*}}, %[[P]] : tensor<4x400xf32>, tensor<2x400x64xf32>)
// CHECK-SAME: maps [#{{.*}}, #[[$PANELS]], #{{.*}}]
func.func @linear(%w: memref<120x400xf32> {ingot.state = "w"}, %x: memref<4x400xf32> {ingot.input = "x"}) -> tensor<4x120xf32> {
  %0 = bufferization.to_tensor %w restrict : memref<120x400xf32> to tensor<120x400xf32>
  %1 = bufferization.to_tensor %x restrict : memref<4x400xf32> to tensor<4x400xf32>
  %e = tensor.empty() : tensor<4x120xf32>
  %y = kernel.contract ins(%1, %0 : tensor<4x400xf32>, tensor<120x400xf32>) outs(%e : tensor<4x120xf32>) maps [#mk, #nk, #mn] {
  ^bb0(%acc: f32):
    kernel.yield %acc : f32
  } -> tensor<4x120xf32>
  return %y : tensor<4x120xf32>
}

// Few columns make one narrow panel.
// CHECK-LABEL: func.func @narrow
// CHECK: kernel.relayout {{.*}} outs(%{{.*}} : tensor<1x84x16xf32>) map #[[$PACK_KN]]
// CHECK: maps [#{{.*}}, #[[$NARROW]], #{{.*}}]
func.func @narrow(%w: memref<84x10xf32> {ingot.state = "v"}, %x: tensor<4x84xf32>) -> tensor<4x10xf32> {
  %0 = bufferization.to_tensor %w restrict : memref<84x10xf32> to tensor<84x10xf32>
  %e = tensor.empty() : tensor<4x10xf32>
  %y = kernel.contract ins(%x, %0 : tensor<4x84xf32>, tensor<84x10xf32>) outs(%e : tensor<4x10xf32>) maps [#mk, #kn, #mn] {
  ^bb0(%acc: f32):
    kernel.yield %acc : f32
  } -> tensor<4x10xf32>
  return %y : tensor<4x10xf32>
}

// A state that is written is packed at each call.
// CHECK-LABEL: func.func @written
// CHECK: kernel.relayout
// CHECK: return
func.func @written(%w: memref<120x400xf32> {ingot.state = "trained", ingot.written}, %x: tensor<4x400xf32>) -> tensor<4x120xf32> {
  %0 = bufferization.to_tensor %w restrict : memref<120x400xf32> to tensor<120x400xf32>
  %e = tensor.empty() : tensor<4x120xf32>
  %y = kernel.contract ins(%x, %0 : tensor<4x400xf32>, tensor<120x400xf32>) outs(%e : tensor<4x120xf32>) maps [#mk, #nk, #mn] {
  ^bb0(%acc: f32):
    kernel.yield %acc : f32
  } -> tensor<4x120xf32>
  return %y : tensor<4x120xf32>
}

// Where its elements lie as vectors are loaded, that pays only beside many products.
// CHECK-LABEL: func.func @gradient
// CHECK-NOT: kernel.relayout
// CHECK: return
func.func @gradient(%w: memref<120x400xf32> {ingot.state = "trained", ingot.written}, %g: tensor<64x120xf32>) -> tensor<64x400xf32> {
  %0 = bufferization.to_tensor %w restrict : memref<120x400xf32> to tensor<120x400xf32>
  %e = tensor.empty() : tensor<64x400xf32>
  %y = kernel.contract ins(%g, %0 : tensor<64x120xf32>, tensor<120x400xf32>) outs(%e : tensor<64x400xf32>) maps [#mk, #kn, #mn] {
  ^bb0(%acc: f32):
    kernel.yield %acc : f32
  } -> tensor<64x400xf32>
  return %y : tensor<64x400xf32>
}

// One row streams through a large matrix as it lies.
// CHECK-LABEL: func.func @stream
// CHECK-NOT: kernel.relayout
// CHECK: return
func.func @stream(%w: tensor<2048x2048xf32>, %x: tensor<1x2048xf32>) -> tensor<1x2048xf32> {
  %e = tensor.empty() : tensor<1x2048xf32>
  %y = kernel.contract ins(%x, %w : tensor<1x2048xf32>, tensor<2048x2048xf32>) outs(%e : tensor<1x2048xf32>) maps [#mk, #nk, #mn] {
  ^bb0(%acc: f32):
    kernel.yield %acc : f32
  } -> tensor<1x2048xf32>
  return %y : tensor<1x2048xf32>
}

// Scores of attention, q k^T, at a batch known at run time: the keys are packed at run time.
// CHECK-LABEL: func.func @scores
// CHECK-SAME: %[[N:[^:]*]]: index
// CHECK: %[[E:.*]] = tensor.empty(%[[N]]) : tensor<?x1x32x64xf32>
// CHECK: kernel.relayout ins(%{{.*}} : tensor<?x50x32xf32>) outs(%[[E]] : tensor<?x1x32x64xf32>)
// CHECK: kernel.contract ins(%{{.*}}, %{{.*}} : tensor<?x50x32xf32>, tensor<?x1x32x64xf32>)
func.func @scores(%n: index {ingot.dim = "N"}, %q: memref<?x50x32xf32> {ingot.sizes = #ingot.sizes<[N, 50, 32]>},
                  %k: memref<?x50x32xf32> {ingot.sizes = #ingot.sizes<[N, 50, 32]>}) -> tensor<?x50x50xf32> {
  %0 = bufferization.to_tensor %q restrict : memref<?x50x32xf32> to tensor<?x50x32xf32>
  %1 = bufferization.to_tensor %k restrict : memref<?x50x32xf32> to tensor<?x50x32xf32>
  %e = tensor.empty(%n) : tensor<?x50x50xf32>
  %y = kernel.contract ins(%0, %1 : tensor<?x50x32xf32>, tensor<?x50x32xf32>) outs(%e : tensor<?x50x50xf32>)
      maps [affine_map<(b, m, n, k) -> (b, m, k)>, affine_map<(b, m, n, k) -> (b, n, k)>,
            affine_map<(b, m, n, k) -> (b, m, n)>] {
  ^bb0(%acc: f32):
    kernel.yield %acc : f32
  } -> tensor<?x50x50xf32>
  return %y : tensor<?x50x50xf32>
}

// An image is read as it lies, and so are weights whose elements are broadcast.
// CHECK-LABEL: func.func @convolution
// CHECK-NOT: kernel.relayout
// CHECK: return
func.func @convolution(%w: memref<6x1x5x5xf32> {ingot.state = "conv"}, %x: tensor<4x1x32x32xf32>) -> tensor<4x6x28x28xf32> {
  %0 = bufferization.to_tensor %w restrict : memref<6x1x5x5xf32> to tensor<6x1x5x5xf32>
  %e = tensor.empty() : tensor<4x6x28x28xf32>
  %y = kernel.contract ins(%x, %0 : tensor<4x1x32x32xf32>, tensor<6x1x5x5xf32>) outs(%e : tensor<4x6x28x28xf32>)
      maps [affine_map<(b, o, i, j, c, p, q) -> (b, c, i + p, j + q)>, affine_map<(b, o, i, j, c, p, q) -> (o, c, p, q)>,
            affine_map<(b, o, i, j, c, p, q) -> (b, o, i, j)>] {
  ^bb0(%acc: f32):
    kernel.yield %acc : f32
  } -> tensor<4x6x28x28xf32>
  return %y : tensor<4x6x28x28xf32>
}

// So many products pay for a copy of the rows, even of a result.
// CHECK-LABEL: func.func @large
// CHECK: kernel.relayout ins(%{{.*}} : tensor<512x512xf32>) outs(%{{.*}} : tensor<8x512x64xf32>)
func.func @large(%a: tensor<512x512xf32>, %b: tensor<512x512xf32>) -> tensor<512x512xf32> {
  %e = tensor.empty() : tensor<512x512xf32>
  %y = kernel.contract ins(%a, %b : tensor<512x512xf32>, tensor<512x512xf32>) outs(%e : tensor<512x512xf32>) maps [#mk, #kn, #mn] {
  ^bb0(%acc: f32):
    kernel.yield %acc : f32
  } -> tensor<512x512xf32>
  return %y : tensor<512x512xf32>
}

// A constant is packed here and now.
// CHECK-LABEL: func.func @constant
// CHECK-NOT: kernel.relayout
// CHECK: arith.constant dense<{{.*}} : tensor<3x2xf32>
// CHECK: arith.constant dense<
// CHECK-SAME{LITERAL}: [[[1.000000e+00, 3.000000e+00, 5.000000e+00, 0.000000e+00,
// CHECK-SAME{LITERAL}: [2.000000e+00, 4.000000e+00, 6.000000e+00, 0.000000e+00,
// CHECK-SAME: tensor<1x2x16xf32>
// CHECK: kernel.contract
func.func @constant(%x: tensor<4x2xf32>) -> tensor<4x3xf32> {
  %w = arith.constant dense<[[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]> : tensor<3x2xf32>
  %e = tensor.empty() : tensor<4x3xf32>
  %y = kernel.contract ins(%x, %w : tensor<4x2xf32>, tensor<3x2xf32>) outs(%e : tensor<4x3xf32>) maps [#mk, #nk, #mn] {
  ^bb0(%acc: f32):
    kernel.yield %acc : f32
  } -> tensor<4x3xf32>
  return %y : tensor<4x3xf32>
}

// Steps of a recurrence share one copy of the weights.
// CHECK-LABEL: func.func @steps
// CHECK-COUNT-1: kernel.relayout
// CHECK-NOT: kernel.relayout
// CHECK: return
func.func @steps(%w: memref<32x32xf32> {ingot.state = "w"}, %h: tensor<4x32xf32>) -> tensor<4x32xf32> {
  %0 = bufferization.to_tensor %w restrict : memref<32x32xf32> to tensor<32x32xf32>
  %e = tensor.empty() : tensor<4x32xf32>
  %1 = kernel.contract ins(%h, %0 : tensor<4x32xf32>, tensor<32x32xf32>) outs(%e : tensor<4x32xf32>) maps [#mk, #nk, #mn] {
  ^bb0(%acc: f32):
    kernel.yield %acc : f32
  } -> tensor<4x32xf32>
  %2 = kernel.contract ins(%1, %0 : tensor<4x32xf32>, tensor<32x32xf32>) outs(%e : tensor<4x32xf32>) maps [#mk, #nk, #mn] {
  ^bb0(%acc: f32):
    kernel.yield %acc : f32
  } -> tensor<4x32xf32>
  return %2 : tensor<4x32xf32>
}

// The gradient of weights, x^T dY: a tile of rows would be read across lines that are far apart.
// CHECK-LABEL: func.func @gradient_of_weights
// CHECK: %[[X:.*]] = kernel.relayout ins(%{{.*}} : tensor<256x512xf32>) outs(%{{.*}} : tensor<43x256x12xf32>)
// CHECK-SAME: map #[[$PACK_KM]]
// CHECK: kernel.contract ins(%[[X]], %{{.*}} : tensor<43x256x12xf32>,
// CHECK-SAME: maps [#[[$ROWS]],
func.func @gradient_of_weights(%x: tensor<256x512xf32>, %dy: tensor<256x128xf32>) -> tensor<512x128xf32> {
  %e = tensor.empty() : tensor<512x128xf32>
  %y = kernel.contract ins(%x, %dy : tensor<256x512xf32>, tensor<256x128xf32>) outs(%e : tensor<512x128xf32>) maps [#km, #kn, #mn] {
  ^bb0(%acc: f32):
    kernel.yield %acc : f32
  } -> tensor<512x128xf32>
  return %y : tensor<512x128xf32>
}

// Few columns do not pay for that.
// CHECK-LABEL: func.func @few_columns
// CHECK-NOT: tensor<43x256x12xf32>
// CHECK: return
func.func @few_columns(%x: tensor<256x512xf32>, %dy: tensor<256x16xf32>) -> tensor<512x16xf32> {
  %e = tensor.empty() : tensor<512x16xf32>
  %y = kernel.contract ins(%x, %dy : tensor<256x512xf32>, tensor<256x16xf32>) outs(%e : tensor<512x16xf32>) maps [#km, #kn, #mn] {
  ^bb0(%acc: f32):
    kernel.yield %acc : f32
  } -> tensor<512x16xf32>
  return %y : tensor<512x16xf32>
}
}
