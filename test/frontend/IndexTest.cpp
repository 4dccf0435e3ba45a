// Functions that take and put elements by position, sort, or go along a dimension: edges that the golden data has not, and
// what is refused.
#include "test/frontend/Expect.h"
#include <cmath>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sstream>

using namespace ingot;
using namespace ingot::test;
using indexing::Ellipsis;
using indexing::None;
using indexing::Slice;
using testing::HasSubstr;

namespace {

const double nan = std::nan("");

TEST(Index, PositionsOutOfRangeAreRefusedWhenComputed) {
  Tensor x = tensor({1.0, 2.0, 3.0}), state = zeros({3});
  state.add_(1);
  for (Tensor at : {tensor({0, 3}), tensor({-1, 0})}) {
    int line = __LINE__ + 1;
    Tensor y = index_select(x, 0, at);
    std::string text = errorOf([&] { values(y); });
    EXPECT_THAT(text, HasSubstr("positions of index_select at"));
    EXPECT_THAT(text, HasSubstr("IndexTest.cpp:" + std::to_string(line)));
    EXPECT_THAT(text, HasSubstr("must be in [0, 3), got " + std::to_string(at[0].item<int>() ? -1 : 3)));
  }
  Tensor y = zeros({3}).scatter(0, tensor({5}), tensor({1.0}));
  EXPECT_THAT(errorOf([&] { values(y); }), HasSubstr("positions of scatter at"));
  // One function serves all lines of its structure, but the error names the right one.
  EXPECT_EQ(values(index_select(x, 0, tensor({2, 0}))), (List{3, 1}));
}

TEST(Index, ErrorsNameTheFunctionThatWasCalledAndItsModule) {
  namespace F = nn::functional;
  Tensor logits = zeros({2, 5}), labels = tensor({1, 7});
  values(logits); // elements of their own, which no failure takes along
  auto expectError = [](const Tensor &y, const std::string &who) {
    EXPECT_THAT(errorOf([&] { values(y); }), HasSubstr("the positions of " + who + " at "));
  };
  expectError(F::cross_entropy(logits, labels), "cross_entropy");
  expectError(F::nll_loss(logits, labels), "nll_loss");
  expectError(F::multi_margin_loss(logits, labels), "multi_margin_loss");
  expectError(F::embedding(labels, zeros({7, 2})), "embedding");
  expectError(F::embedding_bag(labels.unsqueeze(0), zeros({7, 2})), "embedding_bag");
  expectError(F::one_hot(labels, 7), "one_hot");
  expectError(logits.gather(1, labels.view({2, 1})), "gather");
  expectError(logits.scatter(1, labels.view({2, 1}), ones({2, 1})), "scatter");
  expectError(take_along_dim(logits, labels.view({2, 1}), 1), "take_along_dim");
  expectError(logits.index({labels}), "index");

  nn::Sequential net({{"emb", nn::Embedding(7, 2)}});
  EXPECT_THAT(errorOf([&] { values(net->forward(labels)); }),
              HasSubstr("the positions of embedding in emb at "));
  // What the gradient needs is part of what was called.
  Tensor table = ones({7, 2}).requires_grad_();
  F::embedding(labels, table).sum().backward();
  expectError(table.grad(), "embedding");
}

TEST(Index, ErrorsOfPartsNameWhatMadeThemOrWroteThem) {
  namespace F = nn::functional;
  Tensor x = zeros({2, 5}), at = tensor({4});
  values(x + at); // elements of their own, which no failure takes along
  auto expectError = [](const Tensor &y, const std::string &who) {
    EXPECT_THAT(errorOf([&] { values(y); }), HasSubstr("the positions of " + who + " at "));
  };
  expectError(x.narrow(1, at, 2), "narrow");
  int line = __LINE__ + 1;
  Tensor part = x.narrow(1, at, 2);
  std::string text = errorOf([&] { values(F::softmax(part, 1)); });
  EXPECT_THAT(text, HasSubstr("the positions of narrow at "));
  EXPECT_THAT(text, HasSubstr("IndexTest.cpp:" + std::to_string(line)));
  Tensor leaf = zeros({2, 5}).requires_grad_();
  values(leaf);
  leaf.narrow(1, at, 2).sum().backward();
  expectError(leaf.grad(), "narrow");

  auto written = [&](auto write) {
    Tensor whole = zeros({2, 5});
    write(whole.narrow(1, at, 2));
    return whole;
  };
  expectError(written([](Tensor part) { part.fill_(1); }), "fill_");
  expectError(written([](Tensor part) { part.zero_(); }), "zero_");
  expectError(written([](Tensor part) { part.copy_(ones({2, 2})); }), "copy_");
  expectError(written([](Tensor part) { part.uniform_(); }), "uniform_");
  expectError(written([](Tensor part) { part.relu_(); }), "narrow"); // what it reads first
}

TEST(Index, IndexingByTensors) {
  Tensor x = arange(24).view({2, 3, 4});
  Tensor rows = tensor({1, 0}), columns = tensor({-1, 2});
  EXPECT_EQ(values(x.index({rows, columns})), (List{20, 21, 22, 23, 8, 9, 10, 11}));
  EXPECT_EQ(x.index({rows, Slice(), columns}).sizes(), Shape({2, 3}));
  EXPECT_EQ(x.index({Ellipsis, columns}).sizes(), Shape({2, 3, 2}));
  EXPECT_EQ(x.index({None, rows.view({2, 1}), columns}).sizes(), Shape({1, 2, 2, 4}));
  EXPECT_EQ(values(x[rows].index({Slice(), 0, 0})), (List{12, 0}));
  EXPECT_EQ(values(x.index({x > 20})), (List{21, 22, 23}));
  EXPECT_EQ(x.index({zeros({2, 3}, kBool)}).sizes(), Shape({0, 4}));
  EXPECT_THAT(errorOf([&] { values(x.index({rows, tensor({3, 0})})); }), HasSubstr("must be in [0, 6)"));
  EXPECT_THAT(errorOf([&] { x.index({rows, rows, rows, rows}); }),
              HasSubstr("at most one index for each of the 3"));
  EXPECT_THAT(errorOf([&] { x.index({zeros({3}, kBool)}); }), HasSubstr("the mask must have the sizes"));
  EXPECT_THAT(errorOf([&] { x.index({tensor({1.5})}); }), HasSubstr("positions must be int64"));
}

TEST(Index, WritingByTensors) {
  Tensor x = zeros({3, 4});
  x.index_put_({tensor({0, 2}), tensor({1, -1})}, tensor({5.0, 6.0}));
  EXPECT_EQ(values(x), (List{0, 5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 6}));
  x.index_put_({x > 5}, -1);
  EXPECT_EQ(x.min().item<int>(), -1);
  x.index({Slice(), 0}).index_put_({tensor({1, 1})}, tensor({1.0, 2.0}), /*accumulate=*/true);
  EXPECT_EQ(x[1][0].item<int>(), 3);
  x.index({Slice(0, 2)}).diagonal().fill_(9);
  EXPECT_EQ(values(x.diagonal()), (List{9, 9, 0}));
}

TEST(Index, SortsNanAsLargest) {
  Tensor x = tensor({2.0, nan, -INFINITY, 1.0, INFINITY});
  EXPECT_EQ(values(argsort(x)), (List{2, 3, 0, 4, 1}));
  EXPECT_EQ(values(argsort(x, 0, true)), (List{1, 4, 0, 3, 2}));
  EXPECT_TRUE(std::isnan(median(x).item<double>()));
  EXPECT_EQ(median(tensor({4, 1, 3, 2})).item<int>(), 2);
  EXPECT_EQ(values(std::get<1>(sort(zeros({100})))), values(arange(100))); // stable
  EXPECT_EQ(values(searchsorted(tensor({1.0, 2.0, nan}), tensor({1.5, nan}))), (List{1, 3}));
}

TEST(Index, SortsLongLists) {
  Tensor x = rand({3, 1000});
  auto [sorted, at] = x.sort(1);
  EXPECT_TRUE((sorted.slice(1, 1) >= sorted.slice(1, 0, -1)).all().item<bool>());
  EXPECT_TRUE(x.gather(1, at).equal(sorted));
  EXPECT_TRUE(std::get<0>(at.sort(1)).equal(arange(1000).expand({3, 1000})));
  // The middle dimension, several lines side by side.
  Tensor y = rand({5, 33, 7});
  EXPECT_TRUE(std::get<0>(y.sort(1)).equal(std::get<0>(y.transpose(1, 2).sort(2)).transpose(1, 2)));
  EXPECT_TRUE(y.cumsum(1).allclose(y.transpose(1, 2).cumsum(2).transpose(1, 2)));
}

TEST(Index, UniqueElements) {
  auto [found, place, count] = _unique2(tensor({3, 1, 3, 2, 1}), true, true, true);
  EXPECT_EQ(values(found), (List{1, 2, 3}));
  EXPECT_EQ(values(place), (List{2, 0, 2, 1, 0}));
  EXPECT_EQ(values(count), (List{2, 1, 2}));
  EXPECT_EQ(values(std::get<0>(unique_consecutive(tensor({1, 1, 2, 1})))), (List{1, 2, 1}));
}

TEST(Index, WhatDependsOnDataIsNotTraced) {
  auto traced = [](auto f) {
    return errorOf([&] { trace("f", [&](Tensor x) { return f(x); }, {{"x", {4}}}); });
  };
  EXPECT_THAT(traced([](Tensor x) { return nonzero(x); }), HasSubstr("nonzero"));
  EXPECT_THAT(traced([](Tensor x) { return x.index({x > 0}); }), HasSubstr("index"));
  EXPECT_EQ(traced([](Tensor x) { return where(x > 0, x.cumsum(0), std::get<0>(x.sort())); }), "no error");
}

TEST(Index, EmbeddingsScaleRowsOnlyWhereUsed) {
  Tensor weight = tensor({{3.0, 4.0}, {0.3, 0.4}, {6.0, 8.0}});
  auto options = nn::functional::EmbeddingFuncOptions().max_norm(1);
  Tensor rows = nn::functional::embedding(tensor({0, 1}), weight, options);
  EXPECT_NEAR(rows[0][0].item<double>(), 0.6, 1e-6);
  EXPECT_NEAR(rows[1][1].item<double>(), 0.4, 1e-6);
  EXPECT_EQ(weight[2][1].item<double>(), 8); // not used
  EXPECT_THAT(errorOf([&] { values(nn::functional::embedding(tensor({3}), weight)); }), HasSubstr("got 3"));
  EXPECT_THAT(errorOf([&] { nn::functional::embedding_bag(tensor({0, 1}), weight); }), HasSubstr("offsets"));
}

TEST(Index, EmbeddingLayers) {
  nn::Embedding layer(nn::EmbeddingOptions(5, 3).padding_idx(-1));
  EXPECT_EQ(values(layer->weight[4]), (List{0, 0, 0}));
  std::ostringstream text;
  text << *layer;
  EXPECT_EQ(text.str(), "nn::Embedding(num_embeddings=5, embedding_dim=3, padding_idx=4)");
  nn::Embedding fixed = nn::Embedding::from_pretrained(tensor({{1.0, 2.0}, {3.0, 4.0}}));
  EXPECT_FALSE(fixed->weight.requires_grad());
  EXPECT_EQ(values(fixed(tensor({1, 0}))), (List{3, 4, 1, 2}));
  EXPECT_THAT(errorOf([] { nn::Embedding(nn::EmbeddingOptions(5, 3).padding_idx(5)); }),
              HasSubstr("padding_idx"));
}

TEST(Indices, AreAskedForAndPrinted) {
  using namespace indexing;
  std::vector<TensorIndex> all = {None, "...", 2, true, Slice(1, None, 2), tensor({1, 2})};
  EXPECT_TRUE(all[0].is_none() && all[1].is_ellipsis() && all[2].is_integer() && all[3].is_boolean() &&
              all[4].is_slice() && all[5].is_tensor());
  EXPECT_EQ(all[4].slice().start(), 1);
  EXPECT_EQ(all[4].slice().stop(), INDEX_MAX);
  all.pop_back();
  std::ostringstream text;
  text << all << ' ' << Slice(None, 3, None);
  EXPECT_EQ(text.str(), "(None, ..., 2, true, 1:" + std::to_string(INDEX_MAX) + ":2) 0:3:1");
  EXPECT_THROW(Slice(0, 1, 0), Error);
  EXPECT_THROW(TensorIndex(".."), Error);
}

TEST(Indices, MasksOfBytesAndSourcesOfMoreDimensions) {
  Tensor x = zeros({3, 2});
  x.index_put_({tensor({1, 0, 1}, kUInt8)}, ones({1, 1, 2, 2}));
  EXPECT_TRUE(x.equal(tensor({{1.0, 1.0}, {0.0, 0.0}, {1.0, 1.0}})));
  x.index_put_({indexing::Slice(0, 1)}, full({1, 1, 2}, 4));
  EXPECT_TRUE(x[0].equal(tensor({4.0, 4.0})));
  EXPECT_THROW(zeros({2, 0}).index({indexing::Slice(), tensor({0, 1})}), Error);
}

TEST(Indices, ABoolAddsADimension) {
  Tensor x = arange(6).view({2, 3});
  EXPECT_EQ(x.index({true}).sizes(), Shape({1, 2, 3}));
  EXPECT_EQ(x.index({false}).sizes(), Shape({0, 2, 3}));
  EXPECT_TRUE(x.index({true, 1}).equal(tensor({{3, 4, 5}})));
  EXPECT_EQ(x.index({true, false, "..."}).sizes(), Shape({0, 2, 3}));
  EXPECT_EQ(tensor(5).index({tensor(true)}).sizes(), Shape({1}));
  EXPECT_FALSE(x.index({"..."}).is_same(x));
  EXPECT_THROW(x.index(indexing::TensorIndexList()), Error);
}

} // namespace
