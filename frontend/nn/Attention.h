// The layer of attention heads.
#pragma once
#include "ingot/functional/Attention.h"
#include "ingot/nn/Linear.h"
#include "ingot/nn/containers/Any.h"
#include <tuple>

namespace ingot::nn {

/// Attention of query to key and value, in heads that see a projection of them each (Vaswani et al. 2017).
class MultiheadAttentionImpl : public Cloneable<MultiheadAttentionImpl> {
public:
  MultiheadAttentionImpl(int64_t embed_dim, int64_t num_heads);
  explicit MultiheadAttentionImpl(const MultiheadAttentionOptions &options);
  void reset() override;
  void _reset_parameters();
  void pretty_print(std::ostream &stream) const override;
  /// query [S, N, embed_dim], key [L, N, kdim], value [L, N, vdim] -> result [S, N, embed_dim] and weights [N, S, L], undefined
  /// unless `need_weights`; [N, heads, S, L] unless averaged. N is first with batch_first, and may be missing. Masks:
  /// key_padding_mask [N, L], attn_mask [S, L] or [N * heads, S, L], of bool (true: not seen) or numbers to add.
  std::tuple<Tensor, Tensor> forward(const Arg &query, const Arg &key, const Arg &value,
                                     const Tensor &key_padding_mask = {}, bool need_weights = true,
                                     const Tensor &attn_mask = {}, bool average_attn_weights = true);

  MultiheadAttentionOptions options;
  bool _qkv_same_embed_dim = true;
  Tensor in_proj_weight; ///< [3 * embed_dim, embed_dim]; undefined with kdim or vdim
  Tensor q_proj_weight, k_proj_weight, v_proj_weight; ///< defined with kdim or vdim
  Tensor in_proj_bias;                                ///< [3 * embed_dim]; undefined without bias
  Tensor bias_k, bias_v;                              ///< [1, 1, embed_dim]; undefined without add_bias_kv
  Linear out_proj = nullptr;
  int64_t head_dim = 0;

  INGOT_FORWARD_DEFAULTS({3, AnyValue(Tensor())}, {4, AnyValue(true)}, {5, AnyValue(Tensor())},
                         {6, AnyValue(true)})
};
INGOT_MODULE(MultiheadAttention);

} // namespace ingot::nn
