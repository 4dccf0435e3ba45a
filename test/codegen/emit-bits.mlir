// RUN: sed s/CPU/x86-64-v4/ %s | ingot-opt --ingot-emit-kernels --cse | FileCheck %s
// RUN: sed s/CPU/x86-64-v3/ %s | ingot-opt --ingot-emit-kernels --cse | FileCheck %s --check-prefix=V3
// RUN: sed 's/CPU/generic/; s/x86_64-unknown/aarch64-unknown/' %s | ingot-opt --ingot-emit-kernels --cse | FileCheck %s --check-prefix=ARM
// RUN: sed s/CPU/x86-64-v4/ %s | ingot-opt --ingot-emit-kernels > %t.mlir
// RUN: mlir-opt %t.mlir --allow-unregistered-dialect --arith-expand --convert-scf-to-cf --convert-vector-to-llvm \
// RUN:   --convert-arith-to-llvm --convert-cf-to-llvm --convert-func-to-llvm --reconcile-unrealized-casts \
// RUN:   | mlir-translate --mlir-to-llvmir > %t.ll
// RUN: opt -O2 -mcpu=x86-64-v4 %t.ll | llc -O2 -mcpu=x86-64-v4 -mtriple=x86_64-unknown-linux-gnu | FileCheck %s --check-prefix=ASM

module attributes {ingot.triple = "x86_64-unknown-linux-gnu", ingot.cpu = "CPU"} {

// A vector of bits is a word; the last one of a row is as many bytes as it needs, the bits behind it stay. A register of
// four numbers would be half a byte: two of them make a vector.
//
// CHECK-LABEL: func.func @mask
// CHECK: scf.for
// CHECK: arith.cmpf ogt, %{{.*}} : vector<16xf32>
// CHECK: %[[WORD:.*]] = llvm.bitcast %{{.*}} : vector<16xi1> to i16
// CHECK: llvm.store %[[WORD]], %{{.*}} : i16, !llvm.ptr
// The last of 100.
// CHECK: arith.trunci %{{.*}} : i16 to i8
// CHECK: llvm.load %[[AT:[0-9]*]] {{.*}} : !llvm.ptr -> i8
// CHECK: llvm.store %{{.*}}, %[[AT]] {{.*}} : i8, !llvm.ptr
//
// V3-LABEL: func.func @mask
// V3: llvm.bitcast %{{.*}} : vector<8xi1> to i8
// V3: llvm.store %{{.*}} : i8, !llvm.ptr
// ARM-LABEL: func.func @mask
// ARM: arith.cmpf ogt, %{{.*}} : vector<8xf32>
// ARM: llvm.bitcast %{{.*}} : vector<8xi1> to i8
// ASM-LABEL: mask:
// ASM: vcmpltps {{.*}}, %[[K:k[0-7]]]
// ASM: kmovw %[[K]], {{.*}}(%
func.func @mask(%x: memref<9x100xf32>, %b: memref<100xf32>, %arena: memref<?xi8> {ingot.arena}) {
  %c0 = arith.constant 0 : index
  %bits = memref.view %arena[%c0][] : memref<?xi8> to memref<936xi1>
  %m = memref.reinterpret_cast %bits to offset: [0], sizes: [9, 100], strides: [104, 1] : memref<936xi1> to memref<9x100xi1, strided<[104, 1]>>
  linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (j)>, affine_map<(i, j) -> (i, j)>],
      iterator_types = ["parallel", "parallel"]} ins(%x, %b : memref<9x100xf32>, memref<100xf32>) outs(%m : memref<9x100xi1, strided<[104, 1]>>) {
  ^bb0(%a: f32, %c: f32, %o: i1):
    %r = arith.cmpf ogt, %a, %c : f32
    linalg.yield %r : i1
  }
  return
}

// A word becomes a vector at once where the target can do that; elsewhere each lane looks at its bit.
//
// CHECK-LABEL: func.func @select
// CHECK: %[[WORD:.*]] = llvm.load %{{.*}} : !llvm.ptr -> i16
// CHECK: %[[MASK:.*]] = llvm.bitcast %[[WORD]] : i16 to vector<16xi1>
// CHECK: arith.select %[[MASK]]
// V3-LABEL: func.func @select
// V3: llvm.bitcast %{{.*}} : i8 to vector<8xi1>
// ARM-LABEL: func.func @select
// ARM-DAG: %[[TABLE:.*]] = arith.constant dense<[1, 2, 4, 8, 16, 32, 64, 128]> : vector<8xi32>
// ARM-DAG: %[[BYTE:.*]] = llvm.load %{{.*}} : !llvm.ptr -> i8
// ARM-DAG: %[[WIDE:.*]] = arith.extui %[[BYTE]] : i8 to i32
// ARM-DAG: %[[ALL:.*]] = vector.broadcast %[[WIDE]] : i32 to vector<8xi32>
// ARM: %[[OWN:.*]] = arith.andi %[[ALL]], %[[TABLE]]
// ARM: %[[MASK:.*]] = arith.cmpi ne, %[[OWN]]
// ARM: arith.select %[[MASK]]
// ASM-LABEL: select:
// ASM: kmovw {{.*}}(%{{.*}}), %[[K:k[0-7]]]
// ASM: vmovups {{.*}}(%{{.*}}), %zmm{{[0-9]+}} {%[[K]]} {z}
func.func @select(%x: memref<4096xf32>, %y: memref<4096xf32>, %arena: memref<?xi8> {ingot.arena}) {
  %c0 = arith.constant 0 : index
  %zero = arith.constant 0.0 : f32
  %m = memref.view %arena[%c0][] : memref<?xi8> to memref<4096xi1>
  linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]}
      ins(%x, %m : memref<4096xf32>, memref<4096xi1>) outs(%y : memref<4096xf32>) {
  ^bb0(%a: f32, %b: i1, %o: f32):
    %r = arith.select %b, %a, %zero : f32
    linalg.yield %r : f32
  }
  return
}
}
