// RUN: ingot-opt %s -ingot-fuse -ingot-lower-to-linalg -verify-each | FileCheck %s

// bool is a byte in memory and i1 in bodies.
// CHECK-LABEL: func.func @bool
// CHECK-SAME: %{{.*}}: memref<4xi8> {ingot.dtype = "bool", ingot.input = "arg0"}
// CHECK-SAME: %{{.*}}: memref<4xi8> {ingot.dtype = "bool", ingot.output = "out0"}
// CHECK: ^bb0(%[[IN:.*]]: i8, %{{.*}}: f32, %{{.*}}: i8):
// CHECK: %[[BIT:.*]] = arith.cmpi ne, %[[IN]], %{{.*}} : i8
// CHECK: %[[LESS:.*]] = arith.cmpf olt, {{.*}} : f32
// CHECK: %[[BOTH:.*]] = arith.andi %[[BIT]], %[[LESS]] : i1
// CHECK: %[[BYTE:.*]] = arith.extui %[[BOTH]] : i1 to i8
// CHECK: linalg.yield %[[BYTE]] : i8
func.func @bool(%a: tensor<4xi1>, %x: tensor<4xf32>) -> tensor<4xi1> {
  %zero = ingot.constant dense<0.0> : tensor<4xf32>
  %0 = ingot.lt %x, %zero : tensor<4xf32>
  %1 = ingot.bitwise_and %a, %0 : tensor<4xi1>
  return %1 : tensor<4xi1>
}

// CHECK-LABEL: func.func @any
// CHECK: linalg.fill ins(%{{.*}} : i8) outs(%{{.*}} : tensor<i8>)
// CHECK: arith.ori %{{.*}}, %{{.*}} : i1
func.func @any(%a: tensor<4xi1>) -> tensor<i1> {
  %0 = ingot.sum %a [0] : tensor<4xi1>
  return %0 : tensor<i1>
}

// Each op's result is rounded to bf16.
// CHECK-LABEL: func.func @bf16
// CHECK: ^bb0(%[[X:.*]]: bf16, %[[Y:.*]]: bf16, %{{.*}}: bf16):
// CHECK-NEXT: %[[X32:.*]] = arith.extf %[[X]] : bf16 to f32
// CHECK-NEXT: %[[Y32:.*]] = arith.extf %[[Y]] : bf16 to f32
// CHECK-NEXT: %[[S32:.*]] = arith.addf %[[X32]], %[[Y32]] : f32
// CHECK-NEXT: %[[S:.*]] = arith.truncf %[[S32]] : f32 to bf16
// CHECK-NEXT: %[[ROUNDED:.*]] = arith.extf %[[S]] : bf16 to f32
// CHECK-NEXT: %[[E32:.*]] = math.exp %[[ROUNDED]] : f32
// CHECK-NEXT: %[[E:.*]] = arith.truncf %[[E32]] : f32 to bf16
// CHECK: linalg.yield %[[E]] : bf16
func.func @bf16(%x: tensor<4xbf16>, %y: tensor<4xbf16>) -> tensor<4xbf16> {
  %0 = ingot.add %x, %y : tensor<4xbf16>
  %1 = ingot.exp %0 : tensor<4xbf16>
  return %1 : tensor<4xbf16>
}

// Halves are summed in f32 and rounded once.
// CHECK-LABEL: func.func @f16_sum
// CHECK: %[[INIT:.*]] = linalg.fill ins(%{{.*}} : f32) outs(%{{.*}} : tensor<2xf32>)
// CHECK: %[[WIDE:.*]] = linalg.generic {{.*}} outs(%[[INIT]] : tensor<2xf32>)
// CHECK: arith.addf %{{.*}}, %{{.*}} : f32
// CHECK: linalg.generic {{.*}} ins(%[[WIDE]] : tensor<2xf32>) outs(%{{.*}} : tensor<2xf16>)
// CHECK: arith.truncf %{{.*}} : f32 to f16
func.func @f16_sum(%x: tensor<2x4xf16>) -> tensor<2xf16> {
  %0 = ingot.sum %x [1] : tensor<2x4xf16>
  return %0 : tensor<2xf16>
}

// The product is a bf16 before the epilogue sees it.
// CHECK-LABEL: func.func @bf16_matmul
// CHECK: ^bb0(%[[ACC:.*]]: f32, %{{.*}}: bf16):
// CHECK-NEXT: %[[DOT:.*]] = arith.truncf %[[ACC]] : f32 to bf16
// CHECK-NEXT: %[[DOT32:.*]] = arith.extf %[[DOT]] : bf16 to f32
// CHECK: %[[S:.*]] = arith.addf %[[DOT32]], %{{.*}} : f32
// CHECK-NEXT: %[[R:.*]] = arith.truncf %[[S]] : f32 to bf16
// CHECK: kernel.yield %[[R]] : bf16
func.func @bf16_matmul(%a: tensor<2x3xbf16>, %b: tensor<3x4xbf16>, %c: tensor<2x4xbf16>) -> tensor<2x4xbf16> {
  %0 = ingot.matmul %a, %b : tensor<2x3xbf16>, tensor<3x4xbf16>
  %1 = ingot.add %0, %c : tensor<2x4xbf16>
  return %1 : tensor<2x4xbf16>
}

// Narrow integers are summed in i32 and wrap when they are stored.
// CHECK-LABEL: func.func @i8_matmul
// CHECK: ^bb0(%[[ACC:.*]]: i32):
// CHECK-NEXT: %[[DOT:.*]] = arith.trunci %[[ACC]] : i32 to i8
// CHECK-NEXT: %[[WIDE:.*]] = arith.extsi %[[DOT]] : i8 to i64
// CHECK-NEXT: kernel.yield %[[WIDE]] : i64
func.func @i8_matmul(%a: tensor<2x3xi8>, %b: tensor<3x4xi8>) -> tensor<2x4xi64> {
  %0 = ingot.matmul %a, %b : tensor<2x3xi8>, tensor<3x4xi8>
  %1 = ingot.cast %0 : tensor<2x4xi8> to tensor<2x4xi64>
  return %1 : tensor<2x4xi64>
}

// A contraction that yields truth values.
// CHECK-LABEL: func.func @compared
// CHECK: kernel.contract {{.*}} outs(%{{.*}} : tensor<2x4xi8>)
// CHECK: arith.cmpf ogt
// CHECK-NEXT: arith.extui
func.func @compared(%a: tensor<2x3xf32>, %b: tensor<3x4xf32>, %c: tensor<2x4xf32>) -> tensor<2x4xi1> {
  %0 = ingot.matmul %a, %b : tensor<2x3xf32>, tensor<3x4xf32>
  %1 = ingot.gt %0, %c : tensor<2x4xf32>
  return %1 : tensor<2x4xi1>
}

// CHECK-LABEL: func.func @i64_max
// CHECK: arith.constant -9223372036854775808 : i64
// CHECK: arith.maxsi
func.func @i64_max(%x: tensor<4xi64>) -> tensor<i64> {
  %0 = ingot.amax %x [0] : tensor<4xi64>
  return %0 : tensor<i64>
}
