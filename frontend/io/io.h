// Tensors in files: safetensors with PyTorch's names, and reading what PyTorch's torch.save writes.
//
//   load, save                  a module's parameters and buffers, a tensor, a vector of tensors
//   load_tensors, save_tensors  tensors by name
//
//   ingot::save(model, "lenet.safetensors");
//   ingot::load(model, "lenet.safetensors");
//   ingot::load(model, "resnet18.pt");                                         // torch.save(model.state_dict(), ...)
//   model->load_state_dict(ingot::load_tensors("checkpoint.pt", "model."));    // torch.save({"model": ..., ...}, ...)
//
// All that load reads either format, told apart by its contents. Of a file of torch.save (a zip archive, PyTorch 1.6 and
// later) only tensors in dicts, lists and tuples are taken; a key in a nested dict is joined to the outer one by a dot, an
// element of a list is called by its place. Classes of any other kind are an Error that names them; nothing in a file is ever
// executed. What is written is safetensors.
#pragma once
#include "ingot/core/Module.h"
#include <string>
#include <vector>

namespace ingot {

/// Reads the parameters and buffers of `module` from a file. Sizes and element types that differ and, with `strict`, names
/// that are missing or unexpected are an Error that lists all of them, as is a file that is missing or corrupt; then nothing
/// is changed. (load_state_dict converts element types.)
void load(nn::Module &module, const std::string &path, bool strict = true,
          const Where &at = Where::current());
/// Writes the parameters and buffers of `module`, replacing an old file in one step.
void save(const nn::Module &module, const std::string &path, const Where &at = Where::current());

/// Replaces `tensor` by the one of a file that has just one.
void load(Tensor &tensor, const std::string &path, const Where &at = Where::current());
/// Appends the tensors of a file that save() of a vector, or torch.save of a list, has written.
void load(std::vector<Tensor> &tensors, const std::string &path, const Where &at = Where::current());
/// Writes one tensor, called "0".
void save(const Tensor &tensor, const std::string &path, const Where &at = Where::current());
/// Writes tensors, called "0", "1", ...
void save(const std::vector<Tensor> &tensors, const std::string &path, const Where &at = Where::current());

/// Reads the tensors of a file whose names begin with `prefix`, which is cut off; sorted by name. None is an Error where a
/// prefix is given.
OrderedDict<std::string, Tensor> load_tensors(const std::string &path, const std::string &prefix = "",
                                              const Where &at = Where::current());
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
