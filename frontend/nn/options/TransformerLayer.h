// Options of the layers that transformers consist of.
#pragma once
#include "ingot/core/Tensor.h"
#include "ingot/nn/options/Common.h"
#include <cstdint>
#include <functional>
#include <variant>

namespace ingot::nn {

/// The activation between the two linear maps of a transformer's layer.
using activation_t = std::variant<enumtype::kReLU, enumtype::kGELU, std::function<Tensor(const Tensor &)>>;

struct TransformerEncoderLayerOptions {
  TransformerEncoderLayerOptions(int64_t d_model, int64_t nhead) : d_model_(d_model), nhead_(nhead) {}
  /// The features of inputs and results, of which each head has d_model / nhead.
  INGOT_ARG(int64_t, d_model);
  INGOT_ARG(int64_t, nhead);
  /// The features between the two linear maps.
  INGOT_ARG(int64_t, dim_feedforward) = 2048;
  INGOT_ARG(double, dropout) = 0.1;
  INGOT_ARG(activation_t, activation) = kReLU;
  /// Whether attention and linear maps see normalized inputs, instead of their sums with the inputs being normalized.
  INGOT_ARG(bool, norm_first) = false;
  /// Whether tensors are [batch, length, features] instead of [length, batch, features].
  INGOT_ARG(bool, batch_first) = false;
  INGOT_ARG(double, layer_norm_eps) = 1e-5;
};

struct TransformerDecoderLayerOptions {
  TransformerDecoderLayerOptions(int64_t d_model, int64_t nhead) : d_model_(d_model), nhead_(nhead) {}
  /// As for the encoder's layer.
  INGOT_ARG(int64_t, d_model);
  INGOT_ARG(int64_t, nhead);
  INGOT_ARG(int64_t, dim_feedforward) = 2048;
  INGOT_ARG(double, dropout) = 0.1;
  INGOT_ARG(activation_t, activation) = kReLU;
  INGOT_ARG(bool, norm_first) = false;
  INGOT_ARG(bool, batch_first) = false;
  INGOT_ARG(double, layer_norm_eps) = 1e-5;
};

} // namespace ingot::nn
