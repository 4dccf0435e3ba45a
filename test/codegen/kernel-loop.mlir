// RUN: ingot-opt %s | ingot-opt | FileCheck %s
// RUN: ingot-opt %s -ingot-bufferize -canonicalize | FileCheck %s --check-prefix=BUFFERS
// RUN: ingot-opt %s -ingot-bufferize -canonicalize -ingot-plan-arena | FileCheck %s --check-prefix=ARENA
// RUN: ingot-opt %s -ingot-bufferize -canonicalize -ingot-plan-arena -ingot-emit-kernels | FileCheck %s --check-prefix=KERNELS

module attributes {ingot.triple = "x86_64-unknown-linux-gnu", ingot.cpu = "x86-64-v4"} {

// What every second element is of is copied together: the function takes nothing with gaps. The function has a check.
// CHECK-LABEL: func.func @f
// CHECK: kernel.loop @step steps %{{.*}} reverse carry(%{{.*}} : tensor<2xf32>) over(%{{.*}} : tensor<?x2xi64>) with(%{{.*}} : tensor<6xf32>) dims(%{{.*}}) finals(%{{.*}} : tensor<2xf32>) stacked(%{{.*}} : tensor<?x2xf32>) scratch(%{{.*}} : tensor<2xf32>) -> tensor<2xf32>, tensor<?x2xf32>, tensor<2xf32>
// BUFFERS-LABEL: func.func @f
// BUFFERS: %[[COPY:.*]] = memref.alloc() {{.*}}: memref<6xf32>
// BUFFERS: memref.copy %{{.*}}, %[[COPY]]
// BUFFERS: kernel.loop @step steps %arg3 reverse may_fail carry(%arg0 : memref<2xf32>) over(%arg1 : memref<?x2xi64>) with(%[[COPY]] : memref<6xf32>) dims(%arg3) finals(%{{.*}} : memref<2xf32>) stacked(%{{.*}} : memref<?x2xf32>) scratch(%{{.*}} : memref<2xf32>)
// What the function needs is a buffer as others are.
// ARENA-LABEL: func.func @f
// ARENA-SAME: ingot.workspace = "((T + 7) floordiv 8)*128 + 192"
// ARENA: %[[SIZE:.*]] = arith.muli %{{.*}}, %c64
// ARENA: memref.view %[[ARENA:.*]][%{{.*}}][%[[SIZE]]] : memref<?xi8> to memref<?xi8>
// ARENA: kernel.loop @step {{.*}} workspace(%{{.*}} : memref<?xi8>)
// ARENA: func.func private @step(
// ARENA-SAME: ingot.workspace = "((T + 7) floordiv 8)*64"
// Without a step the values at the start are copied. The last step writes to the finals. After a check has failed no more
// steps are done; then the number of the check, or -1, is what the function returns.
// KERNELS-LABEL: func.func @f
// KERNELS: %[[NONE:.*]] = arith.cmpi sle, %[[T:.*]], %c0
// KERNELS: scf.if %[[NONE]]
// KERNELS: %[[R:.*]]:4 = scf.for %[[I:.*]] = %{{.*}} to %[[T]] {{.*}} iter_args(%[[H:.*]] = %{{.*}}, %[[SITE:.*]] = %c-1_i32, %[[VALUE:.*]] = %c0_i64, %[[SIZE:.*]] = %c0_i64) -> (!llvm.ptr, i32, i64, i64)
// KERNELS: arith.floordivsi
// KERNELS: %[[PARITY:.*]] = arith.subi
// KERNELS: %[[FINAL:.*]] = arith.cmpi eq, %[[PARITY]], %c0
// KERNELS: %[[NEXT:.*]] = arith.select %[[FINAL]]
// KERNELS: %[[FINE:.*]] = arith.cmpi slt, %[[SITE]], %c0_i32
// KERNELS: %[[FOUND:.*]]:3 = scf.if %[[FINE]] -> (i32, i64, i64) {
// KERNELS: %[[CALL:.*]]:3 = func.call @step(%[[H]], %{{.*}}, %{{.*}}, %[[T]], %[[NEXT]], %{{.*}}, %{{.*}})
// KERNELS: scf.yield %[[CALL]]#0, %[[CALL]]#1, %[[CALL]]#2
// KERNELS: } else {
// KERNELS: scf.yield %[[SITE]], %[[VALUE]], %[[SIZE]]
// KERNELS: scf.yield %[[NEXT]], %[[FOUND]]#0, %[[FOUND]]#1, %[[FOUND]]#2
// KERNELS: %[[OK:.*]] = arith.cmpi slt, %[[R]]#1, %c0_i32
// KERNELS: cf.cond_br %[[OK]], ^bb1, ^bb2(%[[R]]#1, %[[R]]#2, %[[R]]#3 : i32, i64, i64)
func.func @f(%h: memref<2xf32>, %xs: memref<?x2xi64> {ingot.input = "x", ingot.sizes = #ingot.sizes<[T, 2]>},
             %table: memref<12xf32>, %t: index {ingot.dim = "T"}, %y: memref<2xf32>)
    attributes {ingot.dims = [#ingot.dim<"T", 0, -1>]} {
  %0 = bufferization.to_tensor %h restrict : memref<2xf32> to tensor<2xf32>
  %1 = bufferization.to_tensor %xs restrict : memref<?x2xi64> to tensor<?x2xi64>
  %2 = bufferization.to_tensor %table restrict : memref<12xf32> to tensor<12xf32>
  %3 = tensor.extract_slice %2[0] [6] [2] : tensor<12xf32> to tensor<6xf32>
  %4 = tensor.empty() : tensor<2xf32>
  %5 = tensor.empty(%t) : tensor<?x2xf32>
  %6 = tensor.empty() : tensor<2xf32>
  %7:3 = kernel.loop @step steps %t reverse carry(%0 : tensor<2xf32>) over(%1 : tensor<?x2xi64>) with(%3 : tensor<6xf32>)
      dims(%t) finals(%4 : tensor<2xf32>) stacked(%5 : tensor<?x2xf32>) scratch(%6 : tensor<2xf32>)
      -> tensor<2xf32>, tensor<?x2xf32>, tensor<2xf32>
  bufferization.materialize_in_destination %7#0 in restrict writable %y : (tensor<2xf32>, memref<2xf32>) -> ()
  return
}

func.func private @step(%h: memref<2xf32>, %i: memref<2xi64>, %table: memref<6xf32>, %t: index {ingot.dim = "T"},
                        %next: memref<2xf32>, %y: memref<2xf32>) attributes {ingot.body, ingot.dims = [#ingot.dim<"T", 0, -1>]} {
  %size = arith.constant 6 : index
  %0 = bufferization.to_tensor %i restrict : memref<2xi64> to tensor<2xi64>
  kernel.check_index "gather" %0 below %size : tensor<2xi64>
  %1 = bufferization.to_tensor %h restrict : memref<2xf32> to tensor<2xf32>
  %scratch = memref.alloc(%t) : memref<?x2xf32>
  %zero = arith.constant 0.0 : f32
  linalg.fill ins(%zero : f32) outs(%scratch : memref<?x2xf32>)
  %first = memref.subview %scratch[0, 0] [1, 2] [1, 1] : memref<?x2xf32> to memref<2xf32>
  kernel.relayout ins(%first : memref<2xf32>) outs(%next : memref<2xf32>) map affine_map<(i) -> (i)>
  bufferization.materialize_in_destination %1 in restrict writable %next : (tensor<2xf32>, memref<2xf32>) -> ()
  bufferization.materialize_in_destination %1 in restrict writable %y : (tensor<2xf32>, memref<2xf32>) -> ()
  return
}

}
