// Options of Transformer.
#pragma once
#include "ingot/nn/containers/Any.h"
#include "ingot/nn/options/TransformerLayer.h"
#include <cstdint>

namespace ingot::nn {

struct TransformerOptions {
  TransformerOptions() = default;
  TransformerOptions(int64_t d_model, int64_t nhead) : d_model_(d_model), nhead_(nhead) {}
  TransformerOptions(int64_t d_model, int64_t nhead, int64_t num_encoder_layers, int64_t num_decoder_layers)
      : d_model_(d_model), nhead_(nhead), num_encoder_layers_(num_encoder_layers),
        num_decoder_layers_(num_decoder_layers) {}
  INGOT_ARG(int64_t, d_model) = 512;
  INGOT_ARG(int64_t, nhead) = 8;
  INGOT_ARG(int64_t, num_encoder_layers) = 6;
  INGOT_ARG(int64_t, num_decoder_layers) = 6;
  /// Of all layers, as in TransformerEncoderLayerOptions.
  INGOT_ARG(int64_t, dim_feedforward) = 2048;
  INGOT_ARG(double, dropout) = 0.1;
  INGOT_ARG(activation_t, activation) = kReLU;
  /// What to use instead of a TransformerEncoder or TransformerDecoder, unless empty; called with the same arguments.
  INGOT_ARG(AnyModule, custom_encoder);
  INGOT_ARG(AnyModule, custom_decoder);
  INGOT_ARG(bool, norm_first) = false;
  INGOT_ARG(bool, batch_first) = false;
  INGOT_ARG(double, layer_norm_eps) = 1e-5;
};

} // namespace ingot::nn
