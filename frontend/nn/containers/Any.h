// Modules of any type under one type.
//
//   AnyValue    a value of any type
//   AnyModule   a module of any type, with its forward
//
//   nn::AnyModule any(nn::Linear(3, 4));
//   Tensor y = any.forward(x);
#pragma once
#include "ingot/core/Module.h"
#include <any>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <typeinfo>
#include <utility>
#include <vector>

namespace ingot::nn {
namespace detail {
[[noreturn]] void throwValueType(const std::type_info &required, const std::type_info &got);
[[noreturn]] void throwArgumentType(size_t index, const std::type_info &required, const std::type_info &got);
[[noreturn]] void throwArity(const std::string &module, size_t required, size_t got);
[[noreturn]] void throwModuleType(const std::type_info &required, const std::type_info &got);
[[noreturn]] void throwEmptyModule();
} // namespace detail

/// Within a module's class: the values of parameters at the end of forward that an AnyModule's call leaves out,
/// `INGOT_FORWARD_DEFAULTS({1, AnyValue(Tensor())}, {2, AnyValue(true)})`, by place.
#define INGOT_FORWARD_DEFAULTS(...)                                                                          \
public:                                                                                                      \
  static std::vector<std::pair<size_t, ::ingot::nn::AnyValue>> forwardDefaults() { return {__VA_ARGS__}; }

/// A value of any type that can be copied.
class AnyValue {
public:
  template <class T>
    requires(!std::is_same_v<std::remove_cvref_t<T>, AnyValue>)
  explicit AnyValue(T &&value) : value(std::forward<T>(value)) {}
  explicit AnyValue(const Arg &arg) : value(*arg) {}
  explicit AnyValue(const detail::Located &located) : value(located.tensor) {}

  /// The value; an Error if it is not a T.
  template <class T> T get() {
    if (T *found = try_get<T>())
      return *found;
    detail::throwValueType(typeid(T), type_info());
  }
  /// Null if it is not a T.
  template <class T> T *try_get() { return std::any_cast<T>(&value); }
  const std::type_info &type_info() const noexcept { return value.type(); }

private:
  std::any value;
};

namespace detail {

/// A module together with the types of its forward.
class AnyContent {
public:
  explicit AnyContent(std::shared_ptr<Module> module) : module(std::move(module)) {}
  virtual ~AnyContent() = default;
  /// A forward that takes Arg sees `at`.
  virtual AnyValue forward(std::vector<AnyValue> arguments, const Where &at) = 0;
  virtual const std::type_info &type() const = 0;
  virtual std::unique_ptr<AnyContent> with(std::shared_ptr<Module> other) const = 0;

