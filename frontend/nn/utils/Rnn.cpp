#include "frontend/nn/utils/Rnn.h"
#include "frontend/core/State.h"
#include "frontend/functional/Indexed.h"
#include "frontend/functional/factories.h"
#include "frontend/functional/layers.h"
#include "frontend/functional/ops.h"
#include <algorithm>
#include <numeric>

namespace ingot::nn::utils::rnn {
using ingot::detail::describe;
using ingot::detail::fail;
using ingot::detail::OpScope;
using ingot::detail::Site;

namespace {

using Numbers = std::vector<int64_t>;

/// The elements of a list of integers: a read.
Numbers numbersOf(const Site &site, const char *name, const Tensor &list) {
  if (!list.defined() || list.dim() != 1 || !isIntegralType(list.dtype()))
    fail(site.op, site.where, std::string(name) + " must be a list of integers", describe(list));
  Tensor wide = list.to(kInt64, site.where);
  const auto *data = wide.const_data_ptr<int64_t>(site.where);
  return {data, data + int64_t(wide.numel())};
}

Tensor listOf(const Numbers &numbers) { return ingot::detail::ofNumbers(numbers, {int64_t(numbers.size())}); }

/// The sequences, longest first.
Numbers orderOf(const Numbers &lengths) {
  Numbers order(lengths.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(),
                   [&](int64_t a, int64_t b) { return lengths[size_t(a)] > lengths[size_t(b)]; });
  return order;
}

Numbers inverse(const Numbers &order) {
  Numbers places(order.size());
  for (size_t k = 0; k < order.size(); ++k)
    places[size_t(order[k])] = int64_t(k);
  return places;
}

int64_t largest(const Numbers &numbers) {
  return numbers.empty() ? 0 : *std::max_element(numbers.begin(), numbers.end());
}

/// How many sequences have each step.
Numbers countsOf(const Numbers &lengths) {
  Numbers counts(size_t(largest(lengths)));
  for (int64_t length : lengths)
    for (int64_t t = 0; t < length; ++t)
      ++counts[size_t(t)];
  return counts;
}

/// Whether step t of sequence b is there, bool [steps, batch].
Tensor maskOf(const Size &steps, const Tensor &lengths) {
  return arange(Scalar::constant(Scalar(steps))).unsqueeze(1) < lengths.unsqueeze(0);
}

/// x [steps, batch, ...] where the mask is true, `value` elsewhere.
Tensor fillBeyond(const Tensor &x, const Tensor &mask, double value) {
  Shape sizes = mask.sizes();
  while (int64_t(sizes.size()) < x.dim())
    sizes.push_back(1);
  Scalar number = x.is_floating_point() ? Scalar(value) : Scalar(int64_t(value));
  return ingot::where(mask.view(sizes), x, Scalar::constant(number));
}

/// Throws unless the order of a batch names each sequence once.
void checkOrder(const Site &site, const Numbers &order, size_t batch) {
  Numbers sorted = order;
  std::sort(sorted.begin(), sorted.end());
  Numbers all(batch);
  std::iota(all.begin(), all.end(), 0);
  if (sorted != all)
    fail(site.op, site.where,
         "sorted_indices must name each of the " + std::to_string(batch) + " sequences once",
         std::to_string(order.size()) + " indices");
}

/// Throws unless no step has more sequences than the one before, and all steps together as many as there are rows.
void checkCounts(const Site &site, const Numbers &counts, const Tensor &data) {
  for (size_t t = 0; t < counts.size(); ++t)
    if (counts[t] < 1 || (t > 0 && counts[t] > counts[t - 1]))
      fail(site.op, site.where, "batch_sizes must be positive, and never grow",
           std::to_string(counts[t]) + " at step " + std::to_string(t));
  int64_t rows = std::accumulate(counts.begin(), counts.end(), int64_t(0));
  if (data.dim() == 0 || data.size(0) != rows)
    fail(site.op, site.where, "data must have " + std::to_string(rows) + " rows, the sum of batch_sizes",
         describe(data));
}

/// Row t * batch + b: where step t of sequence b is among the packed rows; `counts`' sum where it is not there.
Numbers placesOf(const Numbers &counts, const Numbers &order) {
  int64_t end = std::accumulate(counts.begin(), counts.end(), int64_t(0)), start = 0;
  Numbers ranks = inverse(order), places;
  for (int64_t count : counts) {
    for (int64_t rank : ranks)
      places.push_back(rank < count ? start + rank : end);
    start += count;
  }
  return places;
}

} // namespace

// ---- PackedSequence

PackedSequence PackedSequence::ofPadded(Tensor padded, Tensor lengths, bool sorted) {
  PackedSequence packed;
  packed.padded_ = std::move(padded), packed.lengths_ = std::move(lengths), packed.sorted = sorted;
  return packed;
}

PackedSequence::PackedSequence(const Arg &data, const Tensor &batch_sizes, const Tensor &sorted_indices,
                               const Tensor &unsorted_indices)
    : sorted(!sorted_indices.defined() && !unsorted_indices.defined()) {
  Site site{"PackedSequence", data.where};
  OpScope scope(site.op, site.where);
  Numbers counts = numbersOf(site, "batch_sizes", batch_sizes);
  checkCounts(site, counts, *data);
  Numbers order(counts.empty() ? 0 : size_t(counts[0]));
  std::iota(order.begin(), order.end(), 0);
  if (!sorted) {
    order = sorted_indices.defined() ? numbersOf(site, "sorted_indices", sorted_indices)
                                     : numbersOf(site, "unsorted_indices", unsorted_indices);
    checkOrder(site, order, counts.empty() ? 0 : size_t(counts[0]));
    if (!sorted_indices.defined())
      order = inverse(order);
  }
  Numbers lengths(order.size());
  for (int64_t count : counts)
    for (int64_t k = 0; k < count; ++k)
      ++lengths[size_t(order[size_t(k)])];
  lengths_ = listOf(lengths);
  Shape sizes = {int64_t(counts.size()), int64_t(order.size())}, row = {1};
  for (int64_t d = 1; d < data->dim(); ++d) {
    sizes.push_back(data->size(d));
    row.push_back(data->size(d));
  }
  Tensor rows = cat({*data, zeros(row, data->options())}, 0);
  padded_ = ingot::detail::gather(site, rows, 0, listOf(placesOf(counts, order)), {0},
                                  ingot::detail::Positions::InBounds)
                .view(sizes);
}

Tensor PackedSequence::data(const Where &at) const {
  Site site{"PackedSequence::data", at};
  OpScope scope(site.op, site.where);
  Numbers lengths = numbersOf(site, "lengths", lengths_), order = orderOf(lengths),
          counts = countsOf(lengths);
  auto batch = int64_t(lengths.size());
  Numbers places;
  for (size_t t = 0; t < counts.size(); ++t)
    for (int64_t k = 0; k < counts[t]; ++k)
      places.push_back(int64_t(t) * batch + order[size_t(k)]);
  return ingot::detail::gather(site, padded_.flatten(0, 1), 0, listOf(places), {0},
                               ingot::detail::Positions::InBounds);
}

Tensor PackedSequence::batch_sizes(const Where &at) const {
  return listOf(countsOf(numbersOf({"PackedSequence::batch_sizes", at}, "lengths", lengths_)));
}

Tensor PackedSequence::sorted_indices(const Where &at) const {
  if (sorted)
    return {};
  return listOf(orderOf(numbersOf({"PackedSequence::sorted_indices", at}, "lengths", lengths_)));
}

Tensor PackedSequence::unsorted_indices(const Where &at) const {
  if (sorted)
    return {};
  return listOf(inverse(orderOf(numbersOf({"PackedSequence::unsorted_indices", at}, "lengths", lengths_))));
}

Tensor PackedSequence::mask() const { return maskOf(padded_.size(0), lengths_).unsqueeze(-1); }

// ---- packing and padding

namespace {

/// Lengths that are known now: throws for wrong ones.
void checkLengths(const Site &site, const Numbers &lengths, const Size &steps, bool sorted) {
  for (size_t i = 0; i < lengths.size(); ++i) {
    std::string which = std::to_string(lengths[i]) + " for sequence " + std::to_string(i);
    if (lengths[i] < 0 || lengths[i] > steps)
      fail(site.op, site.where, "lengths must be from 0 to " + steps.str() + ", the number of steps", which);
    if (sorted && i > 0 && lengths[i] > lengths[i - 1])
      fail(site.op, site.where, "lengths must be in decreasing order, unless enforce_sorted is false",
           which + " after " + std::to_string(lengths[i - 1]));
  }
}

/// The lengths themselves; they are checked when the function runs.
Tensor checkedLengths(const Site &site, const Tensor &lengths, const Size &steps) {
  Tensor all = arange(Scalar::constant(Scalar(steps + 1)));
  return ingot::detail::gather(site, all, 0, lengths, {0});
}

} // namespace

PackedSequence pack_padded_sequence(const Arg &input, const Tensor &lengths, bool batch_first,
                                    bool enforce_sorted) {
  Site site{"pack_padded_sequence", input.where};
  OpScope scope(site.op, site.where);
  if (input->dim() < 2)
    fail(site.op, site.where, "input must have dimensions for the steps and the batch", describe(*input));
  Tensor x = batch_first ? input->transpose(0, 1) : *input;
  if (!lengths.defined() || !isIntegralType(lengths.dtype()) || lengths.dim() != 1 ||
      lengths.size(0) != x.size(1))
    fail(site.op, site.where,
         "lengths must be integers [" + x.size(1).str() + "], one for each sequence of the batch",
         lengths.defined() ? describe(lengths) : "an undefined tensor");
  Tensor wide = lengths.to(kInt64);
  if (ingot::detail::isTracing()) {
    wide = checkedLengths(site, wide, x.size(0));
  } else {
    Numbers known = numbersOf(site, "lengths", wide);
    checkLengths(site, known, x.size(0), enforce_sorted);
    x = x.narrow(0, 0, largest(known));
  }
  return PackedSequence::ofPadded(fillBeyond(x, maskOf(x.size(0), wide), 0), wide, enforce_sorted);
}

std::tuple<Tensor, Tensor> pad_packed_sequence(const PackedSequence &sequence, bool batch_first,
                                               double padding_value, std::optional<int64_t> total_length,
                                               const Where &at) {
  Site site{"pad_packed_sequence", at};
  OpScope scope(site.op, site.where);
  Tensor x = sequence.padded();
  if (total_length) {
    if (x.size(0) > *total_length)
      fail(site.op, site.where, "total_length must be at least " + x.size(0).str() + ", the longest length",
           std::to_string(*total_length));
    Shape pad = std::vector<int64_t>(size_t(2 * x.dim() - 1));
    pad.push_back(*total_length - x.size(0));
    x = constant_pad_nd(x, pad);
  }
  if (padding_value != 0)
    x = fillBeyond(x, maskOf(x.size(0), sequence.lengths()), padding_value);
  return {batch_first ? x.transpose(0, 1) : x, sequence.lengths()};
}

Tensor pad_sequence(const TensorList &sequences, bool batch_first, double padding_value,
                    const std::string &padding_side, const Where &at) {
  Site site{"pad_sequence", at};
  OpScope scope(site.op, site.where);
  if (sequences.empty())
    fail(site.op, site.where, "there must be a sequence at least", "none");
  if (padding_side != "left" && padding_side != "right")
    fail(site.op, site.where, "padding_side must be \"left\" or \"right\"", '"' + padding_side + '"');
  Size steps = 0;
  for (const Tensor &each : sequences) {
    ingot::detail::typeOf(site, each);
    Shape sizes = each.sizes();
    if (!sizes.empty() && each.dim() == sequences[0].dim())
      sizes[0] = sequences[0].size(0);
    if (sizes.empty() || sizes != sequences[0].sizes() || each.dtype() != sequences[0].dtype())
      fail(site.op, site.where,
           "sequences must have equal sizes but for the first one, and equal types, as " +
               describe(sequences[0]),
           describe(each));
    steps = max(steps, each.size(0));
  }
  TensorList padded;
  for (const Tensor &each : sequences) {
    std::vector<Size> pad(size_t(2 * each.dim()), Size(0));
    pad[pad.size() - (padding_side == "left" ? 2 : 1)] = steps - each.size(0);
    padded.push_back(constant_pad_nd(each, pad, Scalar::constant(padding_value)));
  }
  return stack(padded, batch_first ? 0 : 1);
}

PackedSequence pack_sequence(const TensorList &sequences, bool enforce_sorted, const Where &at) {
  OpScope scope("pack_sequence", at);
  Tensor padded = pad_sequence(sequences, false, 0, "right", at);
  Numbers lengths;
  for (const Tensor &each : sequences)
    lengths.push_back(each.size(0));
  return pack_padded_sequence(Arg(padded, at), listOf(lengths), false, enforce_sorted);
}

} // namespace ingot::nn::utils::rnn
