// Members that are made of others: bytes, integers, in-place sizes, random draws.
#include "ingot/functional/aliases.h"
#include "ingot/ingot.h"
#include <gtest/gtest.h>

using namespace ingot;

namespace {

TEST(Bytes, AreUnsigned) {
  Tensor x = tensor({1, 200, 255}, kUInt8);
  EXPECT_TRUE(x.to(kFloat32).equal(tensor({1.0, 200.0, 255.0})));
  EXPECT_TRUE((x + 1).equal(tensor({2, 201, 0}, kUInt8)));
  EXPECT_TRUE((x > 128).equal(tensor({false, true, true})));
  EXPECT_TRUE(tensor({3.7, 254.0}).to(kUInt8).equal(tensor({3, 254}, kUInt8)));
  EXPECT_EQ(x.sum().item<int64_t>(), 456);
  EXPECT_EQ(x.max().item<int>(), 255);
  EXPECT_EQ(x.data_ptr<uint8_t>()[1], 200);
  EXPECT_TRUE(std::get<0>(x.sort(0, true)).equal(tensor({255, 200, 1}, kUInt8)));
  EXPECT_EQ((x * 0.5).dtype(), kFloat32);
  EXPECT_EQ((x + tensor({1, 1, 1})).dtype(), kInt64);
}

TEST(Int16, IsStoredAndComputed) {
  Tensor x = tensor({3, -200}, kInt16);
  EXPECT_EQ(x.element_size(), 2);
  EXPECT_TRUE((x * 2).equal(tensor({6, -400}, kInt16)));
  EXPECT_EQ(x.data_ptr<int16_t>()[1], -200);
  EXPECT_EQ((tensor({1}, kUInt8) + tensor({1}, kInt8)).dtype(), kInt16);
  EXPECT_EQ((x + tensor({1, 2}, kInt32)).dtype(), kInt32);
  EXPECT_EQ(x.sum().item<int64_t>(), -197);
  EXPECT_EQ(x.max().item<int>(), 3);
  EXPECT_TRUE(std::get<0>(x.sort()).equal(tensor({-200, 3}, kInt16)));
  EXPECT_TRUE(tensor({40000.0}).to(kInt32).to(kInt16).equal(tensor({-25536}, kInt16)));
}

TEST(Half, ElementsHaveACppType) {
  Tensor x = tensor({1.5, -2.0}, kFloat16);
  EXPECT_EQ(float(x.data_ptr<Half>()[1]), -2.0f);
  x.data_ptr<Half>()[0] = Half(0.25f);
  EXPECT_EQ(x[0].item<float>(), 0.25f);
  EXPECT_EQ(float(tensor({3.0}, kBFloat16).const_data_ptr<BFloat16>()[0]), 3.0f);
}

TEST(DefaultDtype, IsThatOfNewTensorsAndLiterals) {
  EXPECT_EQ(get_default_dtype(), kFloat32);
  set_default_dtype(kFloat64);
  EXPECT_EQ(zeros({1}).dtype(), kFloat64);
  EXPECT_EQ(tensor({1.0}).dtype(), kFloat64);
  EXPECT_EQ((tensor({1}) * 0.5).dtype(), kFloat64);
  EXPECT_EQ((tensor({1}) / tensor({2})).dtype(), kFloat64);
  set_default_dtype(kFloat32);
  EXPECT_THROW(set_default_dtype(kInt64), Error);
}

TEST(FromBlob, StridesAndDeleters) {
  int32_t columns[] = {1, 2, 3, 4, 5, 6};
  Tensor x = from_blob(columns, {2, 3}, {1, 2}, kInt32);
  EXPECT_TRUE(x.equal(tensor({{1, 3, 5}, {2, 4, 6}}, kInt32)));
  EXPECT_TRUE(from_blob(columns, {2, 2}, {3, 2}, kInt32).equal(tensor({{1, 3}, {4, 6}}, kInt32)));
  bool deleted = false;
  {
    Tensor owner = from_blob(columns, {6}, [&](void *data) { deleted = data == columns; }, kInt32);
    EXPECT_EQ(owner.sum().item<int64_t>(), 21);
    EXPECT_FALSE(deleted);
  }
  EXPECT_TRUE(deleted);
}

TEST(GradFn, NamesTheOperation) {
  Tensor w = ones({2}, requires_grad());
  EXPECT_EQ(w.grad_fn(), nullptr);
  EXPECT_EQ((w + 1).grad_fn()->name(), "AddBackward0");
  EXPECT_EQ((ones({2}) + 1).grad_fn(), nullptr);
}

TEST(Size, WorksAsANumber) {
  Size n = ones({4, 3}).size(0), before = n++;
  EXPECT_EQ(before, 4);
  EXPECT_EQ(n, 5);
  EXPECT_EQ(-n, -5);
  EXPECT_FALSE(!n);
  EXPECT_EQ(Shape({1, 2, 3}).slice(1), Shape({2, 3}));
  EXPECT_THROW(Shape({1, 2, 3}).slice(2, 2), Error);
}

TEST(Integers, ShiftsAndDivisors) {
  Tensor x = tensor({12, -7, 0});
  EXPECT_TRUE((x << 2).equal(tensor({48, -28, 0})));
  EXPECT_TRUE((x >> 1).equal(tensor({6, -4, 0})));
  EXPECT_TRUE((tensor({200}, kUInt8) >> 7).equal(tensor({1}, kUInt8)));
  EXPECT_TRUE(gcd(tensor({12, -9}, kInt32), tensor({18, 6}, kInt32)).equal(tensor({6, 3}, kInt32)));
  EXPECT_TRUE(lcm(tensor({4, 0}, kInt32), tensor({6, 5}, kInt32)).equal(tensor({12, 0}, kInt32)));
}

TEST(InPlace, SizesChange) {
  Tensor x = arange(6);
  Tensor same = x;
  x.resize_({2, 3});
  EXPECT_EQ(same.sizes(), Shape({2, 3}));
  x.unsqueeze_(0).transpose_(1, 2);
  EXPECT_EQ(same.sizes(), Shape({1, 3, 2}));
  EXPECT_EQ(same[0][0][1].item<int64_t>(), 3);
  EXPECT_THROW(arange(6).view({2, 3}).t_(), Error);
  EXPECT_THROW(ones({2}, requires_grad()).unsqueeze_(0), Error);
  EXPECT_THROW(ones({2}).add_(ones({3, 2})), Error);
}

TEST(Draws, Multinomial) {
  manual_seed(1);
  Tensor p = tensor({0.0, 1.0, 3.0});
  Tensor drawn = multinomial(p, 8000, /*replacement=*/true);
  EXPECT_EQ((drawn == 0).sum().item<int64_t>(), 0);
  EXPECT_NEAR((drawn == 2).sum().item<double>() / 8000, 0.75, 0.03);
  EXPECT_TRUE(std::get<0>(multinomial(tensor({1.0, 1.0, 1.0}), 3).sort()).equal(arange(3)));
  EXPECT_THROW(multinomial(p, 4), Error);
}

TEST(Draws, Distributions) {
  manual_seed(2);
  Tensor x = empty({20000});
  EXPECT_NEAR(x.exponential_(2).mean().item<double>(), 0.5, 0.02);
  EXPECT_NEAR(x.geometric_(0.25).mean().item<double>(), 4, 0.15);
  EXPECT_NEAR(x.log_normal_(0, 0.5).log().std().item<double>(), 0.5, 0.02);
  EXPECT_NEAR(x.cauchy_(1).median().item<double>(), 1, 0.06);
  EXPECT_NEAR(normal(3, 2, {20000}).mean().item<double>(), 3, 0.08);
  Tensor integers = empty({20000}, kInt64).random_(3, 6);
  EXPECT_EQ(integers.min().item<int64_t>(), 3);
  EXPECT_EQ(integers.max().item<int64_t>(), 5);
  EXPECT_TRUE(std::get<0>(randperm(50).sort()).equal(arange(50)));
}

TEST(Parts, TensorSplit) {
  std::vector<Tensor> parts = arange(7).tensor_split(3);
  ASSERT_EQ(parts.size(), 3u);
  EXPECT_TRUE(parts[0].equal(arange(3)));
  EXPECT_TRUE(parts[2].equal(tensor({5, 6})));
}

TEST(Parts, SplitTakesASizeOfATensor) {
  Tensor x = arange(12).view({2, 6});
  auto width = x.size(1) / 3;
  std::vector<Tensor> parts = x.split(width, 1);
  ASSERT_EQ(parts.size(), 3u);
  EXPECT_TRUE(parts[1].equal(split(x, x.size(0), -1)[1]));
  EXPECT_THROW(trace("p", [](Tensor y) { return y.split(y.size(0))[0]; }, {{"y", {Dim("N")}}}), Error);
}

TEST(Members, TruthOverNoDimensions) {
  Tensor x = tensor({{0.0, 2.0}, {1.0, 0.0}}), wanted = x.ne(0);
  EXPECT_TRUE(x.any(Shape()).equal(wanted));
  EXPECT_TRUE(x.all(Shape(), true).equal(wanted));
  EXPECT_TRUE(x.to(kUInt8).any(Shape()).equal(wanted.to(kUInt8)));
  EXPECT_TRUE(x.any().item<bool>());
  EXPECT_FALSE(x.all().item<bool>());
  EXPECT_TRUE(tensor(1.0).all().item<bool>());
}

TEST(Members, AddrOfTruthValues) {
  Tensor x = tensor({{1, 0}, {0, 0}}).to(kBool), a = tensor({0, 1}).to(kBool), b = tensor({1, 0}).to(kBool);
  EXPECT_TRUE(addr(x, a, b).equal(tensor({{1, 0}, {1, 0}}).to(kBool)));
  EXPECT_TRUE(addr(x, a, b, 0, 2).equal(tensor({{0, 0}, {1, 0}}).to(kBool)));
  EXPECT_TRUE(addr(x, a, b, 3, 0).equal(x));
  EXPECT_THROW(addr(x, a, b, 0.5, 1), Error);
}

} // namespace
