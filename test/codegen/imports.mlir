// No function of a library in the code of any pointwise op, for f32, halves and integers, on the levels of x86-64.
// RUN: %python %S/../../tools/dev/gen-import-cases.py %t.mlir
// RUN: ingotc %t.mlir -o %t --name=v1 --target-triple=x86_64-linux-gnu --target-cpu=x86-64
// RUN: ingotc %t.mlir -o %t --name=v3 --target-triple=x86_64-linux-gnu --target-cpu=x86-64-v3
// RUN: ingotc %t.mlir -o %t --name=v4 --target-triple=x86_64-linux-gnu --target-cpu=x86-64-v4
// RUN: llvm-nm --undefined-only --just-symbol-name %t/v1.o %t/v3.o %t/v4.o | not grep -vE '^(|.*\.o:|memcpy|memmove|memset)$'
