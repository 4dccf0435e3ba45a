// Layers that read a sequence step by step, carrying a state.
//
//   nn::LSTM lstm(nn::LSTMOptions(64, 128).num_layers(2).bidirectional(true));
//   auto [y, state] = lstm(x);                       // x [T, B, 64] -> y [T, B, 256]
//   auto [h, c] = state;                             // [4, B, 128]: layers, and in each the two directions
//   std::tie(y, state) = lstm(more, std::make_tuple(h, c));
//
// Input is [T, B, input_size], [B, T, input_size] with batch_first, or [T, input_size] for one sequence, whose states are
// [layers * directions, size]. The number of steps may be known at run time only. The state begins as zeros unless given.
// Gates and parameters have PyTorch's names and order: weight_ih_l0 [gates * hidden, input], weight_hh_l0, bias_ih_l0,
// bias_hh_l0, (weight_hr_l0), and the same with _reverse; they begin uniform within 1 / sqrt(hidden_size). Dropout is between
// layers, when training.
#pragma once
#include "ingot/core/Module.h"
#include "ingot/nn/containers/Any.h"
#include "ingot/nn/options/Recurrent.h"
#include "ingot/nn/utils/Rnn.h"
#include <optional>
#include <tuple>

namespace ingot::nn {

namespace detail {

/// What the layers share. Compiled once, in Recurrent.cpp.
template <class Derived, class Options> class RecurrentImpl : public Cloneable<Derived> {
public:
  explicit RecurrentImpl(const Options &options);
  void reset() override;
  void reset_parameters();
  /// There is nothing to flatten.
  void flatten_parameters() {}
  /// All parameters, layer by layer, in each direction by direction.
  std::vector<Tensor> all_weights() const { return this->parameters(false); }
  void pretty_print(std::ostream &stream) const override;

  Options options;

protected:
  using PackedSequence = utils::rnn::PackedSequence;
  /// The outputs and the last states: h, and c of an LSTM. `initial` is these before, or empty.
  std::pair<Tensor, TensorList> run(const Arg &input, const TensorList &initial);
  std::pair<PackedSequence, TensorList> run(const PackedSequence &input, const TensorList &initial,
                                            const Where &at);
};

} // namespace detail

/// h' = tanh or relu of (W_ih x + b_ih + W_hh h + b_hh).
class RNNImpl : public detail::RecurrentImpl<RNNImpl, RNNOptions> {
public:
  RNNImpl(int64_t input_size, int64_t hidden_size) : RNNImpl(RNNOptions(input_size, hidden_size)) {}
  explicit RNNImpl(const RNNOptions &options) : RecurrentImpl(options) {}
  std::tuple<Tensor, Tensor> forward(const Arg &input, const Tensor &hx = {});
  std::tuple<utils::rnn::PackedSequence, Tensor>
  forward_with_packed_input(const utils::rnn::PackedSequence &input, const Tensor &hx = {},
                            const Where &at = Where::current());

  INGOT_FORWARD_DEFAULTS({1, AnyValue(Tensor())})
};
INGOT_MODULE(RNN);

/// i, f, g, o = W_ih x + b_ih + W_hh h + b_hh; c' = sigmoid(f) c + sigmoid(i) tanh(g); h' = sigmoid(o) tanh(c'), mapped by
/// W_hr to proj_size.
class LSTMImpl : public detail::RecurrentImpl<LSTMImpl, LSTMOptions> {
public:
  using State = std::tuple<Tensor, Tensor>; ///< h and c
  LSTMImpl(int64_t input_size, int64_t hidden_size) : LSTMImpl(LSTMOptions(input_size, hidden_size)) {}
  explicit LSTMImpl(const LSTMOptions &options) : RecurrentImpl(options) {}
  std::tuple<Tensor, State> forward(const Arg &input, const std::optional<State> &hx = std::nullopt);
  std::tuple<utils::rnn::PackedSequence, State>
  forward_with_packed_input(const utils::rnn::PackedSequence &input,
                            const std::optional<State> &hx = std::nullopt,
                            const Where &at = Where::current());
};
INGOT_MODULE(LSTM);

/// x_r, x_z, x_n = W_ih x + b_ih and h_r, h_z, h_n = W_hh h + b_hh; r = sigmoid(x_r + h_r); z = sigmoid(x_z + h_z);
/// n = tanh(x_n + r h_n); h' = (1 - z) n + z h.
class GRUImpl : public detail::RecurrentImpl<GRUImpl, GRUOptions> {
public:
  GRUImpl(int64_t input_size, int64_t hidden_size) : GRUImpl(GRUOptions(input_size, hidden_size)) {}
  explicit GRUImpl(const GRUOptions &options) : RecurrentImpl(options) {}
  std::tuple<Tensor, Tensor> forward(const Arg &input, const Tensor &hx = {});
  std::tuple<utils::rnn::PackedSequence, Tensor>
  forward_with_packed_input(const utils::rnn::PackedSequence &input, const Tensor &hx = {},
                            const Where &at = Where::current());

  INGOT_FORWARD_DEFAULTS({1, AnyValue(Tensor())})
};
INGOT_MODULE(GRU);

} // namespace ingot::nn
