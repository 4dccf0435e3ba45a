#include "runtime/params/SafeTensors.h"
#include "test/runtime/params/TestFiles.h"
#include "test/support/TempFolder.h"
#include <algorithm>
#include <cstring>
#include <gtest/gtest.h>
#include <random>
#include <string>
#include <vector>

using namespace ingot_rt;
using namespace ingot::test;

namespace {

Status parse(const std::string &file, SafeTensors &result) {
  Buffer bytes = Buffer::copy({reinterpret_cast<const std::byte *>(file.data()), file.size()});
  return SafeTensors::parse(std::move(bytes), "w", result);
}

/// Why a file is refused; "" if it is not.
std::string errorIn(const std::string &file) {
  SafeTensors result;
  Status status = parse(file, result);
  EXPECT_TRUE(status || status.code() == Code::format);
  return status.message();
}

std::string errorIn(const std::string &header, size_t dataSize) {
  return errorIn(fileOf(header, std::string(dataSize, 0)));
}

Span<const std::byte> bytesOf(const std::string &text) {
  return {reinterpret_cast<const std::byte *>(text.data()), text.size()};
}

std::string textOf(Span<const std::byte> bytes) {
  return {reinterpret_cast<const char *>(bytes.data()), bytes.size()};
}

TEST(SafeTensors, ReadsTensorsAndMetadata) {
  SafeTensors file;
  Status status = parse(fileOf(R"( {"b":{"dtype":"F32","shape":[2,1],"data_offsets":[0,8]},)"
                               R"("__metadata__":{"z":"1","format":"pt"},)"
                               R"("a\u00e9":{"data_offsets":[8,11],"shape":[3],"dtype":"BOOL"},)"
                               R"("s":{"dtype":"I64","shape":[],"data_offsets":[11,19],"extra":[{"x":1.5}]},)"
                               R"("e":{"dtype":"F64","shape":[0,7],"data_offsets":[19,19]}}   )",
                               "12345678123ABCDEFGH"),
                        file);
  ASSERT_TRUE(status) << status.message();
  ASSERT_EQ(file.tensors().size(), 4u);
  EXPECT_EQ(file.tensors()[0].name, "a\xC3\xA9");
  EXPECT_EQ(textOf(file.tensors()[0].data), "123");
  const Tensor *b = file.find("b"), *s = file.find("s"), *e = file.find("e");
  ASSERT_TRUE(b && s && e);
  EXPECT_EQ(b->dtype->name, "f32");
  EXPECT_EQ(b->shape, (std::vector<int64_t>{2, 1}));
  EXPECT_EQ(textOf(b->data), "12345678");
  EXPECT_TRUE(s->shape.empty());
  EXPECT_EQ(textOf(s->data), "ABCDEFGH");
  EXPECT_TRUE(e->data.empty());
  EXPECT_EQ(file.find("c"), nullptr);
  EXPECT_EQ(file.metadata(), (Metadata{{"format", "pt"}, {"z", "1"}}));
  EXPECT_EQ(errorIn("{}", 0), "");
}

TEST(SafeTensors, NamesAFileThatIsTooShortOrLiesAboutItsLength) {
  EXPECT_EQ(errorIn(""), "w: not a safetensors file: required at least 8 bytes, got 0");
  EXPECT_EQ(errorIn("1234567"), "w: not a safetensors file: required at least 8 bytes, got 7");
  EXPECT_EQ(errorIn(fileOf("{}", "", 3)), "w: truncated: required a header of 3 bytes, got 2");
  EXPECT_EQ(errorIn(fileOf("{}", "", 100'000'000)),
            "w: truncated: required a header of 100000000 bytes, got 2");
  EXPECT_EQ(errorIn(fileOf("{}", "", 100'000'001)),
            "w: not a safetensors file: required a header of at most 100000000 bytes, got one of 100000001");
  EXPECT_EQ(errorIn(std::string(16, '\xFF')),
            "w: not a safetensors file: required a header of at most 100000000 "
            "bytes, got one of 18446744073709551615");
  EXPECT_EQ(errorIn(fileOf("", "")), "w: header, byte 0: required an object, got the end");
  EXPECT_EQ(errorIn(fileOf("{}", "", 1)), "w: header, byte 1: required a string, got the end");
}

TEST(SafeTensors, NamesWhatIsWrongInTheHeader) {
  EXPECT_EQ(errorIn("[]", 0), "w: header, byte 0: required an object, got '['");
  EXPECT_EQ(errorIn("{} x", 0), "w: header, byte 3: required the end, got 'x'");
  EXPECT_EQ(errorIn(R"({"a":1})", 0), "w: tensor 'a': header, byte 5: required an object, got '1'");
  EXPECT_EQ(errorIn(R"({"a":{"dtype":"F32","shape":[1]}})", 4), "w: tensor 'a': has no data_offsets");
  EXPECT_EQ(errorIn(R"({"a":{"dtype":"F32","data_offsets":[0,4]}})", 4), "w: tensor 'a': has no shape");
  EXPECT_EQ(errorIn(R"({"a":{"shape":[1],"data_offsets":[0,4]}})", 4), "w: tensor 'a': has no dtype");
  EXPECT_EQ(errorIn(R"({"a":{"dtype":"F32","dtype":"F32","shape":[1],"data_offsets":[0,4]}})", 4),
            "w: tensor 'a': header, byte 28: dtype occurs twice");
  EXPECT_EQ(errorIn(R"({"__metadata__":{"a":1}})", 0), "w: header, byte 21: required a string, got '1'");
  EXPECT_EQ(errorIn(R"({"__metadata__":{"a":"1","a":"2"}})", 0), "w: metadata 'a' occurs twice");
  EXPECT_EQ(errorIn(R"({"__metadata__":{},"__metadata__":{}})", 0),
            "w: header, byte 34: \"__metadata__\" occurs twice");
}

std::string tensorOf(const std::string &dtype, const std::string &shape, const std::string &offsets) {
  return "{\"dtype\":\"" + dtype + "\",\"shape\":[" + shape + "],\"data_offsets\":[" + offsets + "]}";
}

TEST(SafeTensors, NamesWhatIsWrongWithATensor) {
  auto error = [](const std::string &dtype, const std::string &shape, const std::string &offsets) {
    return errorIn("{\"a\":" + tensorOf(dtype, shape, offsets) + "}", 8);
  };
  EXPECT_EQ(error("F32", "2", "0,8"), "");
  EXPECT_EQ(error("F31", "2", "0,8"), "w: tensor 'a': unknown dtype 'F31'");
  EXPECT_EQ(error("f32", "2", "0,8"), "w: tensor 'a': unknown dtype 'f32'");
  EXPECT_EQ(error("F32", "-2", "0,8"), "w: tensor 'a': header, byte 31: required a number >= 0, got -2");
  EXPECT_EQ(
      error("F32", "2.0", "0,8"),
      "w: tensor 'a': header, byte 29: required an integer, got a number with a fraction or an exponent");
  EXPECT_EQ(error("F32", "9223372036854775807", "0,8"), "w: tensor 'a': its size does not fit in 64 bits");
  EXPECT_EQ(error("F32", "4294967296,4294967296", "0,0"), "w: tensor 'a': its size does not fit in 64 bits");
  EXPECT_EQ(error("F32", "9223372036854775808", "0,8"),
            "w: tensor 'a': header, byte 29: an integer that does not fit in 64 bits");
  EXPECT_EQ(error("F32", "2", "0"), "w: tensor 'a': data_offsets: required 2 numbers, got 1");
  EXPECT_EQ(error("F32", "2", "0,8,8"), "w: tensor 'a': data_offsets: required 2 numbers, got 3");
  EXPECT_EQ(error("F32", "2", "8,0"), "w: tensor 'a': data_offsets [8, 0]: the begin lies behind the end");
  EXPECT_EQ(error("F32", "3", "0,12"), "w: tensor 'a': data_offsets [0, 12]: the file holds 8 bytes of data");
  EXPECT_EQ(error("F32", "1", "0,9223372036854775807"),
            "w: tensor 'a': data_offsets [0, 9223372036854775807]: the file holds 8 bytes of data");
  EXPECT_EQ(error("F32", "1,3", "0,8"),
            "w: tensor 'a': data_offsets [0, 8]: f32 [1, 3] required 12 bytes, got 8");
  EXPECT_EQ(error("F32", "2", "-8,0"), "w: tensor 'a': header, byte 50: required a number >= 0, got -8");
}

TEST(SafeTensors, NamesDuplicatesOverlapsAndGaps) {
  auto error = [](const std::string &first, const std::string &second, size_t dataSize) {
    return errorIn("{" + first + "," + second + "}", dataSize);
  };
  std::string a = "\"a\":" + tensorOf("U8", "4", "0,4");
  EXPECT_EQ(error(a, "\"b\":" + tensorOf("U8", "4", "4,8"), 8), "");
  EXPECT_EQ(error(a, "\"a\":" + tensorOf("U8", "4", "4,8"), 8), "w: tensor 'a': occurs twice");
  EXPECT_EQ(error(a, "\"\\u0061\":" + tensorOf("U8", "4", "4,8"), 8), "w: tensor 'a': occurs twice");
  EXPECT_EQ(error(a, "\"b\":" + tensorOf("U8", "4", "0,4"), 8),
            "w: tensor 'b': its data overlaps that of another tensor");
  EXPECT_EQ(error(a, "\"b\":" + tensorOf("U8", "4", "3,7"), 7),
            "w: tensor 'b': its data overlaps that of another tensor");
  EXPECT_EQ(error(a, "\"b\":" + tensorOf("U8", "4", "6,10"), 10),
            "w: tensor 'b': a gap of 2 bytes lies before its data");
  EXPECT_EQ(error(a, "\"b\":" + tensorOf("U8", "4", "4,8"), 9),
            "w: 1 bytes behind the data of the last tensor");
  EXPECT_EQ(errorIn("{}", 3), "w: 3 bytes behind the data of the last tensor");
}

TEST(SafeTensors, QuotesNamesSafely) {
  std::string hostile = "\"\\u001b[2J" + std::string(200, 'x') + "\":" + tensorOf("U7", "", "0,0");
  EXPECT_EQ(errorIn("{" + hostile + "}", 0),
            "w: tensor '?[2J" + std::string(96, 'x') + "...': unknown dtype 'U7'");
}

TEST(SafeTensors, SaysWhichFileIsMissing) {
  SafeTensors file;
  Status status = SafeTensors::read("/nonexistent/lenet.safetensors", file);
  EXPECT_EQ(status.code(), Code::file);
  EXPECT_EQ(status.message(), "/nonexistent/lenet.safetensors: cannot be opened: No such file or directory");
}

TEST(SafeTensors, KeepsItsContentsWhenReadingFails) {
  SafeTensors file;
  ASSERT_TRUE(parse(fileOf("{\"a\":" + tensorOf("U8", "1", "0,1") + "}", "x"), file));
  EXPECT_FALSE(parse("junk", file));
  ASSERT_EQ(file.tensors().size(), 1u);
  EXPECT_EQ(textOf(file.find("a")->data), "x");
}

/// Some tensors of several types, in no order.
struct Samples {
  std::string doubles = std::string(16, 'd'), bytes = "abc", halves = "1234", floats = "ffff";
  std::vector<Tensor> tensors = {{"n.bytes", dtype_named("i8"), {3}, bytesOf(bytes)},
                                 {"half\"\\\n", dtype_named("bf16"), {2}, bytesOf(halves)},
                                 {"b", dtype_named("f32"), {}, bytesOf(floats)},
                                 {"empty", dtype_named("i64"), {0, 4}, {}},
                                 {"a", dtype_named("f64"), {2, 1}, bytesOf(doubles)}};
};

TEST(SafeTensors, WritesWhatItReads) {
  TempFolder folder;
  Samples samples;
  std::string path = folder.path("w.safetensors");
  ASSERT_TRUE(write_safetensors(path, samples.tensors, {{"v", "1"}, {"n", "\x01"}}));
  SafeTensors file;
  Status status = SafeTensors::read(path, file);
  ASSERT_TRUE(status) << status.message();
  EXPECT_EQ(file.metadata(), (Metadata{{"n", "\x01"}, {"v", "1"}}));
  ASSERT_EQ(file.tensors().size(), samples.tensors.size());
  for (const Tensor &tensor : samples.tensors) {
    const Tensor *read = file.find(tensor.name);
    ASSERT_TRUE(read) << tensor.name;
    EXPECT_EQ(read->dtype, tensor.dtype);
    EXPECT_EQ(read->shape, tensor.shape);
    EXPECT_EQ(textOf(read->data), textOf(tensor.data));
    EXPECT_EQ(reinterpret_cast<uintptr_t>(read->data.data()) % size_t(read->dtype->alignment), 0u);
  }
}

TEST(SafeTensors, WritesEqualBytesForEqualContents) {
  TempFolder folder;
  Samples samples;
  ASSERT_TRUE(write_safetensors(folder.path("1"), samples.tensors, {{"v", "1"}, {"n", "2"}}));
  std::reverse(samples.tensors.begin(), samples.tensors.end());
  ASSERT_TRUE(write_safetensors(folder.path("2"), samples.tensors, {{"n", "2"}, {"v", "1"}}));
  EXPECT_EQ(readFile(folder.path("1")), readFile(folder.path("2")));

  std::string header = R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},)"
                       R"("b":{"dtype":"BF16","shape":[2],"data_offsets":[4,8]}})";
  header += std::string((8 - header.size() % 8) % 8, ' ');
  std::vector<Tensor> two = {{"b", dtype_named("bf16"), {2}, bytesOf(samples.halves)},
                             {"a", dtype_named("f32"), {1}, bytesOf(samples.floats)}};
  ASSERT_TRUE(write_safetensors(folder.path("3"), two));
  EXPECT_EQ(readFile(folder.path("3")), fileOf(header, "ffff1234"));
}

