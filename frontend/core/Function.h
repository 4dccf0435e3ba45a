// Functions whose derivative the user writes.
//
//   struct Clip : ingot::autograd::Function<Clip> {
//     static Tensor forward(autograd::AutogradContext *context, const Tensor &x, double limit) {
//       context->save_for_backward({x});
//       context->saved_data["limit"] = limit;
//       return x.clamp(-limit, limit);
//     }
//     static TensorList backward(autograd::AutogradContext *context, TensorList gradients) {
//       Tensor x = context->get_saved_variables()[0];
//       return {gradients[0] * (x.abs() <= context->saved_data["limit"].toDouble()), Tensor()};
//     }
//   };
//   Tensor y = Clip::apply(x, 1.0);
//
// `forward` is recorded without gradients. `backward` is called in each backward pass that comes to the result; it takes a
// gradient of each result, zeros where none flows, and returns one of each argument of forward, undefined for none. What it
// records can be differentiated itself, with create_graph.
#pragma once
#include "ingot/core/Tensor.h"
#include <functional>
#include <optional>
#include <typeinfo>
#include <unordered_map>
#include <variant>

namespace ingot {

/// A value of one of several types. Asking for another one than it has is an Error.
class IValue {
public:
  IValue() = default;
  IValue(Tensor value) : value(std::move(value)) {}
  IValue(TensorList value) : value(std::move(value)) {}
  IValue(std::vector<int64_t> value) : value(std::move(value)) {}
  IValue(std::string value) : value(std::move(value)) {}
  IValue(const char *value) : value(std::string(value)) {}
  IValue(bool value) : value(value) {}
  template <class T>
    requires std::is_arithmetic_v<T>
  IValue(T number) {
    if constexpr (std::is_floating_point_v<T>)
      value = static_cast<double>(number);
    else
      value = static_cast<int64_t>(number);
  }

  bool isNone() const { return value.index() == 0; }
  bool isTensor() const { return has<Tensor>(); }
  bool isTensorList() const { return has<TensorList>(); }
  bool isIntList() const { return has<std::vector<int64_t>>(); }
  bool isString() const { return has<std::string>(); }
  bool isDouble() const { return has<double>(); }
  bool isInt() const { return has<int64_t>(); }
  bool isBool() const { return has<bool>(); }
  /// The value as the type that has it: an integer type of one, a floating-point type of a number of that kind.
  template <class T> T to() const {
    if constexpr (std::is_same_v<T, bool>)
      return toBool();
    else if constexpr (std::is_floating_point_v<T>)
      return static_cast<T>(toDouble());
    else if constexpr (std::is_integral_v<T>)
      return static_cast<T>(toInt());
    else
      return as<T>("a value of another type");
  }
  const Tensor &toTensor() const { return as<Tensor>("a tensor"); }
  const TensorList &toTensorList() const { return toTensorVector(); }
  const TensorList &toTensorVector() const { return as<TensorList>("tensors"); }
  const std::vector<int64_t> &toIntVector() const { return as<std::vector<int64_t>>("integers"); }
  const std::vector<int64_t> &toIntList() const { return toIntVector(); }
  const std::string &toStringRef() const { return as<std::string>("a string"); }
  double toDouble() const { return as<double>("a floating-point number"); }
  int64_t toInt() const { return as<int64_t>("an integer"); }
  bool toBool() const { return as<bool>("a bool"); }

private:
  template <class T> bool has() const { return std::holds_alternative<T>(value); }
  template <class T> const T &as(const char *what) const {
    if (const T *found = std::get_if<T>(&value))
      return *found;
    refuse(what);
  }
  [[noreturn]] static void refuse(const char *what);

  std::variant<std::monostate, Tensor, TensorList, std::vector<int64_t>, std::string, double, int64_t, bool>
      value;
};

namespace autograd {

using variable_list = TensorList;
using tensor_list = TensorList;

/// What a function's forward leaves for its backward.
class AutogradContext {
public:
  /// Keeps tensors as they are now: what is written to them later does not matter.
  void save_for_backward(const TensorList &tensors);
  /// Those, in backward.
  TensorList get_saved_variables() const;
  /// Says that forward has changed these arguments in place. They must be among its results: from then on they are what
  /// the function computed, with its gradient.
  void mark_dirty(const TensorList &arguments);
  /// No gradient flows through these results of forward.
  void mark_non_differentiable(const TensorList &results);
  /// With false, a result that no gradient flows to has an undefined one.
  void set_materialize_grads(bool value) { materialize = value; }
  /// Whether the tensor number `tensor` among the arguments of forward takes a gradient; arguments that are no tensors do not
  /// count.
  bool needs_input_grad(size_t tensor) const;

  std::unordered_map<std::string, IValue> saved_data;

private:
  friend class FunctionNode;
  friend struct FunctionCall;
  TensorList given, saved; ///< as given, and a snapshot of each
  TensorList withoutGradient, dirty;
  std::vector<bool> needed; ///< by the tensors among the arguments
  bool materialize = true;
};

/// One call of a function, whatever its types.
struct FunctionCall {
  const std::type_info *type; ///< of the class
  TensorList arguments;       ///< undefined ones for arguments that are no tensors
  std::vector<bool> isTensor; ///< by argument
  std::function<TensorList(AutogradContext *)> forward;
  std::function<TensorList(AutogradContext *, TensorList)> backward;
  TensorList run() const;
  void add(const Tensor &tensor) {
    arguments.push_back(tensor);
    isTensor.push_back(true);
  }
  void add(const std::optional<Tensor> &tensor) {
    arguments.push_back(tensor.value_or(Tensor()));
    isTensor.push_back(tensor.has_value());
  }
  void add(const TensorList &tensors) {
    for (const Tensor &tensor : tensors)
      add(tensor);
  }
  template <class T> void add(const T &) {
    arguments.emplace_back();
    isTensor.push_back(false);
  }
};

template <class Derived> struct Function {
  /// Records Derived::forward, which returns a Tensor or a TensorList.
  template <class... Arguments> static auto apply(Arguments &&...arguments) {
    using Result = decltype(Derived::forward(std::declval<AutogradContext *>(), arguments...));
    FunctionCall call;
    call.type = &typeid(Derived);
    (call.add(arguments), ...);
    call.forward = [&](AutogradContext *context) -> TensorList {
      return {Derived::forward(context, arguments...)};
    };
    call.backward = &Derived::backward;
    if constexpr (std::is_same_v<Result, Tensor>)
      return call.run()[0];
    else
      return call.run();
  }
};

} // namespace autograd

/// `function(inputs)`, of which a backward pass keeps only the inputs: it computes the rest again when it comes there. That
/// trades time for memory. Random numbers are the same again; what `function` writes it writes twice.
TensorList checkpoint(const std::function<TensorList(const TensorList &)> &function, const TensorList &inputs,
                      const Where &at = Where::current());
/// The same of a function of one tensor.
Tensor checkpoint(const std::function<Tensor(const Tensor &)> &function, const Tensor &input,
                  const Where &at = Where::current());

} // namespace ingot
