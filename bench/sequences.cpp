// The workloads W3 and W4, an LSTM tagger and transformers, as one export: running this program writes sequences.o, .h and
// .safetensors. Names and shapes are those that the peers run (bench/peers.py).
#include "bench/training.h"
using ingot::Tensor;
namespace nn = ingot::nn;
namespace F = ingot::nn::functional;

namespace {

struct TaggerImpl : nn::Module {
  nn::Embedding emb{10000, 128};
  nn::LSTM lstm{128, 256};
  nn::Linear out{256, 17};
  TaggerImpl() {
    register_module("emb", emb);
    register_module("lstm", lstm);
    register_module("out", out);
  }
  /// x: T x B.
  Tensor forward(Tensor x) { return F::log_softmax(out(std::get<0>(lstm(emb(x)))), -1); }
};
INGOT_MODULE(Tagger);

struct BlockImpl : nn::Module {
  int64_t heads;
  nn::LayerNorm ln1, ln2;
  nn::Linear qkv, proj, fc, out;
  BlockImpl(int64_t d, int64_t heads)
      : heads(heads), ln1(nn::LayerNormOptions({d})), ln2(nn::LayerNormOptions({d})), qkv(d, 3 * d),
        proj(d, d), fc(d, 4 * d), out(4 * d, d) {
    register_module("ln1", ln1);
    register_module("ln2", ln2);
    register_module("qkv", qkv);
    register_module("proj", proj);
    register_module("fc", fc);
    register_module("out", out);
  }
  Tensor forward(Tensor x) {
    auto B = x.size(0), T = x.size(1), C = x.size(2);
    std::vector<Tensor> parts = qkv(ln1(x)).chunk(3, 2);
    for (Tensor &part : parts)
      part = part.view({B, T, heads, C / heads}).transpose(1, 2);
    Tensor y = F::scaled_dot_product_attention(parts[0], parts[1], parts[2], {}, 0, /*is_causal=*/true);
    x = x + proj(y.transpose(1, 2).reshape({B, T, C}));
    return x + out(F::gelu(fc(ln2(x))));
  }
};
INGOT_MODULE(Block);

struct GptImpl : nn::Module {
  nn::Embedding tok{5000, 256}, pos{128, 256};
  nn::ModuleList blocks;
  nn::LayerNorm ln{nn::LayerNormOptions({256})};
  nn::Linear head{nn::LinearOptions(256, 5000).bias(false)};
  GptImpl() {
    register_module("tok", tok);
    register_module("pos", pos);
    for (int64_t i = 0; i < 4; ++i)
      blocks->push_back(Block(256, 8));
    register_module("blocks", blocks);
    register_module("ln", ln);
    register_module("head", head);
  }
  Tensor forward(Tensor x) {
    Tensor y = tok(x) + pos(ingot::arange(x.size(1)));
    for (const auto &block : *blocks)
      y = block->as<Block>()->forward(y);
    return head(ln(y));
  }
};
INGOT_MODULE(Gpt);

nn::TransformerEncoderLayer encoder(int64_t features, int64_t heads, int64_t feedforward) {
  return nn::TransformerEncoderLayer(nn::TransformerEncoderLayerOptions(features, heads)
                                         .dim_feedforward(feedforward)
                                         .dropout(0)
                                         .activation(ingot::kGELU)
                                         .batch_first(true));
}

/// All workloads under one root, so that each state has a name of its own. What is trained is not what inference reads.
struct SequencesImpl : nn::Module {
  Tagger tagger, taggerAdam;
  nn::TransformerEncoderLayer large = encoder(768, 12, 3072), small = encoder(128, 4, 512);
  Gpt gpt;
  SequencesImpl() {
    register_module("tagger", tagger);
    register_module("tagger_adam", taggerAdam);
    register_module("encoder_768", large);
    register_module("encoder_128", small);
    register_module("gpt", gpt);
  }
};
INGOT_MODULE(Sequences);

} // namespace

int main(int argc, char **argv) {
  Sequences all;
  all->large->eval();
  all->small->eval();
  using namespace ingot::optim;
  Adam taggerAdam(all->taggerAdam->parameters(), AdamOptions(1e-3));
  AdamW gptAdam(all->gpt->parameters(), AdamWOptions(1e-3));
  auto flat = [](Tensor scores) { return scores.reshape({-1, scores.size(-1)}); };
  ingot::Dim B("B"), T("T");
  return ingot::export_main(
      argc, argv, "sequences",
      {
          ingot::trace("tagger", [&](Tensor x) { return all->tagger(x); }, {{"x", {T, B}, ingot::kInt64}}),
          training_step("tagger_train_adam",
                        [&](Tensor x, Tensor label) {
                          return F::nll_loss(flat(all->taggerAdam(x)), label.reshape({-1}));
                        },
                        taggerAdam, {{"x", {32, 16}, ingot::kInt64}, {"label", {32, 16}, ingot::kInt64}}),
          ingot::trace("encoder_768", [&](Tensor x) { return all->large(x); }, {{"x", {1, 128, 768}}}),
          ingot::trace("encoder_128", [&](Tensor x) { return all->small(x); }, {{"x", {1, 32, 128}}}),
          training_step("gpt_train_adamw",
                        [&](Tensor x, Tensor label) {
                          return F::cross_entropy(flat(all->gpt(x)), label.reshape({-1}));
                        },
                        gptAdam, {{"x", {8, 128}, ingot::kInt64}, {"label", {8, 128}, ingot::kInt64}}),
      });
}