TEST(SafeTensors, WritesNothingThatItWouldNotRead) {
  TempFolder folder;
  std::string data = "1234", path = folder.path("w");
  auto error = [&](std::vector<Tensor> tensors) {
    Status status = write_safetensors(path, tensors);
    EXPECT_FALSE(status);
    return status.message();
  };
  Tensor good{"a", dtype_named("f32"), {1}, bytesOf(data)};
  Tensor large = good, invalid = good;
  large.shape = {2};
  invalid.name = "\xFF";
  EXPECT_EQ(error({good, good}), path + ": cannot be written: tensor 'a': occurs twice");
  EXPECT_EQ(error({large}),
            path + ": cannot be written: tensor 'a': data_offsets [0, 4]: f32 [2] required 8 bytes, got 4");
  EXPECT_NE(error({invalid}).find("not UTF-8"), std::string::npos);
  EXPECT_EQ(folder.count(), 0);
}

/// What holds of every file that is accepted, whatever its bytes.
void expectSound(const SafeTensors &file, const std::string &bytes) {
  size_t total = 0, checksum = 0;
  for (size_t i = 0; i < file.tensors().size(); ++i) {
    const Tensor &tensor = file.tensors()[i];
    EXPECT_TRUE(i == 0 || file.tensors()[i - 1].name < tensor.name);
    size_t count = 1;
    for (int64_t size : tensor.shape)
      count *= size_t(size);
    EXPECT_EQ(tensor.data.size(), count * size_t(tensor.dtype->size));
    for (std::byte byte : tensor.data)
      checksum += std::to_integer<size_t>(byte); // reads every byte, under the sanitizers
    total += tensor.data.size();
  }
  EXPECT_LE(total + 8, bytes.size());
  EXPECT_LE(checksum, 255 * total);
}

