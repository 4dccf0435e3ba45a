// Options of Embedding and EmbeddingBag.
#pragma once
#include "ingot/core/Tensor.h"
#include "ingot/nn/options/Common.h"
#include <cstdint>
#include <optional>
#include <variant>

namespace ingot::nn {
namespace detail {
using EmbeddingBagMode = std::variant<enumtype::kSum, enumtype::kMean, enumtype::kMax>;
} // namespace detail

struct EmbeddingOptions {
  EmbeddingOptions(int64_t num_embeddings, int64_t embedding_dim)
      : num_embeddings_(num_embeddings), embedding_dim_(embedding_dim) {}
  INGOT_ARG(int64_t, num_embeddings);
  INGOT_ARG(int64_t, embedding_dim);
  /// A row that begins as zeros and gets no gradient; negative ones count from the end.
  INGOT_ARG(std::optional<int64_t>, padding_idx);
  /// Rows of a greater norm are scaled down to it, in place, when they are used.
  INGOT_ARG(std::optional<double>, max_norm);
  INGOT_ARG(double, norm_type) = 2;
  /// Divides gradients by how often a row is used.
  INGOT_ARG(bool, scale_grad_by_freq) = false;
  /// Accepted; gradients are dense.
  INGOT_ARG(bool, sparse) = false;
  /// The rows to begin with, instead of random ones.
  INGOT_ARG(Tensor, _weight);
};

struct EmbeddingFromPretrainedOptions {
  INGOT_ARG(bool, freeze) = true;
  INGOT_ARG(std::optional<int64_t>, padding_idx);
  INGOT_ARG(std::optional<double>, max_norm);
  INGOT_ARG(double, norm_type) = 2;
  INGOT_ARG(bool, scale_grad_by_freq) = false;
  INGOT_ARG(bool, sparse) = false;
};

struct EmbeddingBagOptions {
  EmbeddingBagOptions(int64_t num_embeddings, int64_t embedding_dim)
      : num_embeddings_(num_embeddings), embedding_dim_(embedding_dim) {}
  INGOT_ARG(int64_t, num_embeddings);
  INGOT_ARG(int64_t, embedding_dim);
  INGOT_ARG(std::optional<double>, max_norm);
  INGOT_ARG(double, norm_type) = 2;
  INGOT_ARG(bool, scale_grad_by_freq) = false;
  INGOT_ARG(detail::EmbeddingBagMode, mode) = kMean;
  INGOT_ARG(bool, sparse) = false;
  INGOT_ARG(Tensor, _weight);
  /// Whether the last offset is the end of the last bag.
  INGOT_ARG(bool, include_last_offset) = false;
  /// A row that does not count in any bag.
  INGOT_ARG(std::optional<int64_t>, padding_idx);
};

struct EmbeddingBagFromPretrainedOptions {
  INGOT_ARG(bool, freeze) = true;
  INGOT_ARG(std::optional<double>, max_norm);
  INGOT_ARG(double, norm_type) = 2;
  INGOT_ARG(bool, scale_grad_by_freq) = false;
  INGOT_ARG(detail::EmbeddingBagMode, mode) = kMean;
  INGOT_ARG(bool, sparse) = false;
  INGOT_ARG(bool, include_last_offset) = false;
  INGOT_ARG(std::optional<int64_t>, padding_idx);
};

namespace functional {
struct EmbeddingFuncOptions {
  INGOT_ARG(std::optional<int64_t>, padding_idx);
  INGOT_ARG(std::optional<double>, max_norm);
  INGOT_ARG(double, norm_type) = 2;
  INGOT_ARG(bool, scale_grad_by_freq) = false;
  INGOT_ARG(bool, sparse) = false;
};

struct EmbeddingBagFuncOptions {
  /// Where each bag begins in a list of indices.
  INGOT_ARG(Tensor, offsets);
  INGOT_ARG(std::optional<double>, max_norm);
  INGOT_ARG(double, norm_type) = 2;
  INGOT_ARG(bool, scale_grad_by_freq) = false;
  INGOT_ARG(detail::EmbeddingBagMode, mode) = kMean;
  INGOT_ARG(bool, sparse) = false;
  /// Scales each row; for sums only.
  INGOT_ARG(Tensor, per_sample_weights);
  INGOT_ARG(bool, include_last_offset) = false;
  INGOT_ARG(std::optional<int64_t>, padding_idx);
};
} // namespace functional
} // namespace ingot::nn
