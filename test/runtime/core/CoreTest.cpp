#include "runtime/core/Buffer.h"
#include "runtime/core/DType.h"
#include "runtime/core/File.h"
#include "runtime/core/Size.h"
#include "runtime/core/Span.h"
#include "runtime/core/Status.h"
#include "test/support/TempFolder.h"
#include <array>
#include <csignal>
#include <filesystem>
#include <gtest/gtest.h>
#include <string>
#include <sys/resource.h>
#include <type_traits>
#include <vector>

using namespace ingot_rt;
using ingot::test::readFile;
using ingot::test::TempFolder;

namespace {

Span<const std::byte> bytesOf(const std::string &text) {
  return {reinterpret_cast<const std::byte *>(text.data()), text.size()};
}

TEST(Status, IsSuccessUnlessItSaysWhatFailed) {
  EXPECT_TRUE(Status().ok());
  EXPECT_TRUE(Status().message().empty());
  Status failed(Code::file, "a.bin: cannot be opened");
  EXPECT_FALSE(failed);
  EXPECT_EQ(failed.code(), Code::file);
  EXPECT_EQ(failed.message(), "a.bin: cannot be opened");
}

size_t length(Span<const float> span) { return span.size(); }

TEST(Span, IsMadeOfWhatHasDataAndSize) {
  std::vector<float> vector(3);
  const std::array<float, 4> array{};
  float plain[5] = {};
  EXPECT_EQ(length(vector), 3u);
  EXPECT_EQ(length(array), 4u);
  EXPECT_EQ(length(plain), 5u);
  EXPECT_EQ(length({plain, 2}), 2u);
  EXPECT_EQ(length(std::vector<float>(6)), 6u);
  Span<float> writable = vector;
  writable[1] = 7;
  EXPECT_EQ(length(writable), 3u);
  EXPECT_EQ(vector[1], 7);
}

TEST(Span, RefusesOtherElementsAndLosingConst) {
  EXPECT_FALSE((std::is_convertible_v<std::vector<double> &, Span<const float>>));
  EXPECT_FALSE((std::is_convertible_v<const std::vector<float> &, Span<float>>));
  EXPECT_FALSE((std::is_convertible_v<Span<const float>, Span<float>>));
  EXPECT_FALSE((std::is_convertible_v<std::string, Span<const float>>));
}

TEST(Buffer, OwnsAlignedMemoryOrBorrows) {
  for (size_t size : {1u, 63u, 64u, 1000u}) {
    Buffer buffer = Buffer::allocate(size);
    ASSERT_EQ(buffer.size(), size);
    EXPECT_EQ(reinterpret_cast<uintptr_t>(buffer.data()) % alignment, 0u);
    EXPECT_EQ(Span<std::byte>(buffer).size(), size);
  }
  std::string text = "abc";
  Buffer borrowed = Buffer::borrow(text.data(), text.size());
  EXPECT_FALSE(borrowed.owned());
  EXPECT_EQ(static_cast<const void *>(borrowed.data()), text.data());
  EXPECT_EQ(borrowed.mutable_data(), nullptr);
  EXPECT_TRUE(Span<std::byte>(borrowed).empty());
}

TEST(Buffer, MovesAndCopies) {
  Buffer first = Buffer::copy(bytesOf("abc")), second = std::move(first);
  EXPECT_EQ(first.size(), 0u); // NOLINT(bugprone-use-after-move): empty by contract
  EXPECT_EQ(std::memcmp(second.data(), "abc", 3), 0);
  second = Buffer::copy({second.data(), 2});
  EXPECT_EQ(second.size(), 2u);
  EXPECT_EQ(std::memcmp(second.data(), "ab", 2), 0);
  EXPECT_EQ(Buffer::allocate(0).size(), 0u);
}

TEST(Size, DividesTowardsMinusInfinity) {
  for (int64_t a : {-7, -6, -1, 0, 1, 6, 7})
    for (int64_t b : {-3, -1, 1, 3}) {
      int64_t quotient = Size::floordiv(a, b).value(), remainder = Size::mod(a, b).value();
      EXPECT_EQ(quotient * b + remainder, a) << a << " / " << b;
      EXPECT_TRUE(remainder == 0 || (remainder < 0) == (b < 0)) << a << " mod " << b;
      EXPECT_LT(std::abs(remainder), std::abs(b));
    }
  EXPECT_EQ(Size::min(3, 5).value(), 3);
  EXPECT_EQ(Size::max(3, 5).value(), 5);
}

TEST(Size, RemembersOverflow) {
  Size large = INT64_MAX, small = INT64_MIN;
  EXPECT_FALSE((Size(INT64_MAX / 2) * 2).overflowed());
  EXPECT_FALSE((Size(INT64_MIN / 2) * 2).overflowed());
  EXPECT_FALSE((Size(-INT64_MAX) * -1).overflowed());
  EXPECT_FALSE((large + small).overflowed());
  for (Size size : {large + 1, small + -1, large * 2, large * -2, small * -1, Size(-1) * small,
                    Size(-4) * small, Size(int64_t(1) << 32) * Size(int64_t(1) << 31), Size::floordiv(1, 0),
                    Size::mod(1, 0), Size::floordiv(INT64_MIN, -1)})
    EXPECT_TRUE(size.overflowed());
  EXPECT_TRUE((large * 2 * 0 + 1).overflowed());
  EXPECT_TRUE(Size::min(large + 1, 1).overflowed());
}

TEST(DType, NamesAndSizesAgree) {
  for (const DType &row : dtypes) {
    EXPECT_EQ(dtype_named(row.name), &row);
    EXPECT_EQ(dtype_in_file(row.file), &row);
    EXPECT_EQ(row.c.empty(), row.abi == 0);
    if (row.abi != 0) {
      EXPECT_EQ(dtype_of_abi(row.abi), &row);
    }
  }
  EXPECT_EQ(dtype_in_file("F32")->size, 4);
  EXPECT_EQ(dtype_named("f31"), nullptr);
  EXPECT_EQ(dtype_of_abi(0), nullptr);
  EXPECT_EQ(type_text(*dtype_named("f32"), std::vector<int64_t>{6, 1}), "f32 [6, 1]");
}

TEST(File, WritesAndReadsWhole) {
  TempFolder folder;
  std::string path = folder.path("a.bin"), large(100'000, 'x');
  for (const std::string &contents : {std::string("one"), std::string(), large}) {
    ASSERT_TRUE(write_file(path, {bytesOf(contents), {}, bytesOf("!")}));
    Buffer buffer;
    ASSERT_TRUE(read_file(path, buffer));
    EXPECT_EQ(std::string(reinterpret_cast<const char *>(buffer.data()), buffer.size()), contents + "!");
  }
  EXPECT_EQ(folder.count(), 1);
}

TEST(File, SaysWhatCannotBeRead) {
  TempFolder folder;
  Buffer buffer = Buffer::allocate(7);
  Status missing = read_file(folder.path("none"), buffer);
  EXPECT_EQ(missing.code(), Code::file);
  EXPECT_EQ(missing.message(), folder.path("none") + ": cannot be opened: No such file or directory");
  EXPECT_EQ(read_file(folder.path(), buffer).message(), folder.path() + ": cannot be read: Is a directory");
  EXPECT_EQ(buffer.size(), 7u);
}

TEST(File, LeavesNothingBehindWhereItCannotWrite) {
  TempFolder folder;
  Status status = write_file(folder.path("none/a.bin"), {bytesOf("x")});
  EXPECT_EQ(status.code(), Code::file);
  EXPECT_EQ(status.message(), folder.path("none/a.bin") + ": cannot be written: No such file or directory");
  std::filesystem::create_directory(folder.path("folder"));
  folder.write("folder/inside", "x");
  EXPECT_FALSE(write_file(folder.path("folder"), {bytesOf("x")})); // renaming over a folder fails last
  EXPECT_EQ(folder.count(), 1);
}

/// Limits the size of files for as long as it lives: writing more fails, as on a full disk.
class FileSizeLimit {
public:
  explicit FileSizeLimit(rlim_t bytes) : handler(std::signal(SIGXFSZ, SIG_IGN)) {
    getrlimit(RLIMIT_FSIZE, &old);
    rlimit limit = {bytes, old.rlim_max};
    setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FileSizeLimit() {
    setrlimit(RLIMIT_FSIZE, &old);
    std::signal(SIGXFSZ, handler);
  }

private:
  rlimit old = {};
  void (*handler)(int);
};

TEST(File, KeepsTheOldFileWhenTheDiskIsFull) {
  TempFolder folder;
  std::string path = folder.write("a.bin", "old"), large(1 << 20, 'x');
  Status status;
  {
    FileSizeLimit limit(1 << 16);
    status = write_file(path, {bytesOf(large)});
  }
  EXPECT_EQ(status.code(), Code::file);
  EXPECT_EQ(status.message(), path + ": cannot be written: File too large");
  EXPECT_EQ(readFile(path), "old");
  EXPECT_EQ(folder.count(), 1);
}

} // namespace
