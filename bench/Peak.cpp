#include "bench/Peak.h"
#include <algorithm>
#include <chrono>

namespace ingot::bench {
namespace {

#if defined(__AVX512F__)
constexpr int width = 16;
#elif defined(__AVX__)
constexpr int width = 8;
#else
constexpr int width = 4;
#endif
using Vector = float __attribute__((vector_size(width * sizeof(float))));
constexpr int chains = 12; // enough to hide the latency, few enough for sixteen registers

/// Keeps a value in a register and its computation in the loop.
inline void keep(Vector &value) {
#if defined(__AVX512F__)
  asm volatile("" : "+v"(value));
#elif defined(__x86_64__)
  asm volatile("" : "+x"(value));
#else
  asm volatile("" : "+w"(value));
#endif
}

double run(long iterations) {
  Vector sums[chains] = {}, factor = Vector{} + 1.0001f, addend = Vector{} + 0.9f;
  auto start = std::chrono::steady_clock::now();
  for (long i = 0; i < iterations; ++i) {
#pragma clang loop unroll(full)
    for (Vector &sum : sums) {
      sum = factor * addend + sum; // contracted: this file is compiled with -ffp-contract=fast
      keep(sum);
    }
    keep(factor);
  }
  std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  return 2.0 * chains * width * double(iterations) / seconds.count() / 1e9;
}

} // namespace

double multiplyAddPeak() {
  double best = 0;
  for (int i = 0; i < 20; ++i)
    best = std::max(best, run(2'000'000));
  return best;
}

} // namespace ingot::bench
