// What torch.save writes: a zip archive of a pickle, NAME/data.pkl, and the bytes of each storage, NAME/data/KEY.
#include "frontend/io/Pickle.h"
#include "frontend/io/TensorFile.h"
#include "frontend/io/Zip.h"
#include <algorithm>
#include <cstring>

namespace ingot::detail {
namespace {

using Kind = PickleValue::Kind;

const ingot_rt::DType *dtypeOfStorage(const std::string &name) {
  constexpr std::pair<std::string_view, std::string_view> types[] = {
      {"torch.BFloat16Storage", "bf16"}, {"torch.BoolStorage", "bool"},  {"torch.ByteStorage", "u8"},
      {"torch.CharStorage", "i8"},       {"torch.DoubleStorage", "f64"}, {"torch.FloatStorage", "f32"},
      {"torch.HalfStorage", "f16"},      {"torch.IntStorage", "i32"},    {"torch.LongStorage", "i64"},
      {"torch.ShortStorage", "i16"}};
  for (const auto &[storage, type] : types)
    if (storage == name)
      return ingot_rt::dtype_named(type);
  throw FileError("a storage of class " + ingot_rt::detail::in_quotes(name) + ", which is not supported");
}

class Reader {
public:
  Reader(std::span<const std::byte> bytes, std::vector<std::vector<std::byte>> &copies)
      : archive(bytes, copies), copies(copies) {}

  std::vector<ingot_rt::Tensor> run() {
    findFolder();
    if (const ZipEntry *order = archive.find(folder + "byteorder"))
      if (std::span<const std::byte> text = contentsOf(*order);
          std::string_view(reinterpret_cast<const char *>(text.data()), text.size()) != "little")
        throw FileError("the numbers in it must be little-endian");
    std::span<const std::byte> program = contentsOf(*archive.find(folder + "data.pkl"));
    Pickle pickle(program);
    mostValues = program.size();
    if (pickle.root().kind == Kind::tensor)
      add("0", pickle.root());
    else
      collect("", pickle.root(), 0);
    std::sort(tensors.begin(), tensors.end(), [](const auto &a, const auto &b) { return a.name < b.name; });
    auto same = std::adjacent_find(tensors.begin(), tensors.end(),
                                   [](const auto &a, const auto &b) { return a.name == b.name; });
    if (same != tensors.end())
      throw FileError("two tensors in it are called " + ingot_rt::detail::in_quotes(same->name));
    return std::move(tensors);
  }

private:
  void findFolder() {
    constexpr std::string_view name = "data.pkl";
    for (const auto &[path, entry] : archive.entries())
      if (path.find('/') == path.size() - name.size() - 1 && path.ends_with(name))
        folder = path.substr(0, path.size() - name.size());
    if (folder.empty())
      throw FileError("the zip archive has no data.pkl: it is not what torch.save writes");
  }

  /// Each entry is checked and inflated once.
  std::span<const std::byte> contentsOf(const ZipEntry &entry) {
    auto [known, isNew] = contents.try_emplace(&entry);
    if (isNew) {
      known->second = archive.read(entry);
      contentBytes += known->second.size();
    }
    return known->second;
  }

  /// The tensors in a value, which may hold parts of itself many times.
  void collect(const std::string &name, const PickleValue &value, int depth) {
    constexpr int deepest = 32;
    constexpr size_t longestName = 1024;
    if (depth > deepest || ++visited > mostValues || name.size() > longestName)
      throw FileError("the dicts and lists in it are too deep or too many");
    auto nameOf = [&](const std::string &key) { return name.empty() ? key : name + "." + key; };
    if (value.kind == Kind::tensor)
      return add(name, value);
    for (size_t i = 0; i < value.items.size(); ++i) // of a list or tuple
      collect(nameOf(std::to_string(i)), *value.items[i], depth + 1);
    for (const auto &[key, element] : value.pairs) {
      if (key->kind != Kind::string && key->kind != Kind::integer)
        throw FileError(std::string("the key of a dict must be a string or an integer, got ") +
                        key->kindText());
      collect(nameOf(key->kind == Kind::string ? key->text : std::to_string(key->integer)), *element,
              depth + 1);
    }
  }

