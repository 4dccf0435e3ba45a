// One step of a recurrent layer, for loops of the user's own.
//
//   nn::LSTMCell cell(64, 128);
//   std::tie(h, c) = cell(x, std::make_tuple(h, c));     // x [B, 64], h and c [B, 128]; or all without a batch
#pragma once
#include "ingot/core/Module.h"
#include "ingot/nn/containers/Any.h"
#include "ingot/nn/options/Recurrent.h"
#include <optional>
#include <tuple>

namespace ingot::nn {

namespace detail {

/// What the cells share: parameters that begin uniform within 1 / sqrt(hidden_size). Compiled once, in RecurrentCell.cpp.
template <class Derived, class Options> class RecurrentCellImpl : public Cloneable<Derived> {
public:
  explicit RecurrentCellImpl(const Options &options);
  void reset() override;
  void reset_parameters();
  void pretty_print(std::ostream &stream) const override;

  Options options;
  Tensor weight_ih, weight_hh; ///< [gates * hidden, input], [gates * hidden, hidden]
  Tensor bias_ih, bias_hh;     ///< [gates * hidden]; undefined without bias

protected:
  /// The next state; `state` is the one before, or empty for zeros.
  TensorList step(const Arg &input, const TensorList &state);
};

} // namespace detail

/// As RNN.
class RNNCellImpl : public detail::RecurrentCellImpl<RNNCellImpl, RNNCellOptions> {
public:
  RNNCellImpl(int64_t input_size, int64_t hidden_size)
      : RNNCellImpl(RNNCellOptions(input_size, hidden_size)) {}
  explicit RNNCellImpl(const RNNCellOptions &options) : RecurrentCellImpl(options) {}
  Tensor forward(const Arg &input, const Tensor &hx = {});

  INGOT_FORWARD_DEFAULTS({1, AnyValue(Tensor())})
};
INGOT_MODULE(RNNCell);

/// As LSTM: h and c.
class LSTMCellImpl : public detail::RecurrentCellImpl<LSTMCellImpl, LSTMCellOptions> {
public:
  using State = std::tuple<Tensor, Tensor>;
  LSTMCellImpl(int64_t input_size, int64_t hidden_size)
      : LSTMCellImpl(LSTMCellOptions(input_size, hidden_size)) {}
  explicit LSTMCellImpl(const LSTMCellOptions &options) : RecurrentCellImpl(options) {}
  State forward(const Arg &input, const std::optional<State> &hx = std::nullopt);
};
INGOT_MODULE(LSTMCell);

/// As GRU.
class GRUCellImpl : public detail::RecurrentCellImpl<GRUCellImpl, GRUCellOptions> {
public:
  GRUCellImpl(int64_t input_size, int64_t hidden_size)
      : GRUCellImpl(GRUCellOptions(input_size, hidden_size)) {}
  explicit GRUCellImpl(const GRUCellOptions &options) : RecurrentCellImpl(options) {}
  Tensor forward(const Arg &input, const Tensor &hx = {});

  INGOT_FORWARD_DEFAULTS({1, AnyValue(Tensor())})
};
INGOT_MODULE(GRUCell);

} // namespace ingot::nn
