#include "frontend/nn/containers/Sequential.h"
#include "frontend/core/Error.h"
#include <ostream>

namespace ingot::nn {

SequentialImpl::SequentialImpl() = default;

SequentialImpl::SequentialImpl(std::initializer_list<NamedAnyModule> modules) {
  for (const NamedAnyModule &module : modules)
    push_back(module);
}

std::shared_ptr<Module> SequentialImpl::clone(const std::optional<Device> &device) const {
  auto copy = std::make_shared<SequentialImpl>();
  auto children = named_children();
  for (size_t i = 0; i < modules_.size(); ++i)
    copy->push_back(children[i].key(), modules_[i].clone(device));
  copy->train(is_training());
  return copy;
}

void SequentialImpl::reset() {}

void SequentialImpl::pretty_print(std::ostream &stream) const { stream << "nn::Sequential"; }

AnyValue SequentialImpl::forwardAny(std::vector<AnyValue> arguments, const Where &at) {
  if (modules_.empty())
    throw Error("Sequential", ingot::detail::pathOf(node()), at,
                "a Sequential that is called must have modules", {});
  auto module = modules_.begin();
  AnyValue value = module->forwardAny(std::move(arguments), at);
  while (++module != modules_.end())
    value = module->forwardAny({std::move(value)}, at);
  return value;
}

void SequentialImpl::push_back(AnyModule module) {
  push_back(std::to_string(modules_.size()), std::move(module));
}

void SequentialImpl::push_back(std::string name, AnyModule module) {
  register_module(std::move(name), module.ptr());
  modules_.push_back(std::move(module));
}

const AnyModule &SequentialImpl::entry(size_t index) const {
  if (index >= modules_.size())
    throw Error("Sequential", ingot::detail::pathOf(node()), {},
                "the index must be below the number of modules, " + std::to_string(modules_.size()),
                std::to_string(index));
  return modules_[index];
}

} // namespace ingot::nn
