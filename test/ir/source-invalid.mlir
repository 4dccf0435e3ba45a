// RUN: ingot-opt %s --split-input-file --verify-diagnostics

func.func @constant_vector() {
  // expected-error @below {{'ingot.constant' op result #0 must be ranked tensor of}}
  %0 = "ingot.constant"() {value = dense<1.0> : vector<2xf32>} : () -> vector<2xf32>
  return
}

// -----

func.func @constant_element() {
  // expected-error @below {{'ingot.constant' op result #0 must be ranked tensor of}}
  %0 = ingot.constant dense<1> : tensor<2xi7>
  return
}

// -----

func.func @iota_dim() {
  // expected-error @below {{ingot.iota: dimensions must be increasing and within [0, 1), got [1]}}
  %0 = ingot.iota 1 : tensor<2xi64>
  return
}

// -----

func.func @size_count() {
  // expected-error @below {{'ingot.size' op needs one size, got [N, 2]}}
  %0 = ingot.size [N, 2] : tensor<i64>
  return
}

// -----

func.func @random_state(%state: tensor<3xi64>) {
  // expected-error @below {{'ingot.random' op state must be i64[2], seed and offset, got i64[3]}}
  %0 = ingot.random "uniform" %state : tensor<3xi64> to tensor<2xf32>
  return
}

// -----

func.func @random_distribution(%state: tensor<2xi64>) {
  // expected-error @below {{'ingot.random' op distribution must be 'uniform' or 'normal', got 'poisson'}}
  %0 = ingot.random "poisson" %state : tensor<2xi64> to tensor<2xf32>
  return
}
