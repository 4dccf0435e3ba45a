// The layers that transformers consist of (Vaswani et al. 2017).
#pragma once
#include "ingot/nn/Attention.h"
#include "ingot/nn/Dropout.h"
#include "ingot/nn/Linear.h"
#include "ingot/nn/Normalization.h"
#include "ingot/nn/options/TransformerLayer.h"

namespace ingot::nn {

/// Attention of a sequence to itself, then two linear maps with an activation between them; the input of either is added
/// to its result, and the sum normalized.
class TransformerEncoderLayerImpl : public Cloneable<TransformerEncoderLayerImpl> {
public:
  TransformerEncoderLayerImpl(int64_t d_model, int64_t nhead);
  explicit TransformerEncoderLayerImpl(TransformerEncoderLayerOptions options);
  void reset() override;
  void reset_parameters();
  void pretty_print(std::ostream &stream) const override;
  /// src [S, N, d_model] -> the same; N is first with batch_first, and may be missing. Masks as in MultiheadAttention: src_mask
  /// [S, S] or [N * nhead, S, S], src_key_padding_mask [N, S].
  Tensor forward(const Arg &src, const Tensor &src_mask = {}, const Tensor &src_key_padding_mask = {});

  TransformerEncoderLayerOptions options;
  MultiheadAttention self_attn = nullptr;
  Linear linear1 = nullptr;
  Dropout dropout = nullptr; ///< between the linear maps
  Linear linear2 = nullptr;
  LayerNorm norm1 = nullptr;
  LayerNorm norm2 = nullptr;
  Dropout dropout1 = nullptr; ///< behind attention
  Dropout dropout2 = nullptr; ///< behind the linear maps

  INGOT_FORWARD_DEFAULTS({1, AnyValue(Tensor())}, {2, AnyValue(Tensor())})
};
INGOT_MODULE(TransformerEncoderLayer);

/// As the encoder's layer, with attention to the encoder's result (the memory) in between.
class TransformerDecoderLayerImpl : public Cloneable<TransformerDecoderLayerImpl> {
public:
  TransformerDecoderLayerImpl(int64_t d_model, int64_t nhead);
  explicit TransformerDecoderLayerImpl(TransformerDecoderLayerOptions options);
  void reset() override;
  void reset_parameters();
  void pretty_print(std::ostream &stream) const override;
  /// tgt [T, N, d_model], memory [S, N, d_model] -> [T, N, d_model]; N is first with batch_first, and may be missing. Masks:
  /// tgt_mask [T, T], memory_mask [T, S], tgt_key_padding_mask [N, T], memory_key_padding_mask [N, S].
  Tensor forward(const Arg &tgt, const Arg &memory, const Tensor &tgt_mask = {},
                 const Tensor &memory_mask = {}, const Tensor &tgt_key_padding_mask = {},
                 const Tensor &memory_key_padding_mask = {});

  TransformerDecoderLayerOptions options;
  MultiheadAttention self_attn = nullptr;
  Dropout dropout1 = nullptr; ///< behind attention to the target
  LayerNorm norm1 = nullptr;
  MultiheadAttention multihead_attn = nullptr;
  Dropout dropout2 = nullptr; ///< behind attention to the memory
  LayerNorm norm2 = nullptr;
  Linear linear1 = nullptr;
  Dropout dropout = nullptr; ///< between the linear maps
  Linear linear2 = nullptr;
  Dropout dropout3 = nullptr; ///< behind the linear maps
  LayerNorm norm3 = nullptr;

  INGOT_FORWARD_DEFAULTS({2, AnyValue(Tensor())}, {3, AnyValue(Tensor())}, {4, AnyValue(Tensor())},
                         {5, AnyValue(Tensor())})
};
INGOT_MODULE(TransformerDecoderLayer);

} // namespace ingot::nn
