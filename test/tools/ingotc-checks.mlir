// A position out of range makes a call fail before it writes state: the object says which check it was, and of which line.
// RUN: rm -rf %t && split-file %s %t && ingotc %t/rows.mlir -o %t
// RUN: llvm-nm --undefined-only %t/rows.o | FileCheck %s --check-prefix=IMPORTS --allow-empty
// IMPORTS-NOT: U {{[^m]}}
// RUN: %cc -std=c11 -Wall -Wextra -Werror -I%t %t/main.c %t/rows.o -o %t/main && %t/main | FileCheck %s
// CHECK: code 2: gather at rows.mlir:4 got 7, required 0 to 4
// CHECK-NEXT: code 2: gather at rows.mlir:4 got -2, required 0 to 4
// CHECK-NEXT: code 0: row 4 is 12 13 14, its last element becomes 42
// CHECK-NEXT: code 2: required 0 to 2, got 3
// CHECK-NEXT: code 3: require at {{.*}}rows.mlir:{{[0-9]+}}: required positive numbers, got 2 from others
// CHECK-NEXT: code 0: 1 2 3

//--- rows.mlir
!positions = tensor<?xi64, #ingot.sizes<[N]>>
!rows = tensor<?x3xf32, #ingot.sizes<[N, 3]>>
func.func @add(%w: tensor<5x3xf32> {ingot.state = "w"}, %i: !positions {ingot.input = "i"}) -> (!rows {ingot.output = "y"}, tensor<5x3xf32> {ingot.state = "w"}) attributes {ingot.dims = [#ingot.dim<"N", 0, -1>]} {
  %y = ingot.gather %w at %i along 0 dims [0] : tensor<5x3xf32>, !positions
  %z = ingot.scatter "add" %y into %w at %i along 0 dims [0] : !rows, tensor<5x3xf32>, !positions
  return %y, %z : !rows, tensor<5x3xf32>
}
func.func @pick(%x: !rows {ingot.input = "x"}, %i: tensor<1xi64> {ingot.input = "i"}) -> (tensor<1x3xf32> {ingot.output = "y"}) attributes {ingot.dims = [#ingot.dim<"N", 0, -1>]} {
  %y = ingot.gather %x at %i along 0 dims [0] : !rows, tensor<1xi64>
  return %y : tensor<1x3xf32>
}
!holds = tensor<?xi1, #ingot.sizes<[N]>>
!numbers = tensor<?xf32, #ingot.sizes<[N]>>
func.func @positive(%x: !numbers {ingot.input = "x"}) -> (!numbers {ingot.output = "y"}) attributes {ingot.dims = [#ingot.dim<"N", 0, -1>]} {
  %zero = ingot.constant dense<0.0> : tensor<f32>
  %zeros = ingot.broadcast %zero : tensor<f32> to !numbers
  %holds = ingot.gt %x, %zeros : !numbers
  %y = ingot.require %x if %holds : !holds is "positive numbers" : !numbers
  return %y : !numbers
}

//--- main.c
#include "rows.h"
#include <stdio.h>
#include <string.h>

static float w[15], y[9];
static _Alignas(64) char state[256], workspace[4096];

static void call(int64_t a, int64_t b, int64_t c) {
  int64_t positions[] = {a, b, c};
  ingot_error error = {0};
  ingot_host host = {.size = sizeof host, .workers = 1, .error = &error};
  int32_t count, code = rows_add((rows_state *)state, positions, 3, y, workspace, &host);
  const ingot_site *site = rows_sites(&count);
  printf("code %d: ", code);
  if (code == INGOT_OK)
    printf("row 4 is %g %g %g, its last element becomes %g\n", y[0], y[1], y[2], ((float *)state)[14]);
  else
    printf("%s at %s:%d got %lld, required %lld to %lld\n", site[error.site].op, strrchr(site[error.site].file, '/') + 1,
           site[error.site].line, (long long)error.value, (long long)error.lower, (long long)error.upper);
}

// The bound is a size of the call.
static void pick(int64_t position) {
  float x[9] = {0}, picked[3];
  ingot_error error = {0};
  ingot_host host = {.size = sizeof host, .workers = 1, .error = &error};
  int32_t code = rows_pick((rows_state *)state, x, &position, 3, picked, workspace, &host);
  printf("code %d: required %lld to %lld, got %lld\n", code, (long long)error.lower, (long long)error.upper,
         (long long)error.value);
}

static void positive(float a, float b, float c) {
  float x[] = {a, b, c}, copy[3];
  ingot_error error = {0};
  ingot_host host = {.size = sizeof host, .workers = 1, .error = &error};
  int32_t code = rows_positive((rows_state *)state, x, 3, copy, workspace, &host);
  if (code == INGOT_OK)
    printf("code 0: %g %g %g\n", copy[0], copy[1], copy[2]);
  else
    printf("code %d: %s, got %lld from others\n", code, error.name, (long long)error.value);
}

int main(void) {
  for (int i = 0; i < 15; ++i)
    w[i] = i;
  const void *const canonical[] = {w};
  rows_prepare((rows_state *)state, canonical);
  call(1, 7, 0);
  call(1, 0, -2);
  if (memcmp(state, w, sizeof w))
    puts("the state has changed");
  call(4, 0, 4);
  pick(3);
  positive(1, -2, -3);
  positive(1, 2, 3);
  return 0;
}
