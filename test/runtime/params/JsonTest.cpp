#include "runtime/params/Json.h"
#include <gtest/gtest.h>
#include <string>
#include <vector>

using ingot_rt::JsonReader;

namespace {

JsonReader reader(const std::string &text) { return {text.data(), text.data() + text.size()}; }

/// Reads any value and the end; the error, or "" on success.
std::string errorIn(const std::string &text) {
  JsonReader json = reader(text);
  bool valid = json.skip() && json.finish();
  EXPECT_EQ(valid, json.error().empty()) << text;
  return json.error();
}

std::string stringIn(const std::string &text) {
  JsonReader json = reader(text);
  std::string value;
  EXPECT_TRUE(json.string(value) && json.finish()) << text << ": " << json.error();
  return value;
}

TEST(Json, ReadsObjectsAndArrays) {
  std::string text = R"( {"a" : [1, -20 ,0], "b":{}, "unknown":[{"x":[null]}], "c":"s"} )", s;
  JsonReader json = reader(text);
  std::vector<int64_t> numbers;
  std::string keys;
  EXPECT_TRUE(json.object([&](const std::string &key) {
    keys += key + ";";
    if (key == "a")
      return json.array([&] { return numbers.emplace_back(), json.integer(numbers.back()); });
    return key == "c" ? json.string(s) : json.skip();
  }));
  EXPECT_TRUE(json.finish());
  EXPECT_EQ(keys, "a;b;unknown;c;");
  EXPECT_EQ(numbers, (std::vector<int64_t>{1, -20, 0}));
  EXPECT_EQ(s, "s");
}

TEST(Json, AcceptsEveryKindOfValue) {
  for (const char *text : {"{}", "[]", "[[],{}]", "null", "true", "false", "0", "-0", "10.25", "1e5",
                           "-1E+05", "2.5e-3", "\"\"", " \t\r\n1 \t\r\n", R"({"a":1,"a":2})"})
    EXPECT_EQ(errorIn(text), "") << text;
}

TEST(Json, RefusesWhatTheGrammarDoesNotHave) {
  for (const char *text : {"",
                           " ",
                           "{",
                           "}",
                           "[",
                           "]",
                           "[1",
                           "[1,",
                           "[1,]",
                           "[,1]",
                           "[1 2]",
                           "{\"a\"}",
                           "{\"a\":}",
                           "{\"a\":1,}",
                           "{a:1}",
                           "{'a':1}",
                           "{\"a\":1 \"b\":2}",
                           "{1:2}",
                           "01",
                           "-",
                           "-a",
                           "+1",
                           ".5",
                           "1.",
                           "1.e5",
                           "1e",
                           "1e+",
                           "0x10",
                           "NaN",
                           "Infinity",
                           "nul",
                           "truefalse",
                           "nullx",
                           "\"",
                           "\"abc",
                           "\"\\\"",
                           "\"\\x\"",
                           "\"\\u12\"",
                           "\"\\u12g4\"",
                           "\"\t\"",
                           "\"\n\"",
                           "1 2",
                           "{} {}",
                           "// c\n1",
                           "[1] x"})
    EXPECT_NE(errorIn(text), "") << text;
  EXPECT_NE(errorIn(std::string("1\0", 2)), "");
  EXPECT_NE(errorIn(std::string("\"\0\"", 3)), "");
}

TEST(Json, SaysWhereAndWhat) {
  std::string text = R"({"a":1;"b":2})";
  JsonReader json = reader(text);
  EXPECT_FALSE(json.skip());
  EXPECT_EQ(json.error(), "required ',' or '}', got ';'");
  EXPECT_EQ(json.offset(), 6u);
  EXPECT_EQ(errorIn("[\x01]"), "required a value, got byte 0x01");
  EXPECT_EQ(errorIn("[1"), "required ',' or ']', got the end");
}

TEST(Json, DecodesEscapes) {
  EXPECT_EQ(stringIn(R"("\"\\\/\b\f\n\r\t")"), "\"\\/\b\f\n\r\t");
  EXPECT_EQ(stringIn(R"("\u0041\u00e9\u20AC\uD83D\uDE00")"), "A\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80");
  EXPECT_EQ(stringIn(R"("\u0000")"), std::string(1, '\0'));
  EXPECT_EQ(stringIn(R"("\u007f\u0080\u07ff\u0800\uffff")"), "\x7F\xC2\x80\xDF\xBF\xE0\xA0\x80\xEF\xBF\xBF");
  for (const char *half :
       {R"("\uD83D")", R"("\uD83Dx")", R"("\uD83D\n")", R"("\uD83D\u0041")", R"("\uDE00")"})
    EXPECT_EQ(errorIn(half), "half a surrogate pair in a string") << half;
}

TEST(Json, AcceptsUtf8AndNothingElse) {
  for (const char *text : {"\"\xC2\x80\"", "\"\xDF\xBF\"", "\"\xE0\xA0\x80\"", "\"\xED\x9F\xBF\"",
                           "\"\xEE\x80\x80\"", "\"\xF0\x90\x80\x80\"", "\"\xF4\x8F\xBF\xBF\""})
    EXPECT_EQ(errorIn(text), "") << text;
  for (const char *text :
       {"\"\x80\"", "\"\xBF\"", "\"\xC0\x80\"", "\"\xC1\xBF\"", "\"\xC2\"", "\"\xE0\x9F\xBF\"",
        "\"\xE2\x82\"", "\"\xED\xA0\x80\"", "\"\xF0\x8F\xBF\xBF\"", "\"\xF0\x90\x80\"",
        "\"\xF4\x90\x80\x80\"", "\"\xF5\x80\x80\x80\"", "\"\xFF\"", "\"\xC2"})
    EXPECT_EQ(errorIn(text), "a string that is not UTF-8") << text;
}

TEST(Json, ReadsIntegersOf64Bits) {
  auto integer = [](const std::string &text, int64_t &value) {
    JsonReader json = reader(text);
    return json.integer(value) && json.finish();
  };
  int64_t value = 0;
  EXPECT_TRUE(integer("9223372036854775807", value) && value == INT64_MAX);
  EXPECT_TRUE(integer("-9223372036854775808", value) && value == INT64_MIN);
  EXPECT_TRUE(integer("-1", value) && value == -1);
  for (const char *text : {"9223372036854775808", "-9223372036854775809", "99999999999999999999999999", "1.0",
                           "1e2", "01", "-", "\"1\"", "true", ""})
    EXPECT_FALSE(integer(text, value)) << text;
}

TEST(Json, LimitsNesting) {
  auto nested = [](int depth) { return std::string(size_t(depth), '[') + std::string(size_t(depth), ']'); };
  EXPECT_EQ(errorIn(nested(JsonReader::maxDepth)), "");
  EXPECT_EQ(errorIn(nested(JsonReader::maxDepth + 1)), "values nested more than 32 deep");
  EXPECT_EQ(errorIn(std::string(1'000'000, '[')), "values nested more than 32 deep");
  std::string objects;
  for (int i = 0; i < 1'000'000; ++i)
    objects += "{\"\":";
  EXPECT_EQ(errorIn(objects), "values nested more than 32 deep");
}

} // namespace
