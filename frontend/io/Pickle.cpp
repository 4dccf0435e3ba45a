#include "frontend/io/Pickle.h"
#include "frontend/io/Zip.h"
#include <bit>
#include <unordered_map>

namespace ingot::detail {

using Kind = PickleValue::Kind;

const char *PickleValue::kindText() const {
  constexpr const char *texts[] = {"None",    "a bool", "an integer", "a float",   "a string", "a list",
                                   "a tuple", "a dict", "a class",    "a storage", "a tensor"};
  return texts[int(kind)];
}

/// The stack machine, without the instructions that call what a pickle names.
class PickleMachine {
public:
  PickleMachine(Pickle &pickle, std::span<const std::byte> bytes) : pickle(pickle), bytes(bytes) {}

  const PickleValue *run() {
    while (step())
      continue;
    if (stack.size() != 1 || !marks.empty())
      fail("ends with " + std::to_string(stack.size()) + " values, required 1");
    return stack.back();
  }

private:
  [[noreturn]] void fail(const std::string &reason) const {
    throw FileError("the pickle in it, byte " + std::to_string(at) + ": " + reason);
  }

  //===--- bytes --------------------------------------------------------------------------------------------------===//

  std::span<const std::byte> take(uint64_t count) {
    if (count > bytes.size() - at)
      fail("truncated");
    at += size_t(count);
    return bytes.subspan(at - size_t(count), size_t(count));
  }
  /// A little-endian number of `count` bytes.
  uint64_t number(size_t count) {
    std::span<const std::byte> part = take(count);
    uint64_t value = 0;
    for (size_t i = count; i-- > 0;)
      value = value << 8 | std::to_integer<uint64_t>(part[i]);
    return value;
  }
  std::string text(uint64_t count) {
    std::span<const std::byte> part = take(count);
    return {reinterpret_cast<const char *>(part.data()), part.size()};
  }
  std::string line() {
    std::string result;
    for (char c; (c = char(number(1))) != '\n';)
      result += c;
    return result;
  }
  /// Two's complement of 0 to 8 bytes.
  int64_t longInteger() {
    size_t count = size_t(number(1));
    if (count > 8)
      fail("an integer of more than 64 bits");
    uint64_t value = number(count);
    if (count > 0 && count < 8 && value >> (8 * count - 1))
      value |= ~uint64_t(0) << 8 * count;
    return int64_t(value);
  }
  double real() { // the one number that is big-endian
    uint64_t bits = 0;
    for (std::byte byte : take(8))
      bits = bits << 8 | std::to_integer<uint64_t>(byte);
    return std::bit_cast<double>(bits);
  }

  //===--- the stack ----------------------------------------------------------------------------------------------===//

  PickleValue &push(PickleValue value) {
    PickleValue &kept = pickle.values.emplace_back(std::move(value));
    stack.push_back(&kept);
    return kept;
  }
  PickleValue &pushKind(Kind kind) { return push({.kind = kind}); }
  void pushInteger(int64_t value, Kind kind = Kind::integer) { push({.kind = kind, .integer = value}); }

