#include "ingot/core/State.h"
#include "tools/conformance/Options.h"
#include "tools/conformance/Targets.h"

namespace ingot::conformance {

void setState(nn::Module &module, Inputs &in) {
  const Case &c = in.theCase();
  NoGradGuard guard;
  size_t used = 0;
  auto set = [&](const std::string &role, const Tensor &tensor) {
    const Stored *stored = c.find(role);
    if (!stored)
      throw Failure("the module has '" + role + "', which the case has not");
    Tensor value = load(*stored);
    if (value.sizes() != tensor.sizes())
      throw Failure("'" + role + "' has sizes " + tensor.sizes().str() + ", required " + value.sizes().str());
    if (value.dtype() == tensor.dtype())
      ingot::detail::writeBytes(tensor, stored->data.data(), stored->data.size());
    else
      tensor.copy_(value);
    ++used;
  };
  for (const auto &item : module.named_parameters())
    set("param." + item.key(), item.value());
  for (const auto &item : module.named_buffers())
    set("buffer." + item.key(), item.value());
  for (const auto &[role, stored] : c.tensors)
    used -= role.starts_with("param.") || role.starts_with("buffer.");
  if (used != 0)
    throw Failure("the case has parameters or buffers that the module has not");
}

namespace {

/// The state is stored in float32, and converted where the case is of another type.
void setType(nn::Module &module, Inputs &in) {
  Dtype dtype = in.theCase().dtype;
  if (isFloatingType(dtype) && dtype != kFloat32)
    module.to(dtype);
}

/// Calls a forward whose parameters are tensors, undefined for null, and bools; those at its end may be missing.
template <class Holder> Run callWithDefaults(Holder &module, Inputs &in) {
  std::vector<nn::AnyValue> arguments;
  for (size_t i = 0; i < in.size(); ++i)
    arguments.push_back(in[i].text().is_boolean() ? nn::AnyValue(in[i].as<bool>())
                                                  : nn::AnyValue(in[i].tensor()));
  nn::AnyValue result = nn::AnyModule(module).forwardAny(std::move(arguments), Where::current());
  if (auto *tensor = result.try_get<Tensor>())
    return runOf(*tensor);
  return runOf(result.template get<std::tuple<Tensor, Tensor>>());
}

template <class Holder> Run call(Holder &module, Inputs &in) {
  if constexpr (requires { Holder::Impl::forwardDefaults(); })
    return callWithDefaults(module, in);
  auto forward = [&](const auto &...x)
    requires requires { module->forward(x...); }
  { return module->forward(x...); };
  // The state of an LSTM is a tuple.
  if constexpr (requires(const Tensor &x) { module->forward(x, std::make_tuple(x, x)); })
    if (in.size() == 2 && in[1].isList())
      return runOf(module->forward(in[0].tensor(), std::make_tuple(in[1][0].tensor(), in[1][1].tensor())));
  // The sizes of the result may come last.
  auto forwardTo = [&](const Shape &sizes) {
    return [&](const auto &...x)
      requires requires { module->forward(x..., sizes); }
    { return module->forward(x..., sizes); };
  };
  const std::string &name = in.theCase().call;
  if (size_t last = in.size() - 1;
      last > 0 && in[last].isList() && in[last].size() && in[last].text()[0].is_number())
    return callWithTensors(in, forwardTo(in[last].as<Shape>()), last);
  if (name.empty() || name == "forward")
    return callWithTensors(in, forward);
  if constexpr (requires(const Tensor &x) { module->forward_with_indices(x); })
    if (name == "forward_with_indices")
      return callWithTensors(in, [&](const Tensor &x) { return module->forward_with_indices(x); });
  if constexpr (requires(const Tensor &x) { module->log_prob(x); }) {
    if (name == "log_prob")
      return callWithTensors(in, [&](const Tensor &x) { return module->log_prob(x); });
    if (name == "predict")
      return callWithTensors(in, [&](const Tensor &x) { return module->predict(x); });
  }
  throw Unsupported("member " + name);
}

template <class Holder> Run runModule(Holder module, Inputs &in) {
  const Case &c = in.theCase();
  Run run;
  if (c.kind != "init") { // of those, the parameters as they were drawn are all
    setState(*module, in);
    setType(*module, in);
    module->train(c.mode == "train");
    for (const auto &item : module->named_parameters())
      in.put("param." + item.key(), item.value());
    run = in.record([&] { return call(module, in); });
  }
  for (const auto &item : module->named_parameters())
    run.leaves["param." + item.key()] = item.value();
  for (const auto &item : module->named_buffers())
    run.after.try_emplace("buffer_after." + item.key(), item.value()); // unless it ran elsewhere
  return run;
}

/// The options of a layer that is an option itself.
template <class Options> Options layerOf(Options options, const char *name, Inputs &in) {
  for (const auto &item : in.option(name).text().at("options").items())
    if (!setOption(options, item.key(), Value(in, item.value())))
      throw Unsupported("option " + item.key());
  return options;
}

/// The normalization behind the last layer; empty without one.
nn::AnyModule normOf(Inputs &in) {
  if (!in.theCase().options.contains("norm"))
    return {};
  return nn::AnyModule(nn::LayerNorm(layerOf(nn::LayerNormOptions({}), "norm", in)));
}

TargetTable makeTable() {
  TargetTable table;
// A layer, and the arguments of its options' constructor: required options are set by name after it, as all others.
#define MODULE(Layer, ...)                                                                                   \
  table["nn::" #Layer] = [](Inputs &in) {                                                                    \
    return runModule(nn::Layer(withOptions(nn::Layer##Options(__VA_ARGS__), in)), in);                       \
  };
// A layer without options.
#define PLAIN(Layer) table["nn::" #Layer] = [](Inputs &in) { return runModule(nn::Layer(), in); };
// A pooling layer, whose stride is its kernel_size unless given.
#define POOLING(Layer, D) MODULE(Layer, in.option("kernel_size").as<ExpandingArray<D>>())
#include "tools/conformance/Modules.inc"
  table["nn::TransformerEncoder"] = [](Inputs &in) {
    nn::TransformerEncoderOptions options(
        layerOf(nn::TransformerEncoderLayerOptions(1, 1), "encoder_layer", in),
        in.option("num_layers").as<int64_t>());
    return runModule(nn::TransformerEncoder(options.norm(normOf(in))), in);
  };
  table["nn::TransformerDecoder"] = [](Inputs &in) {
    nn::TransformerDecoderOptions options(
        layerOf(nn::TransformerDecoderLayerOptions(1, 1), "decoder_layer", in),
        in.option("num_layers").as<int64_t>());
    return runModule(nn::TransformerDecoder(options.norm(normOf(in))), in);
  };
#undef MODULE
#undef PLAIN
#undef POOLING
  return table;
}

} // namespace

const TargetTable &moduleTargets() {
  static const TargetTable table = makeTable();
  return table;
}

} // namespace ingot::conformance
