// RUN: ingot-opt %s --ingot-rematerialize --split-input-file -verify-each | FileCheck %s

// What gelu reads is kept for its derivative, and most is live in between: gelu is computed again for the gradient of the
// weights. %wide is not, nor what is read by the end of the function.
// CHECK-LABEL: func.func @gelu
// CHECK: %[[X:.*]] = ingot.matmul %arg0, %arg1
// CHECK-NEXT: %[[H:.*]] = ingot.gelu %[[X]]
// CHECK: ingot.matmul %[[H]], %arg2
// CHECK: %[[DY:.*]] = ingot.matmul %{{.*}}, %arg3
// CHECK-NEXT: %[[AGAIN:.*]] = ingot.gelu %[[X]]
// CHECK-NEXT: ingot.matmul %[[AGAIN]] transposed, %[[DY]]
// CHECK-NOT: ingot.exp
func.func @gelu(%x: tensor<64x64xf32>, %w1: tensor<64x64xf32>, %w2: tensor<64x512xf32>, %w3: tensor<512x64xf32>)
    -> (tensor<64x64xf32>, tensor<64x64xf32>, tensor<64x512xf32>) {
  %0 = ingot.matmul %x, %w1 : tensor<64x64xf32>, tensor<64x64xf32>
  %h = ingot.gelu %0 : tensor<64x64xf32>
  %wide = ingot.matmul %h, %w2 : tensor<64x64xf32>, tensor<64x512xf32>
  %e = ingot.exp %wide : tensor<64x512xf32>
  %dy = ingot.matmul %e, %w3 : tensor<64x512xf32>, tensor<512x64xf32>
  %dw = ingot.matmul %h transposed, %dy : tensor<64x64xf32>, tensor<64x64xf32>
  %dx = ingot.mul %dy, %0 : tensor<64x64xf32>
  return %dw, %dx, %e : tensor<64x64xf32>, tensor<64x64xf32>, tensor<64x512xf32>
}

// -----

// Nothing else reads %0 late: to keep it instead would gain nothing.
// CHECK-LABEL: func.func @operand_is_not_kept
// CHECK: ingot.gelu
// CHECK-NOT: ingot.gelu
func.func @operand_is_not_kept(%x: tensor<64x64xf32>, %w1: tensor<64x64xf32>, %w2: tensor<64x512xf32>,
                               %w3: tensor<512x64xf32>) -> tensor<64x64xf32> {
  %0 = ingot.matmul %x, %w1 : tensor<64x64xf32>, tensor<64x64xf32>
  %h = ingot.gelu %0 : tensor<64x64xf32>
  %wide = ingot.matmul %h, %w2 : tensor<64x64xf32>, tensor<64x512xf32>
  %e = ingot.exp %wide : tensor<64x512xf32>
  %dy = ingot.matmul %e, %w3 : tensor<64x512xf32>, tensor<512x64xf32>
  %dw = ingot.matmul %h transposed, %dy : tensor<64x64xf32>, tensor<64x64xf32>
  return %dw : tensor<64x64xf32>
}

// -----

// In f64 gelu is a call of the library.
// CHECK-LABEL: func.func @dear
// CHECK: ingot.gelu
// CHECK-NOT: ingot.gelu
func.func @dear(%x: tensor<64x64xf64>, %w2: tensor<64x512xf64>, %w3: tensor<512x64xf64>)
    -> (tensor<64x64xf64>, tensor<64x64xf64>) {
  %0 = ingot.matmul %x, %x : tensor<64x64xf64>, tensor<64x64xf64>
  %h = ingot.gelu %0 : tensor<64x64xf64>
  %wide = ingot.matmul %h, %w2 : tensor<64x64xf64>, tensor<64x512xf64>
  %e = ingot.exp %wide : tensor<64x512xf64>
  %dy = ingot.matmul %e, %w3 : tensor<64x512xf64>, tensor<512x64xf64>
  %dw = ingot.matmul %h transposed, %dy : tensor<64x64xf64>, tensor<64x64xf64>
  %dx = ingot.mul %dy, %0 : tensor<64x64xf64>
  return %dw, %dx : tensor<64x64xf64>, tensor<64x64xf64>
}

// -----

