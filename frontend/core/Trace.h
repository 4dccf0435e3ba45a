// Programs for export.
//
//   ingot::Dim N("N");
//   auto infer = ingot::trace("infer", [&](Tensor x) { return model->forward(x); }, {{"x", {N, 3}}}, {"y"});
//   return ingot::export_main(argc, argv, "model", {infer});   // model.o, model.h, model.safetensors
//
// trace runs the function once on placeholders. Parameters, buffers and States that it reads are state of the program,
// those that it writes are updated by each run; other tensors and all numbers are constants. Nothing can be read
// meanwhile, and afterwards all tensors of the process are as before; a tensor that escapes is an Error when used.
#pragma once
#include "ingot/core/Tensor.h"
#include <type_traits>
#include <utility>

namespace ingot {

/// An input of a program. Its sizes are numbers, Dims, or expressions of them.
struct TensorSpec {
  TensorSpec(std::string name, Shape sizes, Dtype dtype = kFloat32)
      : name(std::move(name)), sizes(std::move(sizes)), dtype(dtype) {}
  std::string name;
  Shape sizes;
  Dtype dtype;
};

namespace detail {
struct ProgramImpl;
} // namespace detail

/// A tensor that programs keep from one call to the next, and that belongs to no module (whose buffers are such, too).
///
///   ingot::State cache("cache", ingot::zeros({256, 64}));
///   auto put = ingot::trace("put", [&](Tensor row, Tensor at) { cache->narrow(0, at, 1).copy_(row); },
///                           {{"row", {1, 64}}, {"at", {}, ingot::kInt64}});   // writes one row, in place
class State {
public:
  /// Programs start with the elements of `initial`, and files know them as `name`: keys joined by dots, as those of
  /// modules' tensors, and like none of these. Error if the tensor is a part or a view of another one.
  State(const std::string &name, Tensor initial, const Where &at = Where::current());
  const Tensor &operator*() const { return tensor; }
  const Tensor *operator->() const { return &tensor; }
  operator const Tensor &() const { return tensor; }

private:
  Tensor tensor;
};

/// A recorded function with named inputs, outputs and state.
class Program {
public:
  explicit Program(std::shared_ptr<detail::ProgramImpl> impl) : impl(std::move(impl)) {}
  /// Its `ingot` IR.
  std::string str() const;
  const std::string &name() const;
  const std::shared_ptr<detail::ProgramImpl> &unwrap() const { return impl; }

private:
  std::shared_ptr<detail::ProgramImpl> impl;
};

namespace detail {
struct TraceBody {
  virtual ~TraceBody() = default;
  virtual std::vector<Tensor> run(const std::vector<Tensor> &inputs) = 0;
};
Program traceProgram(const std::string &name, TraceBody &body, const std::vector<TensorSpec> &specs,
                     const std::vector<std::string> &outputNames, const Where &at);
[[noreturn]] void failArity(const std::string &name, size_t inputs, const Where &at);

/// The tensors in what a function returned, nested or not.
struct Outputs {
  void add(const Tensor &tensor) { list.push_back(tensor); }
  void add(const std::vector<Tensor> &tensors) { list.insert(list.end(), tensors.begin(), tensors.end()); }
  template <class... T> void add(const std::tuple<T...> &each) {
    std::apply([this](const auto &...part) { (this->add(part), ...); }, each);
  }
  template <class A, class B> void add(const std::pair<A, B> &both) { add(both.first), add(both.second); }
  std::vector<Tensor> list;
};

template <class F, size_t... I>
std::vector<Tensor> callWith(F &function, const std::vector<Tensor> &inputs, std::index_sequence<I...>) {
  if constexpr (std::is_void_v<decltype(function(Tensor(inputs[I])...))>) {
    function(Tensor(inputs[I])...);
    return {};
  } else {
    Outputs outputs;
    outputs.add(function(Tensor(inputs[I])...));
    return std::move(outputs.list);
  }
}
template <size_t, class T> using Each = T;
template <class F, size_t... I> constexpr bool takes(std::index_sequence<I...>) {
  return std::is_invocable_v<F &, Each<I, Tensor>...>;
}

template <class F> struct FunctionBody final : TraceBody {
  FunctionBody(F &function, const std::string &name, const Where &at)
      : function(function), name(name), at(at) {}
  std::vector<Tensor> run(const std::vector<Tensor> &inputs) override { return dispatch<0>(inputs); }
  template <size_t N> std::vector<Tensor> dispatch(const std::vector<Tensor> &inputs) {
    constexpr size_t most = 16;
    if constexpr (takes<F>(std::make_index_sequence<N>()))
      if (inputs.size() == N)
        return callWith(function, inputs, std::make_index_sequence<N>());
    if constexpr (N < most)
      return dispatch<N + 1>(inputs);
    else
      failArity(name, inputs.size(), at);
  }
  F &function;
  const std::string &name;
  const Where &at;
};
} // namespace detail

/// Records `function`, a callable of one Tensor for each of `specs`, which returns a Tensor, a tuple, pair or vector of
/// Tensors (also nested), or nothing. Outputs without a name are called "output", or "output0", "output1" ...
template <class F>
Program trace(const std::string &name, F &&function, const std::vector<TensorSpec> &specs = {},
              const std::vector<std::string> &output_names = {}, const Where &at = Where::current()) {
  detail::FunctionBody<std::remove_reference_t<F>> body(function, name, at);
  return detail::traceProgram(name, body, specs, output_names, at);
}

/// The main function of an exporting program: compiles `programs`, which share their state, into an object file and a
/// header called `name`, as the flags in argv say (--help lists them). Returns the exit status.
int export_main(int argc, char **argv, const std::string &name, const std::vector<Program> &programs);

} // namespace ingot
