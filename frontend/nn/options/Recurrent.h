// Options of the recurrent layers and their cells.
#pragma once
#include "ingot/nn/options/Common.h"
#include <cstdint>
#include <variant>

namespace ingot::nn {

/// dropout: the probability that an output of a layer is zero for the next one, when training.
struct RNNOptions {
  using nonlinearity_t = std::variant<enumtype::kTanh, enumtype::kReLU>;
  RNNOptions(int64_t input_size, int64_t hidden_size) : input_size_(input_size), hidden_size_(hidden_size) {}
  INGOT_ARG(int64_t, input_size);
  INGOT_ARG(int64_t, hidden_size);
  INGOT_ARG(int64_t, num_layers) = 1;
  INGOT_ARG(nonlinearity_t, nonlinearity) = kTanh;
  INGOT_ARG(bool, bias) = true;
  /// Whether sequences are [batch, steps, size], not [steps, batch, size].
  INGOT_ARG(bool, batch_first) = false;
  INGOT_ARG(double, dropout) = 0;
  INGOT_ARG(bool, bidirectional) = false;
};

struct LSTMOptions {
  LSTMOptions(int64_t input_size, int64_t hidden_size) : input_size_(input_size), hidden_size_(hidden_size) {}
  INGOT_ARG(int64_t, input_size);
  INGOT_ARG(int64_t, hidden_size);
  INGOT_ARG(int64_t, num_layers) = 1;
  INGOT_ARG(bool, bias) = true;
  INGOT_ARG(bool, batch_first) = false;
  INGOT_ARG(double, dropout) = 0;
  INGOT_ARG(bool, bidirectional) = false;
  /// The size that h is mapped to; none for 0.
  INGOT_ARG(int64_t, proj_size) = 0;
};

struct GRUOptions {
  GRUOptions(int64_t input_size, int64_t hidden_size) : input_size_(input_size), hidden_size_(hidden_size) {}
  INGOT_ARG(int64_t, input_size);
  INGOT_ARG(int64_t, hidden_size);
  INGOT_ARG(int64_t, num_layers) = 1;
  INGOT_ARG(bool, bias) = true;
  INGOT_ARG(bool, batch_first) = false;
  INGOT_ARG(double, dropout) = 0;
  INGOT_ARG(bool, bidirectional) = false;
};

struct RNNCellOptions {
  using nonlinearity_t = RNNOptions::nonlinearity_t;
  RNNCellOptions(int64_t input_size, int64_t hidden_size)
      : input_size_(input_size), hidden_size_(hidden_size) {}
  INGOT_ARG(int64_t, input_size);
  INGOT_ARG(int64_t, hidden_size);
  INGOT_ARG(bool, bias) = true;
  INGOT_ARG(nonlinearity_t, nonlinearity) = kTanh;
};

struct LSTMCellOptions {
  LSTMCellOptions(int64_t input_size, int64_t hidden_size)
      : input_size_(input_size), hidden_size_(hidden_size) {}
  INGOT_ARG(int64_t, input_size);
  INGOT_ARG(int64_t, hidden_size);
  INGOT_ARG(bool, bias) = true;
};

struct GRUCellOptions {
  GRUCellOptions(int64_t input_size, int64_t hidden_size)
      : input_size_(input_size), hidden_size_(hidden_size) {}
  INGOT_ARG(int64_t, input_size);
  INGOT_ARG(int64_t, hidden_size);
  INGOT_ARG(bool, bias) = true;
};

} // namespace ingot::nn
