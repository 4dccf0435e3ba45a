// Recurrent layers, their cells, and packed sequences: what agrees with what, names, texts, errors.
#include "test/frontend/nn/Expect.h"

namespace nn = ingot::nn;
namespace rnn = ingot::nn::utils::rnn;
using ingot::Tensor;
using namespace ingot::test;

namespace {

void expectSame(const Tensor &got, const Tensor &expected) {
  expectTensor(got, expected.sizes().vec(), elements(expected));
}

Tensor lengthsOf(const std::vector<int64_t> &lengths) { return ingot::tensor(lengths, ingot::kInt64); }

nn::LSTM twoLayers() { return nn::LSTM(nn::LSTMOptions(3, 4).num_layers(2).bidirectional(true)); }

} // namespace

TEST(Recurrent, ALayerIsItsCellInALoop) {
  ingot::manual_seed(1);
  nn::GRU gru(3, 4);
  nn::GRUCell cell(3, 4);
  std::vector<Tensor> weights = gru->all_weights();
  ingot::NoGradGuard guard;
  cell->weight_ih.copy_(weights[0]), cell->weight_hh.copy_(weights[1]);
  cell->bias_ih.copy_(weights[2]), cell->bias_hh.copy_(weights[3]);
  Tensor x = ingot::randn({5, 2, 3}), h = ingot::zeros({2, 4});
  auto [y, last] = gru(x);
  for (int64_t t = 0; t < 5; ++t) {
    h = cell(x[t], h);
    expectSame(y[t], h);
  }
  expectSame(last[0], h);
}

TEST(Recurrent, NoStepsKeepTheState) {
  nn::LSTM lstm(3, 4);
  Tensor h = ingot::randn({1, 2, 4}), c = ingot::randn({1, 2, 4});
  auto [y, state] = lstm(ingot::zeros({0, 2, 3}), std::make_tuple(h, c));
  EXPECT_EQ(y.sizes().vec(), (std::vector<int64_t>{0, 2, 4}));
  expectSame(std::get<0>(state), h);
  expectSame(std::get<1>(state), c);
}

TEST(Recurrent, NamesTextAndCopies) {
  nn::LSTM lstm(nn::LSTMOptions(128, 64).num_layers(3).dropout(0.2).proj_size(8).bidirectional(true));
  EXPECT_EQ(textOf(lstm),
            "nn::LSTM(input_size=128, hidden_size=64, num_layers=3, bias=true, batch_first=false, "
            "dropout=0.2, bidirectional=true, proj_size=8)");
  EXPECT_EQ(textOf(nn::RNNCell(nn::RNNCellOptions(2, 3).bias(false).nonlinearity(ingot::kReLU))),
            "nn::RNNCell(2, 3, bias=false, nonlinearity=kReLU)");
  EXPECT_EQ(lstm->named_parameters()["weight_ih_l1_reverse"].sizes().vec(), (std::vector<int64_t>{256, 16}));
  EXPECT_EQ(lstm->named_parameters()["weight_hr_l2"].sizes().vec(), (std::vector<int64_t>{8, 64}));
  nn::GRU gru(2, 3);
  auto copy = std::dynamic_pointer_cast<nn::GRUImpl>(gru->clone());
  Tensor x = ingot::randn({4, 1, 2});
  expectSame(std::get<0>(copy->forward(x)), std::get<0>(gru(x)));
  EXPECT_FALSE(copy->all_weights()[0].is_same(gru->all_weights()[0]));
}

TEST(Recurrent, Errors) {
  nn::LSTM lstm(3, 4);
  EXPECT_EQ(errorLine([&] { lstm(ingot::zeros({5, 2, 7})); }), __LINE__);
  EXPECT_NE(errorOf([&] { lstm(ingot::zeros({5, 2, 7})); }).find("steps, batch, 3"), std::string::npos);
  Tensor h = ingot::zeros({2, 2, 4});
  EXPECT_NE(errorOf([&] {
              lstm(ingot::zeros({5, 2, 3}), std::make_tuple(h, h));
            }).find("h_0 must be float32[1, 2, 4]"),
            std::string::npos);
  EXPECT_NE(errorOf([&] { nn::LSTM(nn::LSTMOptions(3, 4).proj_size(4)); }).find("proj_size"),
            std::string::npos);
  EXPECT_NE(errorOf([&] { nn::GRUCell(3, 4)(ingot::zeros({2, 5})); }).find("[batch, 3]"), std::string::npos);
}

