// RUN: ingot-opt %s --split-input-file --verify-diagnostics

func.func @sizes(%a: tensor<4xf32>, %b: tensor<5xf32>) {
  // expected-error @below {{ingot.add: operand 0 must be f32[5], as the others, got f32[4]}}
  %y = ingot.add %a, %b : tensor<4xf32>, tensor<5xf32>
  return
}

// -----

func.func @named_sizes(%a: tensor<?xf32, #ingot.sizes<[N]>>, %b: tensor<?xf32, #ingot.sizes<[M]>>) {
  // expected-error @below {{ingot.mul: operand 0 must be f32[M], as the others, got f32[N]}}
  %y = ingot.mul %a, %b : tensor<?xf32, #ingot.sizes<[N]>>, tensor<?xf32, #ingot.sizes<[M]>>
  return
}

// -----

func.func @elements(%a: tensor<4xf32>, %b: tensor<4xf64>) {
  // expected-error @below {{ingot.eq: operand 0 must be f64[4], as the others, got f32[4]}}
  %y = ingot.eq %a, %b : tensor<4xf32>, tensor<4xf64>
  return
}

// -----

func.func @integer_function(%a: tensor<4xi64>) {
  // expected-error @below {{'ingot.exp' op operand #0 must be ranked tensor of 32-bit float or 64-bit float or bfloat16 type or 16-bit float values, run-time sizes in #ingot.sizes, but got 'tensor<4xi64>'}}
  %y = ingot.exp %a : tensor<4xi64>
  return
}

// -----

func.func @unknown_element(%a: tensor<4xi7>) {
  // expected-error @below {{'ingot.add' op operand #0 must be ranked tensor of}}
  %y = ingot.add %a, %a : tensor<4xi7>
  return
}

// -----

func.func @result(%a: tensor<4xf32>) {
  // expected-error @below {{'ingot.relu' op failed to infer returned types}}
  // expected-error @below {{inferred type(s) 'tensor<4xf32>' are incompatible with return type(s) of operation 'tensor<5xf32>'}}
  %y = "ingot.relu"(%a) : (tensor<4xf32>) -> tensor<5xf32>
  return
}

// -----

func.func @condition(%c: tensor<4xf32>, %a: tensor<4xf32>) {
  // expected-error @below {{'ingot.select' op operand #0 must be ranked tensor of 1-bit signless integer values, run-time sizes in #ingot.sizes, but got 'tensor<4xf32>'}}
  %y = ingot.select %c, %a, %a : tensor<4xf32>, tensor<4xf32>
  return
}

// -----

func.func @condition_sizes(%c: tensor<1xi1>, %a: tensor<4xf32>) {
  // expected-error @below {{ingot.select: operand 0 must be bool[4], as the others, got bool[1]}}
  %y = ingot.select %c, %a, %a : tensor<1xi1>, tensor<4xf32>
  return
}

// -----

func.func @bounds(%x: tensor<4xf32>, %low: tensor<1xf32>) {
  // expected-error @below {{ingot.clamp: operand 1 must be f32[4], as the others, got f32[1]}}
  %y = ingot.clamp %x, %low, %x : tensor<4xf32>, tensor<1xf32>, tensor<4xf32>
  return
}

// -----

func.func @cast(%x: tensor<4xf32>) {
  // expected-error @below {{'ingot.cast' op must keep the sizes: operand is f32[4], result is f64[2, 2]}}
  %y = ingot.cast %x : tensor<4xf32> to tensor<2x2xf64>
  return
}
