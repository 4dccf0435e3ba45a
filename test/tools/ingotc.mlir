// Object, header and weights; the object needs nothing but mem* functions, on every level of x86-64 and on AArch64.
// RUN: rm -rf %t && ingotc %s -o %t --name=tiny
// RUN: ls %t | FileCheck %s --check-prefix=FILES
// RUN: llvm-nm --defined-only --extern-only %t/tiny.o | FileCheck %s --check-prefix=SYMBOLS
// RUN: llvm-nm --undefined-only %t/tiny.o | FileCheck %s --check-prefix=IMPORTS --allow-empty
// RUN: %cc -std=c11 -Wall -Wextra -Wpedantic -Werror -fsyntax-only -x c %t/tiny.h
// RUN: %cxx -std=c++17 -Wall -Wextra -Wpedantic -Werror -Wno-pragma-once-outside-header -fsyntax-only -x c++ %t/tiny.h
// RUN: ingotc %s -o %t/v1 --name=tiny --target-cpu=x86-64 --target-triple=x86_64-unknown-linux-gnu
// RUN: llvm-nm --undefined-only %t/v1/tiny.o | FileCheck %s --check-prefix=IMPORTS --allow-empty
// RUN: ingotc %s -o %t/v3 --name=tiny --target-cpu=x86-64-v3 --target-triple=x86_64-unknown-linux-gnu
// RUN: llvm-nm --undefined-only %t/v3/tiny.o | FileCheck %s --check-prefix=IMPORTS --allow-empty
// RUN: ingotc %s -o %t/arm --name=tiny --target-triple=aarch64-unknown-linux-gnu
// RUN: llvm-readelf --file-header %t/arm/tiny.o | FileCheck %s --check-prefix=ARM

// What each function needs is said, unless that is not wanted.
// RUN: ingotc %s -o %t/memory --name=tiny | FileCheck %s --check-prefix=MEMORY
// RUN: ingotc %s -o %t/memory --name=tiny --quiet | FileCheck %s --check-prefix=QUIET --allow-empty
// MEMORY: tiny.{{.*}}: peak memory {{.*}}[[#]] kB (workspace [[#]] kB, state [[#]] kB, inputs and outputs [[#]] kB)
// QUIET-NOT: {{.}}

// The same bytes each time; embedded weights need no file.
// RUN: ingotc %s -o %t/again --name=tiny
// RUN: cmp %t/tiny.o %t/again/tiny.o && cmp %t/tiny.h %t/again/tiny.h && cmp %t/tiny.safetensors %t/again/tiny.safetensors
// RUN: cd %t && ingotc %s -o here/below --name=tiny && cmp tiny.o here/below/tiny.o && ingotc %s --name=plain && cmp tiny.safetensors plain.safetensors
// RUN: ls -a %t/here/below | FileCheck %s --check-prefix=RELATIVE
// RUN: ingotc %s -o %t/embedded --name=tiny --weights=embedded
// RUN: ls %t/embedded | FileCheck %s --check-prefix=EMBEDDED
// RUN: llvm-nm %t/embedded/tiny.o | FileCheck %s --check-prefix=STATE

// FILES: tiny.h
// FILES-NEXT: tiny.o
// FILES-NEXT: tiny.safetensors
// RELATIVE: {{^}}..
// RELATIVE-NEXT: {{^}}tiny.h
// RELATIVE-NEXT: tiny.o
// RELATIVE-NEXT: tiny.safetensors
// RELATIVE-NOT: {{.}}
// SYMBOLS-DAG: T tiny_infer{{$}}
// SYMBOLS-DAG: T tiny_infer_workspace
// SYMBOLS-DAG: R tiny_interface_1_{{[0-9a-f]+}}
// SYMBOLS-DAG: T tiny_prepare
// SYMBOLS-DAG: T tiny_sites
// SYMBOLS-DAG: T tiny_state_size
// SYMBOLS-DAG: T tiny_states
// SYMBOLS-DAG: T tiny_unprepare
// IMPORTS-NOT: U {{(mem(cpy|set|move))?[^m]}}
// ARM: Machine: AArch64
// EMBEDDED-NOT: safetensors
// STATE: T tiny_embedded_state

func.func @infer(%w: tensor<10x100xf32> {ingot.state = "linear.weight"}, %b: tensor<10xf32> {ingot.state = "linear.bias"},
                 %x: tensor<?x100xf32, #ingot.sizes<[N, 100]>> {ingot.input = "x"})
    -> (tensor<?x10xf32, #ingot.sizes<[N, 10]>> {ingot.output = "y"}) attributes {ingot.dims = [#ingot.dim<"N", 0, 64>]} {
  %0 = ingot.matmul %x, %w transposed : tensor<?x100xf32, #ingot.sizes<[N, 100]>>, tensor<10x100xf32>
  %1 = ingot.broadcast %b : tensor<10xf32> to tensor<?x10xf32, #ingot.sizes<[N, 10]>>
  %2 = ingot.add %0, %1 : tensor<?x10xf32, #ingot.sizes<[N, 10]>>
  %3 = ingot.softmax %2 along 1 : tensor<?x10xf32, #ingot.sizes<[N, 10]>>
  return %3 : tensor<?x10xf32, #ingot.sizes<[N, 10]>>
}
