#include "frontend/nn/Transformer.h"
#include "frontend/core/Value.h"
#include "frontend/functional/factories.h"
#include "frontend/functional/ops.h"
#include "frontend/nn/Init.h"
#include "frontend/nn/Layer.h"
#include <limits>

namespace ingot::nn {
using ingot::detail::ModuleScope;

namespace {

/// The options of a layer from those of the whole.
template <class LayerOptions> LayerOptions layerOptions(const TransformerOptions &options) {
  return LayerOptions(options.d_model(), options.nhead())
      .dim_feedforward(options.dim_feedforward())
      .dropout(options.dropout())
      .activation(options.activation())
      .norm_first(options.norm_first())
      .batch_first(options.batch_first())
      .layer_norm_eps(options.layer_norm_eps());
}

template <class Coder, class CoderOptions, class LayerOptions>
AnyModule coderOf(const TransformerOptions &options, int64_t layers) {
  LayerNorm norm(LayerNormOptions({options.d_model()}).eps(options.layer_norm_eps()));
  return AnyModule(Coder(CoderOptions(layerOptions<LayerOptions>(options), layers).norm(AnyModule(norm))));
}

void checkSequences(const TransformerOptions &options, const Arg &src, const Arg &tgt) {
  ingot::detail::Site site{"Transformer", src.where};
  ingot::detail::typeOf(site, *src), ingot::detail::typeOf(site, *tgt);
  auto refuse = [&](const std::string &required) {
    ingot::detail::fail(site.op, site.where, required,
                        "src " + ingot::detail::describe(*src) + ", tgt " + ingot::detail::describe(*tgt));
  };
  int64_t rank = src->dim();
  if ((rank != 3 && rank != 2) || tgt->dim() != rank)
    refuse("src and tgt must have 3 dimensions, or 2 without a batch");
  int64_t batch = options.batch_first() ? 0 : 1;
  if (rank == 3 && Shape(src->size(batch)) != Shape(tgt->size(batch)))
    refuse("src and tgt must have the same batch size");
  for (const Arg *x : {&src, &tgt})
    if (Shape((*x)->size(-1)) != Shape(options.d_model()))
      refuse("the last size of src and tgt must be d_model, " + std::to_string(options.d_model()));
}

} // namespace

TransformerImpl::TransformerImpl(TransformerOptions options) : options(std::move(options)) {
  TransformerImpl::reset();
}

TransformerImpl::TransformerImpl(int64_t d_model, int64_t nhead)
    : TransformerImpl(TransformerOptions(d_model, nhead)) {}

// A given encoder or decoder is the module itself; a copy of the transformer gets a copy of it.
void TransformerImpl::reset() {
  auto given = [](const AnyModule &custom, const AnyModule &before) {
    return before.is_empty() ? custom : custom.clone();
  };
  encoder = options.custom_encoder().is_empty()
                ? coderOf<TransformerEncoder, TransformerEncoderOptions, TransformerEncoderLayerOptions>(
                      options, options.num_encoder_layers())
                : given(options.custom_encoder(), encoder);
  register_module("encoder", encoder.ptr());
  decoder = options.custom_decoder().is_empty()
                ? coderOf<TransformerDecoder, TransformerDecoderOptions, TransformerDecoderLayerOptions>(
                      options, options.num_decoder_layers())
                : given(options.custom_decoder(), decoder);
  register_module("decoder", decoder.ptr());
  reset_parameters();
}

void TransformerImpl::reset_parameters() {
  for (const Tensor &parameter : parameters())
    if (parameter.dim() > 1)
      init::xavier_uniform_(parameter);
}

void TransformerImpl::pretty_print(std::ostream &stream) const { stream << "nn::TransformerImpl"; }

Tensor TransformerImpl::forward(const Arg &src, const Arg &tgt, const Tensor &src_mask,
                                const Tensor &tgt_mask, const Tensor &memory_mask,
                                const Tensor &src_key_padding_mask, const Tensor &tgt_key_padding_mask,
                                const Tensor &memory_key_padding_mask) {
  ModuleScope scope(node());
  checkSequences(options, src, tgt);
  auto call = [](AnyModule &coder, const Where &at, const auto &...tensors) {
    return coder.forwardAny({AnyValue(tensors)...}, at).template get<Tensor>();
  };
  Tensor memory = call(encoder, src.where, *src, src_mask, src_key_padding_mask);
  return call(decoder, src.where, *tgt, memory, tgt_mask, memory_mask, tgt_key_padding_mask,
              memory_key_padding_mask);
}

Tensor TransformerImpl::generate_square_subsequent_mask(const Size &size) {
  double hidden = -std::numeric_limits<double>::infinity();
  return full({size, size}, Scalar::constant(hidden)).triu(1);
}

} // namespace ingot::nn