  PickleValue *pop() {
    if (stack.size() <= (marks.empty() ? 0 : marks.back()))
      fail("takes a value that is not there");
    PickleValue *value = stack.back();
    stack.pop_back();
    return value;
  }
  PickleValue *pop(Kind kind) {
    PickleValue *value = pop();
    if (value->kind != kind)
      fail(std::string("required ") + PickleValue{.kind = kind}.kindText() + ", got " + value->kindText());
    return value;
  }
  PickleValue *top(Kind kind) {
    stack.push_back(pop(kind));
    return stack.back();
  }
  /// The values above the last mark, which goes, too.
  std::vector<PickleValue *> popToMark() {
    if (marks.empty())
      fail("takes a mark that is not there");
    std::vector<PickleValue *> values(stack.begin() + std::ptrdiff_t(marks.back()), stack.end());
    stack.resize(marks.back());
    marks.pop_back();
    return values;
  }
  void append(PickleValue *container, const std::vector<PickleValue *> &values) {
    container->items.insert(container->items.end(), values.begin(), values.end());
  }
  void insert(PickleValue *dict, const std::vector<PickleValue *> &values) {
    if (values.size() % 2)
      fail("a key of a dict has no value");
    for (size_t i = 0; i < values.size(); i += 2)
      dict->pairs.emplace_back(values[i], values[i + 1]);
  }
  void pushTuple(size_t count) {
    std::vector<PickleValue *> values(count);
    for (size_t i = count; i-- > 0;)
      values[i] = pop();
    append(&pushKind(Kind::tuple), values);
  }
  void remember(uint64_t index) {
    if (stack.empty())
      fail("remembers a value that is not there");
    memo[index] = stack.back();
  }
  void recall(uint64_t index) {
    auto found = memo.find(index);
    if (found == memo.end())
      fail("recalls a value that is not there");
    stack.push_back(found->second);
  }

  //===--- what stands for objects ----------------------------------------------------------------------------------===//

  void pushGlobal() {
    std::string module = line(), name = line();
    push({.kind = Kind::global, .text = module + "." + name});
  }

  const PickleValue &argument(const PickleValue &tuple, size_t i, Kind kind) const {
    if (i >= tuple.items.size() || tuple.items[i]->kind != kind)
      fail("argument " + std::to_string(i) + " of a tensor or storage must be " +
           PickleValue{.kind = kind}.kindText());
    return *tuple.items[i];
  }
  std::vector<int64_t> integers(const PickleValue &tuple) const {
    constexpr size_t mostDimensions = 64; // as in PyTorch
    if (tuple.items.size() > mostDimensions)
      fail("a tensor of " + std::to_string(tuple.items.size()) + " dimensions");
    std::vector<int64_t> result;
    for (size_t i = 0; i < tuple.items.size(); ++i)
      result.push_back(argument(tuple, i, Kind::integer).integer);
    return result;
  }

  /// ("storage", type, key, device, count)
  void pushStorage() {
    const PickleValue &id = *pop(Kind::tuple);
    if (id.items.size() != 5 || argument(id, 0, Kind::string).text != "storage")
      fail("a persistent id that is not a storage's");
    const std::string &key = argument(id, 2, Kind::string).text;
    if (constexpr size_t longest = 100; key.size() > longest)
      fail("the key of a storage has more than 100 characters");
    push({.kind = Kind::storage,
          .text = key,
          .items = {&argument(id, 1, Kind::global)},
          .count = argument(id, 4, Kind::integer).integer});
  }

  /// (storage, offset, sizes, strides, requires grad, hooks, metadata)
  void pushTensor(const PickleValue &arguments) {
    if (arguments.items.size() > 6 && !arguments.items[6]->pairs.empty())
      fail("a tensor with metadata (conjugate or negative bits)");
    push({.kind = Kind::tensor,
          .items = {&argument(arguments, 0, Kind::storage)},
          .offset = argument(arguments, 1, Kind::integer).integer,
          .sizes = integers(argument(arguments, 2, Kind::tuple)),
          .strides = integers(argument(arguments, 3, Kind::tuple))});
  }

  void reduce() {
    const PickleValue &arguments = *pop(Kind::tuple);
    const std::string &callee = pop(Kind::global)->text;
    if (callee == "collections.OrderedDict" && arguments.items.empty())
      pushKind(Kind::dict);
    else if (callee == "torch._utils._rebuild_tensor_v2")
      pushTensor(arguments);
    else if (callee == "torch._utils._rebuild_parameter")
      push(argument(arguments, 0, Kind::tensor));
    else
      fail("the class or function '" + printable(callee) + "' is not part of a state dict");
  }

