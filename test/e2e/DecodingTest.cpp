// A causal transformer that reads a text piece by piece, with a cache of keys and values as its state, gives the scores that
// it gives for the whole text.
#include "ingot/ingot.h"
#include "tools/conformance/ExportedProgram.h"
#include <gtest/gtest.h>

namespace nn = ingot::nn;
namespace F = ingot::nn::functional;
using ingot::Tensor;
using ingot::conformance::ExportedProgram;

namespace {

constexpr int64_t vocabulary = 11, context = 16, features = 8, heads = 2;

struct LayerImpl : nn::Module {
  explicit LayerImpl(const std::string &name)
      : keys(name + "_keys", ingot::zeros({heads, context, features / heads})),
        values(name + "_values", ingot::zeros({heads, context, features / heads})) {
    register_module("norm", norm);
    register_module("project", project);
    register_module("join", join);
  }
  std::vector<Tensor> split(const Tensor &x) {
    std::vector<Tensor> parts = project(norm(x)).chunk(3, -1);
    for (Tensor &part : parts)
      part = part.unflatten(-1, {heads, features / heads}).transpose(0, 1);
    return parts;
  }
  Tensor finish(const Tensor &x, const Tensor &y) { return x + join(y.transpose(0, 1).flatten(1)); }

  Tensor forward(const Tensor &x) {
    std::vector<Tensor> p = split(x);
    return finish(x, F::scaled_dot_product_attention(p[0], p[1], p[2], {}, 0, /*is_causal=*/true));
  }
  /// x follows `position` rows whose keys and values are kept.
  Tensor extend(const Tensor &x, const Tensor &position) {
    std::vector<Tensor> p = split(x);
    keys->narrow(1, position, x.size(0)).copy_(p[1]);
    values->narrow(1, position, x.size(0)).copy_(p[2]);
    Tensor mask = ingot::arange(context) <= (ingot::arange(x.size(0)) + position).unsqueeze(1);
    return finish(x, F::scaled_dot_product_attention(p[0], *keys, *values, mask));
  }

  nn::LayerNorm norm{nn::LayerNormOptions({features})};
  nn::Linear project{features, 3 * features}, join{features, features};
  ingot::State keys, values;
};
INGOT_MODULE(Layer);

struct DecoderImpl : nn::Module {
  DecoderImpl() {
    register_module("embed", embed);
    register_module("first", first);
    register_module("second", second);
    register_module("head", head);
  }
  Tensor forward(const Tensor &text) { return head(second(first(embed(text)))); }
  Tensor extend(const Tensor &text, const Tensor &position) {
    return head(second->extend(first->extend(embed(text), position), position));
  }

  nn::Embedding embed{vocabulary, features};
  Layer first{"first"}, second{"second"};
  nn::Linear head{features, vocabulary};
};
INGOT_MODULE(Decoder);

class Decoding : public testing::Test {
protected:
  Decoding() {
    ingot::manual_seed(1);
    model = Decoder();
    ingot::Dim T("T", 0, context);
    program.emplace(ingot::trace("run", [&](Tensor text, Tensor at) { return model->extend(text, at); },
                                 {{"text", {T}, ingot::kInt64}, {"position", {}, ingot::kInt64}}));
  }

  /// The scores of `length` tokens of the text, which follow `position` others.
  Tensor extend(const Tensor &text, int64_t position, int64_t length) {
    Tensor piece = text.slice(0, position, position + length);
    return run(piece, position);
  }
  Tensor run(const Tensor &tokens, int64_t position) {
    int64_t length = tokens.size(0);
    return (*program)({tokens.contiguous(), ingot::tensor(position, ingot::kInt64)}, {length},
                      {{length, vocabulary}})[0];
  }
  std::string failureOf(int64_t length, int64_t position) {
    try {
      run(ingot::zeros({length}, ingot::kInt64), position);
      return "none";
    } catch (const std::runtime_error &error) {
      return error.what();
    }
  }

  Decoder model = nullptr;
  std::optional<ExportedProgram> program;
};

void expectClose(const Tensor &got, const Tensor &expected) {
  EXPECT_EQ(got.sizes(), expected.sizes());
  EXPECT_TRUE(got.allclose(expected, 1e-4, 1e-5)) << got << " instead of " << expected;
}

} // namespace

TEST_F(Decoding, OneByOneIsLikeAllAtOnce) {
  Tensor text = ingot::randint(vocabulary, {context}, ingot::kInt64);
  for (int64_t length : {1, 2, 7, int(context)}) { // whatever the cache holds of the text before
    Tensor all = model->forward(text.slice(0, 0, length));
    for (int64_t i = 0; i < length; ++i)
      expectClose(extend(text, i, 1), all.slice(0, i, i + 1));
  }
}

TEST_F(Decoding, PiecesOfAnyLengthAreLikeAllAtOnce) {
  Tensor text = ingot::randint(vocabulary, {context}, ingot::kInt64), all = model->forward(text);
  for (const std::vector<int64_t> &lengths :
       {std::vector<int64_t>{context}, {5, 1, 0, 10}, {1, 2, 3, 4, 6}, {context - 1, 1}}) {
    int64_t position = 0;
    for (int64_t length : lengths) {
      expectClose(extend(text, position, length), all.slice(0, position, position + length));
      position += length;
    }
  }
}

/// What does not fit is refused before anything is written: the text goes on as if nothing had been tried.
TEST_F(Decoding, RefusesWhatDoesNotFit) {
  Tensor text = ingot::randint(vocabulary, {context}, ingot::kInt64), all = model->forward(text);
  expectClose(extend(text, 0, 10), all.slice(0, 0, 10));
  for (auto [length, position] :
       {std::pair<int64_t, int64_t>(1, context), {7, 10}, {context, 1}, {1, int64_t(1) << 40}}) {
    std::string message = failureOf(length, position);
    EXPECT_NE(message.find("a position of copy_"), std::string::npos) << message;
    EXPECT_NE(message.find("DecodingTest.cpp"), std::string::npos) << message;
    EXPECT_NE(message.find("got " + std::to_string(position)), std::string::npos) << message;
  }
  expectClose(extend(text, 10, 6), all.slice(0, 10, context));
}
