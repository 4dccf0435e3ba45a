// Tables of vectors, looked up by index.
#pragma once
#include "ingot/core/Module.h"
#include "ingot/functional/Embedding.h"
#include "ingot/nn/containers/Any.h"
#include "ingot/nn/options/Embedding.h"

namespace ingot::nn {

/// input int64 [...] -> rows of the weight [num_embeddings, embedding_dim], [..., embedding_dim]. The weight begins
/// standard normal, the row of padding_idx as zeros.
class EmbeddingImpl : public Cloneable<EmbeddingImpl> {
public:
  EmbeddingImpl(int64_t num_embeddings, int64_t embedding_dim);
  explicit EmbeddingImpl(EmbeddingOptions options);
  void reset() override;
  void reset_parameters();
  void pretty_print(std::ostream &stream) const override;
  Tensor forward(const Arg &input);

  EmbeddingOptions options;
  Tensor weight;
};
class Embedding : public ModuleHolder<EmbeddingImpl> {
public:
  using ModuleHolder<EmbeddingImpl>::ModuleHolder;
  using Impl = EmbeddingImpl;
  /// A layer with these rows, which do not train unless `freeze` is false.
  static Embedding from_pretrained(const Tensor &embeddings,
                                   const EmbeddingFromPretrainedOptions &options = {});
};

/// The sum, mean or maximum of rows: input [bags, length], or a list with offsets -> [bags, embedding_dim].
class EmbeddingBagImpl : public Cloneable<EmbeddingBagImpl> {
public:
  EmbeddingBagImpl(int64_t num_embeddings, int64_t embedding_dim);
  explicit EmbeddingBagImpl(EmbeddingBagOptions options);
  void reset() override;
  void reset_parameters();
  void pretty_print(std::ostream &stream) const override;
  Tensor forward(const Arg &input, const Tensor &offsets = {}, const Tensor &per_sample_weights = {});
  INGOT_FORWARD_DEFAULTS({1, AnyValue(Tensor())}, {2, AnyValue(Tensor())})

  EmbeddingBagOptions options;
  Tensor weight;
};
class EmbeddingBag : public ModuleHolder<EmbeddingBagImpl> {
public:
  using ModuleHolder<EmbeddingBagImpl>::ModuleHolder;
  using Impl = EmbeddingBagImpl;
  static EmbeddingBag from_pretrained(const Tensor &embeddings,
                                      const EmbeddingBagFromPretrainedOptions &options = {});
};

} // namespace ingot::nn
