// RUN: ingot-opt %s --split-input-file --verify-diagnostics

func.func @dims_order(%x: tensor<2x3xf32>, %i: tensor<2x3xi64>) {
  // expected-error @below {{ingot.gather: dimensions must be increasing and within [0, 2), got [1, 0]}}
  %y = ingot.gather %x at %i along 1 dims [1, 0] : tensor<2x3xf32>, tensor<2x3xi64>
  return
}

// -----

func.func @dims_without_dim(%x: tensor<2x3xf32>, %i: tensor<2xi64>) {
  // expected-error @below {{ingot.gather: dims must contain the dimension 1, got [0]}}
  %y = ingot.gather %x at %i along 1 dims [0] : tensor<2x3xf32>, tensor<2xi64>
  return
}

// -----

func.func @index_sizes(%x: tensor<2x3xf32>, %i: tensor<3x3xi64>) {
  // expected-error @below {{ingot.gather: index must have the sizes of f32[2, 3] in the dimensions [0, 1], but for 1, got i64[3, 3]}}
  %y = ingot.gather %x at %i along 1 dims [0, 1] : tensor<2x3xf32>, tensor<3x3xi64>
  return
}

// -----

func.func @source(%x: tensor<2x3xf32>, %i: tensor<4xi64>, %s: tensor<2x5xf32>) {
  // expected-error @below {{ingot.scatter: what is put into f32[2, 3] must be f32[2, 4], got f32[2, 5]}}
  %y = ingot.scatter "set" %s into %x at %i along 1 dims [1] : tensor<2x5xf32>, tensor<2x3xf32>, tensor<4xi64>
  return
}

// -----

func.func @kind(%x: tensor<2x3xf32>, %i: tensor<4xi64>, %s: tensor<2x4xf32>) {
  // expected-error @below {{ingot.scatter: kind must be set, add, mul, max or min, got mean}}
  %y = ingot.scatter "mean" %s into %x at %i along 1 dims [1] : tensor<2x4xf32>, tensor<2x3xf32>, tensor<4xi64>
  return
}

// -----

func.func @argsort_dim(%x: tensor<2x3xf32>) {
  // expected-error @below {{ingot.argsort: dimensions must be increasing and within [0, 2), got [2]}}
  %y = ingot.argsort %x along 2 : tensor<2x3xf32>
  return
}

// -----

func.func @recurrence_types(%a: tensor<2x3xf32>, %x: tensor<3x2xf32>) {
  // expected-error @below {{ingot.linear_recurrence: operands must have one type, got f32[2, 3] and f32[3, 2]}}
  %y = ingot.linear_recurrence %a, %x along 0 : tensor<2x3xf32>, tensor<3x2xf32>
  return
}
