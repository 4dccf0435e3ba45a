// The targets that the public API has: tables of rows that bind the arguments and options of a case to a call.
//
//   Run         what a call gave
//   Target      a row: runs a case
//   findTarget  the row for a case
//
// A layer is one line of Modules.inc, a functional one of Functionals.inc, a tensor function one of TensorFunctions.cpp,
// an initializer one of Initializers.cpp, an optimizer or schedule one of Optimizers.cpp, a program a class of ProgramModels.cpp;
// pointwise functions come from the op records. Options are set by name (Options.h).
#pragma once
#include "tools/conformance/Inputs.h"
#include <functional>
#include <tuple>

namespace ingot::conformance {

struct Run {
  std::vector<Tensor> outputs;
  std::map<std::string, Tensor>
      after; ///< what else to compare after the call, by role: buffer_after.running_mean, loss
  std::map<std::string, Tensor> leaves; ///< what has gradients, by role: param.weight
};

using Target = std::function<Run(Inputs &)>;
using TargetTable = std::map<std::string, Target>;

const TargetTable &moduleTargets();
const TargetTable &functionalTargets();
const TargetTable &tensorTargets();
const TargetTable &initializerTargets();
const TargetTable &optimizerTargets();
const TargetTable &programTargets();

/// Throws Unsupported if there is none.
const Target &findTarget(const Case &c);

/// Copies the stored state of a module into it; names and sizes must agree.
void setState(nn::Module &module, Inputs &in);
/// The optimizer that a description ("target", "options") names, for these parameters.
std::unique_ptr<optim::Optimizer> makeOptimizer(Inputs &in, const Json &description,
                                                const TensorList &parameters);

/// Appends results in order: a tensor, several, lists of them.
inline void collect(std::vector<Tensor> &outputs, const Tensor &result) {
  if (result.defined())
    outputs.push_back(result);
}
inline void collect(std::vector<Tensor> &outputs, const std::vector<Tensor> &results) {
  for (const Tensor &result : results)
    collect(outputs, result);
}
inline void collect(std::vector<Tensor> &outputs, const nn::ASMoutput &result) {
  outputs.insert(outputs.end(), {result.output, result.loss.tensor()});
}
template <class... T> void collect(std::vector<Tensor> &outputs, const std::tuple<T...> &results) {
  std::apply([&](const auto &...result) { (collect(outputs, result), ...); }, results);
}
template <class T> Run runOf(const T &results) {
  Run run;
  collect(run.outputs, results);
  return run;
}

/// Calls f with the tensors at the places [0, count) of a case: all that it has, unless given.
template <class F> Run callWithTensors(Inputs &in, F f, std::optional<size_t> count = std::nullopt) {
  std::vector<Tensor> t;
  for (size_t i = 0; i < count.value_or(in.size()); ++i)
    t.push_back(in[i].tensor());
  if constexpr (requires { f(t[0]); })
    if (t.size() == 1)
      return runOf(f(t[0]));
  if constexpr (requires { f(t[0], t[1]); })
    if (t.size() == 2)
      return runOf(f(t[0], t[1]));
  if constexpr (requires { f(t[0], t[1], t[2]); })
    if (t.size() == 3)
      return runOf(f(t[0], t[1], t[2]));
  if constexpr (requires { f(t[0], t[1], t[2], t[3]); })
    if (t.size() == 4)
      return runOf(f(t[0], t[1], t[2], t[3]));
  throw Unsupported("a call with " + std::to_string(t.size()) + " tensors");
}

} // namespace ingot::conformance
