// RUN: ingot-opt %s --split-input-file --verify-diagnostics

func.func @vectors(%a: tensor<4xf32>) {
  // expected-error @below {{ingot.matmul: operands must be [..., M, K] and [..., K, N] of one element type, got f32[4] and f32[4]}}
  %y = ingot.matmul %a, %a : tensor<4xf32>, tensor<4xf32>
  return
}

// -----

func.func @batch(%a: tensor<2x3x4xf32>, %b: tensor<5x4x3xf32>) {
  // expected-error @below {{ingot.matmul: operands must be [..., M, K] and [..., K, N] of one element type, got f32[2, 3, 4] and f32[5, 4, 3]}}
  %y = ingot.matmul %a, %b : tensor<2x3x4xf32>, tensor<5x4x3xf32>
  return
}

// -----

func.func @elements(%a: tensor<3x4xf32>, %b: tensor<4x3xf64>) {
  // expected-error @below {{ingot.matmul: operands must be [..., M, K] and [..., K, N] of one element type, got f32[3, 4] and f64[4, 3]}}
  %y = ingot.matmul %a, %b : tensor<3x4xf32>, tensor<4x3xf64>
  return
}

// -----

func.func @contracted(%a: tensor<3x4xf32>, %b: tensor<?x3xf32, #ingot.sizes<[N, 3]>>) {
  // expected-error @below {{ingot.matmul: contracted sizes must be equal, got 4 of f32[3, 4] and N of f32[N, 3]}}
  %y = ingot.matmul %a, %b : tensor<3x4xf32>, tensor<?x3xf32, #ingot.sizes<[N, 3]>>
  return
}

// -----

func.func @transposed(%a: tensor<3x4xf32>, %b: tensor<4x3xf32>) {
  // expected-error @below {{ingot.matmul: contracted sizes must be equal, got 3 of f32[3, 4] and 4 of f32[4, 3]}}
  %y = ingot.matmul %a transposed, %b : tensor<3x4xf32>, tensor<4x3xf32>
  return
}

// -----

func.func @bool(%a: tensor<3x3xi1>) {
  // expected-error @below {{'ingot.matmul' op operand #0 must be ranked tensor of}}
  %y = ingot.matmul %a, %a : tensor<3x3xi1>, tensor<3x3xi1>
  return
}

// -----

func.func @conv_rank(%x: tensor<1x2xf32>, %w: tensor<1x2xf32>) {
  // expected-error @below {{ingot.conv: operands must be tensors of rank 3, 4 or 5 of one element type, got f32[1, 2] and f32[1, 2]}}
  %y = ingot.conv %x, %w strides [] dilations [] groups 1 : tensor<1x2xf32>, tensor<1x2xf32>
  return
}

// -----

func.func @conv_scalar_weights(%x: tensor<1x2x3xf32>, %w: tensor<f32>) {
  // expected-error @below {{ingot.conv: operands must be tensors of rank 3, 4 or 5 of one element type, got f32[1, 2, 3] and f32[]}}
  %y = ingot.conv %x, %w strides [1] dilations [1] groups 1 : tensor<1x2x3xf32>, tensor<f32>
  return
}

// -----

func.func @conv_element(%x: tensor<1x2x3xf32>, %w: tensor<2x2x3xf64>) {
  // expected-error @below {{ingot.conv: operands must be tensors of rank 3, 4 or 5 of one element type, got f32[1, 2, 3] and f64[2, 2, 3]}}
  %y = ingot.conv %x, %w strides [1] dilations [1] groups 1 : tensor<1x2x3xf32>, tensor<2x2x3xf64>
  return
}

// -----

func.func @conv_weights(%x: tensor<1x2x9xf32>, %w: tensor<?x2x3xf32, #ingot.sizes<[O, 2, 3]>>) {
  // expected-error @below {{ingot.conv: weights must have constant sizes, got f32[O, 2, 3]}}
  %y = ingot.conv %x, %w strides [1] dilations [1] groups 1 : tensor<1x2x9xf32>, tensor<?x2x3xf32, #ingot.sizes<[O, 2, 3]>>
  return
}

// -----

func.func @conv_strides(%x: tensor<1x2x9xf32>, %w: tensor<4x2x3xf32>) {
  // expected-error @below {{ingot.conv: strides must have 1 values of at least 1, got [0]}}
  %y = ingot.conv %x, %w strides [0] dilations [1] groups 1 : tensor<1x2x9xf32>, tensor<4x2x3xf32>
  return
}

// -----

