/* usage: application NUMBER...; prints what the model makes of the numbers. */
#include "scale.h"
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv) {
  int64_t count = argc - 1;
  float *x = malloc((size_t)argc * sizeof *x), *y = malloc((size_t)argc * sizeof *y);
  int64_t bytes = scale_apply_workspace(count <= 100 ? count : 0, 1);
  void *workspace = aligned_alloc(64, ((size_t)bytes + 64) / 64 * 64);
  for (int64_t i = 0; i < count; ++i)
    x[i] = strtof(argv[i + 1], NULL);
  ingot_error error = {0};
  ingot_host host = {.size = sizeof host, .workers = 1, .error = &error};
  int32_t code = scale_apply(NULL, x, count, y, workspace, &host);
  for (int64_t i = 0; i < count && code == INGOT_OK; ++i)
    printf("%g ", (double)y[i]);
  if (code != INGOT_OK)
    fprintf(stderr, "%s is %lld, must be at most %lld\n", error.name, (long long)error.value, (long long)error.upper);
  free(x), free(y), free(workspace);
  return code;
}
