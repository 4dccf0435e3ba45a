#include "frontend/nn/containers/ModuleList.h"
#include "frontend/core/Error.h"
#include "frontend/core/TypeName.h"
#include <ostream>

namespace ingot::nn {

ModuleListImpl::ModuleListImpl() = default;

std::shared_ptr<Module> ModuleListImpl::clone(const std::optional<Device> &device) const {
  auto copy = std::make_shared<ModuleListImpl>();
  for (const auto &module : modules_)
    copy->push_back(module->clone(device));
  copy->train(is_training());
  return copy;
}

void ModuleListImpl::reset() {}

void ModuleListImpl::pretty_print(std::ostream &stream) const { stream << "nn::ModuleList"; }

void ModuleListImpl::insert(size_t index, std::shared_ptr<Module> module) {
  if (index > modules_.size())
    throw Error("ModuleList", ingot::detail::pathOf(node()), {},
                "the index must be at most the number of modules, " + std::to_string(modules_.size()),
                std::to_string(index));
  for (size_t i = modules_.size(); i > index; --i)
    unregister_module(std::to_string(i - 1));
  modules_.insert(modules_.begin() + static_cast<std::ptrdiff_t>(index), std::move(module));
  for (size_t i = index; i < modules_.size(); ++i)
    register_module(std::to_string(i), modules_[i]);
}

std::shared_ptr<Module> ModuleListImpl::ptr(size_t index) const {
  if (index >= modules_.size())
    throw Error("ModuleList", ingot::detail::pathOf(node()), {},
                "the index must be below the number of modules, " + std::to_string(modules_.size()),
                std::to_string(index));
  return modules_[index];
}

void ModuleListImpl::throwType(size_t index, const std::type_info &required) const {
  throw Error("ModuleList", ingot::detail::pathOf(node()), {},
              "module " + std::to_string(index) + " must be a " + ingot::detail::typeName(required),
              modules_[index]->name());
}

} // namespace ingot::nn
