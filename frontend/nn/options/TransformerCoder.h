// Options of stacks of transformer layers.
#pragma once
#include "ingot/nn/TransformerLayer.h"
#include "ingot/nn/containers/Any.h"
#include <cstdint>
#include <utility>

namespace ingot::nn {

struct TransformerEncoderOptions {
  TransformerEncoderOptions(TransformerEncoderLayer encoder_layer, int64_t num_layers)
      : encoder_layer_(std::move(encoder_layer)), num_layers_(num_layers) {}
  TransformerEncoderOptions(const TransformerEncoderLayerOptions &encoder_layer_options, int64_t num_layers)
      : TransformerEncoderOptions(TransformerEncoderLayer(encoder_layer_options), num_layers) {}
  /// What all layers are copies of.
  INGOT_ARG(TransformerEncoderLayer, encoder_layer) = nullptr;
  INGOT_ARG(int64_t, num_layers);
  /// What the last layer's result goes through, unless empty; copied.
  INGOT_ARG(AnyModule, norm);
};

struct TransformerDecoderOptions {
  TransformerDecoderOptions(TransformerDecoderLayer decoder_layer, int64_t num_layers)
      : decoder_layer_(std::move(decoder_layer)), num_layers_(num_layers) {}
  TransformerDecoderOptions(const TransformerDecoderLayerOptions &decoder_layer_options, int64_t num_layers)
      : TransformerDecoderOptions(TransformerDecoderLayer(decoder_layer_options), num_layers) {}
  /// As for the encoder.
  INGOT_ARG(TransformerDecoderLayer, decoder_layer) = nullptr;
  INGOT_ARG(int64_t, num_layers);
  INGOT_ARG(AnyModule, norm);
};

} // namespace ingot::nn
