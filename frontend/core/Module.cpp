#include "frontend/core/Module.h"
#include "frontend/core/Error.h"
#include "frontend/core/GradMode.h"
#include "frontend/core/PrintLibtorch.h"
#include "frontend/core/TypeName.h"
#include <cstring>
#include <ostream>
#include <sstream>
#include <typeinfo>

namespace ingot {

template class OrderedDict<std::string, Tensor>;
template class OrderedDict<std::string, std::shared_ptr<nn::Module>>;

namespace detail {

void throwDefinedTwice(const std::string &kind, const std::string &key) {
  throw Error(kind + " '" + key + "' already defined");
}

void throwUndefined(const std::string &kind, const std::string &key) {
  throw Error(kind + " '" + key + "' is not defined");
}

void throwOutOfRange(const std::string &kind, size_t index, size_t size) {
  throw Error(kind + " at " + std::to_string(index) + " does not exist: there are " + std::to_string(size));
}

} // namespace detail

namespace nn {
namespace detail {

std::shared_ptr<Module> own(Module *module) { return std::shared_ptr<Module>(module); }

void throwEmptyHolder(const Where &at) {
  throw Error("ModuleHolder", {}, at, "an empty holder must be given a module before it is used", {});
}

} // namespace detail

namespace {

std::string joinName(const std::string &prefix, const std::string &name) {
  return prefix.empty() ? name : prefix + '.' + name;
}

/// A name under which a module can register something: a part of a path.
void checkPart(const char *op, const ingot::detail::ModuleNode *node, const std::string &name,
               const Where &at) {
  if (name.empty())
    throw Error(op, ingot::detail::pathOf(node), at, "the name must not be empty", {});
  if (name.find('.') != std::string::npos)
    throw Error(op, ingot::detail::pathOf(node), at, "the name must not contain a dot", "'" + name + "'");
}

void appendDefined(std::vector<Tensor> &tensors, const Module::NamedTensors &dict) {
  for (const auto &item : dict)
    if (item.value().defined())
      tensors.push_back(item.value());
}

void insertDefined(Module::NamedTensors &tensors, const std::string &prefix,
                   const Module::NamedTensors &dict) {
  for (const auto &item : dict)
    if (item.value().defined())
      tensors.insert(joinName(prefix, item.key()), item.value());
}

} // namespace

Module::Module()
    : node_(std::make_shared<ingot::detail::ModuleNode>()), parameters_("Parameter"), buffers_("Buffer"),
      children_("Submodule") {}

Module::Module(std::string name) : Module() { name_ = std::move(name); }

Module::Module(const Module &other)
    : enable_shared_from_this(), node_(std::make_shared<ingot::detail::ModuleNode>()),
      parameters_(other.parameters_), buffers_(other.buffers_), children_(other.children_),
      name_(other.name_), training_(other.training_) {}

Module &Module::operator=(const Module &other) {
  if (this == &other)
    return *this;
  forgetRegistered();
  parameters_ = other.parameters_, buffers_ = other.buffers_, children_ = other.children_;
  name_ = other.name_, training_ = other.training_;
  return *this;
}

Module::~Module() {
  // What outlives this module loses the names that it had here.
  forgetRegistered();
}

const std::string &Module::name() const noexcept {
  // In a constructor, typeid would be that of the base class.
  if (name_.empty()) {
    name_ = ingot::detail::typeName(typeid(*this));
    if (ingot::detail::printsAsLibtorch() && name_.starts_with("ingot::"))
      name_.replace(0, std::strlen("ingot"), "torch");
  }
  return name_;
}

// ---- Traversal

void Module::apply(const ModuleApplyFunction &function) {
  function(*this);
  applyBelow([&](const std::string &, const std::shared_ptr<Module> &module) { function(*module); }, {});
}

void Module::apply(const ConstModuleApplyFunction &function) const {
  function(*this);
  applyBelow([&](const std::string &, const std::shared_ptr<Module> &module) { function(*module); }, {});
}

void Module::apply(const NamedModuleApplyFunction &function, const std::string &name_prefix) {
  function(name_prefix, *this);
  applyBelow([&](const std::string &path, const std::shared_ptr<Module> &module) { function(path, *module); },
             name_prefix);
}

void Module::apply(const ConstNamedModuleApplyFunction &function, const std::string &name_prefix) const {
  function(name_prefix, *this);
  applyBelow([&](const std::string &path, const std::shared_ptr<Module> &module) { function(path, *module); },
             name_prefix);
}

void Module::apply(const ModulePointerApplyFunction &function) const {
  function(self());
  applyBelow([&](const std::string &, const std::shared_ptr<Module> &module) { function(module); }, {});
}

void Module::apply(const NamedModulePointerApplyFunction &function, const std::string &name_prefix) const {
  function(name_prefix, self());
  applyBelow(function, name_prefix);
}

void Module::applyBelow(const NamedModulePointerApplyFunction &function, const std::string &prefix) const {
  for (const auto &child : children_) {
    std::string path = joinName(prefix, child.key());
    function(path, child.value());
    child.value()->applyBelow(function, path);
  }
}

std::shared_ptr<Module> Module::self() const {
  if (auto pointer = weak_from_this().lock())
    return std::const_pointer_cast<Module>(pointer);
  throw Error(name() +
              " is not held by a shared pointer, which modules(), named_modules() and an apply() that "
              "takes pointers need: make it with its holder, or leave it out by include_self = false");
}

std::vector<Tensor> Module::parameters(bool recurse) const {
  std::vector<Tensor> result;
  appendDefined(result, parameters_);
  if (recurse)
    applyBelow([&](const std::string &,
                   const std::shared_ptr<Module> &module) { appendDefined(result, module->parameters_); },
               {});
  return result;
}

Module::NamedTensors Module::named_parameters(bool recurse) const {
  NamedTensors result("Parameter");
  insertDefined(result, {}, parameters_);
  if (recurse)
    applyBelow(
        [&](const std::string &path, const std::shared_ptr<Module> &module) {
          insertDefined(result, path, module->parameters_);
        },
        {});
  return result;
}

std::vector<Tensor> Module::buffers(bool recurse) const {
  std::vector<Tensor> result;
  appendDefined(result, buffers_);
  if (recurse)
    applyBelow([&](const std::string &,
                   const std::shared_ptr<Module> &module) { appendDefined(result, module->buffers_); },
               {});
  return result;
}

Module::NamedTensors Module::named_buffers(bool recurse) const {
  NamedTensors result("Buffer");
  insertDefined(result, {}, buffers_);
  if (recurse)
    applyBelow([&](const std::string &path,
                   const std::shared_ptr<Module> &module) { insertDefined(result, path, module->buffers_); },
               {});
  return result;
}

Module::Modules Module::modules(bool include_self) const {
  Modules result;
  if (include_self)
    result.push_back(self());
  applyBelow([&](const std::string &, const std::shared_ptr<Module> &module) { result.push_back(module); },
             {});
  return result;
}

Module::NamedModules Module::named_modules(const std::string &name_prefix, bool include_self) const {
  NamedModules result("Submodule");
  if (include_self)
    result.insert(name_prefix, self());
  applyBelow(
      [&](const std::string &path, const std::shared_ptr<Module> &module) { result.insert(path, module); },
      name_prefix);
  return result;
}

Module::Modules Module::children() const { return children_.values(); }

Module::NamedModules Module::named_children() const { return children_; }

// ---- Modes and types

void Module::train(bool on) {
  for (const auto &child : children_)
    child.value()->train(on);
  training_ = on;
}

void Module::eval() { train(false); }

bool Module::is_training() const noexcept { return training_; }

void Module::to(Dtype dtype, bool non_blocking) {
  for (const auto &child : children_)
    child.value()->to(dtype, non_blocking);
  for (auto *dict : {&parameters_, &buffers_})
    for (auto &item : *dict)
      if (item.value().defined() && item.value().is_floating_point())
        item.value().set_data(item.value().detach().to(dtype));
}

void Module::to(Device, bool) {}

void Module::to(Device, Dtype dtype, bool non_blocking) { to(dtype, non_blocking); }

void Module::zero_grad(bool set_to_none) {
  for (const auto &child : children_)
    child.value()->zero_grad(set_to_none);
  for (auto &parameter : parameters_) {
    if (!parameter.value().defined() || !parameter.value().grad().defined())
      continue;
    if (set_to_none)
      parameter.value().mutable_grad() = Tensor();
    else
      parameter.value().mutable_grad().detach_().zero_();
  }
}

// ---- Registration

void Module::checkTensorName(const char *op, const std::string &name, const At &at) const {
  checkPart(op, node(), name, at);
  for (const auto *dict : {&parameters_, &buffers_})
    if (dict->contains(name))
      throw Error(op, ingot::detail::pathOf(node()), at, "the name must be new in its module",
                  "'" + name + "', which is a " + (dict == &parameters_ ? "parameter" : "buffer") +
                      " already");
}

Tensor &Module::insertTensor(NamedTensors &dict, std::string name, Tensor tensor) {
  if (tensor.defined())
    ingot::detail::nameState(tensor, node_, name, &dict == &parameters_);
  return dict.insert(std::move(name), std::move(tensor));
}

Tensor &Module::register_parameter(std::string name, Tensor tensor, bool requires_grad, At at) {
  checkTensorName("register_parameter", name, at);
  if (tensor.defined())
    tensor.set_requires_grad(requires_grad);
  return insertTensor(parameters_, std::move(name), std::move(tensor));
}

Tensor &Module::register_buffer(std::string name, Tensor tensor, At at) {
  checkTensorName("register_buffer", name, at);
  return insertTensor(buffers_, std::move(name), std::move(tensor));
}

void Module::registerChild(std::string name, std::shared_ptr<Module> module, const At &at) {
  checkPart("register_module", node(), name, at);
  std::string path = ingot::detail::pathOf(node());
  if (children_.contains(name))
    throw Error("register_module", path, at, "the name must be new in its module",
                "'" + name + "', which is a submodule already");
  if (!module)
    throw Error("register_module", path, at, "submodule '" + name + "' must not be null", {});
  if (module.get() == this)
    throw Error("register_module", path, at, "a module must not be registered in itself", "'" + name + "'");
  adopt(name, *module);
  children_.insert(std::move(name), std::move(module));
}

void Module::replaceChild(const std::string &name, std::shared_ptr<Module> module, const At &at) {
  std::string path = ingot::detail::pathOf(node());
  std::shared_ptr<Module> *place = children_.find(name);
  if (!place)
    throw Error("replace_module", path, at, "the name must be that of a submodule", "'" + name + "'");
  if (!module)
    throw Error("replace_module", path, at, "submodule '" + name + "' must not be null", {});
  release(name, **place);
  adopt(name, *module);
  *place = std::move(module);
}

void Module::unregister_module(const std::string &name, At at) {
  std::shared_ptr<Module> *place = children_.find(name);
  if (!place)
    throw Error("unregister_module", ingot::detail::pathOf(node()), at,
                "the name must be that of a submodule", "'" + name + "'");
  release(name, **place);
  children_.erase(name);
}

void Module::unregister_parameter(const std::string &name, const Where &at) {
  const Tensor *tensor = parameters_.find(name);
  if (!tensor)
    throw Error("unregister_parameter", ingot::detail::pathOf(node()), at,
                "the name must be that of a parameter", "'" + name + "'");
  if (tensor->defined())
    ingot::detail::unnameState(*tensor, node(), name);
  parameters_.erase(name);
}

void Module::adopt(const std::string &name, Module &child) {
  if (child.node_->parent)
    return; // a shared module keeps its first place
  child.node_->parent = node_;
  child.node_->key = name;
}

void Module::release(const std::string &name, Module &child) {
  if (child.node_->parent != node_ || child.node_->key != name)
    return;
  child.node_->parent = nullptr;
  child.node_->key.clear();
}

void Module::forgetRegistered() {
  for (const auto &child : children_)
    release(child.key(), *child.value());
  for (auto *dict : {&parameters_, &buffers_})
    for (const auto &item : *dict)
      if (item.value().defined())
        ingot::detail::unnameState(item.value(), node(), item.key());
  parameters_.clear();
  buffers_.clear();
  children_.clear();
}

// ---- Copies

std::shared_ptr<Module> Module::clone(const std::optional<Device> &) const {
  throw Error("clone() has not been implemented for " + name() + ": derive it from nn::Cloneable<" + name() +
              "> instead of nn::Module and register in reset()");
}

void Module::copyValuesTo(Module &copy) const {
  AutoGradMode noGrad(false);
  auto refuse = [&](const char *what) {
    throw Error("The copy of " + name() + " does not have the same " + what +
                " as the original after reset(): they must be registered in reset(), not in the constructor");
  };
  auto copyTensors = [&](const NamedTensors &from, NamedTensors &to, const char *what) {
    if (from.keys() != to.keys())
      refuse(what);
    for (const auto &item : from) {
      Tensor &place = to[item.key()];
      if (item.value().defined() != place.defined())
        refuse(what);
      if (place.defined())
        place.set_data(item.value().detach().clone());
    }
  };
  copyTensors(parameters_, copy.parameters_, "parameters");
  copyTensors(buffers_, copy.buffers_, "buffers");
  if (children_.keys() != copy.children_.keys())
    refuse("submodules");
  for (const auto &child : children_)
    child.value()->copyValuesTo(*copy.children_[child.key()]);
  copy.training_ = training_;
}

// ---- Printing

void Module::pretty_print(std::ostream &stream) const { stream << name(); }

// Programs for libtorch get its names of layers, as of name().
void Module::print(std::ostream &stream, const std::string &indentation) const {
  if (ingot::detail::printsAsLibtorch()) {
    std::ostringstream text;
    pretty_print(text);
    stream << (text.view().starts_with("nn::") ? "torch::" : "") << text.view();
  } else {
    pretty_print(stream);
  }
  if (children_.is_empty())
    return;
  std::string inner = indentation + "  ";
  stream << "(\n";
  for (const auto &child : children_) {
    stream << inner << '(' << child.key() << "): ";
    child.value()->print(stream, inner);
    stream << '\n';
  }
  stream << indentation << ')';
}

std::ostream &operator<<(std::ostream &stream, const Module &module) {
  module.print(stream, {});
  return stream;
}

} // namespace nn
} // namespace ingot
