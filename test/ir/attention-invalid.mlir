// RUN: ingot-opt %s -split-input-file -verify-diagnostics

func.func @rank(%q: tensor<4xf32>) {
  // expected-error @below {{ingot.attention: operands must be q [..., S, E], k [..., L, E] and v [..., L, V] of one element type, got}}
  %0 = ingot.attention %q, %q, %q scale 1.0 : tensor<4xf32>, tensor<4xf32>, tensor<4xf32>
  return
}

// -----

func.func @features(%q: tensor<3x4xf32>, %k: tensor<3x5xf32>) {
  // expected-error @below {{got f32[3, 4], f32[3, 5] and f32[3, 5]}}
  %0 = ingot.attention %q, %k, %k scale 1.0 : tensor<3x4xf32>, tensor<3x5xf32>, tensor<3x5xf32>
  return
}

// -----

func.func @keys(%q: tensor<3x4xf32>, %v: tensor<2x4xf32>) {
  // expected-error @below {{got f32[3, 4], f32[3, 4] and f32[2, 4]}}
  %0 = ingot.attention %q, %q, %v scale 1.0 : tensor<3x4xf32>, tensor<3x4xf32>, tensor<2x4xf32>
  return
}

// -----

func.func @batch(%q: tensor<?x3x4xf32, #ingot.sizes<[N, 3, 4]>>, %k: tensor<?x3x4xf32, #ingot.sizes<[M, 3, 4]>>) {
  // expected-error @below {{operands must be q [..., S, E], k [..., L, E] and v [..., L, V]}}
  %0 = ingot.attention %q, %k, %k scale 1.0 : tensor<?x3x4xf32, #ingot.sizes<[N, 3, 4]>>, tensor<?x3x4xf32, #ingot.sizes<[M, 3, 4]>>, tensor<?x3x4xf32, #ingot.sizes<[M, 3, 4]>>
  return
}

// -----

func.func @mask_sizes(%q: tensor<3x4xf32>, %k: tensor<5x4xf32>, %m: tensor<5x3xi1>) {
  // expected-error @below {{a mask must have the sizes of the scores, bool[3, 5], or 1 instead, got bool[5, 3]}}
  %0 = ingot.attention %q, %k, %k masks(%m : tensor<5x3xi1>) scale 1.0 : tensor<3x4xf32>, tensor<5x4xf32>, tensor<5x4xf32>
  return
}

// -----

func.func @mask_element(%q: tensor<3x4xf32>, %m: tensor<3x3xi64>) {
  // expected-error @below {{a mask must be of bool or of the type of the query, 'f32', got i64[3, 3]}}
  %0 = ingot.attention %q, %q, %q masks(%m : tensor<3x3xi64>) scale 1.0 : tensor<3x4xf32>, tensor<3x4xf32>, tensor<3x4xf32>
  return
}
