// Text of tensors that are there, as libtorch prints them.
#include "frontend/core/PrintLibtorch.h"
#include "ingot/ingot.h"
#include <gtest/gtest.h>
#include <limits>
#include <sstream>

using namespace ingot;

namespace {

std::string text(const Tensor &tensor) {
  std::ostringstream out;
  detail::printLibtorch(out, tensor);
  return out.str();
}
template <class T> std::string text(const T &value) {
  std::ostringstream out;
  out << value;
  return out.str();
}

TEST(PrintLibtorch, Numbers) {
  EXPECT_EQ(text(tensor(3.5)), "3.5\n[ CPUFloatType{} ]");
  EXPECT_EQ(text(tensor(2.0)), "2\n[ CPUFloatType{} ]");
  EXPECT_EQ(text(tensor(0.1)), "0.10000000149011612\n[ CPUFloatType{} ]");
  EXPECT_EQ(text(tensor(1e17, kFloat64)), "1e+17\n[ CPUDoubleType{} ]");
  EXPECT_EQ(text(tensor(-1.25e-7)), "-1.2499999968440534e-07\n[ CPUFloatType{} ]");
  EXPECT_EQ(text(tensor(true)), "1\n[ CPUBoolType{} ]");
}

TEST(PrintLibtorch, Vectors) {
  EXPECT_EQ(text(tensor({1.0, -2.5})), " 1.0000\n-2.5000\n[ CPUFloatType{2} ]");
  EXPECT_EQ(text(tensor({1, 20})), "  1\n 20\n[ CPULongType{2} ]");
  EXPECT_EQ(text(tensor({true, false})), " 1\n 0\n[ CPUBoolType{2} ]");
  EXPECT_EQ(text(tensor({100000, -5})), " 100000\n     -5\n[ CPULongType{2} ]");
  EXPECT_EQ(text(tensor({1, 255}, kUInt8)), "   1\n 255\n[ CPUByteType{2} ]");
}

TEST(PrintLibtorch, Matrices) {
  EXPECT_EQ(text(tensor({{1.0, 2.0}, {3.0, 4.0}})), " 1  2\n 3  4\n[ CPUFloatType{2,2} ]");
  EXPECT_EQ(text(tensor({{{1, 2}}, {{3, 4}}})),
            "(1,.,.) = \n 1  2\n\n(2,.,.) = \n 3  4\n[ CPULongType{2,1,2} ]");
}

TEST(PrintLibtorch, ScalesAndExponents) {
  EXPECT_EQ(text(tensor({1e-5, 1.0})), " 1.0000e-05\n 1.0000e+00\n[ CPUFloatType{2} ]");
  EXPECT_EQ(text(tensor({1234567.5, 2e6})), "1000000 *\n 1.2346\n 2.0000\n[ CPUFloatType{2} ]");
  EXPECT_EQ(text(tensor({0.01, 0.02})), "0.01 *\n 1.0000\n 2.0000\n[ CPUFloatType{2} ]");
  EXPECT_EQ(text(tensor({1e300, 1e-300}, kFloat64)), " 1.0000e+300\n 1.0000e-300\n[ CPUDoubleType{2} ]");
}

TEST(PrintLibtorch, ScaledMatrices) {
  EXPECT_EQ(text(tensor({{1234567.5, 2e6}, {3e6, 1.5e6}})),
            "1000000 *\n 1.2346  2.0000\n  3.0000  1.5000\n[ CPUFloatType{2,2} ]");
  EXPECT_EQ(text(tensor({{{1234567.5, 2e6}, {3e6, 1.5e6}}})),
            "(1,.,.) = \n1000000 *\n  1.2346  2.0000\n   3.0000  1.5000\n[ CPUFloatType{1,2,2} ]");
}

TEST(PrintLibtorch, NotFinite) {
  float inf = std::numeric_limits<float>::infinity();
  EXPECT_EQ(text(tensor({1.0f, inf, -inf})), " 1\ninf\n-inf\n[ CPUFloatType{3} ]");
  EXPECT_EQ(text(tensor({0.5f, inf, -inf})), " 0.5000\n    inf\n   -inf\n[ CPUFloatType{3} ]");
}

TEST(PrintLibtorch, WideMatricesInParts) {
  TensorData elements(std::vector<float>(60, 1));
  elements.sizes = {2, 30};
  std::string part = text(tensor(elements));
  EXPECT_EQ(part.substr(0, 20), "Columns 1 to 26 1  1");
  EXPECT_NE(part.find("\n\nColumns 27 to 30 1  1  1  1\n 1  1  1  1\n[ CPUFloatType{2,30} ]"),
            std::string::npos);
}

TEST(PrintLibtorch, Empty) {
  EXPECT_EQ(text(empty({0, 3})), "[ CPUFloatType{0,3} ]");
  EXPECT_EQ(text(Tensor()), "[ Tensor (undefined) ]");
}

TEST(PrintLibtorch, TypesAndDevices) {
  EXPECT_EQ(text(kFloat32) + text(kInt64) + text(kInt16) + text(kBFloat16),
            "floatlong intshort intc10::BFloat16");
  EXPECT_EQ(text(Device("cpu:0")) + text(kCPU), "cpu:0cpu");
  EXPECT_THROW(Device("cuda:0"), Error);
}

} // namespace
