// RUN: ingot-opt %s --split-input-file --verify-diagnostics

func.func @broadcast(%x: tensor<2xf32>) {
  // expected-error @below {{'ingot.broadcast' op cannot repeat f32[2] to f32[4, 3]}}
  %y = ingot.broadcast %x : tensor<2xf32> to tensor<4x3xf32>
  return
}

// -----

// A named dimension is never the broadcast 1.
func.func @broadcast_named(%x: tensor<?xf32, #ingot.sizes<[N]>>) {
  // expected-error @below {{'ingot.broadcast' op cannot repeat f32[N] to f32[3]}}
  %y = ingot.broadcast %x : tensor<?xf32, #ingot.sizes<[N]>> to tensor<3xf32>
  return
}

// -----

func.func @broadcast_rank(%x: tensor<1x1xf32>) {
  // expected-error @below {{'ingot.broadcast' op cannot repeat f32[1, 1] to f32[1]}}
  %y = ingot.broadcast %x : tensor<1x1xf32> to tensor<1xf32>
  return
}

// -----

func.func @broadcast_element(%x: tensor<1xf32>) {
  // expected-error @below {{'ingot.broadcast' op cannot repeat f32[1] to f64[3]}}
  %y = ingot.broadcast %x : tensor<1xf32> to tensor<3xf64>
  return
}

// -----

func.func @reshape(%x: tensor<?x3xf32, #ingot.sizes<[N, 3]>>) {
  // expected-error @below {{'ingot.reshape' op must keep the number of elements: f32[N, 3] has N*3, f32[N*2] has N*2}}
  %y = ingot.reshape %x : tensor<?x3xf32, #ingot.sizes<[N, 3]>> to tensor<?xf32, #ingot.sizes<[N * 2]>>
  return
}

// -----

func.func @reshape_element(%x: tensor<4xf32>) {
  // expected-error @below {{'ingot.reshape' op must keep the element type: operand is f32[4], result is i32[4]}}
  %y = ingot.reshape %x : tensor<4xf32> to tensor<4xi32>
  return
}

// -----

func.func @reshape_overflow(%x: tensor<4611686018427387904x4xf32>) {
  // expected-error @below {{ingot.reshape: sizes are out of range: ingot::sizes::Expr: a product exceeds 64 bits}}
  %y = ingot.reshape %x : tensor<4611686018427387904x4xf32> to tensor<4x4611686018427387904xf32>
  return
}

// -----

func.func @transpose(%x: tensor<2x3xf32>) {
  // expected-error @below {{ingot.transpose: permutation must name each of the 2 dimensions once, got [0, 0]}}
  %y = ingot.transpose %x [0, 0] : tensor<2x3xf32>
  return
}

// -----

func.func @transpose_negative(%x: tensor<2x3xf32>) {
  // expected-error @below {{ingot.transpose: permutation must name each of the 2 dimensions once, got [1, -1]}}
  %y = ingot.transpose %x [1, -1] : tensor<2x3xf32>
  return
}

// -----

func.func @reverse(%x: tensor<2x3xf32>) {
  // expected-error @below {{ingot.reverse: dimensions must be increasing and within [0, 2), got [1, 2]}}
  %y = ingot.reverse %x [1, 2] : tensor<2x3xf32>
  return
}

// -----

func.func @slice_rank(%x: tensor<8x8xf32>) {
  // expected-error @below {{ingot.slice: needs one start and one step, and one offset or none, for each of the 2 dimensions of f32[8, 8]}}
  %y = ingot.slice %x from [0] step [1] : tensor<8x8xf32> to tensor<4xf32>
  return
}

// -----

func.func @slice_offsets(%x: tensor<8x8xf32>, %i: tensor<i64>) {
  // expected-error @below {{ingot.slice: needs one start and one step, and one offset or none, for each of the 2 dimensions of f32[8, 8]}}
  %y = ingot.slice %x from [0, 0] step [1, 1] at %i : tensor<8x8xf32> to tensor<4x4xf32>
  return
}

// -----

func.func @slice_element(%x: tensor<8xf32>) {
  // expected-error @below {{ingot.slice: element types must agree: f32[8], f64[4]}}
  %y = ingot.slice %x from [0] step [1] : tensor<8xf32> to tensor<4xf64>
  return
}

// -----

func.func @slice_end(%x: tensor<8xf32>) {
  // expected-error @below {{ingot.slice: dimension 0 must lie within size 8, got start 1, size 4, step 3}}
  %y = ingot.slice %x from [1] step [3] : tensor<8xf32> to tensor<4xf32>
  return
}

