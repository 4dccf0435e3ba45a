// RUN: ingot-opt %s -ingot-simplify -verify-each | FileCheck %s

// CHECK-LABEL: func.func @broadcasts
// CHECK-SAME: %[[X:.*]]: tensor<3xf32>
// CHECK: %[[Y:.*]] = ingot.broadcast %[[X]] : tensor<3xf32> to tensor<4x2x3xf32>
// CHECK: return %[[Y]]
func.func @broadcasts(%x: tensor<3xf32>) -> tensor<4x2x3xf32> {
  %0 = ingot.broadcast %x : tensor<3xf32> to tensor<2x3xf32>
  %1 = ingot.broadcast %0 : tensor<2x3xf32> to tensor<4x2x3xf32>
  return %1 : tensor<4x2x3xf32>
}

// One row is computed, not N of them.
// CHECK-LABEL: func.func @compute_before_broadcast
// CHECK: %[[ONE:.*]] = ingot.constant dense<1.000000e+00> : tensor<f32>
// CHECK: %[[ONES:.*]] = ingot.broadcast %[[ONE]] : tensor<f32> to tensor<3xf32>
// CHECK: %[[SUM:.*]] = ingot.add %{{.*}}, %[[ONES]] : tensor<3xf32>
// CHECK: %[[LESS:.*]] = ingot.lt %[[SUM]], %{{.*}} : tensor<3xf32>
// CHECK: %[[Y:.*]] = ingot.broadcast %[[LESS]] : tensor<3xi1> to tensor<?x3xi1, #ingot.sizes<[N, 3]>>
// CHECK: return %[[Y]]
func.func @compute_before_broadcast(%x: tensor<3xf32>, %y: tensor<3xf32>) -> tensor<?x3xi1, #ingot.sizes<[N, 3]>> {
  %one = ingot.constant dense<1.0> : tensor<f32>
  %0 = ingot.broadcast %one : tensor<f32> to tensor<?x3xf32, #ingot.sizes<[N, 3]>>
  %1 = ingot.broadcast %x : tensor<3xf32> to tensor<?x3xf32, #ingot.sizes<[N, 3]>>
  %2 = ingot.broadcast %y : tensor<3xf32> to tensor<?x3xf32, #ingot.sizes<[N, 3]>>
  %3 = ingot.add %1, %0 : tensor<?x3xf32, #ingot.sizes<[N, 3]>>
  %4 = ingot.lt %3, %2 : tensor<?x3xf32, #ingot.sizes<[N, 3]>>
  return %4 : tensor<?x3xi1, #ingot.sizes<[N, 3]>>
}

// Repeated from different sizes: nothing to gain.
// CHECK-LABEL: func.func @outer
// CHECK: ingot.mul %{{.*}}, %{{.*}} : tensor<2x3xf32>
func.func @outer(%x: tensor<2x1xf32>, %y: tensor<3xf32>) -> tensor<2x3xf32> {
  %0 = ingot.broadcast %x : tensor<2x1xf32> to tensor<2x3xf32>
  %1 = ingot.broadcast %y : tensor<3xf32> to tensor<2x3xf32>
  %2 = ingot.mul %0, %1 : tensor<2x3xf32>
  return %2 : tensor<2x3xf32>
}

// CHECK-LABEL: func.func @transposed_factors
// CHECK-SAME: %[[A:.*]]: tensor<5x3x2xf32>, %[[B:.*]]: tensor<5x3x4xf32>
// CHECK: ingot.matmul %[[A]] transposed, %[[B]] : tensor<5x3x2xf32>, tensor<5x3x4xf32>
func.func @transposed_factors(%a: tensor<5x3x2xf32>, %b: tensor<5x3x4xf32>) -> tensor<5x2x4xf32> {
  %0 = ingot.transpose %a [0, 2, 1] : tensor<5x3x2xf32>
  %1 = ingot.transpose %b [0, 2, 1] : tensor<5x3x4xf32>
  %2 = ingot.matmul %0, %1 transposed : tensor<5x2x3xf32>, tensor<5x4x3xf32>
  return %2 : tensor<5x2x4xf32>
}

