// nn::Module: the base of every layer and model, as in PyTorch.
//
//   Module         named parameters, buffers and child modules
//   Cloneable<T>   a Module T with reset(), which clone() can copy
//
//   struct NetImpl : nn::Module {
//     nn::Linear fc{8, 2};
//     NetImpl() { register_module("fc", fc); }
//     Tensor forward(Tensor x) { return fc(x); }
//   };
//   INGOT_MODULE(Net);
//   Net net;
//   net->named_parameters();   // fc.weight, fc.bias
#pragma once
#include "ingot/core/Holder.h"
#include "ingot/core/OrderedDict.h"
#include "ingot/core/State.h"
#include "ingot/core/Tensor.h"
#include <functional>
#include <iosfwd>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace ingot::serialize {
class InputArchive;
class OutputArchive;
} // namespace ingot::serialize

namespace ingot {
// Compiled once, in Module.cpp.
extern template class OrderedDict<std::string, Tensor>;
extern template class OrderedDict<std::string, std::shared_ptr<nn::Module>>;
} // namespace ingot

namespace ingot::nn {

/// What load_state_dict leaves alone: parameters and buffers that were not given, names that the module does not have.
struct IncompatibleKeys {
  std::vector<std::string> missing_keys, unexpected_keys;
};

/// A module is held by shared pointer (its holder); it does not move. Not thread-safe.
///
/// The names of what is registered are the names of its state in files and in errors: from the root module's
/// keys, joined by dots. A name must be new in its module, not empty, and without a dot. A module or tensor
/// may be registered in several places (tied weights); its first place names it.
class Module : public std::enable_shared_from_this<Module> {
  using At = Where;

public:
  using ModuleApplyFunction = std::function<void(Module &)>;
  using ConstModuleApplyFunction = std::function<void(const Module &)>;
  using NamedModuleApplyFunction = std::function<void(const std::string &, Module &)>;
  using ConstNamedModuleApplyFunction = std::function<void(const std::string &, const Module &)>;
  using ModulePointerApplyFunction = std::function<void(const std::shared_ptr<Module> &)>;
  using NamedModulePointerApplyFunction =
      std::function<void(const std::string &, const std::shared_ptr<Module> &)>;
  using Modules = std::vector<std::shared_ptr<Module>>;
  using NamedModules = OrderedDict<std::string, std::shared_ptr<Module>>;
  using NamedTensors = OrderedDict<std::string, Tensor>;

  /// name() will be the class's name.
  Module();
  explicit Module(std::string name);
  /// The copy shares tensors and children with the original until reset() replaces them; it is registered
  /// nowhere.
  Module(const Module &other);
  /// This module shares the tensors and the children of `other`, and nothing of what it had.
  Module &operator=(const Module &other);
  virtual ~Module();

  /// The name that the constructor was given, else that of the class, e.g. "ingot::nn::LinearImpl".
  const std::string &name() const noexcept;
  /// A copy of the module with parameters, buffers and children of its own. An error unless the class derives
  /// from Cloneable.
  virtual std::shared_ptr<Module> clone(const std::optional<Device> &device = std::nullopt) const;

  /// Calls `function` for this module, then for all below it, parents first; names are paths that begin with
  /// `name_prefix`. A function that takes the pointer needs this module to be held by one.
  void apply(const ModuleApplyFunction &function);
  void apply(const ConstModuleApplyFunction &function) const;
  void apply(const NamedModuleApplyFunction &function, const std::string &name_prefix = std::string());
  void apply(const ConstNamedModuleApplyFunction &function,
             const std::string &name_prefix = std::string()) const;
  void apply(const ModulePointerApplyFunction &function) const;
  void apply(const NamedModulePointerApplyFunction &function,
             const std::string &name_prefix = std::string()) const;

  /// Of this module and, with `recurse`, all below it; undefined ones (a bias that is switched off) are left
  /// out.
  std::vector<Tensor> parameters(bool recurse = true) const;
  NamedTensors named_parameters(bool recurse = true) const;
  std::vector<Tensor> buffers(bool recurse = true) const;
  NamedTensors named_buffers(bool recurse = true) const;
  /// This module (with `include_self`) and all below it.
  Modules modules(bool include_self = true) const;
  NamedModules named_modules(const std::string &name_prefix = std::string(), bool include_self = true) const;
  Modules children() const;
  NamedModules named_children() const;

  /// Training mode of this module and all below it: dropout drops, batch normalization uses the batch.
  virtual void train(bool on = true);
  void eval();
  virtual bool is_training() const noexcept;

  /// Converts the floating-point parameters and buffers of this module and all below it, in place.
  virtual void to(Dtype dtype, bool non_blocking = false);
  /// There is one device, the CPU.
  virtual void to(Device device, bool non_blocking = false);
  virtual void to(Device device, Dtype dtype, bool non_blocking = false);
  /// Clears the gradients of all parameters: undefined, or zero without `set_to_none`.
  virtual void zero_grad(bool set_to_none = true);

