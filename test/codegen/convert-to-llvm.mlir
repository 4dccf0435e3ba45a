// RUN: ingot-opt %s --ingot-convert-to-llvm | FileCheck %s

// CHECK-LABEL: llvm.func internal @arguments(
// CHECK-SAME:      %arg0: !llvm.ptr {llvm.align = 64 : i64, llvm.noalias, llvm.noundef},
// CHECK-SAME:      %arg1: !llvm.ptr {llvm.noalias, llvm.noundef},
// CHECK-SAME:      %arg2: i64,
// CHECK-SAME:      %arg3: !llvm.ptr {llvm.align = 64 : i64, llvm.noalias, llvm.noundef})
// CHECK-NOT: ingot.
func.func @arguments(%state: !llvm.ptr {ingot.state_block}, %x: !llvm.ptr {ingot.input = "x"}, %N: index {ingot.dim = "N"},
                     %arena: !llvm.ptr {ingot.arena}) attributes {ingot.workspace = "N*64"} {
  return
}

// What was taken out of its callers stays out of them.
// CHECK-LABEL: llvm.func internal @kernel(
// CHECK-SAME:      passthrough = ["noinline"]
func.func private @kernel(%x: !llvm.ptr) attributes {ingot.shared} {
  return
}

// Loops, vectors, and a quotient that rounds down.
// CHECK-LABEL: llvm.func internal @loop
// CHECK:         llvm.sdiv
// CHECK:         llvm.icmp "slt"
// CHECK:         llvm.cond_br
// CHECK:         llvm.load {{.*}} -> vector<16xf32>
// CHECK:         llvm.intr.fma
// CHECK:         llvm.store
func.func @loop(%x: !llvm.ptr, %N: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c16 = arith.constant 16 : index
  %n = arith.floordivsi %N, %c16 : index
  scf.for %i = %c0 to %n step %c1 {
    %offset = arith.index_cast %i : index to i64
    %p = llvm.getelementptr %x[%offset] : (!llvm.ptr, i64) -> !llvm.ptr, vector<16xf32>
    %v = llvm.load %p : !llvm.ptr -> vector<16xf32>
    %w = math.fma %v, %v, %v : vector<16xf32>
    llvm.store %w, %p : vector<16xf32>, !llvm.ptr
  }
  return
}

// f64 may call libm where LLVM has no function of its own.
// CHECK-LABEL: llvm.func internal @libm
// CHECK:         llvm.call @erf
func.func @libm(%x: !llvm.ptr) {
  %v = llvm.load %x : !llvm.ptr -> f64
  %w = math.erf %v : f64
  llvm.store %w, %x : f64, !llvm.ptr
  return
}