func.func @conv_dilations(%x: tensor<1x2x9xf32>, %w: tensor<4x2x3xf32>) {
  // expected-error @below {{ingot.conv: dilations must have 1 values of at least 1, got [1, 1]}}
  %y = ingot.conv %x, %w strides [1] dilations [1, 1] groups 1 : tensor<1x2x9xf32>, tensor<4x2x3xf32>
  return
}

// -----

func.func @conv_groups(%x: tensor<1x4x9xf32>, %w: tensor<6x1x3xf32>) {
  // expected-error @below {{ingot.conv: groups must divide the channels, got 4 groups for 4 input and 6 output channels}}
  %y = ingot.conv %x, %w strides [1] dilations [1] groups 4 : tensor<1x4x9xf32>, tensor<6x1x3xf32>
  return
}

// -----

func.func @conv_no_groups(%x: tensor<1x4x9xf32>, %w: tensor<6x1x3xf32>) {
  // expected-error @below {{ingot.conv: groups must divide the channels, got 0 groups for 4 input and 6 output channels}}
  %y = ingot.conv %x, %w strides [1] dilations [1] groups 0 : tensor<1x4x9xf32>, tensor<6x1x3xf32>
  return
}

// -----

func.func @conv_channels(%x: tensor<1x3x9xf32>, %w: tensor<4x2x3xf32>) {
  // expected-error @below {{ingot.conv: input f32[1, 3, 9] must have 2 channels for weights f32[4, 2, 3] in 1 groups, got 3}}
  %y = ingot.conv %x, %w strides [1] dilations [1] groups 1 : tensor<1x3x9xf32>, tensor<4x2x3xf32>
  return
}

// -----

func.func @conv_kernel(%x: tensor<1x2x4xf32>, %w: tensor<4x2x3xf32>) {
  // expected-error @below {{ingot.conv: kernel 3 with dilation 2 must be positive and fit into the padded size 4 of dimension 2}}
  %y = ingot.conv %x, %w strides [1] dilations [2] groups 1 : tensor<1x2x4xf32>, tensor<4x2x3xf32>
  return
}

// -----

func.func @conv_empty_kernel(%x: tensor<1x2x4xf32>, %w: tensor<4x2x0xf32>) {
  // expected-error @below {{ingot.conv: kernel 0 with dilation 1 must be positive and fit into the padded size 4 of dimension 2}}
  %y = ingot.conv %x, %w strides [1] dilations [1] groups 1 : tensor<1x2x4xf32>, tensor<4x2x0xf32>
  return
}

// -----

func.func @conv_overflow(%x: tensor<1x2x4xf32>, %w: tensor<4x2x4xf32>) {
  // expected-error @below {{ingot.conv: sizes are out of range: ingot::sizes::Expr: a product exceeds 64 bits}}
  %y = ingot.conv %x, %w strides [1] dilations [9223372036854775807] groups 1 : tensor<1x2x4xf32>, tensor<4x2x4xf32>
  return
}

// -----

func.func @conv_weight_rank(%x: tensor<1x2x9xf32>, %g: tensor<1xf32>) {
  // expected-error @below {{ingot.conv_weight: operands must be tensors of rank 3, 4 or 5 of one element type, got f32[1, 2, 9] and f32[1]}}
  %y = ingot.conv_weight %x, %g kernel [3] strides [1] dilations [1] groups 1 : tensor<1x2x9xf32>, tensor<1xf32>
  return
}

// -----

func.func @conv_weight_channels(%x: tensor<1x2x9xf32>, %g: tensor<1x?x7xf32, #ingot.sizes<[1, C, 7]>>) {
  // expected-error @below {{ingot.conv_weight: gradient must have a constant number of channels, got f32[1, C, 7]}}
  %y = ingot.conv_weight %x, %g kernel [3] strides [1] dilations [1] groups 1 : tensor<1x2x9xf32>, tensor<1x?x7xf32, #ingot.sizes<[1, C, 7]>>
  return
}

// -----

func.func @conv_weight_kernel(%x: tensor<1x2x9xf32>, %g: tensor<1x4x7xf32>) {
  // expected-error @below {{ingot.conv_weight: kernel must have 1 values of at least 1, got [3, 3]}}
  %y = ingot.conv_weight %x, %g kernel [3, 3] strides [1] dilations [1] groups 1 : tensor<1x2x9xf32>, tensor<1x4x7xf32>
  return
}

// -----

func.func @conv_weight_gradient(%x: tensor<1x2x9xf32>, %g: tensor<1x4x7xf32>) {
  // expected-error @below {{ingot.conv_weight: gradient must be that of a convolution of f32[1, 2, 9], got f32[1, 4, 7]}}
  %y = ingot.conv_weight %x, %g kernel [3] strides [2] dilations [1] groups 1 : tensor<1x2x9xf32>, tensor<1x4x7xf32>
  return
}
