// RUN: ingot-opt %s --ingot-share-kernels=fewest-ops=4 | FileCheck %s
// RUN: ingot-opt %s --ingot-share-kernels | FileCheck %s --check-prefix=FEW

// Layers of one shape, in two programs; which of the operands may alias is said in the same way for each.
// CHECK-LABEL: func.func @layers(
// CHECK-SAME: %[[A:.*]]: !llvm.ptr, %[[B:.*]]: !llvm.ptr, %[[N:.*]]: index
// CHECK-NOT: scf.for
// CHECK: call @[[$KERNEL:[^( ]*]](%[[N]], %[[A]], %[[B]])
// CHECK: call @[[$KERNEL]](%[[N]], %[[B]], %[[A]])
// FEW-LABEL: func.func @layers(
// FEW-NOT: call
func.func @layers(%a: !llvm.ptr, %b: !llvm.ptr, %n: index) {
  %c0 = arith.constant 0 : index
  %c16 = arith.constant 16 : index
  scf.for %i = %c0 to %n step %c16 {
    %at = arith.index_cast %i : index to i64
    %from = llvm.getelementptr %a[%at] : (!llvm.ptr, i64) -> !llvm.ptr, f32
    %x = llvm.load %from {alias_scopes = [#llvm.alias_scope<id = "layers.0.0", domain = <id = "ingot">>]} : !llvm.ptr -> vector<16xf32>
    %y = math.absf %x : vector<16xf32>
    %to = llvm.getelementptr %b[%at] : (!llvm.ptr, i64) -> !llvm.ptr, f32
    llvm.store %y, %to : vector<16xf32>, !llvm.ptr
  }
  scf.for %i = %c0 to %n step %c16 {
    %at = arith.index_cast %i : index to i64
    %from = llvm.getelementptr %b[%at] : (!llvm.ptr, i64) -> !llvm.ptr, f32
    %x = llvm.load %from {alias_scopes = [#llvm.alias_scope<id = "layers.1.0", domain = <id = "ingot">>]} : !llvm.ptr -> vector<16xf32>
    %y = math.absf %x : vector<16xf32>
    %to = llvm.getelementptr %a[%at] : (!llvm.ptr, i64) -> !llvm.ptr, f32
    llvm.store %y, %to : vector<16xf32>, !llvm.ptr
  }
  return
}

// A loop with a result, which the next one uses; and one with another constant, which is another kernel.
// CHECK-LABEL: func.func @sums(
// CHECK-SAME: %[[N:.*]]: index, %[[X:.*]]: f32
// CHECK: %[[FIRST:.*]] = call @[[$SUM:[^( ]*]](%[[N]], %[[X]])
// CHECK: %[[SECOND:.*]] = call @[[$SUM]](%[[N]], %[[FIRST]])
// CHECK: scf.for
// CHECK: return %[[SECOND]]
func.func @sums(%n: index, %x: f32) -> (f32, f32) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c2 = arith.constant 2 : index
  %0 = scf.for %i = %c0 to %n step %c1 iter_args(%acc = %x) -> f32 {
    %y = arith.mulf %acc, %acc : f32
    %z = arith.addf %y, %acc : f32
    scf.yield %z : f32
  }
  %1 = scf.for %i = %c0 to %n step %c1 iter_args(%acc = %0) -> f32 {
    %y = arith.mulf %acc, %acc : f32
    %z = arith.addf %y, %acc : f32
    scf.yield %z : f32
  }
  %2 = scf.for %i = %c0 to %n step %c2 iter_args(%acc = %0) -> f32 {
    %y = arith.mulf %acc, %acc : f32
    %z = arith.addf %y, %acc : f32
    scf.yield %z : f32
  }
  return %1, %2 : f32, f32
}

// CHECK: func.func private @[[$KERNEL]](%{{.*}}: index, %{{.*}}: !llvm.ptr, %{{.*}}: !llvm.ptr) attributes {ingot.shared}
// CHECK: func.func private @[[$SUM]](%{{.*}}: index, %{{.*}}: f32) -> f32 attributes {ingot.shared}
