// Transformers of encoder and decoder (Vaswani et al. 2017).
//
//   nn::Transformer model(nn::TransformerOptions(512, 8).batch_first(true));
//   Tensor y = model(src, tgt, Tensor(), nn::TransformerImpl::generate_square_subsequent_mask(tgt.size(1)));
#pragma once
#include "ingot/nn/TransformerCoder.h"
#include "ingot/nn/options/Transformer.h"

namespace ingot::nn {

/// The decoder's result for a target, given the encoder's for a source. Parameters of two or more dimensions begin uniform
/// after Glorot and Bengio (2010).
class TransformerImpl : public Cloneable<TransformerImpl> {
public:
  explicit TransformerImpl(TransformerOptions options = {});
  TransformerImpl(int64_t d_model, int64_t nhead);
  void reset() override;
  void reset_parameters();
  void pretty_print(std::ostream &stream) const override;
  /// src [S, N, d_model], tgt [T, N, d_model] -> [T, N, d_model]; N is first with batch_first, and may be missing. Masks, as in
  /// MultiheadAttention: src_mask [S, S], tgt_mask [T, T], memory_mask [T, S], src_key_padding_mask [N, S],
  /// tgt_key_padding_mask [N, T], memory_key_padding_mask [N, S].
  Tensor forward(const Arg &src, const Arg &tgt, const Tensor &src_mask = {}, const Tensor &tgt_mask = {},
                 const Tensor &memory_mask = {}, const Tensor &src_key_padding_mask = {},
                 const Tensor &tgt_key_padding_mask = {}, const Tensor &memory_key_padding_mask = {});

  /// [size, size]: -infinity above the diagonal, 0 elsewhere, so that no position sees later ones.
  static Tensor generate_square_subsequent_mask(const Size &size);

  TransformerOptions options;
  AnyModule encoder;
  AnyModule decoder;

  INGOT_FORWARD_DEFAULTS({2, AnyValue(Tensor())}, {3, AnyValue(Tensor())}, {4, AnyValue(Tensor())},
                         {5, AnyValue(Tensor())}, {6, AnyValue(Tensor())}, {7, AnyValue(Tensor())})
};
INGOT_MODULE(Transformer);

} // namespace ingot::nn
