#include "tools/conformance/Programs.h"

namespace ingot::conformance {
namespace {

namespace F = nn::functional;

/// The loss of scores [..., classes] for each of as many targets.
Tensor lossOfAll(const Tensor &scores, const Tensor &targets) {
  return F::cross_entropy(scores.reshape({-1, scores.size(-1)}), targets.reshape(-1));
}

struct LSTMTagger final : ProgramModel {
  explicit LSTMTagger(const Json &o)
      : LSTMTagger(o.at("embedding_dim"), o.at("hidden_dim"), o.at("vocab_size"), o.at("tagset_size")) {}
  LSTMTagger(int64_t embedding, int64_t hidden, int64_t vocabulary, int64_t tags)
      : word_embeddings(vocabulary, embedding), lstm(embedding, hidden), hidden2tag(hidden, tags) {
    register_module("word_embeddings", word_embeddings);
    register_module("lstm", lstm);
    register_module("hidden2tag", hidden2tag);
  }
  TensorList forward(const TensorList &inputs) override {
    Tensor embeds = word_embeddings(inputs[0]);
    auto length = inputs[0].size(0);
    Tensor out = std::get<0>(lstm(embeds.view({length, 1, -1})));
    return {F::log_softmax(hidden2tag(out.view({length, -1})), 1)};
  }
  Tensor loss(const TensorList &outputs, const TensorList &inputs) override {
    return F::nll_loss(outputs[0], inputs[1]);
  }

  nn::Embedding word_embeddings;
  nn::LSTM lstm;
  nn::Linear hidden2tag;
};

struct GRULanguageModel final : ProgramModel {
  explicit GRULanguageModel(const Json &o)
      : GRULanguageModel(o.value("vocab", 19), o.value("embed", 8), o.value("hidden", 12),
                         o.value("layers", 2)) {}
  GRULanguageModel(int64_t vocabulary, int64_t size, int64_t hidden, int64_t layers)
      : embed(vocabulary, size), gru(nn::GRUOptions(size, hidden).num_layers(layers).batch_first(true)),
        out(hidden, vocabulary) {
    register_module("embed", embed);
    register_module("gru", gru);
    register_module("out", out);
  }
  TensorList forward(const TensorList &inputs) override { return {out(std::get<0>(gru(embed(inputs[0]))))}; }
  Tensor loss(const TensorList &outputs, const TensorList &inputs) override {
    return lossOfAll(outputs[0], inputs[1]);
  }

  nn::Embedding embed;
  nn::GRU gru;
  nn::Linear out;
};

struct Seq2Seq final : ProgramModel {
  explicit Seq2Seq(const Json &o)
      : embed(o.value("vocab", 17), o.value("d_model", 32)), transformer(optionsOf(o)),
        out(o.value("d_model", 32), o.value("vocab", 17)) {
    register_module("embed", embed);
    register_module("transformer", transformer);
    register_module("out", out);
  }
  static nn::TransformerOptions optionsOf(const Json &o) {
    int64_t layers = o.value("layers", 2);
    nn::TransformerOptions options(o.value("d_model", 32), o.value("nhead", 4), layers, layers);
    options.dim_feedforward(o.value("dim_feedforward", 48))
        .dropout(0)
        .norm_first(o.value("norm_first", false));
    if (o.value("activation", "relu") == "gelu")
      options.activation(kGELU);
    return options;
  }
  TensorList forward(const TensorList &inputs) override {
    Tensor mask = nn::TransformerImpl::generate_square_subsequent_mask(inputs[1].size(0));
    return {out(transformer->forward(embed(inputs[0]), embed(inputs[1]), {}, mask))};
  }
  Tensor loss(const TensorList &outputs, const TensorList &inputs) override {
    return lossOfAll(outputs[0], inputs[2]);
  }

  nn::Embedding embed;
  nn::Transformer transformer;
  nn::Linear out;
};

struct BertClassifier final : ProgramModel {
  explicit BertClassifier(const Json &o)
      : BertClassifier(o, o.value("vocab", 23), o.value("d_model", 16), o.value("classes", 3)) {}
  BertClassifier(const Json &o, int64_t vocabulary, int64_t size, int64_t classes)
      : token(vocabulary, size), position(o.value("max_len", 12), size),
        norm(nn::LayerNormOptions(std::vector<int64_t>{size})),
        encoder(nn::TransformerEncoderOptions(
            nn::TransformerEncoderLayer(nn::TransformerEncoderLayerOptions(size, o.value("nhead", 2))
                                            .dim_feedforward(o.value("dim_feedforward", 32))
                                            .dropout(0)
                                            .activation(kGELU)
                                            .batch_first(true)),
            o.value("layers", 2))),
        pooler(size, size), classifier(size, classes) {
    register_module("token", token);
    register_module("position", position);
    register_module("norm", norm);
    register_module("encoder", encoder);
    register_module("pooler", pooler);
    register_module("classifier", classifier);
  }
  TensorList forward(const TensorList &inputs) override {
    const Tensor &tokens = inputs[0], &padding = inputs[1];
    Tensor positions = arange(Scalar(tokens.size(1))).unsqueeze(0);
    Tensor x = norm(token(tokens) + position(positions));
    x = encoder->forward(x, /*src_mask=*/{}, padding);
    return {classifier(tanh(pooler(x.select(1, 0))))};
  }
  Tensor loss(const TensorList &outputs, const TensorList &inputs) override {
    return F::cross_entropy(outputs[0], inputs[2]);
  }

  nn::Embedding token, position;
  nn::LayerNorm norm;
  nn::TransformerEncoder encoder;
  nn::Linear pooler, classifier;
};

} // namespace

void addSequencePrograms(ProgramTable &table) {
#define PROGRAM(name, Model)                                                                                 \
  table[name] = [](const Json &options) { return std::make_shared<Model>(options); };
  PROGRAM("LSTMTagger", LSTMTagger)
  PROGRAM("GRULanguageModel", GRULanguageModel)
  PROGRAM("Transformer", Seq2Seq)
  PROGRAM("BertClassifier", BertClassifier)
#undef PROGRAM
}

} // namespace ingot::conformance
