#include "frontend/nn/containers/ModuleDict.h"
#include "frontend/core/Error.h"
#include "frontend/core/TypeName.h"
#include <ostream>

namespace ingot::nn {

ModuleDictImpl::ModuleDictImpl() = default;

ModuleDictImpl::ModuleDictImpl(const std::vector<Entry> &modules) { update(modules); }

ModuleDictImpl::ModuleDictImpl(const NamedModules &modules) { update(modules); }

std::shared_ptr<Module> ModuleDictImpl::clone(const std::optional<Device> &device) const {
  auto copy = std::make_shared<ModuleDictImpl>();
  for (const auto &item : modules_)
    copy->insert(item.key(), item.value()->clone(device));
  copy->train(is_training());
  return copy;
}

void ModuleDictImpl::reset() {}

void ModuleDictImpl::pretty_print(std::ostream &stream) const { stream << "nn::ModuleDict"; }

void ModuleDictImpl::insert(const std::string &key, std::shared_ptr<Module> module) {
  if (std::shared_ptr<Module> *place = modules_.find(key)) {
    *place = replace_module(key, std::move(module));
    return;
  }
  register_module(key, module);
  modules_.insert(key, std::move(module));
}

void ModuleDictImpl::update(const std::vector<Entry> &modules) {
  for (const Entry &entry : modules)
    insert(entry.first, entry.second);
}

std::shared_ptr<Module> ModuleDictImpl::pop(const std::string &key) {
  std::shared_ptr<Module> module = modules_[key];
  unregister_module(key);
  modules_.erase(key);
  return module;
}

void ModuleDictImpl::clear() {
  for (const std::string &key : keys())
    pop(key);
}

void ModuleDictImpl::throwType(const std::string &key, const std::type_info &required) const {
  throw Error("ModuleDict", ingot::detail::pathOf(node()), {},
              "module '" + key + "' must be a " + ingot::detail::typeName(required), modules_[key]->name());
}

} // namespace ingot::nn
