// RUN: ingot-opt %s -ingot-lower-to-linalg -split-input-file -verify-diagnostics

// expected-error@+1 {{ingot.dims of function 'undeclared' must declare dimension 'N', which size N uses}}
func.func @undeclared(%x: tensor<?xf32, #ingot.sizes<[N]>>) -> tensor<?xf32, #ingot.sizes<[N]>> {
  return %x : tensor<?xf32, #ingot.sizes<[N]>>
}

// -----

// expected-error@+1 {{ingot.dims of function 'undeclared_start' must declare dimension 'M', which size M uses}}
func.func @undeclared_start(%x: tensor<8xf32>) -> tensor<2xf32> {
  %0 = ingot.slice %x from [M] step [1] : tensor<8xf32> to tensor<2xf32>
  return %0 : tensor<2xf32>
}

// -----

// expected-error@+1 {{result 0 of function 'stateless' is the new value of state "m", which must be an argument of type 'tensor<2xf32>'}}
func.func @stateless(%x: tensor<2xf32>) -> (tensor<2xf32> {ingot.state = "m"}) {
  return %x : tensor<2xf32>
}

// -----

// expected-error@+1 {{function 'integer' must take and return tensors, got 'i64'}}
func.func @integer(%x: i64) {
  return
}

// -----

func.func @gradient(%x: tensor<f32>) -> tensor<f32> {
  // expected-error@+1 {{'ingot.gradient' must be expanded or decomposed before it is lowered to linalg}}
  %0 = ingot.gradient %x of (%x) : tensor<f32> -> tensor<f32>
  return %0 : tensor<f32>
}

// -----

func.func @middle(%x: tensor<2x3xf32>) -> tensor<2xf32> {
  %0 = ingot.fusion (%a = %x : tensor<2x3xf32>) -> tensor<2xf32> {
    // expected-error@+1 {{'ingot.sum' is in the middle of a group, where only pointwise ops and index maps can be}}
    %1 = ingot.sum %a [1] : tensor<2x3xf32>
    %2 = ingot.exp %1 : tensor<2xf32>
    ingot.yield %2 : tensor<2xf32>
  }
  return %0 : tensor<2xf32>
}

// -----

func.func @late(%x: tensor<3x3xf32>) -> tensor<3x3xf32> {
  %0 = ingot.fusion (%a = %x : tensor<3x3xf32>) -> tensor<3x3xf32> {
    %1 = ingot.exp %a : tensor<3x3xf32>
    // expected-error@+1 {{a contraction must come first in its group, but for exchanges of its factors' dimensions}}
    %2 = ingot.matmul %1, %a : tensor<3x3xf32>, tensor<3x3xf32>
    ingot.yield %2 : tensor<3x3xf32>
  }
  return %0 : tensor<3x3xf32>
}

// -----

func.func @elsewhere(%x: tensor<3x3xf32>) -> tensor<3x3xf32> {
  %0 = ingot.fusion (%a = %x : tensor<3x3xf32>) -> tensor<3x3xf32> {
    // expected-error@+1 {{an epilogue must use each element of its contraction at one place}}
    %1 = ingot.matmul %a, %a : tensor<3x3xf32>, tensor<3x3xf32>
    %2 = ingot.transpose %1 [1, 0] : tensor<3x3xf32>
    %3 = ingot.add %1, %2 : tensor<3x3xf32>
    ingot.yield %3 : tensor<3x3xf32>
  }
  return %0 : tensor<3x3xf32>
}
