// Attention and transformers: what the function computes, options of the layers, their names and texts, errors.
#include "test/frontend/nn/Expect.h"

namespace nn = ingot::nn;
namespace F = ingot::nn::functional;
using ingot::Shape;
using ingot::Tensor;
using namespace ingot::test;

namespace {

/// What attention is, written out; `keep` of bool.
Tensor reference(const Tensor &q, const Tensor &k, const Tensor &v, const Tensor &keep = {}) {
  Tensor scores = q.matmul(k.transpose(-2, -1)) / std::sqrt(double(int64_t(q.size(-1))));
  if (keep.defined())
    scores = scores.masked_fill(~keep, -INFINITY);
  return scores.softmax(-1).matmul(v);
}

void expectSame(const Tensor &got, const Tensor &expected, float tolerance = 1e-5f) {
  expectTensor(got, expected.sizes().vec(), elements(expected), tolerance);
}

Tensor causal(int64_t queries, int64_t keys) { return ingot::ones({queries, keys}).tril() == 1; }

bool contains(const std::string &text, const std::string &part) {
  return text.find(part) != std::string::npos;
}

} // namespace

//===--- scaled_dot_product_attention -----------------------------------------------------------------------===//

TEST(Attention, Computes) {
  ingot::manual_seed(1);
  Tensor q = ingot::randn({2, 3, 5, 4}), k = ingot::randn({2, 3, 7, 4}), v = ingot::randn({2, 3, 7, 6});
  expectSame(F::scaled_dot_product_attention(q, k, v), reference(q, k, v));
  expectSame(F::scaled_dot_product_attention(q, k, v, {}, 0, true), reference(q, k, v, causal(5, 7)));
  expectSame(F::scaled_dot_product_attention(q, k, v, {}, 0, false, 0.5), reference(q, k, v), 10);
  expectSame(F::scaled_dot_product_attention(q[0][0], k[0][0], v[0][0]), reference(q, k, v)[0][0]);
}

TEST(Attention, Masks) {
  ingot::manual_seed(2);
  Tensor q = ingot::randn({2, 3, 5, 4}), k = ingot::randn({2, 3, 7, 4}), v = ingot::randn({2, 3, 7, 4});
  Tensor keep = ingot::randn({2, 1, 5, 7}) > -0.5;
  keep.select(-1, 0).fill_(true);
  Tensor added = ingot::zeros({2, 1, 5, 7}).masked_fill(~keep, -INFINITY);
  expectSame(F::scaled_dot_product_attention(q, k, v, keep), reference(q, k, v, keep));
  expectSame(F::scaled_dot_product_attention(q, k, v, added), reference(q, k, v, keep));
  Tensor padding = keep.select(0, 0).select(1, 0); // of keys, without the other dimensions
  expectSame(F::scaled_dot_product_attention(q, k, v, padding), reference(q, k, v, padding));
}

TEST(Attention, QueriesThatSeeNothingGiveZeros) {
  Tensor x = ingot::randn({3, 2}).requires_grad_(true), keep = causal(3, 3).slice(0, 0, 3).clone();
  keep[1].fill_(false);
  Tensor y = F::scaled_dot_product_attention(x, x, x, keep);
  expectTensor(y[1], {2}, {0, 0});
  y.sum().backward();
  for (float element : elements(x.grad()))
    EXPECT_FALSE(std::isnan(element));
  Tensor none = ingot::ones({0, 2});
  expectTensor(F::scaled_dot_product_attention(x, none, none), {3, 2}, {0, 0, 0, 0, 0, 0});
  EXPECT_EQ(F::scaled_dot_product_attention(none, x, x).sizes().vec(), (std::vector<int64_t>{0, 2}));
}

TEST(Attention, HeadsAndBatchesAreShared) {
  ingot::manual_seed(3);
  Tensor q = ingot::randn({2, 4, 3, 2}), k = ingot::randn({2, 2, 5, 2}), v = ingot::randn({2, 2, 5, 2});
  Tensor y = F::scaled_dot_product_attention(q, k, v, {}, 0, false, std::nullopt, /*enable_gqa=*/true);
  expectSame(y, reference(q, k.repeat_interleave(2, 1), v.repeat_interleave(2, 1)));
  Tensor single = k.select(1, 0).unsqueeze(1);
  expectSame(F::scaled_dot_product_attention(q, single, single),
             reference(q, single.expand({2, 4, 5, 2}), single.expand({2, 4, 5, 2})));
}