// An argument may be a state, which is written once it has been read last: what is made of it is made again only while it is
// read, as the first is and the second is not.
// CHECK-LABEL: func.func @arguments
// CHECK-COUNT-1: ingot.mul %arg0, %arg0
// CHECK: ingot.mul %arg1, %arg1
// CHECK: %[[E:.*]] = ingot.matmul %{{.*}}, %arg3
// CHECK: %[[AGAIN:.*]] = ingot.mul %arg0, %arg0
// CHECK: ingot.matmul %[[AGAIN]], %[[E]]
// CHECK-NOT: ingot.mul %arg1
func.func @arguments(%a: tensor<64x64xf32>, %b: tensor<64x64xf32>, %w2: tensor<64x512xf32>, %w3: tensor<512x64xf32>)
    -> (tensor<64x64xf32>, tensor<64x64xf32>, tensor<64x64xf32>) {
  %0 = ingot.mul %a, %a : tensor<64x64xf32>
  %1 = ingot.mul %b, %b : tensor<64x64xf32>
  %2 = ingot.matmul %0, %1 : tensor<64x64xf32>, tensor<64x64xf32>
  %wide = ingot.matmul %2, %w2 : tensor<64x64xf32>, tensor<64x512xf32>
  %e = ingot.matmul %wide, %w3 : tensor<64x512xf32>, tensor<512x64xf32>
  %3 = ingot.matmul %0, %e : tensor<64x64xf32>, tensor<64x64xf32>
  %4 = ingot.matmul %1, %e : tensor<64x64xf32>, tensor<64x64xf32>
  %5 = ingot.sub %a, %4 : tensor<64x64xf32>
  return %3, %4, %5 : tensor<64x64xf32>, tensor<64x64xf32>, tensor<64x64xf32>
}

// -----

