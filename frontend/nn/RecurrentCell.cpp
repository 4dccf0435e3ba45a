#include "frontend/nn/RecurrentCell.h"
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
using ingot::detail::RecurrentKind;
using ingot::detail::Site;

namespace {

bool isRelu(const RNNCellOptions &options) {
  return std::holds_alternative<enumtype::kReLU>(options.nonlinearity());
}
template <class Options> bool isRelu(const Options &) { return false; }

RecurrentKind kindOf(const RNNCellOptions &options) {
  return isRelu(options) ? RecurrentKind::Relu : RecurrentKind::Tanh;
}
RecurrentKind kindOf(const LSTMCellOptions &) { return RecurrentKind::Lstm; }
RecurrentKind kindOf(const GRUCellOptions &) { return RecurrentKind::Gru; }

const char *layerName(const RNNCellOptions &) { return "RNNCell"; }
const char *layerName(const LSTMCellOptions &) { return "LSTMCell"; }
const char *layerName(const GRUCellOptions &) { return "GRUCell"; }

const char *opName(const RNNCellOptions &) { return "rnn_cell"; }
const char *opName(const LSTMCellOptions &) { return "lstm_cell"; }
const char *opName(const GRUCellOptions &) { return "gru_cell"; }

} // namespace

namespace detail {

template <class Derived, class Options>
RecurrentCellImpl<Derived, Options>::RecurrentCellImpl(const Options &options) : options(options) {
  RecurrentCellImpl::reset();
}

template <class Derived, class Options> void RecurrentCellImpl<Derived, Options>::reset() {
  requirePositive(layerName(options), "input_size", options.input_size());
  requirePositive(layerName(options), "hidden_size", options.hidden_size());
  int64_t hidden = options.hidden_size(), rows = gateCount(kindOf(options)) * hidden;
  weight_ih = this->register_parameter("weight_ih", empty({rows, options.input_size()}));
  weight_hh = this->register_parameter("weight_hh", empty({rows, hidden}));
  bias_ih = this->register_parameter("bias_ih", options.bias() ? empty({rows}) : Tensor());
  bias_hh = this->register_parameter("bias_hh", options.bias() ? empty({rows}) : Tensor());
  reset_parameters();
}

template <class Derived, class Options> void RecurrentCellImpl<Derived, Options>::reset_parameters() {
  double bound = 1 / std::sqrt(double(options.hidden_size()));
  for (const Tensor &parameter : this->parameters(false))
    init::uniform_(parameter, -bound, bound);
}

template <class Derived, class Options>
void RecurrentCellImpl<Derived, Options>::pretty_print(std::ostream &stream) const {
  stream << "nn::" << layerName(options) << "(" << options.input_size() << ", " << options.hidden_size();
  if (!options.bias())
    stream << ", bias=false";
  if (isRelu(options))
    stream << ", nonlinearity=kReLU";
  stream << ")";
}

template <class Derived, class Options>
TensorList RecurrentCellImpl<Derived, Options>::step(const Arg &input, const TensorList &state) {
  ModuleScope module(this->node());
  Site site{opName(options), input.where};
  OpScope scope(site.op, site.where);
  if (!input->defined() || (input->dim() != 1 && input->dim() != 2) ||
      input->size(-1) != options.input_size()) {
    std::string size = std::to_string(options.input_size());
    fail(site.op, site.where, "input must be [batch, " + size + "] or [" + size + "]",
         ingot::detail::describe(*input));
  }
  bool hasBatch = input->dim() == 2;
  Tensor x = hasBatch ? *input : input->unsqueeze(0);
  Shape sizes = {x.size(0), options.hidden_size()}, given = hasBatch ? sizes : Shape{options.hidden_size()};
  RecurrentKind kind = kindOf(options);
  TensorList before;
  for (size_t i = 0; i < stateCount(kind); ++i) {
    if (state.empty()) {
      before.push_back(zeros(sizes, x.options()));
      continue;
    }
    if (!state[i].defined() || state[i].dtype() != x.dtype() || state[i].sizes() != given)
      fail(site.op, site.where,
           std::string(i == 0 ? "h" : "c") + " must be " + toString(x.dtype()) + given.str(),
           ingot::detail::describe(state[i]));
    before.push_back(hasBatch ? state[i] : state[i].unsqueeze(0));
  }
  ingot::detail::RecurrentWeights weights{weight_ih, weight_hh, bias_ih, bias_hh, {}};
  TensorList next = recurrentStep(kind, projectInput(kind, x, weights), before, weights);
  if (!hasBatch)
    for (Tensor &each : next)
      each = each.squeeze(0);
  return next;
}

template class RecurrentCellImpl<RNNCellImpl, RNNCellOptions>;
template class RecurrentCellImpl<LSTMCellImpl, LSTMCellOptions>;
template class RecurrentCellImpl<GRUCellImpl, GRUCellOptions>;

} // namespace detail

Tensor RNNCellImpl::forward(const Arg &input, const Tensor &hx) {
  return step(input, hx.defined() ? TensorList{hx} : TensorList())[0];
}

LSTMCellImpl::State LSTMCellImpl::forward(const Arg &input, const std::optional<State> &hx) {
  TensorList next = step(input, hx ? TensorList{std::get<0>(*hx), std::get<1>(*hx)} : TensorList());
  return {next[0], next[1]};
}

Tensor GRUCellImpl::forward(const Arg &input, const Tensor &hx) {
  return step(input, hx.defined() ? TensorList{hx} : TensorList())[0];
}

} // namespace ingot::nn
