#include "frontend/nn/containers/Parameters.h"
#include "frontend/core/Element.h"
#include "frontend/core/Error.h"
#include <ostream>

namespace ingot::nn {
namespace {

void printParameters(std::ostream &stream, const char *name, const Module::NamedTensors &tensors) {
  stream << name << "(\n";
  for (const auto &item : tensors)
    stream << '(' << item.key() << "): Parameter containing: ["
           << ingot::detail::libtorchName(item.value().dtype()) << " of size " << item.value().sizes()
           << "]\n";
  stream << ')';
}

} // namespace

// ---- ParameterList

ParameterListImpl::ParameterListImpl() = default;

std::shared_ptr<Module> ParameterListImpl::clone(const std::optional<Device> &) const {
  auto copy = std::make_shared<ParameterListImpl>();
  for (const auto &item : tensors_)
    copy->append(item.value().detach().clone().set_requires_grad(item.value().requires_grad()));
  copy->train(is_training());
  return copy;
}

void ParameterListImpl::reset() {}

void ParameterListImpl::pretty_print(std::ostream &stream) const {
  printParameters(stream, "nn::ParameterList", named_parameters(/*recurse=*/false));
}

void ParameterListImpl::append(const Tensor &tensor) {
  bool gradient = tensor.defined() && tensor.requires_grad();
  std::string name = std::to_string(tensors_.size());
  tensors_.insert(name, register_parameter(name, tensor, gradient));
}

Tensor &ParameterListImpl::at(size_t index) {
  if (index >= tensors_.size())
    throw Error("ParameterList", ingot::detail::pathOf(node()), {},
                "the index must be below the number of parameters, " + std::to_string(tensors_.size()),
                std::to_string(index));
  return tensors_[index].value();
}

// ---- ParameterDict

ParameterDictImpl::ParameterDictImpl() = default;

ParameterDictImpl::ParameterDictImpl(const NamedTensors &tensors) {
  for (const auto &item : tensors)
    insert(item.key(), item.value());
}

std::shared_ptr<Module> ParameterDictImpl::clone(const std::optional<Device> &) const {
  auto copy = std::make_shared<ParameterDictImpl>();
  for (const auto &item : tensors_)
    copy->insert(item.key(), item.value().detach().clone().set_requires_grad(item.value().requires_grad()));
  copy->train(is_training());
  return copy;
}

void ParameterDictImpl::reset() {}

void ParameterDictImpl::pretty_print(std::ostream &stream) const {
  printParameters(stream, "nn::ParameterDict", named_parameters(/*recurse=*/false));
}

Tensor &ParameterDictImpl::insert(const std::string &key, const Tensor &tensor) {
  bool gradient = tensor.defined() && tensor.requires_grad();
  return tensors_.insert(key, register_parameter(key, tensor, gradient));
}

Tensor ParameterDictImpl::pop(const std::string &key) {
  Tensor tensor = tensors_[key];
  unregister_parameter(key);
  tensors_.erase(key);
  return tensor;
}

void ParameterDictImpl::update(const ParameterDictImpl &other) {
  for (const auto &item : other) {
    if (contains(item.key()))
      pop(item.key());
    insert(item.key(), item.value());
  }
}

void ParameterDictImpl::clear() {
  for (const std::string &key : keys())
    pop(key);
}

} // namespace ingot::nn
