// Attention.
//
//   Tensor y = F::scaled_dot_product_attention(q, k, v, /*attn_mask=*/{}, /*dropout_p=*/0, /*is_causal=*/true);
#pragma once
#include "ingot/core/Tensor.h"
#include "ingot/nn/options/Attention.h"
#include <optional>
#include <tuple>

namespace ingot {

/// softmax(scale * query key^T + attn_mask) value; query [..., S, E], key [..., L, E], value [..., L, V] -> [..., S, V], the
/// leading sizes broadcast. A mask of bool says which keys a query sees, one of numbers is added to the scores; it is
/// broadcast to [..., S, L]. With `is_causal` query i sees keys 0 to i. A query that sees none gives zeros. Weights are
/// dropped with probability `dropout_p`, whatever the mode. The scale is 1 / sqrt(E) unless given. With `enable_gqa`
/// query [..., H, S, E] may have a multiple of the heads of key and value: neighbouring heads share them.
/// Memory is linear in S and L, but for that of the mask, unless weights are dropped.
Tensor scaled_dot_product_attention(const Arg &query, const Arg &key, const Arg &value,
                                    const std::optional<Tensor> &attn_mask = std::nullopt,
                                    double dropout_p = 0, bool is_causal = false,
                                    std::optional<double> scale = std::nullopt, bool enable_gqa = false);

namespace nn::functional {
using ingot::scaled_dot_product_attention;

/// What nn::MultiheadAttention computes: the result [S, N, E] for query [S, N, E], key [L, N, kdim], value [L, N, vdim]; and
/// the weights if needed, [N, S, L], or [N, heads, S, L] without averaging. All of them without N, too. A query that
/// sees no key gives NaN, as in PyTorch; zeros where the weights are not needed.
std::tuple<Tensor, Tensor> multi_head_attention_forward(const Arg &query, const Arg &key, const Arg &value,
                                                        const MultiheadAttentionForwardFuncOptions &options);

} // namespace nn::functional
} // namespace ingot
