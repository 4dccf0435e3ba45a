// Text of tensors that are there, as PyTorch prints them.
#include "ingot/ingot.h"
#include <gtest/gtest.h>
#include <limits>
#include <sstream>

using namespace ingot;

namespace {

std::string text(const Tensor &tensor) {
  std::ostringstream out;
  out << tensor;
  return out.str();
}

TEST(Print, ScalarsAndVectors) {
  EXPECT_EQ(text(tensor(3.5)), "tensor(3.5000)");
  EXPECT_EQ(text(tensor(2.0)), "tensor(2.)");
  EXPECT_EQ(text(tensor({1.0, -2.5})), "tensor([ 1.0000, -2.5000])");
  EXPECT_EQ(text(tensor({1, 20})), "tensor([ 1, 20])");
  EXPECT_EQ(text(tensor({true, false})), "tensor([ True, False])");
  EXPECT_EQ(text(tensor({1.0}, kFloat64)), "tensor([1.], dtype=torch.float64)");
  EXPECT_EQ(text(tensor({1, 2}, kInt32)), "tensor([1, 2], dtype=torch.int32)");
  EXPECT_EQ(text(tensor({1.5}).requires_grad_()), "tensor([1.5000], requires_grad=True)");
}

TEST(Print, Matrices) {
  EXPECT_EQ(text(tensor({{1.0, 2.0}, {3.0, 4.0}})), "tensor([[1., 2.],\n        [3., 4.]])");
  EXPECT_EQ(text(tensor({{{1, 2}}, {{3, 4}}})), "tensor([[[1, 2]],\n\n        [[3, 4]]])");
}

TEST(Print, ExtremeNumbers) {
  EXPECT_EQ(text(tensor({1e-5, 1.0})), "tensor([1.0000e-05, 1.0000e+00])");
  float inf = std::numeric_limits<float>::infinity();
  EXPECT_EQ(text(tensor({1.0f, inf, -inf, inf - inf})), "tensor([1., inf, -inf, nan])");
}

TEST(Print, CutsWhatIsLong) {
  std::vector<int64_t> many(2000);
  for (int64_t i = 0; i < 2000; ++i)
    many[i] = i;
  EXPECT_EQ(text(tensor(TensorData(many))), "tensor([   0,    1,    2,  ..., 1997, 1998, 1999])");
}

TEST(Print, Empty) {
  EXPECT_EQ(text(tensor(TensorData(std::vector<float>{}))), "tensor([])");
  EXPECT_EQ(text(Tensor()), "tensor(undefined)");
}

} // namespace
