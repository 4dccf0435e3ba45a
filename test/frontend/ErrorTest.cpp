// Mistakes, and where they are reported.
#include "ingot/ingot.h"
#include <functional>
#include <gtest/gtest.h>

using namespace ingot;

namespace {

/// What the Error says after "file:line: ".
std::string refusal(const std::function<void()> &action) {
  try {
    action();
  } catch (const Error &error) {
    EXPECT_GT(error.line(), 0) << error.what();
    std::string text = error.what();
    return text.substr(text.find(": ") + 2);
  }
  return "nothing was refused";
}

TEST(Errors, NameTheOperationWhatItRequiresAndWhatItGot) {
  Tensor a = zeros({2, 3}), b = zeros({2, 4});
  EXPECT_EQ(refusal([&] { a + b; }),
            "add: the sizes of operands must be equal, or the number 1, in each dimension "
            "from the last, got [2, 3] and [2, 4]");
  EXPECT_EQ(refusal([&] { matmul(a, b); }),
            "matmul: the last size of the first operand must be the size before the last of the second, got "
            "float32[2, 3] and float32[2, 4]");
  EXPECT_EQ(refusal([&] { cat({a, b}); }),
            "cat: operands must agree but in dimension 0: operand 0 is f32[2, 3], "
            "operand 1 is f32[2, 4]");
  EXPECT_EQ(refusal([&] { a.view({4}); }), "view: the number of elements must stay the same, got [4] for "
                                           "float32[2, 3]");
  EXPECT_EQ(
      refusal([&] { a.add_(zeros({3, 2, 3})); }),
      "add_: the result must have the sizes of the tensor that it is written to, [2, 3], got [3, 2, 3]");
}

TEST(Errors, RefuseBadArguments) {
  Tensor x = zeros({2, 3}), two = zeros({2}, kInt64);
  for (const std::function<void()> &action :
       std::vector<std::function<void()>>{[&] { zeros({2, -1}); },
                                          [&] { rand({-3}); },
                                          [&] { eye(-1); },
                                          [&] { x.sum(2); },
                                          [&] { x.sum({0, 0}); },
                                          [&] { x.view({-1, -1}); },
                                          [&] { x.view({4, -1}); },
                                          [&] { x.permute({0, 0}); },
                                          [&] { x.permute({0}); },
                                          [&] { x.select(0, 2); },
                                          [&] { x.select(1, -4); },
                                          [&] { x.narrow(1, 2, 2); },
                                          [&] { x.slice(0, 0, 2, 0); },
                                          [&] { x.split(0); },
                                          [&] { x.split({1, 2}); },
                                          [&] { x.chunk(0); },
                                          [&] { x.expand({3, 3}); },
                                          [&] { x.index({0, 0, 0}); },
                                          [&] { x.item(); },
                                          [&] { x.squeeze(3); },
                                          [&] { x.flatten(1, 0); },
                                          [&] { cat({}); },
                                          [&] { x.t().unsqueeze(4); },
                                          [&] { arange(0, 5, 0); },
                                          [&] { arange(0, 5, -1); },
                                          [&] { randint(3, 3, {2}); },
                                          [&] { x & x; },
                                          [&] { where(x, x, x); },
                                          [&] { zeros({2}, kInt64).mean(); },
                                          [&] { zeros({2}, kInt64).add_(0.5); },
                                          [&] { zeros({0}).amax(); },
                                          [&] { mm(x, zeros({3})); },
                                          [&] { bmm(zeros({2, 1, 1}), zeros({3, 1, 1})); },
                                          [&] { Tensor() + 1; },
                                          [&] { Tensor().sizes(); },
                                          [&] { x.copy_(zeros({4})); },
                                          [&] { x.fill_(x); },
                                          [&] { x.softmax(2); },
                                          [&] { x.div(2, "up"); },
                                          [&] { x.repeat({2}); },
                                          [&] { x.accessor<float, 1>(); },
                                          [&] { tensor({{1}, {1, 2}}); },
                                          [&] { zeros({2}, kInt64).requires_grad_(); },
                                          [&] { triu(zeros({2})); },
                                          [&] { -zeros({2}, kBool); },
                                          [&] { ones({2}, kBool) - zeros({2}, kBool); },
                                          [&] { zeros({2}, kInt64).pow(-1); },
                                          [&] { where(zeros({2}, kInt64), x, x); },
                                          [&] { repeat_interleave(x, tensor({1, 2, 3}), 0); },
                                          [&] { repeat_interleave(x, 2, 0, /*output_size=*/3); },
                                          [&] { repeat_interleave(x); },
                                          [&] { searchsorted(x[0], x, false, false, {}, two); },
                                          [&] { x.all(2); },
                                          [&] { x.all({0, 0}); },
                                          [&] { x.norm(2, {0, 2}); },
                                          [&] { x.prod(2); }})
    EXPECT_THROW(action(), Error);
}

TEST(Errors, LeaveTheRecorderUsable) {
  Tensor x = ones({2, 3});
  EXPECT_THROW(matmul(x, x), Error);
  EXPECT_NO_THROW((x + 1).sum().item<float>());
}

TEST(Errors, OfBracketsNameTheUsersLine) {
  Tensor x = zeros({3, 2});
  auto lineOf = [&](const auto &index) {
    try {
      x[index];
    } catch (const Error &error) {
      EXPECT_NE(std::string(error.file()).find("ErrorTest.cpp"), std::string::npos) << error.what();
      return error.line();
    }
    return 0;
  };
  int line = __LINE__ - 7;
  EXPECT_EQ(lineOf(7), line);
  EXPECT_EQ(lineOf(x.size(0)), line);
  EXPECT_EQ(lineOf(tensor({0.5})), line);
}

} // namespace
