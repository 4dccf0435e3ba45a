// Batches of sequences of different lengths.
//
//   PackedSequence        sequences and their lengths, for recurrent layers
//   pack_padded_sequence, pack_sequence, pad_packed_sequence, pad_sequence   between these and padded tensors
//
//   namespace rnn = nn::utils::rnn;
//   auto packed = rnn::pack_padded_sequence(x, lengths, /*batch_first=*/true);     // x [B, T, size], lengths int64 [B]
//   auto [y, state] = lstm->forward_with_packed_input(packed);
//   auto [padded, same] = rnn::pad_packed_sequence(y, /*batch_first=*/true);
//
// The sequences are kept padded, in the order of the batch, so that all of this can be traced, with lengths that are known
// at run time only. What depends on lengths (data, batch_sizes and the order of lengths) is computed when asked for, by
// reading them, which is an Error in a trace.
#pragma once
#include "ingot/core/Tensor.h"
#include <optional>
#include <string>
#include <tuple>

namespace ingot::nn::utils::rnn {

class PackedSequence {
public:
  PackedSequence() = default;
  /// The rows of all sequences, step by step, and how many there are of each step, int64, never more than of the step before.
  /// Row k of a step is of sequence `sorted_indices[k]` of the batch, if given, else of sequence k. Reads sizes and indices.
  PackedSequence(const Arg &data, const Tensor &batch_sizes, const Tensor &sorted_indices = {},
                 const Tensor &unsorted_indices = {});

  /// The rows of the sequences, longest first, step by step; [sum of lengths, ...].
  Tensor data(const Where &at = Where::current()) const;
  /// How many sequences have each step, int64.
  Tensor batch_sizes(const Where &at = Where::current()) const;
  /// The sequences of the batch, longest first, and where each is in that order; undefined where they were sorted.
  Tensor sorted_indices(const Where &at = Where::current()) const;
  Tensor unsorted_indices(const Where &at = Where::current()) const;

  /// With rows of another element type, which `to` takes as Tensor::to does; there is one device.
  template <class... Args> PackedSequence to(const Args &...args) const {
    return padded_.defined() ? with(padded_.to(args...)) : *this;
  }
  PackedSequence cpu() const { return *this; }
  PackedSequence cuda() const { return to(kCUDA); }
  bool is_cuda() const { return false; }
  bool is_pinned() const { return false; }
  PackedSequence pin_memory() const { return *this; }

  /// The sequences [steps, batch, ...], zero beyond their lengths, which are int64 [batch]. PyTorch has neither.
  const Tensor &padded() const { return padded_; }
  const Tensor &lengths() const { return lengths_; }
  /// Whether step t of sequence b is there, bool [steps, batch, 1].
  Tensor mask() const;

  // For the library.
  /// Of sequences that are zero beyond their lengths; `sorted`: the longest is first.
  static PackedSequence ofPadded(Tensor padded, Tensor lengths, bool sorted);
  /// Other rows in the place of these, zero beyond the lengths.
  PackedSequence with(Tensor padded) const { return ofPadded(std::move(padded), lengths_, sorted); }

private:
  Tensor padded_, lengths_;
  bool sorted = true;
};

/// x [T, B, ...], or [B, T, ...] with `batch_first`, and the lengths of its sequences, integers [B] from 0 to T. Unless
/// `enforce_sorted` is false, they must be in decreasing order; a trace, which cannot see them, takes any. What is beyond the
/// greatest length is cut off, outside of a trace.
PackedSequence pack_padded_sequence(const Arg &input, const Tensor &lengths, bool batch_first = false,
                                    bool enforce_sorted = true);

/// The sequences [T, B, ...] or [B, T, ...], and their lengths. T is `total_length`, if given; elements beyond the lengths are
/// `padding_value`.
std::tuple<Tensor, Tensor> pad_packed_sequence(const PackedSequence &sequence, bool batch_first = false,
                                               double padding_value = 0,
                                               std::optional<int64_t> total_length = std::nullopt,
                                               const Where &at = Where::current());

/// Tensors [L, ...] of different lengths L as one [T, B, ...] or [B, T, ...]; they begin on the left, or end on the right with
/// `padding_side` "left".
Tensor pad_sequence(const TensorList &sequences, bool batch_first = false, double padding_value = 0,
                    const std::string &padding_side = "right", const Where &at = Where::current());

PackedSequence pack_sequence(const TensorList &sequences, bool enforce_sorted = true,
                             const Where &at = Where::current());

} // namespace ingot::nn::utils::rnn
