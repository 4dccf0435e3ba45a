#include "frontend/nn/TransformerCoder.h"
#include "frontend/nn/Layer.h"

namespace ingot::nn {
using ingot::detail::ModuleScope;

namespace {

/// num_layers copies of a layer, which must be there.
template <class Layer> ModuleList copiesOf(const std::string &coder, const Layer &layer, int64_t count) {
  if (layer.is_empty())
    detail::refuse(coder, "a layer to copy must be given", "an empty holder");
  if (count < 0)
    detail::refuse(coder, "num_layers must not be negative", std::to_string(count));
  ModuleList layers;
  for (int64_t i = 0; i < count; ++i)
    layers->push_back(layer->clone());
  return layers;
}

} // namespace

// ---- TransformerEncoder

TransformerEncoderImpl::TransformerEncoderImpl(TransformerEncoderLayer encoder_layer, int64_t num_layers)
    : TransformerEncoderImpl(TransformerEncoderOptions(std::move(encoder_layer), num_layers)) {}

TransformerEncoderImpl::TransformerEncoderImpl(TransformerEncoderOptions options)
    : options(std::move(options)) {
  TransformerEncoderImpl::reset();
}

void TransformerEncoderImpl::reset() {
  layers = register_module("layers",
                           copiesOf("TransformerEncoder", options.encoder_layer(), options.num_layers()));
  norm = options.norm().clone();
  if (!norm.is_empty())
    register_module("norm", norm.ptr());
}

void TransformerEncoderImpl::reset_parameters() {
  for (const auto &layer : *layers)
    layer->as<TransformerEncoderLayer>()->reset_parameters();
  if (norm.is_empty())
    return;
  norm = options.norm().clone();
  replace_module("norm", norm.ptr());
}

void TransformerEncoderImpl::pretty_print(std::ostream &stream) const {
  stream << "nn::TransformerEncoderImpl";
}

Tensor TransformerEncoderImpl::forward(const Arg &src, const Tensor &src_mask,
                                       const Tensor &src_key_padding_mask) {
  ModuleScope scope(node());
  Tensor x = *src;
  for (const auto &layer : *layers)
    x = layer->as<TransformerEncoderLayer>()->forward(Arg(x, src.where), src_mask, src_key_padding_mask);
  return norm.is_empty() ? x : norm.forward(Arg(x, src.where));
}

// ---- TransformerDecoder

TransformerDecoderImpl::TransformerDecoderImpl(TransformerDecoderLayer decoder_layer, int64_t num_layers)
    : TransformerDecoderImpl(TransformerDecoderOptions(std::move(decoder_layer), num_layers)) {}

TransformerDecoderImpl::TransformerDecoderImpl(TransformerDecoderOptions options)
    : options(std::move(options)) {
  TransformerDecoderImpl::reset();
}

void TransformerDecoderImpl::reset() {
  layers = register_module("layers",
                           copiesOf("TransformerDecoder", options.decoder_layer(), options.num_layers()));
  norm = options.norm().clone();
  if (!norm.is_empty())
    register_module("norm", norm.ptr());
}

void TransformerDecoderImpl::reset_parameters() {
  for (const auto &layer : *layers)
    layer->as<TransformerDecoderLayer>()->reset_parameters();
  if (norm.is_empty())
    return;
  norm = options.norm().clone();
  replace_module("norm", norm.ptr());
}

void TransformerDecoderImpl::pretty_print(std::ostream &stream) const {
  stream << "nn::TransformerDecoderImpl";
}

Tensor TransformerDecoderImpl::forward(const Arg &tgt, const Arg &memory, const Tensor &tgt_mask,
                                       const Tensor &memory_mask, const Tensor &tgt_key_padding_mask,
                                       const Tensor &memory_key_padding_mask) {
  ModuleScope scope(node());
  Tensor x = *tgt;
  for (const auto &layer : *layers)
    x = layer->as<TransformerDecoderLayer>()->forward(Arg(x, tgt.where), memory, tgt_mask, memory_mask,
                                                      tgt_key_padding_mask, memory_key_padding_mask);
  return norm.is_empty() ? x : norm.forward(Arg(x, tgt.where));
}

} // namespace ingot::nn
