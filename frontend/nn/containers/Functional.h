// Functional: a function as a module, for Sequential.
//
//   nn::Sequential net(nn::Linear(8, 8), nn::Functional(ingot::relu),
//                      nn::Functional([](Tensor x) { return x * 2; }));
#pragma once
#include "ingot/core/Module.h"
#include <concepts>
#include <functional>
#include <utility>

namespace ingot::nn {

class FunctionalImpl : public Cloneable<FunctionalImpl> {
public:
  using Function = std::function<Tensor(const Arg &)>;

  /// forward(x) is function(x, arguments...).
  template <class F, class... A>
    requires(std::invocable<F &, const Tensor &, A &...> || std::invocable<F &, const Arg &, A &...>)
  explicit FunctionalImpl(F function, A... arguments) {
    this->function = [function = std::move(function),
                      ... arguments = std::move(arguments)](const Arg &x) mutable {
      if constexpr (std::invocable<F &, const Arg &, A &...>)
        return function(x, arguments...);
      else
        return function(*x, arguments...);
    };
  }
  FunctionalImpl(const FunctionalImpl &) = default;
  void reset() override;
  void pretty_print(std::ostream &stream) const override;
  Tensor forward(const Arg &input);

private:
  Function function;
};
INGOT_MODULE(Functional);

} // namespace ingot::nn
