// RUN: ingot-opt %s -split-input-file -ingot-legalize | FileCheck %s

module attributes {ingot.cpu = "x86-64-v3"} {

// bf16 is the upper half of f32.
// CHECK-LABEL: func.func @widen
// CHECK: %[[BITS:.*]] = arith.bitcast %{{.*}} : vector<8xbf16> to vector<8xi16>
// CHECK: %[[WIDE:.*]] = arith.extui %[[BITS]]
// CHECK: %[[SHIFTED:.*]] = arith.shli %[[WIDE]]
// CHECK: arith.bitcast %[[SHIFTED]] : vector<8xi32> to vector<8xf32>
func.func @widen(%x: vector<8xbf16>) -> vector<8xf32> {
  %y = arith.extf %x : vector<8xbf16> to vector<8xf32>
  return %y : vector<8xf32>
}

// CHECK-LABEL: func.func @narrow
// CHECK-NOT: arith.truncf
// CHECK: arith.trunci %{{.*}} : vector<8xi32> to vector<8xi16>
// CHECK: arith.bitcast %{{.*}} : vector<8xi16> to vector<8xbf16>
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

// CHECK-LABEL: func.func @masked
// CHECK: %[[NONE:.*]] = arith.bitcast %{{.*}} : vector<8xbf16> to vector<8xi16>
// CHECK: llvm.intr.masked.load %{{.*}}, %{{.*}}, %[[NONE]] {alignment = 2 : i32} : (!llvm.ptr, vector<8xi1>, vector<8xi16>) -> vector<8xi16>
// CHECK: llvm.intr.masked.store %{{.*}}, %{{.*}}, %{{.*}} {alignment = 2 : i32} : vector<8xi16>, vector<8xi1> into !llvm.ptr
func.func @masked(%x: !llvm.ptr, %mask: vector<8xi1>) {
  %none = arith.constant dense<0.0> : vector<8xbf16>
  %y = llvm.intr.masked.load %x, %mask, %none {alignment = 2 : i32} : (!llvm.ptr, vector<8xi1>, vector<8xbf16>) -> vector<8xbf16>
  llvm.intr.masked.store %y, %x, %mask {alignment = 2 : i32} : vector<8xbf16>, vector<8xi1> into !llvm.ptr
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
