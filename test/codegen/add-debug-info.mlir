// RUN: ingot-opt %s --ingot-add-debug-info -mlir-print-debuginfo | FileCheck %s

module {
  // CHECK: llvm.func @f
  llvm.func @f(%x: !llvm.ptr) {
    // CHECK: llvm.load {{.*}} loc(#[[LOAD:.*]])
    %0 = llvm.load %x : !llvm.ptr -> f32 loc("fc1"("net.cpp":20:7))
    // CHECK: llvm.fadd {{.*}} loc(#[[ADD:.*]])
    %1 = llvm.fadd %0, %0 : f32 loc("block.h":5:1)
    // CHECK: llvm.store {{.*}} loc(#[[STORE:.*]])
    llvm.store %1, %x : f32, !llvm.ptr loc(unknown)
    // CHECK: llvm.return loc(#[[FUNCTION:.*]])
    llvm.return loc("net.cpp":9:3)
    // CHECK: } loc(#[[FUNCTION]])
  } loc("net.cpp":9:3)
} loc(unknown)

// CHECK-DAG: #[[FILE:.*]] = #llvm.di_file<"net.cpp" in "">
// CHECK-DAG: #[[HEADER:.*]] = #llvm.di_file<"block.h" in "">
// CHECK: #[[LINE:.*]] = loc("net.cpp":20:7)
// CHECK: #[[NOWHERE:.*]] = loc("net.cpp":0:0)
// CHECK: #[[UNIT:.*]] = #llvm.di_compile_unit<{{.*}}file = #[[FILE]], producer = "ingot", isOptimized = true, emissionKind = LineTablesOnly
// CHECK: #[[F:.*]] = #llvm.di_subprogram<{{.*}}compileUnit = #[[UNIT]], scope = #[[FILE]], name = "f", file = #[[FILE]], line = 9,
// CHECK: #[[FC:.*]] = #llvm.di_subprogram<{{.*}}name = "fc1", file = #[[FILE]], line = 20,
// CHECK: #[[BLOCK:.*]] = #llvm.di_lexical_block_file<scope = #[[F]], file = #[[HEADER]]
// CHECK-DAG: #[[CALLEE:.*]] = loc(fused<#[[FC]]>[#[[LINE]]])
// CHECK-DAG: #[[CALLER:.*]] = loc(fused<#[[F]]>[#[[LINE]]])
// CHECK-DAG: #[[STORE]] = loc(fused<#[[F]]>[#[[NOWHERE]]])
// CHECK-DAG: #[[FUNCTION]] = loc(fused<#[[F]]>[{{.*}}])
// CHECK-DAG: #[[LOAD]] = loc(callsite(#[[CALLEE]] at #[[CALLER]]))
// CHECK-DAG: #[[ADD]] = loc(fused<#[[BLOCK]]>[{{.*}}])
