// RUN: ingot-opt %s -ingot-decompose -ingot-fuse -verify-each | FileCheck %s

// CHECK-LABEL: func.func @epilogue
// CHECK: %[[Y:.*]] = ingot.fusion (%[[X:.*]] = %{{.*}}, %[[W:.*]] = %{{.*}}, %[[B:.*]] = %{{.*}}, %[[R:.*]] = %{{.*}} : tensor<?x2xf32, #ingot.sizes<[N, 2]>>)
// CHECK-NEXT: %[[DOT:.*]] = ingot.matmul %[[X]], %[[W]]
// CHECK-NEXT: %[[BIAS:.*]] = ingot.broadcast %[[B]]
// CHECK-NEXT: %[[SUM:.*]] = ingot.add %[[DOT]], %[[BIAS]]
// CHECK-NEXT: %[[RELU:.*]] = ingot.relu %[[SUM]]
// CHECK-NEXT: %[[RESULT:.*]] = ingot.add %[[RELU]], %[[R]]
// CHECK-NEXT: ingot.yield %[[RESULT]]
// CHECK: return %[[Y]]
func.func @epilogue(%x: tensor<?x4xf32, #ingot.sizes<[N, 4]>>, %w: tensor<4x2xf32>, %b: tensor<2xf32>,
                    %r: tensor<?x2xf32, #ingot.sizes<[N, 2]>>) -> tensor<?x2xf32, #ingot.sizes<[N, 2]>> {
  %0 = ingot.broadcast %b : tensor<2xf32> to tensor<?x2xf32, #ingot.sizes<[N, 2]>>
  %1 = ingot.matmul %x, %w : tensor<?x4xf32, #ingot.sizes<[N, 4]>>, tensor<4x2xf32>
  %2 = ingot.add %1, %0 : tensor<?x2xf32, #ingot.sizes<[N, 2]>>
  %3 = ingot.relu %2 : tensor<?x2xf32, #ingot.sizes<[N, 2]>>
  %4 = ingot.add %3, %r : tensor<?x2xf32, #ingot.sizes<[N, 2]>>
  return %4 : tensor<?x2xf32, #ingot.sizes<[N, 2]>>
}

