// Attention and transformers with run-time sizes: one exported function agrees with what is compiled for each length, in
// results and gradients.
#include "test/e2e/SameForAllSizes.h"

namespace nn = ingot::nn;
namespace F = ingot::nn::functional;
using ingot::Shape;
using ingot::Size;
using ingot::Tensor;
using ingot::TensorList;
using ingot::conformance::ExportedProgram;
using ingot::test::expectSameForAllSizes;
using ingot::test::withGradients;

namespace {

/// Nothing, less than a block of queries, whole blocks, and some more.
const ingot::test::SizesOfCall blocks = {{0, 2}, {1, 3}, {2, 1}, {33, 1}, {64, 2}, {129, 1}};

/// Queries, keys and values [T, B, 2, 8] as [B, 2, T, 8].
TensorList heads(const TensorList &x) {
  TensorList result;
  for (const Tensor &each : x)
    result.push_back(each.permute({1, 2, 0, 3}));
  return result;
}

Tensor attend(const TensorList &x) {
  return F::scaled_dot_product_attention(x[0], x[1], x[2], {}, 0, /*is_causal=*/true);
}

std::vector<Shape> threeHeads(const Size &T, const Size &B) {
  return std::vector<Shape>(3, Shape{T, B, 2, 8});
}
/// Queries and targets [T, B, 8], and what they look at, which is longer: [T + 2, B, 8].
std::vector<Shape> twoSequences(const Size &T, const Size &B) { return {{T, B, 8}, {T + 2, B, 8}}; }

/// Keys [B, L] that are padding: all but the first may be.
Tensor paddingOf(const Tensor &x) {
  Tensor isFirst = ingot::arange(x.size(0), ingot::kInt64) == 0;
  return (x.detach().select(2, 0).t() > 1) & (isFirst == false);
}

Tensor causal(const Size &length) { return nn::TransformerImpl::generate_square_subsequent_mask(length); }

} // namespace

TEST(AttentionSizes, Function) {
  ingot::manual_seed(1);
  nn::ModuleList none;
  expectSameForAllSizes(
      withGradients(none.ptr(), [](const TensorList &x) { return TensorList{attend(heads(x))}; }), threeHeads,
      blocks);
}

TEST(AttentionSizes, Masks) {
  ingot::manual_seed(2);
  nn::ModuleList none;
  auto f = [](const TensorList &x) {
    Size length = x[0].size(0);
    TensorList p = heads(x);
    Tensor near = (ingot::arange(length).unsqueeze(1) - ingot::arange(length)).abs() < 3;
    Tensor bias = ingot::where(near, 0.5, -1.0).to(ingot::kFloat32);
    return TensorList{F::scaled_dot_product_attention(p[0], p[1], p[2], near),
                      F::scaled_dot_product_attention(p[0], p[1], p[2], bias)};
  };
  expectSameForAllSizes(withGradients(none.ptr(), f), threeHeads);
}

TEST(AttentionSizes, MultiheadAttention) {
  ingot::manual_seed(3);
  nn::MultiheadAttention attention(nn::MultiheadAttentionOptions(8, 2).add_bias_kv(true).add_zero_attn(true));
  auto f = [&](const TensorList &x) {
    auto [y, weights] = attention(x[0], x[1], x[1], paddingOf(x[1]));
    return TensorList{y, weights};
  };
  expectSameForAllSizes(withGradients(attention.ptr(), f), twoSequences);
}

TEST(AttentionSizes, EncoderLayers) {
  ingot::manual_seed(4);
  nn::TransformerEncoder encoder(nn::TransformerEncoderOptions(
      nn::TransformerEncoderLayerOptions(8, 2).dim_feedforward(16).activation(ingot::kGELU), 2));
  encoder->eval();
  auto f = [&](const TensorList &x) {
    return TensorList{encoder(x[0], causal(x[0].size(0)), paddingOf(x[0]))};
  };
  expectSameForAllSizes(withGradients(encoder.ptr(), f),
                        [](const Size &T, const Size &B) { return std::vector<Shape>{{T, B, 8}}; });
}

TEST(AttentionSizes, DecoderLayer) {
  ingot::manual_seed(5);
  nn::TransformerDecoderLayer decoder(
      nn::TransformerDecoderLayerOptions(8, 2).dim_feedforward(16).norm_first(true));
  decoder->eval();
  auto f = [&](const TensorList &x) {
    return TensorList{decoder(x[0], x[1], causal(x[0].size(0)), Tensor(), Tensor(), paddingOf(x[1]))};
  };
  expectSameForAllSizes(withGradients(decoder.ptr(), f), twoSequences);
}

TEST(AttentionSizes, Transformer) {
  ingot::manual_seed(6);
  nn::Transformer model(
      nn::TransformerOptions(8, 2, 1, 1).dim_feedforward(16).norm_first(true).batch_first(true));
  model->eval();
  auto f = [&](const TensorList &x) {
    Tensor padding = paddingOf(x[1]);
    return TensorList{model(x[1].transpose(0, 1), x[0].transpose(0, 1), Tensor(), causal(x[0].size(0)),
                            Tensor(), padding, Tensor(), padding)};
  };
  expectSameForAllSizes(f, twoSequences); // gradients: those of its layers, above
}

/// Beyond the inputs, memory grows with the length, not with its square.
TEST(AttentionSizes, MemoryIsLinear) {
  ingot::Dim T("T");
  ingot::Shape sizes = {4, T, 8};
  std::vector<ingot::TensorSpec> inputs = {{"q", sizes}, {"k", sizes}, {"v", sizes}, {"w", sizes}};
  ExportedProgram forward(
      ingot::trace("run", [](Tensor q, Tensor k, Tensor v, Tensor) { return attend({q, k, v}); }, inputs));
  ExportedProgram backward(ingot::trace(
      "run",
      [](Tensor q, Tensor k, Tensor v, Tensor w) {
        TensorList leaves = {q.requires_grad_(), k.requires_grad_(), v.requires_grad_()};
        return ingot::autograd::grad({attend(leaves)}, leaves, {w});
      },
      inputs));
  for (ExportedProgram *program : {&forward, &backward}) {
    int64_t bytes = program->workspaceBytes({4096});
    EXPECT_LT(bytes, 4096 * 4096); // a fourth of the scores of one head
    EXPECT_LE(program->workspaceBytes({8192}), 2 * bytes);
  }
}
