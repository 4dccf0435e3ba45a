// Clipping of gradients: tensors whose gradient is not defined are passed over.
//
//   loss.backward();
//   nn::utils::clip_grad_norm_(model->parameters(), 1.0);
//   optimizer.step();
#pragma once
#include "ingot/core/Number.h"
#include <vector>

namespace ingot::nn::utils {

/// Scales all gradients by min(1, max_norm / (norm + 1e-6)) and gives their norm: the p-norm of their p-norms, where
/// norm_type is p. With error_if_nonfinite the norm is read, and an error where it is infinite or NaN.
Number clip_grad_norm_(const std::vector<Tensor> &parameters, double max_norm, double norm_type = 2,
                       bool error_if_nonfinite = false, const Where &at = Where::current());
Number clip_grad_norm_(const Tensor &parameter, double max_norm, double norm_type = 2,
                       bool error_if_nonfinite = false, const Where &at = Where::current());
/// Clamps the elements of all gradients to [-clip_value, clip_value].
void clip_grad_value_(const std::vector<Tensor> &parameters, double clip_value,
                      const Where &at = Where::current());
void clip_grad_value_(const Tensor &parameter, double clip_value, const Where &at = Where::current());

} // namespace ingot::nn::utils
