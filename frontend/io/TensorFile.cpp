#include "frontend/io/TensorFile.h"
#include "frontend/io/Zip.h"
#include <algorithm>

namespace ingot::detail {
namespace {

/// What tensors of a file of torch.save borrow from.
struct TorchFile {
  ingot_rt::Buffer bytes;
  std::vector<std::vector<std::byte>> copies;
};

} // namespace

TensorFile TensorFile::read(const std::string &path) {
  ingot_rt::Buffer bytes;
  if (ingot_rt::Status status = ingot_rt::read_file(path, bytes); !status)
    throw FileError(status.message());
  return parse(std::move(bytes), path);
}

TensorFile TensorFile::parse(ingot_rt::Buffer bytes, const std::string &name) {
  TensorFile file;
  if (!ZipArchive::matches({bytes.data(), bytes.size()})) {
    auto contents = std::make_shared<ingot_rt::SafeTensors>();
    if (ingot_rt::Status status = ingot_rt::SafeTensors::parse(std::move(bytes), name, *contents); !status)
      throw FileError(status.message());
    file.list = contents->tensors();
    file.owner = std::move(contents);
    return file;
  }
  auto contents = std::make_shared<TorchFile>();
  contents->bytes = std::move(bytes);
  try {
    file.list = readTorchArchive({contents->bytes.data(), contents->bytes.size()}, contents->copies);
  } catch (const FileError &error) {
    throw FileError(name + ": " + error.what());
  }
  file.owner = std::move(contents);
  return file;
}

const ingot_rt::Tensor *TensorFile::find(std::string_view name) const {
  auto tensor = std::lower_bound(list.begin(), list.end(), name,
                                 [](const ingot_rt::Tensor &a, std::string_view b) { return a.name < b; });
  return tensor != list.end() && tensor->name == name ? &*tensor : nullptr;
}

} // namespace ingot::detail
