// Archives: named values that are written one by one, as libtorch's custom modules and optimizers do, and streams.
//
//   serialize::OutputArchive out;              serialize::InputArchive in;
//   model->save(out);                          in.load_from("checkpoint.safetensors");
//   out.write("epoch", IValue(3));             model->load(in);
//   out.save_to("checkpoint.safetensors");     in.read("epoch", epoch);
//
// An archive in an archive is a prefix of names: "layer.weight" is "weight" of the archive "layer". A file is safetensors;
// numbers are 0-dim tensors in it, a text is a list of uint8, and they are read as such again.
#pragma once
#include "ingot/core/Function.h"
#include "ingot/core/Module.h"
#include "ingot/io/io.h"
#include "ingot/optim/Optimizer.h"
#include <functional>
#include <iosfwd>
#include <map>
#include <string>
#include <vector>

namespace ingot::serialize {

/// Collects values, which are written as they are when it is saved. A name is written once.
class OutputArchive {
public:
  OutputArchive() = default;
  OutputArchive(OutputArchive &&) = default;
  OutputArchive &operator=(OutputArchive &&) = default;

  /// `is_buffer` makes no difference.
  void write(const std::string &key, const Tensor &tensor, bool is_buffer = false);
  /// A tensor, a number, a bool, a text, or a list of tensors or integers.
  void write(const std::string &key, const IValue &value);
  void write(const std::string &key, OutputArchive &nested);
  template <class... Args> void operator()(Args &&...args) { write(std::forward<Args>(args)...); }

  void save_to(const std::string &path, const Where &at = Where::current());
  void save_to(std::ostream &stream, const Where &at = Where::current());
  /// Gives the bytes to a function, which returns how many it took.
  void save_to(const std::function<size_t(const void *, size_t)> &write, const Where &at = Where::current());

private:
  OrderedDict<std::string, Tensor> tensors{"Value"};
};

/// Values by name. Reads what OutputArchive and ingot::save write, and state dicts of torch.save.
class InputArchive {
public:
  InputArchive() = default;
  InputArchive(InputArchive &&) = default;
  InputArchive &operator=(InputArchive &&) = default;

  void load_from(const std::string &path, std::optional<Device> device = std::nullopt,
                 const Where &at = Where::current());
  /// What is left of the stream.
  void load_from(std::istream &stream, std::optional<Device> device = std::nullopt,
                 const Where &at = Where::current());
  void load_from(const char *data, size_t size, std::optional<Device> device = std::nullopt,
                 const Where &at = Where::current());

  /// From functions: one reads bytes from a position and returns how many, the other tells how many there are.
  void load_from(const std::function<size_t(uint64_t, void *, size_t)> &read,
                 const std::function<size_t()> &size, std::optional<Device> device = std::nullopt,
                 const Where &at = Where::current());

  /// Gives a defined tensor the value (set_data), or becomes it. A name that is missing is an Error.
  void read(const std::string &key, Tensor &tensor, bool is_buffer = false);
  void read(const std::string &key, IValue &value);
  void read(const std::string &key, InputArchive &nested);
  /// False where the name is missing.
  bool try_read(const std::string &key, Tensor &tensor, bool is_buffer = false);
  bool try_read(const std::string &key, IValue &value);
  bool try_read(const std::string &key, InputArchive &nested);
  template <class... Args> void operator()(Args &&...args) { read(std::forward<Args>(args)...); }

  /// The names of values and of archives in this one.
  std::vector<std::string> keys() const;
  /// All values, those of archives in this one under their prefix.
  const std::map<std::string, Tensor> &values() const { return tensors; }

private:
  std::map<std::string, Tensor> tensors;
};

} // namespace ingot::serialize

namespace ingot {

void save(const nn::Module &module, std::ostream &stream, const Where &at = Where::current());
void save(const optim::Optimizer &optimizer, std::ostream &stream, const Where &at = Where::current());
void save(const Tensor &tensor, std::ostream &stream, const Where &at = Where::current());
void save(const std::vector<Tensor> &tensors, std::ostream &stream, const Where &at = Where::current());
void load(nn::Module &module, std::istream &stream, const Where &at = Where::current());
void load(optim::Optimizer &optimizer, std::istream &stream, const Where &at = Where::current());
void load(Tensor &tensor, std::istream &stream, const Where &at = Where::current());
void load(std::vector<Tensor> &tensors, std::istream &stream, const Where &at = Where::current());

template <class M>
void save(const nn::ModuleHolder<M> &module, std::ostream &stream, const Where &at = Where::current()) {
  save(*module, stream, at);
}
template <class M>
void load(const nn::ModuleHolder<M> &module, std::istream &stream, const Where &at = Where::current()) {
  load(*module, stream, at);
}
/// A module by its pointer.
template <class M, class Target>
  requires std::is_base_of_v<nn::Module, M>
void save(const std::shared_ptr<M> &module, Target &&target, const Where &at = Where::current()) {
  save(static_cast<const nn::Module &>(*module), target, at);
}
template <class M>
  requires std::is_base_of_v<nn::Module, M>
void load(const std::shared_ptr<M> &module, const std::string &path, bool strict = true,
          const Where &at = Where::current()) {
  load(static_cast<nn::Module &>(*module), path, strict, at);
}
template <class M>
  requires std::is_base_of_v<nn::Module, M>
void load(const std::shared_ptr<M> &module, std::istream &stream, const Where &at = Where::current()) {
  load(static_cast<nn::Module &>(*module), stream, at);
}

} // namespace ingot