TEST(Attention, DropsWeights) {
  ingot::manual_seed(4);
  Tensor q = ingot::zeros({1, 64, 4}), v = ingot::ones({1, 64, 1});
  auto dropped = [&](double p) { return F::scaled_dot_product_attention(q, q, v, {}, p); };
  expectTensor(dropped(1).sum(), {}, {0});
  Tensor y = dropped(0.5);
  EXPECT_NEAR(y.mean().item<float>(), 1, 0.1); // the rest is scaled
  EXPECT_GT(y.std().item<float>(), 0.01);
}

TEST(Attention, Errors) {
  Tensor q = ingot::ones({2, 3, 4});
  auto sdpa = [&](const Tensor &q, const Tensor &k, const Tensor &v, const Tensor &mask = {}, double p = 0,
                  bool causal = false, bool shared = false) {
    return errorOf([&] { F::scaled_dot_product_attention(q, k, v, mask, p, causal, {}, shared); });
  };
  EXPECT_EQ(
      sdpa(q, ingot::ones({2, 3, 5}), q),
      "scaled_dot_product_attention: query [..., S, E] and key [..., L, E] must have the same last size, got "
      "query float32[2, 3, 4], key float32[2, 3, 5], value float32[2, 3, 4]");
  EXPECT_TRUE(contains(sdpa(q, q, ingot::ones({2, 2, 4})), "must have the same length"));
  EXPECT_TRUE(contains(sdpa(q, ingot::ones({4}), q), "must have at least 2 dimensions"));
  EXPECT_TRUE(contains(sdpa(q, q.to(ingot::kFloat64), q), "one floating-point element type"));
  EXPECT_TRUE(
      contains(sdpa(q, q, q, ingot::ones({3, 4}) == 1),
               "attn_mask must have the sizes of the scores, [2, 3, 3], or sizes that are repeated to "
               "them, got bool[3, 4]"));
  EXPECT_TRUE(
      contains(sdpa(q, q, q, ingot::ones({3, 3}, ingot::kInt64)),
               "attn_mask must be of bool, or of the element type of query, float32, got int64[3, 3]"));
  EXPECT_TRUE(contains(sdpa(q, q, q, causal(3, 3), 0, true), "no attn_mask where is_causal is set"));
  EXPECT_TRUE(contains(sdpa(q, q, q, {}, 1.5), "dropout_p must be a probability, within [0, 1], got 1.5"));
  EXPECT_TRUE(contains(sdpa(q, ingot::ones({5, 3, 4}), q), "got"));
  Tensor heads = ingot::ones({1, 3, 2, 4}), two = ingot::ones({1, 2, 2, 4});
  EXPECT_TRUE(contains(sdpa(heads, two, two, {}, 0, false, true),
                       "the heads of query must be a multiple of those of key and value"));
}

//===--- MultiheadAttention ---------------------------------------------------------------------------------===//

TEST(MultiheadAttention, HasPyTorchsNamesAndText) {
  auto names = [](const nn::MultiheadAttention &layer) {
    std::string text;
    for (const auto &item : layer->named_parameters())
      text += item.key() + " " + item.value().sizes().str() + "\n";
    return text;
  };
  EXPECT_EQ(names(nn::MultiheadAttention(4, 2)), "in_proj_weight [12, 4]\nin_proj_bias [12]\n"
                                                 "out_proj.weight [4, 4]\nout_proj.bias [4]\n");
  nn::MultiheadAttention all(
      nn::MultiheadAttentionOptions(4, 2).bias(false).add_bias_kv(true).kdim(3).vdim(5));
  EXPECT_EQ(names(all), "q_proj_weight [4, 4]\nk_proj_weight [4, 3]\nv_proj_weight [4, 5]\n"
                        "bias_k [1, 1, 4]\nbias_v [1, 1, 4]\nout_proj.weight [4, 4]\n");
  EXPECT_EQ(textOf(all), "nn::MultiheadAttentionImpl(\n"
                         "  (out_proj): nn::Linear(in_features=4, out_features=4, bias=false)\n)");
}

