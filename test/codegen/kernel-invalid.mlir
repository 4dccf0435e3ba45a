// RUN: ingot-opt %s -split-input-file -verify-diagnostics

#mk = affine_map<(m, n, k) -> (m, k)>
#kn = affine_map<(m, n, k) -> (k, n)>
#mn = affine_map<(m, n, k) -> (m, n)>

func.func @map_count(%a: tensor<4x8xf32>, %b: tensor<8x6xf32>, %e: tensor<4x6xf32>) {
  // expected-error @below {{'kernel.contract' op requires one map for each of its 3 operands, got 2}}
  %c = kernel.contract ins(%a, %b : tensor<4x8xf32>, tensor<8x6xf32>) outs(%e : tensor<4x6xf32>) maps [#mk, #kn] {
  ^bb0(%acc: f32):
    kernel.yield %acc : f32
  } -> tensor<4x6xf32>
  return
}

// -----

#mk = affine_map<(m, n, k) -> (m, k)>
#kn = affine_map<(m, n, k) -> (k, n)>
#mn = affine_map<(m, n, k) -> (m, n)>

func.func @rank(%a: tensor<4x8xf32>, %b: tensor<1x8x6xf32>, %e: tensor<4x6xf32>) {
  // expected-error @below {{requires one map result for each dimension of rhs, whose rank is 3, got (d0, d1, d2) -> (d2, d1)}}
  %c = kernel.contract ins(%a, %b : tensor<4x8xf32>, tensor<1x8x6xf32>) outs(%e : tensor<4x6xf32>) maps [#mk, #kn, #mn] {
  ^bb0(%acc: f32):
    kernel.yield %acc : f32
  } -> tensor<4x6xf32>
  return
}

// -----

#mk = affine_map<(m, n, k) -> (m, k)>
#kn = affine_map<(m, n, k) -> (k, n)>
#mn = affine_map<(m, n, k) -> (m, n)>

func.func @inner_size(%a: tensor<4x8xf32>, %b: tensor<7x6xf32>, %e: tensor<4x6xf32>) {
  // expected-error @below {{requires indices within dimension 0 of rhs, whose size is 7, got 0 to 7 from (d0, d1, d2) -> (d2, d1)}}
  %c = kernel.contract ins(%a, %b : tensor<4x8xf32>, tensor<7x6xf32>) outs(%e : tensor<4x6xf32>) maps [#mk, #kn, #mn] {
  ^bb0(%acc: f32):
    kernel.yield %acc : f32
  } -> tensor<4x6xf32>
  return
}

// -----

func.func @window_outside(%x: memref<10xf32>, %w: memref<3xf32>, %y: memref<9xf32>) {
  // expected-error @below {{requires indices within dimension 0 of lhs, whose size is 10, got 0 to 10 from (d0, d1) -> (d0 + d1)}}
  kernel.contract ins(%x, %w : memref<10xf32>, memref<3xf32>) outs(%y : memref<9xf32>)
      maps [affine_map<(i, p) -> (i + p)>, affine_map<(i, p) -> (p)>, affine_map<(i, p) -> (i)>] {
  ^bb0(%acc: f32):
    kernel.yield %acc : f32
  }
  return
}

// -----

func.func @elements(%a: memref<4xf32>, %b: memref<4xf64>, %y: memref<4xf32>) {
  // expected-error @below {{requires lhs and rhs of one integer or float element type, got 'f32' and 'f64'}}
  kernel.contract ins(%a, %b : memref<4xf32>, memref<4xf64>) outs(%y : memref<4xf32>)
      maps [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>, affine_map<(i) -> (i)>] {
  ^bb0(%acc: f32):
    kernel.yield %acc : f32
  }
  return
}

// -----

func.func @out_map(%a: memref<4xf32>, %b: memref<4xf32>, %y: memref<4xf32>) {
  // expected-error @below {{requires each dimension in the map of out once, plain or as a pair `d floordiv c` and `d mod c`, got (d0) -> (d0 floordiv 2)}}
  kernel.contract ins(%a, %b : memref<4xf32>, memref<4xf32>) outs(%y : memref<4xf32>)
      maps [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>, affine_map<(i) -> (i floordiv 2)>] {
  ^bb0(%acc: f32):
    kernel.yield %acc : f32
  }
  return
}

// -----

