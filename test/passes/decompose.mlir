// RUN: ingot-opt %s -ingot-decompose -verify-each | FileCheck %s

// CHECK-LABEL: func.func @softmax
// CHECK-SAME: %[[X:.*]]: tensor<?x3xf32
// CHECK: %[[MAX:.*]] = ingot.amax %[[X]] [1]
// CHECK: %[[COLUMN:.*]] = ingot.reshape %[[MAX]] {{.*}} to tensor<?x1xf32, #ingot.sizes<[N, 1]>>
// CHECK: %[[SPREAD:.*]] = ingot.broadcast %[[COLUMN]]
// CHECK: %[[SHIFTED:.*]] = ingot.sub %[[X]], %[[SPREAD]]
// CHECK: %[[E:.*]] = ingot.exp %[[SHIFTED]]
// CHECK: %[[SUM:.*]] = ingot.sum %[[E]] [1]
// CHECK: %[[RECIPROCAL:.*]] = ingot.div %{{.*}}, %[[SUM]]
// CHECK: %[[COLUMN:.*]] = ingot.reshape %[[RECIPROCAL]]
// CHECK: %[[SPREAD:.*]] = ingot.broadcast %[[COLUMN]]
// CHECK: ingot.mul %[[E]], %[[SPREAD]]
// CHECK-NOT: softmax
func.func @softmax(%x: tensor<?x3xf32, #ingot.sizes<[N, 3]>>) -> tensor<?x3xf32, #ingot.sizes<[N, 3]>> {
  %0 = ingot.softmax %x along 1 : tensor<?x3xf32, #ingot.sizes<[N, 3]>>
  return %0 : tensor<?x3xf32, #ingot.sizes<[N, 3]>>
}

// The whole op's users read what it is composed of.
// CHECK-LABEL: func.func @log_softmax
// CHECK: ingot.amax
// CHECK: ingot.exp
// CHECK: ingot.sum
// CHECK: ingot.log
// CHECK: %[[Y:.*]] = ingot.sub
// CHECK: ingot.neg %[[Y]]
func.func @log_softmax(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {
  %0 = ingot.log_softmax %x along 0 : tensor<2x3xf32>
  %1 = ingot.neg %0 : tensor<2x3xf32>
  return %1 : tensor<2x3xf32>
}

// Of 16-bit elements it is computed in float32, and rounded once.
// CHECK-LABEL: func.func @softmax_bf16
// CHECK-SAME: %[[X:.*]]: tensor<2x3xbf16>
// CHECK: %[[WIDE:.*]] = ingot.cast %[[X]] : tensor<2x3xbf16> to tensor<2x3xf32>
// CHECK: ingot.amax %[[WIDE]] [1]
// CHECK-NOT: bf16
// CHECK: %[[Y:.*]] = ingot.mul
// CHECK-NEXT: ingot.cast %[[Y]] : tensor<2x3xf32> to tensor<2x3xbf16>
func.func @softmax_bf16(%x: tensor<2x3xbf16>) -> tensor<2x3xbf16> {
  %0 = ingot.softmax %x along 1 : tensor<2x3xbf16>
  return %0 : tensor<2x3xbf16>
}

// The rows of the product are divided, and rows that are masked as a whole are zeros.
// CHECK-LABEL: func.func @attention
// CHECK: %[[PRODUCT:.*]] = ingot.matmul %{{.*}}, %{{.*}} transposed : tensor<2x3x4xf32>, tensor<2x5x4xf32>
// CHECK: %[[SCALED:.*]] = ingot.mul %[[PRODUCT]]
// CHECK: %[[MASKED:.*]] = ingot.select %{{.*}}, %[[SCALED]]
// CHECK: %[[MAX:.*]] = ingot.amax %[[MASKED]] [2] keepdim
// CHECK: %[[E:.*]] = ingot.exp
// CHECK: %[[SUM:.*]] = ingot.sum %[[E]] [2] keepdim
// CHECK: %[[NONE:.*]] = ingot.eq %[[SUM]]
// CHECK: %[[DIVISOR:.*]] = ingot.select %[[NONE]]
// CHECK: %[[ROWS:.*]] = ingot.matmul %[[E]], %{{.*}} : tensor<2x3x5xf32>, tensor<2x5x4xf32>
// CHECK: %[[RECIPROCAL:.*]] = ingot.div %{{.*}}, %[[DIVISOR]]
// CHECK: %[[WIDE:.*]] = ingot.broadcast %[[RECIPROCAL]]
// CHECK: ingot.mul %[[ROWS]], %[[WIDE]]
func.func @attention(%q: tensor<2x3x4xf32>, %k: tensor<2x5x4xf32>, %m: tensor<1x3x5xi1>) -> tensor<2x3x4xf32> {
  %0 = ingot.attention %q, %k, %k masks(%m : tensor<1x3x5xi1>) scale 0.5 : tensor<2x3x4xf32>, tensor<2x5x4xf32>, tensor<2x5x4xf32>
  return %0 : tensor<2x3x4xf32>
}

// Larger ones in blocks of 64 queries, and what remains of them; the scores of a block are forgotten.
// CHECK-LABEL: func.func @attention_in_blocks
// CHECK: %[[BLOCKS:.*]] = ingot.scan over(%{{.*}}, %{{.*}}, %{{.*}}) with(%{{.*}}, %{{.*}}) steps [2] attributes {ingot.blocks} -> tensor<2x?x64x4xf32
// CHECK: ingot.scan over(%{{.*}} = %{{.*}} : tensor<?x64x4xf32, {{.*}}>, {{.*}}) with({{.*}}) steps [S floordiv 64]
// CHECK: ingot.ge {{.*}} : tensor<64x512xi32>
// CHECK: ingot.matmul %{{.*}}, %{{.*}} transposed : tensor<64x4xf32>, tensor<512x4xf32>
// CHECK: %[[WHOLE:.*]] = ingot.reshape %[[BLOCKS]]
// CHECK: ingot.matmul {{.*}} : tensor<2x?x4xf32, #ingot.sizes<[2, S mod 64, 4]>>, tensor<2x512x4xf32>
// CHECK: ingot.concat %[[WHOLE]], %{{.*}} along 1
func.func @attention_in_blocks(%q: tensor<2x?x4xf32, #ingot.sizes<[2, S, 4]>>, %k: tensor<2x512x4xf32>,
                               %m: tensor<1x1x512xi1>) -> tensor<2x?x4xf32, #ingot.sizes<[2, S, 4]>> {
  %0 = ingot.attention %q, %k, %k masks(%m : tensor<1x1x512xi1>) scale 0.5 causal
      : tensor<2x?x4xf32, #ingot.sizes<[2, S, 4]>>, tensor<2x512x4xf32>, tensor<2x512x4xf32>
  return %0 : tensor<2x?x4xf32, #ingot.sizes<[2, S, 4]>>
}
