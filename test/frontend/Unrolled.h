// The steps of a scan, written one after another: what a loop is compared with.
#pragma once
#include "ingot/ingot.h"
#include <functional>
#include <tuple>
#include <utility>

namespace ingot::test {

using Step = std::function<std::pair<Tensor, Tensor>(Tensor, Tensor)>;

/// What scan(step, carry, xs, reverse) computes: the last carried value, and what the steps made.
inline std::pair<Tensor, Tensor> unrolled(const Step &step, Tensor carry, const Tensor &xs,
                                          bool reverse = false) {
  int64_t length = xs.size(0);
  TensorList ys(length);
  for (int64_t i = 0; i < length; ++i) {
    int64_t t = reverse ? length - 1 - i : i;
    std::tie(carry, ys[t]) = step(carry, xs[t]);
  }
  return {carry, stack(ys)};
}

} // namespace ingot::test
