// The C contract between an object that ingot emits and the program that links it.
//
//   ingot_status        what a function of the object returns (0 is success)
//   ingot_dtype         element types, as the state table names them
//   ingot_host          what the program offers a call: a parallel loop, a place for error details
//   ingot_error         what a failed call reports
//   ingot_state_entry   one row of the object's table of parameters and buffers
//   ingot_site          one row of the object's table of run-time checks
//
// C11 and C++. A released interface never changes: what a later one adds stands in a section of its own with a guard
// and names of its own, so headers of objects of several versions can be included together.
#pragma once
#ifndef INGOT_ABI_1
#define INGOT_ABI_1

#include <stdbool.h>
#include <stdint.h>

// NOLINTBEGIN(readability-identifier-naming,modernize-use-using)
#ifdef __cplusplus
extern "C" {
#endif

/// What a function of the object returns. A call that fails has written neither outputs nor state.
enum ingot_status {
  INGOT_OK = 0,
  INGOT_ERROR_DIMENSION = 1, ///< a dimension lies outside its declared range
  INGOT_ERROR_INDEX = 2,     ///< a position lies outside the bounds that an op requires; see the site
  INGOT_ERROR_VALUE = 3      ///< data is not what an op requires (a singular matrix); see the site
};

/// Element types. Row-major, each element at its natural alignment; INGOT_BOOL is one byte, 0 or 1.
enum ingot_dtype {
  INGOT_BOOL = 1,
  INGOT_U8 = 2,
  INGOT_I8 = 3,
  INGOT_I16 = 4,
  INGOT_I32 = 5,
  INGOT_I64 = 6,
  INGOT_F16 = 7,
  INGOT_BF16 = 8,
  INGOT_F32 = 9,
  INGOT_F64 = 10
};

typedef uint16_t ingot_f16;  ///< the bits of an IEEE 754 binary16
typedef uint16_t ingot_bf16; ///< the bits of a bfloat16: the upper half of a binary32

/// What went wrong in a call. The strings are constants of the object.
typedef struct ingot_error {
  int32_t code; ///< the ingot_status that the call returned
  int32_t site; ///< index into P_sites(), or -1 for a check of the call itself
  const char
      *name; ///< what was checked: the dimension, or an op, where it stands and what it requires; may be null
  int64_t value; ///< what was got; the place in the batch of what INGOT_ERROR_VALUE refuses
  int64_t lower; ///< what was required, both inclusive
  int64_t upper; ///< INT64_MAX where there is no upper bound
} ingot_error;

/// The body of a parallel loop: does iterations [begin, end) as worker `worker`.
typedef void (*ingot_parallel_body)(void *closure, int64_t begin, int64_t end, int32_t worker);

/// What the calling program offers. Every function takes a pointer to one, or null: then it runs in the calling thread.
/// Results are the same bits either way, for any number of workers.
typedef struct ingot_host {
  int64_t size; ///< sizeof(ingot_host); fields beyond it count as zero
  void *user;   ///< handed to parallel_for
  /// Runs `body` over [0, count), cut in any way into ranges, and returns when all are done. A range runs as some
  /// worker in [0, workers); no two ranges run as the same worker at once. Null: single-threaded.
  void (*parallel_for)(void *user, int64_t count, ingot_parallel_body body, void *closure);
  int32_t workers;    ///< at least 1 where parallel_for is given; the value that the workspace was sized for
  ingot_error *error; ///< filled in when a call fails; may be null
} ingot_host;

/// A parameter or buffer of the model, under its PyTorch name.
typedef struct ingot_state_entry {
  const char *name;
  int32_t dtype; ///< an ingot_dtype
  int32_t rank;
  const int64_t *shape; ///< `rank` sizes; may be null when rank is 0
  int64_t offset; ///< of a row-major copy in the prepared state, in bytes; -1 where its layout is another
  const char *const *aliases; ///< further names of the same tensor (tied parameters), ended by null; or null
} ingot_state_entry;

/// A place in the model's source that checks a value when it runs.
typedef struct ingot_site {
  const char *op;   ///< the function that was called: "embedding"
  const char *path; ///< module path, "encoder.0.embedding"; may be empty
  const char *file; ///< of the model's source; may be empty
  int32_t line;
  int64_t lower; ///< bounds of the value, both inclusive
  int64_t upper;
} ingot_site;

#ifdef __cplusplus
}
#endif
// NOLINTEND(readability-identifier-naming,modernize-use-using)

#endif // INGOT_ABI_1
