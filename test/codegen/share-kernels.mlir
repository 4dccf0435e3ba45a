// RUN: ingot-opt %s --ingot-share-kernels=fewest-ops=4 | FileCheck %s
// RUN: ingot-opt %s --ingot-share-kernels | FileCheck %s --check-prefix=FEW
// RUN: ingot-opt %s --ingot-share-kernels=most-ops=10 | FileCheck %s --check-prefix=LARGE

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

// Parameters of several sizes. Where all loops end at one constant, it stays one.
// CHECK-LABEL: func.func @update(
// CHECK-SAME: %[[A:.*]]: !llvm.ptr, %[[B:.*]]: !llvm.ptr
// CHECK-DAG: %[[C512:.*]] = arith.constant 512 : index
// CHECK-DAG: %[[C32:.*]] = arith.constant 32 : index
// CHECK: call @[[$UPDATE:[^( ]*]](%[[A]], %[[C512]])
// CHECK: call @[[$UPDATE]](%[[B]], %[[C32]])
// CHECK: call @[[$SQRT:[^( ]*]](%[[A]])
// CHECK: call @[[$SQRT]](%[[B]])
func.func @update(%a: !llvm.ptr, %b: !llvm.ptr) {
  %c0 = arith.constant 0 : index
  %c16 = arith.constant 16 : index
  %c32 = arith.constant 32 : index
  %c512 = arith.constant 512 : index
  scf.for %i = %c0 to %c512 step %c16 {
    %at = arith.index_cast %i : index to i64
    %p = llvm.getelementptr %a[%at] : (!llvm.ptr, i64) -> !llvm.ptr, f32
    %x = llvm.load %p : !llvm.ptr -> vector<16xf32>
    %y = arith.addf %x, %x : vector<16xf32>
    llvm.store %y, %p : vector<16xf32>, !llvm.ptr
  }
  scf.for %i = %c0 to %c32 step %c16 {
    %at = arith.index_cast %i : index to i64
    %p = llvm.getelementptr %b[%at] : (!llvm.ptr, i64) -> !llvm.ptr, f32
    %x = llvm.load %p : !llvm.ptr -> vector<16xf32>
    %y = arith.addf %x, %x : vector<16xf32>
    llvm.store %y, %p : vector<16xf32>, !llvm.ptr
  }
  scf.for %i = %c0 to %c32 step %c16 {
    %at = arith.index_cast %i : index to i64
    %p = llvm.getelementptr %a[%at] : (!llvm.ptr, i64) -> !llvm.ptr, f32
    %x = llvm.load %p : !llvm.ptr -> vector<16xf32>
    %y = math.sqrt %x : vector<16xf32>
    llvm.store %y, %p : vector<16xf32>, !llvm.ptr
  }
  scf.for %i = %c0 to %c32 step %c16 {
    %at = arith.index_cast %i : index to i64
    %p = llvm.getelementptr %b[%at] : (!llvm.ptr, i64) -> !llvm.ptr, f32
    %x = llvm.load %p : !llvm.ptr -> vector<16xf32>
    %y = math.sqrt %x : vector<16xf32>
    llvm.store %y, %p : vector<16xf32>, !llvm.ptr
  }
  return
}

// A large function keeps no loop, also none of its own kind.
// LARGE-LABEL: func.func @large(
// LARGE: call @[[$ONE:kernel[^( ]*]](
// LARGE-NOT: scf.for
// LARGE: return
// CHECK-LABEL: func.func @large(
// CHECK: scf.for
func.func @large(%a: !llvm.ptr, %n: index, %x: f32, %y: f32) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  scf.for %i = %c0 to %n step %c1 {
    %at = arith.index_cast %i : index to i64
    %p = llvm.getelementptr %a[%at] : (!llvm.ptr, i64) -> !llvm.ptr, f32
    llvm.store %y, %p : f32, !llvm.ptr
  }
  %0 = arith.addf %x, %y : f32
  %1 = arith.mulf %0, %y : f32
  llvm.store %1, %a : f32, !llvm.ptr
  return
}

// CHECK: func.func private @[[$KERNEL]](%{{.*}}: index, %{{.*}}: !llvm.ptr, %{{.*}}: !llvm.ptr) attributes {ingot.shared}
// CHECK: func.func private @[[$SUM]](%{{.*}}: index, %{{.*}}: f32) -> f32 attributes {ingot.shared}
// CHECK: func.func private @[[$UPDATE]](%{{.*}}: !llvm.ptr, %[[END:.*]]: index) attributes {ingot.shared}
// CHECK: scf.for %{{.*}} = %{{.*}} to %[[END]] step
// CHECK: func.func private @[[$SQRT]](%{{.*}}: !llvm.ptr) attributes {ingot.shared}
// CHECK: %[[C32:.*]] = arith.constant 32 : index
// CHECK: scf.for %{{.*}} = %{{.*}} to %[[C32]] step