// CHECK-LABEL: func.func @transposed_product
// CHECK-SAME: %[[A:.*]]: tensor<?x3xf32, #ingot.sizes<[N, 3]>>, %[[B:.*]]: tensor<?x4xf32, #ingot.sizes<[N, 4]>>
// CHECK: %[[Y:.*]] = ingot.matmul %[[B]] transposed, %[[A]]
// CHECK-NEXT: return %[[Y]]
func.func @transposed_product(%a: tensor<?x3xf32, #ingot.sizes<[N, 3]>>, %b: tensor<?x4xf32, #ingot.sizes<[N, 4]>>)
    -> tensor<4x3xf32> {
  %0 = ingot.matmul %a transposed, %b : tensor<?x3xf32, #ingot.sizes<[N, 3]>>, tensor<?x4xf32, #ingot.sizes<[N, 4]>>
  %1 = ingot.transpose %0 [1, 0] : tensor<3x4xf32>
  return %1 : tensor<4x3xf32>
}

// A product that is read both ways is computed once.
// CHECK-LABEL: func.func @product_both_ways
// CHECK: ingot.matmul %{{.*}} transposed, %{{.*}} :
// CHECK: ingot.transpose
func.func @product_both_ways(%a: tensor<5x3xf32>, %b: tensor<5x4xf32>) -> (tensor<3x4xf32>, tensor<4x3xf32>) {
  %0 = ingot.matmul %a transposed, %b : tensor<5x3xf32>, tensor<5x4xf32>
  %1 = ingot.transpose %0 [1, 0] : tensor<3x4xf32>
  return %0, %1 : tensor<3x4xf32>, tensor<4x3xf32>
}

// Batch dimensions that change places are no matter of a flag.
// CHECK-LABEL: func.func @transposed_batch
// CHECK: ingot.transpose
// CHECK: ingot.matmul
func.func @transposed_batch(%a: tensor<3x5x2xf32>, %b: tensor<5x2x4xf32>) -> tensor<5x3x4xf32> {
  %0 = ingot.transpose %a [1, 0, 2] : tensor<3x5x2xf32>
  %1 = ingot.matmul %0, %b : tensor<5x3x2xf32>, tensor<5x2x4xf32>
  return %1 : tensor<5x3x4xf32>
}

// CHECK-LABEL: func.func @transpose_of_ones
// CHECK: ingot.reshape %{{.*}} : tensor<?x1x3xf32, #ingot.sizes<[N, 1, 3]>> to tensor<1x?x3xf32, #ingot.sizes<[1, N, 3]>>
func.func @transpose_of_ones(%x: tensor<?x1x3xf32, #ingot.sizes<[N, 1, 3]>>) -> tensor<1x?x3xf32, #ingot.sizes<[1, N, 3]>> {
  %0 = ingot.transpose %x [1, 0, 2] : tensor<?x1x3xf32, #ingot.sizes<[N, 1, 3]>>
  return %0 : tensor<1x?x3xf32, #ingot.sizes<[1, N, 3]>>
}

// CHECK-LABEL: func.func @nothing
// CHECK-SAME: %[[X:.*]]: tensor<2x3xf32>
// CHECK: return %[[X]]
func.func @nothing(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {
  %zero = ingot.constant dense<0.0> : tensor<f32>
  %one = ingot.constant dense<1.0> : tensor<f32>
  %ones = ingot.broadcast %one : tensor<f32> to tensor<2x3xf32>
  %0 = ingot.pad %x, %zero low [0, 0] high [0, 0] : tensor<2x3xf32>, tensor<f32>
  %1 = ingot.mul %ones, %0 : tensor<2x3xf32>
  %2 = ingot.reshape %1 : tensor<2x3xf32> to tensor<6xf32>
  %3 = ingot.reshape %2 : tensor<6xf32> to tensor<2x3xf32>
  return %3 : tensor<2x3xf32>
}

// A linear layer on rows of a batch of sequences: bias and activation are computed on the rows, and the next layer finds
// them there.
// CHECK-LABEL: func.func @layers
// CHECK-SAME: %[[X:[^:]*]]: tensor<?x7x4xf32, {{.*}}>, %[[W:[^:]*]]: tensor<4x4xf32>, %[[B:[^:]*]]: tensor<4xf32>
// CHECK: %[[ROWS:.*]] = ingot.reshape %[[X]] {{.*}} to tensor<?x4xf32, #ingot.sizes<[N*7, 4]>>
// CHECK-NEXT: %[[DOT:.*]] = ingot.matmul %[[ROWS]], %[[W]]
// CHECK-NEXT: %[[BIAS:.*]] = ingot.broadcast %[[B]] : tensor<4xf32> to tensor<?x4xf32, #ingot.sizes<[N*7, 4]>>
// CHECK-NEXT: %[[SUM:.*]] = ingot.add %[[DOT]], %[[BIAS]]
// CHECK-NEXT: %[[H:.*]] = ingot.relu %[[SUM]]
// CHECK-NEXT: %[[DOT2:.*]] = ingot.matmul %[[H]], %[[W]]
// CHECK-NEXT: %[[RESIDUAL:.*]] = ingot.reshape %[[X]]
// CHECK-NEXT: %[[Y:.*]] = ingot.add %[[DOT2]], %[[RESIDUAL]]
// CHECK-NEXT: ingot.reshape %[[Y]]
func.func @layers(%x: tensor<?x7x4xf32, #ingot.sizes<[N, 7, 4]>>, %w: tensor<4x4xf32>, %b: tensor<4xf32>)
    -> tensor<?x7x4xf32, #ingot.sizes<[N, 7, 4]>> {
  %0 = ingot.reshape %x : tensor<?x7x4xf32, #ingot.sizes<[N, 7, 4]>> to tensor<?x4xf32, #ingot.sizes<[N*7, 4]>>
  %1 = ingot.matmul %0, %w : tensor<?x4xf32, #ingot.sizes<[N*7, 4]>>, tensor<4x4xf32>
  %2 = ingot.reshape %1 : tensor<?x4xf32, #ingot.sizes<[N*7, 4]>> to tensor<?x7x4xf32, #ingot.sizes<[N, 7, 4]>>
  %3 = ingot.broadcast %b : tensor<4xf32> to tensor<?x7x4xf32, #ingot.sizes<[N, 7, 4]>>
  %4 = ingot.add %2, %3 : tensor<?x7x4xf32, #ingot.sizes<[N, 7, 4]>>
  %5 = ingot.relu %4 : tensor<?x7x4xf32, #ingot.sizes<[N, 7, 4]>>
  %6 = ingot.reshape %5 : tensor<?x7x4xf32, #ingot.sizes<[N, 7, 4]>> to tensor<?x4xf32, #ingot.sizes<[N*7, 4]>>
  %7 = ingot.matmul %6, %w : tensor<?x4xf32, #ingot.sizes<[N*7, 4]>>, tensor<4x4xf32>
  %8 = ingot.reshape %7 : tensor<?x4xf32, #ingot.sizes<[N*7, 4]>> to tensor<?x7x4xf32, #ingot.sizes<[N, 7, 4]>>
  %9 = ingot.add %8, %x : tensor<?x7x4xf32, #ingot.sizes<[N, 7, 4]>>
  return %9 : tensor<?x7x4xf32, #ingot.sizes<[N, 7, 4]>>
}

// The gradient of a tensor that was split in three.
// CHECK-LABEL: func.func @parts
// CHECK-NEXT: %[[Y:.*]] = ingot.concat %arg0, %arg1, %arg2 along 1 : tensor<2x4xf32>, tensor<2x1xf32>, tensor<2x3xf32>
// CHECK-NEXT: return %[[Y]]
func.func @parts(%a: tensor<2x4xf32>, %b: tensor<2x1xf32>, %c: tensor<2x3xf32>) -> tensor<2x8xf32> {
  %zero = ingot.constant dense<0.0> : tensor<f32>
  %zeros = ingot.broadcast %zero : tensor<f32> to tensor<2x8xf32>
  %0 = ingot.insert_slice %c into %zeros from [0, 5] step [1, 1] : tensor<2x3xf32>, tensor<2x8xf32>
  %1 = ingot.insert_slice %a into %zeros from [0, 0] step [1, 1] : tensor<2x4xf32>, tensor<2x8xf32>
  %2 = ingot.insert_slice %b into %zeros from [0, 4] step [1, 1] : tensor<2x1xf32>, tensor<2x8xf32>
  %3 = ingot.add %0, %1 : tensor<2x8xf32>
  %4 = ingot.add %3, %2 : tensor<2x8xf32>
  return %4 : tensor<2x8xf32>
}

// Zeros remain behind the parts; two overlap.
// CHECK-LABEL: func.func @no_parts
// CHECK-NOT: ingot.concat
// CHECK: return
func.func @no_parts(%a: tensor<2x4xf32>, %b: tensor<2x1xf32>) -> (tensor<2x8xf32>, tensor<2x8xf32>) {
  %zero = ingot.constant dense<0.0> : tensor<f32>
  %zeros = ingot.broadcast %zero : tensor<f32> to tensor<2x8xf32>
  %0 = ingot.insert_slice %a into %zeros from [0, 0] step [1, 1] : tensor<2x4xf32>, tensor<2x8xf32>
  %1 = ingot.insert_slice %b into %zeros from [0, 4] step [1, 1] : tensor<2x1xf32>, tensor<2x8xf32>
  %2 = ingot.insert_slice %a into %zeros from [0, 2] step [1, 1] : tensor<2x4xf32>, tensor<2x8xf32>
  %3 = ingot.add %0, %1 : tensor<2x8xf32>
  %4 = ingot.add %0, %2 : tensor<2x8xf32>
  return %3, %4 : tensor<2x8xf32>, tensor<2x8xf32>
}

// What is repeated along leading dimensions only is repeated along others just as well.
// CHECK-LABEL: func.func @reshaped_bias
// CHECK-SAME: %[[B:.*]]: tensor<4xf32>
// CHECK-NEXT: %[[R:.*]] = ingot.broadcast %[[B]] : tensor<4xf32> to tensor<?x4xf32, #ingot.sizes<[N*7, 4]>>
// CHECK-NEXT: return %[[R]]
func.func @reshaped_bias(%b: tensor<4xf32>) -> tensor<?x4xf32, #ingot.sizes<[N*7, 4]>> {
  %0 = ingot.broadcast %b : tensor<4xf32> to tensor<?x7x4xf32, #ingot.sizes<[N, 7, 4]>>
  %1 = ingot.reshape %0 : tensor<?x7x4xf32, #ingot.sizes<[N, 7, 4]>> to tensor<?x4xf32, #ingot.sizes<[N*7, 4]>>
  return %1 : tensor<?x4xf32, #ingot.sizes<[N*7, 4]>>
}

// Rows that are repeated between others are not.
// CHECK-LABEL: func.func @reshaped_rows
// CHECK: ingot.reshape
func.func @reshaped_rows(%x: tensor<2x1x4xf32>) -> tensor<6x4xf32> {
  %0 = ingot.broadcast %x : tensor<2x1x4xf32> to tensor<2x3x4xf32>
  %1 = ingot.reshape %0 : tensor<2x3x4xf32> to tensor<6x4xf32>
  return %1 : tensor<6x4xf32>
}

// The gradient of a padded convolution is not computed on the border: a part of a convolution is one of a part.
// CHECK-LABEL: func.func @part_of_conv
// CHECK-SAME: (%[[G:.*]]: tensor<2x8x4x4xf32>, %[[W:.*]]: tensor<3x8x3x3xf32>)
// CHECK: %[[Z:.*]] = ingot.broadcast %{{.*}} : tensor<f32> to tensor<2x8x6x6xf32>
// CHECK: %[[P:.*]] = ingot.insert_slice %[[G]] into %[[Z]] from [0, 0, 1, 1] step [1, 1, 1, 1]
// CHECK: %[[Y:.*]] = ingot.conv %[[P]], %[[W]] flipped strides [1, 1] dilations [1, 1] groups 1 : tensor<2x8x6x6xf32>
// CHECK: return %[[Y]] : tensor<2x3x4x4xf32>
func.func @part_of_conv(%g: tensor<2x8x4x4xf32>, %w: tensor<3x8x3x3xf32>) -> tensor<2x3x4x4xf32> {
  %zero = ingot.constant dense<0.0> : tensor<f32>
  %zeros = ingot.broadcast %zero : tensor<f32> to tensor<2x8x8x8xf32>
  %0 = ingot.insert_slice %g into %zeros from [0, 0, 2, 2] step [1, 1, 1, 1] : tensor<2x8x4x4xf32>, tensor<2x8x8x8xf32>
  %1 = ingot.conv %0, %w flipped strides [1, 1] dilations [1, 1] groups 1 : tensor<2x8x8x8xf32>, tensor<3x8x3x3xf32>
  %2 = ingot.slice %1 from [0, 0, 1, 1] step [1, 1, 1, 1] : tensor<2x3x6x6xf32> to tensor<2x3x4x4xf32>
  return %2 : tensor<2x3x4x4xf32>
}

// Every second element from the third on, of which a part from the second on is taken: the first of them is left out.
// CHECK-LABEL: func.func @part_of_inserted
// CHECK-SAME: (%[[X:.*]]: tensor<?x4xf32, #ingot.sizes<[N, 4]>>, %[[Y:.*]]: tensor<?x9xf32, #ingot.sizes<[N, 9]>>)
// CHECK: %[[INTO:.*]] = ingot.slice %[[Y]] from [0, 3] step [1, 1]
// CHECK: %[[PART:.*]] = ingot.slice %[[X]] from [0, 1] step [1, 1] : {{.*}} to tensor<?x2xf32
// CHECK: ingot.insert_slice %[[PART]] into %[[INTO]] from [0, 1] step [1, 2] : tensor<?x2xf32, {{.*}}>, tensor<?x4xf32
func.func @part_of_inserted(%x: tensor<?x4xf32, #ingot.sizes<[N, 4]>>, %y: tensor<?x9xf32, #ingot.sizes<[N, 9]>>)
    -> tensor<?x4xf32, #ingot.sizes<[N, 4]>> {
  %0 = ingot.insert_slice %x into %y from [0, 2] step [1, 2] : tensor<?x4xf32, #ingot.sizes<[N, 4]>>, tensor<?x9xf32, #ingot.sizes<[N, 9]>>
  %1 = ingot.slice %0 from [0, 3] step [1, 1] : tensor<?x9xf32, #ingot.sizes<[N, 9]>> to tensor<?x4xf32, #ingot.sizes<[N, 4]>>
  return %1 : tensor<?x4xf32, #ingot.sizes<[N, 4]>>
}

// No positions of a convolution need no part of its image that a window would fit into.
// CHECK-LABEL: func.func @no_part_of_conv
// CHECK: %[[Y:.*]] = ingot.conv %{{.*}} : tensor<2x8x8x8xf32>, tensor<3x8x3x3xf32>
// CHECK: ingot.slice %[[Y]] from [0, 0, 1, 1]
func.func @no_part_of_conv(%x: tensor<2x8x8x8xf32>, %w: tensor<3x8x3x3xf32>) -> tensor<2x3x0x4xf32> {
  %0 = ingot.conv %x, %w strides [1, 1] dilations [1, 1] groups 1 : tensor<2x8x8x8xf32>, tensor<3x8x3x3xf32>
  %1 = ingot.slice %0 from [0, 0, 1, 1] step [1, 1, 1, 1] : tensor<2x3x6x6xf32> to tensor<2x3x0x4xf32>
  return %1 : tensor<2x3x0x4xf32>
}

// With a stride wider than the window, no positions, where N is 1, would take less than nothing.
// CHECK-LABEL: func.func @perhaps_no_part_of_conv
// CHECK: ingot.conv %{{.*}} : tensor<2x8x?xf32, #ingot.sizes<[2, 8, N*3]>>, tensor<3x8x2xf32>
func.func @perhaps_no_part_of_conv(%x: tensor<2x8x?xf32, #ingot.sizes<[2, 8, N*3]>>, %w: tensor<3x8x2xf32>)
    -> tensor<2x3x?xf32, #ingot.sizes<[2, 3, N-1]>> {
  %0 = ingot.conv %x, %w strides [3] dilations [1] groups 1 : tensor<2x8x?xf32, #ingot.sizes<[2, 8, N*3]>>, tensor<3x8x2xf32>
  %1 = ingot.slice %0 from [0, 0, 1] step [1, 1, 1] : tensor<2x3x?xf32, #ingot.sizes<[2, 3, N]>> to tensor<2x3x?xf32, #ingot.sizes<[2, 3, N-1]>>
  return %1 : tensor<2x3x?xf32, #ingot.sizes<[2, 3, N-1]>>
}
