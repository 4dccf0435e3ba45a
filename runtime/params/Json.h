// JsonReader: a strict reader of JSON text (RFC 8259, UTF-8) that builds no tree.
//
// The caller says what it expects, member by member; what it does not know it skips. Nothing is allocated but the
// strings that it asks for, and nesting is limited, so text from anywhere can be read.
//
//   JsonReader json(begin, end);
//   bool ok = json.object([&](const std::string &key) { return key == "N" ? json.integer(n) : json.skip(); }) && json.finish();
//   if (!ok) report(json.offset(), json.error());
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

namespace ingot_rt {
inline namespace v1 {

/// Every function reads one value (after white space) and returns whether that succeeded; after a failure error() and
/// offset() describe the first one, and the reader is of no further use.
class JsonReader {
public:
  static constexpr int maxDepth = 32;

  JsonReader(const char *begin, const char *end) : begin_(begin), end_(end), at_(begin) {}

  /// An object; calls `member(key)`, which reads the member's value and returns whether that succeeded. Does not look
  /// for keys that occur twice.
  template <class Member> bool object(Member member) {
    return sequence('{', '}', "an object", [&] {
      std::string key;
      return string(key) && (skip_space(), take(':') || fail("required ':', got " + here())) && member(key);
    });
  }
  /// An array; calls `element()`, which reads an element and returns whether that succeeded.
  template <class Element> bool array(Element element) { return sequence('[', ']', "an array", element); }

  /// A string; `text` is its value as UTF-8.
  bool string(std::string &text) {
    skip_space();
    if (!take('"'))
      return fail("required a string, got " + here());
    text.clear();
    while (at_ != end_ && *at_ != '"') {
      auto byte = static_cast<unsigned char>(*at_);
      if (byte < 0x20)
        return fail("a control character in a string must be escaped, got " + here());
      if (byte == '\\' ? !escape(text) : !character(text))
        return false;
    }
    return take('"') || fail("a string without an end");
  }

  /// A number without fraction and exponent that fits in 64 bits.
  bool integer(std::int64_t &value) {
    skip_space();
    const char *first = at_;
    bool negative = take('-');
    std::uint64_t magnitude = 0, limit = std::uint64_t(INT64_MAX) + negative;
    if (!is_digit())
      return fail("required an integer, got " + here());
    if (*at_ == '0' && (++at_, is_digit()))
      return fail("a number with a leading zero");
    for (; is_digit(); ++at_) {
      auto digit = std::uint64_t(*at_ - '0');
      if (magnitude > (limit - digit) / 10)
        return fail_at(first, "an integer that does not fit in 64 bits");
      magnitude = magnitude * 10 + digit;
    }
    if (at_ != end_ && (*at_ == '.' || *at_ == 'e' || *at_ == 'E'))
      return fail_at(first, "required an integer, got a number with a fraction or an exponent");
    value = negative ? std::int64_t(0 - magnitude) : std::int64_t(magnitude);
    return true;
  }

  /// Any value.
  bool skip() {
    skip_space();
    std::string text;
    switch (at_ == end_ ? '\0' : *at_) {
    case '{': return object([this](const std::string &) { return skip(); });
    case '[': return array([this] { return skip(); });
    case '"': return string(text);
    case 't': return word("true");
    case 'f': return word("false");
    case 'n': return word("null");
    default: return number();
    }
  }

  /// The end of the text: nothing but white space is left.
  bool finish() {
    skip_space();
    return at_ == end_ || fail("required the end, got " + here());
  }

  /// Fails at the current place, for a reason of the caller's. Returns false.
  bool fail(std::string reason) {
    if (error_.empty())
      error_ = std::move(reason);
    return false;
  }
  /// Why reading failed, empty if it has not.
  const std::string &error() const { return error_; }
  /// Where it stands, in bytes from the beginning.
  std::size_t offset() const { return std::size_t(at_ - begin_); }

private:
  template <class Item> bool sequence(char open, char close, const char *what, Item item) {
    skip_space();
    if (!take(open))
      return fail(std::string("required ") + what + ", got " + here());
    if (++depth_ > maxDepth)
      return fail("values nested more than " + std::to_string(maxDepth) + " deep");
    skip_space();
    if (!take(close)) {
      do {
        if (!item())
          return false;
        skip_space();
      } while (take(','));
      if (!take(close))
        return fail(std::string("required ',' or '") + close + "', got " + here());
    }
    --depth_;
    return true;
  }

  bool number() {
    take('-');
    if (!is_digit())
      return fail("required a value, got " + here());
    if (*at_ == '0' && (++at_, is_digit()))
      return fail("a number with a leading zero");
    skip_digits();
    if (take('.') && !skip_digits())
      return fail("required a digit, got " + here());
    if (take('e') || take('E')) {
      take('+') || take('-');
      if (!skip_digits())
        return fail("required a digit, got " + here());
    }
    return true;
  }

  bool word(const char *letters) {
    const char *first = at_;
    for (; *letters; ++letters)
      if (!take(*letters))
        return fail_at(first, "required a value");
    return true;
  }

  /// Copies one UTF-8 sequence: no overlong ones, no surrogates, nothing above U+10FFFF.
  bool character(std::string &text) {
    auto byte = [this](int i) { return at_ + i < end_ ? static_cast<unsigned char>(at_[i]) : 0u; };
    unsigned lead = byte(0), second = byte(1);
    int length = lead < 0x80 ? 1 : lead < 0xC2 ? 0 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : lead < 0xF5 ? 4 : 0;
    bool valid = length > 0;
    for (int i = 1; i < length; ++i)
      valid = valid && (byte(i) & 0xC0) == 0x80;
    valid = valid && !(lead == 0xE0 && second < 0xA0) && !(lead == 0xED && second > 0x9F) &&
            !(lead == 0xF0 && second < 0x90) && !(lead == 0xF4 && second > 0x8F);
    if (!valid)
      return fail("a string that is not UTF-8");
    text.append(at_, std::size_t(length));
    at_ += length;
    return true;
  }

  bool escape(std::string &text) {
    static constexpr char letters[] = "\"\\/bfnrt", values[] = "\"\\/\b\f\n\r\t";
    ++at_;
    if (take('u'))
      return unicode_escape(text);
    for (int i = 0; letters[i]; ++i)
      if (take(letters[i])) {
        text += values[i];
        return true;
      }
    return fail("an unknown escape in a string, got " + here());
  }

  bool unicode_escape(std::string &text) {
    unsigned code = 0, low = 0;
    if (!hex(code))
      return false;
    if (code >= 0xD800 && code < 0xE000) {
      bool pair = code < 0xDC00 && take('\\') && take('u');
      if (pair && !hex(low))
        return false;
      if (low < 0xDC00 || low > 0xDFFF)
        return fail("half a surrogate pair in a string");
      code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
    }
    // UTF-8: the upper bits with a mark that tells the length, then six bits a byte.
    int rest = code < 0x80 ? 0 : code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
    static constexpr unsigned marks[] = {0, 0xC0, 0xE0, 0xF0};
    text += static_cast<char>(marks[rest] | code >> (6 * rest));
    while (rest-- > 0)
      text += static_cast<char>(0x80 | (code >> (6 * rest) & 0x3F));
    return true;
  }

  bool hex(unsigned &value) {
    for (int i = 0; i < 4; ++i) {
      char c = at_ == end_ ? '\0' : *at_;
      int digit = c >= '0' && c <= '9'   ? c - '0'
                  : c >= 'a' && c <= 'f' ? c - 'a' + 10
                  : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                         : -1;
      if (digit < 0)
        return fail("required four hexadecimal digits after \\u, got " + here());
      value = value * 16 + unsigned(digit);
      ++at_;
    }
    return true;
  }

  bool fail_at(const char *place, const char *reason) {
    at_ = place;
    return fail(reason);
  }

  bool is_digit() const { return at_ != end_ && *at_ >= '0' && *at_ <= '9'; }
  bool skip_digits() {
    const char *first = at_;
    while (is_digit())
      ++at_;
    return at_ != first;
  }
  void skip_space() {
    while (at_ != end_ && (*at_ == ' ' || *at_ == '\t' || *at_ == '\n' || *at_ == '\r'))
      ++at_;
  }
  bool take(char c) { return at_ != end_ && *at_ == c && (++at_, true); }

  /// The next byte, for messages.
  std::string here() const {
    static constexpr char digits[] = "0123456789abcdef";
    if (at_ == end_)
      return "the end";
    auto byte = static_cast<unsigned char>(*at_);
    if (byte > 0x20 && byte < 0x7F)
      return std::string("'") + *at_ + "'";
    return std::string("byte 0x") + digits[byte >> 4] + digits[byte & 15];
  }

  const char *begin_, *end_, *at_;
  int depth_ = 0;
  std::string error_;
};

} // namespace v1
} // namespace ingot_rt
