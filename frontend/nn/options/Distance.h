// Options of distances.
#pragma once
#include "ingot/nn/options/Common.h"
#include <cstdint>

namespace ingot::nn {

struct CosineSimilarityOptions {
  /// The dimension of the vectors.
  INGOT_ARG(int64_t, dim) = 1;
  /// The least norm that is divided by.
  INGOT_ARG(double, eps) = 1e-8;
};

struct PairwiseDistanceOptions {
  /// The order of the norm.
  INGOT_ARG(double, p) = 2;
  /// Added to differences.
  INGOT_ARG(double, eps) = 1e-6;
  INGOT_ARG(bool, keepdim) = false;
};

namespace functional {
using CosineSimilarityFuncOptions = CosineSimilarityOptions;
using PairwiseDistanceFuncOptions = PairwiseDistanceOptions;
} // namespace functional
} // namespace ingot::nn