  /// This module as a T (a holder, or an Impl); null if it is not one.
  template <class T> auto as() noexcept { return dynamic_cast<ImplOf<T> *>(this); }
  template <class T> auto as() const noexcept { return dynamic_cast<const ImplOf<T> *>(this); }

  /// Registers a tensor that is trained and returns the registered handle. It may be undefined, which
  /// reserves the name.
  Tensor &register_parameter(std::string name, Tensor tensor, bool requires_grad = true,
                             At at = At::current());
  /// Registers a tensor that is state, but not trained. It may be undefined.
  Tensor &register_buffer(std::string name, Tensor tensor, At at = At::current());
  /// Registers a child and returns it.
  template <class T>
  std::shared_ptr<T> register_module(std::string name, std::shared_ptr<T> module, At at = At::current()) {
    registerChild(std::move(name), module, at);
    return module;
  }
  template <class T>
  std::shared_ptr<T> register_module(std::string name, ModuleHolder<T> module, At at = At::current()) {
    return register_module(std::move(name), module.ptr(at), at);
  }
  /// Registers another child under a known name, in its place.
  template <class T>
  std::shared_ptr<T> replace_module(const std::string &name, std::shared_ptr<T> module,
                                    At at = At::current()) {
    replaceChild(name, module, at);
    return module;
  }
  template <class T>
  std::shared_ptr<T> replace_module(const std::string &name, ModuleHolder<T> module, At at = At::current()) {
    return replace_module(name, module.ptr(at), at);
  }
  void unregister_module(const std::string &name, At at = At::current());

  /// All parameters and buffers under PyTorch's names: a module's own before those below it. The handles are
  /// the module's; undefined tensors are left out.
  NamedTensors state_dict() const;
  /// Copies values into the parameters and buffers, converted to their types. Sizes that differ and, with `strict`, names
  /// that are missing or unexpected are an error that lists all of them; then nothing is changed. Returns these names.
  IncompatibleKeys load_state_dict(const NamedTensors &state, bool strict = true, At at = At::current());

  /// Writes the parameters and buffers of this module and all below it, or reads them: see io/archive.h.
  virtual void save(serialize::OutputArchive &archive) const;
  virtual void load(serialize::InputArchive &archive);

  /// Prints one line, without children: for a layer its options, else name().
  virtual void pretty_print(std::ostream &stream) const;
  /// Prints the module with its children, indented.
  friend std::ostream &operator<<(std::ostream &stream, const Module &module);

  /// Where the module is in its tree, for locations and errors.
  const ingot::detail::ModuleNode *node() const { return node_.get(); }

protected:
  /// Becomes a module without parameters, buffers and children (of a copy, which then resets itself).
  void forgetRegistered();
  /// Gives `copy`, a module of the same class that has been reset, copies of this module's values.
  void copyValuesTo(Module &copy) const;
  /// Forgets a parameter; an unknown name is an error.
  void unregister_parameter(const std::string &name, const Where &at = Where::current());

private:
  template <class T, bool = is_module_holder<T>> struct Unwrap {
    using Type = T;
  };
  template <class T> struct Unwrap<T, true> {
    using Type = typename T::ContainedType;
  };
  template <class T> using ImplOf = typename Unwrap<T>::Type;

  void registerChild(std::string name, std::shared_ptr<Module> module, const At &at);
  void replaceChild(const std::string &name, std::shared_ptr<Module> module, const At &at);
  void adopt(const std::string &name, Module &child);
  void release(const std::string &name, Module &child);
  void checkTensorName(const char *op, const std::string &name, const At &at) const;
  Tensor &insertTensor(NamedTensors &dict, std::string name, Tensor tensor);
  void applyBelow(const NamedModulePointerApplyFunction &function, const std::string &prefix) const;
  std::shared_ptr<Module> self() const;
  void print(std::ostream &stream, const std::string &indentation) const;

  std::shared_ptr<ingot::detail::ModuleNode> node_;
  NamedTensors parameters_;
  NamedTensors buffers_;
  NamedModules children_;
  mutable std::string name_; ///< made on demand
  bool training_ = true;
};

/// A module whose reset() registers its parameters, buffers and children anew; its constructor calls reset().
template <class Derived> class Cloneable : public Module {
public:
  using Module::Module;

  /// Makes parameters, buffers and children as the constructor does.
  virtual void reset() = 0;

  std::shared_ptr<Module> clone(const std::optional<Device> & = std::nullopt) const override {
    auto copy = std::make_shared<Derived>(static_cast<const Derived &>(*this));
    Cloneable &fresh = *copy;
    fresh.forgetRegistered();
    fresh.reset();
    copyValuesTo(fresh);
    return copy;
  }
};

template <class Contained>
std::ostream &operator<<(std::ostream &stream, const ModuleHolder<Contained> &module) {
  return stream << static_cast<const Module &>(*module);
}

} // namespace ingot::nn