func.func @epilogue_map(%a: memref<4x3xf32>, %b: memref<3xf32>, %y: memref<4xf32>) {
  // expected-error @below {{requires parallel dimensions only in the map of epilogue operand 0, got reduction dimension d1}}
  kernel.contract ins(%a, %b, %b : memref<4x3xf32>, memref<3xf32>, memref<3xf32>) outs(%y : memref<4xf32>)
      maps [affine_map<(i, k) -> (i, k)>, affine_map<(i, k) -> (k)>, affine_map<(i, k) -> (i)>, affine_map<(i, k) -> (k)>] {
  ^bb0(%acc: f32, %e: f32):
    kernel.yield %acc : f32
  }
  return
}

// -----

func.func @size_source(%a: memref<12xf32>, %y: memref<4xf32>) {
  // expected-error @below {{requires an operand whose map has the plain dimension d1 as a result, to take its size from, got none}}
  kernel.contract ins(%a, %a : memref<12xf32>, memref<12xf32>) outs(%y : memref<4xf32>)
      maps [affine_map<(i, k) -> (i + k)>, affine_map<(i, k) -> (i + k)>, affine_map<(i, k) -> (i)>] {
  ^bb0(%acc: f32):
    kernel.yield %acc : f32
  }
  return
}

// -----

func.func @epilogue_arguments(%a: memref<4xbf16>, %b: memref<4xbf16>, %y: memref<4xbf16>) {
  // expected-error @below {{requires epilogue arguments of types ('f32') - the accumulator, then the epilogue operands' elements - got ('bf16')}}
  kernel.contract ins(%a, %b : memref<4xbf16>, memref<4xbf16>) outs(%y : memref<4xbf16>)
      maps [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>, affine_map<(i) -> (i)>] {
  ^bb0(%acc: bf16):
    kernel.yield %acc : bf16
  }
  return
}

// -----

func.func @epilogue_yield(%a: memref<4xbf16>, %b: memref<4xbf16>, %y: memref<4xbf16>) {
  // expected-error @below {{requires an epilogue that yields the element type of out, 'bf16', got 'f32'}}
  kernel.contract ins(%a, %b : memref<4xbf16>, memref<4xbf16>) outs(%y : memref<4xbf16>)
      maps [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>, affine_map<(i) -> (i)>] {
  ^bb0(%acc: f32):
    kernel.yield %acc : f32
  }
  return
}

// -----

func.func @mixed(%a: tensor<4xf32>, %b: memref<4xf32>, %y: memref<4xf32>) {
  // expected-error @below {{requires operands that are all tensors or all memrefs, got 'tensor<4xf32>' beside outs of type 'memref<4xf32>'}}
  kernel.relayout ins(%a : tensor<4xf32>) outs(%y : memref<4xf32>) map affine_map<(i) -> (i)>
  return
}

// -----

func.func @relayout_map(%a: memref<4x2xf32>, %y: memref<8xf32>) {
  // expected-error @below {{requires a map from the 1 dimensions of out to the 2 dimensions of the source, got (d0) -> (d0)}}
  kernel.relayout ins(%a : memref<4x2xf32>) outs(%y : memref<8xf32>) map affine_map<(i) -> (i)>
  return
}

// -----

func.func @relayout_elements(%a: memref<4xf32>, %y: memref<4xf64>) {
  // expected-error @below {{requires one element type, got 'memref<4xf32>' and 'memref<4xf64>'}}
  kernel.relayout ins(%a : memref<4xf32>) outs(%y : memref<4xf64>) map affine_map<(i) -> (i)>
  return
}

// -----

func.func @loop_scratch(%h: tensor<4xf32>, %t: index) {
  // expected-error @below {{'kernel.loop' op requires finals and scratch of the types of the carried values, ('tensor<4xf32>'), got ('tensor<4xf32>') and ()}}
  %r = kernel.loop @step steps %t carry(%h : tensor<4xf32>) finals(%h : tensor<4xf32>) -> tensor<4xf32>
  return
}
func.func private @step(tensor<4xf32>) -> tensor<4xf32>

// -----

func.func @loop_function(%xs: memref<3x4xf32>, %ys: memref<3x4xi64>, %t: index) {
  // expected-error @below {{'kernel.loop' op requires a function of ('memref<4xf32>', 'memref<4xi64>'), got @step of ('memref<4xf32>', 'memref<4xf32>')}}
  kernel.loop @step steps %t over(%xs : memref<3x4xf32>) stacked(%ys : memref<3x4xi64>)
  return
}
func.func private @step(memref<4xf32>, memref<4xf32>)

// -----

func.func @loop_sequence(%xs: memref<f32>, %t: index) {
  // expected-error @below {{'kernel.loop' op requires sequences with a leading dimension, got 'memref<f32>'}}
  kernel.loop @step steps %t over(%xs : memref<f32>)
  return
}
func.func private @step(memref<f32>)
