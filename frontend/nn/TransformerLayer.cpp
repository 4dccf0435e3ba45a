#include "frontend/nn/TransformerLayer.h"
#include "frontend/functional/Activation.h"
#include "frontend/functional/ops.h"
#include "frontend/nn/Layer.h"

namespace F = ingot::nn::functional;

namespace ingot::nn {
using ingot::detail::ModuleScope;

namespace {

Tensor activate(const activation_t &activation, const Tensor &x) {
  if (std::holds_alternative<enumtype::kReLU>(activation))
    return F::relu(x);
  if (std::holds_alternative<enumtype::kGELU>(activation))
    return F::gelu(x);
  return std::get<std::function<Tensor(const Tensor &)>>(activation)(x);
}

/// A sum with what a part of the layer makes of its first summand; either the part sees it normalized, or the sum is.
template <class Part> Tensor residual(const Tensor &x, bool normFirst, LayerNorm &norm, Part part) {
  return normFirst ? x + part(norm(x)) : norm(x + part(x));
}

template <class Options> MultiheadAttention attentionOf(const Options &options) {
  return MultiheadAttention(MultiheadAttentionOptions(options.d_model(), options.nhead())
                                .dropout(options.dropout())
                                .batch_first(options.batch_first()));
}

template <class Options> LayerNorm normOf(const Options &options) {
  return LayerNorm(LayerNormOptions({options.d_model()}).eps(options.layer_norm_eps()));
}

/// The two linear maps of a layer.
template <class Layer> Tensor feedForward(Layer &layer, const Tensor &x) {
  return layer.linear2(layer.dropout(activate(layer.options.activation(), layer.linear1(x))));
}

} // namespace

// ---- TransformerEncoderLayer

TransformerEncoderLayerImpl::TransformerEncoderLayerImpl(int64_t d_model, int64_t nhead)
    : TransformerEncoderLayerImpl(TransformerEncoderLayerOptions(d_model, nhead)) {}

TransformerEncoderLayerImpl::TransformerEncoderLayerImpl(TransformerEncoderLayerOptions options)
    : options(std::move(options)) {
  TransformerEncoderLayerImpl::reset();
}

void TransformerEncoderLayerImpl::reset() {
  detail::requirePositive("TransformerEncoderLayer", "dim_feedforward", options.dim_feedforward());
  self_attn = register_module("self_attn", attentionOf(options));
  linear1 = register_module("linear1", Linear(options.d_model(), options.dim_feedforward()));
  dropout = register_module("dropout", Dropout(options.dropout()));
  linear2 = register_module("linear2", Linear(options.dim_feedforward(), options.d_model()));
  norm1 = register_module("norm1", normOf(options));
  norm2 = register_module("norm2", normOf(options));
  dropout1 = register_module("dropout1", Dropout(options.dropout()));
  dropout2 = register_module("dropout2", Dropout(options.dropout()));
}

void TransformerEncoderLayerImpl::reset_parameters() {
  self_attn->_reset_parameters();
  linear1->reset_parameters();
  linear2->reset_parameters();
  norm1->reset_parameters();
  norm2->reset_parameters();
}

void TransformerEncoderLayerImpl::pretty_print(std::ostream &stream) const {
  stream << "nn::TransformerEncoderLayerImpl";
}

Tensor TransformerEncoderLayerImpl::forward(const Arg &src, const Tensor &src_mask,
                                            const Tensor &src_key_padding_mask) {
  ModuleScope scope(node());
  Tensor x = residual(*src, options.norm_first(), norm1, [&](const Tensor &y) {
    return dropout1(std::get<0>(self_attn->forward(Arg(y, src.where), Arg(y, src.where), Arg(y, src.where),
                                                   src_key_padding_mask, false, src_mask)));
  });
  return residual(x, options.norm_first(), norm2,
                  [&](const Tensor &y) { return dropout2(feedForward(*this, y)); });
}

// ---- TransformerDecoderLayer

TransformerDecoderLayerImpl::TransformerDecoderLayerImpl(int64_t d_model, int64_t nhead)
    : TransformerDecoderLayerImpl(TransformerDecoderLayerOptions(d_model, nhead)) {}

TransformerDecoderLayerImpl::TransformerDecoderLayerImpl(TransformerDecoderLayerOptions options)
    : options(std::move(options)) {
  TransformerDecoderLayerImpl::reset();
}

void TransformerDecoderLayerImpl::reset() {
  detail::requirePositive("TransformerDecoderLayer", "dim_feedforward", options.dim_feedforward());
  self_attn = register_module("self_attn", attentionOf(options));
  dropout1 = register_module("dropout1", Dropout(options.dropout()));
  norm1 = register_module("norm1", normOf(options));
  multihead_attn = register_module("multihead_attn", attentionOf(options));
  dropout2 = register_module("dropout2", Dropout(options.dropout()));
  norm2 = register_module("norm2", normOf(options));
  linear1 = register_module("linear1", Linear(options.d_model(), options.dim_feedforward()));
  dropout = register_module("dropout", Dropout(options.dropout()));
  linear2 = register_module("linear2", Linear(options.dim_feedforward(), options.d_model()));
  dropout3 = register_module("dropout3", Dropout(options.dropout()));
  norm3 = register_module("norm3", normOf(options));
}

void TransformerDecoderLayerImpl::reset_parameters() {
  self_attn->_reset_parameters();
  multihead_attn->_reset_parameters();
  linear1->reset_parameters();
  linear2->reset_parameters();
  norm1->reset_parameters();
  norm2->reset_parameters();
  norm3->reset_parameters();
}

void TransformerDecoderLayerImpl::pretty_print(std::ostream &stream) const {
  stream << "nn::TransformerDecoderLayerImpl";
}

Tensor TransformerDecoderLayerImpl::forward(const Arg &tgt, const Arg &memory, const Tensor &tgt_mask,
                                            const Tensor &memory_mask, const Tensor &tgt_key_padding_mask,
                                            const Tensor &memory_key_padding_mask) {
  ModuleScope scope(node());
  Tensor x = residual(*tgt, options.norm_first(), norm1, [&](const Tensor &y) {
    Arg query(y, tgt.where);
    return dropout1(
        std::get<0>(self_attn->forward(query, query, query, tgt_key_padding_mask, false, tgt_mask)));
  });
  x = residual(x, options.norm_first(), norm2, [&](const Tensor &y) {
    return dropout2(std::get<0>(multihead_attn->forward(Arg(y, tgt.where), memory, memory,
                                                        memory_key_padding_mask, false, memory_mask)));
  });
  return residual(x, options.norm_first(), norm3,
                  [&](const Tensor &y) { return dropout3(feedForward(*this, y)); });
}

} // namespace ingot::nn
