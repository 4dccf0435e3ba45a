// Weights files: safetensors with PyTorch's names.
//
//   ingot::save(model, "lenet.safetensors");
//   ingot::load(model, "lenet.safetensors");
#pragma once
#include "ingot/core/Module.h"
#include <string>

namespace ingot {

/// Reads the parameters and buffers of `module` from a file. Missing, mis-shaped and, with `strict`,
/// unexpected names, and element types that differ are an Error that lists all of them, as is a file that is
/// missing or corrupt; then nothing is changed.
void load(nn::Module &module, const std::string &path, bool strict = true,
          const Where &at = Where::current());
/// Writes the parameters and buffers of `module`, replacing an old file in one step.
void save(const nn::Module &module, const std::string &path, const Where &at = Where::current());

/// Reads all tensors of a file, sorted by name.
OrderedDict<std::string, Tensor> load_tensors(const std::string &path, const Where &at = Where::current());
/// Writes named tensors. A 0-dim tensor is one of shape [].
void save_tensors(const OrderedDict<std::string, Tensor> &tensors, const std::string &path,
                  const Where &at = Where::current());

template <class Contained>
void load(const nn::ModuleHolder<Contained> &module, const std::string &path, bool strict = true,
          const Where &at = Where::current()) {
  load(*module, path, strict, at);
}
template <class Contained>
void save(const nn::ModuleHolder<Contained> &module, const std::string &path,
          const Where &at = Where::current()) {
  save(*module, path, at);
}

} // namespace ingot
