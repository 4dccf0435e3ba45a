// Reading Python's pickles as data. Not a public header.
//
// A pickle is a program for a small stack machine that may name any class and call it. Here nothing is called: dicts,
// lists, tuples, strings and numbers become values; of classes only those that torch.save writes for a state dict are
// known, any other is an error that names it.
//
//   PickleValue   what a pickle holds: a tree, which may share parts
//   Pickle        reads and owns one
//
//   Pickle pickle(bytes);
//   if (pickle.root().kind == PickleValue::Kind::dict) ...
#pragma once
#include <cstddef>
#include <cstdint>
#include <deque>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace ingot::detail {

struct PickleValue {
  // clang-format off
  enum class Kind : uint8_t { none, boolean, integer, real, string, list, tuple, dict, global, storage, tensor };
  // clang-format on
  using Pair = std::pair<const PickleValue *, const PickleValue *>;

  Kind kind = Kind::none;
  int64_t integer = 0; ///< boolean (0 or 1), integer
  double real = 0;     ///< real
  /// string; of a global "module.name"; of a storage its key in the archive
  std::string text = {};
  /// list, tuple; of a storage its type, a global; of a tensor its storage
  std::vector<const PickleValue *> items = {};
  std::vector<Pair> pairs = {};                  ///< dict, in order; a key that is set again is there twice
  int64_t count = 0;                             ///< elements of a storage
  int64_t offset = 0;                            ///< of a tensor's first element in its storage
  std::vector<int64_t> sizes = {}, strides = {}; ///< tensor; counted in elements

  /// "a dict", for messages.
  const char *kindText() const;
};

/// A pickle of protocol 2. Values live as long as it does. Work and memory are linear in its length.
class Pickle {
public:
  /// Throws FileError.
  explicit Pickle(std::span<const std::byte> bytes);
  Pickle(const Pickle &) = delete;

  const PickleValue &root() const { return *result; }

private:
  friend class PickleMachine;
  std::deque<PickleValue> values;
  const PickleValue *result = nullptr;
};

} // namespace ingot::detail
