// Bad input is told apart, with exit code 1 and no file left behind.
// RUN: rm -rf %t && split-file %s %t
// RUN: not ingotc %t/unparsable.mlir -o %t/out 2>&1 | FileCheck %s --check-prefix=PARSE
// RUN: not ingotc %t/invalid.mlir -o %t/out 2>&1 | FileCheck %s --check-prefix=INVALID
// RUN: not ingotc %t/undeclared.mlir -o %t/out 2>&1 | FileCheck %s --check-prefix=UNDECLARED
// RUN: not ingotc %t/empty.mlir -o %t/out 2>&1 | FileCheck %s --check-prefix=EMPTY
// RUN: not ingotc %t/good.mlir -o %t/out --name=2bad 2>&1 | FileCheck %s --check-prefix=NAME
// RUN: not ingotc %t/good.mlir -o %t/out --frobnicate 2>&1 | FileCheck %s --check-prefix=FLAG
// RUN: not ingotc %t/good.mlir -o %t/out --emit=paper 2>&1 | FileCheck %s --check-prefix=EMIT
// RUN: not ingotc %t/good.mlir -o %t/out --print-after=lunch 2>&1 | FileCheck %s --check-prefix=PHASE
// RUN: not ingotc %t/good.mlir -o %t/out --target-cpu=abacus 2>&1 | FileCheck %s --check-prefix=CPU
// RUN: not ingotc %t/good.mlir -o %t/out --target-triple=abacus-none 2>&1 | FileCheck %s --check-prefix=TRIPLE
// RUN: not ingotc %t/good.mlir -o %t/out --target-triple=avr 2>&1 | FileCheck %s --check-prefix=MEMORY
// RUN: not ingotc %t/good.mlir -o %t/out --target-triple=s390x-linux-gnu 2>&1 | FileCheck %s --check-prefix=ENDIAN
// RUN: not ingotc %t/good.mlir -o %t/out --target-triple=x86_64-linux-gnu --target-features=+sse3,+abacus 2>&1 | FileCheck %s --check-prefix=FEATURE
// RUN: not ingotc %t/good.mlir -o %t/out --target-triple=x86_64-linux-gnu --target-features=sse3 2>&1 | FileCheck %s --check-prefix=SIGN
// RUN: not ingotc %t/no-such.mlir -o %t/out 2>&1 | FileCheck %s --check-prefix=MISSING
// RUN: not ingotc %t/good.mlir -o %t/out --weights-file=%t/good.mlir 2>&1 | FileCheck %s --check-prefix=WEIGHTS
// RUN: not ingotc %t -o %t/out 2>&1 | FileCheck %s --check-prefix=INPUT-FOLDER
// RUN: not ingotc %t/good.mlir -o %t/out --weights-file=%t 2>&1 | FileCheck %s --check-prefix=WEIGHTS-FOLDER
// RUN: not ls %t/out
// RUN: not ingotc %t/good.mlir -o - --emit=mlir 2>%t/full.txt >/dev/full
// RUN: FileCheck %s --check-prefix=FULL --input-file=%t/full.txt
// RUN: not ingotc %t/good.mlir -o /proc/no/such 2>&1 | FileCheck %s --check-prefix=FOLDER
// RUN: mkdir -p %t/taken/good.h && not ingotc %t/good.mlir -o %t/taken 2>&1 | FileCheck %s --check-prefix=TAKEN
// RUN: ls -A %t/taken | FileCheck %s --check-prefix=UNTOUCHED
// RUN: not ingotc %t/good.mlir -o - 2>&1 | FileCheck %s --check-prefix=STDOUT

// PARSE: unparsable.mlir:2:{{[0-9]+}}: error: custom op 'ingot.frobnicate' is unknown
// INVALID: invalid.mlir:2:{{[0-9]+}}: error: {{.*}}ingot.matmul: contracted sizes must be equal, got 4 of f32[3, 4] and 5 of f32[5, 6]
// UNDECLARED: argument 0 of program 'f' has a size over 'N', which ingot.dims does not declare
// EMPTY: required a program, a public function; got none
// NAME: 2bad
// FLAG: Unknown command line argument '--frobnicate'
// EMIT: paper
// PHASE: --print-after: required a phase (ingot, fused, {{.*}}), got 'lunch'
// CPU: has no cpu 'abacus'
// TRIPLE: abacus
// MEMORY: target 'avr': required little-endian numbers and one memory of 32 or 64 bits
// ENDIAN: target 's390x-{{.*}}': required little-endian
// FEATURE: target 'x86_64-{{.*}}' has no feature '+abacus'; required names behind + or -
// SIGN: has no feature 'sse3'; required names behind + or -
// MISSING: no-such.mlir
// WEIGHTS: good.mlir: not a safetensors file
// INPUT-FOLDER: ingotc: cannot open input file '{{.*}}': Is a directory
// WEIGHTS-FOLDER: ingotc: {{.*}}: cannot be read: Is a directory
// FULL: good: standard output: No space left on device
// FOLDER: /proc/no/such
// TAKEN: taken/good.h: cannot be written: Is a directory
// UNTOUCHED: good.h
// UNTOUCHED-NOT: {{.}}
// STDOUT: -o -: required a text

//--- unparsable.mlir
func.func @f(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = ingot.frobnicate %x : tensor<4xf32>
  return %0 : tensor<4xf32>
}
//--- invalid.mlir
func.func @f(%a: tensor<3x4xf32>, %b: tensor<5x6xf32>) -> tensor<3x6xf32> {
  %0 = ingot.matmul %a, %b : tensor<3x4xf32>, tensor<5x6xf32>
  return %0 : tensor<3x6xf32>
}
//--- undeclared.mlir
func.func @f(%x: tensor<?xf32, #ingot.sizes<[N]>>) -> tensor<?xf32, #ingot.sizes<[N]>> {
  return %x : tensor<?xf32, #ingot.sizes<[N]>>
}
//--- empty.mlir
module {}
//--- good.mlir
func.func @f(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = ingot.relu %x : tensor<4xf32>
  return %0 : tensor<4xf32>
}