  const std::shared_ptr<Module> module;
};

template <class P> decltype(auto) passAs(AnyValue &value, size_t index, const Where &at) {
  using Type = std::remove_cvref_t<P>;
  using Stored = std::conditional_t<std::is_same_v<Type, Arg>, Tensor, Type>;
  Stored *stored = value.try_get<Stored>();
  if (!stored)
    throwArgumentType(index, typeid(Stored), value.type_info());
  if constexpr (std::is_same_v<Type, Arg>)
    return Arg(*stored, at);
  else
    return static_cast<std::conditional_t<std::is_rvalue_reference_v<P>, Type &&, Type &>>(*stored);
}

template <class T> inline constexpr bool isOptional = false;
template <class T> inline constexpr bool isOptional<std::optional<T>> = true;

/// Appends what a call leaves out: the parameter at `index`, of a type P that may be empty.
template <class P> void addMissing(std::vector<AnyValue> &arguments, size_t index) {
  using Type = std::remove_cvref_t<P>;
  if constexpr (isOptional<Type>)
    if (arguments.size() == index)
      arguments.emplace_back(Type());
}

/// Appends what a call leaves out: the values that the module declares with INGOT_FORWARD_DEFAULTS.
template <class M> void addDefaults(std::vector<AnyValue> &arguments) {
  if constexpr (requires { M::forwardDefaults(); })
    for (const auto &[place, value] : M::forwardDefaults())
      if (arguments.size() == place)
        arguments.push_back(value);
}

/// A module with one forward. Optional parameters at its end may be left out.
template <class M, class R, class... P> class AnyContentOf final : public AnyContent {
public:
  using AnyContent::AnyContent;
  AnyValue forward(std::vector<AnyValue> arguments, const Where &at) override {
    size_t given = arguments.size();
    addMissing(arguments, std::index_sequence_for<P...>());
    addDefaults<M>(arguments);
    if (arguments.size() != sizeof...(P))
      throwArity(module->name(), sizeof...(P), given);
    return call(arguments, at, std::index_sequence_for<P...>());
  }
  const std::type_info &type() const override { return typeid(M); }
  std::unique_ptr<AnyContent> with(std::shared_ptr<Module> other) const override {
    return std::make_unique<AnyContentOf>(std::move(other));
  }

private:
  template <size_t... I>
  static void addMissing([[maybe_unused]] std::vector<AnyValue> &arguments, std::index_sequence<I...>) {
    (detail::addMissing<P>(arguments, I), ...);
  }
  template <size_t... I>
  AnyValue call([[maybe_unused]] std::vector<AnyValue> &arguments, [[maybe_unused]] const Where &at,
                std::index_sequence<I...>) {
    ingot::detail::ModuleScope scope(module->node());
    return AnyValue(static_cast<M &>(*module).forward(passAs<P>(arguments[I], I, at)...));
  }
};

/// A module that is called with any number of values of any types: forwardAny(arguments, at).
template <class M> class AnyContentOfAny final : public AnyContent {
public:
  using AnyContent::AnyContent;
  AnyValue forward(std::vector<AnyValue> arguments, const Where &at) override {
    ingot::detail::ModuleScope scope(module->node());
    return static_cast<M &>(*module).forwardAny(std::move(arguments), at);
  }
  const std::type_info &type() const override { return typeid(M); }
  std::unique_ptr<AnyContent> with(std::shared_ptr<Module> other) const override {
    return std::make_unique<AnyContentOfAny>(std::move(other));
  }
};

template <class M, class C, class R, class... P>
std::unique_ptr<AnyContent> makeContent(std::shared_ptr<Module> module, R (C::*)(P...)) {
  return std::make_unique<AnyContentOf<M, R, P...>>(std::move(module));
}
template <class M, class C, class R, class... P>
std::unique_ptr<AnyContent> makeContent(std::shared_ptr<Module> module, R (C::*)(P...) const) {
  return std::make_unique<AnyContentOf<M, R, P...>>(std::move(module));
}
template <class M> std::unique_ptr<AnyContent> makeContent(std::shared_ptr<Module> module) {
  if constexpr (requires { &M::forwardAny; }) {
    return std::make_unique<AnyContentOfAny<M>>(std::move(module));
  } else {
    static_assert(
        requires { &M::forward; },
        "a module of any type needs a forward that is one function: no template, no overloads");
    return makeContent<M>(std::move(module), &M::forward);
  }
}

} // namespace detail

/// Holds a module of any type; may be empty. Copies share the module; clone() copies it.
class AnyModule {
public:
  AnyModule() = default;
  template <class M> explicit AnyModule(std::shared_ptr<M> module) { *this = std::move(module); }
  template <class M> explicit AnyModule(const ModuleHolder<M> &module) : AnyModule(module.ptr()) {}
  /// Takes a module by value.
  template <class M>
    requires std::is_base_of_v<Module, std::remove_cvref_t<M>>
  explicit AnyModule(M &&module)
      : AnyModule(std::make_shared<std::remove_cvref_t<M>>(std::forward<M>(module))) {}

  template <class M> AnyModule &operator=(std::shared_ptr<M> module) {
    content = detail::makeContent<M>(std::move(module));
    return *this;
  }
  AnyModule clone(const std::optional<Device> &device = std::nullopt) const;

  /// The result of the module's forward for these arguments; their number and types must be those of forward.
  template <class... A>
    requires(sizeof...(A) != 1 || !(detail::TensorArgument<A> && ...))
  AnyValue any_forward(A &&...arguments) {
    return forwardAny({AnyValue(std::forward<A>(arguments))...}, Where());
  }
  AnyValue any_forward(const Arg &argument) { return forwardAny({AnyValue(argument)}, argument.where); }
  AnyValue forwardAny(std::vector<AnyValue> arguments, const Where &at) const;
  /// The same, as an R.
  template <class R = Tensor, class... A>
    requires(sizeof...(A) != 1 || !(detail::TensorArgument<A> && ...))
  R forward(A &&...arguments) {
    return any_forward(std::forward<A>(arguments)...).template get<R>();
  }
  template <class R = Tensor> R forward(const Arg &argument) {
    return any_forward(argument).template get<R>();
  }

  /// The module; an Error if it is not a T.
  template <class T> T &get() const {
    static_assert(!is_module_holder<T>, "the type must be that of the module, not of its holder");
    return *ptr<T>();
  }
  template <class T>
  T get() const
    requires is_module_holder<T>
  {
    return T(ptr<typename T::ContainedType>());
  }
  template <class T> std::shared_ptr<T> ptr() const {
    auto module = std::dynamic_pointer_cast<T>(ptr());
    if (!module)
      detail::throwModuleType(typeid(T), type_info());
    return module;
  }
  std::shared_ptr<Module> ptr() const;
  const std::type_info &type_info() const;
  bool is_empty() const noexcept { return content == nullptr; }

private:
  std::shared_ptr<detail::AnyContent> content;
};

/// A module with the name that it will have in a container.
class NamedAnyModule {
public:
  template <class M>
  NamedAnyModule(std::string name, M &&module) : name_(std::move(name)), module_(std::forward<M>(module)) {}
  const std::string &name() const noexcept { return name_; }
  const AnyModule &module() const noexcept { return module_; }

private:
  std::string name_;
  AnyModule module_;
};

} // namespace ingot::nn
