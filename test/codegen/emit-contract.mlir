// RUN: ingot-opt %s --ingot-emit-kernels | FileCheck %s

#panels = affine_map<(m, n, k) -> (n floordiv 64, k, n mod 64)>
#mk = affine_map<(m, n, k) -> (m, k)>
#mn = affine_map<(m, n, k) -> (m, n)>
#column = affine_map<(m, n, k) -> (n)>

module attributes {ingot.triple = "x86_64-unknown-linux-gnu", ingot.cpu = "x86-64-v4"} {

// A tile of 6 rows by 4 vectors: all vectors of a step are loaded first, then each row's scalar meets them. The sum is carried in
// registers; the epilogue works on the finished tile.
// CHECK-LABEL: func.func @linear
// CHECK: scf.for
// CHECK: scf.for
// CHECK: scf.for {{.*}} iter_args(
// CHECK-NOT: store
// CHECK-COUNT-4: llvm.load {{.*}} -> vector<16xf32>
// CHECK-NOT: -> vector<16xf32>
// CHECK: llvm.load {{.*}} -> f32
// CHECK-COUNT-4: math.fma
// CHECK: llvm.load {{.*}} -> f32
// CHECK-COUNT-20: math.fma
// CHECK-NOT: math.fma
// CHECK: scf.yield
// CHECK: arith.addf {{.*}} : vector<16xf32>
// CHECK: arith.maximumf {{.*}} : vector<16xf32>
// CHECK-COUNT-24: llvm.store {{.*}} : vector<16xf32>
func.func @linear(%x: memref<600x400xf32>, %w: memref<2x400x64xf32>, %bias: memref<128xf32>, %y: memref<600x128xf32>) {
  kernel.contract ins(%x, %w, %bias : memref<600x400xf32>, memref<2x400x64xf32>, memref<128xf32>) outs(%y : memref<600x128xf32>)
      maps [#mk, #panels, #mn, #column] {
  ^bb0(%acc: f32, %b: f32):
    %s = arith.addf %acc, %b : f32
    %zero = arith.constant 0.0 : f32
    %r = arith.maximumf %s, %zero : f32
    kernel.yield %r : f32
  }
  return
}

// 10 columns: what the panel holds beyond them is computed, and not stored.
// CHECK-LABEL: func.func @narrow
// CHECK-NOT: llvm.intr.masked.load
// CHECK: llvm.intr.masked.store {{.*}} : vector<16xf32>, vector<16xi1>
func.func @narrow(%x: memref<4x84xf32>, %w: memref<1x84x16xf32>, %y: memref<4x10xf32>) {
  kernel.contract ins(%x, %w : memref<4x84xf32>, memref<1x84x16xf32>) outs(%y : memref<4x10xf32>)
      maps [#mk, affine_map<(m, n, k) -> (n floordiv 16, k, n mod 16)>, #mn] {
  ^bb0(%acc: f32):
    kernel.yield %acc : f32
  }
  return
}

// One row has too few sums to keep the multiply-adds busy with one panel: it takes two.
// CHECK-LABEL: func.func @one_row
// CHECK: scf.for {{.*}} iter_args(
// CHECK-COUNT-8: math.fma
// CHECK-NOT: math.fma
// CHECK: scf.yield
func.func @one_row(%x: memref<1x400xf32>, %w: memref<2x400x64xf32>, %y: memref<1x120xf32>) {
  kernel.contract ins(%x, %w : memref<1x400xf32>, memref<2x400x64xf32>) outs(%y : memref<1x120xf32>) maps [#mk, #panels, #mn] {
  ^bb0(%acc: f32):
    kernel.yield %acc : f32
  }
  return
}

// Output channels are the rows, the output's width the vectors; short output rows share a vector.
// CHECK-LABEL: func.func @convolution
// CHECK: scf.for {{.*}} iter_args(
// CHECK: llvm.intr.masked.load
// CHECK: math.fma {{.*}} : vector<16xf32>
// CHECK: llvm.store {{.*}} : vector<16xf32>
func.func @convolution(%x: memref<8x6x14x14xf32>, %w: memref<16x6x3x3xf32>, %y: memref<8x16x12x12xf32>) {
  kernel.contract ins(%x, %w : memref<8x6x14x14xf32>, memref<16x6x3x3xf32>) outs(%y : memref<8x16x12x12xf32>)
      maps [affine_map<(b, o, i, j, c, p, q) -> (b, c, i + p, j + q)>, affine_map<(b, o, i, j, c, p, q) -> (o, c, p, q)>,
            affine_map<(b, o, i, j, c, p, q) -> (b, o, i, j)>] {
  ^bb0(%acc: f32):
    kernel.yield %acc : f32
  }
  return
}

// bf16 is widened as it is loaded, summed in f32, and rounded once.
// CHECK-LABEL: func.func @bf16
// CHECK: arith.extf {{.*}} : vector<16xbf16> to vector<16xf32>
// CHECK: math.fma {{.*}} : vector<16xf32>
// CHECK: arith.truncf {{.*}} : vector<16xf32> to vector<16xbf16>
func.func @bf16(%x: memref<6x400xbf16>, %w: memref<2x400x64xbf16>, %y: memref<6x128xbf16>) {
  kernel.contract ins(%x, %w : memref<6x400xbf16>, memref<2x400x64xbf16>) outs(%y : memref<6x128xbf16>) maps [#mk, #panels, #mn] {
  ^bb0(%acc: f32):
    %r = arith.truncf %acc : f32 to bf16
    kernel.yield %r : bf16
  }
  return
}

// Nothing is summed: zeros, through the epilogue.
// CHECK-LABEL: func.func @empty_sum
// CHECK-NOT: math.fma
// CHECK: llvm.store
func.func @empty_sum(%x: memref<6x0xf32>, %w: memref<0x16xf32>, %y: memref<6x16xf32>) {
  kernel.contract ins(%x, %w : memref<6x0xf32>, memref<0x16xf32>) outs(%y : memref<6x16xf32>)
      maps [#mk, affine_map<(m, n, k) -> (k, n)>, #mn] {
  ^bb0(%acc: f32):
    kernel.yield %acc : f32
  }
  return
}
}
