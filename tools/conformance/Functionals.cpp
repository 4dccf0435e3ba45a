#include "tools/conformance/Options.h"
#include "tools/conformance/Targets.h"

namespace ingot::conformance {
namespace {

namespace F = nn::functional;

/// The inputs are gradients: parameters that have them, for `clip`.
template <class F> Run withGradients(Inputs &in, F clip) {
  std::vector<Tensor> parameters, gradients;
  for (const Tensor &gradient : in[0].tensors()) {
    gradients.push_back(gradient.clone());
    parameters.push_back(zeros_like(gradient));
    parameters.back().mutable_grad() = gradients.back();
  }
  Run run = runOf(gradients);
  clip(parameters, run.outputs);
  return run;
}

void addUtilities(TargetTable &table) {
  table["torch::nn::utils::clip_grad_norm_"] = [](Inputs &in) {
    return withGradients(in, [&](const auto &parameters, std::vector<Tensor> &outputs) {
      outputs.push_back(
          nn::utils::clip_grad_norm_(parameters, in[1].as<double>(), in.size() > 2 ? in[2].as<double>() : 2)
              .tensor());
    });
  };
  table["torch::nn::utils::clip_grad_value_"] = [](Inputs &in) {
    return withGradients(in, [&](const auto &parameters, std::vector<Tensor> &) {
      nn::utils::clip_grad_value_(parameters, in[1].as<double>());
    });
  };
}

TargetTable makeTable() {
  TargetTable table;
// A functional of tensors and options; what follows are the arguments of the options' constructor, as in Modules.cpp.
#define FUNCTIONAL(name, Options, ...)                                                                       \
  table["F::" #name] = [](Inputs &in) {                                                                      \
    auto options = withOptions(F::Options(__VA_ARGS__), in);                                                 \
    return callWithTensors(                                                                                  \
        in, [&](const auto &...x)                                                                            \
          requires requires { F::name(x..., options); }                                                      \
        { return F::name(x..., options); });                                                                 \
  };
// A functional of tensors alone.
#define PLAIN(name)                                                                                          \
  table["F::" #name] = [](Inputs &in) {                                                                      \
    return callWithTensors(                                                                                  \
        in, [](const auto &...x)                                                                             \
          requires requires { F::name(x...); }                                                               \
        { return F::name(x...); });                                                                          \
  };
#define POOLING(name, Options, D) FUNCTIONAL(name, Options, in.option("kernel_size").as<ExpandingArray<D>>())
#include "tools/conformance/Functionals.inc"
  table["F::affine_grid"] = [](Inputs &in) {
    return runOf(F::affine_grid(in[0].tensor(), in[1].as<Shape>(), in[2].as<bool>()));
  };
#undef FUNCTIONAL
#undef PLAIN
#undef POOLING
  table["F::one_hot"] = [](Inputs &in) {
    return runOf(F::one_hot(in[0].tensor(), in.size() > 1 ? in[1].as<int64_t>() : -1));
  };
  table["F::pdist"] = [](Inputs &in) {
    return runOf(F::pdist(in[0].tensor(), in.size() > 1 ? in[1].as<double>() : 2));
  };
  table["torch::scaled_dot_product_attention"] = [](Inputs &in) {
    auto get = [&]<class T>(size_t i, T otherwise) { return i < in.size() ? in[i].as<T>() : otherwise; };
    return runOf(scaled_dot_product_attention(in[0].tensor(), in[1].tensor(), in[2].tensor(),
                                              get(3, std::optional<Tensor>()), get(4, 0.0), get(5, false),
                                              get(6, std::optional<double>()), get(7, false)));
  };
  addUtilities(table);
  return table;
}

} // namespace

const TargetTable &functionalTargets() {
  static const TargetTable table = makeTable();
  return table;
}

} // namespace ingot::conformance
