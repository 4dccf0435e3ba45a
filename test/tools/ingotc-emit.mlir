// One program, in each of the forms that can be printed.
// RUN: ingotc %s -o - --emit=mlir | FileCheck %s --check-prefix=MLIR
// RUN: ingotc %s -o - --emit=linalg | FileCheck %s --check-prefix=LINALG
// RUN: ingotc %s -o - --emit=llvm | FileCheck %s --check-prefix=LLVM
// RUN: ingotc %s -o - --emit=asm --name=twice | FileCheck %s --check-prefix=ASM
// RUN: rm -rf %t && ingotc %s -o %t --emit=llvm --name=twice && ls %t | FileCheck %s --check-prefix=FILE
// RUN: ingotc %s -o %t --print-after=buffers 2>&1 | FileCheck %s --check-prefix=AFTER
// RUN: ingotc %s -o %t -O0 --print-after=fused 2>&1 | FileCheck %s --check-prefix=O0

// MLIR: ingot.add
// LINALG: linalg.generic
// LLVM: define {{.*}}i32 @ingotc_emit_f(ptr
// ASM: twice_f:
// FILE: twice.ll
// FILE-NOT: twice
// AFTER: after phase buffers
// AFTER: memref<16xf32>
// O0: after phase fused
// O0-NOT: ingot.fusion

module @ingotc_emit {
  func.func @f(%x: tensor<16xf32> {ingot.input = "x"}) -> (tensor<16xf32> {ingot.output = "y"}) {
    %0 = ingot.add %x, %x : tensor<16xf32>
    %1 = ingot.relu %0 : tensor<16xf32>
    return %1 : tensor<16xf32>
  }
}
