// The innermost loop as machine code: nothing but its loads, its multiply-adds and the counter; no store, no spill.
// RUN: ingot-opt %s --ingot-emit-kernels > %t.mlir
// RUN: mlir-opt %t.mlir --allow-unregistered-dialect --arith-expand --convert-scf-to-cf --convert-vector-to-llvm \
// RUN:   --convert-math-to-llvm --convert-arith-to-llvm --convert-cf-to-llvm --convert-func-to-llvm --reconcile-unrealized-casts \
// RUN:   | mlir-translate --mlir-to-llvmir > %t.ll
// RUN: opt -O2 -mcpu=x86-64-v4 %t.ll | llc -O2 -mcpu=x86-64-v4 -mtriple=x86_64-unknown-linux-gnu | FileCheck %s

module attributes {ingot.triple = "x86_64-unknown-linux-gnu", ingot.cpu = "x86-64-v4"} {

// CHECK-LABEL: gemm:
// CHECK: Inner Loop Header: Depth=3
// CHECK-NOT: {{rsp|# %bb}}
// CHECK-COUNT-24: vfmadd231ps
// CHECK-NOT: {{rsp|vfmadd}}
// CHECK: {{jb|jne}}
// CHECK-NOT: vfmadd
// CHECK: ret
func.func @gemm(%x: memref<600x400xf32>, %w: memref<2x400x64xf32>, %y: memref<600x128xf32>) {
  kernel.contract ins(%x, %w : memref<600x400xf32>, memref<2x400x64xf32>) outs(%y : memref<600x128xf32>)
      maps [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (n floordiv 64, k, n mod 64)>,
            affine_map<(m, n, k) -> (m, n)>] {
  ^bb0(%acc: f32):
    kernel.yield %acc : f32
  }
  return
}
}
