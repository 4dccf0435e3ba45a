// RUN: ingot-opt %s --split-input-file --verify-diagnostics --ingot-expand-gradients

func.func @steps(%h0: tensor<f32>) {
  // expected-error @below {{'ingot.scan' op needs one number of steps, got [2, 3]}}
  %0 = ingot.scan carry(%h = %h0 : tensor<f32>) steps [2, 3] -> tensor<f32> {
    ingot.yield %h : tensor<f32>
  }
  return
}

// -----

func.func @scalar_sequence(%x: tensor<f32>) {
  // expected-error @below {{a sequence must be a tensor with a leading dimension, got 'tensor<f32>'}}
  %0 = ingot.scan over(%s = %x : tensor<f32>) steps [2] -> tensor<2xf32> {
    ingot.yield %s : tensor<f32>
  }
  return
}

// -----

func.func @length(%a: tensor<5xf32>, %b: tensor<4xf32>) {
  // expected-error @below {{'ingot.scan' op sequence 1 among its operands must have leading size 5, the number of steps, got f32[4]}}
  %0 = ingot.scan over(%x = %a : tensor<5xf32>, %y = %b : tensor<4xf32>) steps [5] -> tensor<5xf32> {
    ingot.yield %x : tensor<f32>
  }
  return
}

// -----

func.func @made(%a: tensor<5xf32>) {
  // expected-error @below {{'ingot.scan' op sequence 0 among its results must have leading size 5, the number of steps, got f32[4]}}
  %0 = ingot.scan over(%x = %a : tensor<5xf32>) steps [5] -> tensor<4xf32> {
    ingot.yield %x : tensor<f32>
  }
  return
}

// -----

func.func @finals(%a: tensor<f32>) {
  // expected-error @below {{'ingot.scan' op results must begin with the 1 carried values, with their types}}
  %0 = ingot.scan carry(%x = %a : tensor<f32>) steps [5] -> tensor<5xf32> {
    ingot.yield %x : tensor<f32>
  }
  return
}

// -----

func.func @arguments(%a: tensor<5xf32>) {
  // expected-error @below {{'ingot.scan' op region must take the 0 carried values, a slice of each of the 1 sequences and the 0 invariants, with their types}}
  %0 = "ingot.scan"(%a) <{steps = #ingot.sizes<[5]>, operandSegmentSizes = array<i32: 0, 1, 0>}> ({
  ^bb0(%x: tensor<5xf32>):
    ingot.yield %x : tensor<5xf32>
  }) : (tensor<5xf32>) -> tensor<5x5xf32>
  return
}

// -----

func.func @yield(%a: tensor<f32>) {
  // expected-error @below {{'ingot.scan' op region must yield the 1 carried values and a slice of each of the 1 sequences made, with their types}}
  %0:2 = ingot.scan carry(%x = %a : tensor<f32>) steps [5] -> (tensor<f32>, tensor<5xf32>) {
    ingot.yield %x : tensor<f32>
  }
  return
}

// -----

func.func @isolated(%a: tensor<f32>, %b: tensor<f32>) {
  // expected-note @below {{required by region isolation constraints}}
  %0 = ingot.scan carry(%x = %a : tensor<f32>) steps [5] -> tensor<f32> {
    // expected-error @below {{using value defined outside the region}}
    %y = ingot.add %x, %b : tensor<f32>
    ingot.yield %y : tensor<f32>
  }
  return
}

// -----

func.func @no_function(%a: tensor<f32>) {
  // expected-error @below {{'ingot.loop' op calls @step, which is no function here}}
  %0 = ingot.loop @step carry(%a : tensor<f32>) steps [5] -> tensor<f32>
  return
}

// -----

func.func private @step(tensor<2xf32>) -> tensor<f32>
func.func @callee_arguments(%a: tensor<f32>) {
  // expected-error @below {{'ingot.loop' op calls @step, which must take the carried values, a slice of each sequence and the invariants, with their types}}
  %0 = ingot.loop @step carry(%a : tensor<f32>) steps [5] -> tensor<f32>
  return
}

// -----

func.func private @step(tensor<f32>) -> tensor<f32>
func.func @callee_results(%a: tensor<f32>) {
  // expected-error @below {{'ingot.loop' op calls @step, which must return the carried values and a slice of each sequence made, with their types}}
  %0:2 = ingot.loop @step carry(%a : tensor<f32>) steps [5] -> tensor<f32>, tensor<5xf32>
  return
}

// -----

func.func private @step(tensor<f32>) -> tensor<f32>
func.func @derivative(%a: tensor<f32>) -> tensor<f32> {
  // expected-error @below {{'ingot.loop' op has no derivative: ingot.scan must be differentiated before its region becomes a function}}
  %0 = ingot.loop @step carry(%a : tensor<f32>) steps [5] -> tensor<f32>
  %1 = ingot.gradient %0 of(%a) : tensor<f32> -> tensor<f32>
  return %1 : tensor<f32>
}
