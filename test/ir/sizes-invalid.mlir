// RUN: ingot-opt %s --split-input-file --verify-diagnostics

// expected-error @below {{sizes [N] on a tensor of rank 2}}
func.func private @rank(tensor<?x3xf32, #ingot.sizes<[N]>>)

// -----

// expected-error @below {{sizes [N, 4] do not describe the shape of the tensor}}
func.func private @constant(tensor<?x3xf32, #ingot.sizes<[N, 4]>>)

// -----

// expected-error @below {{sizes [N, M] do not describe the shape of the tensor}}
func.func private @named(tensor<?x3xf32, #ingot.sizes<[N, M]>>)

// -----

// expected-error @below {{a static tensor has no #ingot.sizes}}
func.func private @static(tensor<3xf32, #ingot.sizes<[3]>>)

// -----

// expected-error @below {{division of a size by zero}}
func.func private @zero(tensor<?xf32, #ingot.sizes<[N floordiv 0]>>)

// -----

// expected-error @below {{requires an identifier, got 'N.x'}}
func.func private @name(tensor<?xf32, #ingot.sizes<[N.x]>>)

// -----

// expected-error @below {{a product exceeds 64 bits}}
func.func private @overflow(tensor<?xf32, #ingot.sizes<[N * 9223372036854775807 * 2]>>)

// -----

// expected-error @below {{a dimension is named by an identifier, got 'N + 1'}}
func.func private @dim_name() attributes {ingot.dims = [#ingot.dim<"N + 1", 0, 4>]}

// -----

// expected-error @below {{dimension 'N' must have a range from at least 0 to at least its minimum, or to -1, got 4 to 2}}
func.func private @dim_range() attributes {ingot.dims = [#ingot.dim<"N", 4, 2>]}

// -----

func.func @undescribed(%x: tensor<?xf32>) {
  // expected-error @below {{ingot.relu: operand 0 must be a tensor with static sizes or #ingot.sizes, got 'tensor<?xf32>'}}
  %y = ingot.relu %x : tensor<?xf32>
  return
}

// -----

func.func @undescribed_generic(%x: tensor<?xf32>) {
  // expected-error @below {{'ingot.relu' op operand #0 must be ranked tensor of}}
  %y = "ingot.relu"(%x) : (tensor<?xf32>) -> tensor<?xf32>
  return
}

// -----

func.func @undescribed_explicit(%x: tensor<?xf32>) {
  // expected-error @below {{'ingot.cast' op operand #0 must be ranked tensor of}}
  %y = ingot.cast %x : tensor<?xf32> to tensor<?xf64>
  return
}

// -----

func.func @not_a_tensor(%x: f32, %y: f32) {
  // expected-error @below {{ingot.add: operand 0 must be a tensor with static sizes or #ingot.sizes, got 'f32'}}
  %z = ingot.add %x, %y : f32
  return
}

// -----

func.func @unranked(%x: tensor<*xf32>) {
  // expected-error @below {{'ingot.add' op operand #0 must be ranked tensor of}}
  %z = "ingot.add"(%x, %x) : (tensor<*xf32>, tensor<*xf32>) -> tensor<*xf32>
  return
}
