#include "ingot/core/Error.h"
#include "ingot/core/Shape.h"
#include <gtest/gtest.h>
#include <sstream>

using namespace ingot;

namespace {

TEST(Size, CountsLikeAnInteger) {
  Size n = 6;
  int64_t plain = n * 2 + 1;
  EXPECT_EQ(plain, 13);
  EXPECT_EQ(n / 4, 1);
  EXPECT_EQ(-7 + Size(0) / 2, -7);
  EXPECT_EQ(n % 4, 2);
  EXPECT_TRUE(n == 6 && 6 == n && n > 5 && n <= 6 && n != 7);
  EXPECT_DOUBLE_EQ(0.5 * n, 3.0);
  EXPECT_EQ(max(n, 8), 8);
}

TEST(Size, IsAnExpressionOfNamedDimensions) {
  Dim N("N"), M("M");
  EXPECT_EQ((N * 2 + 2).str(), "N*2 + 2");
  EXPECT_EQ(((N * 4) / 2).str(), "N*2");
  EXPECT_EQ((N * M - M * N).str(), "0");
  EXPECT_TRUE((N - N).isNumber());
  std::ostringstream text;
  text << Shape{N, 1, N * 2};
  EXPECT_EQ(text.str(), "[N, 1, N*2]");
}

TEST(Size, ComparesWithinTheDeclaredRanges) {
  Dim N("N", 8, 512);
  EXPECT_TRUE(N > 7 && N <= 512 && N != 0 && N * 2 >= 16);
  EXPECT_FALSE(N == 1000);
  EXPECT_TRUE(N == N && N + 1 > N);
  EXPECT_THROW((void)(N == 100), Error);
  EXPECT_THROW((void)(N < 100), Error);
  EXPECT_THROW((void)(Dim("N") == Dim("M")), Error);
}

TEST(Size, RefusesToBecomeANumber) {
  Dim N("batch");
  try {
    int64_t n = N * 2;
    FAIL() << n;
  } catch (const Error &error) {
    EXPECT_STREQ(error.what(),
                 "size batch*2 is known at run time only: keep it as auto or ingot::Size, not as int64_t");
  }
}

TEST(Size, RefusesBadDimensions) {
  EXPECT_THROW(Dim("2N"), Error);
  EXPECT_THROW(Dim("min"), Error);
  EXPECT_THROW(Dim("N", -1), Error);
  EXPECT_THROW(Dim("N", 4, 2), Error);
  EXPECT_THROW((void)(Dim("N", 4) + Dim("N", 5)), Error);
  EXPECT_THROW((void)(Dim("N") / 0), Error);
}

TEST(Shape, IsMadeOfListsVectorsAndNumbers) {
  std::vector<int64_t> list{2, 3};
  EXPECT_EQ(Shape(list), (Shape{2, 3}));
  EXPECT_EQ(Shape(4), (Shape{4}));
  EXPECT_EQ((Shape{2, 3, 4}).numel(), 24);
  EXPECT_EQ((Shape{2, 3}).vec(), list);
  EXPECT_NE((Shape{Dim("N"), 3}), Shape({3, 3}));
  EXPECT_THROW((Shape{Dim("N"), 3}).vec(), Error);
}

} // namespace