// -----

func.func @slice_start(%x: tensor<8xf32>) {
  // expected-error @below {{ingot.slice: dimension 0 must lie within size 8, got start -1, size 4, step 1}}
  %y = ingot.slice %x from [-1] step [1] : tensor<8xf32> to tensor<4xf32>
  return
}

// -----

func.func @slice_step(%x: tensor<8xf32>) {
  // expected-error @below {{ingot.slice: dimension 0 must lie within size 8, got start 0, size 4, step 0}}
  %y = ingot.slice %x from [0] step [0] : tensor<8xf32> to tensor<4xf32>
  return
}

// -----

// Whatever N is, the last element is the one after the end.
func.func @slice_named(%x: tensor<?xf32, #ingot.sizes<[N]>>) {
  // expected-error @below {{ingot.slice: dimension 0 must lie within size N, got start N, size 1, step 1}}
  %y = ingot.slice %x from [N] step [1] : tensor<?xf32, #ingot.sizes<[N]>> to tensor<1xf32>
  return
}

// -----

func.func @slice_overflow(%x: tensor<8xf32>) {
  // expected-error @below {{ingot.slice: sizes are out of range: ingot::sizes::Expr: a product exceeds 64 bits}}
  %y = ingot.slice %x from [0] step [4611686018427387904] : tensor<8xf32> to tensor<4xf32>
  return
}

// -----

func.func @offset_type(%x: tensor<8xf32>, %i: tensor<1xi64>) {
  // expected-note @above {{prior use here}}
  // expected-error @below {{expects different type than prior uses: 'tensor<i64>' vs 'tensor<1xi64>'}}
  %y = ingot.slice %x from [0] step [1] at %i : tensor<8xf32> to tensor<4xf32>
  return
}

// -----

func.func @insert_slice(%into: tensor<8xf32>, %x: tensor<4xf32>) {
  // expected-error @below {{ingot.insert_slice: dimension 0 must lie within size 8, got start 5, size 4, step 1}}
  %y = ingot.insert_slice %x into %into from [5] step [1] : tensor<4xf32>, tensor<8xf32>
  return
}

// -----

func.func @pad_count(%x: tensor<2x3xf32>, %v: tensor<f32>) {
  // expected-error @below {{ingot.pad: needs a padding for each of the 2 dimensions, got 1 low and 2 high ones}}
  %y = ingot.pad %x, %v low [1] high [1, 1] : tensor<2x3xf32>, tensor<f32>
  return
}

// -----

func.func @pad_negative(%x: tensor<2x3xf32>, %v: tensor<f32>) {
  // expected-error @below {{ingot.pad: paddings must not be negative, got -1 in dimension 1}}
  %y = ingot.pad %x, %v low [0, 0] high [0, -1] : tensor<2x3xf32>, tensor<f32>
  return
}

// -----

func.func @pad_element(%x: tensor<2xf32>, %v: tensor<f64>) {
  // expected-error @below {{ingot.pad: value must be of the operand's type f32[2], got f64[]}}
  %y = ingot.pad %x, %v low [0] high [1] : tensor<2xf32>, tensor<f64>
  return
}

// -----

func.func @pad_overflow(%x: tensor<2xf32>, %v: tensor<f32>) {
  // expected-error @below {{ingot.pad: sizes are out of range: ingot::sizes::Expr: a sum exceeds 64 bits}}
  %y = ingot.pad %x, %v low [9223372036854775807] high [0] : tensor<2xf32>, tensor<f32>
  return
}

// -----

func.func @concat_empty() {
  // expected-error @below {{'ingot.concat' op failed to infer returned types}}
  // expected-error @below {{ingot.concat: needs at least one operand}}
  %y = "ingot.concat"() {dim = 0 : i64} : () -> tensor<2xf32>
  return
}

// -----

func.func @concat_dim(%x: tensor<2xf32>) {
  // expected-error @below {{ingot.concat: dimension must be within [0, 1), got -1}}
  %y = ingot.concat %x, %x along -1 : tensor<2xf32>, tensor<2xf32>
  return
}

// -----

func.func @concat_sizes(%x: tensor<2x3xf32>, %y: tensor<2x4xf32>) {
  // expected-error @below {{ingot.concat: operands must agree but in dimension 0: operand 0 is f32[2, 3], operand 1 is f32[2, 4]}}
  %z = ingot.concat %x, %y along 0 : tensor<2x3xf32>, tensor<2x4xf32>
  return
}
