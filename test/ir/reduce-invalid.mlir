// RUN: ingot-opt %s --split-input-file --verify-diagnostics

func.func @range(%x: tensor<2x3xf32>) {
  // expected-error @below {{ingot.sum: dimensions must be increasing and within [0, 2), got [2]}}
  %y = ingot.sum %x [2] : tensor<2x3xf32>
  return
}

// -----

func.func @negative(%x: tensor<2x3xf32>) {
  // expected-error @below {{ingot.amax: dimensions must be increasing and within [0, 2), got [-1]}}
  %y = ingot.amax %x [-1] : tensor<2x3xf32>
  return
}

// -----

func.func @twice(%x: tensor<2x3xf32>) {
  // expected-error @below {{ingot.prod: dimensions must be increasing and within [0, 2), got [1, 1]}}
  %y = ingot.prod %x [1, 1] : tensor<2x3xf32>
  return
}

// -----

func.func @order(%x: tensor<2x3xf32>) {
  // expected-error @below {{ingot.amin: dimensions must be increasing and within [0, 2), got [1, 0]}}
  %y = ingot.amin %x [1, 0] : tensor<2x3xf32>
  return
}

// -----

func.func @result(%x: tensor<2x3xf32>) {
  // expected-error @below {{'ingot.sum' op failed to infer returned types}}
  // expected-error @below {{inferred type(s) 'tensor<2xf32>' are incompatible with return type(s) of operation 'tensor<3xf32>'}}
  %y = "ingot.sum"(%x) {dims = array<i64: 1>} : (tensor<2x3xf32>) -> tensor<3xf32>
  return
}

// -----

func.func @softmax_dim(%x: tensor<2x3xf32>) {
  // expected-error @below {{ingot.softmax: dimensions must be increasing and within [0, 2), got [2]}}
  %y = ingot.softmax %x along 2 : tensor<2x3xf32>
  return
}

// -----

func.func @softmax_scalar(%x: tensor<f32>) {
  // expected-error @below {{ingot.log_softmax: dimensions must be increasing and within [0, 0), got [0]}}
  %y = ingot.log_softmax %x along 0 : tensor<f32>
  return
}

// -----

func.func @softmax_element(%x: tensor<2xi64>) {
  // expected-error @below {{'ingot.softmax' op operand #0 must be ranked tensor of 32-bit float or}}
  %y = ingot.softmax %x along 0 : tensor<2xi64>
  return
}

// -----

func.func @softmax_result(%x: tensor<2xf32>) {
  // expected-error @below {{'ingot.softmax' op failed to verify that all of {x, y} have same type}}
  %y = "ingot.softmax"(%x) {dim = 0 : i64} : (tensor<2xf32>) -> tensor<3xf32>
  return
}
