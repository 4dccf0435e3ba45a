// ModuleDict: modules by name, in the order of insertion. It has no forward.
//
//   nn::ModuleDict heads;
//   heads->insert("image", nn::Linear(64, 10));
//   Tensor y = heads->at<nn::LinearImpl>("image").forward(x);
#pragma once
#include "ingot/core/Module.h"
#include <string>
#include <utility>
#include <vector>

namespace ingot::nn {

class ModuleDictImpl : public Cloneable<ModuleDictImpl> {
public:
  using Entry = std::pair<std::string, std::shared_ptr<Module>>;
  using ConstIterator = NamedModules::ConstIterator;

  ModuleDictImpl();
  explicit ModuleDictImpl(const std::vector<Entry> &modules);
  explicit ModuleDictImpl(const NamedModules &modules);
  ModuleDictImpl(const ModuleDictImpl &) = default;

  std::shared_ptr<Module> clone(const std::optional<Device> &device = std::nullopt) const override;
  void reset() override;
  void pretty_print(std::ostream &stream) const override;

  /// A known key gets another module.
  void insert(const std::string &key, std::shared_ptr<Module> module);
  template <class M> void insert(const std::string &key, const ModuleHolder<M> &module) {
    insert(key, module.ptr());
  }
  void update(const std::vector<Entry> &modules);
  template <class Dict> void update(const Dict &modules) {
    for (const auto &item : modules)
      insert(item.key(), item.value());
  }
  /// Removes a module and returns it; an unknown key is an Error.
  std::shared_ptr<Module> pop(const std::string &key);
  void clear();

  std::vector<Entry> items() const { return modules_.pairs(); }
  std::vector<std::string> keys() const { return modules_.keys(); }
  std::vector<std::shared_ptr<Module>> values() const { return modules_.values(); }
  /// Items: key() and value().
  ConstIterator begin() const { return modules_.begin(); }
  ConstIterator end() const { return modules_.end(); }
  size_t size() const noexcept { return modules_.size(); }
  bool empty() const noexcept { return modules_.is_empty(); }
  bool contains(const std::string &key) const noexcept { return modules_.contains(key); }
  /// An Error if there is no such module, or if it is not a T.
  std::shared_ptr<Module> ptr(const std::string &key) const { return modules_[key]; }
  template <class T> std::shared_ptr<T> ptr(const std::string &key) const {
    auto module = std::dynamic_pointer_cast<T>(ptr(key));
    if (!module)
      throwType(key, typeid(T));
    return module;
  }
  template <class T> T &at(const std::string &key) const { return *ptr<T>(key); }
  std::shared_ptr<Module> operator[](const std::string &key) const { return ptr(key); }

private:
  [[noreturn]] void throwType(const std::string &key, const std::type_info &required) const;

  NamedModules modules_{"Module"};
};
INGOT_MODULE(ModuleDict);

} // namespace ingot::nn
