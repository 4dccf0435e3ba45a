// Options of Linear, Bilinear, Flatten and Unflatten.
#pragma once
#include "ingot/nn/options/Common.h"
#include <cstdint>
#include <utility>
#include <vector>

namespace ingot::nn {

struct LinearOptions {
  LinearOptions(int64_t in_features, int64_t out_features)
      : in_features_(in_features), out_features_(out_features) {}
  INGOT_ARG(int64_t, in_features);
  INGOT_ARG(int64_t, out_features);
  INGOT_ARG(bool, bias) = true;
};

struct BilinearOptions {
  BilinearOptions(int64_t in1_features, int64_t in2_features, int64_t out_features)
      : in1_features_(in1_features), in2_features_(in2_features), out_features_(out_features) {}
  INGOT_ARG(int64_t, in1_features);
  INGOT_ARG(int64_t, in2_features);
  INGOT_ARG(int64_t, out_features);
  INGOT_ARG(bool, bias) = true;
};

/// Dimensions start_dim to end_dim become one.
struct FlattenOptions {
  INGOT_ARG(int64_t, start_dim) = 1;
  INGOT_ARG(int64_t, end_dim) = -1;
};

/// Dimension `dim` becomes one for each of `sizes`.
struct UnflattenOptions {
  UnflattenOptions(int64_t dim, std::vector<int64_t> sizes) : dim_(dim), sizes_(std::move(sizes)) {}
  INGOT_ARG(int64_t, dim);
  INGOT_ARG(std::vector<int64_t>, sizes);
};

} // namespace ingot::nn
