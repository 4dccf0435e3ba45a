// Sequential: modules one after another, the result of each the arguments of the next.
//
//   nn::Sequential net(nn::Linear(8, 16), nn::ReLU(), nn::Linear(16, 2));
//   nn::Sequential named({{"hidden", nn::Linear(8, 16)}, {"act", nn::ReLU()}});
//   Tensor y = net(x);
#pragma once
#include "ingot/nn/containers/Any.h"
#include <concepts>
#include <initializer_list>

namespace ingot::nn {

/// Children are named by their place, or as given. Modules may be of any type with one forward; a Sequential
/// may contain others.
class SequentialImpl : public Cloneable<SequentialImpl> {
public:
  using Iterator = std::vector<AnyModule>::iterator;
  using ConstIterator = std::vector<AnyModule>::const_iterator;

  SequentialImpl();
  template <class... M>
    requires(sizeof...(M) > 0)
  explicit SequentialImpl(M &&...modules) {
    (push_back(std::forward<M>(modules)), ...);
  }
  explicit SequentialImpl(std::initializer_list<NamedAnyModule> modules);
  SequentialImpl(const SequentialImpl &) = default;

  std::shared_ptr<Module> clone(const std::optional<Device> &device = std::nullopt) const override;
  void reset() override;
  void pretty_print(std::ostream &stream) const override;

  /// The result of the last module, which must be an R. An Error if there are no modules.
  template <class R = Tensor> R forward(const Arg &input) {
    return forwardAny({AnyValue(input)}, input.where).template get<R>();
  }
  template <class R = Tensor, class... A>
    requires(sizeof...(A) != 1 || !(detail::TensorArgument<A> && ...))
  R forward(A &&...arguments) {
    return forwardAny({AnyValue(std::forward<A>(arguments))...}, Where()).template get<R>();
  }
  AnyValue forwardAny(std::vector<AnyValue> arguments, const Where &at);

  void push_back(AnyModule module);
  void push_back(std::string name, AnyModule module);
  void push_back(const NamedAnyModule &module) { push_back(module.name(), module.module()); }
  template <class M>
    requires std::constructible_from<AnyModule, M> && (!std::same_as<std::remove_cvref_t<M>, AnyModule>)
  void push_back(M &&module) {
    push_back(AnyModule(std::forward<M>(module)));
  }
  template <class M>
    requires std::constructible_from<AnyModule, M> && (!std::same_as<std::remove_cvref_t<M>, AnyModule>)
  void push_back(std::string name, M &&module) {
    push_back(std::move(name), AnyModule(std::forward<M>(module)));
  }
  template <class Container> void extend(const Container &container) {
    for (const auto &module : container)
      push_back(module);
  }

  Iterator begin() { return modules_.begin(); }
  ConstIterator begin() const { return modules_.begin(); }
  Iterator end() { return modules_.end(); }
  ConstIterator end() const { return modules_.end(); }
  size_t size() const noexcept { return modules_.size(); }
  bool is_empty() const noexcept { return modules_.empty(); }
  /// The module at a place; an Error if there is none, or if it is not a T.
  template <class T> T &at(size_t index) const { return *ptr<T>(index); }
  std::shared_ptr<Module> ptr(size_t index) const { return entry(index).ptr(); }
  template <class T> std::shared_ptr<T> ptr(size_t index) const { return entry(index).template ptr<T>(); }
  std::shared_ptr<Module> operator[](size_t index) const { return ptr(index); }

private:
  const AnyModule &entry(size_t index) const;

  std::vector<AnyModule> modules_;
};

/// The holder of SequentialImpl.
class Sequential : public ModuleHolder<SequentialImpl> {
public:
  using ModuleHolder<SequentialImpl>::ModuleHolder;
  using Impl [[maybe_unused]] = SequentialImpl;
  Sequential() = default;
  Sequential(std::initializer_list<NamedAnyModule> modules)
      : ModuleHolder(std::make_shared<SequentialImpl>(modules)) {}
};

} // namespace ingot::nn
