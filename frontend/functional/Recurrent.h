// What recurrent layers and cells compute. Not a public header.
//
//   RecurrentWeights   the parameters of a cell
//   RecurrentForm      what a layer of several cells consists of
//
//   Tensor gates = projectInput(kind, x, weights);                          // of all steps: one product
//   TensorList next = recurrentStep(kind, gates, {h, c}, weights);          // of one step
//   RecurrentResult result = runRecurrent(form, weights, x, {h0, c0}, mask);
#pragma once
#include "frontend/core/Tensor.h"

namespace ingot::detail {

enum class RecurrentKind : uint8_t { Tanh, Relu, Lstm, Gru };

/// How many gates the rows of the weights are: i f g o of an LSTM, r z n of a GRU.
inline int64_t gateCount(RecurrentKind kind) {
  return kind == RecurrentKind::Lstm ? 4 : kind == RecurrentKind::Gru ? 3 : 1;
}
/// h, and c of an LSTM.
inline size_t stateCount(RecurrentKind kind) { return kind == RecurrentKind::Lstm ? 2 : 1; }

/// ih [gates * hidden, input], hh [gates * hidden, size of h], biases [gates * hidden], hr [size of h, hidden]; without
/// biases or projection, those are undefined.
struct RecurrentWeights {
  Tensor ih, hh, biasIh, biasHh, hr;
};

/// The part of the gates that depends on the input alone: x [..., input] -> [..., gates * hidden].
Tensor projectInput(RecurrentKind kind, const Tensor &x, const RecurrentWeights &weights);
/// The next state from the projected input and the state, all [batch, ...].
TensorList recurrentStep(RecurrentKind kind, const Tensor &projected, const TensorList &state,
                         const RecurrentWeights &weights);

struct RecurrentForm {
  RecurrentKind kind;
  int64_t layers = 1, directions = 1;
  double dropout = 0; ///< between layers
};

struct RecurrentResult {
  Tensor output;     ///< [steps, batch, directions * size of h]
  TensorList finals; ///< as the initial state
};

/// Runs x [steps, batch, input] through layers and directions, whose weights are in this order, as are the states
/// [layers * directions, batch, size]. With a mask, bool [steps, batch, 1], the state stays where it is false, and the output
/// is zero: a sequence is over there, and one that is read backwards has not begun.
RecurrentResult runRecurrent(const RecurrentForm &form, const std::vector<RecurrentWeights> &weights,
                             const Tensor &x, const TensorList &initial, const Tensor &mask, const Where &at);

} // namespace ingot::detail