TEST(MultiheadAttention, IsTheSameForAnyOrderOfDimensions) {
  ingot::manual_seed(5);
  nn::MultiheadAttention layer(4, 2);
  nn::MultiheadAttention batchFirst(nn::MultiheadAttentionOptions(4, 2).batch_first(true));
  for (const auto &item : layer->named_parameters())
    batchFirst->named_parameters()[item.key()].set_data(item.value());
  Tensor x = ingot::randn({3, 2, 4}), memory = ingot::randn({5, 2, 4});
  auto [y, weights] = layer(x, memory, memory);
  EXPECT_EQ(weights.sizes().vec(), (std::vector<int64_t>{2, 3, 5}));
  auto [z, others] = batchFirst(x.transpose(0, 1), memory.transpose(0, 1), memory.transpose(0, 1));
  expectSame(z.transpose(0, 1), y);
  expectSame(others, weights);
  auto [single, row] = layer(x.select(1, 0), memory.select(1, 0), memory.select(1, 0));
  expectSame(single, y.select(1, 0));
  expectSame(row, weights[0]);
}

TEST(MultiheadAttention, WeightsAreOptional) {
  ingot::manual_seed(6);
  nn::MultiheadAttention layer(4, 2);
  Tensor x = ingot::randn({3, 2, 4}), mask = ~causal(3, 3), padding = ingot::zeros({2, 3}) == 1;
  padding[1][2].fill_(true);
  auto [y, weights] = layer(x, x, x, padding, true, mask);
  auto [z, none] = layer(x, x, x, padding, false, mask);
  EXPECT_FALSE(none.defined());
  expectSame(z, y);
  auto heads = std::get<1>(layer(x, x, x, padding, true, mask, /*average_attn_weights=*/false));
  EXPECT_EQ(heads.sizes().vec(), (std::vector<int64_t>{2, 2, 3, 3}));
  expectSame(heads.mean({1}), weights);
  Tensor perHead = mask.unsqueeze(0).expand({4, 3, 3});
  expectSame(std::get<0>(layer(x, x, x, padding, false, perHead)), y);
}

TEST(MultiheadAttention, AddsKeys) {
  ingot::manual_seed(7);
  nn::MultiheadAttention layer(nn::MultiheadAttentionOptions(4, 2).add_bias_kv(true).add_zero_attn(true));
  Tensor x = ingot::randn({3, 2, 4}), mask = ~causal(3, 3);
  auto [y, weights] = layer(x, x, x, Tensor(), true, mask);
  EXPECT_EQ(weights.sizes().vec(), (std::vector<int64_t>{2, 3, 5}));
  expectSame(std::get<0>(layer(x, x, x, Tensor(), false, mask)), y);
  expectTensor(weights.select(1, 0).slice(1, 1, 3), {2, 2}, {0, 0, 0, 0}); // hidden; the added ones are not
}

TEST(MultiheadAttention, IsClonedWithItsValues) {
  nn::MultiheadAttention layer(4, 2);
  nn::MultiheadAttention copy(std::dynamic_pointer_cast<nn::MultiheadAttentionImpl>(layer->clone()));
  expectSame(copy->in_proj_weight, layer->in_proj_weight);
  EXPECT_FALSE(copy->in_proj_weight.is_same(layer->in_proj_weight));
  EXPECT_TRUE(copy->out_proj->weight.is_same(copy->named_parameters()["out_proj.weight"]));
}

TEST(MultiheadAttention, Errors) {
  EXPECT_EQ(errorOf([] { nn::MultiheadAttention(10, 3); }),
            "nn::MultiheadAttention: num_heads must divide embed_dim, got 3 and 10");
  EXPECT_EQ(errorOf([] { nn::MultiheadAttention(4, 0); }),
            "nn::MultiheadAttention: num_heads must be positive, got 0");
  EXPECT_EQ(errorOf([] { nn::MultiheadAttention(nn::MultiheadAttentionOptions(4, 2).dropout(2)); }),
            "nn::MultiheadAttention: dropout must be a probability, within [0, 1], got 2.000000");
  nn::MultiheadAttention layer(4, 2);
  Tensor x = ingot::ones({3, 2, 4});
  auto call = [&](const Tensor &q, const Tensor &k, const Tensor &v, const Tensor &padding = {},
                  const Tensor &mask = {}) { return errorOf([&] { layer(q, k, v, padding, true, mask); }); };
  EXPECT_TRUE(contains(call(ingot::ones({3, 2, 5}), x, x), "the last size of query must be embed_dim, 4"));
  EXPECT_TRUE(contains(call(x, x, ingot::ones({2, 2, 4})), "key and value must have the same length"));
  EXPECT_TRUE(contains(call(x, ingot::ones({3, 1, 4}), ingot::ones({3, 1, 4})), "the same batch size"));
  EXPECT_TRUE(contains(call(x, ingot::ones({3, 4}), ingot::ones({3, 4})), "must have 3 dimensions, or 2"));
  EXPECT_TRUE(
      contains(call(x, x, x, ingot::ones({3, 2}) == 1), "key_padding_mask must be [2, 3], got bool[3, 2]"));
  EXPECT_TRUE(contains(call(x, x, x, ingot::ones({2, 3}, ingot::kInt64)),
                       "key_padding_mask must be of bool or of a floating-point type, got int64[2, 3]"));
  EXPECT_TRUE(contains(call(x, x, x, {}, causal(3, 4)), "attn_mask must be [3, 3], got bool[3, 4]"));
  EXPECT_TRUE(contains(call(x, x, x, {}, ingot::ones({3, 3, 3})),
                       "attn_mask must be [4, 3, 3], got float32[3, 3, 3]"));
}

