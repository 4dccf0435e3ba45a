// RUN: ingot-opt %s --split-input-file --verify-diagnostics

func.func @scan_dim(%x: memref<4xf32>, %y: memref<4xf32>) {
  // expected-error @below {{requires a dimension below 1, got 1}}
  kernel.scan ins(%x : memref<4xf32>) outs(%y : memref<4xf32>) along 1 from [] {
  ^bb0(%a: f32, %i: i64):
    kernel.yield %a : f32
  }
  return
}

// -----

func.func @scan_sizes(%x: memref<4xf32>, %y: memref<5xf32>) {
  // expected-error @below {{requires operands of the same sizes, got 'memref<4xf32>' and 'memref<5xf32>'}}
  kernel.scan ins(%x : memref<4xf32>) outs(%y : memref<5xf32>) along 0 from [] {
  ^bb0(%a: f32, %i: i64):
    kernel.yield %a : f32
  }
  return
}

// -----

func.func @scan_body(%x: memref<4xf32>, %y: memref<4xf32>) {
  // expected-error @below {{requires a body from ('f32', 'i64', 'f32') to ('f32', 'f32')}}
  kernel.scan ins(%x : memref<4xf32>) outs(%y : memref<4xf32>) along 0 from [0.0 : f32] {
  ^bb0(%a: f32, %i: i64, %acc: f32):
    kernel.yield %a : f32
  }
  return
}

// -----

func.func @scatter_fits(%i: memref<8xi64>, %x: memref<8x4xf32>, %t: memref<100x5xf32>) {
  // expected-error @below {{requires i64 positions for the dimensions [0] of a source that fits 'memref<100x5xf32>' but for dimension 0, got 'memref<8xi64>' and 'memref<8x4xf32>'}}
  kernel.scatter ins(%i, %x : memref<8xi64>, memref<8x4xf32>) outs(%t : memref<100x5xf32>) along 0 dims [0] {
  ^bb0(%old: f32, %new: f32):
    kernel.yield %new : f32
  }
  return
}

// -----

func.func @argsort_room(%x: memref<4xf32>, %p: memref<4xi64>, %s: memref<4xi64>) {
  // expected-error @below {{requires i64 positions and room for two lists of them, got 'memref<4xi64>' and 'memref<4xi64>'}}
  kernel.argsort ins(%x : memref<4xf32>) outs(%p, %s : memref<4xi64>, memref<4xi64>) along 0
  return
}
