#include "frontend/nn/Embedding.h"
#include "frontend/core/GradMode.h"
#include "frontend/functional/factories.h"
#include "frontend/nn/Init.h"
#include "frontend/nn/Layer.h"

namespace F = ingot::nn::functional;

namespace ingot::nn {
using ingot::detail::ModuleScope;

namespace {

/// The checked parameter of a table; its padding row counted from the front.
template <class Options> Tensor tableOf(const std::string &layer, Options &options) {
  detail::requirePositive(layer, "num_embeddings", options.num_embeddings());
  detail::requirePositive(layer, "embedding_dim", options.embedding_dim());
  int64_t rows = options.num_embeddings();
  if (std::optional<int64_t> &padding = options.padding_idx()) {
    if (*padding < -rows || *padding >= rows)
      detail::refuse(layer, "padding_idx must be within the " + std::to_string(rows) + " rows",
                     std::to_string(*padding));
    if (*padding < 0)
      *padding += rows;
  }
  const Tensor &given = options._weight();
  if (!given.defined())
    return empty({rows, options.embedding_dim()});
  if (given.sizes() != Shape{rows, options.embedding_dim()})
    detail::refuse(layer, "_weight must be [num_embeddings, embedding_dim]", given.sizes().str());
  return given;
}

void beginRandom(const Tensor &weight, const std::optional<int64_t> &padding) {
  init::normal_(weight);
  AutoGradMode guard(false);
  if (padding)
    weight.select(0, *padding).zero_();
}

/// What both layers print after the sizes of their table.
template <class Options> void printLookup(std::ostream &stream, const Options &options) {
  if (options.max_norm())
    stream << ", max_norm=" << *options.max_norm();
  if (options.norm_type() != 2)
    stream << ", norm_type=" << options.norm_type();
  if (options.scale_grad_by_freq())
    stream << ", scale_grad_by_freq=true";
  if (options.sparse())
    stream << ", sparse=true";
}

void checkTable(const std::string &layer, const Tensor &embeddings) {
  if (!embeddings.defined() || embeddings.dim() != 2)
    detail::refuse(layer + "::from_pretrained", "embeddings must be [rows, size]",
                   embeddings.defined() ? embeddings.sizes().str() : "an undefined tensor");
}

} // namespace

// ---- Embedding

EmbeddingImpl::EmbeddingImpl(int64_t num_embeddings, int64_t embedding_dim)
    : EmbeddingImpl(EmbeddingOptions(num_embeddings, embedding_dim)) {}

EmbeddingImpl::EmbeddingImpl(EmbeddingOptions options) : options(std::move(options)) {
  EmbeddingImpl::reset();
}

void EmbeddingImpl::reset() {
  weight = register_parameter("weight", tableOf("Embedding", options));
  if (!options._weight().defined())
    reset_parameters();
}

void EmbeddingImpl::reset_parameters() { beginRandom(weight, options.padding_idx()); }

void EmbeddingImpl::pretty_print(std::ostream &stream) const {
  stream << "nn::Embedding(num_embeddings=" << options.num_embeddings()
         << ", embedding_dim=" << options.embedding_dim();
  if (options.padding_idx())
    stream << ", padding_idx=" << *options.padding_idx();
  printLookup(stream, options);
  stream << ")";
}

Tensor EmbeddingImpl::forward(const Arg &input) {
  ModuleScope scope(node());
  return F::embedding(input, weight,
                      F::EmbeddingFuncOptions()
                          .padding_idx(options.padding_idx())
                          .max_norm(options.max_norm())
                          .norm_type(options.norm_type())
                          .scale_grad_by_freq(options.scale_grad_by_freq())
                          .sparse(options.sparse()));
}

Embedding Embedding::from_pretrained(const Tensor &embeddings,
                                     const EmbeddingFromPretrainedOptions &options) {
  checkTable("Embedding", embeddings);
  Embedding layer(EmbeddingOptions(embeddings.size(0), embeddings.size(1))
                      ._weight(embeddings)
                      .padding_idx(options.padding_idx())
                      .max_norm(options.max_norm())
                      .norm_type(options.norm_type())
                      .scale_grad_by_freq(options.scale_grad_by_freq())
                      .sparse(options.sparse()));
  layer->weight.set_requires_grad(!options.freeze());
  return layer;
}

// ---- EmbeddingBag

EmbeddingBagImpl::EmbeddingBagImpl(int64_t num_embeddings, int64_t embedding_dim)
    : EmbeddingBagImpl(EmbeddingBagOptions(num_embeddings, embedding_dim)) {}

EmbeddingBagImpl::EmbeddingBagImpl(EmbeddingBagOptions options) : options(std::move(options)) {
  EmbeddingBagImpl::reset();
}

void EmbeddingBagImpl::reset() {
  weight = register_parameter("weight", tableOf("EmbeddingBag", options));
  if (!options._weight().defined())
    reset_parameters();
}

void EmbeddingBagImpl::reset_parameters() { beginRandom(weight, options.padding_idx()); }

void EmbeddingBagImpl::pretty_print(std::ostream &stream) const {
  stream << "nn::EmbeddingBag(num_embeddings=" << options.num_embeddings()
         << ", embedding_dim=" << options.embedding_dim();
  printLookup(stream, options);
  if (!std::holds_alternative<enumtype::kMean>(options.mode()))
    stream << ", mode=" << enumtype::get_enum_name(options.mode());
  if (options.include_last_offset())
    stream << ", include_last_offset=true";
  if (options.padding_idx())
    stream << ", padding_idx=" << *options.padding_idx();
  stream << ")";
}

Tensor EmbeddingBagImpl::forward(const Arg &input, const Tensor &offsets, const Tensor &per_sample_weights) {
  ModuleScope scope(node());
  return F::embedding_bag(input, weight,
                          F::EmbeddingBagFuncOptions()
                              .offsets(offsets)
                              .max_norm(options.max_norm())
                              .norm_type(options.norm_type())
                              .scale_grad_by_freq(options.scale_grad_by_freq())
                              .mode(options.mode())
                              .sparse(options.sparse())
                              .per_sample_weights(per_sample_weights)
                              .include_last_offset(options.include_last_offset())
                              .padding_idx(options.padding_idx()));
}

EmbeddingBag EmbeddingBag::from_pretrained(const Tensor &embeddings,
                                           const EmbeddingBagFromPretrainedOptions &options) {
  checkTable("EmbeddingBag", embeddings);
  EmbeddingBag layer(EmbeddingBagOptions(embeddings.size(0), embeddings.size(1))
                         ._weight(embeddings)
                         .max_norm(options.max_norm())
                         .norm_type(options.norm_type())
                         .scale_grad_by_freq(options.scale_grad_by_freq())
                         .mode(options.mode())
                         .sparse(options.sparse())
                         .include_last_offset(options.include_last_offset())
                         .padding_idx(options.padding_idx()));
  layer->weight.set_requires_grad(!options.freeze());
  return layer;
}

} // namespace ingot::nn
