// RUN: ingot-opt %s --split-input-file --verify-diagnostics

func.func @seed(%y: tensor<2xf32>, %x: tensor<3xf32>) {
  // expected-error @below {{'ingot.gradient' op of a value without a seed needs one element, got f32[2]}}
  %0 = ingot.gradient %y of(%x) : tensor<2xf32> -> tensor<3xf32>
  return
}

// -----

func.func @seed_type(%y: tensor<2xf32>, %x: tensor<3xf32>) {
  // expected-error @below {{'ingot.gradient' op needs a seed of the same type for each of the 1 values, or none}}
  %0 = ingot.gradient %y seeds(%x : tensor<3xf32>) of(%x) : tensor<2xf32> -> tensor<3xf32>
  return
}

// -----

func.func @gradient_type(%y: tensor<f32>, %x: tensor<3xf32>) {
  // expected-error @below {{'ingot.gradient' op results must have the types of what they are gradients with respect to}}
  %0 = "ingot.gradient"(%y, %x) {operandSegmentSizes = array<i32: 1, 0, 1>} : (tensor<f32>, tensor<3xf32>) -> tensor<2xf32>
  return
}

// -----

func.func @gradient_count(%y: tensor<f32>, %x: tensor<3xf32>) {
  // expected-error @below {{number of operands and types do not match: got 2 operands and 1 types}}
  %0 = ingot.gradient %y of(%x, %x) : tensor<f32> -> tensor<3xf32>
  return
}

// -----

func.func @integer_seed(%y: tensor<i64>, %x: tensor<3xf32>) {
  // expected-error @below {{'ingot.gradient' op is of floating-point values with respect to floating-point values, got i64[]}}
  %0 = ingot.gradient %y of(%x) : tensor<i64> -> tensor<3xf32>
  return
}

// -----

func.func @integer_leaf(%y: tensor<f32>, %x: tensor<3xi64>) {
  // expected-error @below {{'ingot.gradient' op is of floating-point values with respect to floating-point values, got i64[3]}}
  %0 = ingot.gradient %y of(%x) : tensor<f32> -> tensor<3xi64>
  return
}

// -----

func.func @fusion_arguments(%x: tensor<3xf32>) {
  // expected-error @below {{'ingot.fusion' op region must take the 1 operands, with their types}}
  %0 = "ingot.fusion"(%x) ({
  ^bb0(%a: tensor<4xf32>):
    ingot.yield %a : tensor<4xf32>
  }) : (tensor<3xf32>) -> tensor<4xf32>
  return
}

// -----

func.func @fusion_results(%x: tensor<3xf32>) {
  // expected-error @below {{'ingot.fusion' op region must yield the 1 results, with their types}}
  %0 = ingot.fusion (%a = %x : tensor<3xf32>) -> tensor<4xf32> {
    ingot.yield %a : tensor<3xf32>
  }
  return
}

// -----

func.func @fusion_terminator(%x: tensor<3xf32>) {
  %0 = "ingot.fusion"(%x) ({
  ^bb0(%a: tensor<3xf32>):
    // expected-error @below {{block with no terminator}}
    %b = ingot.relu %a : tensor<3xf32>
  }) : (tensor<3xf32>) -> tensor<3xf32>
  return
}

// -----

func.func @fusion_empty_block(%x: tensor<3xf32>) {
  // expected-error @below {{'ingot.fusion' op expects a non-empty block}}
  %0 = "ingot.fusion"(%x) ({
  ^bb0(%a: tensor<3xf32>):
  }) : (tensor<3xf32>) -> tensor<3xf32>
  return
}

// -----

func.func @fusion_isolated(%x: tensor<3xf32>, %z: tensor<3xf32>) {
  // expected-note @below {{required by region isolation constraints}}
  %0 = ingot.fusion (%a = %x : tensor<3xf32>) -> tensor<3xf32> {
    // expected-error @below {{using value defined outside the region}}
    %b = ingot.add %a, %z : tensor<3xf32>
    ingot.yield %b : tensor<3xf32>
  }
  return
}

// -----

func.func @yield(%x: tensor<3xf32>) {
  // expected-error @below {{'ingot.yield' op expects parent op to be one of 'ingot.fusion, ingot.scan'}}
  ingot.yield %x : tensor<3xf32>
}

// -----

func.func @require_list(%x: tensor<3xf32>, %holds: tensor<2x2xi1>) {
  // expected-error @below {{'ingot.require' op needs a list of conditions, got bool[2, 2]}}
  %0 = ingot.require %x if %holds : tensor<2x2xi1> is "positive elements" : tensor<3xf32>
  return
}
