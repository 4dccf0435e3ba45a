// RUN: ingot-opt %s -split-input-file -ingot-expand-math | FileCheck %s

module attributes {ingot.cpu = "x86-64-v3"} {

// CHECK-LABEL: func.func @rsqrt
// CHECK: %[[ROOT:.*]] = math.sqrt %{{.*}} : vector<8xf32>
// CHECK: arith.divf %{{.*}}, %[[ROOT]] : vector<8xf32>
func.func @rsqrt(%x: vector<8xf32>) -> vector<8xf32> {
  %y = math.rsqrt %x : vector<8xf32>
  return %y : vector<8xf32>
}

// Strict arithmetic, fused only by explicit ops.
// CHECK-LABEL: func.func @exp
// CHECK-NOT: math.exp
// CHECK-NOT: fastmath
// CHECK: math.fma
// CHECK-NOT: call
// CHECK: return
func.func @exp(%x: f32) -> f32 {
  %y = math.exp %x : f32
  return %y : f32
}

// CHECK-LABEL: func.func @half
// CHECK: arith.extf %{{.*}} : vector<8xbf16> to vector<8xf32>
// CHECK-NOT: math.tanh
// CHECK: arith.truncf %{{.*}} : vector<8xf32> to vector<8xbf16>
// CHECK: arith.extf %{{.*}} : vector<8xbf16> to vector<8xf32>
// CHECK: math.floor %{{.*}} : vector<8xf32>
// CHECK: arith.truncf
func.func @half(%x: vector<8xbf16>) -> vector<8xbf16> {
  %y = math.tanh %x : vector<8xbf16>
  %z = math.floor %y : vector<8xbf16>
  return %z : vector<8xbf16>
}

// Large arguments branch; the common path has no loop.
// CHECK-LABEL: func.func @sin
// CHECK: vector.reduction <or>
// CHECK: scf.if
func.func @sin(%x: vector<8xf32>) -> vector<8xf32> {
  %y = math.sin %x : vector<8xf32>
  return %y : vector<8xf32>
}

// f64 is left to libm, integers and instructions to the target.
// CHECK-LABEL: func.func @stays
// CHECK: math.exp %{{.*}} : f64
// CHECK: math.ctlz
// CHECK: math.floor
// CHECK: math.fma
// CHECK: math.sqrt
func.func @stays(%x: f64, %i: i32, %v: vector<8xf32>) -> (f64, i32, vector<8xf32>) {
  %y = math.exp %x : f64
  %n = math.ctlz %i : i32
  %a = math.floor %v : vector<8xf32>
  %b = math.fma %a, %a, %a : vector<8xf32>
  %c = math.sqrt %b : vector<8xf32>
  return %y, %n, %c : f64, i32, vector<8xf32>
}
}

// -----

// The baseline has neither fused multiply-add nor rounding: both would become calls.
module attributes {ingot.cpu = "x86-64"} {
// CHECK-LABEL: func.func @baseline
// CHECK-NOT: math.{{floor|fma|round}}
// CHECK: return
func.func @baseline(%v: vector<4xf32>, %w: f64) -> (vector<4xf32>, f64) {
  %a = math.floor %v : vector<4xf32>
  %b = math.fma %a, %a, %a : vector<4xf32>
  %c = math.roundeven %b : vector<4xf32>
  %d = math.fma %w, %w, %w : f64
  return %c, %d : vector<4xf32>, f64
}
}

// -----

module attributes {ingot.cpu = "x86-64-v4"} {
// CHECK-LABEL: func.func @remainder
// CHECK: scf.while
// CHECK-NOT: arith.remf
func.func @remainder(%x: vector<16xf32>, %y: vector<16xf32>) -> vector<16xf32> {
  %z = arith.remf %x, %y : vector<16xf32>
  return %z : vector<16xf32>
}
}

// -----

module attributes {ingot.cpu = "x86-64-v4"} {

// Powers of two of a whole vector are one instruction. Of arguments with a result of zero nothing is computed that would take
// the processor longer.
// CHECK-LABEL: func.func @exp_of_vector
// CHECK: %[[VANISHES:.*]] = arith.cmpf olt, %{{.*}}, %{{.*}} : vector<16xf32>
// CHECK: %[[LIMITED:.*]] = arith.select %[[VANISHES]], %{{.*}}, %{{.*}}
// CHECK: arith.mulf %[[LIMITED]],
// CHECK: %[[N:.*]] = arith.subf
// CHECK: %[[Y:.*]] = llvm.call_intrinsic "llvm.x86.avx512.mask.scalef.ps.512"(%{{.*}}, %[[N]],
// CHECK: arith.select %[[VANISHES]], %{{.*}}, %[[Y]]
// CHECK-NEXT: return
func.func @exp_of_vector(%x: vector<16xf32>) -> vector<16xf32> {
  %y = math.exp %x : vector<16xf32>
  return %y : vector<16xf32>
}

}
