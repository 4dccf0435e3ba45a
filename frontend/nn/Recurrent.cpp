#include "frontend/nn/Recurrent.h"
#include "frontend/core/Value.h"
#include "frontend/functional/Recurrent.h"
#include "frontend/functional/factories.h"
#include "frontend/nn/Init.h"
#include "frontend/nn/Layer.h"
#include <cmath>

namespace ingot::nn {
using ingot::detail::fail;
using ingot::detail::ModuleScope;
using ingot::detail::OpScope;
using ingot::detail::RecurrentForm;
using ingot::detail::RecurrentKind;
using ingot::detail::RecurrentWeights;
using ingot::detail::Site;
using utils::rnn::PackedSequence;

namespace {

RecurrentKind kindOf(const RNNOptions &options) {
  bool isTanh = std::holds_alternative<enumtype::kTanh>(options.nonlinearity());
  return isTanh ? RecurrentKind::Tanh : RecurrentKind::Relu;
}
RecurrentKind kindOf(const LSTMOptions &) { return RecurrentKind::Lstm; }
RecurrentKind kindOf(const GRUOptions &) { return RecurrentKind::Gru; }

int64_t projectionOf(const LSTMOptions &options) { return options.proj_size(); }
template <class Options> int64_t projectionOf(const Options &) { return 0; }

const char *layerName(const RNNOptions &) { return "RNN"; }
const char *layerName(const LSTMOptions &) { return "LSTM"; }
const char *layerName(const GRUOptions &) { return "GRU"; }

const char *opName(const RNNOptions &) { return "rnn"; }
const char *opName(const LSTMOptions &) { return "lstm"; }
const char *opName(const GRUOptions &) { return "gru"; }

/// The size of h.
template <class Options> int64_t outputSize(const Options &options) {
  return projectionOf(options) ? projectionOf(options) : options.hidden_size();
}

template <class Options> RecurrentForm formOf(const Options &options, bool training) {
  return {kindOf(options), options.num_layers(), options.bidirectional() ? 2 : 1,
          training ? options.dropout() : 0};
}

template <class Options> void checkOptions(const Options &options) {
  const char *layer = layerName(options);
  detail::requirePositive(layer, "input_size", options.input_size());
  detail::requirePositive(layer, "hidden_size", options.hidden_size());
  detail::requirePositive(layer, "num_layers", options.num_layers());
  if (!(options.dropout() >= 0 && options.dropout() <= 1))
    detail::refuse(layer, "dropout must be a probability, within [0, 1]", std::to_string(options.dropout()));
  if (int64_t projection = projectionOf(options); projection < 0 || projection >= options.hidden_size())
    detail::refuse(layer, "proj_size must be less than hidden_size, or 0 for none",
                   std::to_string(projection));
}

/// The weights of each layer and direction, from the parameters in the order of their registration.
std::vector<RecurrentWeights> weightsOf(const TensorList &parameters, bool bias, bool projection) {
  std::vector<RecurrentWeights> weights;
  for (auto next = parameters.begin(); next != parameters.end();) {
    RecurrentWeights &each = weights.emplace_back();
    each.ih = *next++, each.hh = *next++;
    if (bias)
      each.biasIh = *next++, each.biasHh = *next++;
    if (projection)
      each.hr = *next++;
  }
  return weights;
}

template <class Options> void checkInput(const Site &site, const Options &options, const Tensor &input) {
  std::string size = std::to_string(options.input_size());
  if (!input.defined() || (input.dim() != 2 && input.dim() != 3) || input.size(-1) != options.input_size())
    fail(site.op, site.where,
         "input must be [" + std::string(options.batch_first() ? "batch, steps, " : "steps, batch, ") + size +
             "] or [steps, " + size + "]",
         ingot::detail::describe(input));
}

/// Throws for a state that is not [layers * directions, batch, size].
void checkState(const Site &site, const char *name, const Tensor &state, const Shape &sizes, Dtype type) {
  if (!state.defined() || state.dtype() != type || state.sizes() != sizes)
    fail(site.op, site.where,
         std::string(name) + " must be " + toString(type) + sizes.str() +
             ", with a row for each layer and direction",
         ingot::detail::describe(state));
}

/// The states to begin with, [layers * directions, batch, size]. `x` is [steps, batch, input]; without a batch, one is added.
template <class Options>
TensorList initialStates(const Site &site, const Options &options, const Tensor &x, const TensorList &given,
                         bool hasBatch) {
  RecurrentForm form = formOf(options, false);
  TensorList states;
  for (size_t i = 0; i < stateCount(form.kind); ++i) {
    int64_t size = i == 0 ? outputSize(options) : options.hidden_size();
    Size rows = form.layers * form.directions;
    if (given.empty()) {
      states.push_back(zeros({rows, x.size(1), size}, x.options()));
      continue;
    }
    Shape sizes = hasBatch ? Shape{rows, x.size(1), size} : Shape{rows, size};
    checkState(site, i == 0 ? "h_0" : "c_0", given[i], sizes, x.dtype());
    states.push_back(hasBatch ? given[i] : given[i].unsqueeze(1));
  }
  return states;
}

TensorList listOf(const Tensor &state) { return state.defined() ? TensorList{state} : TensorList(); }
TensorList listOf(const std::optional<LSTMImpl::State> &state) {
  return state ? TensorList{std::get<0>(*state), std::get<1>(*state)} : TensorList();
}

} // namespace

namespace detail {

template <class Derived, class Options>
RecurrentImpl<Derived, Options>::RecurrentImpl(const Options &options) : options(options) {
  RecurrentImpl::reset();
}

template <class Derived, class Options> void RecurrentImpl<Derived, Options>::reset() {
  checkOptions(options);
  int64_t hidden = options.hidden_size(), rows = gateCount(kindOf(options)) * hidden,
          output = outputSize(options);
  int64_t directions = options.bidirectional() ? 2 : 1;
  for (int64_t layer = 0; layer < options.num_layers(); ++layer)
    for (int64_t direction = 0; direction < directions; ++direction) {
      std::string suffix = "_l" + std::to_string(layer) + (direction == 1 ? "_reverse" : "");
      int64_t input = layer == 0 ? options.input_size() : output * directions;
      this->register_parameter("weight_ih" + suffix, empty({rows, input}));
      this->register_parameter("weight_hh" + suffix, empty({rows, output}));
      if (options.bias()) {
        this->register_parameter("bias_ih" + suffix, empty({rows}));
        this->register_parameter("bias_hh" + suffix, empty({rows}));
      }
      if (output != hidden)
        this->register_parameter("weight_hr" + suffix, empty({output, hidden}));
    }
  reset_parameters();
}

template <class Derived, class Options> void RecurrentImpl<Derived, Options>::reset_parameters() {
  double bound = 1 / std::sqrt(double(options.hidden_size()));
  for (const Tensor &parameter : all_weights())
    init::uniform_(parameter, -bound, bound);
}

template <class Derived, class Options>
void RecurrentImpl<Derived, Options>::pretty_print(std::ostream &stream) const {
  stream << "nn::" << layerName(options) << "(input_size=" << options.input_size()
         << ", hidden_size=" << options.hidden_size() << ", num_layers=" << options.num_layers()
         << ", bias=" << yesNo(options.bias()) << ", batch_first=" << yesNo(options.batch_first())
         << ", dropout=" << options.dropout() << ", bidirectional=" << yesNo(options.bidirectional());
  if (int64_t projection = projectionOf(options))
    stream << ", proj_size=" << projection;
  stream << ")";
}

template <class Derived, class Options>
std::pair<Tensor, TensorList> RecurrentImpl<Derived, Options>::run(const Arg &input,
                                                                   const TensorList &initial) {
  ModuleScope module(this->node());
  Site site{opName(options), input.where};
  OpScope scope(site.op, site.where);
  checkInput(site, options, *input);
  bool hasBatch = input->dim() == 3, transposed = hasBatch && options.batch_first();
  Tensor x = !hasBatch ? input->unsqueeze(1) : transposed ? input->transpose(0, 1) : *input;
  auto [output, finals] = runRecurrent(formOf(options, this->is_training()),
                                       weightsOf(all_weights(), options.bias(), projectionOf(options) > 0), x,
                                       initialStates(site, options, x, initial, hasBatch), {}, site.where);
  if (!hasBatch)
    for (Tensor &each : finals)
      each = each.squeeze(1);
  return {!hasBatch ? output.squeeze(1) : transposed ? output.transpose(0, 1) : output, finals};
}

template <class Derived, class Options>
std::pair<PackedSequence, TensorList> RecurrentImpl<Derived, Options>::run(const PackedSequence &input,
                                                                           const TensorList &initial,
                                                                           const Where &at) {
  ModuleScope module(this->node());
  Site site{opName(options), at};
  OpScope scope(site.op, site.where);
  const Tensor &x = input.padded();
  if (!x.defined() || x.dim() != 3 || x.size(-1) != options.input_size())
    fail(site.op, site.where,
         "the packed sequences must be [steps, batch, " + std::to_string(options.input_size()) + "]",
         ingot::detail::describe(x));
  auto [output, finals] =
      runRecurrent(formOf(options, this->is_training()),
                   weightsOf(all_weights(), options.bias(), projectionOf(options) > 0), x,
                   initialStates(site, options, x, initial, true), input.mask(), site.where);
  return {input.with(output), finals};
}

template class RecurrentImpl<RNNImpl, RNNOptions>;
template class RecurrentImpl<LSTMImpl, LSTMOptions>;
template class RecurrentImpl<GRUImpl, GRUOptions>;

} // namespace detail

std::tuple<Tensor, Tensor> RNNImpl::forward(const Arg &input, const Tensor &hx) {
  auto [output, finals] = run(input, listOf(hx));
  return {output, finals[0]};
}

std::tuple<PackedSequence, Tensor> RNNImpl::forward_with_packed_input(const PackedSequence &input,
                                                                      const Tensor &hx, const Where &at) {
  auto [output, finals] = run(input, listOf(hx), at);
  return {output, finals[0]};
}

std::tuple<Tensor, LSTMImpl::State> LSTMImpl::forward(const Arg &input, const std::optional<State> &hx) {
  auto [output, finals] = run(input, listOf(hx));
  return {output, {finals[0], finals[1]}};
}

std::tuple<PackedSequence, LSTMImpl::State>
LSTMImpl::forward_with_packed_input(const PackedSequence &input, const std::optional<State> &hx,
                                    const Where &at) {
  auto [output, finals] = run(input, listOf(hx), at);
  return {output, {finals[0], finals[1]}};
}

std::tuple<Tensor, Tensor> GRUImpl::forward(const Arg &input, const Tensor &hx) {
  auto [output, finals] = run(input, listOf(hx));
  return {output, finals[0]};
}

std::tuple<PackedSequence, Tensor> GRUImpl::forward_with_packed_input(const PackedSequence &input,
                                                                      const Tensor &hx, const Where &at) {
  auto [output, finals] = run(input, listOf(hx), at);
  return {output, finals[0]};
}

} // namespace ingot::nn
