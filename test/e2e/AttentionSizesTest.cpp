// Attention and transformers with run-time sizes: one exported function agrees with what is compiled for each length.
#include "test/e2e/SameForAllSizes.h"

namespace nn = ingot::nn;
namespace F = ingot::nn::functional;
using ingot::Shape;
using ingot::Size;
using ingot::Tensor;
using ingot::TensorList;
using ingot::conformance::ExportedProgram;
using ingot::test::expectSame;
using ingot::test::expectSameForAllSizes;
using ingot::test::withGradients;

namespace {

/// Nothing, less than a block of queries, whole blocks, and some more.
constexpr int64_t lengths[] = {0, 1, 2, 33, 64, 129, 200};

/// The gradients of <f(x...), w> with respect to all x.
template <class F> std::vector<Tensor> gradients(F f, std::vector<Tensor> x, const Tensor &w) {
  for (Tensor &input : x)
    input = input.detach().requires_grad_();
  (f(x) * w).sum().backward();
  std::vector<Tensor> grads;
  for (const Tensor &input : x)
    grads.push_back(input.grad());
  return grads;
}

Tensor attend(const std::vector<Tensor> &x) {
  return F::scaled_dot_product_attention(x[0], x[1], x[2], {}, 0, /*is_causal=*/true);
}

/// Queries, keys and values [T, B, 2, 8] as [B, 2, T, 8].
TensorList heads(const TensorList &x) {
  TensorList result;
  for (const Tensor &each : x)
    result.push_back(each.permute({1, 2, 0, 3}));
  return result;
}

std::vector<Shape> threeHeads(const Size &T, const Size &B) {
  return std::vector<Shape>(3, Shape{T, B, 2, 8});
}
/// Queries [T, B, 8], and what they look at, which is longer: [T + 2, B, 8].
std::vector<Shape> twoSequences(const Size &T, const Size &B) { return {{T, B, 8}, {T + 2, B, 8}}; }

/// Keys [B, L] that are padding: all but the first may be.
Tensor paddingOf(const Tensor &x) {
  Tensor isFirst = ingot::arange(x.size(0), ingot::kInt64) == 0;
  return (x.detach().select(2, 0).t() > 1) & (isFirst == false);
}

} // namespace

TEST(AttentionSizes, Function) {
  ingot::manual_seed(1);
  ingot::Dim B("B"), T("T");
  ingot::Shape sizes = {B, 2, T, 8};
  ExportedProgram f(ingot::trace("run", [](Tensor q, Tensor k, Tensor v) { return attend({q, k, v}); },
                                 {{"q", sizes}, {"k", sizes}, {"v", sizes}}));
  for (int64_t length : lengths) {
    std::vector<Tensor> x;
    for (int i = 0; i < 3; ++i)
      x.push_back(ingot::randn({3, 2, length, 8}));
    expectSame(f(x, {3, length}, {{3, 2, length, 8}})[0], attend(x), length);
  }
}

TEST(AttentionSizes, Gradient) {
  ingot::manual_seed(2);
  ingot::Dim B("B"), T("T");
  ingot::Shape sizes = {B, 2, T, 8};
  ExportedProgram f(ingot::trace("run",
                                 [](Tensor q, Tensor k, Tensor v, Tensor w) {
                                   std::vector<Tensor> grads = gradients(attend, {q, k, v}, w);
                                   return std::make_tuple(grads[0], grads[1], grads[2]);
                                 },
                                 {{"q", sizes}, {"k", sizes}, {"v", sizes}, {"w", sizes}}));
  for (int64_t length : lengths) {
    std::vector<Tensor> x;
    for (int i = 0; i < 4; ++i)
      x.push_back(ingot::randn({2, 2, length, 8}));
    ExportedProgram::Result each = {2, 2, length, 8};
    std::vector<Tensor> got = f(x, {2, length}, {each, each, each});
    std::vector<Tensor> expected = gradients(attend, {x[0], x[1], x[2]}, x[3]);
    for (int i = 0; i < 3; ++i)
      expectSame(got[i], expected[i], length);
  }
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

TEST(AttentionSizes, Transformer) {
  ingot::manual_seed(3);
  ingot::Dim B("B"), S("S"), T("T");
  nn::Transformer model(
      nn::TransformerOptions(8, 2, 1, 1).dim_feedforward(16).norm_first(true).batch_first(true));
  model->eval();
  auto call = [&](const Tensor &src, const Tensor &tgt, const Tensor &padding) {
    Tensor mask = nn::TransformerImpl::generate_square_subsequent_mask(tgt.size(1));
    return model(src, tgt, Tensor(), mask, Tensor(), padding, Tensor(), padding);
  };
  ExportedProgram f(
      ingot::trace("run", call, {{"src", {B, S, 8}}, {"tgt", {B, T, 8}}, {"padding", {B, S}, ingot::kBool}}));
  for (int64_t length : lengths) {
    int64_t source = length / 2 + 1;
    Tensor src = ingot::randn({2, source, 8}), tgt = ingot::randn({2, length, 8});
    Tensor padding = ingot::zeros({2, source}) == 1;
    if (source > 1)
      padding[1][source - 1].fill_(true);
    expectSame(f({src, tgt, padding}, {2, source, length}, {{2, length, 8}})[0], call(src, tgt, padding),
               length);
  }
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
        std::vector<Tensor> grads = gradients(attend, {q, k, v}, w);
        return std::make_tuple(grads[0], grads[1], grads[2]);
      },
      inputs));
  for (ExportedProgram *program : {&forward, &backward}) {
    int64_t bytes = program->workspaceBytes({4096});
    EXPECT_LT(bytes, 4096 * 4096); // a fourth of the scores of one head
    EXPECT_LE(program->workspaceBytes({8192}), 2 * bytes);
  }
}
