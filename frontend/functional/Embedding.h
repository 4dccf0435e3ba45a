// Rows of a table.
#pragma once
#include "ingot/core/Tensor.h"
#include "ingot/nn/options/Embedding.h"

namespace ingot::nn::functional {

/// int64 [...] below `classes` -> int64 [..., classes] with a 1 in the place of the class.
Tensor one_hot(const Arg &input, int64_t num_classes = -1);
/// input int64 [...], weight [rows, D] -> [..., D]. An index out of range is an Error when the values are computed.
Tensor embedding(const Arg &input, const Arg &weight, const EmbeddingFuncOptions &options = {});
/// The sum, mean or maximum of the rows of each bag: input [bags, length], or a list with offsets -> [bags, D]. An empty
/// bag gives zeros.
Tensor embedding_bag(const Arg &input, const Arg &weight, const EmbeddingBagFuncOptions &options = {});

} // namespace ingot::nn::functional