//===--- packed sequences -----------------------------------------------------------------------------------===//

TEST(PackedSequence, EachSequenceIsItsOwn) {
  ingot::manual_seed(2);
  nn::LSTM lstm = twoLayers();
  std::vector<int64_t> lengths = {2, 5, 1, 4};
  Tensor x = ingot::randn({5, 4, 3}), w = ingot::randn({5, 4, 8});
  x.select(1, 0).slice(0, 2).fill_(NAN); // what is beyond does not count
  Tensor packed = x.clone().requires_grad_();
  auto [out, state] =
      lstm->forward_with_packed_input(rnn::pack_padded_sequence(packed, lengthsOf(lengths), false, false));
  auto [y, same] = rnn::pad_packed_sequence(out);
  expectSame(same, lengthsOf(lengths));
  (y * w).sum().backward();
  for (int64_t b = 0; b < 4; ++b) {
    int64_t length = lengths[size_t(b)];
    Tensor alone = x.select(1, b).slice(0, 0, length).clone().requires_grad_();
    auto [expected, last] = lstm(alone);
    expectSame(y.select(1, b).slice(0, 0, length), expected);
    EXPECT_EQ(y.select(1, b).slice(0, length).abs().sum().item<float>(), 0);
    expectSame(std::get<0>(state).select(1, b), std::get<0>(last));
    expectSame(std::get<1>(state).select(1, b), std::get<1>(last));
    (expected * w.select(1, b).slice(0, 0, length)).sum().backward();
    expectSame(packed.grad().select(1, b).slice(0, 0, length), alone.grad());
  }
}

TEST(PackedSequence, RowsAsPyTorchOrdersThem) {
  Tensor a = ingot::tensor({1., 2.}), b = ingot::tensor({3., 4., 5.}), c = ingot::tensor({6.});
  auto packed = rnn::pack_sequence({a, b, c}, /*enforce_sorted=*/false);
  expectTensor(packed.data(), {6}, {3, 1, 6, 4, 2, 5});
  expectTensor(packed.batch_sizes(), {3}, {3, 2, 1});
  expectTensor(packed.sorted_indices(), {3}, {1, 0, 2});
  expectTensor(packed.unsorted_indices(), {3}, {1, 0, 2});
  rnn::PackedSequence doubled(packed.data() * 2, packed.batch_sizes(), packed.sorted_indices(),
                              packed.unsorted_indices());
  auto [padded, lengths] = rnn::pad_packed_sequence(doubled, /*batch_first=*/true, /*padding_value=*/-1, 4);
  expectTensor(padded, {3, 4}, {2, 4, -1, -1, 6, 8, 10, -1, 12, -1, -1, -1});
  expectTensor(lengths, {3}, {2, 3, 1});
  expectTensor(rnn::pad_sequence({a, c}, true, 9, "left"), {2, 2}, {1, 2, 9, 6});
}

TEST(PackedSequence, Errors) {
  Tensor x = ingot::zeros({3, 2, 1});
  EXPECT_NE(errorOf([&] { rnn::pack_padded_sequence(x, lengthsOf({4, 1})); }).find("from 0 to 3"),
            std::string::npos);
  EXPECT_NE(errorOf([&] { rnn::pack_padded_sequence(x, lengthsOf({1, 2})); }).find("decreasing"),
            std::string::npos);
  EXPECT_NE(errorOf([&] { rnn::pack_padded_sequence(x, lengthsOf({1})); }).find("integers [2]"),
            std::string::npos);
  EXPECT_EQ(errorLine([&] { rnn::pack_padded_sequence(x, Tensor()); }), __LINE__);
  EXPECT_NE(errorOf([&] { rnn::PackedSequence(x, lengthsOf({1, 2})); }).find("never grow"),
            std::string::npos);
}
