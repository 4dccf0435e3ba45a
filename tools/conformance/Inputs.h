// What a case gives to a call: arguments and options as C++ values.
//
//   Value    an argument or option; `as<T>()` is its value as T, by the overloads of `read` below
//   Inputs   the arguments of a case, by place or by name
//
//   in[0].tensor();   in["dim"].as<int64_t>();   in.get("keepdim", false);
#pragma once
#include "tools/conformance/Golden.h"
#include <cmath>
#include <functional>
#include <limits>
#include <tuple>

namespace ingot::conformance {

class Inputs;
struct Run;

/// An operand: a tensor or a number. Converts to Arg, which borrows from it.
struct Operand {
  Tensor tensor;
  Scalar number;
  bool isTensor = false;
  operator Arg() const { return isTensor ? Arg(tensor) : Arg(number); }
};

class Value {
public:
  Value(Inputs &inputs, const Json &json) : inputs(&inputs), json(&json) {}

  bool isNull() const { return json->is_null(); }
  bool isList() const { return json->is_array(); }
  bool isTensor() const { return json->is_object() && json->contains("tensor"); }
  const Json &text() const { return *json; }
  Value operator[](size_t i) const { return {*inputs, json->at(i)}; }
  size_t size() const { return json->is_array() ? json->size() : 1; }
  /// Undefined for null.
  Tensor tensor() const;
  std::vector<Tensor> tensors() const;
  Operand operand() const;
  template <class T> T as() const;

private:
  Inputs *inputs;
  const Json *json;
};

/// The arguments of a case. Its tensors are made once; those of floating point require gradients where the case has them.
class Inputs {
public:
  explicit Inputs(const Case &c) : c(c), isRead(c.args.size()) {}

  size_t size() const { return c.args.size(); }
  Value operator[](size_t i) {
    const Json &argument = c.args.at(i);
    isRead[i] = true;
    return {*this, argument};
  }
  Value operator[](int i) { return (*this)[size_t(i)]; }
  Value operator[](const char *name) { return (*this)[place(name)]; }
  /// Throws Unsupported if no row has read one of the arguments.
  void requireAllRead() const;
  bool has(const char *name) const { return place(name) < c.args.size() && !c.args[place(name)].is_null(); }
  /// The argument, or the default of a call that leaves it out.
  template <class T> T get(const char *name, T otherwise) {
    return has(name) ? (*this)[name].template as<T>() : otherwise;
  }
  Value option(const std::string &name) { return {*this, c.options.at(name)}; }

  const Case &theCase() const { return c; }
  Tensor stored(const std::string &role);
  /// The tensors that were made, by role ("in.0", "opt.weight").
  const std::map<std::string, Tensor> &made() const { return tensors; }
  /// Makes `tensor` the one of a role, or forgets it.
  void put(const std::string &role, const Tensor &tensor) { tensors[role] = tensor; }
  void drop(const std::string &role) { tensors.erase(role); }

  using Recorder = std::function<Run(const std::function<Run()> &)>;
  void setRecorder(Recorder recorder) { this->recorder = std::move(recorder); }
  /// Runs the part of a target that may be traced, in the way of the runner; just calls it unless another is set.
  Run record(const std::function<Run()> &body);
  bool isRecorded() const { return recorder != nullptr; }

private:
  size_t place(const char *name) const;

  const Case &c;
  std::vector<bool> isRead; ///< of each argument
  std::map<std::string, Tensor> tensors;
  Recorder recorder;
};

//===--- conversions --------------------------------------------------------------------------------------------===//

void read(const Value &value, int64_t &result);
void read(const Value &value, double &result);
void read(const Value &value, bool &result);
void read(const Value &value, std::string &result);
void read(const Value &value, Tensor &result);
void read(const Value &value, Dtype &result);
/// A distance by its name.
void read(const Value &value, nn::TripletMarginWithDistanceLossOptions::distance_function_t &result);
/// An activation is a choice, not a function.
void read(const Value &value, std::function<Tensor(const Tensor &)> &result);
void read(const Value &value, Scalar &result);
void read(const Value &value, Shape &result);
void read(const Value &value, std::vector<int64_t> &result);
void read(const Value &value, std::vector<double> &result);
void read(const Value &value, std::tuple<double, double> &result);
template <size_t D, class T> void read(const Value &value, ExpandingArray<D, T> &result) {
  using List = std::vector<T>;
  result = value.isList() ? ExpandingArray<D, T>(value.as<List>()) : ExpandingArray<D, T>(value.as<T>());
}
template <size_t D> void read(const Value &value, ExpandingArrayWithOptionalElem<D> &result) {
  for (size_t d = 0; d < D; ++d)
    read(value.isList() ? value[d] : value, (*result)[d]);
}
template <class T> void read(const Value &value, std::optional<T> &result) {
  result = value.isNull() ? std::nullopt : std::optional<T>(value.as<T>());
}

template <class T>
concept Choice = requires {
  { T::name } -> std::convertible_to<const char *>;
};
template <class T, class Variant> bool choose(const Value &value, Variant &result) {
  if constexpr (Choice<T>)
    return value.text() == T::name ? (result = T{}, true) : false;
  else
    return value.text().is_string() ? false : (result = value.as<T>(), true);
}

/// "kMean" is the choice of that name; anything else the alternative that is no choice.
template <class... T> void read(const Value &value, std::variant<T...> &result) {
  if (!(choose<T>(value, result) || ...))
    throw Unsupported("value " + value.text().dump());
}

template <class T> T Value::as() const {
  if constexpr (std::is_default_constructible_v<T>) {
    T result{};
    read(*this, result);
    return result;
  } else {
    T result(0);
    read(*this, result);
    return result;
  }
}

} // namespace ingot::conformance
