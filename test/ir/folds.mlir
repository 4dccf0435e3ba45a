// RUN: ingot-opt %s --canonicalize | FileCheck %s

// CHECK-LABEL: func.func @reshape
// CHECK-SAME: %[[X:.*]]: tensor<?x6xf32
// CHECK-NEXT: %[[Y:.*]] = ingot.reshape %[[X]] : tensor<?x6xf32, #ingot.sizes<[N, 6]>> to tensor<?x3xf32, #ingot.sizes<[N*2, 3]>>
// CHECK-NEXT: return %[[X]], %[[Y]]
func.func @reshape(%x: tensor<?x6xf32, #ingot.sizes<[N, 6]>>)
    -> (tensor<?x6xf32, #ingot.sizes<[N, 6]>>, tensor<?x3xf32, #ingot.sizes<[N*2, 3]>>) {
  %0 = ingot.reshape %x : tensor<?x6xf32, #ingot.sizes<[N, 6]>> to tensor<?xf32, #ingot.sizes<[N*6]>>
  %1 = ingot.reshape %0 : tensor<?xf32, #ingot.sizes<[N*6]>> to tensor<?x6xf32, #ingot.sizes<[N, 6]>>
  %2 = ingot.reshape %0 : tensor<?xf32, #ingot.sizes<[N*6]>> to tensor<?x3xf32, #ingot.sizes<[N*2, 3]>>
  return %1, %2 : tensor<?x6xf32, #ingot.sizes<[N, 6]>>, tensor<?x3xf32, #ingot.sizes<[N*2, 3]>>
}

// CHECK-LABEL: func.func @transpose
// CHECK-SAME: %[[X:.*]]: tensor<2x3x4xf32>
// CHECK-NEXT: %[[Y:.*]] = ingot.transpose %[[X]] [1, 2, 0]
// CHECK-NEXT: return %[[X]], %[[Y]]
func.func @transpose(%x: tensor<2x3x4xf32>) -> (tensor<2x3x4xf32>, tensor<3x4x2xf32>) {
  %0 = ingot.transpose %x [2, 0, 1] : tensor<2x3x4xf32>
  %1 = ingot.transpose %0 [1, 2, 0] : tensor<4x2x3xf32>
  %2 = ingot.transpose %0 [2, 0, 1] : tensor<4x2x3xf32>
  return %1, %2 : tensor<2x3x4xf32>, tensor<3x4x2xf32>
}

// CHECK-LABEL: func.func @same
// CHECK-SAME: %[[C:.*]]: tensor<4xi1>, %[[X:.*]]: tensor<4xf32>
// CHECK-NEXT: return %[[X]], %[[X]], %[[X]], %[[X]]
func.func @same(%c: tensor<4xi1>, %x: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) {
  %0 = ingot.broadcast %x : tensor<4xf32> to tensor<4xf32>
  %1 = ingot.cast %x : tensor<4xf32> to tensor<4xf32>
  %2 = ingot.select %c, %x, %x : tensor<4xi1>, tensor<4xf32>
  %3 = ingot.slice %x from [0] step [1] : tensor<4xf32> to tensor<4xf32>
  return %0, %1, %2, %3 : tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>
}

// A half that is widened is the same when it comes back; an f32 that goes through a half is rounded.
// CHECK-LABEL: func.func @widened
// CHECK-SAME: %[[X:.*]]: tensor<4xbf16>, %[[Y:.*]]: tensor<4xf32>
// CHECK-NEXT: %[[HALF:.*]] = ingot.cast %[[Y]]
// CHECK-NEXT: %[[WIDE:.*]] = ingot.cast %[[HALF]]
// CHECK-NEXT: return %[[X]], %[[WIDE]]
func.func @widened(%x: tensor<4xbf16>, %y: tensor<4xf32>) -> (tensor<4xbf16>, tensor<4xf32>) {
  %0 = ingot.cast %x : tensor<4xbf16> to tensor<4xf32>
  %1 = ingot.cast %0 : tensor<4xf32> to tensor<4xbf16>
  %2 = ingot.cast %y : tensor<4xf32> to tensor<4xbf16>
  %3 = ingot.cast %2 : tensor<4xbf16> to tensor<4xf32>
  return %1, %3 : tensor<4xbf16>, tensor<4xf32>
}

// A slice of a tensor that begins within it and ends at its end is none of the whole.
// CHECK-LABEL: func.func @part
// CHECK: ingot.slice
func.func @part(%x: tensor<4xf32>) -> tensor<2xf32> {
  %0 = ingot.slice %x from [2] step [1] : tensor<4xf32> to tensor<2xf32>
  return %0 : tensor<2xf32>
}
