// Files of torch.save: what is read, what is refused, and that nothing in one does harm.
//
// data/ has files that PyTorch 2.15 and libtorch wrote; write_pt.py writes others. The format without tensors is tested here,
// so that this program, the one that fuzzes, is small.
#include "frontend/io/Pickle.h"
#include "frontend/io/TensorFile.h"
#include "frontend/io/Zip.h"
#include "test/frontend/io/ZipOf.h"
#include "test/support/TempFolder.h"
#include <cstdlib>
#include <cstring>
#include <gtest/gtest.h>
#include <map>
#include <random>

using namespace ingot::detail;
using namespace ingot::test;

namespace {

std::span<const std::byte> bytesOf(const std::string &text) {
  return {reinterpret_cast<const std::byte *>(text.data()), text.size()};
}

TensorFile parse(const std::string &bytes) {
  return TensorFile::parse(
      ingot_rt::Buffer::copy({reinterpret_cast<const std::byte *>(bytes.data()), bytes.size()}), "x.pt");
}

std::string errorOf(const std::string &bytes) {
  try {
    parse(bytes);
  } catch (const FileError &error) {
    return error.what();
  }
  return "no error";
}

std::string shapeOf(const TensorFile &file, const char *name) {
  const ingot_rt::Tensor *tensor = file.find(name);
  return tensor ? ingot_rt::type_text(*tensor->dtype, tensor->shape) : "none";
}

template <class T> std::vector<T> elements(const TensorFile &file, const char *name) {
  const ingot_rt::Tensor *tensor = file.find(name);
  std::vector<T> values(tensor ? tensor->data.size() / sizeof(T) : 0);
  if (!values.empty())
    std::memcpy(values.data(), tensor->data.data(), tensor->data.size());
  return values;
}

using Floats = std::vector<float>;

std::string dataFile(const std::string &name) { return readFile(std::string(INGOT_TEST_DATA) + "/" + name); }

/// The files of write_pt.py, by name.
const std::map<std::string, std::string> &writtenFiles() {
  static const std::map<std::string, std::string> files = [] {
    TempFolder folder;
    std::string command =
        std::string(INGOT_PYTHON) + " " + INGOT_TEST_DATA + "/../write_pt.py " + folder.path();
    std::map<std::string, std::string> read;
    if (std::system(command.c_str()) == 0)
      for (const auto &entry : std::filesystem::directory_iterator(folder.path()))
        read[entry.path().stem().string()] = readFile(entry.path());
    return read;
  }();
  return files;
}

/// Reads what may be corrupt. All that may happen is a FileError; the sanitizers watch.
void readWhole(const std::string &bytes) {
  try {
    TensorFile file = parse(bytes);
    for (const ingot_rt::Tensor &tensor : file.tensors())
      EXPECT_EQ(int64_t(std::vector<std::byte>(tensor.data.begin(), tensor.data.end()).size()),
                ingot_rt::detail::byte_size(*tensor.dtype, tensor.shape));
  } catch (const FileError &) {
  }
}

/// A few bytes changed: to random values, to those of instructions, or by one bit.
std::string mutated(std::string bytes, std::mt19937 &random) {
  constexpr std::string_view opcodes = "\x80.NKMJGXcRQqrhj(0]})\x85\x86\x87taesub\x81\x8a\x88\x89";
  for (size_t i = 0, changes = 1 + random() % 3; i < changes && !bytes.empty(); ++i) {
    char &byte = bytes[random() % bytes.size()];
    switch (random() % 4) {
    case 0: byte = char(random()); break;
    case 1: byte = opcodes[random() % opcodes.size()]; break;
    case 2: byte = random() % 2 ? char(0xff) : char(0); break;
    default: byte = char(byte ^ (1 << random() % 8));
    }
  }
  return bytes;
}

/// A field of a header or of the directory changed, to what fits nothing or only almost.
std::string withMutatedField(std::string archive, std::mt19937 &random) {
  std::vector<size_t> records;
  for (size_t at = archive.find("PK"); at != std::string::npos; at = archive.find("PK", at + 1))
    records.push_back(at);
  size_t field = records[random() % records.size()] + 4 + random() % 56;
  const uint64_t values[] = {
      0, 1, UINT64_MAX, UINT64_MAX - 1, INT64_MAX, archive.size(), archive.size() - 1, random()};
  std::string value = littleEndian(values[random() % 8], 2 << random() % 3);
  if (field + value.size() <= archive.size())
    archive.replace(field, value.size(), value);
  return archive;
}

} // namespace

TEST(TorchFile, ReadsAStateDict) {
  TensorFile file = parse(dataFile("state_dict.pt"));
  EXPECT_EQ(file.tensors().size(), 7u);
  EXPECT_EQ(shapeOf(file, "fc.weight"), "f32 [2, 3]");
  EXPECT_EQ(elements<float>(file, "fc.weight"), (Floats{0, 1, 2, 3, 4, 5}));
  EXPECT_EQ(elements<float>(file, "norm.running_var"), (Floats{50, 51}));
  EXPECT_EQ(shapeOf(file, "norm.num_batches_tracked"), "i64 []");
  EXPECT_EQ(elements<int64_t>(file, "norm.num_batches_tracked"), (std::vector<int64_t>{60}));
}

