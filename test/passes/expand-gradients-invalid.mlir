// RUN: ingot-opt %s --ingot-expand-gradients --allow-unregistered-dialect --split-input-file --verify-diagnostics

func.func private @unknown(tensor<f32>) -> tensor<f32>
func.func @no_derivative(%x: tensor<f32>) -> tensor<f32> {
  // expected-error @below {{'func.call' op has no derivative}}
  %y = call @unknown(%x) : (tensor<f32>) -> tensor<f32>
  // expected-note @below {{this gradient needs one}}
  %g = ingot.gradient %y of(%x) : tensor<f32> -> tensor<f32>
  return %g : tensor<f32>
}

// -----

func.func @outside(%x: tensor<f32>) {
  %y = ingot.exp %x : tensor<f32>
  "test.region"() ({
    // expected-error @below {{'ingot.gradient' op must stand in the block of the values that it differentiates: value 0 is defined outside}}
    %g = ingot.gradient %y of(%x) : tensor<f32> -> tensor<f32>
    "test.use"(%g) : (tensor<f32>) -> ()
  }) : () -> ()
  return
}
