// Parameters without a layer of their own: in a list that names them by their place, or by name.
//
//   nn::ParameterList scales(ingot::ones({3}), ingot::ones({3}));
//   nn::ParameterDict biases;
//   biases->insert("left", ingot::zeros({3}));
#pragma once
#include "ingot/core/Module.h"
#include <string>
#include <vector>

namespace ingot::nn {

class ParameterListImpl : public Cloneable<ParameterListImpl> {
public:
  ParameterListImpl();
  template <class... T>
    requires(sizeof...(T) > 0)
  explicit ParameterListImpl(const T &...tensors) {
    (append(tensors), ...);
  }
  ParameterListImpl(const ParameterListImpl &) = default;

  std::shared_ptr<Module> clone(const std::optional<Device> &device = std::nullopt) const override;
  void reset() override;
  void pretty_print(std::ostream &stream) const override;

  /// It requires a gradient if the tensor does.
  void append(const Tensor &tensor);
  void append(Tensor &&tensor) { append(std::as_const(tensor)); }
  void append(const NamedTensors::Item &item) { append(item.value()); }
  template <class Container> void extend(const Container &container) {
    for (const auto &tensor : container)
      append(tensor);
  }

  ParameterListImpl &operator+=(const ParameterListImpl &other) { return extend(other), *this; }

  /// Items: value() is the tensor.
  NamedTensors::ConstIterator begin() const { return tensors_.begin(); }
  NamedTensors::ConstIterator end() const { return tensors_.end(); }
  size_t size() const noexcept { return tensors_.size(); }
  bool is_empty() const noexcept { return tensors_.is_empty(); }
  /// An Error if there is none.
  Tensor &at(size_t index);
  const Tensor &at(size_t index) const { return const_cast<ParameterListImpl *>(this)->at(index); }
  Tensor &operator[](size_t index) { return at(index); }

private:
  NamedTensors tensors_{"Parameter"};
};
INGOT_MODULE(ParameterList);

class ParameterDictImpl : public Cloneable<ParameterDictImpl> {
public:
  ParameterDictImpl();
  explicit ParameterDictImpl(const NamedTensors &tensors);
  ParameterDictImpl(const ParameterDictImpl &) = default;

  std::shared_ptr<Module> clone(const std::optional<Device> &device = std::nullopt) const override;
  void reset() override;
  void pretty_print(std::ostream &stream) const override;

  /// It requires a gradient if the tensor does. A known key is an Error.
  Tensor &insert(const std::string &key, const Tensor &tensor);
  /// Removes a parameter and returns it; an unknown key is an Error.
  Tensor pop(const std::string &key);
  /// Inserts all, in the place of those of equal keys.
  void update(const ParameterDictImpl &other);
  void clear();

  std::vector<std::string> keys() const { return tensors_.keys(); }
  std::vector<Tensor> values() const { return tensors_.values(); }
  NamedTensors::ConstIterator begin() const { return tensors_.begin(); }
  NamedTensors::ConstIterator end() const { return tensors_.end(); }
  size_t size() const noexcept { return tensors_.size(); }
  bool empty() const noexcept { return tensors_.is_empty(); }
  bool contains(const std::string &key) const noexcept { return tensors_.contains(key); }
  /// An unknown key is an Error.
  Tensor &get(const std::string &key) { return tensors_[key]; }
  const Tensor &get(const std::string &key) const { return tensors_[key]; }
  Tensor &operator[](const std::string &key) { return get(key); }

private:
  NamedTensors tensors_{"Parameter"};
};
INGOT_MODULE(ParameterDict);

} // namespace ingot::nn
