// RUN: ingot-opt %s | ingot-opt | FileCheck %s
// RUN: ingot-opt %s --mlir-print-op-generic | ingot-opt | FileCheck %s

!x = tensor<?x3xf32, #ingot.sizes<[N, 3]>>

// CHECK-LABEL: func.func @gradient
func.func @gradient(%loss: tensor<f32>, %one: tensor<1x1xf64>, %w: tensor<3xf32>, %x: !x, %g: !x) {
  // CHECK: %{{.*}}:2 = ingot.gradient %{{.*}} of(%{{.*}}, %{{.*}}) : tensor<f32> -> tensor<3xf32>, tensor<?x3xf32, #ingot.sizes<[N, 3]>>
  %0:2 = ingot.gradient %loss of(%w, %x) : tensor<f32> -> tensor<3xf32>, !x
  // CHECK: ingot.gradient %{{.*}}, %{{.*}} of(%{{.*}}) : tensor<f32>, tensor<1x1xf64> -> tensor<3xf32>
  %1 = ingot.gradient %loss, %one of(%w) : tensor<f32>, tensor<1x1xf64> -> tensor<3xf32>
  // CHECK: ingot.gradient %{{.*}} seeds(%{{.*}} : tensor<?x3xf32, #ingot.sizes<[N, 3]>>) of(%{{.*}}) : tensor<?x3xf32, #ingot.sizes<[N, 3]>> -> tensor<3xf32>
  %2 = ingot.gradient %x seeds(%g : !x) of(%w) : !x -> tensor<3xf32>
  return
}

// CHECK-LABEL: func.func @barrier
func.func @barrier(%x: !x, %g: tensor<3xf32>) -> (!x, !x) {
  // CHECK: ingot.barrier %{{.*}} : tensor<?x3xf32, #ingot.sizes<[N, 3]>>
  %0 = ingot.barrier %x : !x
  // CHECK: ingot.barrier %{{.*}} after(%{{.*}}, %{{.*}} : tensor<3xf32>, tensor<3xf32>) : tensor<?x3xf32, #ingot.sizes<[N, 3]>>
  %1 = ingot.barrier %x after(%g, %g : tensor<3xf32>, tensor<3xf32>) : !x
  return %0, %1 : !x, !x
}

// CHECK-LABEL: func.func @require
func.func @require(%x: !x, %holds: tensor<?xi1, #ingot.sizes<[N]>>) -> !x {
  // CHECK: ingot.require %{{.*}} if %{{.*}} : tensor<?xi1, #ingot.sizes<[N]>> is "an invertible matrix" : tensor<?x3xf32, #ingot.sizes<[N, 3]>>
  %0 = ingot.require %x if %holds : tensor<?xi1, #ingot.sizes<[N]>> is "an invertible matrix" : !x
  return %0 : !x
}

// CHECK-LABEL: func.func @fusion
func.func @fusion(%x: !x, %w: tensor<3xf32>) -> (!x, tensor<?xf32, #ingot.sizes<[N]>>) {
  // CHECK: %{{.*}}:2 = ingot.fusion (%[[A:.*]] = %{{.*}} : tensor<?x3xf32, #ingot.sizes<[N, 3]>>, %[[B:.*]] = %{{.*}} : tensor<3xf32>) -> (tensor<?x3xf32, #ingot.sizes<[N, 3]>>, tensor<?xf32, #ingot.sizes<[N]>>) {
  // CHECK-NEXT: %[[R:.*]] = ingot.broadcast %[[B]]
  // CHECK-NEXT: %[[S:.*]] = ingot.add %[[A]], %[[R]]
  // CHECK-NEXT: %[[T:.*]] = ingot.sum %[[S]] [1]
  // CHECK-NEXT: ingot.yield %[[S]], %[[T]] : tensor<?x3xf32, #ingot.sizes<[N, 3]>>, tensor<?xf32, #ingot.sizes<[N]>>
  %0:2 = ingot.fusion (%a = %x : !x, %b = %w : tensor<3xf32>) -> (!x, tensor<?xf32, #ingot.sizes<[N]>>) {
    %r = ingot.broadcast %b : tensor<3xf32> to !x
    %s = ingot.add %a, %r : !x
    %t = ingot.sum %s [1] : !x
    ingot.yield %s, %t : !x, tensor<?xf32, #ingot.sizes<[N]>>
  }
  return %0#0, %0#1 : !x, tensor<?xf32, #ingot.sizes<[N]>>
}

// CHECK-LABEL: func.func @nothing
func.func @nothing() {
  // CHECK: ingot.fusion () attributes {note} -> () {
  ingot.fusion () attributes {note} -> () {
    ingot.yield
  }
  return
}

// The attributes of a program.
// CHECK-LABEL: func.func @infer
// CHECK-SAME: {ingot.state = "fc.weight"}
// CHECK-SAME: {ingot.input = "image"}
// CHECK-SAME: {ingot.output = "output"}
// CHECK-SAME: attributes {ingot.dims = [#ingot.dim<"N", 0, -1>]}
func.func @infer(%w: tensor<3x3xf32> {ingot.state = "fc.weight"}, %x: !x {ingot.input = "image"}) -> (!x {ingot.output = "output"})
    attributes {ingot.dims = [#ingot.dim<"N", 0, -1>]} {
  %0 = ingot.matmul %x, %w : !x, tensor<3x3xf32>
  return %0 : !x
}
