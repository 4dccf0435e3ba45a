// Recording of the structured ops on whole tensors, as in the records of ir/ops. Not a public header.
//
//   OpScope scope("conv2d", x.where);
//   Tensor y = recordConv(x, w, {1, 1}, {1, 1}, 1);
//
// The functionals above check options; what they let pass, the op's own verifier refuses.
#pragma once
#include "frontend/core/Tensor.h"
#include <cstdint>
#include <vector>

namespace ingot::detail {

/// ingot.conv: x [N, C, S...], w [O, C / groups, K...], no padding.
Tensor recordConv(const Arg &x, const Arg &w, const std::vector<int64_t> &strides,
                  const std::vector<int64_t> &dilations, int64_t groups);

/// The windows of a pooling op over [N, C, S...].
struct Windows {
  std::vector<int64_t> kernel, strides, dilations;
};
/// The elements in a type that compares them signed: uint8 as int32.
Tensor signedOf(const Arg &x);
/// ingot.max_pool, ingot.max_pool_index and ingot.window_sum.
Tensor recordMaxPool(const Arg &x, const Windows &windows);
Tensor recordMaxPoolIndex(const Arg &x, const Windows &windows);
Tensor recordWindowSum(const Arg &x, const Windows &windows);

/// ingot.pad: elements of `value` before and after each dimension, not negative.
Tensor recordPad(const Arg &x, const std::vector<Size> &low, const std::vector<Size> &high,
                 const Scalar &value);

/// ingot.insert_slice: `into` with the elements from `starts` in `steps` replaced by x.
Tensor recordInsertSlice(const Arg &into, const Arg &x, const std::vector<Size> &starts,
                         const std::vector<int64_t> &steps);

/// ingot.gelu and ingot.gelu_tanh.
Tensor recordGelu(const Arg &x, bool tanh);

} // namespace ingot::detail
