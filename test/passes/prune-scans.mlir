// RUN: ingot-opt %s --ingot-prune-scans | FileCheck %s

// A carried value that never changes, one that nobody needs, a sequence that nobody reads, an operand given twice.
// CHECK-LABEL: func.func @unused
// CHECK-SAME: (%[[A:.*]]: tensor<f32>, %[[N:.*]]: tensor<f32>, %[[XS:.*]]: tensor<9xf32>)
func.func @unused(%a0: tensor<f32>, %n0: tensor<f32>, %xs: tensor<9xf32>) -> (tensor<f32>, tensor<f32>) {
  // CHECK-NEXT: %[[R:.*]] = ingot.scan carry(%[[C:.*]] = %[[A]] : tensor<f32>) over(%[[X:.*]] = %[[XS]] : tensor<9xf32>) with(%[[M:.*]] = %[[N]] : tensor<f32>) steps [9] -> tensor<f32> {
  // CHECK-NEXT: %[[P:.*]] = ingot.mul %[[X]], %[[M]]
  // CHECK-NEXT: %[[Q:.*]] = ingot.mul %[[P]], %[[X]]
  // CHECK-NEXT: %[[S:.*]] = ingot.add %[[C]], %[[Q]]
  // CHECK-NEXT: ingot.yield %[[S]] : tensor<f32>
  // CHECK: return %[[R]], %[[N]]
  %0:4 = ingot.scan carry(%a = %a0 : tensor<f32>, %n = %n0 : tensor<f32>, %d = %n0 : tensor<f32>)
      over(%x = %xs : tensor<9xf32>, %y = %xs : tensor<9xf32>) with(%w = %n0 : tensor<f32>) steps [9]
      -> (tensor<f32>, tensor<f32>, tensor<f32>, tensor<9xf32>) {
    %1 = ingot.mul %x, %n : tensor<f32>
    %2 = ingot.mul %1, %y : tensor<f32>
    %3 = ingot.add %a, %2 : tensor<f32>
    %4 = ingot.exp %d : tensor<f32>
    %5 = ingot.add %4, %w : tensor<f32>
    ingot.yield %3, %n, %5, %a : tensor<f32>, tensor<f32>, tensor<f32>, tensor<f32>
  }
  return %0#0, %0#1 : tensor<f32>, tensor<f32>
}

// Sequences that are known without the loop; slices that are all alike.
// CHECK-LABEL: func.func @known
func.func @known(%a0: tensor<2xf32>, %xs: tensor<9x2xf32>, %w: tensor<2xf32>, %one: tensor<f32>)
    -> (tensor<2xf32>, tensor<9x2xf32>, tensor<9x2xf32>, tensor<9x2xf32>, tensor<9x2xf32>) {
  %ones = ingot.broadcast %one : tensor<f32> to tensor<9x2xf32>
  // CHECK: %[[W:.*]] = ingot.broadcast %arg2 : tensor<2xf32> to tensor<9x2xf32>
  // CHECK: %[[R:.*]]:2 = ingot.scan carry(%[[A:.*]] = %arg0 : tensor<2xf32>) with(%[[O:.*]] = %arg3 : tensor<f32>) steps [9]
  // CHECK-NEXT: %[[B:.*]] = ingot.broadcast %[[O]] : tensor<f32> to tensor<2xf32>
  // CHECK-NEXT: %[[S:.*]] = ingot.add %[[A]], %[[B]]
  // CHECK-NEXT: ingot.yield %[[S]], %[[S]] : tensor<2xf32>, tensor<2xf32>
  // CHECK: return %[[R]]#0, %arg1, %[[W]], %[[R]]#1, %[[R]]#1
  %0:5 = ingot.scan carry(%a = %a0 : tensor<2xf32>) over(%x = %xs : tensor<9x2xf32>, %g = %ones : tensor<9x2xf32>)
      with(%v = %w : tensor<2xf32>) steps [9]
      -> (tensor<2xf32>, tensor<9x2xf32>, tensor<9x2xf32>, tensor<9x2xf32>, tensor<9x2xf32>) {
    %1 = ingot.add %a, %g : tensor<2xf32>
    ingot.yield %1, %x, %v, %1, %1 : tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>
  }
  return %0#0, %0#1, %0#2, %0#3, %0#4 : tensor<2xf32>, tensor<9x2xf32>, tensor<9x2xf32>, tensor<9x2xf32>, tensor<9x2xf32>
}

// An inner loop first makes its outer one larger: what it does not read, that one need not take.
// CHECK-LABEL: func.func @nested
func.func @nested(%a0: tensor<f32>, %w: tensor<f32>) -> tensor<f32> {
  // CHECK: ingot.scan carry(%[[A:.*]] = %arg0 : tensor<f32>) steps [3] -> tensor<f32> {
  // CHECK-NEXT: ingot.scan carry(%{{.*}} = %[[A]] : tensor<f32>) steps [4] -> tensor<f32> {
  %0 = ingot.scan carry(%a = %a0 : tensor<f32>) with(%v = %w : tensor<f32>) steps [3] -> tensor<f32> {
    %1:2 = ingot.scan carry(%b = %a : tensor<f32>) with(%u = %v : tensor<f32>) steps [4] -> (tensor<f32>, tensor<4xf32>) {
      %2 = ingot.exp %b : tensor<f32>
      ingot.yield %2, %u : tensor<f32>, tensor<f32>
    }
    ingot.yield %1#0 : tensor<f32>
  }
  return %0 : tensor<f32>
}

// CHECK-LABEL: func.func @nobody
// CHECK-NEXT: return
func.func @nobody(%a0: tensor<f32>) {
  %0 = ingot.scan carry(%a = %a0 : tensor<f32>) steps [3] -> tensor<f32> {
    ingot.yield %a : tensor<f32>
  }
  return
}
