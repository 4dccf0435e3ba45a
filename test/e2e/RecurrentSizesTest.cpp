// Recurrent layers with run-time sizes: one exported function agrees with what is compiled for each length, in results and
// gradients.
#include "test/e2e/SameForAllSizes.h"

namespace nn = ingot::nn;
namespace rnn = ingot::nn::utils::rnn;
using ingot::Shape;
using ingot::Size;
using ingot::Tensor;
using ingot::TensorList;
using ingot::conformance::ExportedProgram;
using ingot::test::expectSame;
using ingot::test::expectSameForAllSizes;
using ingot::test::withGradients;

namespace {

TensorList flat(const Tensor &y, const Tensor &h) { return {y, h}; }
TensorList flat(const Tensor &y, const std::tuple<Tensor, Tensor> &state) {
  return {y, std::get<0>(state), std::get<1>(state)};
}

/// Of inputs [T, B, 3].
template <class Layer> void expectSameLayer(Layer layer) {
  ingot::manual_seed(1);
  auto f = [&](const TensorList &x) {
    auto [y, state] = layer(x[0]);
    return flat(y, state);
  };
  expectSameForAllSizes(withGradients(layer.ptr(), f),
                        [](const Size &T, const Size &B) { return std::vector<Shape>{{T, B, 3}}; });
}

/// Sequences whose lengths depend on the inputs: from 1 to T.
Tensor lengthsOf(const Tensor &x) {
  Tensor longest = ingot::full({}, x.size(0), ingot::kInt64);
  return ingot::minimum((x[0].sum({1}).abs() * 2).to(ingot::kInt64) + 1, longest);
}

} // namespace

TEST(RecurrentSizes, RnnTanh) {
  expectSameLayer(nn::RNN(nn::RNNOptions(3, 4).num_layers(2).bidirectional(true)));
}
TEST(RecurrentSizes, RnnRelu) { expectSameLayer(nn::RNN(nn::RNNOptions(3, 4).nonlinearity(ingot::kReLU))); }
TEST(RecurrentSizes, Lstm) { expectSameLayer(nn::LSTM(3, 4)); }
TEST(RecurrentSizes, LstmOfManyLayers) {
  expectSameLayer(nn::LSTM(nn::LSTMOptions(3, 4).num_layers(2).bidirectional(true)));
}
TEST(RecurrentSizes, LstmWithProjection) {
  expectSameLayer(nn::LSTM(nn::LSTMOptions(3, 5).proj_size(2).bidirectional(true)));
}
TEST(RecurrentSizes, Gru) {
  expectSameLayer(nn::GRU(nn::GRUOptions(3, 4).num_layers(2).bidirectional(true)));
}
TEST(RecurrentSizes, GruWithoutBias) { expectSameLayer(nn::GRU(nn::GRUOptions(3, 4).bias(false))); }

TEST(RecurrentSizes, BatchFirstWithInitialState) {
  nn::LSTM lstm(nn::LSTMOptions(3, 4).batch_first(true));
  auto f = [&](const TensorList &x) {
    auto [y, state] = lstm(x[0].transpose(0, 1), std::tuple(x[1], x[2]));
    return flat(y, state);
  };
  expectSameForAllSizes(withGradients(lstm.ptr(), f), [](const Size &T, const Size &B) {
    return std::vector<Shape>{{T, B, 3}, {1, B, 4}, {1, B, 4}};
  });
}

/// A cell in a scan, as a user writes it.
TEST(RecurrentSizes, CellsInScan) {
  nn::RNNCell first(3, 4);
  nn::GRUCell second(4, 4);
  nn::LSTMCell third(4, 4);
  nn::ModuleList all(first, second, third);
  auto f = [&](const TensorList &x) {
    auto step = [&](const TensorList &h, const TensorList &slice) {
      Tensor a = first(slice[0], h[0]), b = second(a, h[1]);
      auto [c, state] = third(b, std::tuple(h[2], h[3]));
      return std::pair(TensorList{a, b, c, state}, TensorList{c});
    };
    Tensor zero = ingot::zeros({x[0].size(1), 4});
    auto [last, ys] = ingot::scan(step, {zero, zero, zero, zero}, {x[0]});
    return TensorList{ys[0], last[0], last[1], last[3]};
  };
  expectSameForAllSizes(withGradients(all.ptr(), f),
                        [](const Size &T, const Size &B) { return std::vector<Shape>{{T, B, 3}}; });
}

TEST(RecurrentSizes, Packed) {
  nn::LSTM lstm(nn::LSTMOptions(3, 4).bidirectional(true));
  auto f = [&](const TensorList &x) {
    auto packed = rnn::pack_padded_sequence(x[0], lengthsOf(x[0].detach()), false, /*enforce_sorted=*/false);
    auto [y, state] = lstm->forward_with_packed_input(packed);
    return flat(std::get<0>(rnn::pad_packed_sequence(y, false, 0, std::nullopt)), state);
  };
  // Outside of a trace, what is beyond the longest sequence is cut off: only the last states have the same sizes.
  auto whole = [&](const TensorList &x) {
    TensorList results = f(x);
    return TensorList{results[1], results[2]};
  };
  expectSameForAllSizes(withGradients(lstm.ptr(), whole),
                        [](const Size &T, const Size &B) { return std::vector<Shape>{{T, B, 3}}; },
                        {{1, 1}, {2, 5}, {7, 1}, {100, 3}});
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
