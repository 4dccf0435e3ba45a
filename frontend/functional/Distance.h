// Similarities and distances of vectors.
#pragma once
#include "ingot/core/Tensor.h"
#include "ingot/nn/options/Distance.h"

namespace ingot::nn::functional {

/// The cosine of the angle between vectors along a dimension; sizes are broadcast.
Tensor cosine_similarity(const Arg &x1, const Arg &x2, const CosineSimilarityFuncOptions &options = {});
/// The p-norm of x1 - x2 + eps along the last dimension; sizes are broadcast.
Tensor pairwise_distance(const Arg &x1, const Arg &x2, const PairwiseDistanceFuncOptions &options = {});
/// The p-norms of the differences between all rows of input [N, M]: [N (N - 1) / 2], row 0 with 1, 2, ...,
/// row 1 with 2, 3, ...
Tensor pdist(const Arg &input, double p = 2);

} // namespace ingot::nn::functional
