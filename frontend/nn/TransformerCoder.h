// Stacks of transformer layers.
#pragma once
#include "ingot/nn/TransformerLayer.h"
#include "ingot/nn/containers/ModuleList.h"
#include "ingot/nn/options/TransformerCoder.h"

namespace ingot::nn {

/// num_layers copies of a layer, one after another, and a normalization behind them if there is one. All layers begin with
/// the parameters of the one that is copied.
class TransformerEncoderImpl : public Cloneable<TransformerEncoderImpl> {
public:
  TransformerEncoderImpl(TransformerEncoderLayer encoder_layer, int64_t num_layers);
  explicit TransformerEncoderImpl(TransformerEncoderOptions options);
  void reset() override;
  void reset_parameters();
  void pretty_print(std::ostream &stream) const override;
  /// As TransformerEncoderLayer's, with the same masks for all layers.
  Tensor forward(const Arg &src, const Tensor &src_mask = {}, const Tensor &src_key_padding_mask = {});

  TransformerEncoderOptions options;
  ModuleList layers = nullptr;
  AnyModule norm;

  INGOT_FORWARD_DEFAULTS({1, AnyValue(Tensor())}, {2, AnyValue(Tensor())})
};
INGOT_MODULE(TransformerEncoder);

class TransformerDecoderImpl : public Cloneable<TransformerDecoderImpl> {
public:
  TransformerDecoderImpl(TransformerDecoderLayer decoder_layer, int64_t num_layers);
  explicit TransformerDecoderImpl(TransformerDecoderOptions options);
  void reset() override;
  void reset_parameters();
  void pretty_print(std::ostream &stream) const override;
  /// As TransformerDecoderLayer's, with the same memory and masks for all layers.
  Tensor forward(const Arg &tgt, const Arg &memory, const Tensor &tgt_mask = {},
                 const Tensor &memory_mask = {}, const Tensor &tgt_key_padding_mask = {},
                 const Tensor &memory_key_padding_mask = {});

  TransformerDecoderOptions options;
  ModuleList layers = nullptr;
  AnyModule norm;

  INGOT_FORWARD_DEFAULTS({2, AnyValue(Tensor())}, {3, AnyValue(Tensor())}, {4, AnyValue(Tensor())},
                         {5, AnyValue(Tensor())})
};
INGOT_MODULE(TransformerDecoder);

} // namespace ingot::nn