std::string mutated(std::string file, std::mt19937 &random) {
  static const std::string tokens = "{}[]\":,\\u0129-eE.FIBnt \x80\xFF";
  auto place = [&] { return file.empty() ? 0 : random() % file.size(); };
  for (unsigned edits = 1 + random() % 4; edits > 0; --edits) {
    size_t at = place(), length = random() % 12;
    switch (random() % 7) {
    case 0: file.resize(at); break;
    case 1: file.erase(at, length); break;
    case 2: file.insert(at, file.substr(place(), length)); break;
    case 3: file.insert(at, 1, tokens[random() % tokens.size()]); break;
    case 4: file.insert(at, std::to_string(random())); break;
    default:
      if (!file.empty())
        file[at] = random() % 2 ? tokens[random() % tokens.size()] : char(random());
    }
  }
  if (file.size() >= 8 && random() % 4 != 0) { // mostly a length that fits, so that what follows is looked at
    size_t end = file.rfind('}');
    size_t length = end == std::string::npos || end < 8 ? file.size() - 8 : end - 7;
    for (int i = 0; i < 8; ++i)
      file[size_t(i)] = char(length >> (8 * i) & 0xFF);
  }
  return file;
}

TEST(SafeTensors, SurvivesDamagedFiles) {
  TempFolder folder;
  Samples samples;
  ASSERT_TRUE(write_safetensors(folder.path("w"), samples.tensors, {{"format", "pt"}}));
  std::string whole = readFile(folder.path("w"));
  SafeTensors file;
  for (size_t size = 0; size < whole.size(); ++size)
    EXPECT_FALSE(parse(whole.substr(0, size), file)) << size;
  std::mt19937 random(1);
  int accepted = 0, refused = 0;
  for (int i = 0; i < 100'000; ++i) {
    std::string bytes = mutated(whole, random);
    SafeTensors result;
    Status status = parse(bytes, result);
    (status ? accepted : refused)++;
    EXPECT_EQ(status.ok(), status.message().empty());
    if (status)
      expectSound(result, bytes);
  }
  EXPECT_GT(accepted, 100); // the mutations reach both outcomes
  EXPECT_GT(refused, 50'000);
}

} // namespace
