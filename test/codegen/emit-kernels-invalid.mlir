// RUN: ingot-opt %s -split-input-file -verify-diagnostics -ingot-emit-kernels

// expected-error@+1 {{argument 0 of type 'memref<?xf32>' must name its run-time sizes in the attribute 'ingot.sizes'}}
func.func @sizes(%x: memref<?xf32>) {
  return
}

// -----

// expected-error@+1 {{argument 0 of type 'memref<4xf32, strided<[2]>>' must be contiguous}}
func.func @layout(%x: memref<4xf32, strided<[2]>>) {
  return
}

// -----

func.func @alloc(%y: memref<4xf32>) {
  // expected-error@+1 {{has a memref that is neither an argument nor a global nor a view of one}}
  %x = memref.alloc() : memref<4xf32>
  memref.copy %x, %y : memref<4xf32> to memref<4xf32>
  return
}

// -----

func.func @block(%arena: memref<?xi8> {ingot.arena}) {
  // expected-error@+1 {{of a block of bytes, which only memref.view can cut}}
  %x = memref.subview %arena[0] [4] [1] : memref<?xi8> to memref<4xi8>
  return
}

// -----

// expected-error@+1 {{must not return memrefs}}
func.func @result(%x: memref<4xf32>) -> memref<4xf32> {
  return %x : memref<4xf32>
}

// -----

func.func @unknown(%x: memref<4xf32>, %one: f32, %zero: index) {
  // expected-error@+1 {{on memrefs has no kernel}}
  memref.atomic_rmw addf %one, %x[%zero] : (f32, memref<4xf32>) -> f32
  return
}

// -----

// expected-error@+1 {{must be a constant}}
memref.global "private" @variable : memref<2xf32> = dense<0.0>