// The maximum, then the sum of the exponentials, one division a row, then the products: exp costs no more than storing it would.
// CHECK-LABEL: func.func @softmax
// CHECK: %[[MAX:.*]] = ingot.amax
// CHECK: %[[SUM:.*]] = ingot.fusion
// CHECK: ingot.exp
// CHECK-NEXT: %[[S:.*]] = ingot.sum
// CHECK-NEXT: ingot.yield %[[S]]
// CHECK: ingot.div
// CHECK: %[[Y:.*]] = ingot.fusion
// CHECK: ingot.exp
// CHECK: %[[P:.*]] = ingot.mul
// CHECK-NEXT: ingot.yield %[[P]]
// CHECK: return %[[Y]]
func.func @softmax(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {
  %0 = ingot.softmax %x along 1 : tensor<2x3xf32>
  return %0 : tensor<2x3xf32>
}

// In f64 exp is a call: it is stored.
// CHECK-LABEL: func.func @softmax_f64
// CHECK: ingot.amax
// CHECK: %[[E:.*]] = ingot.fusion
// CHECK: ingot.exp
// CHECK-NEXT: ingot.yield
// CHECK: ingot.sum %[[E]]
// CHECK-NOT: ingot.exp
func.func @softmax_f64(%x: tensor<2x3xf64>) -> tensor<2x3xf64> {
  %0 = ingot.softmax %x along 1 : tensor<2x3xf64>
  return %0 : tensor<2x3xf64>
}

// What a group stores for others is computed once: two results.
// CHECK-LABEL: func.func @momentum
// CHECK: %[[G:.*]]:2 = ingot.fusion
// CHECK: %[[NEXT:.*]] = ingot.add
// CHECK: %[[P:.*]] = ingot.sub
// CHECK-NEXT: ingot.yield %[[P]], %[[NEXT]]
// CHECK: return %[[G]]#0, %[[G]]#1
func.func @momentum(%p: tensor<8xf32>, %m: tensor<8xf32>, %g: tensor<8xf32>) -> (tensor<8xf32>, tensor<8xf32>) {
  %rate = ingot.constant dense<0.9> : tensor<f32>
  %rates = ingot.broadcast %rate : tensor<f32> to tensor<8xf32>
  %0 = ingot.mul %m, %rates : tensor<8xf32>
  %1 = ingot.add %0, %g : tensor<8xf32>
  %2 = ingot.sub %p, %1 : tensor<8xf32>
  return %2, %1 : tensor<8xf32>, tensor<8xf32>
}

// %e cannot be stored by the group that divides by its sum.
// CHECK-LABEL: func.func @no_cycle
// CHECK: %[[E:.*]] = ingot.add
// CHECK: %[[S:.*]] = ingot.sum %[[E]]
// CHECK: %[[Q:.*]] = ingot.fusion ({{.*}} = %[[S]] : tensor<8x1xf32>, {{.*}} = %[[E]] : tensor<8x4xf32>)
// CHECK: return %[[Q]], %[[E]]
func.func @no_cycle(%x: tensor<8x4xf32>, %y: tensor<8x4xf32>) -> (tensor<8x4xf32>, tensor<8x4xf32>) {
  %e = ingot.add %x, %y : tensor<8x4xf32>
  %s = ingot.sum %e [1] keepdim : tensor<8x4xf32>
  %b = ingot.broadcast %s : tensor<8x1xf32> to tensor<8x4xf32>
  %q = ingot.div %e, %b : tensor<8x4xf32>
  return %q, %e : tensor<8x4xf32>, tensor<8x4xf32>
}

// A stored value that is read between the members of its group: the block is sorted anew.
// CHECK-LABEL: func.func @read_in_between
// CHECK: %[[G:.*]]:2 = ingot.fusion
// CHECK: ingot.reverse %[[G]]#1 [0]
// CHECK: return
func.func @read_in_between(%x: tensor<8xf32>, %y: tensor<8xf32>) -> (tensor<8xf32>, tensor<8xf32>) {
  %0 = ingot.add %x, %y : tensor<8xf32>
  %1 = ingot.reverse %0 [0] : tensor<8xf32>
  %2 = ingot.mul %0, %y : tensor<8xf32>
  return %1, %2 : tensor<8xf32>, tensor<8xf32>
}

// The root is taken once a row, not once an element.
// CHECK-LABEL: func.func @dear_before_broadcast
// CHECK: %[[R:.*]] = ingot.rsqrt
// CHECK: ingot.fusion ({{.*}} = %[[R]] : tensor<8x1xf32>
func.func @dear_before_broadcast(%x: tensor<8x4xf32>, %v: tensor<8x1xf32>) -> tensor<8x4xf32> {
  %0 = ingot.rsqrt %v : tensor<8x1xf32>
  %1 = ingot.broadcast %0 : tensor<8x1xf32> to tensor<8x4xf32>
  %2 = ingot.mul %x, %1 : tensor<8x4xf32>
  return %2 : tensor<8x4xf32>
}

// A value before an activation that the backward pass needs: the contraction stores it, nothing is computed twice.
// CHECK-LABEL: func.func @saved
// CHECK: %[[Z:.*]] = ingot.fusion
// CHECK: ingot.matmul
// CHECK: %[[SUM:.*]] = ingot.add
// CHECK-NEXT: ingot.yield %[[SUM]]
// CHECK: ingot.gelu %[[Z]]
// CHECK: ingot.fusion ({{.*}} = %[[Z]]
func.func @saved(%x: tensor<8x4xf32>, %w: tensor<4x2xf32>, %b: tensor<2xf32>, %g: tensor<8x2xf32>)
    -> (tensor<8x2xf32>, tensor<8x2xf32>) {
  %0 = ingot.matmul %x, %w : tensor<8x4xf32>, tensor<4x2xf32>
  %1 = ingot.broadcast %b : tensor<2xf32> to tensor<8x2xf32>
  %z = ingot.add %0, %1 : tensor<8x2xf32>
  %a = ingot.gelu %z : tensor<8x2xf32>
  %t = ingot.tanh %z : tensor<8x2xf32>
  %d = ingot.mul %g, %t : tensor<8x2xf32>
  return %a, %d : tensor<8x2xf32>, tensor<8x2xf32>
}

// What is a factor, too, is read from memory by the epilogue.
// CHECK-LABEL: func.func @factor
// CHECK: %[[R:.*]] = ingot.relu
// CHECK: ingot.fusion (%[[A:.*]] = %[[R]] : tensor<4x4xf32>, %[[W:.*]] = %{{.*}} : tensor<4x4xf32>)
// CHECK: %[[DOT:.*]] = ingot.matmul %[[A]], %[[W]]
// CHECK: ingot.add %[[DOT]], %[[A]]
func.func @factor(%x: tensor<4x4xf32>, %w: tensor<4x4xf32>) -> tensor<4x4xf32> {
  %r = ingot.relu %x : tensor<4x4xf32>
  %0 = ingot.matmul %r, %w : tensor<4x4xf32>, tensor<4x4xf32>
  %1 = ingot.add %0, %r : tensor<4x4xf32>
  return %1 : tensor<4x4xf32>
}

// One contraction a group.
// CHECK-LABEL: func.func @two_contractions
// CHECK: %[[FIRST:.*]] = ingot.fusion
// CHECK: ingot.matmul
// CHECK: ingot.tanh
// CHECK: ingot.fusion ({{.*}} = %[[FIRST]]
// CHECK: ingot.matmul
// CHECK: ingot.add
func.func @two_contractions(%x: tensor<4x4xf32>, %w: tensor<4x4xf32>, %v: tensor<4x4xf32>) -> tensor<4x4xf32> {
  %0 = ingot.matmul %x, %w : tensor<4x4xf32>, tensor<4x4xf32>
  %1 = ingot.tanh %0 : tensor<4x4xf32>
  %2 = ingot.matmul %x, %v : tensor<4x4xf32>, tensor<4x4xf32>
  %3 = ingot.add %1, %2 : tensor<4x4xf32>
  return %3 : tensor<4x4xf32>
}

// Heads of attention: exchanges of dimensions are read through by the factors and stored through by the result, but not
// computed with.
// CHECK-LABEL: func.func @heads
// CHECK: %[[E:.*]] = ingot.exp
// CHECK: %[[Y:.*]] = ingot.fusion (%[[A:.*]] = %[[E]] : tensor<2x7x3x4xf32>, %[[B:.*]] = %{{.*}} : tensor<2x7x3x4xf32>, %[[M:.*]] = %{{.*}} : tensor<7x3x7xf32>)
// CHECK-NEXT: %[[Q:.*]] = ingot.transpose %[[A]] [0, 2, 1, 3]
// CHECK-NEXT: %[[K:.*]] = ingot.transpose %[[B]] [0, 2, 3, 1]
// CHECK-NEXT: %[[S:.*]] = ingot.matmul %[[Q]], %[[K]]
// CHECK-NEXT: %[[T:.*]] = ingot.tanh %[[S]]
// CHECK-NEXT: %[[BACK:.*]] = ingot.transpose %[[T]] [0, 2, 1, 3]
// CHECK-NEXT: %[[MASK:.*]] = ingot.broadcast %[[M]]
// CHECK-NEXT: %[[R:.*]] = ingot.add %[[BACK]], %[[MASK]]
// CHECK-NEXT: ingot.yield %[[R]]
func.func @heads(%q: tensor<2x7x3x4xf32>, %k: tensor<2x7x3x4xf32>, %m: tensor<7x3x7xf32>) -> tensor<2x7x3x7xf32> {
  %e = ingot.exp %q : tensor<2x7x3x4xf32>
  %0 = ingot.transpose %e [0, 2, 1, 3] : tensor<2x7x3x4xf32>
  %1 = ingot.transpose %k [0, 2, 3, 1] : tensor<2x7x3x4xf32>
  %2 = ingot.matmul %0, %1 : tensor<2x3x7x4xf32>, tensor<2x3x4x7xf32>
  %3 = ingot.tanh %2 : tensor<2x3x7x7xf32>
  %4 = ingot.transpose %3 [0, 2, 1, 3] : tensor<2x3x7x7xf32>
  %5 = ingot.broadcast %m : tensor<7x3x7xf32> to tensor<2x7x3x7xf32>
  %6 = ingot.add %4, %5 : tensor<2x7x3x7xf32>
  return %6 : tensor<2x7x3x7xf32>
}

// Where the last dimension would move, stores would be scattered: not fused.
// CHECK-LABEL: func.func @transposed_result
// CHECK: %[[DOT:.*]] = ingot.matmul
// CHECK: ingot.transpose %[[DOT]] [1, 0]
func.func @transposed_result(%a: tensor<4x4xf32>, %b: tensor<4x4xf32>) -> tensor<4x4xf32> {
  %0 = ingot.matmul %a, %b : tensor<4x4xf32>, tensor<4x4xf32>
  %1 = ingot.transpose %0 [1, 0] : tensor<4x4xf32>
  return %1 : tensor<4x4xf32>
}

// Ops that neither compute nor move elements one by one stay outside, and so do ops alone.
// CHECK-LABEL: func.func @outside
// CHECK-NOT: ingot.fusion
func.func @outside(%x: tensor<2x6xf32>) -> tensor<6x2xf32> {
  %0 = ingot.relu %x : tensor<2x6xf32>
  %1 = ingot.reshape %0 : tensor<2x6xf32> to tensor<3x4xf32>
  %2 = ingot.sum %1 [0] : tensor<3x4xf32>
  %3 = ingot.concat %2, %2, %2 along 0 : tensor<4xf32>, tensor<4xf32>, tensor<4xf32>
  %4 = ingot.reshape %3 : tensor<12xf32> to tensor<6x2xf32>
  return %4 : tensor<6x2xf32>
}

// A value is not stored by a group that waits for another one that reads it: here the cast is computed in both.
// CHECK-LABEL: func.func @computed_elsewhere
// CHECK-NEXT: %[[C:.*]] = ingot.gt
// CHECK-NEXT: %[[S:.*]] = ingot.fusion (%{{.*}} = %[[C]] : tensor<2x3xi1>) -> tensor<2x1xf32>
// CHECK: %[[D:.*]] = ingot.fusion (%{{.*}} = %[[C]] : tensor<2x3xi1>, %{{.*}} = %[[S]] : tensor<2x1xf32>) -> tensor<2x3xf32>
// CHECK: return %[[D]], %[[C]]
func.func @computed_elsewhere(%x: tensor<2x3xf32>, %y: tensor<2x3xf32>) -> (tensor<2x3xf32>, tensor<2x3xi1>) {
  %c = ingot.gt %x, %y : tensor<2x3xf32>
  %k = ingot.cast %c : tensor<2x3xi1> to tensor<2x3xf32>
  %s = ingot.sum %k [1] keepdim : tensor<2x3xf32>
  %b = ingot.broadcast %s : tensor<2x1xf32> to tensor<2x3xf32>
  %d = ingot.sub %b, %k : tensor<2x3xf32>
  return %d, %c : tensor<2x3xf32>, tensor<2x3xi1>
}

// A number for all elements is written for each op that needs it in memory, when it does.
// CHECK-LABEL: func.func @backgrounds
// CHECK: ingot.exp
// CHECK-NEXT: %[[A:.*]] = ingot.fusion () -> tensor<4x4xf32>
// CHECK: %[[Y:.*]] = ingot.insert_slice %{{.*}} into %[[A]]
// CHECK-NEXT: %[[S:.*]] = ingot.sum %[[Y]]
// CHECK-NEXT: %[[B:.*]] = ingot.fusion () -> tensor<4x4xf32>
// CHECK: ingot.insert_slice %[[S]] into %[[B]]
func.func @backgrounds(%x: tensor<1x4xf32>) -> tensor<4x4xf32> {
  %zero = ingot.constant dense<0.0> : tensor<f32>
  %zeros = ingot.broadcast %zero : tensor<f32> to tensor<4x4xf32>
  %0 = ingot.exp %x : tensor<1x4xf32>
  %1 = ingot.insert_slice %0 into %zeros from [1, 0] step [1, 1] : tensor<1x4xf32>, tensor<4x4xf32>
  %2 = ingot.sum %1 [0] keepdim : tensor<4x4xf32>
  %3 = ingot.insert_slice %2 into %zeros from [2, 0] step [1, 1] : tensor<1x4xf32>, tensor<4x4xf32>
  return %3 : tensor<4x4xf32>
}

// The gradient of a weight is computed where its factors are known, not where the optimizer uses it: behind what else reads
// the weight, which may be updated in place.
// CHECK-LABEL: func.func @update_early
// CHECK: %[[DX:.*]] = ingot.matmul %arg1, %arg2 transposed
// CHECK-NEXT: %[[W:.*]] = ingot.fusion
// CHECK-NEXT: ingot.matmul {{.*}} transposed
// CHECK: ingot.yield
// CHECK: ingot.amax %[[DX]]
func.func @update_early(%x: tensor<64x8xf32>, %g: tensor<64x8xf32>, %w: tensor<8x8xf32>) -> (tensor<8x8xf32>, tensor<64x8xf32>) {
  %dw = ingot.matmul %x transposed, %g : tensor<64x8xf32>, tensor<64x8xf32>
  %dx = ingot.matmul %g, %w transposed : tensor<64x8xf32>, tensor<8x8xf32>
  %0 = ingot.softmax %dx along 1 : tensor<64x8xf32>
  %1 = ingot.sub %w, %dw : tensor<8x8xf32>
  return %1, %0 : tensor<8x8xf32>, tensor<64x8xf32>
}
