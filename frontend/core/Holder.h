// Holders: a module by shared pointer, under the module's own name.
//
//   ModuleHolder<Impl>   owns an Impl; what it offers is what INGOT_MODULE's class has
//   INGOT_MODULE(X)      class X, the holder of XImpl
//
//   struct HeadImpl : nn::Module { ... Tensor forward(Tensor x); };
//   INGOT_MODULE(Head);
//   Head head{256, 10};        // HeadImpl(256, 10)
//   Tensor y = head(x);        // head->forward(x); an error inside names this line and the module's path
#pragma once
#include "ingot/core/State.h"
#include "ingot/core/Tensor.h"
#include <cstddef>
#include <memory>
#include <type_traits>
#include <utility>

namespace ingot::nn {
class Module;

namespace detail {
struct HolderBase {};
/// Takes ownership. One function for all modules: a shared_ptr of its own for each would slow down a model's
/// compilation.
std::shared_ptr<Module> own(Module *module);
[[noreturn]] void throwEmptyHolder(const Where &at);

/// Whether `Args` are one argument from which a Holder is copied or moved.
template <class Holder, class... Args> inline constexpr bool isCopy = false;
template <class Holder, class Arg>
inline constexpr bool isCopy<Holder, Arg> = std::is_base_of_v<Holder, std::remove_cvref_t<Arg>>;

/// A tensor argument of a holder's call: a Tensor to a forward that takes one, an Arg that knows the call's
/// line else.
struct Located {
  operator Arg() const { return Arg(tensor, where); }
  operator const Tensor &() const { return tensor; }
  const Tensor &tensor;
  const Where &where;
};
inline Located locate(const Tensor &tensor, const Where &at) { return {tensor, at}; }
inline Located locate(const Arg &arg, const Where &) { return {*arg, arg.where}; }
template <class T> const T &locate(const T &other, const Where &) { return other; }

template <class T>
concept TensorArgument =
    std::is_base_of_v<Tensor, std::remove_cvref_t<T>> || std::is_same_v<std::remove_cvref_t<T>, Arg>;
} // namespace detail

template <class T> inline constexpr bool is_module_holder = std::is_base_of_v<detail::HolderBase, T>;

/// Copies share the module. May be empty: made from nullptr; then using the module is an error.
template <class Contained> class ModuleHolder : detail::HolderBase {
  using At = Where;

protected:
  std::shared_ptr<Contained> impl_;

public:
  using ContainedType = Contained;

  ModuleHolder() : impl_(makeDefault()) {}
  ModuleHolder(std::nullptr_t) {}
  ModuleHolder(std::shared_ptr<Contained> module) : impl_(std::move(module)) {}
  /// Makes the module from these arguments.
  template <class Head, class... Tail>
    requires(!detail::isCopy<ModuleHolder, Head, Tail...> &&
             !std::is_convertible_v<Head, std::shared_ptr<Contained>>)
  explicit ModuleHolder(Head &&head, Tail &&...tail)
      : impl_(make(std::forward<Head>(head), std::forward<Tail>(tail)...)) {}

  explicit operator bool() const noexcept { return impl_ != nullptr; }
  bool is_empty() const noexcept { return impl_ == nullptr; }
  const std::shared_ptr<Contained> &ptr(At at = At::current()) const { return require(at), impl_; }
  Contained *get(At at = At::current()) const { return require(at), impl_.get(); }
  Contained *operator->() const { return get(); }
  Contained &operator*() const { return *get(); }
  template <class Index> decltype(auto) operator[](const Index &index) const { return (*get())[index]; }

  /// What `forward` returns for these arguments. A forward that takes `const Arg &` sees the line of this
  /// call.
  decltype(auto) operator()(At at = At::current()) const { return call(at); }
  template <class A> decltype(auto) operator()(A &&a, At at = At::current()) const {
    return call(at, std::forward<A>(a));
  }
  template <class A, class B> decltype(auto) operator()(A &&a, B &&b, At at = At::current()) const {
    return call(at, std::forward<A>(a), std::forward<B>(b));
  }
  template <class A, class B, class C>
  decltype(auto) operator()(A &&a, B &&b, C &&c, At at = At::current()) const {
    return call(at, std::forward<A>(a), std::forward<B>(b), std::forward<C>(c));
  }
  template <class A, class B, class C, class D>
  decltype(auto) operator()(A &&a, B &&b, C &&c, D &&d, At at = At::current()) const {
    return call(at, std::forward<A>(a), std::forward<B>(b), std::forward<C>(c), std::forward<D>(d));
  }
  template <class A, class B, class C, class D, class E>
  decltype(auto) operator()(A &&a, B &&b, C &&c, D &&d, E &&e, At at = At::current()) const {
    return call(at, std::forward<A>(a), std::forward<B>(b), std::forward<C>(c), std::forward<D>(d),
                std::forward<E>(e));
  }
  template <class A, class B, class C, class D, class E, class F>
  decltype(auto) operator()(A &&a, B &&b, C &&c, D &&d, E &&e, F &&f, At at = At::current()) const {
    return call(at, std::forward<A>(a), std::forward<B>(b), std::forward<C>(c), std::forward<D>(d),
                std::forward<E>(e), std::forward<F>(f));
  }
  template <class A, class B, class C, class D, class E, class F, class G>
  decltype(auto) operator()(A &&a, B &&b, C &&c, D &&d, E &&e, F &&f, G &&g, At at = At::current()) const {
    return call(at, std::forward<A>(a), std::forward<B>(b), std::forward<C>(c), std::forward<D>(d),
                std::forward<E>(e), std::forward<F>(f), std::forward<G>(g));
  }
  template <class A, class B, class C, class D, class E, class F, class G, class H>
  decltype(auto) operator()(A &&a, B &&b, C &&c, D &&d, E &&e, F &&f, G &&g, H &&h,
                            At at = At::current()) const {
    return call(at, std::forward<A>(a), std::forward<B>(b), std::forward<C>(c), std::forward<D>(d),
                std::forward<E>(e), std::forward<F>(f), std::forward<G>(g), std::forward<H>(h));
  }

private:
  static std::shared_ptr<Contained> makeDefault() {
    static_assert(std::is_default_constructible_v<Contained>,
                  "this module has no default constructor: give arguments, or nullptr for an empty holder");
    return make();
  }
  template <class... A> static std::shared_ptr<Contained> make(A &&...a) {
    auto *module = new Contained(std::forward<A>(a)...);
    return {detail::own(module), module};
  }
  void require(const At &at) const {
    if (!impl_)
      detail::throwEmptyHolder(at);
  }
  template <class... A> decltype(auto) call(const At &at, A &&...a) const {
    require(at);
    ingot::detail::ModuleScope scope(impl_->node());
    // A forward with overloads or of a template sees the arguments as they are, but for Sequential's.
    if constexpr (requires { &Contained::forward, impl_->forward(detail::locate(a, at)...); })
      return impl_->forward(detail::locate(a, at)...);
    else if constexpr (requires { &Contained::forwardAny; } && sizeof...(A) == 1 &&
                       (detail::TensorArgument<A> && ...))
      return impl_->forward(Arg(detail::locate(a, at))...);
    else
      return impl_->forward(std::forward<A>(a)...);
  }
};

} // namespace ingot::nn

/// Defines class `Name`, the holder of `Impl`.
#define INGOT_MODULE_IMPL(Name, ImplName)                                                                    \
  class Name : public ::ingot::nn::ModuleHolder<ImplName> {                                                  \
  public:                                                                                                    \
    using ::ingot::nn::ModuleHolder<ImplName>::ModuleHolder;                                                 \
    using Impl [[maybe_unused]] = ImplName;                                                                  \
  }
/// Defines class `Name`, the holder of `NameImpl`.
#define INGOT_MODULE(Name) INGOT_MODULE_IMPL(Name, Name##Impl)
