// A debugger and a profiler see the user's lines, and a layer as a function that was inlined into the program.
// RUN: ingotc %s -o %t --name=m
// RUN: llvm-symbolizer --inlines --obj=%t/m.o 'CODE m_f 0' | FileCheck %s --check-prefix=ENTRY
// RUN: llvm-dwarfdump --debug-info %t/m.o | FileCheck %s
// RUN: llvm-dwarfdump --debug-line %t/m.o | FileCheck %s --check-prefix=LINES
// RUN: llvm-dwarfdump --verify %t/m.o

// The first instruction may be the layer's.
// ENTRY: m_f
// ENTRY-NEXT: net.cpp:{{9|20}}

// CHECK: DW_AT_producer ("ingot")
// CHECK: DW_TAG_subprogram
// CHECK:   DW_AT_name ("m_f")
// CHECK: DW_TAG_inlined_subroutine
// CHECK:   DW_AT_abstract_origin ({{.*}} "f")
// CHECK:   DW_AT_call_line (9)
// CHECK: DW_TAG_inlined_subroutine
// CHECK:   DW_AT_abstract_origin ({{.*}} "encoder.fc1")
// CHECK:   DW_AT_call_file ("net.cpp")
// CHECK:   DW_AT_call_line (20)

// LINES: name: "net.cpp"
// LINES: {{0x[0-9a-f]+ +20 +7}}

module {
  func.func @f(%x: tensor<16x32xf32>, %y: tensor<32x16xf32>) -> tensor<16x16xf32> {
    %0 = ingot.matmul %x, %y : tensor<16x32xf32>, tensor<32x16xf32> loc("encoder.fc1"("net.cpp":20:7))
    return %0 : tensor<16x16xf32> loc("net.cpp":11:3)
  } loc("net.cpp":9:3)
} loc(unknown)
