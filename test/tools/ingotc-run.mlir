// A C program that links the object: numbers, sizes, state, errors; with the weights in a file and in the object.
// RUN: rm -rf %t && split-file %s %t && %python %t/weights.py %t/given.safetensors
// RUN: ingotc %t/tiny.mlir -o %t/separate --weights-file=%t/given.safetensors
// RUN: cmp %t/given.safetensors %t/separate/tiny.safetensors
// RUN: %cc -std=c11 -Wall -Wextra -Werror -I%t/separate %t/main.c %t/separate/tiny.o -o %t/separate/main -lm
// RUN: %t/separate/main | FileCheck %s
// RUN: ingotc %t/tiny.mlir -o %t/embedded --weights-file=%t/given.safetensors --weights=embedded
// RUN: %cc -std=c11 -Wall -Wextra -Werror -DEMBEDDED -I%t/embedded %t/main.c %t/embedded/tiny.o -o %t/embedded/main -lm
// RUN: %t/embedded/main | FileCheck %s
// RUN: ingotc %t/tiny.mlir -o %t/O0 --weights-file=%t/given.safetensors -O0 --target-triple=x86_64-linux-gnu
// RUN: %cc -std=c11 -Wall -Wextra -Werror -I%t/O0 %t/main.c %t/O0/tiny.o -o %t/O0/main -lm
// RUN: %t/O0/main | FileCheck %s

// CHECK: states weight [3, 5] bias [3]
// CHECK: N = 0: good
// CHECK: N = 1: good
// CHECK: N = 7: good
// CHECK: N = 64: good
// CHECK: N = 65: error 1, N 65, required 0 to 64, wrote nothing
// CHECK: N = -1: error 1, N -1, required 0 to 64, wrote nothing

//--- tiny.mlir
module @tiny {
  func.func @infer(%w: tensor<3x5xf32> {ingot.state = "weight"}, %b: tensor<3xf32> {ingot.state = "bias"},
                   %x: tensor<?x5xf32, #ingot.sizes<[N, 5]>> {ingot.input = "x"})
      -> (tensor<?x3xf32, #ingot.sizes<[N, 3]>> {ingot.output = "y"}) attributes {ingot.dims = [#ingot.dim<"N", 0, 64>]} {
    %0 = ingot.matmul %x, %w transposed : tensor<?x5xf32, #ingot.sizes<[N, 5]>>, tensor<3x5xf32>
    %1 = ingot.broadcast %b : tensor<3xf32> to tensor<?x3xf32, #ingot.sizes<[N, 3]>>
    %2 = ingot.add %0, %1 : tensor<?x3xf32, #ingot.sizes<[N, 3]>>
    %3 = ingot.relu %2 : tensor<?x3xf32, #ingot.sizes<[N, 3]>>
    %4 = ingot.softmax %3 along 1 : tensor<?x3xf32, #ingot.sizes<[N, 3]>>
    return %4 : tensor<?x3xf32, #ingot.sizes<[N, 3]>>
  }
}

//--- weights.py
import json, struct, sys
tensors = {"bias": ([3], [0.5, -0.25, 0.125]), "weight": ([3, 5], [(i * 7 % 11 - 5) / 8 for i in range(15)])}
header, data = {}, b""
for name, (shape, values) in tensors.items():
    header[name] = {"dtype": "F32", "shape": shape, "data_offsets": [len(data), len(data) + 4 * len(values)]}
    data += struct.pack(f"<{len(values)}f", *values)
text = json.dumps(header, separators=(",", ":")).encode()
text += b" " * (-len(text) % 8)
open(sys.argv[1], "wb").write(struct.pack("<Q", len(text)) + text + data)

//--- main.c
#include "tiny.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static float weight[3][5], bias[3] = {0.5f, -0.25f, 0.125f};
static float x[65][5], y[65][3];
static ingot_error error;
static const ingot_host host = {.size = sizeof host, .workers = 1, .error = &error};

static tiny_state *makeState(void) {
  const void *canonical[] = {weight, bias};
  tiny_state *state = aligned_alloc(64, (size_t)tiny_state_size());
#ifdef EMBEDDED
  memcpy(state, tiny_embedded_state(), (size_t)tiny_state_size());
  (void)canonical;
#else
  tiny_prepare(state, canonical);
#endif
  float w[3][5], b[3];
  void *back[] = {w, b};
  tiny_unprepare(state, back);
  if (memcmp(w, weight, sizeof w) || memcmp(b, bias, sizeof b))
    puts("unprepare did not give back what prepare took");
  return state;
}

static int good(int64_t n) {
  for (int64_t i = 0; i < n; ++i) {
    float e[3], sum = 0;
    for (int j = 0; j < 3; ++j) {
      float s = bias[j];
      for (int k = 0; k < 5; ++k)
        s += x[i][k] * weight[j][k];
      sum += e[j] = expf(s > 0 ? s : 0);
    }
    for (int j = 0; j < 3; ++j)
      if (!(fabsf(y[i][j] - e[j] / sum) < 1e-6f))
        return 0;
  }
  return 1;
}

int main(void) {
  for (int i = 0; i < 15; ++i)
    weight[i / 5][i % 5] = (float)(i * 7 % 11 - 5) / 8;
  for (int i = 0; i < 65 * 5; ++i)
    x[i / 5][i % 5] = (float)(i * 13 % 17 - 8) / 8;
  int32_t count;
  const ingot_state_entry *states = tiny_states(&count);
  if (count != 2 || states[0].dtype != INGOT_F32 || states[0].rank != 2 || states[1].rank != 1)
    puts("bad table of states");
  printf("states %s [%d, %d] %s [%d]\n", states[0].name, (int)states[0].shape[0], (int)states[0].shape[1], states[1].name,
         (int)states[1].shape[0]);
  tiny_state *state = makeState();
  void *workspace = aligned_alloc(64, (size_t)tiny_infer_workspace(64, 1) + 64);
  const int64_t sizes[] = {0, 1, 7, 64, 65, -1};
  for (int i = 0; i < 6; ++i) {
    int64_t n = sizes[i];
    memset(y, 0xFF, sizeof y);
    int32_t code = tiny_infer(state, x[0], n, y[0], workspace, &host);
    int untouched = memchr(y, 0, sizeof y) == NULL;
    if (code == INGOT_OK)
      printf("N = %d: %s\n", (int)n, good(n) && (n > 0 || untouched) ? "good" : "bad");
    else
      printf("N = %d: error %d, %s %d, required %d to %d, %s\n", (int)n, error.code, error.name, (int)error.value,
             (int)error.lower, (int)error.upper, untouched ? "wrote nothing" : "wrote something");
    if (n < 0 && tiny_infer(state, x[0], n, y[0], workspace, NULL) != code)
      puts("another status without a host");
  }
  free(workspace), free(state);
  return 0;
}
