// The LSTM tagger of PyTorch's tutorial: letters.cpp and words.cpp export it, for as many tokens and tags as their tasks
// need.
#pragma once
#include <ingot/ingot.h>
using ingot::Tensor;
namespace nn = ingot::nn;
namespace F = ingot::nn::functional;

struct LSTMTaggerImpl : nn::Module {
  nn::Embedding word_embeddings;
  nn::LSTM lstm;
  nn::Linear hidden2tag;

  LSTMTaggerImpl(int64_t embedding_dim, int64_t hidden_dim, int64_t vocab_size, int64_t tagset_size)
      : word_embeddings(vocab_size, embedding_dim), lstm(embedding_dim, hidden_dim),
        hidden2tag(hidden_dim, tagset_size) {
    register_module("word_embeddings", word_embeddings);
    register_module("lstm", lstm);
    register_module("hidden2tag", hidden2tag);
  }
  /// sentence: int64 T; returns the logarithms of probabilities, T x tagset_size.
  Tensor forward(const Tensor &sentence) {
    ingot::Size len = sentence.size(0);
    Tensor embeds = word_embeddings(sentence);
    auto [lstm_out, state] = lstm(embeds.view({len, 1, -1}));
    Tensor tag_space = hidden2tag(lstm_out.view({len, -1}));
    return F::log_softmax(tag_space, 1);
  }
};
INGOT_MODULE(LSTMTagger);

/// Exports two functions of one state, for sentences of any length: `tag`, and `train_step`, one of SGD. A tag of -100
/// is not asked for.
inline int export_tagger(int argc, char **argv, const std::string &name, LSTMTagger model) {
  ingot::optim::SGD optimizer(model->parameters(), ingot::optim::SGDOptions(/*lr=*/0.1));
  ingot::Dim T("T", 1, 4096);
  auto tag = ingot::trace("tag", [&](Tensor sentence) { return model->forward(sentence); },
                          {{"sentence", {T}, ingot::kInt64}}, {"scores"});
  auto train =
      ingot::trace("train_step",
                   [&](Tensor sentence, Tensor tags, Tensor lr) {
                     optimizer.zero_grad();
                     Tensor loss = F::nll_loss(model->forward(sentence), tags);
                     loss.backward();
                     nn::utils::clip_grad_norm_(model->parameters(), 1); // one sentence may be an odd one
                     optimizer.step(lr);
                     return loss;
                   },
                   {{"sentence", {T}, ingot::kInt64}, {"tags", {T}, ingot::kInt64}, {"lr", {}}}, {"loss"});
  return ingot::export_main(argc, argv, name, {tag, train});
}
