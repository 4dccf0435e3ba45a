// RUN: ingot-opt %s -split-input-file -ingot-legalize | FileCheck %s

module attributes {ingot.cpu = "x86-64-v3"} {

// bf16 is the upper half of f32.
// CHECK-LABEL: func.func @widen
// CHECK-SAME: %[[BITS:.*]]: vector<8xi16>
// CHECK: %[[WIDE:.*]] = arith.extui %[[BITS]]
// CHECK: %[[SHIFTED:.*]] = arith.shli %[[WIDE]]
// CHECK: arith.bitcast %[[SHIFTED]] : vector<8xi32> to vector<8xf32>
func.func @widen(%x: vector<8xbf16>) -> vector<8xf32> {
  %y = arith.extf %x : vector<8xbf16> to vector<8xf32>
  return %y : vector<8xf32>
}

// CHECK-LABEL: func.func @narrow
// CHECK-NOT: arith.truncf
// CHECK: %[[Y:.*]] = arith.trunci %{{.*}} : vector<8xi32> to vector<8xi16>
// CHECK: return %[[Y]]
func.func @narrow(%x: vector<8xf32>) -> vector<8xbf16> {
  %y = arith.truncf %x : vector<8xf32> to vector<8xbf16>
  return %y : vector<8xbf16>
}

// The target has an instruction for f16.
// CHECK-LABEL: func.func @f16
// CHECK: arith.extf
// CHECK: %[[P:.*]] = arith.mulf %{{.*}} : f32
// CHECK: arith.truncf %[[P]] : f32 to f16
func.func @f16(%x: f16) -> f16 {
  %y = arith.mulf %x, %x : f16
  return %y : f16
}

// CHECK-LABEL: func.func @number
// CHECK-SAME: %[[C:.*]]: vector<8xi1>
// CHECK: %[[R:.*]] = arith.select %[[C]], %{{.*}}, %{{.*}} : vector<8xi1>, vector<8xf32>
// CHECK-NEXT: return %[[R]]
func.func @number(%c: vector<8xi1>) -> vector<8xf32> {
  %y = arith.uitofp %c : vector<8xi1> to vector<8xf32>
  return %y : vector<8xf32>
}

// A number on one side needs no check for NaN.
// CHECK-LABEL: func.func @relu
// CHECK: %[[MORE:.*]] = arith.cmpf ogt, %[[ZERO:.*]], %[[X:.*]] : f32
// CHECK: %[[R:.*]] = arith.select %[[MORE]], %[[ZERO]], %[[X]]
// CHECK: return %[[R]]
func.func @relu(%x: f32) -> f32 {
  %zero = arith.constant 0.0 : f32
  %y = arith.maximumf %x, %zero : f32
  return %y : f32
}

// CHECK-LABEL: func.func @maxnum
// CHECK: %[[NAN:.*]] = arith.cmpf une, %[[A:.*]], %[[A]] : f32
// CHECK: %[[MORE:.*]] = arith.cmpf ogt, %[[B:.*]], %[[A]] : f32
// CHECK: %[[BEST:.*]] = arith.select %[[MORE]], %[[B]], %[[A]]
// CHECK: arith.select %[[NAN]], %[[B]], %[[BEST]]
func.func @maxnum(%a: f32, %b: f32) -> f32 {
  %y = arith.maxnumf %a, %b : f32
  return %y : f32
}

// Halves that are only moved move as integers.
// CHECK-LABEL: func.func @moved
// CHECK: %[[ONE:.*]] = arith.constant 16256 : i16
// CHECK: %[[NONE:.*]] = arith.constant dense<16256> : vector<8xi16>
// CHECK: scf.for {{.*}} iter_args(%{{.*}} = %[[NONE]]) -> (vector<8xi16>)
// CHECK:   llvm.intr.masked.load %{{.*}}, %{{.*}}, %[[NONE]] {alignment = 2 : i32} : (!llvm.ptr, vector<8xi1>, vector<8xi16>) -> vector<8xi16>
// CHECK: llvm.intr.masked.store %{{.*}} {alignment = 2 : i32} : vector<8xi16>, vector<8xi1> into !llvm.ptr
// CHECK: llvm.store %[[ONE]], %{{.*}} : i16, !llvm.ptr
func.func @moved(%x: !llvm.ptr, %mask: vector<8xi1>, %n: index) {
  %one = arith.constant 1.0 : bf16
  %none = arith.constant dense<1.0> : vector<8xbf16>
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %y = scf.for %i = %c0 to %n step %c1 iter_args(%z = %none) -> (vector<8xbf16>) {
    %0 = llvm.intr.masked.load %x, %mask, %none {alignment = 2 : i32} : (!llvm.ptr, vector<8xi1>, vector<8xbf16>) -> vector<8xbf16>
    scf.yield %0 : vector<8xbf16>
  }
  llvm.intr.masked.store %y, %x, %mask {alignment = 2 : i32} : vector<8xbf16>, vector<8xi1> into !llvm.ptr
  llvm.store %one, %x : bf16, !llvm.ptr
  return
}

// CHECK-LABEL: func.func @minimum
// CHECK: %[[LESS:.*]] = arith.cmpf olt, %[[B:.*]], %[[A:.*]] : f32
// CHECK: %[[BEST:.*]] = arith.select %[[LESS]], %[[B]], %[[A]]
// CHECK: %[[NAN:.*]] = arith.cmpf une, %[[B]], %[[B]]
// CHECK: arith.select %[[NAN]], %[[B]], %[[BEST]]
func.func @minimum(%a: f32, %b: f32) -> f32 {
  %y = arith.minimumf %a, %b : f32
  return %y : f32
}

// CHECK-LABEL: func.func @power
// CHECK-NOT: math.ipowi
// CHECK: scf.while
func.func @power(%a: i64, %b: i64) -> i64 {
  %y = math.ipowi %a, %b : i64
  return %y : i64
}

// CHECK-LABEL: func.func @floor
// CHECK: math.floor
func.func @floor(%a: f64) -> f64 {
  %y = math.floor %a : f64
  return %y : f64
}
}

// -----

module attributes {ingot.cpu = "x86-64"} {
// CHECK-LABEL: func.func @old
// CHECK-NOT: math.floor
// CHECK-NOT: arith.extf {{.*}} f16
// CHECK: return
func.func @old(%a: f64, %b: f16) -> (f64, f32) {
  %y = math.floor %a : f64
  %z = arith.extf %b : f16 to f32
  return %y, %z : f64, f32
}
}