  void add(const std::string &name, const PickleValue &value) {
    const PickleValue &storage = *value.items[0];
    ingot_rt::Tensor &tensor = tensors.emplace_back();
    tensor.name = name;
    tensor.dtype = dtypeOfStorage(storage.items[0]->text);
    tensor.shape = value.sizes;
    auto require = [&](bool holds, const char *what) {
      if (!holds)
        throw FileError("tensor " + ingot_rt::detail::in_quotes(name) + ": " + what);
    };
    int64_t bytes = ingot_rt::detail::byte_size(*tensor.dtype, tensor.shape);
    require(bytes >= 0, "its size does not fit in 64 bits");
    require(value.strides.size() == value.sizes.size(), "it must have as many strides as sizes");
    const ZipEntry *entry = archive.find(folder + "data/" + storage.text);
    require(entry, "its storage is missing in the archive");
    require(storage.count >= 0 && uint64_t(storage.count) <= entry->size / uint64_t(tensor.dtype->size),
            "its storage in the archive is too short");
    require(bytes == 0 || lastElement(value) < storage.count, "it lies outside of its storage");
    // Views may share a storage and expanded tensors repeat its elements, but not without end.
    constexpr uint64_t mostSharing = 16, alwaysAllowed = 64 << 20;
    std::span<const std::byte> elements = contentsOf(*entry);
    tensorBytes += uint64_t(bytes);
    require(tensorBytes <= alwaysAllowed || tensorBytes / mostSharing <= contentBytes,
            "the tensors are far larger than what the file holds");
    tensor.data = elementsOf(value, *tensor.dtype, size_t(bytes), elements);
  }

  /// The place of a tensor's last element in its storage; INT64_MAX if it is not one.
  static int64_t lastElement(const PickleValue &tensor) {
    int64_t last = tensor.offset;
    bool ok = last >= 0;
    for (size_t i = 0; i < tensor.sizes.size(); ++i) {
      int64_t distance = 0;
      ok = ok && tensor.strides[i] >= 0 &&
           !__builtin_mul_overflow(tensor.sizes[i] - 1, tensor.strides[i], &distance) &&
           !__builtin_add_overflow(last, distance, &last);
    }
    return ok ? last : INT64_MAX;
  }

  static bool isRowMajor(const PickleValue &tensor) {
    int64_t expected = 1;
    for (size_t i = tensor.sizes.size(); i-- > 0; expected *= tensor.sizes[i])
      if (tensor.sizes[i] != 1 && tensor.strides[i] != expected)
        return false;
    return true;
  }

  ingot_rt::Span<const std::byte> elementsOf(const PickleValue &tensor, const ingot_rt::DType &type,
                                             size_t bytes, std::span<const std::byte> storage) {
    if (bytes == 0)
      return {};
    size_t element = size_t(type.size);
    if (isRowMajor(tensor))
      return {storage.data() + size_t(tensor.offset) * element, bytes};
    std::vector<std::byte> &copy = copies.emplace_back(bytes);
    std::vector<int64_t> index(tensor.sizes.size());
    int64_t from = tensor.offset;
    for (size_t to = 0; to < bytes; to += element) {
      std::memcpy(copy.data() + to, storage.data() + size_t(from) * element, element);
      for (size_t i = index.size(); i-- > 0;) {
        if (tensor.sizes[i] == 1)
          continue;
        from += tensor.strides[i];
        if (++index[i] < tensor.sizes[i])
          break;
        from -= index[i] * tensor.strides[i];
        index[i] = 0;
      }
    }
    return {copy.data(), bytes};
  }

  ZipArchive archive;
  std::vector<std::vector<std::byte>> &copies;
  uint64_t contentBytes = 0, tensorBytes = 0;
  size_t visited = 0, mostValues = 0; ///< each takes at least a byte of the pickle, unless it is shared
  std::string folder;                 ///< with its slash
  std::map<const ZipEntry *, std::span<const std::byte>> contents;
  std::vector<ingot_rt::Tensor> tensors;
};

} // namespace

std::vector<ingot_rt::Tensor> readTorchArchive(std::span<const std::byte> bytes,
                                               std::vector<std::vector<std::byte>> &copies) {
  return Reader(bytes, copies).run();
}

} // namespace ingot::detail
