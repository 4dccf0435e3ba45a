#include "frontend/functional/Embedding.h"
#include "frontend/core/GradMode.h"
#include "frontend/functional/Indexed.h"
#include "frontend/functional/factories.h"
#include "frontend/functional/ops.h"
#include <cmath>

namespace ingot::nn::functional {
using ingot::detail::fail;
using ingot::detail::OpScope;
using ingot::detail::Positions;
using ingot::detail::Site;

namespace {

Scalar constant(double number) { return Scalar::constant(number); }

template <class Choice, class Variant> bool is(const Variant &choice) {
  return std::holds_alternative<Choice>(choice);
}

/// Counted from the front; -1 for none.
int64_t paddingRow(const Site &site, const std::optional<int64_t> &index, const Tensor &weight) {
  if (!index)
    return -1;
  int64_t rows = weight.size(0), row = *index < 0 ? *index + rows : *index;
  if (row < 0 || row >= rows)
    fail(site.op, site.where, "padding_idx must be within the " + std::to_string(rows) + " rows",
         std::to_string(*index));
  return row;
}

/// A number a row of the table: how often `positions` has it.
Tensor countRows(const Site &site, const Tensor &weight, const Tensor &positions) {
  Tensor none = zeros({weight.size(0)}, weight.options()), one = ones(positions.sizes(), weight.options());
  return ingot::detail::scatter(site, "add", none, 0, positions, one, {0});
}

/// Scales the rows that are used down to the greatest norm, in place.
void renormalize(const Site &site, const Tensor &weight, const Tensor &positions, double most, double type) {
  AutoGradMode guard(false);
  Tensor norms = norm(weight, type, {1}, true);
  Tensor used = ingot::gt(countRows(site, weight, positions), constant(0)).unsqueeze(1);
  Tensor tooLong = logical_and(used, ingot::gt(norms, Scalar(most)));
  Tensor scale = where(tooLong, Scalar(most) / (norms + constant(1e-7)), constant(1));
  weight.copy_(weight * scale);
}

/// The rows of a list of positions, with gradients as the options say.
Tensor rowsOf(const Site &site, const Tensor &positions, const Tensor &weight,
              const EmbeddingFuncOptions &options) {
  if (weight.dim() != 2)
    fail(site.op, site.where, "weight must be [rows, size]", ingot::detail::describe(weight));
  if (options.max_norm())
    renormalize(site, weight, positions, *options.max_norm(), options.norm_type());
  Tensor rows = ingot::detail::gather(site, weight, 0, positions, {0});
  if (options.scale_grad_by_freq()) {
    Tensor count = countRows(site, weight, positions);
    Tensor share = ingot::detail::gather(site, count, 0, positions, {0}, Positions::InBounds).unsqueeze(1);
    rows = rows.detach() + (rows - rows.detach()) / share;
  }
  if (int64_t padding = paddingRow(site, options.padding_idx(), weight); padding >= 0)
    rows = where(ingot::eq(positions, Scalar::constant(padding)).unsqueeze(1), rows.detach(), rows);
  return rows;
}

/// The offsets, which the program checks to begin with 0 and to go up to the length at most.
Tensor increasing(const Site &site, const Tensor &offsets, const Size &length) {
  Size count = offsets.size(0);
  Tensor before = ingot::cat({zeros({1}, kInt64), offsets}, 0).narrow(0, 0, count);
  Tensor isFirst = ingot::arange(Scalar(count), kInt64) == Scalar::constant(0);
  Tensor least = ingot::where(isFirst, Scalar::constant(0), before);
  Tensor most = ingot::where(isFirst, Scalar::constant(0), Scalar(length));
  return ingot::detail::require(site, offsets, (offsets >= least) & (offsets <= most),
                                "offsets that begin with 0 and increase up to the length of input");
}

/// The number of the bag of each element of a list.
Tensor bagsOf(const Tensor &offsets, const Size &length) {
  return searchsorted(offsets, arange(Scalar(length)), false, /*right=*/true) - Scalar::constant(1);
}

void checkBags(const Site &site, const Arg &input, const EmbeddingBagFuncOptions &options) {
  bool hasOffsets = options.offsets().defined();
  if (input->dim() != 1 && input->dim() != 2)
    fail(site.op, site.where, "input must be a list, or [bags, length]", ingot::detail::describe(*input));
  if (hasOffsets != (input->dim() == 1))
    fail(site.op, site.where,
         input->dim() == 1 ? "a list of indices needs offsets" : "offsets are for a list of indices only",
         ingot::detail::describe(*input));
  if (is<enumtype::kMax>(options.mode()) && options.scale_grad_by_freq())
    fail(site.op, site.where,
         "scale_grad_by_freq is not for mode kMax, whose rows have the gradients of maxima", "true");
  const Tensor &weights = options.per_sample_weights();
  if (weights.defined() && (!is<enumtype::kSum>(options.mode()) || weights.sizes() != input->sizes()))
    fail(site.op, site.where, "per_sample_weights are for mode kSum, and must have the sizes of input",
         ingot::detail::describe(weights));
}

} // namespace

Tensor one_hot(const Arg &input, int64_t num_classes) { return ingot::one_hot(input, num_classes); }

Tensor embedding(const Arg &input, const Arg &weight, const EmbeddingFuncOptions &options) {
  Site site{"embedding", input.where};
  OpScope scope(site.op, site.where);
  Tensor positions = ingot::detail::positionsOf(site, *input);
  std::vector<Size> sizes(positions.sizes().begin(), positions.sizes().end());
  Tensor rows = rowsOf(site, positions.flatten(), *weight, options);
  sizes.push_back(weight->size(1));
  return rows.view(sizes);
}

Tensor embedding_bag(const Arg &input, const Arg &weight, const EmbeddingBagFuncOptions &options) {
  Site site{"embedding_bag", input.where};
  OpScope scope(site.op, site.where);
  checkBags(site, input, options);
  Tensor positions = ingot::detail::positionsOf(site, *input).flatten();
  auto rowOptions = EmbeddingFuncOptions()
                        .padding_idx(options.padding_idx())
                        .max_norm(options.max_norm())
                        .norm_type(options.norm_type())
                        .scale_grad_by_freq(options.scale_grad_by_freq());
  Tensor rows = rowsOf(site, positions, *weight, rowOptions);
  if (options.per_sample_weights().defined())
    rows = rows * options.per_sample_weights().view({-1, 1});

  // What does not count is the identity of the reduction.
  bool isMax = is<enumtype::kMax>(options.mode());
  Scalar identity = constant(isMax ? -INFINITY : 0);
  Tensor counts = ones(positions.sizes(), weight->options());
  if (int64_t padding = paddingRow(site, options.padding_idx(), *weight); padding >= 0) {
    Tensor isPadding = ingot::eq(positions, Scalar::constant(padding));
    rows = where(isPadding.unsqueeze(1), identity, rows);
    counts = where(isPadding, constant(0), counts);
  }
  Size width = weight->size(1);
  Tensor result, size;
  if (input->dim() == 2) {
    Shape bags = {input->size(0), input->size(1), width};
    result = isMax ? amax(rows.view(bags), {1}) : sum(rows.view(bags), {1});
    size = sum(counts.view(input->sizes()), {1}, true);
  } else {
    Tensor offsets = ingot::detail::positionsOf(site, options.offsets());
    offsets = increasing(site, offsets, positions.size(0));
    Size bags = offsets.size(0) - (options.include_last_offset() ? 1 : 0);
    Tensor bag = bagsOf(offsets.narrow(0, 0, bags), positions.size(0));
    Tensor start = full({bags, width}, identity, weight->dtype());
    result = ingot::detail::scatter(site, isMax ? "max" : "add", start, 0, bag, rows, {0});
    size = ingot::detail::scatter(site, "add", zeros({bags}, weight->options()), 0, bag, counts, {0})
               .unsqueeze(1);
  }
  if (isMax)
    return where(ingot::eq(size, constant(0)), constant(0), result);
  return is<enumtype::kMean>(options.mode()) ? result / clamp_min(size, constant(1)) : result;
}

} // namespace ingot::nn::functional
