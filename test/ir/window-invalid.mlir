// RUN: ingot-opt %s --split-input-file --verify-diagnostics

func.func @rank(%x: tensor<2x3xf32>) {
  // expected-error @below {{ingot.max_pool: operand must be [N, C, spatial...], got f32[2, 3]}}
  %y = ingot.max_pool %x kernel [] strides [] dilations [] : tensor<2x3xf32>
  return
}

// -----

func.func @kernel_count(%x: tensor<2x3x8x8xf32>) {
  // expected-error @below {{ingot.max_pool: kernel must have 2 values of at least 1, got [2]}}
  %y = ingot.max_pool %x kernel [2] strides [2, 2] dilations [1, 1] : tensor<2x3x8x8xf32>
  return
}

// -----

func.func @kernel_zero(%x: tensor<2x3x8xf32>) {
  // expected-error @below {{ingot.max_pool_index: kernel must have 1 values of at least 1, got [0]}}
  %y = ingot.max_pool_index %x kernel [0] strides [2] dilations [1] : tensor<2x3x8xf32>
  return
}

// -----

func.func @stride(%x: tensor<2x3x8xf32>) {
  // expected-error @below {{ingot.window_sum: strides must have 1 values of at least 1, got [-1]}}
  %y = ingot.window_sum %x kernel [2] strides [-1] dilations [1] : tensor<2x3x8xf32>
  return
}

// -----

func.func @dilation(%x: tensor<2x3x8xf32>) {
  // expected-error @below {{ingot.window_sum: dilations must have 1 values of at least 1, got []}}
  %y = ingot.window_sum %x kernel [2] strides [1] dilations [] : tensor<2x3x8xf32>
  return
}

// -----

func.func @small(%x: tensor<2x3x8xf32>) {
  // expected-error @below {{ingot.max_pool: kernel 5 with dilation 2 must fit into the padded size 8 of dimension 2}}
  %y = ingot.max_pool %x kernel [5] strides [1] dilations [2] : tensor<2x3x8xf32>
  return
}

// -----

func.func @integers(%x: tensor<2x3x8xi64>) {
  // expected-error @below {{'ingot.window_sum' op operand #0 must be ranked tensor of}}
  %y = ingot.window_sum %x kernel [2] strides [1] dilations [1] : tensor<2x3x8xi64>
  return
}

// -----

func.func @gather(%x: tensor<2x3x8xf32>, %i: tensor<2x3x3xi8>) {
  // expected-error @below {{'ingot.window_gather' op windows of f32[2, 3, 8] are f32[2, 3, 4], chosen by i8[2, 3, 4], got f32[2, 3, 3] and i8[2, 3, 3]}}
  %y = ingot.window_gather %x, %i kernel [2] strides [2] dilations [1] : tensor<2x3x8xf32>, tensor<2x3x3xi8> to tensor<2x3x3xf32>
  return
}

// -----

func.func @scatter(%x: tensor<2x3x4xf32>, %i: tensor<2x3x3xi8>) {
  // expected-error @below {{'ingot.window_scatter' op windows of f32[2, 3, 8] are f32[2, 3, 4], chosen by i8[2, 3, 4], got f32[2, 3, 4] and i8[2, 3, 3]}}
  %y = ingot.window_scatter %x, %i kernel [2] strides [2] dilations [1] : tensor<2x3x4xf32>, tensor<2x3x3xi8> to tensor<2x3x8xf32>
  return
}

// -----

func.func @index(%x: tensor<2x3x4xf32>, %i: tensor<2x3x4xi32>) {
  // expected-error @below {{'ingot.window_scatter' op windows of f32[2, 3, 8] are f32[2, 3, 4], chosen by i8[2, 3, 4], got f32[2, 3, 4] and i32[2, 3, 4]}}
  %y = ingot.window_scatter %x, %i kernel [2] strides [2] dilations [1] : tensor<2x3x4xf32>, tensor<2x3x4xi32> to tensor<2x3x8xf32>
  return
}
