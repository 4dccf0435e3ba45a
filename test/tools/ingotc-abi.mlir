// The structs of the interface are those of the target's C: where pointers have 32 bits, the host's place for errors lies at 20.
// RUN: ingotc %s -o - --name=p --emit=llvm --target-triple=x86_64-linux-gnu | FileCheck %s --check-prefixes=CHECK,X64
// RUN: ingotc %s -o - --name=p --emit=llvm --target-triple=armv7-linux-gnueabihf | FileCheck %s --check-prefixes=CHECK,ARM

// CHECK-LABEL: i32 @p_f(
// CHECK: icmp eq ptr %[[HOST:[0-9]+]], null
// CHECK: %[[SIZE:.*]] = load i64, ptr %[[HOST]]
// X64: icmp sgt i64 %[[SIZE]], 39
// X64: getelementptr inbounds nuw i8, ptr %[[HOST]], i64 32
// ARM: icmp sgt i64 %[[SIZE]], 23
// ARM: getelementptr inbounds nuw i8, ptr %[[HOST]], i32 20
// CHECK: %[[ERROR:.*]] = load ptr
// CHECK: store i32 1, ptr %[[ERROR]]
// X64: getelementptr inbounds nuw i8, ptr %[[ERROR]], i64 16
// ARM: getelementptr inbounds nuw i8, ptr %[[ERROR]], i32 16

func.func @f(%x: tensor<?xf32, #ingot.sizes<[N]>>) -> tensor<?xf32, #ingot.sizes<[N]>> attributes {ingot.dims = [#ingot.dim<"N", 0, 64>]} {
  %0 = ingot.relu %x : tensor<?xf32, #ingot.sizes<[N]>>
  return %0 : tensor<?xf32, #ingot.sizes<[N]>>
}