//===--- Transformer ----------------------------------------------------------------------------------------===//

TEST(Transformer, LayersPrintAsInLibtorch) {
  nn::TransformerEncoderLayer layer(nn::TransformerEncoderLayerOptions(4, 2).dim_feedforward(8));
  EXPECT_EQ(textOf(layer), "nn::TransformerEncoderLayerImpl(\n"
                           "  (self_attn): nn::MultiheadAttentionImpl(\n"
                           "    (out_proj): nn::Linear(in_features=4, out_features=4, bias=true)\n"
                           "  )\n"
                           "  (linear1): nn::Linear(in_features=4, out_features=8, bias=true)\n"
                           "  (dropout): nn::Dropout(p=0.1, inplace=false)\n"
                           "  (linear2): nn::Linear(in_features=8, out_features=4, bias=true)\n"
                           "  (norm1): nn::LayerNorm([4], eps=1e-05, elementwise_affine=true)\n"
                           "  (norm2): nn::LayerNorm([4], eps=1e-05, elementwise_affine=true)\n"
                           "  (dropout1): nn::Dropout(p=0.1, inplace=false)\n"
                           "  (dropout2): nn::Dropout(p=0.1, inplace=false)\n)");
}

TEST(Transformer, LayersAreCopiedAndClonedWithTheirValues) {
  nn::TransformerEncoderLayer layer(nn::TransformerEncoderLayerOptions(4, 2).dim_feedforward(8));
  nn::TransformerEncoder encoder(
      nn::TransformerEncoderOptions(layer, 2).norm(nn::AnyModule(nn::LayerNorm(nn::LayerNormOptions({4})))));
  encoder->eval();
  EXPECT_EQ(encoder->layers->size(), 2u);
  auto parameters = encoder->named_parameters();
  expectSame(parameters["layers.1.linear1.weight"], layer->linear1->weight);
  EXPECT_FALSE(parameters["layers.1.linear1.weight"].is_same(layer->linear1->weight));
  EXPECT_TRUE(parameters.contains("norm.weight"));
  ingot::nn::init::ones_(parameters["layers.0.linear2.weight"]);
  nn::TransformerEncoder copy(std::dynamic_pointer_cast<nn::TransformerEncoderImpl>(encoder->clone()));
  Tensor x = ingot::randn({3, 2, 4});
  expectSame(copy(x), encoder(x));
}

TEST(Transformer, NormalizesFirstOrLast) {
  ingot::manual_seed(8);
  nn::TransformerEncoderLayer layer(
      nn::TransformerEncoderLayerOptions(4, 2).dim_feedforward(8).activation(ingot::kGELU));
  layer->eval();
  Tensor x = ingot::randn({3, 2, 4});
  auto feedForward = [&](const Tensor &y) { return layer->linear2(F::gelu(layer->linear1(y))); };
  auto attention = [&](const Tensor &y) { return std::get<0>(layer->self_attn(y, y, y)); };
  Tensor y = layer->norm1(x + attention(x));
  expectSame(layer(x), layer->norm2(y + feedForward(y)));
  layer->options.norm_first(true);
  y = x + attention(layer->norm1(x));
  expectSame(layer(x), y + feedForward(layer->norm2(y)));
}

