// RUN: ingot-opt %s | ingot-opt | FileCheck %s
// RUN: ingot-opt %s --mlir-print-op-generic | ingot-opt | FileCheck %s

#lhs = affine_map<(m, n, k) -> (m, k)>
#panels = affine_map<(m, n, k) -> (n floordiv 64, k, n mod 64)>
#out = affine_map<(m, n, k) -> (m, n)>
#column = affine_map<(m, n, k) -> (n)>

// CHECK-LABEL: func.func @linear
// CHECK: kernel.contract ins(%{{.*}}, %{{.*}}, %{{.*}} : tensor<?x400xf32>, tensor<2x400x64xf32>, tensor<120xf32>)
// CHECK-SAME: outs(%{{.*}} : tensor<?x120xf32>) maps [#{{.*}}, #{{.*}}, #{{.*}}, #{{.*}}] {
// CHECK-NEXT: ^bb0(%[[ACC:.*]]: f32, %[[BIAS:.*]]: f32):
// CHECK-NEXT: %[[SUM:.*]] = arith.addf %[[ACC]], %[[BIAS]] : f32
// CHECK-NEXT: kernel.yield %[[SUM]] : f32
// CHECK-NEXT: } -> tensor<?x120xf32>
func.func @linear(%x: tensor<?x400xf32>, %w: tensor<2x400x64xf32>, %bias: tensor<120xf32>,
                  %e: tensor<?x120xf32>) -> tensor<?x120xf32> {
  %y = kernel.contract ins(%x, %w, %bias : tensor<?x400xf32>, tensor<2x400x64xf32>, tensor<120xf32>)
      outs(%e : tensor<?x120xf32>) maps [#lhs, #panels, #out, #column] {
  ^bb0(%acc: f32, %b: f32):
    %s = arith.addf %acc, %b : f32
    kernel.yield %s : f32
  } -> tensor<?x120xf32>
  return %y : tensor<?x120xf32>
}

// A strided, dilated convolution of groups on memrefs; bf16 elements, summed in f32.
// CHECK-LABEL: func.func @conv
// CHECK: kernel.contract
// CHECK: arith.truncf
// CHECK-NOT: ->
// CHECK: return
func.func @conv(%x: memref<1x2x3x11x11xbf16>, %w: memref<2x4x3x3x3xbf16>, %y: memref<1x2x4x4x4xbf16>) {
  kernel.contract ins(%x, %w : memref<1x2x3x11x11xbf16>, memref<2x4x3x3x3xbf16>) outs(%y : memref<1x2x4x4x4xbf16>)
      maps [affine_map<(b, g, o, i, j, c, p, q) -> (b, g, c, i * 2 + p * 2, j * 2 + q * 2)>,
            affine_map<(b, g, o, i, j, c, p, q) -> (g, o, c, p, q)>,
            affine_map<(b, g, o, i, j, c, p, q) -> (b, g, o, i, j)>] {
  ^bb0(%acc: f32):
    %r = arith.truncf %acc : f32 to bf16
    kernel.yield %r : bf16
  }
  return
}

// CHECK-LABEL: func.func @pack
// CHECK: kernel.relayout ins(%{{.*}} : tensor<400x120xf32>) outs(%{{.*}} : tensor<2x400x64xf32>) map #{{.*}} -> tensor<2x400x64xf32>
func.func @pack(%w: tensor<400x120xf32>, %e: tensor<2x400x64xf32>) -> tensor<2x400x64xf32> {
  %p = kernel.relayout ins(%w : tensor<400x120xf32>) outs(%e : tensor<2x400x64xf32>)
      map affine_map<(p, k, r) -> (k, p * 64 + r)> -> tensor<2x400x64xf32>
  return %p : tensor<2x400x64xf32>
}

// CHECK-LABEL: func.func @transpose
// CHECK: kernel.relayout ins(%{{.*}} : memref<?x8xi8>) outs(%{{.*}} : memref<8x?xi8>) map #{{.*$}}
func.func @transpose(%x: memref<?x8xi8>, %y: memref<8x?xi8>) {
  kernel.relayout ins(%x : memref<?x8xi8>) outs(%y : memref<8x?xi8>) map affine_map<(i, j) -> (j, i)>
  return
}