TEST(TorchFile, ReadsNestedDicts) {
  TensorFile file = parse(dataFile("checkpoint.pt"));
  EXPECT_EQ(elements<float>(file, "model.norm.weight"), (Floats{20, 21}));
  TensorFile written = parse(writtenFiles().at("checkpoint"));
  EXPECT_EQ(written.tensors().size(), 3u);
  EXPECT_EQ(elements<float>(written, "optimizer.state.0.step"), (Floats{9}));
}

TEST(TorchFile, ReadsListsAndTensors) {
  TensorFile file = parse(dataFile("list.pt"));
  EXPECT_EQ(elements<float>(file, "1"), (Floats{0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11}));
  EXPECT_EQ(elements<float>(file, "2"), (Floats{4, 6, 8, 10}));
  EXPECT_EQ(elements<float>(file, "3"), (Floats{0, 1, 2, 3, 0, 1, 2, 3}));
  EXPECT_EQ(shapeOf(file, "4"), "f16 []");
  EXPECT_EQ(shapeOf(file, "5"), "bf16 [2]");
  EXPECT_EQ(elements<uint8_t>(file, "6"), (std::vector<uint8_t>{1, 0}));
  EXPECT_EQ(elements<float>(parse(writtenFiles().at("tensor")), "0"), (Floats{1, 2, 3}));
  EXPECT_EQ(elements<float>(parse(writtenFiles().at("list")), "1.0"), (Floats{3}));
}

TEST(TorchFile, ReadsAModuleOfLibtorch) {
  TensorFile file = parse(dataFile("libtorch_module.pt"));
  EXPECT_EQ(elements<float>(file, "fc.weight"), (Floats{0, 1, 2, 3, 4, 5}));
  EXPECT_EQ(elements<float>(file, "block.0.bias"), (Floats{30, 31}));
  EXPECT_EQ(file.tensors().size(), 7u);
}

TEST(TorchFile, ReadsAllTypesAndStrides) {
  for (const char *name : {"good", "deflated"}) {
    TensorFile file = parse(writtenFiles().at(name));
    EXPECT_EQ(file.tensors().size(), 14u);
    EXPECT_EQ(shapeOf(file, "matrix"), "f32 [2, 3, 4]");
    EXPECT_EQ(elements<float>(file, "transposed"), (Floats{1, 4, 2, 5, 3, 6}));
    EXPECT_EQ(elements<float>(file, "every.second"), (Floats{10, 12, 14, 16}));
    EXPECT_EQ(elements<float>(file, "expanded"), (Floats{20, 21, 22, 20, 21, 22}));
    EXPECT_EQ(elements<float>(file, "one"), (Floats{22, 23}));
    EXPECT_EQ(elements<int64_t>(file, "scalar"), (std::vector<int64_t>{-7}));
    EXPECT_EQ(shapeOf(file, "empty"), "f32 [0, 3]");
    EXPECT_EQ(elements<float>(file, "parameter"), (Floats{0, 1}));
    EXPECT_EQ(elements<double>(file, "double"), (std::vector<double>{0.5, -1e300}));
    EXPECT_EQ(elements<int32_t>(file, "int"), (std::vector<int32_t>{1, -2}));
    EXPECT_EQ(elements<int8_t>(file, "char"), (std::vector<int8_t>{1, -128}));
    EXPECT_EQ(shapeOf(file, "bool"), "bool [2]");
    EXPECT_EQ(elements<uint16_t>(file, "half"), (std::vector<uint16_t>{0x3c00, 0xc000}));
    EXPECT_EQ(shapeOf(file, "bfloat16"), "bf16 [2]");
  }
}

TEST(TorchFile, RefusesWhatItDoesNotKnow) {
  const std::pair<const char *, const char *> expected[] = {
      {"bad-call", "'posix.system' is not part of a state dict"},
      {"bad-class", "'collections.Counter' is not part of a state dict"},
      {"bad-storage", "a storage of class 'torch.ComplexFloatStorage'"},
      {"bad-byteorder", "must be little-endian"},
      {"bad-missing", "tensor 'x': its storage is missing"},
      {"bad-pickle", "has no data.pkl"},
      {"bad-short", "tensor 'x': its storage in the archive is too short"},
      {"bad-outside", "tensor 'x': it lies outside of its storage"},
      {"bad-offset", "tensor 'x': it lies outside of its storage"},
      {"bad-stride", "tensor 'x': it lies outside of its storage"},
      {"bad-far", "tensor 'x': it lies outside of its storage"},
      {"bad-size", "tensor 'x': its size does not fit in 64 bits"},
      {"bad-negative", "tensor 'x': its size does not fit in 64 bits"},
      {"bad-rank", "tensor 'x': it must have as many strides as sizes"},
      {"bad-huge", "tensor 'x': the tensors are far larger than what the file holds"},
      {"bad-metadata", "a tensor with metadata"},
      {"bad-names", "two tensors in it are called 'a.b'"},
      {"bad-key", "the key of a dict must be a string or an integer, got a tuple"},
      {"bad-deep", "too deep or too many"},
      {"bad-many", "too deep or too many"},
      {"bad-endless", "too deep or too many"}};
  for (const auto &[name, reason] : expected)
    EXPECT_NE(errorOf(writtenFiles().at(name)).find(reason), std::string::npos)
        << name << ": " << errorOf(writtenFiles().at(name));
  EXPECT_NE(errorOf(dataFile("module.pt")).find("'torch.nn.modules.container.Sequential'"), std::string::npos)
      << errorOf(dataFile("module.pt"));
}