TEST(Transformer, TakesAFunctionAsActivation) {
  auto options = nn::TransformerEncoderLayerOptions(4, 2).dim_feedforward(8);
  nn::TransformerEncoderLayer layer(options.activation([](const Tensor &x) { return F::relu(x); }));
  layer->eval();
  Tensor x = ingot::randn({3, 2, 4}), y = layer(x);
  layer->options.activation(ingot::kReLU);
  expectSame(layer(x), y);
}

TEST(Transformer, IsCausalWithItsMask) {
  ingot::manual_seed(9);
  float hidden = -INFINITY;
  Tensor mask = nn::TransformerImpl::generate_square_subsequent_mask(3);
  expectTensor(mask, {3, 3}, {0, hidden, hidden, 0, 0, hidden, 0, 0, 0});
  nn::Transformer model(nn::TransformerOptions(4, 2, 1, 2).dim_feedforward(8));
  model->eval();
  Tensor src = ingot::randn({5, 2, 4}), tgt = ingot::randn({3, 2, 4});
  Tensor y = model(src, tgt, Tensor(), mask);
  Tensor first = model(src, tgt.slice(0, 0, 2), Tensor(), mask.slice(0, 0, 2).slice(1, 0, 2));
  expectSame(y.slice(0, 0, 2), first);
}

namespace {

struct DoublingImpl : nn::Module {
  Tensor forward(Tensor src, Tensor, Tensor) { return src * weight; }
  Tensor weight = register_parameter("weight", ingot::full({1}, 2.0));
};
INGOT_MODULE(Doubling);

} // namespace

TEST(Transformer, TakesAnEncoderOfAnyType) {
  ingot::manual_seed(10);
  Doubling encoder;
  nn::Transformer model(
      nn::TransformerOptions(4, 2, 1, 1).dim_feedforward(8).custom_encoder(nn::AnyModule(encoder)));
  model->eval();
  EXPECT_TRUE(model->named_parameters()["encoder.weight"].is_same(encoder->weight));
  Tensor src = ingot::randn({5, 2, 4}), tgt = ingot::randn({3, 2, 4});
  expectSame(model(src, tgt),
             model->decoder.forwardAny({nn::AnyValue(tgt), nn::AnyValue(src * 2)}, {}).get<Tensor>());
}

TEST(Transformer, MasksMayBeLeftOutInASequential) {
  ingot::manual_seed(11);
  nn::TransformerEncoderLayer layer(nn::TransformerEncoderLayerOptions(4, 2).dim_feedforward(8));
  nn::Sequential net(layer, nn::Linear(4, 1));
  net->eval();
  Tensor x = ingot::randn({3, 2, 4});
  expectSame(net(x), net->at<nn::LinearImpl>(1).forward(layer(x)));
}

TEST(Transformer, Errors) {
  EXPECT_EQ(errorOf([] { nn::TransformerEncoderLayer(10, 3); }),
            "nn::MultiheadAttention: num_heads must divide embed_dim, got 3 and 10");
  EXPECT_EQ(errorOf([] {
              nn::TransformerEncoder(
                  nn::TransformerEncoderOptions(nn::TransformerEncoderLayerOptions(4, 2), -1));
            }),
            "nn::TransformerEncoder: num_layers must not be negative, got -1");
  EXPECT_EQ(errorOf([] { nn::TransformerEncoder(nn::TransformerEncoderLayer(nullptr), 1); }),
            "nn::TransformerEncoder: a layer to copy must be given, got an empty holder");
  nn::Transformer model(nn::TransformerOptions(4, 2, 1, 1).dim_feedforward(8));
  auto call = [&](const Shape &src, const Shape &tgt) {
    return errorOf([&] { model(ingot::ones(src), ingot::ones(tgt)); });
  };
  EXPECT_TRUE(contains(call({5, 2, 4}, {3, 1, 4}), "src and tgt must have the same batch size"));
  EXPECT_TRUE(contains(call({5, 2, 3}, {3, 2, 4}), "the last size of src and tgt must be d_model, 4"));
  EXPECT_TRUE(contains(call({5, 2, 4}, {3, 4}), "src and tgt must have 3 dimensions, or 2 without a batch"));
  std::string text =
      errorOf([&] { model(ingot::ones({5, 2, 4}), ingot::ones({3, 2, 4}), Tensor(), ingot::ones({2, 2})); });
  EXPECT_TRUE(
      contains(text, "decoder.layers.0.self_attn (multi_head_attention_forward): attn_mask must be [3, 3]"))
      << text;
}
