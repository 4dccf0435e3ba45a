// The tensors of a file, whatever its format. Not a public header.
//
//   TensorFile   safetensors, or what torch.save writes of a state dict, a tensor or a list of tensors
//
//   TensorFile file = TensorFile::read("resnet18.pt");   // told apart by their contents
//   if (const ingot_rt::Tensor *weight = file.find("conv1.weight")) ...
//
// In a file of torch.save, keys of nested dicts are joined by dots ("state_dict.conv1.weight"), elements of lists are
// called by their place, a lone tensor is called "0"; numbers, strings and None beside the tensors are left out. Nothing in
// it is executed.
#pragma once
#include "runtime/params/SafeTensors.h"
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ingot::detail {

class TensorFile {
public:
  /// Throws FileError (frontend/io/Zip.h), whose text names the file.
  static TensorFile read(const std::string &path);
  /// The same of a file's bytes; `name` stands for the file in messages.
  static TensorFile parse(ingot_rt::Buffer bytes, const std::string &name);

  /// Sorted by name; row-major, owned by the file.
  const std::vector<ingot_rt::Tensor> &tensors() const { return list; }
  /// Null if there is none of this name.
  const ingot_rt::Tensor *find(std::string_view name) const;

private:
  std::vector<ingot_rt::Tensor> list;
  std::shared_ptr<const void> owner; ///< of what the tensors borrow
};

/// Reads an archive that torch.save has written. The tensors borrow from `bytes` and from `copies`, which receives what is
/// compressed or not row-major.
std::vector<ingot_rt::Tensor> readTorchArchive(std::span<const std::byte> bytes,
                                               std::vector<std::vector<std::byte>> &copies);

} // namespace ingot::detail