  /// A module that libtorch has saved: its attributes follow.
  void makeObject() {
    const PickleValue &arguments = *pop(Kind::tuple);
    const std::string &callee = pop(Kind::global)->text;
    if (!callee.starts_with("__torch__.") || !arguments.items.empty())
      fail("the class '" + printable(callee) + "' is not part of a state dict");
    pushKind(Kind::dict).integer = isObject;
  }
  /// The attributes of an object. Those of a dict (_metadata of a state dict) are of no use here.
  void build() {
    const PickleValue &attributes = *pop(Kind::dict);
    PickleValue *object = top(Kind::dict);
    if (object->integer == isObject)
      object->pairs = attributes.pairs, object->integer = 0;
  }

  static std::string printable(const std::string &name) {
    constexpr size_t longest = 100;
    std::string result;
    for (char c : name.substr(0, longest))
      result += c < ' ' || c == 0x7f ? '?' : c;
    return name.size() > longest ? result + "..." : result;
  }

  //===--- instructions -------------------------------------------------------------------------------------------===//

  /// One instruction; false after the last.
  bool step() {
    switch (char opcode = char(number(1))) {
    case '\x80': { // PROTO
      if (uint64_t protocol = number(1); protocol != 2)
        fail("required protocol 2, which torch.save writes by default, got " + std::to_string(protocol));
      return true;
    }
    case '.': return false; // STOP
    case 'N': pushKind(Kind::none); return true;
    case '\x88': pushInteger(1, Kind::boolean); return true;
    case '\x89': pushInteger(0, Kind::boolean); return true;
    case 'K': pushInteger(int64_t(number(1))); return true;
    case 'M': pushInteger(int64_t(number(2))); return true;
    case 'J': pushInteger(int32_t(number(4))); return true;
    case '\x8a': pushInteger(longInteger()); return true;
    case 'G': push({.kind = Kind::real, .real = real()}); return true;
    case 'X': push({.kind = Kind::string, .text = text(number(4))}); return true;
    case 'c': pushGlobal(); return true;
    case 'R': reduce(); return true;
    case 'Q': pushStorage(); return true;
    case 'q': remember(number(1)); return true;
    case 'r': remember(number(4)); return true;
    case 'h': recall(number(1)); return true;
    case 'j': recall(number(4)); return true;
    default: return stepContainer(opcode);
    }
  }

  bool stepContainer(char opcode) {
    switch (opcode) {
    case '(': marks.push_back(stack.size()); return true;
    case '0': pop(); return true;
    case ']': pushKind(Kind::list); return true;
    case '}': pushKind(Kind::dict); return true;
    case ')': pushTuple(0); return true;
    case '\x85': pushTuple(1); return true;
    case '\x86': pushTuple(2); return true;
    case '\x87': pushTuple(3); return true;
    case 't': {
      std::vector<PickleValue *> values = popToMark();
      append(&pushKind(Kind::tuple), values);
      return true;
    }
    case 'a': {
      PickleValue *value = pop();
      append(top(Kind::list), {value});
      return true;
    }
    case 'e': {
      std::vector<PickleValue *> values = popToMark();
      append(top(Kind::list), values);
      return true;
    }
    case 's': {
      PickleValue *value = pop(), *key = pop();
      insert(top(Kind::dict), {key, value});
      return true;
    }
    case 'u': {
      std::vector<PickleValue *> values = popToMark();
      insert(top(Kind::dict), values);
      return true;
    }
    case '\x81': makeObject(); return true;
    case 'b': build(); return true;
    default:
      fail("instruction " + std::to_string(static_cast<unsigned char>(opcode)) +
           " is not part of a state dict");
    }
  }

  static constexpr int64_t isObject = 1; ///< marks a dict that is to get attributes

  Pickle &pickle;
  std::span<const std::byte> bytes;
  size_t at = 0;
  std::vector<PickleValue *> stack;
  std::vector<size_t> marks;
  std::unordered_map<uint64_t, PickleValue *> memo;
};

Pickle::Pickle(std::span<const std::byte> bytes) { result = PickleMachine(*this, bytes).run(); }

} // namespace ingot::detail
