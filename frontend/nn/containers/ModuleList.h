// ModuleList: modules in a list that names them by their place. It has no forward.
//
//   nn::ModuleList layers(nn::Linear(8, 8), nn::Linear(8, 8));
//   for (const auto &layer : *layers)
//     x = layer->as<nn::Linear>()->forward(x);
#pragma once
#include "ingot/core/Module.h"
#include <vector>

namespace ingot::nn {

class ModuleListImpl : public Cloneable<ModuleListImpl> {
public:
  using Iterator = std::vector<std::shared_ptr<Module>>::iterator;
  using ConstIterator = std::vector<std::shared_ptr<Module>>::const_iterator;

  ModuleListImpl();
  template <class... M>
    requires(sizeof...(M) > 0)
  explicit ModuleListImpl(M &&...modules) {
    (push_back(std::forward<M>(modules)), ...);
  }
  ModuleListImpl(const ModuleListImpl &) = default;

  std::shared_ptr<Module> clone(const std::optional<Device> &device = std::nullopt) const override;
  void reset() override;
  void pretty_print(std::ostream &stream) const override;

  void push_back(std::shared_ptr<Module> module) { insert(size(), std::move(module)); }
  template <class M> void push_back(std::shared_ptr<M> module) {
    push_back(std::shared_ptr<Module>(std::move(module)));
  }
  template <class M> void push_back(const ModuleHolder<M> &module) { push_back(module.ptr()); }
  template <class M>
    requires std::is_base_of_v<Module, std::remove_cvref_t<M>>
  void push_back(M &&module) {
    push_back(std::make_shared<std::remove_cvref_t<M>>(std::forward<M>(module)));
  }
  template <class Container> void extend(const Container &container) {
    for (const auto &module : container)
      push_back(module);
  }
  /// Before the module at a place; later ones are renamed. An Error beyond the end.
  void insert(size_t index, std::shared_ptr<Module> module);
  template <class M> void insert(size_t index, const ModuleHolder<M> &module) { insert(index, module.ptr()); }

  Iterator begin() { return modules_.begin(); }
  ConstIterator begin() const { return modules_.begin(); }
  Iterator end() { return modules_.end(); }
  ConstIterator end() const { return modules_.end(); }
  size_t size() const noexcept { return modules_.size(); }
  bool is_empty() const noexcept { return modules_.empty(); }
  /// The module at a place; an Error if there is none, or if it is not a T.
  template <class T> T &at(size_t index) const { return *ptr<T>(index); }
  std::shared_ptr<Module> ptr(size_t index) const;
  template <class T> std::shared_ptr<T> ptr(size_t index) const {
    auto module = std::dynamic_pointer_cast<T>(ptr(index));
    if (!module)
      throwType(index, typeid(T));
    return module;
  }
  std::shared_ptr<Module> operator[](size_t index) const { return ptr(index); }

private:
  [[noreturn]] void throwType(size_t index, const std::type_info &required) const;

  std::vector<std::shared_ptr<Module>> modules_;
};
INGOT_MODULE(ModuleList);

} // namespace ingot::nn
