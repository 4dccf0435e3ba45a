// Options of attention.
#pragma once
#include "ingot/core/Tensor.h"
#include "ingot/nn/options/Common.h"
#include <cstdint>
#include <utility>

namespace ingot::nn {

struct MultiheadAttentionOptions {
  MultiheadAttentionOptions(int64_t embed_dim, int64_t num_heads)
      : embed_dim_(embed_dim), num_heads_(num_heads), kdim_(embed_dim), vdim_(embed_dim) {}
  /// The features of queries and results, of which each head has embed_dim / num_heads.
  INGOT_ARG(int64_t, embed_dim);
  INGOT_ARG(int64_t, num_heads);
  /// The probability of an attention weight to become zero in training mode.
  INGOT_ARG(double, dropout) = 0;
  /// Whether the projections have one.
  INGOT_ARG(bool, bias) = true;
  /// Whether there is a learned key and value besides those that are given.
  INGOT_ARG(bool, add_bias_kv) = false;
  /// Whether there is a key and a value of zeros besides those that are given.
  INGOT_ARG(bool, add_zero_attn) = false;
  /// The features of keys and of values; embed_dim unless set.
  INGOT_ARG(int64_t, kdim);
  INGOT_ARG(int64_t, vdim);
  /// Whether tensors are [batch, length, features] instead of [length, batch, features].
  INGOT_ARG(bool, batch_first) = false;
};

namespace functional {

/// All that a MultiheadAttention has; tensors that are not used are undefined.
struct MultiheadAttentionForwardFuncOptions {
  MultiheadAttentionForwardFuncOptions(int64_t embed_dim_to_check, int64_t num_heads, Tensor in_proj_weight,
                                       Tensor in_proj_bias, Tensor bias_k, Tensor bias_v, bool add_zero_attn,
                                       double dropout_p, Tensor out_proj_weight, Tensor out_proj_bias)
      : embed_dim_to_check_(embed_dim_to_check), num_heads_(num_heads),
        in_proj_weight_(std::move(in_proj_weight)), in_proj_bias_(std::move(in_proj_bias)),
        bias_k_(std::move(bias_k)), bias_v_(std::move(bias_v)), add_zero_attn_(add_zero_attn),
        dropout_p_(dropout_p), out_proj_weight_(std::move(out_proj_weight)),
        out_proj_bias_(std::move(out_proj_bias)) {}
  INGOT_ARG(int64_t, embed_dim_to_check);
  INGOT_ARG(int64_t, num_heads);
  /// Of queries, keys and values, one below the other: [3 * embed_dim, embed_dim] and [3 * embed_dim].
  INGOT_ARG(Tensor, in_proj_weight);
  INGOT_ARG(Tensor, in_proj_bias);
  INGOT_ARG(Tensor, bias_k);
  INGOT_ARG(Tensor, bias_v);
  INGOT_ARG(bool, add_zero_attn);
  INGOT_ARG(double, dropout_p);
  INGOT_ARG(Tensor, out_proj_weight);
  INGOT_ARG(Tensor, out_proj_bias);
  INGOT_ARG(bool, training) = true;
  /// [batch, keys]: true where a key is padding, or a number that is added to its scores.
  INGOT_ARG(Tensor, key_padding_mask);
  /// Whether the weights are a result, too.
  INGOT_ARG(bool, need_weights) = true;
  /// [queries, keys] or [batch * num_heads, queries, keys]: true where a query does not see a key, or a number that is
  /// added to the score.
  INGOT_ARG(Tensor, attn_mask);
  /// Whether there are the three weights that follow, instead of in_proj_weight.
  INGOT_ARG(bool, use_separate_proj_weight) = false;
  INGOT_ARG(Tensor, q_proj_weight);
  INGOT_ARG(Tensor, k_proj_weight);
  INGOT_ARG(Tensor, v_proj_weight);
  /// Projected keys and values to use instead of key and value: [batch * num_heads, keys, embed_dim / num_heads].
  INGOT_ARG(Tensor, static_k);
  INGOT_ARG(Tensor, static_v);
  /// Whether the weights are the mean over the heads.
  INGOT_ARG(bool, average_attn_weights) = true;
  INGOT_ARG(bool, batch_first) = false;
};

} // namespace functional
} // namespace ingot::nn
