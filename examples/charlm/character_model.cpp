// A small causal transformer over characters as an object file: its training step, its loss on other texts, and generation
// with a cache of keys and values. charlm.cpp is the application that links them.
#include <ingot/ingot.h>
using ingot::Tensor;
namespace nn = ingot::nn;
namespace F = ingot::nn::functional;

constexpr int64_t characters = 96, context = 128, features = 128, heads = 4, layers = 2;

struct BlockImpl : nn::Module {
  nn::LayerNorm norm1{nn::LayerNormOptions({features})}, norm2{nn::LayerNormOptions({features})};
  nn::Linear project{features, 3 * features}, join{features, features};
  nn::Linear widen{features, 4 * features}, narrow{4 * features, features};
  Tensor keys, values; ///< of the text so far: heads x context x features / heads

  BlockImpl() {
    register_module("norm1", norm1);
    register_module("norm2", norm2);
    register_module("project", project);
    register_module("join", join);
    register_module("widen", widen);
    register_module("narrow", narrow);
    keys = register_buffer("keys", ingot::zeros({heads, context, features / heads}));
    values = register_buffer("values", ingot::zeros({heads, context, features / heads}));
  }

  /// Queries, keys and values of x, ... x T x features: ... x heads x T x features / heads.
  std::vector<Tensor> split(const Tensor &x) {
    std::vector<Tensor> parts = project(norm1(x)).chunk(3, -1);
    for (Tensor &part : parts)
      part = part.unflatten(-1, {heads, features / heads}).transpose(-2, -3);
    return parts;
  }
  Tensor finish(Tensor x, const Tensor &attended) {
    x = x + join(attended.transpose(-2, -3).flatten(-2));
    return x + narrow(F::gelu(widen(norm2(x))));
  }

  /// x: B x T x features, whole texts.
  Tensor forward(const Tensor &x) {
    std::vector<Tensor> p = split(x);
    return finish(x, F::scaled_dot_product_attention(p[0], p[1], p[2], {}, 0, /*is_causal=*/true));
  }
  /// x: T x features, what follows `position` characters whose keys and values are kept.
  Tensor extend(const Tensor &x, const Tensor &position, const Tensor &mask) {
    std::vector<Tensor> p = split(x);
    keys.narrow(1, position, x.size(0)).copy_(p[1]);
    values.narrow(1, position, x.size(0)).copy_(p[2]);
    return finish(x, F::scaled_dot_product_attention(p[0], keys, values, mask));
  }
};
INGOT_MODULE(Block);

struct CharacterModelImpl : nn::Module {
  nn::Embedding embed{characters, features}, place{context, features};
  nn::ModuleList blocks;
  nn::LayerNorm norm{nn::LayerNormOptions({features})};
  nn::Linear head{features, characters};

  CharacterModelImpl() {
    register_module("embed", embed);
    register_module("place", place);
    for (int64_t i = 0; i < layers; ++i)
      blocks->push_back(Block());
    register_module("blocks", blocks);
    register_module("norm", norm);
    register_module("head", head);
    nn::init::normal_(embed->weight, 0, 0.02);
    nn::init::normal_(place->weight, 0, 0.02);
  }
  /// text: int64 B x T; returns the scores of the next characters, B x T x characters.
  Tensor forward(const Tensor &text) {
    Tensor x = embed(text) + place(ingot::arange(text.size(1)));
    for (const auto &block : *blocks)
      x = block->as<Block>()->forward(x);
    return head(norm(x));
  }
  /// text: int64 T, after `position` others; returns the scores of the character that comes next.
  Tensor extend(const Tensor &text, const Tensor &position) {
    Tensor places = ingot::arange(text.size(0)) + position;
    Tensor mask = ingot::arange(context) <= places.unsqueeze(1); // a character sees itself and those before
    Tensor x = embed(text) + place(places);
    for (const auto &block : *blocks)
      x = block->as<Block>()->extend(x, position, mask);
    return head(norm(x.narrow(0, text.size(0) - 1, 1))).flatten();
  }
};
INGOT_MODULE(CharacterModel);

int main(int argc, char **argv) {
  ingot::manual_seed(1);
  CharacterModel model;
  ingot::optim::AdamW optimizer(model->parameters(),
                                ingot::optim::AdamWOptions(/*lr=*/1e-3).weight_decay(0.01));
  auto lossOf = [&](const Tensor &text, const Tensor &next) {
    return F::cross_entropy(model->forward(text).flatten(0, 1), next.flatten());
  };

  ingot::Dim B("B"), T("T", 1, context);
  std::vector<ingot::TensorSpec> texts = {{"text", {B, T}, ingot::kInt64}, {"next", {B, T}, ingot::kInt64}};
  auto evaluate = ingot::trace("evaluate", lossOf, texts, {"loss"});
  texts.push_back({"lr", {}});
  auto train = ingot::trace("train_step",
                            [&](Tensor text, Tensor next, Tensor lr) {
                              optimizer.zero_grad();
                              Tensor loss = lossOf(text, next);
                              loss.backward();
                              optimizer.step(lr);
                              return loss;
                            },
                            texts, {"loss"});
  auto extend =
      ingot::trace("extend", [&](Tensor text, Tensor position) { return model->extend(text, position); },
                   {{"text", {T}, ingot::kInt64}, {"position", {}, ingot::kInt64}}, {"scores"});
  return ingot::export_main(argc, argv, "character_model", {train, evaluate, extend});
}
