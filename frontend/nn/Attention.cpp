#include "frontend/nn/Attention.h"
#include "frontend/functional/factories.h"
#include "frontend/nn/Init.h"
#include "frontend/nn/Layer.h"

namespace F = ingot::nn::functional;

namespace ingot::nn {
using ingot::detail::ModuleScope;

MultiheadAttentionImpl::MultiheadAttentionImpl(int64_t embed_dim, int64_t num_heads)
    : MultiheadAttentionImpl(MultiheadAttentionOptions(embed_dim, num_heads)) {}

MultiheadAttentionImpl::MultiheadAttentionImpl(const MultiheadAttentionOptions &options) : options(options) {
  MultiheadAttentionImpl::reset();
}

void MultiheadAttentionImpl::reset() {
  const std::string layer = "MultiheadAttention";
  int64_t embed = options.embed_dim(), heads = options.num_heads();
  detail::requirePositive(layer, "embed_dim", embed);
  detail::requirePositive(layer, "num_heads", heads);
  detail::requirePositive(layer, "kdim", options.kdim());
  detail::requirePositive(layer, "vdim", options.vdim());
  if (embed % heads != 0)
    detail::refuse(layer, "num_heads must divide embed_dim",
                   std::to_string(heads) + " and " + std::to_string(embed));
  if (!(options.dropout() >= 0 && options.dropout() <= 1))
    detail::refuse(layer, "dropout must be a probability, within [0, 1]", std::to_string(options.dropout()));
  head_dim = embed / heads;
  _qkv_same_embed_dim = options.kdim() == embed && options.vdim() == embed;
  auto weight = [&](const char *name, bool present, const Shape &sizes) {
    return register_parameter(name, present ? empty(sizes) : Tensor());
  };
  q_proj_weight = weight("q_proj_weight", !_qkv_same_embed_dim, {embed, embed});
  k_proj_weight = weight("k_proj_weight", !_qkv_same_embed_dim, {embed, options.kdim()});
  v_proj_weight = weight("v_proj_weight", !_qkv_same_embed_dim, {embed, options.vdim()});
  in_proj_weight = weight("in_proj_weight", _qkv_same_embed_dim, {3 * embed, embed});
  in_proj_bias = weight("in_proj_bias", options.bias(), {3 * embed});
  out_proj = register_module("out_proj", Linear(LinearOptions(embed, embed).bias(options.bias())));
  bias_k = weight("bias_k", options.add_bias_kv(), {1, 1, embed});
  bias_v = weight("bias_v", options.add_bias_kv(), {1, 1, embed});
  _reset_parameters();
}

void MultiheadAttentionImpl::_reset_parameters() {
  for (const Tensor &weight : {in_proj_weight, q_proj_weight, k_proj_weight, v_proj_weight})
    if (weight.defined())
      init::xavier_uniform_(weight);
  if (in_proj_bias.defined()) {
    init::zeros_(in_proj_bias);
    init::zeros_(out_proj->bias);
  }
  for (const Tensor &bias : {bias_k, bias_v})
    if (bias.defined())
      init::xavier_normal_(bias);
}

void MultiheadAttentionImpl::pretty_print(std::ostream &stream) const {
  stream << "nn::MultiheadAttentionImpl";
}

std::tuple<Tensor, Tensor> MultiheadAttentionImpl::forward(const Arg &query, const Arg &key, const Arg &value,
                                                           const Tensor &key_padding_mask, bool need_weights,
                                                           const Tensor &attn_mask,
                                                           bool average_attn_weights) {
  ModuleScope scope(node());
  return F::multi_head_attention_forward(
      query, key, value,
      F::MultiheadAttentionForwardFuncOptions(options.embed_dim(), options.num_heads(), in_proj_weight,
                                              in_proj_bias, bias_k, bias_v, options.add_zero_attn(),
                                              options.dropout(), out_proj->weight, out_proj->bias)
          .training(is_training())
          .key_padding_mask(key_padding_mask)
          .need_weights(need_weights)
          .attn_mask(attn_mask)
          .use_separate_proj_weight(!_qkv_same_embed_dim)
          .q_proj_weight(q_proj_weight)
          .k_proj_weight(k_proj_weight)
          .v_proj_weight(v_proj_weight)
          .average_attn_weights(average_attn_weights)
          .batch_first(options.batch_first()));
}

} // namespace ingot::nn