// One of several results of a kernel, read late under other sizes: what it takes to make that one, and a view of it. The sizes
// of the call count as 64.
// CHECK-LABEL: func.func @part_of_a_kernel
// CHECK: %[[BOTH:.*]]:2 = ingot.fusion
// CHECK: %[[DY:.*]] = ingot.concat
// CHECK-NEXT: %[[AGAIN:.*]] = ingot.fusion (%[[A:.*]] = %{{.*}} : tensor<?x32xf32, #ingot.sizes<[N, 32]>>) -> tensor<?x32xf32
// CHECK-NEXT: %[[E:.*]] = ingot.exp %[[A]]
// CHECK-NEXT: %[[D:.*]] = ingot.add %[[E]], %[[A]]
// CHECK-NEXT: ingot.yield %[[D]]
// CHECK: %[[VIEW:.*]] = ingot.reshape %[[AGAIN]]
// CHECK-NEXT: ingot.matmul %[[DY]] transposed, %[[VIEW]]
func.func @part_of_a_kernel(%x: tensor<?x32xf32, #ingot.sizes<[N, 32]>>, %w1: tensor<32x32xf32>, %w2: tensor<32x512xf32>,
                            %w3: tensor<512x32xf32>) -> (tensor<32x16xf32>, tensor<?x32xf32, #ingot.sizes<[N, 32]>>) {
  %0 = ingot.matmul %x, %w1 : tensor<?x32xf32, #ingot.sizes<[N, 32]>>, tensor<32x32xf32>
  %1:2 = ingot.fusion (%a = %0 : tensor<?x32xf32, #ingot.sizes<[N, 32]>>)
      -> (tensor<?x32xf32, #ingot.sizes<[N, 32]>>, tensor<?x32xf32, #ingot.sizes<[N, 32]>>) {
    %e = ingot.exp %a : tensor<?x32xf32, #ingot.sizes<[N, 32]>>
    %d = ingot.add %e, %a : tensor<?x32xf32, #ingot.sizes<[N, 32]>>
    %f = ingot.neg %e : tensor<?x32xf32, #ingot.sizes<[N, 32]>>
    ingot.yield %f, %d : tensor<?x32xf32, #ingot.sizes<[N, 32]>>, tensor<?x32xf32, #ingot.sizes<[N, 32]>>
  }
  %view = ingot.reshape %1#1 : tensor<?x32xf32, #ingot.sizes<[N, 32]>> to tensor<?x16xf32, #ingot.sizes<[N*2, 16]>>
  %early = ingot.matmul %1#1, %w1 : tensor<?x32xf32, #ingot.sizes<[N, 32]>>, tensor<32x32xf32>
  %2 = ingot.add %early, %1#0 : tensor<?x32xf32, #ingot.sizes<[N, 32]>>
  %wide = ingot.matmul %2, %w2 : tensor<?x32xf32, #ingot.sizes<[N, 32]>>, tensor<32x512xf32>
  %e = ingot.exp %wide : tensor<?x512xf32, #ingot.sizes<[N, 512]>>
  %3 = ingot.matmul %e, %w3 : tensor<?x512xf32, #ingot.sizes<[N, 512]>>, tensor<512x32xf32>
  %4 = ingot.concat %3, %0 along 0 : tensor<?x32xf32, #ingot.sizes<[N, 32]>>, tensor<?x32xf32, #ingot.sizes<[N, 32]>>
  %5 = ingot.matmul %4 transposed, %view : tensor<?x32xf32, #ingot.sizes<[N*2, 32]>>, tensor<?x16xf32, #ingot.sizes<[N*2, 16]>>
  %6 = ingot.mul %3, %0 : tensor<?x32xf32, #ingot.sizes<[N, 32]>>
  return %5, %6 : tensor<32x16xf32>, tensor<?x32xf32, #ingot.sizes<[N, 32]>>
}

// -----

// What a padded convolution reads, of what a normalization of a kept value was made: both are made again. The normalized value
// was gone by then.
// CHECK-LABEL: func.func @padded
// CHECK: %[[X:.*]] = ingot.matmul
// CHECK: %[[Y:.*]] = ingot.fusion
// CHECK: ingot.pad %[[Y]]
// CHECK: %[[DY:.*]] = ingot.matmul {{.*}}, %arg4
// CHECK: %[[AGAIN:.*]] = ingot.fusion (%{{.*}} = %[[X]] : {{.*}}, %[[B:.*]] = %arg2
// CHECK-NEXT: ingot.broadcast %[[B]]
// CHECK-NEXT: ingot.mul
// CHECK-NEXT: ingot.relu
// CHECK: %[[PADDED:.*]] = ingot.pad %[[AGAIN]]
// CHECK-NEXT: ingot.matmul %[[PADDED]] transposed, %[[DY]]
func.func @padded(%x: tensor<64x64xf32>, %w1: tensor<64x64xf32>, %s: tensor<64xf32>, %w2: tensor<66x512xf32>,
                  %w3: tensor<512x64xf32>) -> (tensor<66x64xf32>, tensor<64x64xf32>, tensor<64xf32>) {
  %zero = ingot.constant dense<0.0> : tensor<f32>
  %0 = ingot.matmul %x, %w1 : tensor<64x64xf32>, tensor<64x64xf32>
  %1 = ingot.fusion (%a = %0 : tensor<64x64xf32>, %b = %s : tensor<64xf32>) -> tensor<64x64xf32> {
    %each = ingot.broadcast %b : tensor<64xf32> to tensor<64x64xf32>
    %m = ingot.mul %a, %each : tensor<64x64xf32>
    %r = ingot.relu %m : tensor<64x64xf32>
    ingot.yield %r : tensor<64x64xf32>
  }
  %2 = ingot.pad %1, %zero low [0, 1] high [0, 1] : tensor<64x64xf32>, tensor<f32>
  %wide = ingot.matmul %2, %w2 : tensor<64x66xf32>, tensor<66x512xf32>
  %e = ingot.exp %wide : tensor<64x512xf32>
  %dy = ingot.matmul %e, %w3 : tensor<64x512xf32>, tensor<512x64xf32>
  %dw = ingot.matmul %2 transposed, %dy : tensor<64x66xf32>, tensor<64x64xf32>
  %dx = ingot.mul %dy, %0 : tensor<64x64xf32>
  %ds = ingot.sum %dx [0] : tensor<64x64xf32>
  %next = ingot.sub %s, %ds : tensor<64xf32>
  return %dw, %dx, %next : tensor<66x64xf32>, tensor<64x64xf32>, tensor<64xf32>
}
