// Recurrent layers with run-time sizes: one exported function agrees with what is compiled for each length.
#include "ingot/ingot.h"
#include "tools/conformance/ExportedProgram.h"
#include <gtest/gtest.h>

namespace nn = ingot::nn;
namespace rnn = ingot::nn::utils::rnn;
using ingot::Tensor;
using ingot::conformance::ExportedProgram;

namespace {

constexpr int64_t lengths[] = {0, 1, 2, 7, 100};

void expectSame(const Tensor &got, const Tensor &expected, int64_t length) {
  ASSERT_EQ(got.sizes(), expected.sizes()) << "length " << length;
  if (int64_t(got.numel()) == 0)
    return;
  float most = (got - expected).abs().max().item<float>();
  EXPECT_LT(most, 2e-5f * (1 + expected.abs().max().item<float>())) << "length " << length;
}

/// Outputs, last h, and the gradients of the input and of the first weight.
template <class Layer> std::vector<Tensor> run(Layer &layer, const Tensor &x, const Tensor &w) {
  Tensor leaf = x.detach().requires_grad_();
  layer->zero_grad();
  auto [y, state] = layer(leaf);
  (y * w).sum().backward();
  Tensor h;
  if constexpr (std::is_same_v<Layer, nn::LSTM>)
    h = std::get<0>(state);
  else
    h = state;
  return {y, h, leaf.grad(), layer->parameters()[0].grad()};
}

template <class Layer> void expectSameForAllLengths(Layer layer) {
  ingot::Dim T("T"), B("B");
  ExportedProgram f(ingot::trace("run", [&](Tensor x, Tensor w) { return run(layer, x, w); },
                                 {{"x", {T, B, 3}}, {"w", {T, B, 8}}}));
  int64_t rows = layer->parameters()[0].size(0);
  for (int64_t length : lengths)
    for (int64_t batch : {1, 5}) {
      Tensor x = ingot::randn({length, batch, 3}), w = ingot::randn({length, batch, 8});
      std::vector<Tensor> got =
          f({x, w}, {length, batch}, {{length, batch, 8}, {4, batch, 4}, {length, batch, 3}, {rows, 3}});
      std::vector<Tensor> expected = run(layer, x, w);
      for (size_t i = 0; i < got.size(); ++i)
        expectSame(got[i], expected[i], length);
    }
}

} // namespace

TEST(RecurrentSizes, RNN) {
  expectSameForAllLengths(nn::RNN(nn::RNNOptions(3, 4).num_layers(2).bidirectional(true)));
}
TEST(RecurrentSizes, LSTM) {
  expectSameForAllLengths(nn::LSTM(nn::LSTMOptions(3, 4).num_layers(2).bidirectional(true)));
}
TEST(RecurrentSizes, GRU) {
  expectSameForAllLengths(nn::GRU(nn::GRUOptions(3, 4).num_layers(2).bidirectional(true)));
}

TEST(RecurrentSizes, PackedWithLengthsOfTheCall) {
  nn::GRU gru(nn::GRUOptions(3, 4).bidirectional(true));
  ingot::Dim T("T"), B("B");
  auto forward = [&](const Tensor &x, const Tensor &n) {
    auto [y, h] = gru->forward_with_packed_input(rnn::pack_padded_sequence(x, n, false, false));
    return std::vector<Tensor>{std::get<0>(rnn::pad_packed_sequence(y)), h};
  };
  ExportedProgram f(ingot::trace("run", [&](Tensor x, Tensor n) { return forward(x, n); },
                                 {{"x", {T, B, 3}}, {"n", {B}, ingot::kInt64}}));
  Tensor x = ingot::randn({6, 3, 3}), n = ingot::tensor(std::vector<int64_t>{2, 6, 3}, ingot::kInt64);
  std::vector<Tensor> got = f({x, n}, {6, 3}, {{6, 3, 8}, {2, 3, 4}}), expected = forward(x, n);
  expectSame(got[0], expected[0], 6);
  expectSame(got[1], expected[1], 6);
  n = ingot::tensor(std::vector<int64_t>{2, 7, 3}, ingot::kInt64);
  EXPECT_THROW(f({x, n}, {6, 3}, {{6, 3, 8}, {2, 3, 4}}), std::runtime_error);
}
