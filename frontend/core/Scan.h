// Loops over the leading dimension.
//
//   // running sums: [T, N] => [T, N]
//   auto [last, sums] = ingot::scan([](Tensor sum, Tensor x) { sum = sum + x; return std::pair(sum, sum); },
//                                   ingot::zeros({N}), xs);
//
// The step is recorded once, on placeholders, and becomes the body of one loop, whatever the number of steps, which may be
// known at run time only. Tensors from outside that it uses are the same in every step. Gradients flow through all of
// them. Random numbers are those of the same steps without a loop. Inside nothing can be read, and no tensor from outside
// written; a tensor that escapes is an Error when used. Hooks, custom functions and checkpoints in the step do in each step of
// a backward pass what they would without a loop; their code, too, is run once, on placeholders.
#pragma once
#include "ingot/core/Tensor.h"
#include <concepts>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

namespace ingot {

/// From the carried values and one slice of each sequence to the next carried values, of the same types, and one slice of
/// each sequence that is made.
using ScanStep =
    std::function<std::pair<TensorList, TensorList>(const TensorList &carry, const TensorList &x)>;

/// Runs `step` from `init` over the slices xs[i][0], xs[i][1] ...; with `reverse` from the last to the first. Returns the last
/// carried values, those of `init` if there is no step, and the sequences that were made: ys[i][t] in step t. `steps` is
/// needed where there are no sequences.
std::pair<TensorList, TensorList> scan(const ScanStep &step, const TensorList &init, const TensorList &xs,
                                       bool reverse = false, const std::optional<Size> &steps = std::nullopt,
                                       const Where &at = Where::current());

/// The same with one carried value and one sequence, to one sequence.
template <std::invocable<Tensor, Tensor> Step>
std::pair<Tensor, Tensor> scan(Step &&step, const Tensor &init, const Tensor &xs, bool reverse = false,
                               const Where &at = Where::current()) {
  auto lists = [&](const TensorList &carry, const TensorList &x) {
    std::pair<Tensor, Tensor> made = step(carry[0], x[0]);
    return std::pair(TensorList{made.first}, TensorList{made.second});
  };
  auto [last, ys] = scan(ScanStep(lists), TensorList{init}, TensorList{xs}, reverse, std::nullopt, at);
  return {last[0], ys[0]};
}

} // namespace ingot