TEST(TorchFile, FindsEveryTruncation) {
  for (const std::string &bytes : {dataFile("state_dict.pt"), writtenFiles().at("deflated")})
    for (size_t size = 0; size < bytes.size(); ++size)
      EXPECT_NE(errorOf(bytes.substr(0, size)), "no error") << size;
}

TEST(TorchFile, SurvivesCorruptArchives) {
  std::mt19937 random(1);
  for (const std::string &bytes : {dataFile("list.pt"), writtenFiles().at("deflated")})
    for (int i = 0; i < 3000; ++i)
      readWhole(mutated(bytes, random));
}

TEST(TorchFile, SurvivesCorruptDirectories) {
  std::mt19937 random(3);
  for (const std::string &bytes : {dataFile("list.pt"), writtenFiles().at("deflated")})
    for (int i = 0; i < 5000; ++i) {
      std::string once = withMutatedField(bytes, random);
      readWhole(random() % 2 ? once : withMutatedField(once, random));
    }
}

// Entries that are each small, and the same bytes: without end if each were inflated.
TEST(TorchFile, InflatesBytesOnce) {
  const std::string &bytes = writtenFiles().at("deflated");
  std::vector<std::vector<std::byte>> inflated;
  ZipArchive archive(bytesOf(bytes), inflated);
  auto largest =
      std::max_element(archive.entries().begin(), archive.entries().end(), [](const auto &a, const auto &b) {
        return a.second.packedSize < b.second.packedSize;
      });
  ASSERT_EQ(largest->second.method, 8);
  EXPECT_THROW(for (size_t i = 0; i <= bytes.size() / largest->second.packedSize; ++i)
                   archive.read(largest->second),
               FileError);
}

// Pickles in archives whose checksums are right.
TEST(TorchFile, SurvivesCorruptPickles) {
  std::mt19937 random(2);
  for (const std::string &bytes :
       {dataFile("list.pt"), dataFile("libtorch_module.pt"), writtenFiles().at("good")}) {
    std::vector<std::vector<std::byte>> inflated;
    ZipArchive archive(bytesOf(bytes), inflated);
    std::vector<std::pair<std::string, std::string>> entries;
    for (const auto &[name, entry] : archive.entries()) {
      std::span<const std::byte> contents = archive.read(entry);
      entries.emplace_back(name,
                           std::string(reinterpret_cast<const char *>(contents.data()), contents.size()));
    }
    EXPECT_EQ(errorOf(zipOf(entries)), "no error");
    auto pickle = std::find_if(entries.begin(), entries.end(),
                               [](const auto &entry) { return entry.first.ends_with("data.pkl"); });
    const std::string original = pickle->second;
    for (size_t size = 0; size < original.size(); ++size) {
      pickle->second = original.substr(0, size);
      EXPECT_NE(errorOf(zipOf(entries)), "no error") << size;
    }
    for (int i = 0; i < 5000; ++i) {
      pickle->second = mutated(original, random);
      readWhole(zipOf(entries));
    }
  }
}

TEST(TorchFile, ReadsNumbersOfAllSizes) {
  auto integer = [](const std::string &code) {
    return Pickle(bytesOf("\x80\2" + code + ".")).root().integer;
  };
  using namespace std::string_literals;
  EXPECT_EQ(integer("K\xff"), 255);
  EXPECT_EQ(integer("M\xff\xff"), 65535);
  EXPECT_EQ(integer("J\xff\xff\xff\xff"), -1);
  EXPECT_EQ(integer("\x8a\0"s), 0);
  EXPECT_EQ(integer("\x8a\1\x80"), -128);
  EXPECT_EQ(integer("\x8a\x06\0\0\0\0\0\x01"s), int64_t(1) << 40);
  EXPECT_EQ(integer("\x8a\x08\0\0\0\0\0\0\0\x80"s), INT64_MIN);
  EXPECT_EQ(Pickle(bytesOf("\x80\2G\x3f\xe0\0\0\0\0\0\0."s)).root().real, 0.5);
}
