// Weight files in the safetensors format: read with everything checked, written in one step.
//
//   Tensor            a named, typed, row-major array of bytes
//   SafeTensors       the contents of a file
//   write_safetensors
//
//   SafeTensors file;
//   Status status = SafeTensors::read("lenet.safetensors", file);
//   if (const Tensor *weight = file.find("conv1.weight")) ...
//
// Format: 8 bytes, the length of the header (little-endian); the header, a JSON object: name -> {dtype, shape,
// data_offsets: [begin, end)}, and "__metadata__" -> {string: string}; the data, without gaps or overlaps.
#pragma once
#include "runtime/core/Buffer.h"
#include "runtime/core/DType.h"
#include "runtime/core/File.h"
#include "runtime/core/Span.h"
#include "runtime/core/Status.h"
#include "runtime/params/Json.h"
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ingot_rt {
inline namespace v1 {

/// A named array. `data` is little-endian, row-major, not necessarily aligned, and belongs to something else.
struct Tensor {
  std::string name;
  const DType *dtype = nullptr;
  std::vector<std::int64_t> shape;
  Span<const std::byte> data;
};

/// Free text that goes with a file, in the order of its keys.
using Metadata = std::vector<std::pair<std::string, std::string>>;

/// The longest header that is read, in bytes, as in the reference implementation.
inline constexpr std::uint64_t maxHeaderSize = 100'000'000;

namespace detail {

/// A name in quotes for a message: printable, of bounded length. (Not `quoted`: std::quoted would be taken instead.)
inline std::string in_quotes(std::string_view name) {
  std::string text = "'";
  for (char c : name.substr(0, 100))
    text += static_cast<unsigned char>(c) < 0x20 || c == 0x7F ? '?' : c;
  return text + (name.size() > 100 ? "...'" : "'");
}

/// The number of bytes of an array; -1 if it does not fit in 64 bits or a size is negative.
inline std::int64_t byte_size(const DType &dtype, Span<const std::int64_t> shape) {
  std::int64_t bytes = dtype.size;
  for (std::int64_t size : shape) {
    if (size < 0 || (size > 0 && bytes > INT64_MAX / size))
      return -1;
    bytes *= size;
  }
  return bytes;
}

inline std::uint64_t read_u64(const std::byte *bytes) {
  std::uint64_t value = 0;
  for (int i = 7; i >= 0; --i)
    value = value << 8 | std::to_integer<std::uint64_t>(bytes[i]);
  return value;
}

/// Reads and checks the header of a file that holds `dataSize` bytes behind it.
class HeaderReader {
public:
  /// A tensor, still without its data, and the place of that.
  struct Entry {
    Tensor tensor;
    std::uint64_t begin, end;
  };

  HeaderReader(Span<const char> header, std::uint64_t dataSize)
      : json_(header.begin(), header.end()), dataSize_(dataSize) {}

  /// Reads the header. On failure error() says why.
  bool read() {
    bool valid = json_.object([this](const std::string &key) {
      return key == "__metadata__" ? read_metadata() : read_tensor(key);
    }) && json_.finish();
    if (!valid) {
      if (error_.empty())
        error_ = "header, byte " + std::to_string(json_.offset()) + ": " + json_.error();
      return false;
    }
    return check_names() && check_layout();
  }

  /// Sorted by name.
  std::vector<Entry> &entries() { return entries_; }
  Metadata &metadata() { return metadata_; }
  const std::string &error() const { return error_; }

private:
  bool fail(std::string_view name, const std::string &reason) {
    error_ = "tensor " + in_quotes(name) + ": " + reason;
    return false;
  }

  bool read_metadata() {
    if (hasMetadata_)
      return json_.fail("\"__metadata__\" occurs twice");
    hasMetadata_ = true;
    return json_.object([this](const std::string &key) {
      metadata_.emplace_back(key, std::string());
      return json_.string(metadata_.back().second);
    });
  }

  bool read_tensor(const std::string &name) {
    Tensor tensor;
    tensor.name = name;
    std::string type;
    std::vector<std::int64_t> range;
    bool seen[3] = {};
    auto once = [&](int field, const char *key) {
      return std::exchange(seen[field], true) ? json_.fail(std::string(key) + " occurs twice") : true;
    };
    bool read = json_.object([&](const std::string &key) {
      if (key == "dtype")
        return once(0, "dtype") && json_.string(type);
      if (key == "shape")
        return once(1, "shape") && read_sizes(tensor.shape);
      if (key == "data_offsets")
        return once(2, "data_offsets") && read_sizes(range);
      return json_.skip();
    });
    if (!read)
      return fail(name, "header, byte " + std::to_string(json_.offset()) + ": " + json_.error());
    for (int field = 0; field < 3; ++field)
      if (!seen[field])
        return fail(name, std::string("has no ") + (field == 0   ? "dtype"
                                                    : field == 1 ? "shape"
                                                                 : "data_offsets"));
    return add_tensor(std::move(tensor), type, range);
  }

  bool read_sizes(std::vector<std::int64_t> &sizes) {
    return json_.array([&] {
      std::int64_t size = 0;
      if (!json_.integer(size))
        return false;
      sizes.push_back(size);
      return size >= 0 || json_.fail("required a number >= 0, got " + std::to_string(size));
    });
  }

  bool add_tensor(Tensor tensor, const std::string &type, const std::vector<std::int64_t> &range) {
    tensor.dtype = dtype_in_file(type);
    if (!tensor.dtype)
      return fail(tensor.name, "unknown dtype " + in_quotes(type));
    std::int64_t bytes = byte_size(*tensor.dtype, tensor.shape);
    if (bytes < 0)
      return fail(tensor.name, "its size does not fit in 64 bits");
    if (range.size() != 2)
      return fail(tensor.name, "data_offsets: required 2 numbers, got " + std::to_string(range.size()));
    std::string text = "data_offsets [" + std::to_string(range[0]) + ", " + std::to_string(range[1]) + "]";
    if (range[0] > range[1])
      return fail(tensor.name, text + ": the begin lies behind the end");
    if (std::uint64_t(range[1]) > dataSize_)
      return fail(tensor.name, text + ": the file holds " + std::to_string(dataSize_) + " bytes of data");
    if (range[1] - range[0] != bytes)
      return fail(tensor.name, text + ": " + type_text(*tensor.dtype, tensor.shape) + " required " +
                                   std::to_string(bytes) + " bytes, got " +
                                   std::to_string(range[1] - range[0]));
    entries_.push_back({std::move(tensor), std::uint64_t(range[0]), std::uint64_t(range[1])});
    return true;
  }

  /// Sorts the tensors and the metadata by name.
  bool check_names() {
    std::sort(metadata_.begin(), metadata_.end());
    for (std::size_t i = 1; i < metadata_.size(); ++i)
      if (metadata_[i - 1].first == metadata_[i].first) {
        error_ = "metadata " + in_quotes(metadata_[i].first) + " occurs twice";
        return false;
      }
    std::sort(entries_.begin(), entries_.end(),
              [](const Entry &a, const Entry &b) { return a.tensor.name < b.tensor.name; });
    for (std::size_t i = 1; i < entries_.size(); ++i)
      if (entries_[i - 1].tensor.name == entries_[i].tensor.name)
        return fail(entries_[i].tensor.name, "occurs twice");
    return true;
  }

  /// The tensors cover the data: no overlap, no gap.
  bool check_layout() {
    std::vector<const Entry *> order;
    for (const Entry &entry : entries_)
      order.push_back(&entry);
    std::sort(order.begin(), order.end(), [](const Entry *a, const Entry *b) {
      return std::pair(a->begin, a->end) < std::pair(b->begin, b->end);
    });
    std::uint64_t end = 0;
    for (const Entry *entry : order) {
      if (entry->begin < end)
        return fail(entry->tensor.name, "its data overlaps that of another tensor");
      if (entry->begin > end)
        return fail(entry->tensor.name,
                    "a gap of " + std::to_string(entry->begin - end) + " bytes lies before its data");
      end = entry->end;
    }
    if (end != dataSize_)
      error_ = std::to_string(dataSize_ - end) + " bytes behind the data of the last tensor";
    return end == dataSize_;
  }

  JsonReader json_;
  std::uint64_t dataSize_;
  std::vector<Entry> entries_;
  Metadata metadata_;
  bool hasMetadata_ = false;
  std::string error_;
};

} // namespace detail

/// The contents of a file. Move-only. Const members may be called concurrently.
class SafeTensors {
public:
  /// Reads a file. On failure `file` is as it was, and the message names the file, the tensor, what was required and
  /// what was got.
  static Status read(const std::string &path, SafeTensors &file) {
    Buffer bytes;
    if (Status status = read_file(path, bytes); !status)
      return status;
    return parse(std::move(bytes), path, file);
  }

  /// The same of a file's bytes, owned or borrowed; `name` stands for the file in messages.
  static Status parse(Buffer bytes, const std::string &name, SafeTensors &file) {
    auto fail = [&](const std::string &reason) { return Status(Code::format, name + ": " + reason); };
    if (bytes.size() < 8)
      return fail("not a safetensors file: required at least 8 bytes, got " + std::to_string(bytes.size()));
    std::uint64_t length = detail::read_u64(bytes.data()), rest = bytes.size() - 8;
    if (length > maxHeaderSize)
      return fail("not a safetensors file: required a header of at most " + std::to_string(maxHeaderSize) +
                  " bytes, got one of " + std::to_string(length));
    if (length > rest)
      return fail("truncated: required a header of " + std::to_string(length) + " bytes, got " +
                  std::to_string(rest));
    detail::HeaderReader header({reinterpret_cast<const char *>(bytes.data()) + 8, std::size_t(length)},
                                rest - length);
    if (!header.read())
      return fail(header.error());
    file.tensors_.clear();
    for (auto &entry : header.entries()) {
      entry.tensor.data = {bytes.data() + 8 + length + entry.begin, std::size_t(entry.end - entry.begin)};
      file.tensors_.push_back(std::move(entry.tensor));
    }
    file.metadata_ = std::move(header.metadata());
    file.bytes_ = std::move(bytes);
    return {};
  }

  /// Sorted by name.
  const std::vector<Tensor> &tensors() const { return tensors_; }
  const Metadata &metadata() const { return metadata_; }
  /// The tensor of this name; null if there is none.
  const Tensor *find(std::string_view name) const {
    auto tensor = std::lower_bound(tensors_.begin(), tensors_.end(), name,
                                   [](const Tensor &a, std::string_view b) { return a.name < b; });
    return tensor != tensors_.end() && tensor->name == name ? &*tensor : nullptr;
  }

private:
  Buffer bytes_;
  std::vector<Tensor> tensors_;
  Metadata metadata_;
};

namespace detail {

/// Appends a JSON string; `text` is UTF-8.
inline void append_json(std::string &json, std::string_view text) {
  static constexpr char digits[] = "0123456789abcdef";
  json += '"';
  for (char c : text) {
    if (c == '"' || c == '\\')
      (json += '\\') += c;
    else if (static_cast<unsigned char>(c) < 0x20)
      ((json += "\\u00") += digits[c >> 4]) += digits[c & 15];
    else
      json += c;
  }
  json += '"';
}

inline void append_json(std::string &json, const Tensor &tensor, std::size_t begin) {
  append_json(json, tensor.name);
  json += ":{\"dtype\":\"" + std::string(tensor.dtype->file) + "\",\"shape\":[";
  for (std::size_t i = 0; i < tensor.shape.size(); ++i)
    json += (i ? "," : "") + std::to_string(tensor.shape[i]);
  json += "],\"data_offsets\":[" + std::to_string(begin) + "," + std::to_string(begin + tensor.data.size()) +
          "]}";
}

/// The length of the header and the header, for tensors in the order of their data.
inline std::string header_text(const std::vector<const Tensor *> &order, Metadata metadata) {
  std::string json = "{";
  std::sort(metadata.begin(), metadata.end());
  for (std::size_t i = 0; i < metadata.size(); ++i) {
    json += i ? "," : "\"__metadata__\":{";
    append_json(json, metadata[i].first);
    json += ':';
    append_json(json, metadata[i].second);
  }
  json += metadata.empty() ? "" : "}";
  std::size_t begin = 0;
  for (const Tensor *tensor : order) {
    json += json.size() > 1 ? "," : "";
    append_json(json, *tensor, begin);
    begin += tensor->data.size();
  }
  json += '}';
  json.append((8 - json.size() % 8) % 8, ' ');
  std::string length;
  for (std::uint64_t i = 0, size = json.size(); i < 8; ++i, size >>= 8)
    length += static_cast<char>(size & 0xFF);
  return length + json;
}

} // namespace detail

/// Writes a file, replacing an old one in one step (write_file). Equal contents give equal bytes: tensors lie in the
/// order of falling alignment, then of their names, so each is aligned. Names and metadata are UTF-8; names differ and
/// the data has the size of its type and shape, else the status is Code::format and nothing is written.
[[nodiscard]] inline Status write_safetensors(const std::string &path, const std::vector<Tensor> &tensors,
                                              const Metadata &metadata = {}) {
  std::vector<const Tensor *> order;
  for (const Tensor &tensor : tensors)
    order.push_back(&tensor);
  std::sort(order.begin(), order.end(), [](const Tensor *a, const Tensor *b) {
    return std::pair(b->dtype->alignment, std::string_view(a->name)) <
           std::pair(a->dtype->alignment, std::string_view(b->name));
  });
  std::string header = detail::header_text(order, metadata);
  std::vector<Span<const std::byte>> pieces = {
      {reinterpret_cast<const std::byte *>(header.data()), header.size()}};
  std::uint64_t bytes = 0;
  for (const Tensor *tensor : order) {
    pieces.push_back(tensor->data);
    bytes += tensor->data.size();
  }
  // What is written must be readable: the reader's checks are the writer's.
  detail::HeaderReader check({header.data() + 8, header.size() - 8}, bytes);
  if (header.size() - 8 > maxHeaderSize)
    return {Code::format, path + ": required a header of at most " + std::to_string(maxHeaderSize) +
                              " bytes, got " + std::to_string(header.size() - 8)};
  if (!check.read())
    return {Code::format, path + ": cannot be written: " + check.error()};
  return write_file(path, pieces);
}

} // namespace v1
} // namespace ingot_rt
