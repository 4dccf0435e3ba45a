// Each phase by name, and all of them at once.
// RUN: ingot-opt %s --ingot-phase-ingot --ingot-phase-fused | FileCheck %s --check-prefix=FUSED
// RUN: ingot-opt %s --ingot-phase-ingot --ingot-phase-fused --ingot-phase-linalg | FileCheck %s --check-prefix=LINALG
// RUN: ingot-opt %s --ingot-phase-ingot --ingot-phase-fused --ingot-phase-linalg --ingot-phase-layouts | FileCheck %s --check-prefix=LAYOUTS
// RUN: ingot-opt %s --ingot-phase-ingot --ingot-phase-fused --ingot-phase-linalg --ingot-phase-layouts --ingot-phase-buffers | FileCheck %s --check-prefix=BUFFERS
// RUN: ingot-opt %s --ingot-pipeline --verify-each | FileCheck %s --check-prefix=LLVM
// RUN: not ingot-opt %s --pass-pipeline='builtin.module(ingot-phase-fused{frob=1})' 2>&1 | FileCheck %s --check-prefix=OPTION

// FUSED: ingot.fusion
// LINALG: kernel.contract
// LAYOUTS: ingot.state_block
// LAYOUTS: @ingot.prepare
// BUFFERS: ingot.workspace
// LLVM: llvm.func internal @infer
// LLVM-NOT: scf.
// OPTION: a phase has no options, got 'frob=1'

func.func @infer(%w: tensor<64x32xf32> {ingot.state = "weight"}, %x: tensor<?x64xf32, #ingot.sizes<[N, 64]>> {ingot.input = "x"})
    -> (tensor<?x32xf32, #ingot.sizes<[N, 32]>> {ingot.output = "y"}) attributes {ingot.dims = [#ingot.dim<"N", 0, -1>]} {
  %0 = ingot.matmul %x, %w : tensor<?x64xf32, #ingot.sizes<[N, 64]>>, tensor<64x32xf32>
  %1 = ingot.relu %0 : tensor<?x32xf32, #ingot.sizes<[N, 32]>>
  return %1 : tensor<?x32xf32, #ingot.sizes<[N, 32]>>
}
