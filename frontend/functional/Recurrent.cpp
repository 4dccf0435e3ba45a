#include "frontend/functional/Recurrent.h"
#include "frontend/core/Scan.h"
#include "frontend/functional/Linear.h"
#include "frontend/functional/layers.h"
#include "frontend/functional/ops.h"

namespace F = ingot::nn::functional;

namespace ingot::detail {

Tensor projectInput(RecurrentKind kind, const Tensor &x, const RecurrentWeights &weights) {
  // A GRU's second bias is inside of r * (...).
  bool both = weights.biasIh.defined() && kind != RecurrentKind::Gru;
  return F::linear(x, weights.ih, both ? weights.biasIh + weights.biasHh : weights.biasIh);
}

static TensorList lstmStep(const Tensor &projected, const TensorList &state,
                           const RecurrentWeights &weights) {
  std::vector<Tensor> gates = (projected + F::linear(state[0], weights.hh)).chunk(4, -1);
  Tensor c = sigmoid(gates[1]) * state[1] + sigmoid(gates[0]) * tanh(gates[2]);
  Tensor h = sigmoid(gates[3]) * tanh(c);
  return {weights.hr.defined() ? F::linear(h, weights.hr) : h, c};
}

static TensorList gruStep(const Tensor &projected, const Tensor &h, const RecurrentWeights &weights) {
  std::vector<Tensor> x = projected.chunk(3, -1), y = F::linear(h, weights.hh, weights.biasHh).chunk(3, -1);
  Tensor r = sigmoid(x[0] + y[0]), z = sigmoid(x[1] + y[1]), n = tanh(x[2] + r * y[2]);
  return {n + z * (h - n)};
}

TensorList recurrentStep(RecurrentKind kind, const Tensor &projected, const TensorList &state,
                         const RecurrentWeights &weights) {
  if (kind == RecurrentKind::Lstm)
    return lstmStep(projected, state, weights);
  if (kind == RecurrentKind::Gru)
    return gruStep(projected, state[0], weights);
  Tensor sum = projected + F::linear(state[0], weights.hh);
  return {kind == RecurrentKind::Tanh ? tanh(sum) : relu(sum)};
}

/// One layer in one direction: the outputs; `state` becomes the last one.
static Tensor runDirection(RecurrentKind kind, const RecurrentWeights &weights, const Tensor &x,
                           TensorList &state, bool reverse, const Tensor &mask, const Where &at) {
  TensorList sequences = {projectInput(kind, x, weights)};
  if (mask.defined())
    sequences.push_back(mask);
  auto step = [&](const TensorList &carry, const TensorList &slices) {
    TensorList next = recurrentStep(kind, slices[0], carry, weights);
    if (slices.size() == 1)
      return std::pair(next, TensorList{next[0]});
    Tensor output = where(slices[1], next[0], Scalar::constant(0));
    for (size_t i = 0; i < next.size(); ++i)
      next[i] = where(slices[1], next[i], carry[i]);
    return std::pair(next, TensorList{output});
  };
  auto [last, outputs] = scan(ScanStep(step), state, sequences, reverse, std::nullopt, at);
  state = last;
  return outputs[0];
}

RecurrentResult runRecurrent(const RecurrentForm &form, const std::vector<RecurrentWeights> &weights,
                             const Tensor &x, const TensorList &initial, const Tensor &mask,
                             const Where &at) {
  std::vector<TensorList> finals(initial.size());
  Tensor input = x;
  for (int64_t layer = 0; layer < form.layers; ++layer) {
    TensorList outputs;
    for (int64_t direction = 0; direction < form.directions; ++direction) {
      int64_t place = layer * form.directions + direction;
      TensorList state;
      for (const Tensor &each : initial)
        state.push_back(each.select(0, place));
      outputs.push_back(runDirection(form.kind, weights[size_t(place)], input, state,
                                     /*reverse=*/direction == 1, mask, at));
      for (size_t i = 0; i < state.size(); ++i)
        finals[i].push_back(state[i]);
    }
    input = outputs.size() == 1 ? outputs[0] : cat(outputs, -1);
    if (form.dropout > 0 && layer + 1 < form.layers)
      input = dropout(input, form.dropout, true);
  }
  RecurrentResult result{input, {}};
  for (const TensorList &each : finals)
    result.finals.push_back(stack(each, 0));
  return result;
}

} // namespace ingot::detail
