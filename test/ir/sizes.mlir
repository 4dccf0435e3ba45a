// RUN: ingot-opt %s | ingot-opt | FileCheck %s

// Sizes are canonical: however they are written, equal ones are one type.
// CHECK-LABEL: func.func @canonical
// CHECK-SAME: %{{.*}}: tensor<?x3xf32, #ingot.sizes<[N*2 + 1, 3]>>
// CHECK-SAME: -> tensor<?x3xf32, #ingot.sizes<[N*2 + 1, 3]>>
func.func @canonical(%x: tensor<?x3xf32, #ingot.sizes<[1 + N + N, 2 + 1]>>) -> tensor<?x3xf32, #ingot.sizes<[(N * 4 + 2) floordiv 2, 3]>> {
  return %x : tensor<?x3xf32, #ingot.sizes<[2 * N + 1, 3]>>
}

// CHECK-LABEL: func.func @functions
// CHECK-SAME: #ingot.sizes<[(N + 1) floordiv 2, N mod 4, min(N, 4), max(M, N), M*N - 1]>
func.func @functions(%x: tensor<?x?x?x?x?xbf16, #ingot.sizes<[(N + 1) floordiv 2, N mod 4, min(4, N), max(N, M), N * M + -1]>>) {
  return
}

// CHECK-LABEL: func.func @dims
// CHECK-SAME: attributes {ingot.dims = [#ingot.dim<"N", 0, 512>, #ingot.dim<"T", 1, -1>]}
func.func @dims() attributes {ingot.dims = [#ingot.dim<"N", 0, 512>, #ingot.dim<"T", 1, -1>]} {
  return
}
